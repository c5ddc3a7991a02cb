"""Known numbers of pairs that no other file holds: errors, fits, out-of-sample z, published half-life, option legs."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest

import hedgekit as hk
from hedgekit.model import PriceHistory
from hedgekit.pairs.half_life import half_life
from hedgekit.pairs.ratios.dols import dynamic_ols
from hedgekit.pairs.ratios.inference import ols
from hedgekit.pairs.rolling import rolling_regression
from hedgekit.pairs.stationarity import adf, critical_values, engle_granger, pvalue

pytest.importorskip("arch")
pytest.importorskip("statsmodels")
sys.path.insert(0, str(Path(__file__).parent))
from pair_cases import crude, generated, indices

CLOSE = {"rel": 1e-7}


def test_oil_errors_and_ratios():
    y, x = crude()
    assert rolling_regression(y, x, len(y)).slope_se[-1] == pytest.approx(0.0076790346, rel=1e-7)
    assert np.std(y) / np.std(x) == pytest.approx(1.1218256821, **CLOSE)
    assert np.corrcoef(np.diff(np.log(y)), np.diff(np.log(x)))[0, 1] == pytest.approx(0.9400585488, **CLOSE)
    backward = engle_granger(x, y, lags=1, criterion=None)
    assert backward.statistic[0] == pytest.approx(-4.8352046126, **CLOSE)
    # the prewhitened error is another one than the .0263 of a Bartlett window: it must not be smaller
    assert dynamic_ols(y, x)[2] >= 0.0262719382


def test_oil_by_the_estimators_hedgekit_does_not_have():
    """What a user of arch sees, so that ours can be laid beside it: canonical regression lies within FMOLS' error."""
    from arch.unitroot.cointegration import CanonicalCointegratingReg
    from pandas import DataFrame, Series

    y, x = crude()
    canonical = float(CanonicalCointegratingReg(Series(y), DataFrame({"x": x})).fit().params["x"])
    assert canonical == pytest.approx(1.1252556504, **CLOSE)
    assert (x @ y) / (x @ x) == pytest.approx(1.0513506081, **CLOSE)
    days = np.datetime64("1990-01-01") + np.arange(len(y))
    levels = np.column_stack([y, x])
    prices = PriceHistory(tickers=("Y", "X"), dates=days, close=levels, total_return=levels, source="made")
    ours = hk.pair_ratio(prices, estimators=["fmols", "return_ols"]).named("fmols")
    assert ours.ci95[0] < canonical < ours.ci95[1]


def test_a_year_of_returns():
    ry, rx = (np.diff(np.log(levels))[-252:] for levels in indices())
    found = rolling_regression(ry, rx, 252)
    slope, se = float(found.slope[-1]), float(found.slope_se[-1])
    assert (slope, se) == pytest.approx((1.1738057237, 0.0223749554), **CLOSE)
    from scipy.stats import t

    reach = float(t.ppf(0.975, 250)) * se
    assert (slope - reach, slope + reach) == pytest.approx((1.12973828, 1.21787316), rel=1e-7)
    _, _, residuals = ols(ry, rx)
    assert 1.0 - residuals.var() / ry.var() == pytest.approx(0.9167256410, **CLOSE)


def test_the_generated_pair():
    y, x, _ = generated()
    one = engle_granger(y, x, lags=1, criterion=None)
    assert pvalue(float(one.statistic[0]), variables=2) == pytest.approx(0.0002470994, rel=1e-6)
    assert list(critical_values(499, variables=2, trend="ct").values()) == pytest.approx(
        [-4.3587, -3.7997, -3.5105], abs=5e-5
    )
    alone = adf(x, lags=5, criterion="aic")
    assert (alone.statistic, alone.lags) == (pytest.approx(-1.0256866636, **CLOSE), 1)
    slope, intercept, residuals = ols(y[:400], x[:400])
    assert slope == pytest.approx(0.7991899761, **CLOSE)
    last = y[499] - intercept - slope * x[499]
    whole = ols(y, x)[2]
    found = {round(last / residuals.std(ddof=ddof), 9) for ddof in (0, 1, 2)}
    assert any(z == pytest.approx(1.6492799409, **CLOSE) for z in found)
    inside = {round(whole[-1] / whole.std(ddof=ddof), 9) for ddof in (0, 1, 2)}
    assert any(z == pytest.approx(1.7924901590, **CLOSE) for z in inside)


def test_a_published_half_life():
    """A coefficient of -.035883 is printed as 19.32 days by the linear form; the exact one is shorter."""
    random = np.random.default_rng(1)
    spread = np.zeros(1200)
    for t in range(1, 1200):
        spread[t] = (1 - 0.035883) * spread[t - 1] + random.normal()
    life = half_life(spread)
    assert life.days_linear == pytest.approx(math.log(2) / -life.coefficient, rel=1e-12)
    assert life.days == pytest.approx(math.log(2) / -math.log1p(life.coefficient), rel=1e-12)
    assert math.log(2) / 0.035883 == pytest.approx(19.32, abs=0.005)


def test_european_legs_of_the_pair_in_options():
    call = hk.greeks("call", 201.37, 205, 60 / 365, 0.045, 0.012, 0.24, exercise="european")
    put = hk.greeks("put", 457.79, 450, 60 / 365, 0.045, 0.013, 0.17, exercise="european")
    assert (call.price, call.delta, call.vega / 100) == pytest.approx(
        (6.6534367698, 0.4675119568, 3.240522981 / 10), **CLOSE
    )
    assert (put.price, put.delta, put.vega / 100) == pytest.approx((8.0059130761, -0.3587346867, 0.6925769458), **CLOSE)
