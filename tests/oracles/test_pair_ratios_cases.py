"""Hedge ratios against numbers known from statsmodels, arch, scipy and arithmetic (1e-7 relative unless said)."""

import sys
from pathlib import Path

import numpy as np
import pytest

from hedgekit.pairs.ratios import estimator
from hedgekit.pairs.ratios.deming import slope_of as deming
from hedgekit.pairs.ratios.dols import dynamic_ols
from hedgekit.pairs.ratios.fmols import fully_modified
from hedgekit.pairs.ratios.huber import huber
from hedgekit.pairs.ratios.inference import ols
from hedgekit.pairs.ratios.johansen import johansen
from hedgekit.pairs.ratios.theil_sen import slopes_between
from hedgekit.pairs.ratios.tls import slope_of as tls
from hedgekit.pairs.stability import cusum_of_residuals
from hedgekit.pairs.stationarity import engle_granger

sys.path.insert(0, str(Path(__file__).parent))
from pair_cases import crude, generated, indices, window, window_of_returns

CLOSE = {"rel": 1e-7}


@pytest.fixture(scope="module")
def oil():
    pytest.importorskip("arch")
    return crude()


@pytest.fixture(scope="module")
def us():
    pytest.importorskip("arch")
    return indices()


def test_five_points():
    x, y = np.arange(1.0, 6.0), np.array([2.1, 3.9, 6.2, 7.8, 10.1])
    assert ols(y, x)[0] == pytest.approx(1.99, rel=1e-14)
    assert tls(y, x) == pytest.approx(1.994294721619, rel=1e-12)
    assert deming(y, x, 4.0) == pytest.approx(1.992676773269, rel=1e-12)
    assert np.std(y) / np.std(x) == pytest.approx(1.992686628650, rel=1e-12)
    assert 1 / ols(x, y)[0] == pytest.approx(1.995376884422, rel=1e-12)


def test_a_flat_line_keeps_its_digits():
    x = np.linspace(0.0, 1.0, 50)
    assert deming(1e-9 * x, x, 2.0) == pytest.approx(1e-9, rel=1e-9)
    assert deming(-1e-9 * x, x, 2.0) == pytest.approx(-1e-9, rel=1e-9)


def test_oil(oil):
    y, x = oil
    whole = window(y, x)
    price = estimator("price_ols").fit(whole)
    assert (price.ratio, price.intercept) == pytest.approx((1.1115019300, -3.8504604031), **CLOSE)
    assert ols(x, y)[0] == pytest.approx(1 / 1.1322453224, **CLOSE)
    assert tls(y, x) == pytest.approx(1.1230188098, **CLOSE)
    assert estimator("log_price_ols").fit(whole).ratio == pytest.approx(1.0951492997, **CLOSE)
    assert estimator("return_ols").fit(whole).ratio == pytest.approx(1.0049199473, **CLOSE)
    assert np.median(slopes_between(y, x)) == pytest.approx(1.0655324512, **CLOSE)
    assert huber(y, x)[0] == pytest.approx(1.08719967, rel=1e-7)
    assert dynamic_ols(y, x)[0] == pytest.approx(1.1159199563, **CLOSE)
    assert fully_modified(y, x, "bartlett")[0] == pytest.approx(1.1254955906, **CLOSE)
    found = johansen(y, x)
    assert found.trace.tolist() == pytest.approx([27.4035255686, 4.0420727979], **CLOSE)
    assert found.ratio == pytest.approx(1.1486594128, **CLOSE)
    assert cusum_of_residuals(ols(y, x)[2], 2)[0] == pytest.approx(4.70666576, **CLOSE)
    assert engle_granger(y, x, lags=1, criterion=None).statistic[0] == pytest.approx(-4.7438331726, **CLOSE)
    assert engle_granger(x, y, lags=1, criterion=None).statistic[0] == pytest.approx(-4.8352046126, **CLOSE)
    assert engle_granger(y, x).statistic[0] == pytest.approx(-2.5041246244, **CLOSE)


def test_indices(us):
    ry, rx = (np.diff(np.log(levels)) for levels in us)
    year = window_of_returns(ry[-252:], rx[-252:])
    assert estimator("return_ols").fit(year).ratio == pytest.approx(1.1738057237, **CLOSE)
    assert estimator("vol_parity").fit(year).ratio == pytest.approx(1.2259606577, **CLOSE)
    assert estimator("theil_sen").fit(year).ratio == pytest.approx(1.1862283994, **CLOSE)
    assert estimator("huber").fit(year).ratio == pytest.approx(1.1777210968, rel=1e-6)
    slope, _, residuals = ols(ry[-252:], rx[-252:])
    dx = rx[-252:] - rx[-252:].mean()
    # the robust error of the estimator is White's with lags and n - 2: near, and never the naive .0224
    assert np.sqrt((dx * residuals) @ (dx * residuals)) / (dx @ dx) == pytest.approx(0.0293420899, **CLOSE)
    assert 0.024 < estimator("return_ols").fit(year).se < 0.035
    two = window_of_returns(ry[-503:], rx[-503:])
    assert estimator("ewma").fit(two).ratio == pytest.approx(1.2132558755, **CLOSE)
    assert estimator("ewma").fit(two, demeaned=False).ratio == pytest.approx(1.2132383564, **CLOSE)
    y, x = us
    assert estimator("rolling_ols").fit(window(y, x).last(252)).ratio == pytest.approx(3.4453009880, **CLOSE)


def test_generated_series():
    y, x, _ = generated()
    assert (x[1], x[499], y[1], y[499]) == pytest.approx(
        (100.284386742993, 110.652756593494, 84.391407824304, 95.791824501210), rel=1e-13
    )
    slope, intercept, _ = ols(y, x)
    assert (slope, intercept) == pytest.approx((0.7924967698, 5.9353310196), **CLOSE)
    assert tls(y, x) == pytest.approx(0.8043440104, **CLOSE)
    assert dynamic_ols(y, x)[0] == pytest.approx(0.7900349489, **CLOSE)
    assert engle_granger(y, x, lags=1, criterion=None).statistic[0] == pytest.approx(-4.9031529909, **CLOSE)
    assert engle_granger(y, x, lags=2, criterion=None).statistic[0] == pytest.approx(-4.8760798413, **CLOSE)
    assert engle_granger(y, x, trend="ct", lags=2, criterion=None).statistic[0] == pytest.approx(-5.2102350997, **CLOSE)
    found = johansen(y, x, 2)
    assert found.trace.tolist() == pytest.approx([25.3244823649, 1.1811667230], **CLOSE)
    assert found.ratio == pytest.approx(0.7866440646, **CLOSE)
    assert estimator("rolling_ols").fit(window(y, x).last(60)).ratio == pytest.approx(1.040223621737, rel=1e-10)


def test_johansen_error_is_the_vecm_one(oil):
    vecm = pytest.importorskip("statsmodels.tsa.vector_ar.vecm")
    y, x = oil
    fitted = vecm.VECM(np.column_stack([y, x]), k_ar_diff=1, deterministic="co").fit()
    found = johansen(y, x)
    assert found.ratio == pytest.approx(-fitted.beta[1, 0], rel=1e-9)
    # it divides by its own degrees of freedom, which differ by a few in 391
    assert found.se == pytest.approx(fitted.stderr_beta[1, 0], rel=0.02)


def test_kalman_noise_by_likelihood(oil):
    """Oil, monthly: the noise that the reference found (to 1e-4), and the slope it leaves."""
    from hedgekit.pairs.filtering import fit_noise

    y, x = oil
    found = fit_noise(y, x)
    assert found.log_likelihood == pytest.approx(-606.62711, abs=1e-3)
    assert found.noise.beta_variance == pytest.approx(9.1116e-4, rel=1e-2)
    module = estimator("kalman")
    assert module.fit(window(y, x)).ratio == pytest.approx(float(module.path(y, x, np.array([len(y)]))[0]), rel=1e-12)
