"""The stop: fills on gaps, whipsaw, the Kaminski-Lo null, and nothing from after the quotes' day."""

import csv
import json
from datetime import date

import numpy as np
import pytest

import hedgekit as hk
from hedgekit.errors import DataError, InputError
from hedgekit.hedges.stop_paths import Days, days_of, simulate
from hedgekit.hedges.stop_study import study, whipsaw
from hedgekit.model import PriceHistory


def made_days(gap, high, low, close):
    return Days(
        gap=np.log(np.asarray(gap, dtype=float)),
        high=np.log(np.asarray(high, dtype=float)),
        low=np.log(np.asarray(low, dtype=float)),
        close=np.log(np.asarray(close, dtype=float)),
        first=np.datetime64("2020-01-01"),
        last=np.datetime64("2020-12-31"),
        left_out=0,
    )


def made_history(n=800, *, seed=3, until="2026-10-14", ticker="IWM"):
    """A made history with gaps, ending on a day."""
    rng = np.random.default_rng(seed)
    start = np.empty(n)
    close = np.empty(n)
    price = 200.0
    for i in range(n):
        start[i] = price * np.exp(rng.normal(0, 0.006) - (0.06 if rng.random() < 0.01 else 0.0))
        close[i] = price = start[i] * np.exp(rng.normal(0.0006, 0.012))
    high = np.maximum(start, close) * np.exp(np.abs(rng.normal(0, 0.005, n)))
    low = np.minimum(start, close) * np.exp(-np.abs(rng.normal(0, 0.005, n)))
    days = np.busday_offset(until, np.arange(-n + 1, 1), roll="backward").astype("M8[D]")
    column = {"open": start, "high": high, "low": low, "close": close, "total_return": close}
    return PriceHistory(tickers=(ticker,), dates=days, source="made", **{k: v[:, None] for k, v in column.items()})


@pytest.fixture(scope="module")
def chain(example):
    return hk.load_chain(example)


def test_a_gap_fills_at_the_open():
    """Entry 55, stop 50, the market opens at 40: the loss is 15, not 5."""
    days = made_days([40 / 55] * 2, [1.02] * 2, [0.98] * 2, [1.0] * 2)
    stop = simulate(days, spot=55.0, sessions=1, levels=(50.0,), draws=1000, block=1).stops[0]
    assert stop.touched.all() and stop.by_gap.all()
    np.testing.assert_allclose(55.0 - stop.fill, 15.0)
    assert not stop.limit_same_day.any() and np.isnan(stop.limit_fill).all()


def test_without_a_gap_it_fills_at_the_level():
    days = made_days([1.0] * 2, [1.0] * 2, [0.85] * 2, [0.88] * 2)
    stop = simulate(days, spot=55.0, sessions=1, levels=(50.0,), draws=1000, block=1).stops[0]
    np.testing.assert_allclose(stop.fill, 50.0)
    np.testing.assert_allclose(stop.limit_fill, 50.0)
    np.testing.assert_allclose(stop.fill_close, 55.0 * 0.88)


def test_a_stop_limit_waits_for_the_market_to_come_back():
    days = made_days([0.85, 1.20], [1.0, 1.05], [0.99, 0.99], [1.0, 1.0])
    paths = simulate(days, spot=100.0, sessions=2, levels=(90.0,), draws=1000, block=2)
    stop = paths.stops[0]
    first_falls = stop.touched & stop.by_gap
    back = first_falls & np.isfinite(stop.limit_fill)
    assert back.any() and not stop.limit_same_day[first_falls].any()
    np.testing.assert_allclose(stop.limit_fill[back], 0.85 * 120.0)


def test_the_low_and_the_close_are_judged_apart():
    days = made_days([1.0] * 2, [1.0] * 2, [0.85] * 2, [1.0] * 2)
    stop = simulate(days, spot=100.0, sessions=5, levels=(90.0,), draws=1000, block=1).stops[0]
    assert stop.touched.all() and not stop.touched_close.any()


def test_kaminski_lo_null_with_independent_returns_a_stop_adds_nothing_but_time_out():
    """Mean of summed returns changes by -p0 mu a session out (Kaminski and Lo 2014, proposition 1, cash at 0)."""
    rng = np.random.default_rng(1)
    moves = np.exp(rng.normal(0.0004, 0.012, 4000))
    ones = np.ones(4000)
    days = made_days(ones, np.maximum(moves, 1), np.minimum(moves, 1), moves)
    draws, sessions, spot = 20_000, 60, 100.0
    paths = simulate(days, spot=spot, sessions=sessions, levels=(90.0,), draws=draws, block=1, seed=5)
    stop = paths.stops[0]
    held = np.log(paths.final / spot)
    stopped = np.where(stop.touched_close, np.log(np.where(stop.touched_close, stop.fill_close, 1.0) / spot), held)
    out = np.where(stop.touched_close, sessions - 1 - stop.day_close, 0)
    mu = np.log(moves).mean()
    effect = stopped - held + mu * out
    assert out.mean() > 3.0
    # Four standard errors of the mean: the null is exact, the paths are a sample.
    assert abs(effect.mean()) < 4 * effect.std() / np.sqrt(draws)


def test_paths_are_recentred_exactly_and_repeat():
    days = days_of(made_history(), "IWM")
    one, two = (
        simulate(days, spot=100.0, sessions=40, levels=(85.0,), mean=101.5, draws=2000, seed=7) for _ in range(2)
    )
    assert one.final.mean() == pytest.approx(101.5, rel=1e-12)
    np.testing.assert_array_equal(one.stops[0].fill, two.stops[0].fill)


def test_whipsaw_is_the_reflection_of_the_reference(shared):
    with (shared / "reference" / "barrier_touch.csv").open() as file:
        rows = [{name: float(text) for name, text in row.items() if name != "case"} for row in csv.DictReader(file)]
    checked = 0
    for row in rows:
        if row["K"] < row["H"] or row["p_touch"] < 1e-6:
            continue
        expected = (row["p_itm_call"] - row["p_itm_call_no_touch"]) / row["p_touch"]
        got = whipsaw(row["S"], row["H"], row["K"], row["T"], row["r"] - row["q"], row["sigma"])
        # The reference's own difference of two probabilities near one keeps about 1e-16 / p_touch.
        assert got == pytest.approx(expected, abs=1e-9 + 1e-15 / row["p_touch"])
        checked += 1
    assert checked > 100


def test_the_study_has_every_number(chain):
    result = study(chain, shares=1700, by=date(2027, 1, 15), prices=made_history(), draws=2000)
    body = result.to_dict()
    assert [round(stop["stop_pct"], 9) for stop in body["stops"]] == [15.0, 20.0]
    stop = body["stop"]
    assert stop["level"] == pytest.approx(0.85 * chain.spot)
    assert 0 < stop["lognormal"]["touch_daily_closes"] < stop["lognormal"]["touch_continuous"] < 1
    assert stop["historical"]["touch"] >= stop["historical"]["touch_daily_closes"]
    assert stop["historical"]["fill_below_worst_pct"] >= stop["historical"]["fill_below_p95_pct"] >= 0
    put = body["put"]
    assert put["wealth"]["worst_pct"] >= put["floor_pct"] - 1e-9 and put["wealth"]["below_level"] == 0
    names = {row["name"] for row in body["others"]}
    assert {"collar", "holding less (same delta)", "no hedge"} <= names
    json.dumps(body, allow_nan=False)


def test_the_means_agree_when_paths_are_centred_on_the_forward(chain):
    """Without a drift beyond the forward's a stop at closes cannot change the mean by more than its gaps cost."""
    result = study(chain, shares=1700, by=date(2027, 1, 15), prices=made_history(), draws=5000)
    rows = {row["name"]: row["wealth"]["mean_pct"] for row in result.others}
    assert result.stops[0]["wealth"]["mean_pct"] == pytest.approx(rows["no hedge"], abs=1.5)


def test_days_after_the_quotes_change_nothing(chain):
    long = made_history(n=900, until="2027-02-01")
    cut = long.until(chain.asof.date())
    one = study(chain, shares=100, by=date(2027, 1, 15), prices=long, draws=1000).to_dict()
    two = study(chain, shares=100, by=date(2027, 1, 15), prices=cut, draws=1000).to_dict()
    assert one["stops"] == two["stops"] and one["put"] == two["put"]


def test_without_prices_only_the_lognormal_is_known(chain):
    result = study(chain, shares=1700, by=date(2027, 1, 15))
    assert result.stops[0]["historical"] is None and result.stops[0]["wealth"] is None
    assert "no_price_history" in {note.slug for note in result.warnings}


def test_a_stop_that_would_sell_at_once_is_refused(chain):
    with pytest.raises(InputError, match="would sell at once"):
        study(chain, shares=100, by=date(2027, 1, 15), entry=chain.spot * 1.3, stops=(0.15,))


@pytest.mark.parametrize("stops", [(0.0,), (1.0,), (15.0,), (float("nan"),)])
def test_a_stop_that_is_no_fraction_is_refused(chain, stops):
    with pytest.raises(InputError, match="expected a fraction"):
        study(chain, shares=100, by=date(2027, 1, 15), stops=stops)


def test_closes_alone_are_refused():
    history = made_history()
    closes = PriceHistory(
        tickers=("IWM",), dates=history.dates, close=history.close, total_return=history.total_return, source="made"
    )
    with pytest.raises(DataError, match="no open, high and low"):
        days_of(closes, "IWM")


def test_a_short_history_is_refused():
    with pytest.raises(DataError, match="at least 250"):
        days_of(made_history(n=200), "IWM")


def test_a_wrong_day_is_left_out_and_counted():
    history = made_history()
    high = np.array(history.high)
    high[100] = history.low[100] * 0.9
    bad = PriceHistory(
        tickers=("IWM",),
        dates=history.dates,
        close=history.close,
        total_return=history.total_return,
        open=history.open,
        high=high,
        low=history.low,
        source="made",
    )
    assert days_of(bad, "IWM").left_out == days_of(history, "IWM").left_out + 1
