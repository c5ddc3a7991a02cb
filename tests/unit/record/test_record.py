"""The record on a made folder: nothing later is used for a promise, failures are named, broken promises are told."""

import json
import math
import warnings
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from click.testing import CliRunner

from hedgekit.cli import group
from hedgekit.distributions import lognormal
from hedgekit.errors import DataError, InputError
from hedgekit.market.calendar import next_session
from hedgekit.pricing import price
from hedgekit.record import CHAPTERS, floors, greeks, intervals, pairs, probabilities, stops
from hedgekit.record.chapter import Claim
from hedgekit.record.evidence import binomial, mean_of, reliability
from hedgekit.record.reading import open_library
from hedgekit.record.replay import record
from hedgekit.report import render
from hedgekit.report.page import page
from hedgekit.results import plain

FIRST = date(2018, 1, 3)
SESSIONS = 1700
EXPIRY = date(2024, 6, 21)
QUOTED = (date(2024, 5, 20), date(2024, 5, 21), date(2024, 5, 22))


def chapter_of(module, library):
    """One chapter, done in this process."""
    return module.told(library, [one for task in module.tasks(library) for one in module.work(library, task)])


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
def library(folder):
    return open_library(folder)


def test_the_folder_is_told_apart_by_content(library):
    assert [(one.ticker, one.day) for one in library.chains] == [("IWM", day) for day in QUOTED]
    assert set(library.histories) == {"IWM", "SPY"}
    assert [failure.file for failure in library.failures] == ["broken.csv"]


def by_key(claims) -> dict[tuple[object, ...], Claim]:
    found = {(claim.asof, *claim.key): claim for claim in claims}
    assert len(found) == len(list(claims))
    return found


@pytest.mark.parametrize("chapter", [floors, probabilities, greeks, stops, intervals, pairs], ids=lambda m: m.__name__)
def test_no_promise_uses_what_came_later(library, chapter):
    """Every promise that the shorter history allows is the same, number by number, in the longer one."""
    cut = library.until(EXPIRY if chapter in (floors, probabilities) else QUOTED[1])
    short, whole = (by_key(chapter_of(chapter, part).claims) for part in (cut, library))
    if chapter is not pairs:  # a random walk need not give a signal
        assert short
    for key, claim in short.items():
        assert plain(claim.promised) == plain(whole[key].promised)


def test_later_prices_can_be_anything(library):
    """The promises stand when every close after the expiry is another: the test above could not see a leak there."""
    history = library.closes("IWM", QUOTED[0])
    close = history.close.copy()
    close[history.dates > np.datetime64(QUOTED[-1])] *= 3.0
    other = replace(library, histories={**library.histories, "IWM": (replace(history, close=close),)})
    for chapter in (floors, probabilities):
        ours, theirs = (by_key(chapter_of(chapter, one).claims) for one in (library, other))
        assert ours.keys() == theirs.keys()
        for key, claim in ours.items():
            assert dict(claim.promised) == dict(theirs[key].promised)
            assert claim.realised["close"] * 3.0 == pytest.approx(theirs[key].realised["close"])


def test_floors_hold_and_a_broken_one_is_told(library):
    chapter = chapter_of(floors, library)
    assert "none was broken" in chapter.answer and len(chapter.claims) > 50
    kept = chapter.claims[0]
    assert not floors.broken(kept)
    worse = replace(kept, realised={**kept.realised, "usd": kept.promised["least_usd"] - 0.01})
    assert floors.broken(worse)
    told = floors._told([worse, *chapter.claims[1:]], [])
    assert "1 was broken" in told.answer and told.tables[0].title == "Broken promises"


def test_realised_wealth_is_counted_from_quotes_and_close(library):
    """By hand: a bought put per hundred shares, at the ask of the file."""
    claim = next(c for c in chapter_of(floors, library).claims if c.key[3] == "protective-put")
    quoted = next(one for one in library.chains if one.day == claim.asof)
    close = library.close("IWM", EXPIRY)
    low, high = claim.promised["least_usd"], claim.realised["usd"]
    assert high >= low - 0.005
    puts = quoted.chain.kind < 0
    values = (
        100.0 * (close - quoted.chain.spot)
        + 100.0 * (np.maximum(quoted.chain.strike - close, 0.0) - quoted.chain.ask)[puts]
    )
    assert np.abs(values - 0.65 - high).min() < 0.01 * 100.0


def test_a_day_of_flat_vol_is_explained_by_the_greeks(library):
    """Quotes made at one vol: delta, gamma and theta leave what rounding to the cent and the third order leave."""
    chapter = chapter_of(greeks, library)
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


def test_probabilities_are_those_of_the_chain(library):
    claim = next(c for c in chapter_of(probabilities, library).claims if c.key[2:] == ("below", "+0"))
    # the level is the forward: a lognormal is below it with more than a half
    t_years = (EXPIRY - claim.asof).days / 365.0
    assert claim.promised["lognormal"] == pytest.approx(
        float(lognormal(100.0, t_years, 0, 0, 0.2).cdf(100.0)), abs=0.003
    )


def test_thin_data_are_said_to_be(library):
    result = record(library, chapters=["protection"])
    assert result.chapters[0].answer.startswith("Nothing to check")


def test_every_form_of_the_whole_record(library):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = record(library)
    assert [chapter.name for chapter in result.chapters] == list(CHAPTERS)
    answer = json.loads(result.to_json())
    assert answer["schema"] == "hedgekit.record/1" and answer["inputs"]["not_used"][0]["file"] == "broken.csv"
    text = render(result, "table")
    assert "broken.csv" in text and max(map(len, text.splitlines())) <= 100
    assert result.records()
    pytest.importorskip("plotly")
    assert "Floors" in page([answer])


def test_refusals(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        open_library(tmp_path / "absent")
    (tmp_path / "junk.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="none of its 1 files"):
        open_library(tmp_path)
    with pytest.raises(InputError, match="no chapter"):
        record(tmp_path, chapters=["flors"])
    done = CliRunner().invoke(group, ["record", "--data", str(tmp_path / "absent")])
    assert isinstance(done.exception, InputError)
