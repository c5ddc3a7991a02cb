"""Intervals cover: measured on simulated pairs whose ratio is known, seeded, bounds three binomial errors wide."""

import sys
from pathlib import Path

import numpy as np
import pytest

import hedgekit as hk
from hedgekit.model import PriceHistory
from hedgekit.pairs.ratios import ESTIMATORS, estimator
from hedgekit.pairs.unit_root import better_direction
from hedgekit.report.pair_ratio_table import table

sys.path.insert(0, str(Path(__file__).parent))
from pair_cases import window, window_of_returns

TRIALS = 150


def cointegrated(dice, n, rho, slope=0.8):
    a, b = dice.standard_normal((2, n + 100))
    u = np.zeros(n + 100)
    for t in range(1, n + 100):
        u[t] = rho * u[t - 1] + 0.5 * b[t] + 0.2 * a[t]
    x = 300.0 + np.cumsum(a)
    return window((50.0 + slope * x + u)[100:], x[100:])


@pytest.mark.parametrize("name", ["dols", "fmols", "johansen"])
def test_cointegrating_slope_with_slow_reversion(name):
    """At AR(1) .97 and 500 days OLS errors cover a fifth of the time; these must reach 80%."""
    dice = np.random.default_rng(11)
    hits = 0
    for _ in range(TRIALS):
        fit = estimator(name).fit(cointegrated(dice, 500, 0.97))
        hits += fit.low <= 0.8 <= fit.high
    assert hits / TRIALS >= 0.80


def test_intervals_that_cover_too_seldom_are_marked_and_not_chosen_for_being_narrow():
    """250 days at .97: where the pair passes for cointegrated, the likelihood's interval misses every third time."""
    days = np.datetime64("2024-01-01") + np.arange(250)
    slow = {}
    for seed in range(40):
        made = cointegrated(np.random.default_rng(seed), 250, 0.97)
        levels = np.column_stack([made.y, made.x])
        prices = PriceHistory(tickers=("Y", "X"), dates=days, close=levels, total_return=levels, source="made")
        if better_direction(made.y, made.x)[1] < 0.05:
            slow[seed] = hk.pair_ratio(prices)
            break
    (found,) = slow.values()
    assert found.named("fmols").narrow and found.named("johansen").narrow and not found.named("dols").narrow
    assert found.recommended not in ("fmols", "johansen")
    assert "narrow_intervals" in {note.slug for note in found.warnings}
    assert "?" in table(found)
    fast = cointegrated(np.random.default_rng(1), 250, 0.5)
    levels = np.column_stack([fast.y, fast.x])
    prices = PriceHistory(tickers=("Y", "X"), dates=days, close=levels, total_return=levels, source="made")
    assert not hk.pair_ratio(prices).named("johansen").narrow


@pytest.mark.parametrize("name", ["return_ols", "weekly_ols", "ewma", "huber", "theil_sen"])
def test_return_ratios_with_clustered_volatility(name):
    """A beta of 1.2 in returns whose volatility clusters: 95% intervals cover at least 88%."""
    dice = np.random.default_rng(12)
    days = estimator(name).DAYS or 252
    hits = 0
    for _ in range(TRIALS):
        vol = 0.01 * np.exp(0.5 * np.cumsum(dice.standard_normal(days) * 0.1))
        rx = vol * dice.standard_normal(days)
        ry = 1.2 * rx + 0.6 * vol * dice.standard_normal(days)
        fit = estimator(name).fit(window_of_returns(ry, rx))
        hits += fit.low <= 1.2 <= fit.high
    assert hits / TRIALS >= 0.88


@pytest.mark.parametrize(("name", "truth"), [("tls", 1.2), ("vol_parity", None)])
def test_errors_in_both_legs(name, truth):
    """TLS recovers a slope seen through equal noise; vol parity the ratio of the true volatilities."""
    dice = np.random.default_rng(13)
    hits = 0
    truth = truth or np.sqrt((1.44 + 0.09) / (1.0 + 0.09))
    for _ in range(TRIALS):
        base = 0.01 * dice.standard_normal(252)
        noise = 0.003 * dice.standard_normal((2, 252))
        fit = estimator(name).fit(window_of_returns(1.2 * base + noise[0], base + noise[1]))
        hits += fit.low <= truth <= fit.high
    assert hits / TRIALS >= 0.88


@pytest.mark.parametrize("name", ESTIMATORS)
def test_the_value_alone_is_the_value_with_its_interval(name):
    pair = cointegrated(np.random.default_rng(14), 600, 0.9)
    module = estimator(name)
    assert module.fit(pair, interval=False).ratio == module.fit(pair).ratio
