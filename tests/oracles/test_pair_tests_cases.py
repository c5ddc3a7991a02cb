"""Cointegration tests of pairs against statsmodels, arch and published numbers; size and coverage by simulation."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest

import hedgekit as hk
from hedgekit.model import PriceHistory
from hedgekit.pairs.half_life import half_life
from hedgekit.pairs.ratios.inference import ols
from hedgekit.pairs.thresholds.ornstein_uhlenbeck import fit as ornstein_uhlenbeck
from hedgekit.pairs.unit_root import better_direction

pytest.importorskip("arch")
pytest.importorskip("statsmodels")
sys.path.insert(0, str(Path(__file__).parent))
from pair_cases import crude, generated, indices

CLOSE = {"rel": 1e-7}


def history(y, x):
    n = len(y)
    levels = np.column_stack([y, x])
    dates = np.datetime64("1990-01-01") + np.arange(n)
    return PriceHistory(tickers=("Y", "X"), dates=dates, close=levels, total_return=levels, source="made")


@pytest.fixture(scope="module")
def oil():
    return hk.pair_test(history(*crude()), lags=1)


def named(result, name):
    return next(test for test in result.tests if test.name == name)


def test_oil_statistics_and_their_tables(oil):
    forward = named(oil, "engle_granger")
    assert forward.statistic == pytest.approx(-4.7438331726, **CLOSE)
    assert forward.pvalue == pytest.approx(0.0004734015, **CLOSE)  # not .0000715, the plain Dickey-Fuller one
    assert named(oil, "engle_granger_reversed").statistic == pytest.approx(-4.8352046126, **CLOSE)
    zt, za = named(oil, "phillips_ouliaris_zt"), named(oil, "phillips_ouliaris_za")
    assert (zt.statistic, zt.pvalue) == pytest.approx((-4.00979552, 0.00708797), rel=1e-6)
    assert za.statistic == pytest.approx(-31.17974119, **CLOSE)
    traces = [named(oil, f"johansen_trace_{rank}").statistic for rank in (0, 1)]
    assert traces == pytest.approx([27.4035255686, 4.0420727979], **CLOSE)
    assert named(oil, "engle_granger_better").statistic == named(oil, "engle_granger_reversed").statistic
    assert oil.half_life.days == pytest.approx(8.20162022, **CLOSE)
    assert oil.half_life.days_linear == pytest.approx(8.55307492, **CLOSE)
    assert oil.half_life.coefficient == pytest.approx(-0.0810407002, **CLOSE)


def test_critical_values_and_pvalues_give_one_verdict(oil):
    """The variance ratio rejects on both sides; every other statistic below (or above) its value."""
    for test in oil.tests:
        five, statistic = test.critical["5%"], test.statistic
        if test.name == "variance_ratio":
            beyond = abs(statistic) > five
        elif test.name.startswith(("johansen", "kpss")):
            beyond = statistic > five
        else:
            beyond = statistic < five
        assert beyond == test.rejects, test.name
        if math.isfinite(test.pvalue):
            assert (test.pvalue < 0.05) == test.rejects
    assert named(oil, "variance_ratio").critical["5%"] == pytest.approx(1.959964, rel=1e-6)


def test_lag_choice_is_printed_and_its_flip_is_said():
    result = hk.pair_test(history(*crude()))
    assert named(result, "engle_granger").statistic == pytest.approx(-2.5041246244, **CLOSE)
    assert named(result, "engle_granger").pvalue == pytest.approx(0.2772529744, **CLOSE)
    assert not result.cointegrated
    assert "lag_choice_flips" in {note.slug for note in result.warnings}


@pytest.mark.filterwarnings("ignore:adfuller currently returns:FutureWarning")  # statsmodels on its own plans
def test_equal_to_statsmodels_on_other_data():
    stattools = pytest.importorskip("statsmodels.tsa.stattools")
    macro = pytest.importorskip("statsmodels.datasets.macrodata")
    data = macro.load_pandas().data
    y, x = data["realcons"].to_numpy(), data["realgdp"].to_numpy()
    result = hk.pair_test(history(y, x))
    statistic, p, _ = stattools.coint(y, x, trend="c", autolag="aic")
    assert named(result, "engle_granger").statistic == pytest.approx(statistic, rel=1e-8)
    assert named(result, "engle_granger").pvalue == pytest.approx(p, rel=1e-8)
    plain = stattools.adfuller(y, regression="c", autolag="AIC")
    assert named(result, "adf_long").statistic == pytest.approx(plain[0], rel=1e-8)
    assert named(result, "adf_long").pvalue == pytest.approx(plain[1], rel=1e-8)


def test_ornstein_uhlenbeck_of_the_generated_spread():
    _, _, spread = generated()
    found = ornstein_uhlenbeck(spread)
    assert found.mean == pytest.approx(0.2217275002, **CLOSE)
    assert found.speed == pytest.approx(0.1065669258, **CLOSE)
    assert found.vol == pytest.approx(0.5645181274, **CLOSE)
    assert found.half_life == pytest.approx(6.5043368292, **CLOSE)


def test_avellaneda_lee_residuals():
    """Their recipe on 60 simple returns: regress, sum the residuals, fit the process with a 252-day year."""
    y, x = (np.diff(levels)[-60:] / levels[-61:-1] for levels in indices())
    beta, _, residuals = ols(y, x)
    assert beta == pytest.approx(1.2382238920, **CLOSE)
    sums = np.cumsum(residuals)
    assert sums[-1] == pytest.approx(0.0, abs=1e-14)
    found = ornstein_uhlenbeck(sums)
    assert math.exp(-found.speed) == pytest.approx(0.8720766148, **CLOSE)
    assert 252 * found.speed == pytest.approx(34.49325547, **CLOSE)
    assert found.mean == pytest.approx(-6.3811879322e-3, **CLOSE)
    assert found.sd == pytest.approx(9.4432070774e-3, **CLOSE)
    assert -found.mean / found.sd == pytest.approx(0.67574373, **CLOSE)


def test_size_of_the_better_direction():
    """Unrelated walks: 5% rejections for the corrected p-value, about twice as many without the correction."""
    from hedgekit.pairs.stationarity import engle_granger, pvalue

    dice, trials = np.random.default_rng(21), 400
    corrected = plain = 0
    for _ in range(trials):
        y, x = np.cumsum(dice.standard_normal((2, 250)), axis=1) + 100.0
        statistic, p = better_direction(y, x)
        corrected += p < 0.05
        plain += pvalue(statistic, variables=2) < 0.05
    # three binomial errors about 5%, and Akaike's lags reject a little more in 250 days
    assert corrected / trials < 0.05 + 3 * math.sqrt(0.05 * 0.95 / trials) + 0.01
    assert plain > corrected
    assert engle_granger(y, x).lags[0] >= 0


@pytest.mark.parametrize(("fitted", "days"), [(True, 5), (True, 20), (True, 100), (False, 20)])
def test_half_life_interval_covers(fitted, days):
    dice, trials, n = np.random.default_rng(22), 120, 500
    rho, hits = 0.5 ** (1 / days), 0
    for _ in range(trials):
        a, b = dice.standard_normal((2, n))
        u = np.empty(n)
        u[0] = b[0] / math.sqrt(1 - rho * rho)
        for t in range(1, n):
            u[t] = rho * u[t - 1] + b[t]
        x = np.cumsum(a)
        life = half_life(ols(2 * x + u, x)[2] if fitted else u, fitted=fitted)
        hits += life.low <= days <= life.high
    assert hits / trials >= 0.89


def test_a_walk_has_no_half_life():
    spread = np.cumsum(np.random.default_rng(3).standard_normal(800))
    life = half_life(spread, fitted=False)
    assert not life.reverting and life.high == math.inf
    line = half_life(np.exp(0.01 * np.arange(300.0)), fitted=False)
    assert not line.reverting and math.isnan(line.days)


def test_screening_costs_significance():
    prices = history(*generated()[:2])
    alone, many = hk.pair_test(prices), hk.pair_test(prices, screened=100)
    assert many.pvalue == pytest.approx(1 - (1 - alone.pvalue) ** 100, rel=1e-9)
    simulated = hk.pair_test(prices, simulate=300)
    # the whole procedure on its own returns: the same answer up to simulation error and the lags chosen
    assert simulated.pvalue == pytest.approx(alone.pvalue, abs=0.05)
    assert "simulated" in simulated.basis


def test_a_leg_that_reverts_by_itself_is_no_cointegration():
    """A vol index against a walk: Engle and Granger's statistic rejects, and it means nothing."""
    dice = np.random.default_rng(31)
    vol = np.empty(1500)
    vol[0] = 3.0
    for t in range(1, 1500):
        vol[t] = 3.0 + 0.93 * (vol[t - 1] - 3.0) + 0.08 * dice.standard_normal()
    walk = 100 * np.exp(np.cumsum(0.01 * dice.standard_normal(1500)))
    prices = history(walk, np.exp(vol))
    tested = hk.pair_test(prices)
    assert tested.pvalue < 0.01 and not tested.cointegrated and tested.legs_that_revert == ("X",)
    ratio = hk.pair_ratio(prices)
    assert not ratio.cointegrated and not ratio.named(ratio.recommended).level_based
    assert "leg_reverts" in {note.slug for note in ratio.warnings}
