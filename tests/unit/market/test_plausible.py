"""Files that are wrong as a whole: columns swapped, other units, dates off. Refused or warned of, never just answered."""

import collections
import contextlib
import json
import random
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from hedgekit.errors import DataError, HedgekitError
from hedgekit.market.plausible import fall
from hedgekit.market.sources import chain_of, load
from hedgekit.market.sources.content import content_of
from hedgekit.market.survey import survey
from hedgekit.model import Option

EXPIRIES = tuple(date(*day) for day in [(2026, 6, 18), (2026, 6, 26), (2026, 7, 17), (2026, 9, 18), (2026, 12, 18)])


def rows_of(make_quotes):
    """The made quotes as rows of hedgekit's own table, sizes and interest drawn at random."""
    dice = random.Random(0)
    rows = []
    for quote in make_quotes(expiries=EXPIRIES):
        option = Option.parse(quote["option"])
        rows.append(
            {
                "asof": "2026-06-17T16:15", "ticker": "IWM", "spot": 290.0,
                "expiry": option.expiry, "strike": option.strike, "kind": option.kind,
                "bid": quote["bid"], "ask": quote["ask"],
                "bid_size": dice.randint(1, 300), "ask_size": dice.randint(1, 300),
                "open_interest": dice.randint(1, 5000), "volume": dice.randint(0, 900),
                "last": round(quote["theo"], 2), "last_time": quote["last_trade_time"],
            }
        )  # fmt: skip
    return rows


def loaded(rows):
    """Load rows as hedgekit's own table and solve them, as ``hedgekit chain`` does."""
    names = list(rows[0])
    lines = [",".join(names), *(",".join(str(row[name]) for name in names) for row in rows)]
    chain = chain_of(content_of("chain", "chain", "\n".join(lines).encode()))
    return chain, survey(chain)


@pytest.fixture(scope="module")
def rows(make_quotes):
    return rows_of(make_quotes)


def changed(rows, change):
    made = [dict(row) for row in rows]
    for row in made:
        change(row)
    return made


def swap(first, second):
    def change(row):
        row[first], row[second] = row[second], row[first]

    return change


def scale(factor, *names):
    return lambda row: row.update({name: row[name] * factor for name in names})


def shift(days):
    return lambda row: row.update(expiry=row["expiry"] + timedelta(days=days))


def other_side(row):
    row["kind"] = "put" if row["kind"] == "call" else "call"


def marked(row):
    row["bid"] = row["ask"] = round((row["bid"] + row["ask"]) / 2, 2)


def test_the_sound_table_has_nothing_to_say(rows):
    chain, result = loaded(rows)
    assert [note.slug for note in result.warnings] == ["rate_assumed"]
    assert fall(chain) == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (swap("bid", "ask"), "the bid is above the ask in .* have changed places"),
        (swap("ask", "open_interest"), "changed places"),
        (other_side, "calls and puts have changed places"),
        (scale(10, "strike"), "in different units"),
        (scale(100, "strike"), "in different units"),
        (scale(100, "bid", "ask"), "in different units"),
        (scale(0.01, "bid", "ask"), "in different units"),
        (lambda row: row.update(ticker="QQQ", symbol="IWM 2026-09-18 270 P"), "symbols are of IWM; --ticker IWM"),
    ],
)
def test_what_cannot_be_a_chain_is_refused_for_its_reason(rows, change, said):
    with pytest.raises(DataError, match=said):
        loaded(changed(rows, change))


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        (scale(1.1, "bid", "ask"), "units_odd"),
        (scale(0.9, "bid", "ask"), "units_odd"),
        (scale(100, "spot"), "spot_off_parity"),
        (scale(1.01, "spot"), "spot_off_parity"),
        (shift(1), "expiry_not_a_session"),
        (shift(2), "expiry_not_a_session"),
        (marked, "marks_not_quotes"),
        (lambda row: row.update(asof="2026-06-15T16:15"), "late_trades"),
        (lambda row: row.update(asof="2026-06-18T16:15"), "stale"),
        (
            lambda row: row.update(spot=250.0 if row["kind"] == "call" and row["strike"] < 270 else 290.0),
            "spot_differs",
        ),
    ],
)
def test_what_hardly_can_is_warned_of(rows, change, slug):
    _, result = loaded(changed(rows, change))
    assert slug in [note.slug for note in result.warnings]


def test_minis_alone_are_refused(make_document, make_quotes, write):
    document = make_document()
    document["data"]["options"] = make_quotes(root="IWM7")
    with pytest.raises(DataError, match=r"none of its .* options is on IWM: the symbols are of IWM7"):
        load(write(document))


@pytest.mark.parametrize("day", [date(2015, 12, 19), date(2025, 4, 18), date(2026, 6, 19)])
def test_saturdays_after_and_holidays_on_third_fridays_are_listed_expiries(make_document, write, day):
    asof = datetime.combine(day - timedelta(days=40), datetime.min.time()).replace(hour=16)
    from hedgekit.model import NEW_YORK

    while asof.weekday() > 4:
        asof -= timedelta(days=1)
    document = make_document(asof=asof.replace(tzinfo=NEW_YORK), expiries=(day,))
    assert "expiry_not_a_session" not in dict(load(write(document)).warnings)


def test_vols_in_percent_are_read_as_such_in_any_layout(make_document, write):
    document = make_document()
    for quote in document["data"]["options"]:
        quote["iv"] *= 100
    assert np.nanmedian(load(write(document)).vendor_iv) == pytest.approx(0.22)


NUMBERS = ("strike", "bid", "ask", "bid_size", "ask_size", "open_interest", "volume", "spot")
FACTORS = (1000, 100, 10, 0.1, 0.01, 0.001, 2, 0.5)
UNUSED = {"bid_size", "ask_size", "open_interest", "volume"}
"""Counts of contracts can change places among themselves, and nothing tells."""

SHARE = 0.05  # of the quotes changed that must have a new flag where no warning says it all


def structured(dice, rows):
    """Change a table as a mistake in somebody's program would, all of it, one side or one expiry."""
    made = [dict(row) for row in rows]
    scope = dice.choice(["all", "all", "side", "expiry"])
    part = made
    if scope == "side":
        side = dice.choice(["call", "put"])
        part = [row for row in made if row["kind"] == side]
    elif scope == "expiry":
        day = dice.choice(EXPIRIES)
        part = [row for row in made if row["expiry"] == day]
    action = dice.choice(["swap", "scale", "cents", "rows", "days", "stamp", "repeat", "side", "expiries"])
    if action == "swap":
        names = dice.sample(NUMBERS, 2)
        while set(names) <= UNUSED:
            names = dice.sample(NUMBERS, 2)
        for row in part:
            swap(*names)(row)
    elif action == "scale":
        names, factor = dice.choice([("strike",), ("bid",), ("ask",), ("spot",)]), dice.choice(FACTORS)
        for row in part:
            scale(factor, *names)(row)
    elif action == "cents":
        for row in part:
            scale(100, "bid", "ask")(row)
    elif action == "rows":
        name, by = dice.choice(["bid", "ask", "strike"]), dice.choice([1, 2, -1])
        column = [row[name] for row in part]
        for row, cell in zip(part, column[by:] + column[:by], strict=True):
            row[name] = cell
    elif action == "days":
        # by whole weeks, or of one expiry alone, dates stay days of trading and nothing can tell
        for row in made:
            shift(dice.choice([1, -1, 2, 30, 365]) if row is made[0] else (made[0]["expiry"] - EXPIRIES[0]).days)(row)
    elif action == "stamp":
        moment = datetime(2026, 6, 17, 16, 15) + timedelta(days=dice.choice([1, -1, 5, -5, 365, -365]))
        for row in made:
            row["asof"] = moment.isoformat()
    elif action == "repeat":
        made += [{**row, "bid": row["bid"] + 0.3, "ask": row["ask"] + 0.3} for row in part]
    elif action == "side":
        for row in part:
            other_side(row)
    else:
        first, second = dice.sample(EXPIRIES[1:], 2)
        for row in made:
            row["expiry"] = {first: second, second: first}.get(row["expiry"], row["expiry"])
    return made, f"{scope} {action}", len(part)


@pytest.mark.parametrize("batch", range(4))
def test_no_structured_mistake_goes_unsaid(rows, batch):
    base, result = loaded(rows)
    said = {note.slug for note in result.warnings}
    known = collections.defaultdict(int)
    for symbol, flags in zip(base.symbol.tolist(), base.flags.tolist(), strict=True):
        known[symbol] |= flags
    for seed in range(batch, 120, 4):
        made, what, part = structured(random.Random(seed), rows)
        try:
            chain, result = loaded(made)
        except HedgekitError:
            continue
        fresh = sum(
            bool(flags & ~known[symbol])
            for symbol, flags in zip(chain.symbol.tolist(), chain.flags.tolist(), strict=True)
        )
        told = {note.slug for note in result.warnings} - said
        assert told or fresh >= SHARE * part, f"seed {seed}: {what}: {fresh} of {part} quotes newly flagged"


def test_a_wrong_column_never_ends_in_a_traceback(make_document, write):
    # pairs quoted only far from the money once left an expiry without a spread to fit dividends by
    dice = random.Random(7)
    document = make_document(expiries=EXPIRIES)
    for quote in document["data"]["options"]:
        quote["ask"] = dice.choice([0.0, float(dice.randint(0, 20000))])
    with contextlib.suppress(HedgekitError):
        survey(load(write(json.dumps(document))))
