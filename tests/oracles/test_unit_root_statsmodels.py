"""Unit-root and cointegration statistics against statsmodels and arch."""

import numpy as np
import pytest

from hedgekit.core import _unit_root as unit_root
from hedgekit.errors import Status

stattools = pytest.importorskip("statsmodels.tsa.stattools")


def walk(n, seed, rho=1.0, offset=0.0):
    random = np.random.default_rng(seed)
    z, values = 0.0, []
    for e in random.normal(size=n) + 0.4 * np.roll(random.normal(size=n), 1):
        z = rho * z + e
        values.append(z + offset)
    return np.array(values)


def engle_granger(series, y, x, *, trend="c", most_lags, criterion):
    k = len(y)
    statistic, slope, intercept, coefficient = (np.full(k, -9.0) for _ in range(4))
    lags, status = np.full(k, -9, dtype=np.int32), np.full(k, -9, dtype=np.int8)
    rows = np.ascontiguousarray(series)
    y, x = np.array(y, dtype=np.int32), np.array(x, dtype=np.int32)
    unit_root.engle_granger_into(
        rows, y, x, trend, most_lags, criterion, statistic, lags, slope, intercept, coefficient, status
    )
    return statistic, lags, slope, intercept, status


@pytest.fixture(params=unit_root.available_isas())
def each_isa(request):
    before = unit_root.isa()
    unit_root.set_isa(request.param)
    yield request.param
    unit_root.set_isa(before)


@pytest.mark.usefixtures("each_isa")
@pytest.mark.parametrize("trend", ["n", "c", "ct"])
@pytest.mark.parametrize("criterion", ["aic", "bic"])
@pytest.mark.parametrize(("n", "rho", "offset"), [(40, 1.0, 0.0), (200, 0.9, 1e6), (700, 0.97, 0.0)])
def test_adf_equals_statsmodels(trend, criterion, n, rho, offset):
    series = walk(n, seed=n, rho=rho, offset=0.0 if trend == "n" else offset)
    most = int(np.ceil(12 * (n / 100) ** 0.25))
    expected = stattools.adfuller(
        series - series.mean() * (trend != "n"),
        maxlag=most,
        regression=trend,
        autolag=criterion.upper(),
        result_object=False,
    )
    statistic, coefficient, lags, rows, status = unit_root.adf(series, trend, most, criterion)
    assert status == Status.OK
    assert (lags, rows) == expected[2:4]
    # a Gram matrix squares the condition number: a digit or two less than the limit of doubles
    assert statistic == pytest.approx(expected[0], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("lags", [0, 1, 7, 20])
@pytest.mark.parametrize("trend", ["n", "c", "ct"])
def test_fixed_lags_equal_statsmodels(lags, trend):
    series = walk(300, seed=3)
    expected = stattools.adfuller(series, maxlag=lags, regression=trend, autolag=None, result_object=False)
    assert unit_root.adf(series, trend, lags, None)[0] == pytest.approx(expected[0], rel=1e-9)


@pytest.mark.usefixtures("each_isa")
@pytest.mark.parametrize("trend", ["c", "ct"])
@pytest.mark.parametrize("criterion", ["aic", "bic", None])
def test_engle_granger_equals_statsmodels(trend, criterion):
    random = np.random.default_rng(7)
    x = 100 + np.cumsum(random.normal(size=600))
    series = np.array([x, 5 + 0.8 * x + walk(600, 2, rho=0.9), 40 + walk(600, 5)])
    most = 2 if criterion is None else 18
    y_rows, x_rows = [1, 0, 2, 0], [0, 1, 0, 2]
    statistic, _, slope, intercept, status = engle_granger(
        series, y_rows, x_rows, trend=trend, most_lags=most, criterion=criterion
    )
    assert (status == Status.OK).all()
    for i, (a, b) in enumerate(zip(y_rows, x_rows, strict=True)):
        expected = stattools.coint(series[a], series[b], trend=trend, maxlag=most, autolag=criterion)[0]
        assert statistic[i] == pytest.approx(expected, rel=1e-8)
        columns = [series[b], np.ones(600), np.arange(600.0)][: 3 if trend == "ct" else 2]
        fitted = np.linalg.lstsq(np.column_stack(columns), series[a], rcond=None)[0]
        assert (slope[i], intercept[i]) == pytest.approx(tuple(fitted[:2]), rel=1e-8)


def test_engle_granger_equals_arch():
    arch = pytest.importorskip("arch.unitroot.cointegration")
    x = 100 + walk(500, 11)
    y = 3 + 1.2 * x + walk(500, 12, rho=0.95)
    ours = engle_granger(np.array([y, x]), [0], [1], most_lags=17, criterion="aic")
    theirs = arch.engle_granger(y, x, trend="c", max_lags=17, method="aic")
    assert ours[0][0] == pytest.approx(theirs.stat, rel=1e-8)
    assert ours[1][0] == theirs.lags


def test_known_crude_oil():
    """Brent on WTI, 393 months: the published sample of arch."""
    crude = pytest.importorskip("arch.data.crude").load()
    series = crude[["Brent", "WTI"]].to_numpy().T
    most = int(np.ceil(12 * (393 / 100) ** 0.25))
    statistic, _, slope, intercept, _ = engle_granger(series, [0, 1], [1, 0], most_lags=1, criterion=None)
    assert statistic == pytest.approx([-4.7438331726, -4.8352046126], rel=1e-9)
    assert (slope[0], intercept[0]) == pytest.approx((1.1115019300, -3.8504604031), rel=1e-9)
    assert engle_granger(series, [0], [1], most_lags=most, criterion="aic")[0] == pytest.approx(
        [-2.5041246244], rel=1e-9
    )
