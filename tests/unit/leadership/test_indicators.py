"""Averages, relative strength, breadth, sectors and flows against direct arithmetic."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgekit.errors import DataError
from hedgekit.leadership.averages import above, sma
from hedgekit.leadership.breadth import above_average, new_highs_less_lows
from hedgekit.leadership.flows import read_flows
from hedgekit.leadership.membership import read_membership
from hedgekit.leadership.relative_strength import mansfield, relative_strength
from hedgekit.leadership.sectors import participation, sector_index
from hedgekit.leadership.state import states


def panel(n=120, k=7, seed=1):
    rng = np.random.default_rng(seed)
    prices = 50 * np.exp(np.cumsum(rng.normal(0, 0.02, (n, k)), axis=0))
    prices[rng.random((n, k)) < 0.03] = np.nan
    return prices


def test_the_average_is_pandas_with_gaps_unknown():
    prices = panel()
    expected = pd.DataFrame(prices).rolling(20, min_periods=20).mean().to_numpy()
    np.testing.assert_allclose(sma(prices, 20), expected, rtol=1e-12)


@given(st.floats(1e-3, 1e6), st.integers(2, 60))
def test_a_flat_price_is_never_above_its_average(price, length):
    flat = np.full(100, price)
    assert not above(flat, sma(flat, length)).any()


def test_the_average_of_a_large_price_after_a_small_one_keeps_its_digits():
    prices = np.concatenate([[1e-3], np.full(50, 1e6)])
    assert not above(prices, sma(prices, 10))[20:].any()


def test_breadth_counts_only_those_with_every_close_and_membership():
    prices = panel()
    member = np.ones_like(prices, dtype=bool)
    member[:, 0] = False
    found = above_average(prices, 20, member)
    for t in (19, 60, 119):
        judged = [i for i in range(1, 7) if np.isfinite(prices[t - 19 : t + 1, i]).all()]
        up = [i for i in judged if prices[t, i] > prices[t - 19 : t + 1, i].mean()]
        assert found.judged[t] == len(judged) and found.members[t] == 6
        assert found.share[t] == pytest.approx(len(up) / len(judged), abs=1e-15) if judged else np.isnan(found.share[t])
    assert np.isnan(found.share[:19]).all()


def test_new_highs_are_above_every_close_before():
    prices = panel(seed=3)
    found = new_highs_less_lows(prices, 15, np.ones_like(prices, dtype=bool))
    for t in (15, 70, 119):
        window = prices[t - 15 : t]
        judged = np.isfinite(window).all(axis=0) & np.isfinite(prices[t])
        net = sum(prices[t, i] > window[:, i].max() for i in np.flatnonzero(judged))
        net -= sum(prices[t, i] < window[:, i].min() for i in np.flatnonzero(judged))
        assert found.judged[t] == judged.sum()
        assert found.share[t] == pytest.approx(net / judged.sum(), abs=1e-15)


def test_mansfield_does_not_depend_on_the_scale_of_prices():
    y, x = panel(seed=5)[:, 0], panel(seed=6)[:, 1]
    one = mansfield(relative_strength(y, x), 10)
    np.testing.assert_allclose(mansfield(relative_strength(y * 37, x / 11), 10), one, rtol=1e-9, atol=1e-9)


def test_a_price_of_zero_has_no_relative_strength():
    assert np.isnan(relative_strength(np.array([1.0, 0.0]), np.array([0.0, 1.0]))).all()


def test_sector_participation_by_hand():
    prices = np.array([[10.0, 10.0, 10.0, 10.0], [12.0, 12.0, 9.0, 10.0]])
    found = participation(prices, np.ones_like(prices, dtype=bool), ["a", "a", "b", "c"], np.array([100.0, 105.0]), 1)
    assert found.names == ("a", "b", "c")
    assert found.up[-1].tolist() == [True, False, False]
    assert found.rising[-1] == pytest.approx(1 / 3) and found.judged[-1] == 3
    assert found.effective[-1] == 1.0


def test_effective_sectors_is_one_over_the_sum_of_squared_shares():
    prices = np.vstack([np.full(4, 10.0), np.full(4, 12.0)])
    found = participation(prices, np.ones_like(prices, dtype=bool), ["a", "a", "a", "b"], np.array([1.0, 1.0]), 1)
    assert found.effective[-1] == pytest.approx(1 / (0.75**2 + 0.25**2))


def test_a_sector_index_leaves_out_days_before_membership():
    prices = np.array([[10.0, 10.0], [20.0, 11.0], [40.0, 12.1]])
    member = np.array([[False, True], [False, True], [True, True]])
    np.testing.assert_allclose(sector_index(prices, member), [1.0, 1.1, 1.1 * (1 + (1.0 + 0.1) / 2)])


def test_hysteresis_keeps_a_state_until_the_votes_turn():
    votes = np.array([[1, 1, 1], [1, 0, 0], [1, -1, 0], [0, 0, -1], [0, 0, 0], [-1, -1, 0], [0, 0, 1]], dtype=float)
    assert states(votes).tolist() == ["leading", "leading", "leading", "neutral", "neutral", "lagging", "neutral"]


def write(path, text):
    path.write_text(text)
    return path


def test_flows_from_shares_are_the_change_at_todays_price(tmp_path):
    path = write(tmp_path / "shares.csv", "date,ticker,shares,price\n2026-03-02,IWM,100,10\n2026-03-04,IWM,130,12\n2026-03-03,IWM,110,11\n2026-03-05,IWM,120,\n2026-03-03,SPY,5,1\n")  # fmt: skip
    flows = read_flows(path, "IWM")
    assert flows.flow_usd[1:3].tolist() == [110.0, 240.0] and np.isnan(flows.flow_usd[[0, 3]]).all()
    assert flows.assets_usd[1:3].tolist() == [1000.0, 1210.0]
    assert flows.blank == (date(2026, 3, 2), date(2026, 3, 5))


def test_a_z_score_uses_the_known_flows_before(tmp_path):
    values = [3.0, 1.0, None, 2.0, 8.0, 5.0]
    lines = [f"2026-03-{2 + i:02d},IWM,{'' if v is None else v}" for i, v in enumerate(values)]
    z = read_flows(write(tmp_path / "f.csv", "\n".join(["date,ticker,flow_usd", *lines]) + "\n"), "iwm").zscore(3)
    assert np.isnan(z[:4]).all()
    assert z[4] == pytest.approx((8 - 2) / np.std([3, 1, 2], ddof=1))
    assert z[5] == pytest.approx((5 - 11 / 3) / np.std([1, 2, 8], ddof=1))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date,ticker,flow_usd\n2026-03-02,SPY,1\n", "no line of IWM"),
        ("date,ticker,flow_usd\n2026-03-02,IWM,1\n2026-03-02,IWM,2\n", "2026-03-02 is there twice"),
        ("date,ticker,flow_usd\n2026-03-02,IWM,abc\n", "line 2: flow_usd is 'abc'"),
        ("date,ticker\n2026-03-02,IWM\n", "no column 'shares'"),
        ("day,ticker,flow_usd\n02.13.26.1,IWM,1\n", "is no day"),
    ],
)
def test_bad_flows_are_refused_by_line(tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        read_flows(write(tmp_path / "f.csv", text), "IWM")


def test_membership_spells_are_by_day(tmp_path):
    found = read_membership(write(tmp_path / "m.csv", "ticker,sector,from,to\nA,Tech,2024-01-02,2024-01-03\nB,,,\nA,Tech,2024-01-05,\n"))  # fmt: skip
    days = np.arange("2024-01-01", "2024-01-07", dtype="M8[D]")
    assert found.dated and found.sector == {"A": "Tech", "B": "unknown"}
    assert found.member(["A", "B", "C"], days).astype(int).T.tolist() == [[0, 1, 1, 0, 1, 1], [1] * 6, [0] * 6]
