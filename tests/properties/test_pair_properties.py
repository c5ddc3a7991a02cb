"""What must hold of any pair: units, scale, order of rows, and nothing known before its day."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hedgekit as hk
from hedgekit.model import PriceHistory
from hedgekit.pairs.effectiveness import effectiveness, walk_forward
from hedgekit.pairs.half_life import half_life
from hedgekit.pairs.ratios import ESTIMATORS, estimator
from hedgekit.pairs.sample import Window, pair_of


def history(seed, n=700, beta=1.2):
    dice = np.random.default_rng(seed)
    rx = 0.01 * dice.standard_normal(n)
    ry = beta * rx + 0.006 * dice.standard_normal(n)
    levels = np.exp(np.cumsum(np.column_stack([ry, rx]), axis=0)) * np.array([200.0, 500.0])
    dates = np.busday_offset("2021-01-04", np.arange(n), roll="forward").astype("M8[D]")
    return PriceHistory(tickers=("Y", "X"), dates=dates, close=levels, total_return=levels * 0.9, source="made")


def scaled(window, a, b):
    return Window(y=a * window.y, x=b * window.x, ry=window.ry, rx=window.rx)


UNIT_SCALE = {
    "shares_per_share": lambda a, b: a / b,
    "dollars_per_dollar": lambda a, b: 1.0,
    "elasticity": lambda a, b: 1.0,
}


@pytest.mark.parametrize("name", ESTIMATORS)
@settings(max_examples=6)
@given(seed=st.integers(0, 1000), a=st.floats(0.01, 100.0), b=st.floats(0.01, 100.0))
def test_a_change_of_units_changes_only_the_units(name, seed, a, b):
    """Prices in other units (a split, cents): share ratios scale, dollar ratios and elasticities do not."""
    module = estimator(name)
    window = pair_of(history(seed, 400), "Y", "X").window
    before, after = module.fit(window), module.fit(scaled(window, a, b))
    factor = UNIT_SCALE[module.UNIT](a, b)
    # the filter's noise is found by a search that stops at its own tolerance
    rel = 2e-3 if name == "kalman" else 1e-7
    assert after.ratio == pytest.approx(before.ratio * factor, rel=rel)
    if np.isfinite(before.se):
        assert after.se == pytest.approx(before.se * factor, rel=0.05 if name == "kalman" else 1e-5)
        assert before.low <= before.ratio <= before.high


@pytest.mark.parametrize("name", ESTIMATORS)
def test_the_walk_forward_never_looks_ahead(name):
    """Cut the days after any rebalancing, or change them: every ratio before stays the same to the last bit."""
    prices = history(3, 640)
    module = {name: estimator(name)}
    whole = walk_forward(pair_of(prices, "Y", "X"), module, window=252, hold=21, start=300)
    for stop in (340, 405, 520):
        known = len(range(300, stop + 1, 21))
        cut = pair_of(prices.until(prices.dates[stop]), "Y", "X")
        early = walk_forward(cut, module, window=252, hold=21, start=300)
        np.testing.assert_array_equal(early.ratios[name], whole.ratios[name][:known])
        days = early.days
        np.testing.assert_array_equal(early.hedged[name], whole.hedged[name][: len(days)])
        levels = np.array(prices.total_return)
        levels[stop + 1 :] *= np.random.default_rng(9).uniform(0.5, 2.0, levels[stop + 1 :].shape)
        other = dataclasses.replace(prices, total_return=levels)
        changed = walk_forward(pair_of(other, "Y", "X"), module, window=252, hold=21, start=300)
        np.testing.assert_array_equal(changed.ratios[name][:known], whole.ratios[name][:known])


def test_effectiveness_of_a_perfect_hedge_and_of_none():
    prices = history(4, 700)
    pair = pair_of(prices, "Y", "X")
    walk = walk_forward(pair, {"dollar_neutral": estimator("dollar_neutral")}, window=252)
    unhedged = dataclasses.replace(walk, hedged={"none": walk.unhedged, "all": np.zeros_like(walk.unhedged)})
    gained = effectiveness(unhedged)
    assert gained["none"].value == 0.0 and gained["all"].value == 1.0
    assert gained["all"].behind_low == gained["all"].behind_high == 0.0
    assert gained["none"].behind_low == 1.0


def test_effectiveness_is_the_variance_removed():
    pair = pair_of(history(5, 700), "Y", "X")
    walk = walk_forward(pair, {"return_ols": estimator("return_ols")}, window=252)
    gained = effectiveness(walk)["return_ols"]
    assert gained.value == pytest.approx(1 - np.var(walk.hedged["return_ols"]) / np.var(walk.unhedged), rel=1e-12)
    # true share of variance explained: beta^2 / (beta^2 + .36)
    assert gained.low < 1.44 / (1.44 + 0.36) < gained.high


@settings(max_examples=8)
@given(seed=st.integers(0, 10_000))
def test_a_level_ratio_is_never_recommended_without_cointegration(seed):
    result = hk.pair_ratio(history(seed, 420), "Y", "X")
    chosen = result.named(result.recommended)
    assert result.cointegrated or not chosen.level_based
    for estimate in result.estimates:
        if np.isfinite(estimate.share_ratio):
            # shares at traded prices and dollars say the same hedge
            assert estimate.share_ratio * result.inputs["short_close"] / result.inputs["long_close"] == pytest.approx(estimate.dollar_ratio, rel=1e-9)  # fmt: skip


@settings(max_examples=20)
@given(scale=st.floats(1e-3, 1e3), shift=st.floats(-1e3, 1e3), seed=st.integers(0, 100))
def test_a_half_life_has_no_units(scale, shift, seed):
    noise, spread = np.random.default_rng(seed).standard_normal(300), np.zeros(300)
    for t in range(1, 300):
        spread[t] = 0.9 * spread[t - 1] + noise[t]
    one, other = half_life(spread), half_life(scale * spread + shift)
    assert other.days == pytest.approx(one.days, rel=1e-6)
    assert other.low == pytest.approx(one.low, rel=1e-6)
