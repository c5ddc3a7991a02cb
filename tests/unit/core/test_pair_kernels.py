"""Statuses, bounds and bit identity of the pair kernels."""

import threading

import numpy as np
import pytest

from hedgekit.core import _kalman as kalman
from hedgekit.core import _rolling as rolling
from hedgekit.core import _unit_root as unit_root
from hedgekit.errors import Status


def pair(n=300, seed=5):
    random = np.random.default_rng(seed)
    x = 100 + np.cumsum(random.normal(size=n))
    return 0.7 * x + np.cumsum(random.normal(size=n)) * 0.2, x


def ols(y, x, window):
    out, status = np.full((5, len(y)), -9.0), np.full(len(y), -9, dtype=np.int8)
    rolling.ols_into(y, x, window, *out, status)
    return out, status


def engle_granger(y, x, window):
    out, status = np.full((4, len(y)), -9.0), np.full(len(y), -9, dtype=np.int8)
    rolling.engle_granger_into(y, x, window, *out, status)
    return out, status


def filtered(y, x, noise=(1e-5, 1e-4, 0.1)):
    out, status = np.full((7, len(y)), -9.0), np.full(len(y), -9, dtype=np.int8)
    kalman.filter_into(y, x, noise, None, 0, *out, status)
    return out, status


def cointegration(series, y, x, *, most_lags=12, criterion="aic"):
    pairs = len(y)
    reals, lags = np.full((4, pairs), -9.0), np.full(pairs, -9, dtype=np.int32)
    status = np.full(pairs, -9, dtype=np.int8)
    a, b = np.array(y, dtype=np.int32), np.array(x, dtype=np.int32)
    unit_root.engle_granger_into(series, a, b, "c", most_lags, criterion, reals[0], lags, *reals[1:], status)
    return reals, lags, status


@pytest.mark.parametrize("kernel", [ols, engle_granger])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_gap_spoils_only_the_windows_that_hold_it(kernel, bad):
    y, x = pair()
    whole, _ = kernel(y, x, 20)
    x[100] = bad
    found, status = kernel(y, x, 20)
    hit = slice(100, 120)
    assert (status[hit] == Status.INVALID_INPUT).all() and np.isnan(found[:, hit]).all()
    assert (status[120:] == Status.OK).all()
    np.testing.assert_array_equal(found[:, 19:100], whole[:, 19:100])
    np.testing.assert_allclose(found[:, 120:], whole[:, 120:], rtol=1e-9)


@pytest.mark.parametrize("kernel", [ols, engle_granger, lambda y, x, _: filtered(y, x)])
def test_no_element_knows_what_comes_after_it(kernel):
    y, x = pair()
    whole, codes = kernel(y, x, 25)
    for cut in (1, 24, 25, 26, 49, 50, 77, 150, 299):
        found, status = kernel(y[:cut].copy(), x[:cut].copy(), 25)
        np.testing.assert_array_equal(found, whole[:, :cut])
        np.testing.assert_array_equal(status, codes[:cut])


@pytest.mark.parametrize("kernel", [ols, engle_granger])
def test_a_regressor_that_does_not_vary_is_not_identified(kernel):
    y, x = pair()
    x[50:150] = 3e5
    found, status = kernel(y, x, 20)
    assert (status[69:150] == Status.NOT_IDENTIFIED).all() and np.isnan(found[:, 69:150]).all()
    assert (status[150:] == Status.OK).all()


def test_an_exact_line_has_no_residual_to_test():
    x = np.arange(40.0) ** 1.5
    (slope, intercept, slope_se, _, sd), status = ols(2 * x + 1, x, 10)
    assert (status[9:] == Status.OK).all()
    np.testing.assert_allclose(slope[9:], 2.0, rtol=1e-12)
    np.testing.assert_allclose(intercept[9:], 1.0, atol=1e-9)
    assert (slope_se[9:] < 1e-12).all() and (sd[9:] < 1e-11).all()
    assert (engle_granger(2 * x + 1, x, 10)[1][9:] == Status.NOT_IDENTIFIED).all()


@pytest.mark.parametrize("kernel", [ols, engle_granger])
def test_windows_too_short_and_lengths_that_differ_are_refused(kernel):
    y, x = pair(30)
    with pytest.raises(ValueError, match="expected"):
        kernel(y, x, 2)
    with pytest.raises(ValueError, match="one length"):
        kernel(y, x[:-1], 10)
    assert kernel(y[:0], x[:0], 10)[0].shape[1] == 0
    assert (kernel(y, x, 31)[1] == Status.INVALID_INPUT).all()


def test_the_filter_waits_for_two_different_x():
    y, x = np.array([1.0, 1.2, 3.0, 4.0]), np.array([2.0, 2.0, 3.0, 4.0])
    (beta, _, _, _, _, error, _), status = filtered(y, x)
    assert list(status) == [Status.NOT_IDENTIFIED, Status.NOT_IDENTIFIED, Status.OK, Status.OK]
    assert np.isnan(beta[:2]).all() and np.isnan(error[:3]).all() and np.isfinite(error[3])


def test_covariances_stay_covariances():
    y, x = pair(5000)
    for noise in [(0.0, 0.0, 1e-9), (1e-12, 1e3, 0.0), (1e-3, 0.0, 1e6)]:
        (_, _, bb, ba, aa, _, f), _ = filtered(y, x, noise)
        assert (bb[2:] >= 0).all() and (aa[2:] >= 0).all() and (f[2:] > 0).all()
        # one rounding of the product each
        assert (bb[2:] * aa[2:] - ba[2:] ** 2 >= -1e-12 * bb[2:] * aa[2:]).all()


def test_noise_that_cannot_be_fitted_says_so():
    y, x = pair(50)
    assert kalman.maximum_likelihood(y[:4].copy(), x[:4].copy())[3] == Status.NOT_IDENTIFIED
    assert kalman.maximum_likelihood(y, np.full(50, 3.0))[3] == Status.NOT_IDENTIFIED
    assert kalman.maximum_likelihood(2 * x, x)[3] == Status.NOT_IDENTIFIED
    assert kalman.maximum_likelihood(y, x, 40)[3] == Status.NO_CONVERGENCE
    for noise in [(-1.0, 0.0, 1.0), (np.nan, 0.0, 1.0), (0.0, np.inf, 1.0)]:
        with pytest.raises(ValueError, match="variances"):
            kalman.log_likelihood(y, x, noise)


def test_tests_without_an_answer_have_a_status():
    y, x = pair()
    gap = x.copy()
    gap[7] = np.nan
    series = np.array([y, x, gap, 2 * x + 1, np.full(300, 5.0)])
    reals, _, status = cointegration(series, [0, 0, 3, 0, 4], [1, 2, 1, 4, 0])
    assert list(status) == [Status.OK, Status.INVALID_INPUT, *[Status.NOT_IDENTIFIED] * 3]
    assert np.isnan(reals[0, 1:]).all()
    assert unit_root.adf(np.full(50, 3.0), "c", 4, "aic")[4] == Status.NOT_IDENTIFIED
    assert unit_root.adf(np.arange(50.0), "ct", 4, "aic")[4] == Status.NOT_IDENTIFIED
    assert unit_root.adf(gap, "c", 4, "aic")[4] == Status.INVALID_INPUT


def test_too_many_lags_and_missing_rows_are_refused():
    y, x = pair(30)
    with pytest.raises(ValueError, match="too many"):
        unit_root.adf(y, "c", 14, "aic")
    assert unit_root.adf(y, "c", 12, "aic")[4] == Status.OK
    with pytest.raises(IndexError, match="rows 0 and 2 of 2"):
        cointegration(np.array([y, x]), [0], [2], most_lags=3)
    with pytest.raises(ValueError, match="instruction set"):
        unit_root.set_isa("sse9")


def test_a_pair_has_the_same_bits_in_any_company():
    random = np.random.default_rng(3)
    series = np.cumsum(random.normal(size=(9, 400)), axis=1)
    y, x = (list(part) for part in zip(*[(i, j) for i in range(9) for j in range(9) if i != j], strict=True))
    whole = cointegration(series, y, x)
    for at in (0, 17, 71):
        alone = cointegration(series[[y[at], x[at]]], [0], [1])
        for one, many in zip(alone, whole, strict=True):
            np.testing.assert_array_equal(one[..., 0], many[..., at])


def test_threads_do_not_disturb_each_other():
    y, x = pair(2000)
    expected, results = ols(y, x, 30)[0], [None] * 4

    def work(i):
        results[i] = ols(y, x, 30)[0]

    crew = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    for result in results:
        np.testing.assert_array_equal(result, expected)
