"""The implied and the historical distribution beside the lognormal one."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from hedgekit.errors import DataError
from hedgekit.market.inputs import resolve
from hedgekit.market.legs import parse_leg, priced
from hedgekit.market.sources import load
from hedgekit.model import NEW_YORK, Leg, Option, Shares
from hedgekit.structures.analysis import analyze
from hedgekit.structures.outlooks import LEAST_DAYS, beside
from hedgekit.structures.setting import from_chain

EXPIRY = date(2026, 12, 18)


@pytest.fixture(scope="module")
def chain(example):
    return load(str(example))


@pytest.fixture(scope="module")
def market(chain):
    return resolve(chain, (EXPIRY,), rate=0.036, dividends=0.009)


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """Write a made history: independent normal days, 20% a year, no drift of the price."""
    rng = np.random.default_rng(7)
    days, day = [], date(2020, 1, 2)
    while day < date(2026, 10, 14):
        if day.weekday() < 5:
            days.append(day)
        day += timedelta(days=1)
    steps = rng.normal(-0.5 * 0.04 / 252, 0.2 / np.sqrt(252), len(days))
    closes = 200.0 * np.exp(np.cumsum(steps))
    path = tmp_path_factory.mktemp("prices") / "IWM.csv"
    lines = [f"{d},{c:.4f}" for d, c in zip(days, closes, strict=True)]
    path.write_text("Date,Close\n" + "\n".join(lines) + "\n")
    return path


STRUCTURES = {
    "condor": ["+1 IWM261218P00215000", "-1 IWM261218P00225000", "-1 IWM261218C00270000", "+1 IWM261218C00280000"],
    "put spread": ["+1 IWM261218P00245000", "-1 IWM261218P00230000"],
    "covered call": ["+100 IWM @248.12", "-1 IWM261218C00260000"],
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_at_the_mid_the_market_expects_nothing(chain, market, name):
    held = [
        one if isinstance(one, Shares) else replace(one, premium=float(chain.quote(one.option).mid))
        for one in priced([parse_leg(text) for text in STRUCTURES[name]], chain)
    ]
    setting = from_chain(held, chain, market=market)
    distributions, notes = beside(setting)
    result = analyze(held, setting, distributions=distributions, notes=notes)
    # the smile passes between bid and ask, a few cents a share from the mid
    assert abs(result.outlooks["implied"].expected_value_usd) < 6.0
    assert result.expected_value_usd != pytest.approx(result.outlooks["implied"].expected_value_usd, abs=0.5)


def test_the_touch_costs_half_the_spread_under_the_chains_own_measure(chain, market):
    held = priced([parse_leg(text) for text in STRUCTURES["condor"]], chain)
    setting = from_chain(held, chain, market=market)
    result = analyze(held, setting, distributions=beside(setting)[0])
    assert result.outlooks["implied"].expected_value_usd == pytest.approx(-0.5 * result.exit_now_usd, abs=6.0)


def test_the_past_is_resampled_from_daily_price_returns(chain, market, history):
    held = priced([parse_leg(text) for text in STRUCTURES["condor"]], chain)
    setting = from_chain(held, chain, market=market)
    distributions, notes = beside(setting, history=history)
    past = distributions[-1]
    # 46 sessions of 20% a year: the standard deviation of the log of the spot
    spots = past.quantile((np.arange(2000) + 0.5) / 2000)
    assert np.std(np.log(spots)) == pytest.approx(0.2 * np.sqrt(setting.sessions / 252), rel=0.06)
    assert setting.sessions == 46
    again = beside(setting, history=history)[0][-1]
    assert again.probability(240.0, 260.0) == past.probability(240.0, 260.0)
    result = analyze(held, setting, distributions=distributions, notes=notes)
    assert set(result.body()["probability"]) == {"lognormal", "implied", "historical"}
    assert all(0.0 < value < 1.0 for value in result.body()["probability"].values())


def test_the_past_ends_before_the_quotes(chain, market, history, tmp_path):
    # what comes after the as-of day must not count: a crash added behind it changes nothing
    held = priced([parse_leg(text) for text in STRUCTURES["put spread"]], chain)
    setting = from_chain(held, chain, market=market)
    later = tmp_path / "IWM.csv"
    later.write_text(history.read_text() + "2026-10-15,100.0\n2026-10-16,50.0\n")
    before, after = (beside(setting, history=path)[0][-1] for path in (history, later))
    assert before.mean == after.mean


def test_a_short_past_is_refused(chain, market, history, tmp_path):
    held = priced([parse_leg(text) for text in STRUCTURES["put spread"]], chain)
    setting = from_chain(held, chain, market=market)
    short = tmp_path / "IWM.csv"
    short.write_text("\n".join(["Date,Close", *history.read_text().splitlines()[-100:]]) + "\n")
    with pytest.raises(DataError, match=f"needs {LEAST_DAYS} or more"):
        beside(setting, history=short)


def test_an_old_past_and_another_ticker_are_said(chain, market, history, tmp_path):
    held = priced([parse_leg(text) for text in STRUCTURES["put spread"]], chain)
    setting = from_chain(held, chain, market=market)
    other = tmp_path / "SPY.csv"
    other.write_text("\n".join(history.read_text().splitlines()[:-60]) + "\n")
    slugs = [note.slug for note in beside(setting, history=other)[1]]
    assert {"history_old", "history_ticker"} <= set(slugs)


def test_an_index_settled_in_the_morning_says_so(given, holdings):
    held = holdings("+1 SPX260918C06000000 @100")
    setting = given(held, spot=5900.0)
    assert setting.exercise == "european"
    assert "at the opening of Fri 18 Sep 2026" in analyze(held, setting).pays
    assert given(holdings("+1 SPXW260918C06000000 @100"), spot=5900.0).settles == "close"


def test_impossible_prices_are_said(given, holdings):
    held = holdings("+1 XYZ260918C00150000 @20", "-1 XYZ260918P00100000 @101")
    result = analyze(held, given(held, asof=datetime(2026, 6, 17, 12, tzinfo=NEW_YORK)))
    assert {"price_below_exercise", "price_above_maximum"} <= {note.slug for note in result.warnings}


def test_a_deep_option_borrows_its_vol_from_afar(chain, market):
    day = date(2026, 12, 18)
    slice_ = chain.at(day)
    # a put quoted below its exercise value tells no vol, nor do its dozen nearest neighbours here
    deep = np.isin(chain.symbol, slice_.symbol[np.argsort(-slice_.strike, kind="stable")[:40]])
    worth = np.maximum(0.0, chain.kind * (chain.spot - chain.strike))
    bid, ask = np.where(deep, worth - 0.02, chain.bid), np.where(deep, worth - 0.01, chain.ask)
    bent = replace(chain, bid=bid, ask=ask)
    top = Option(root="IWM", expiry=day, kind="put", strike=float(slice_.strike[slice_.kind == -1].max()))
    setting = from_chain([Leg(contracts=1, option=top, premium=1.0)], bent, market=market)
    assert 0.05 < setting.vols[top] < 1.0
    assert any(note.slug == "vol_borrowed" for note in setting.warnings)
