"""Cointegration tests of pairs against statsmodels, arch and published numbers; size and coverage by simulation."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest

import hedgekit as hk
from hedgekit.model import PriceHistory
from hedgekit.pairs.half_life import distributions, half_life, half_lives
from hedgekit.pairs.ratios.inference import ols
from hedgekit.pairs.stationarity import engle_granger_pairs
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


def better_statistics(life, n, count, seed, bounce=0.0):
    """Engle and Granger's better statistic of pairs whose spread has a half-life."""
    dice = np.random.default_rng(seed)
    rho, shocks = 0.5 ** (1 / life), dice.standard_normal((n, count))
    spread, level = np.empty_like(shocks), dice.standard_normal(count) / math.sqrt(1 - rho * rho)
    for day, shock in enumerate(shocks):
        level = rho * level + shock
        spread[day] = level
    spread += bounce * dice.standard_normal(spread.shape)
    x = np.cumsum(dice.standard_normal((n, count)), axis=0)
    levels, a, b = np.hstack([x + spread, x]), np.arange(count), np.arange(count, 2 * count)
    return np.minimum(*(engle_granger_pairs(levels, y, z).statistic for y, z in ((a, b), (b, a))))


@pytest.mark.parametrize("bounce", [0.0, 0.7])
def test_half_lives_of_picked_pairs_cover(bounce):
    """Pairs found at p below 0.1%: the interval that knows of it holds, the one that does not is far too short."""
    life, n, cut = 30.0, 1260, -4.75
    statistics = better_statistics(life, n, 1200, 5, bounce)
    picked = statistics[statistics < cut]
    assert 60 < len(picked) < 600
    told, naive = half_lives(picked, n, below=cut), half_lives(picked, n)
    inside = (told.low <= life) & (life <= told.high)
    # 95% less three binomial errors of the fewest there may be
    assert inside.mean() > 0.95 - 3 * math.sqrt(0.05 * 0.95 / len(picked))
    assert abs((told.middle < life).mean() - 0.5) < 0.2
    assert (naive.middle < life).mean() > 0.9


@pytest.mark.parametrize("kind", ["pair", "series"])
def test_the_shipped_distributions_are_those_of_a_simulation(kind):
    """By statsmodels, few spreads: the median within what so few can tell."""
    from statsmodels.regression.linear_model import OLS
    from statsmodels.tools import add_constant
    from statsmodels.tsa.stattools import coint

    pulls, scores, points = distributions(kind)
    middle = int(np.flatnonzero(scores == 0.0)[0])
    dice, n, count = np.random.default_rng(8), 300, 60
    for place in (0, 14, 25):
        share = pulls[place] ** 2 / n
        rho = (1 - share) / (1 + share)
        found = []
        for _ in range(count):
            a, b = dice.standard_normal((2, n))
            u, level = np.empty(n), dice.standard_normal() / math.sqrt(1 - rho * rho) if rho < 1 else 0.0
            for t in range(n):
                level = rho * level + b[t]
                u[t] = level
            x = np.cumsum(a)
            if kind == "pair":
                found.append(
                    min(coint(x + u, x, maxlag=0, autolag=None)[0], coint(x, x + u, maxlag=0, autolag=None)[0])
                )
            else:
                found.append(OLS(np.diff(u), add_constant(u[:-1])).fit().tvalues[1])
        # a median of 60 has an error of about a sixth of the spread, which is near one
        assert np.median(found) == pytest.approx(points[place, middle], abs=0.55)


def test_many_pairs_screened_can_still_be_passed():
    """The p-value goes on beyond what simulated walks can tell, so that a clear pair among thousands is found."""
    dice = np.random.default_rng(4)
    x, u = np.cumsum(dice.standard_normal(900)), np.zeros(900)
    for t in range(1, 900):
        u[t] = 0.7 * u[t - 1] + dice.standard_normal()
    made = history(200.0 + x + u, 200.0 + x)
    many, alone = hk.pair_test(made, screened=5_000), hk.pair_test(made)
    assert many.cointegrated and many.half_life.reverting
    assert many.half_life.high >= alone.half_life.high and many.half_life.low == pytest.approx(
        alone.half_life.low, rel=0.05
    )


def test_the_best_of_many_that_does_not_pass_has_no_half_life():
    prices = history(*generated()[:2])
    alone, many = hk.pair_test(prices), hk.pair_test(prices, screened=1_000)
    assert alone.half_life.reverting
    assert not many.cointegrated and not many.half_life.reverting
    assert math.isnan(many.half_life.unbiased_days) and many.half_life.high == math.inf
    assert many.half_life.low == alone.half_life.low


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
