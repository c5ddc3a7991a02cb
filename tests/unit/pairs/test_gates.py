"""The Python gates of the pair kernels: what they refuse and how, and that threads make no difference."""

import numpy as np
import pytest

from hedgekit.errors import InputError
from hedgekit.pairs import gate, unit_root
from hedgekit.pairs.filtering import Noise, fit_noise, kalman_regression
from hedgekit.pairs.rolling import rolling_engle_granger, rolling_regression
from hedgekit.pairs.stationarity import adf, critical_values, default_lags, engle_granger, engle_granger_pairs, pvalue

NOISE = Noise(beta_variance=1e-5, alpha_variance=1e-4, observation_variance=0.1)


def walks(n=200, k=2, seed=1):
    return np.cumsum(np.random.default_rng(seed).normal(size=(n, k)), axis=0)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: rolling_regression([1.0, 2.0], [1.0], 3), "y has 2 values and x has 1"),
        (lambda: rolling_regression([1.0], [1.0], 2), "whole number of 3 or more"),
        (lambda: rolling_engle_granger([1.0], [1.0], 4.5), "whole number of 5 or more"),
        (lambda: rolling_regression([["a"]], [1.0], 3), "give an array of numbers"),
        (lambda: rolling_regression([[1.0]], [1.0], 3), r"shape \(1, 1\)"),
        (lambda: adf(np.ones(50)), "constant"),
        (lambda: adf([1.0, np.nan, *range(20)]), r"series\[1\] is nan"),
        (lambda: adf(range(5)), "6 or more"),
        (lambda: adf(walks()[:, 0], trend="ctt"), "trend is 'ctt'"),
        (lambda: adf(walks()[:, 0], criterion="hqic"), "criterion is 'hqic'"),
        (lambda: adf(walks()[:, 0], lags=150), "from 0 to 98"),
        (lambda: engle_granger(2 * walks()[:, 0], walks()[:, 0]), "multiple"),
        (lambda: engle_granger_pairs(walks(), [0], [2]), "columns 0 to 2 of 2"),
        (lambda: engle_granger_pairs(walks(), [0, 1], [1]), "as many columns"),
        (lambda: fit_noise([], []), "no values"),
        (lambda: fit_noise([1.0] * 9, [1.0] * 9), "cannot be fitted"),
        (lambda: Noise(beta_variance=0.0, alpha_variance=0.0, observation_variance=0.0), "not all zero"),
        (lambda: kalman_regression([1.0], [1.0], NOISE, prior=(0, 0, 1, 2, 1)), "no covariance matrix"),
        (lambda: kalman_regression([1.0], [1.0], NOISE, prior=(0, 0, 1)), "give beta, alpha"),
    ],
)
def test_what_cannot_be_answered_is_refused(call, says):
    with pytest.raises(InputError, match=says):
        call()


def test_threads_make_no_difference(monkeypatch):
    series = walks(k=40)
    y, x = np.triu_indices(40, 1)
    found = []
    for threads in ("1", "2", "5"):
        monkeypatch.setenv("HEDGEKIT_THREADS", threads)
        found.append(engle_granger_pairs(series, y, x))
    for other in found[1:]:
        for name in ("statistic", "lags", "slope", "intercept", "coefficient", "status"):
            np.testing.assert_array_equal(getattr(found[0], name), getattr(other, name))


def test_the_simulated_nulls_are_the_plain_formula_on_the_same_walks():
    """Least squares written out, on the walks of the seeds, to 1e-8."""
    dice = np.random.default_rng(unit_root.SEED)
    walks_ = np.cumsum(dice.standard_normal((2, 300, 120)), axis=2)
    walks_ -= walks_.mean(axis=2, keepdims=True)

    def statistic(residuals, constant):
        level, change = residuals[:, :-1], np.diff(residuals, axis=1)
        if constant:
            level = level - level.mean(axis=1, keepdims=True)
            change = change - change.mean(axis=1, keepdims=True)
        slope = (level * change).sum(axis=1) / (level * level).sum(axis=1)
        left = change - slope[:, None] * level
        variance = (left * left).sum(axis=1) / (level.shape[1] - 1 - constant)
        return slope / np.sqrt(variance / (level * level).sum(axis=1))

    both = []
    for a, b in ((walks_[0], walks_[1]), (walks_[1], walks_[0])):
        slope = (a * b).sum(axis=1) / (b * b).sum(axis=1)
        both.append(statistic(a - slope[:, None] * b, 0))
    np.testing.assert_allclose(unit_root.simulated_null(120, 300), np.sort(np.minimum(*both)), rtol=0, atol=1e-8)
    dice = np.random.default_rng(unit_root.SEED + 1)
    alone = np.cumsum(dice.standard_normal((unit_root.SIMULATED, unit_root.WALK)), axis=1)
    np.testing.assert_allclose(unit_root._walk_null(), np.sort(statistic(alone, 1)), rtol=0, atol=1e-8)


def test_one_gate_for_the_window_and_for_its_pvalue():
    edge = gate.critical()
    assert gate.gate_pvalue(np.nextafter(edge, -9)) < gate.LEVEL <= gate.gate_pvalue(edge)
    assert np.isnan(gate.gate_pvalue(float("nan")))


def test_one_pair_is_many_pairs_of_one():
    series = walks()
    alone = engle_granger(series[:, 0], series[:, 1])
    np.testing.assert_array_equal(alone.statistic, engle_granger_pairs(series, [0], [1]).statistic)


def test_the_tables_are_those_of_statsmodels():
    values = critical_values(499, trend="ct", variables=2)
    assert [round(value, 4) for value in values.values()] == [-4.3587, -3.7997, -3.5105]
    assert pvalue(-4.7438331726, variables=2) == pytest.approx(0.0004734015, rel=1e-6)
    assert np.isnan(pvalue(float("nan")))


def test_every_default_leaves_degrees_of_freedom():
    for n in range(6, 60):
        for trend in ("n", "c", "ct"):
            series = walks(n, 1, seed=n)[:, 0]
            assert np.isfinite(adf(series, trend=trend).statistic)
            assert default_lags(n, trend) <= (n - 3) // 2
