"""The record on a made folder: nothing later is used for a promise, failures are named, broken promises are told."""

import hashlib
import json
import math
import warnings
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from click.testing import CliRunner

from hedgekit.cli import group
from hedgekit.distributions import lognormal
from hedgekit.errors import DataError, InputError
from hedgekit.market.calendar import next_session
from hedgekit.pricing import price
from hedgekit.record import CHAPTERS, floors, greeks, intervals, pairs, probabilities, protection, stops
from hedgekit.record.chapter import Claim
from hedgekit.record.evidence import binomial, mean_of, reliability
from hedgekit.record.reading import open_archive
from hedgekit.record.replay import record
from hedgekit.report import render
from hedgekit.report.page import page
from hedgekit.results import plain

FIRST = date(2018, 1, 3)
SESSIONS = 1700
EXPIRY = date(2024, 6, 21)
QUOTED = (date(2024, 5, 20), date(2024, 5, 21), date(2024, 5, 22))


def chapter_of(module, archive):
    """One chapter, done in this process."""
    return module.told(archive, [one for task in module.tasks(archive) for one in module.work(archive, task)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Made: two random walks with opens, highs and lows, and chains of three days at a flat vol of 20%."""
    root = tmp_path_factory.mktemp("made")
    random = np.random.default_rng(7)
    days = [FIRST]
    while len(days) < SESSIONS:
        days.append(next_session(days[-1]))
    common = 0.009 * random.normal(size=SESSIONS)
    closes = {}
    for name, beta in (("IWM", 1.2), ("SPY", 1.0)):
        moves = beta * common + 0.004 * random.normal(size=SESSIONS)
        close = np.round(100.0 * np.exp(np.cumsum(moves)), 2)
        start = np.round(np.concatenate([close[:1], close[:-1]]) * np.exp(0.002 * random.normal(size=SESSIONS)), 2)
        high, low = np.maximum(close, start) + 0.2, np.minimum(close, start) - 0.2
        lines = [
            f"{day},{o:.2f},{h:.2f},{lo:.2f},{c:.2f},{c:.2f},1000"
            for day, o, h, lo, c in zip(days, start, high, low, close, strict=True)
        ]
        (root / f"{name}.csv").write_text("Date,Open,High,Low,Close,Adj Close,Volume\n" + "\n".join(lines) + "\n")
        closes[name] = dict(zip(days, close.tolist(), strict=True))
    lines = ["asof,ticker,spot,symbol,bid,ask"]
    for day in QUOTED:
        spot = closes["IWM"][day]
        t_years = (EXPIRY - day).days / 365.0
        for kind in ("call", "put"):
            for strike in range(int(0.75 * spot), int(1.3 * spot)):
                fair = float(price(kind, spot, float(strike), t_years, 0.04, 0.01, 0.2))
                bid, ask = math.floor(fair * 100.0) / 100.0, math.ceil(fair * 100.0 + 1.0) / 100.0
                symbol = f"IWM{EXPIRY:%y%m%d}{kind[0].upper()}{strike * 1000:08d}"
                lines.append(f"{day} 16:00,IWM,{spot},{symbol},{bid:.2f},{ask:.2f}")
    (root / "quotes.csv").write_text("\n".join(lines) + "\n")
    (root / "broken.csv").write_text("what,is\nthis,?\n")
    return root


@pytest.fixture(scope="module")
def archive(folder):
    return open_archive(folder)


def test_the_folder_is_told_apart_by_content(archive):
    assert [(one.ticker, one.day) for one in archive.chains] == [("IWM", day) for day in QUOTED]
    assert set(archive.histories) == {"IWM", "SPY"}
    assert [failure.file for failure in archive.failures] == ["broken.csv"]


def by_key(claims) -> dict[tuple[object, ...], Claim]:
    found = {(claim.asof, *claim.key): claim for claim in claims}
    assert len(found) == len(list(claims))
    return found


@pytest.fixture(scope="module")
def ladder(tmp_path_factory):
    """Made: a random walk, and puts of every month at a flat vol of 20%, quoted at 45 and at 21 days left."""
    root = tmp_path_factory.mktemp("ladder")
    random = np.random.default_rng(11)
    days = [date(2019, 1, 2)]
    while len(days) < 560:
        days.append(next_session(days[-1]))
    close = np.round(200.0 * np.exp(np.cumsum(0.011 * random.normal(size=len(days)))), 2)
    start = np.round(np.concatenate([close[:1], close[:-1]]) * np.exp(0.004 * random.normal(size=len(days))), 2)
    rows = zip(days, start, close, strict=True)
    text = [f"{day},{o},{max(o, c) + 0.3:.2f},{min(o, c) - 0.3:.2f},{c},1000" for day, o, c in rows]
    (root / "ABC.csv").write_text("Date,Open,High,Low,Close,Volume\n" + "\n".join(text) + "\n")
    at = dict(zip(days, close.tolist(), strict=True))
    lines = ["asof,ticker,spot,symbol,bid,ask"]
    for month in range(2, 21):
        expiry = third_friday(2019 + month // 12, month % 12 + 1)
        for left in (45, 21):
            day = max(one for one in days if (expiry - one).days >= left)
            for strike in range(int(0.75 * at[day]), int(1.25 * at[day])):
                fair = float(price("put", at[day], float(strike), (expiry - day).days / 365.0, 0.0, 0.0, 0.2))
                bid, ask = math.floor(fair * 100.0) / 100.0, math.ceil(fair * 100.0 + 1.0) / 100.0
                lines.append(f"{day} 16:00,ABC,{at[day]},ABC{expiry:%y%m%d}P{strike * 1000:08d},{bid:.2f},{ask:.2f}")
    (root / "puts.csv").write_text("\n".join(lines) + "\n")
    return open_archive(root)


def third_friday(year, month):
    first = date(year, month, 1)
    return first + timedelta(days=(4 - first.weekday()) % 7 + 14)


def test_rolled_puts_are_counted_from_the_quotes(ladder):
    """By hand, roll by roll: the nearest strike to 95% bought at the ask, sold three weeks later at the bid."""
    chapter = chapter_of(protection, ladder)
    rolls = [claim for claim in chapter.claims if claim.key == ("ABC", "put 95%")]
    assert len(rolls) >= 12 and "rolls on ABC" in chapter.answer
    chains = {quoted.day: quoted.chain for quoted in ladder.chains}
    for claim in rolls:
        bought, sold = chains[claim.asof], chains[claim.until]
        row = int(np.argmin(np.abs(bought.strike - 0.95 * bought.spot) + 1e-9 * bought.strike))
        there = sold.symbol == bought.symbol[row]
        paid = float(bought.ask[row]) + 0.0065
        got = max(float(sold.bid[there][0]), float(bought.strike[row]) - sold.spot) - 0.0065
        assert claim.promised["paid"] == pytest.approx(paid, abs=1e-12)
        assert claim.realised["gain"] == pytest.approx(got - paid, abs=1e-12)


def test_a_ladder_cut_short_promises_the_same(ladder):
    whole = by_key(chapter_of(protection, ladder).claims)
    cut = ladder.until(sorted(claim.until for claim in whole.values())[-5])
    short = by_key(chapter_of(protection, cut).claims)
    assert 0 < len(short) < len(whole)
    for key, claim in short.items():
        assert plain(claim.promised) == plain(whole[key].promised)


def test_a_file_that_grows_longer_later_does_not_choose_for_the_past(archive):
    """Of two files of a ticker each day's promise takes the one that knew most days by then."""
    history = archive.bars_on("IWM", QUOTED[-1])
    early, late = history.until(history.dates[1500]), history.since(history.dates[300])
    late = replace(late, close=late.close * 2.0, open=late.open * 2.0, low=late.low * 2.0, high=late.high * 2.0)
    both = replace(archive, chains=(), histories={"IWM": (early, late)})
    # the early file has ended ten days after its last price: the late one takes over, though it knows fewer days
    last = history.dates[history.dates <= early.dates[-1] + np.timedelta64(10)][-1]
    assert [(spell.prices, spell.last) for spell in both.bars("IWM")] == [
        (early, last.item()), (late, late.dates[-1].item())
    ]  # fmt: skip
    assert both.closes("IWM", early.dates[-1].item()) is early and both.closes("IWM", late.dates[-1].item()) is late
    short = both.until(history.dates[1450].item())
    ours, theirs = (by_key(chapter_of(stops, one).claims) for one in (both, short))
    assert theirs
    for key, claim in theirs.items():
        assert plain(claim.promised) == plain(ours[key].promised)


def test_calls_sold_and_exercised_owe_the_dividend(archive):
    """A bear call spread in the money the day before an ex-date: shares are then owed, and their dividend with them."""
    claims = [c for c in chapter_of(floors, archive).claims if c.key[3] == "bear-call-spread"]
    claim = claims[0]
    sold = [leg.split() for leg in claim.promised["legs"] if leg.startswith("-")]
    strike = int(sold[0][1][-8:]) / 1000.0
    history = archive.histories["IWM"][0]
    close = history.close.copy()
    between = (history.dates > np.datetime64(claim.asof)) & (history.dates <= np.datetime64(claim.until))
    close[between] = strike + 3.0  # deep enough to be exercised, and at expiry too
    ex = history.dates[between][5].item()
    other = replace(
        archive,
        histories={"IWM": (replace(history, close=close),)},
        dividends={"IWM": ((ex, 1.5),)},
    )
    found = next(c for c in chapter_of(floors, other).claims if (c.asof, c.key) == (claim.asof, claim.key))
    assert dict(found.promised) == dict(claim.promised)
    assert found.realised["called_usd"] == pytest.approx(found.realised["usd"] - 150.0, abs=1e-6)
    assert floors.broken_by_exercise(found) and not floors.broken(found)


@pytest.mark.parametrize("chapter", [floors, probabilities, greeks, stops, intervals, pairs], ids=lambda m: m.__name__)
def test_no_promise_uses_what_came_later(archive, chapter):
    """Every promise that the shorter history allows is the same, number by number, in the longer one."""
    cut = archive.until(EXPIRY if chapter in (floors, probabilities) else QUOTED[1])
    short, whole = (by_key(chapter_of(chapter, part).claims) for part in (cut, archive))
    if chapter is not pairs:  # a random walk need not give a signal
        assert short
    for key, claim in short.items():
        assert plain(claim.promised) == plain(whole[key].promised)


def test_later_prices_can_be_anything(archive):
    """The promises stand when every close after the expiry is another: the test above could not see a leak there."""
    history = archive.closes("IWM", QUOTED[0])
    close = history.close.copy()
    close[history.dates > np.datetime64(QUOTED[-1])] *= 3.0
    other = replace(archive, histories={**archive.histories, "IWM": (replace(history, close=close),)})
    for chapter in (floors, probabilities):
        ours, theirs = (by_key(chapter_of(chapter, one).claims) for one in (archive, other))
        assert ours.keys() == theirs.keys()
        for key, claim in ours.items():
            assert dict(claim.promised) == dict(theirs[key].promised)
            assert claim.realised["close"] * 3.0 == pytest.approx(theirs[key].realised["close"])


def test_floors_hold_and_a_broken_one_is_told(archive):
    chapter = chapter_of(floors, archive)
    assert "none was broken" in chapter.answer and len(chapter.claims) > 50
    kept = chapter.claims[0]
    assert not floors.broken(kept)
    worse = replace(kept, realised={**kept.realised, "usd": kept.promised["least_usd"] - 0.01})
    assert floors.broken(worse)
    told = floors._told([worse, *chapter.claims[1:]], [])
    assert "1 was broken" in told.answer and told.tables[0].title == "Broken promises"


def test_realised_wealth_is_counted_from_quotes_and_close(archive):
    """By hand: a bought put per hundred shares, at the ask of the file."""
    claim = next(c for c in chapter_of(floors, archive).claims if c.key[3] == "protective-put")
    quoted = next(one for one in archive.chains if one.day == claim.asof)
    close = archive.close("IWM", EXPIRY)
    low, high = claim.promised["least_usd"], claim.realised["usd"]
    assert high >= low - 0.005
    puts = quoted.chain.kind < 0
    values = (
        100.0 * (close - quoted.chain.spot)
        + 100.0 * (np.maximum(quoted.chain.strike - close, 0.0) - quoted.chain.ask)[puts]
    )
    assert np.abs(values - 0.65 - high).min() < 0.01 * 100.0


def test_a_day_of_flat_vol_is_explained_by_the_greeks(archive):
    """Quotes made at one vol: delta, gamma and theta leave what rounding to the cent and the third order leave."""
    chapter = chapter_of(greeks, archive)
    rows = {row["rule"]: row for row in chapter.tables[0].rows}
    assert rows["sticky strike"]["explained"] > 0.99
    assert rows["sticky strike"]["rms"] < 0.03


def test_an_interval_counts_clusters_not_rows():
    one = mean_of([1, 0] * 500, ["a", "b"] * 500, share=True)
    assert one.thin and (one.low, one.high) == pytest.approx(binomial(0.5, 2)) and one.high - one.low > 0.9
    assert binomial(1.0, 10) == pytest.approx((0.6915, 1.0), abs=1e-4)  # Clopper and Pearson's 10 of 10


def test_true_probabilities_are_found_reliable():
    random = np.random.default_rng(3)
    promised = random.uniform(size=4000)
    happened = (random.uniform(size=4000) < promised).astype(float)
    rows = reliability(promised, happened, list(range(4000)))
    inside = sum(row["happened_low"] <= row["promised"] <= row["happened_high"] for row in rows)
    assert inside >= len(rows) - 2
    assert not any(row["happened_low"] <= row["promised"] + 0.2 <= row["happened_high"] for row in rows)


def test_probabilities_are_those_of_the_chain(archive):
    claim = next(c for c in chapter_of(probabilities, archive).claims if c.key[2:] == ("below", "+0"))
    # the level is the forward: a lognormal is below it with more than a half
    t_years = (EXPIRY - claim.asof).days / 365.0
    assert claim.promised["lognormal"] == pytest.approx(
        float(lognormal(100.0, t_years, 0, 0, 0.2).cdf(100.0)), abs=0.003
    )


def test_without_five_years_of_prices_the_bootstrap_alone_is_missing(archive):
    history = archive.closes("IWM", EXPIRY)
    short = replace(archive, histories={"IWM": (history.since(history.dates[-500]),)})
    found = chapter_of(probabilities, short)
    whole = by_key(chapter_of(probabilities, archive).claims)
    assert {row["measure"] for row in found.tables[0].rows} == {"lognormal", "implied"}
    assert any(limit.startswith("historical: ") for limit in found.limits) and "historical" not in found.answer
    for key, claim in by_key(found.claims).items():
        assert dict(claim.promised) == {k: v for k, v in whole[key].promised.items() if k != "historical"}
    assert "the best" not in found.answer  # one month of expiries tells none apart


def test_what_settles_on_the_opening_is_left_out(archive):
    """The made chain's expiry is a third Friday: as an option on RUT it would not settle on the close."""
    quoted = tuple(replace(one, ticker="RUT") for one in archive.chains)
    other = replace(archive, chains=quoted, histories={"RUT": archive.histories["IWM"]})
    result = record(other, chapters=["floors", "probabilities"])
    assert all(chapter.answer.startswith("Nothing to check") for chapter in result.chapters)
    assert (
        "RUT: expiries that settle on the opening (1) are left out"
        in {n.slug: n.message for n in result.warnings}["opening_settled"]
    )


def test_closes_adjusted_for_a_later_split_are_put_back(archive):
    """A file written after a split of ten for one: the promises and what came of them are those without it."""
    history = archive.histories["IWM"][0]
    tenth = replace(history, close=history.close / 10.0)
    other = replace(archive, histories={"IWM": (tenth,)})
    for chapter in (floors, probabilities):
        ours, theirs = (by_key(chapter_of(chapter, one).claims) for one in (archive, other))
        assert ours.keys() == theirs.keys()
        for key, claim in ours.items():
            assert plain(claim.promised) == plain(theirs[key].promised)
            assert claim.realised["close"] == pytest.approx(theirs[key].realised["close"], rel=1e-12)
    assert (
        "IWM: the closes of 3 of 3 chains"
        in {n.slug: n.message for n in record(other, chapters=["floors"]).warnings}["split_since"]
    )
    wrong = replace(archive, histories={"IWM": (replace(history, close=history.close * 0.11),)})
    told = record(wrong, chapters=["floors"]).named("floors")
    assert told.answer.startswith("Nothing to check") and "another price" in told.limits[0]


def test_thin_data_are_said_to_be(archive):
    result = record(archive, chapters=["protection"])
    assert result.chapters[0].answer.startswith("Nothing to check")


def test_every_form_of_the_whole_record(archive):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = record(archive)
    assert [chapter.name for chapter in result.chapters] == list(CHAPTERS)
    answer = json.loads(result.to_json())
    assert answer["schema"] == "hedgekit.record/1" and answer["inputs"]["not_used"][0]["file"] == "broken.csv"
    text = render(result, "table")
    assert "broken.csv" in text and not [line for line in text.splitlines() if len(line) > 80]
    assert result.records()
    pytest.importorskip("plotly")
    drawn = page([answer])
    assert "Floors" in drawn and drawn.count('class="plot-spec"') == 2


def test_of_two_chains_of_a_day_the_fuller_is_used_and_the_other_named(folder, tmp_path):
    whole = (folder / "quotes.csv").read_text().splitlines()
    (tmp_path / "a.csv").write_text("\n".join(whole[:-20]) + "\n")
    (tmp_path / "b.csv").write_text("\n".join(whole) + "\n")
    (tmp_path / "IWM.csv").write_bytes((folder / "IWM.csv").read_bytes())
    found = open_archive(tmp_path)
    # the days that both hold alike are taken from the first, the day that one holds more of from the other
    assert [one.file for one in found.chains] == ["a.csv", "a.csv", "b.csv"]
    assert len(found.failures) == 3 and "is used, with" in found.failures[0].why
    assert [(one.file, one.holds) for one in found.used] == [
        ("IWM.csv", "prices"),
        ("a.csv", "chains"),
        ("b.csv", "chains"),
    ]
    assert found.used[1].sha256 == hashlib.sha256((tmp_path / "a.csv").read_bytes()).hexdigest()


def test_prices_that_disagree_are_said(folder, tmp_path):
    lines = (folder / "IWM.csv").read_text().splitlines()
    (tmp_path / "IWM.csv").write_text("\n".join(lines) + "\n")
    rows = [line.split(",") for line in lines[1:]]
    other = [",".join([row[0], *(f"{0.96 * float(cell):.2f}" for cell in row[1:6]), row[6]]) for row in rows]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "IWM.csv").write_text("\n".join([lines[0], *other]) + "\n")
    notes = open_archive(tmp_path).notes
    assert [note.slug for note in notes] == ["closes_differ"] and "100% of 1,700 common days" in notes[0].message


@pytest.mark.parametrize("keep", [["IWM.csv"], ["quotes.csv"]], ids=["only prices", "only chains"])
def test_a_folder_of_half_the_data_says_what_is_missing(folder, tmp_path, keep):
    for name in keep:
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    done = CliRunner().invoke(group, ["record", "--data", str(tmp_path), "--workers", "1", "--format", "json"])
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    slugs = {note["slug"] for note in answer["warnings"]}
    assert ("no_chains" if keep == ["IWM.csv"] else "no_prices") in slugs
    nothing = {c["name"] for c in answer["chapters"] if c["answer"].startswith("Nothing to check: ")}
    assert {"floors", "protection", "probabilities", "intervals", "pairs"} <= nothing


def test_the_answer_is_the_same_over_processes(folder, tmp_path):
    texts, promises = [], []
    for workers in ("1", "2"):
        path = tmp_path / f"{workers}.jsonl"
        given = ["record", "--data", str(folder), "--chapter", "stops", "--chapter", "floors", "--workers", workers]
        done = CliRunner().invoke(group, [*given, "--promises", str(path), "--format", "json", "--quiet"])
        assert done.exit_code == 0 and done.stderr == ""
        texts.append(done.stdout)
        promises.append(path.read_text())
    assert texts[0] == texts[1] and promises[0] == promises[1]
    answer = json.loads(texts[0])
    lines = [json.loads(line) for line in promises[0].splitlines()]
    assert len(lines) == sum(chapter["promises"] for chapter in answer["chapters"])
    assert lines[0]["chapter"] == "floors" and lines[0]["promised"]["legs"]


def test_the_record_of_a_past_day_is_that_of_what_was_known_then(archive):
    then = date(2024, 7, 31)
    past = record(archive, chapters=["floors", "stops"], asof=then)
    assert past.inputs["asof"] == then and past.inputs["last_price"] <= then
    assert past.to_dict()["chapters"] == record(archive.until(then), chapters=["floors", "stops"]).to_dict()["chapters"]
    with pytest.raises(DataError, match="no chain or price is of 2001-01-01 or before"):
        record(archive, asof=date(2001, 1, 1))


def test_refusals(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        open_archive(tmp_path / "absent")
    (tmp_path / "junk.csv").write_text("a,b\n1,2\n")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="nothing to read"):
        open_archive(tmp_path / "empty")
    with pytest.raises(DataError, match=r"nothing in it holds .*junk\.csv: not prices"):
        open_archive(tmp_path)
    with pytest.raises(InputError, match="no chapter"):
        record(tmp_path, chapters=["flors"])
    done = CliRunner().invoke(
        group, ["record", "--data", str(tmp_path), "--promises", str(tmp_path / "no" / "p.jsonl")]
    )
    assert done.exit_code == 2 and "to write it in" in done.output
    done = CliRunner().invoke(group, ["record", "--data", str(tmp_path / "absent")])
    assert isinstance(done.exception, InputError)
