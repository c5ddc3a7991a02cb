"""Rolling regressions against a direct fit of every window, in extended precision, and against statsmodels."""

import numpy as np
import pytest

from hedgekit.core import _rolling as rolling
from hedgekit.errors import Status

OLS = ("slope", "intercept", "slope_se", "intercept_se", "residual_sd")


def ols(y, x, window):
    out = {name: np.full(len(y), -1.0) for name in OLS}
    status = np.full(len(y), -1, dtype=np.int8)
    rolling.ols_into(y, x, window, *out.values(), status)
    return out, status


def engle_granger(y, x, window):
    out = {name: np.full(len(y), -1.0) for name in ("statistic", "slope", "intercept", "residual_sd")}
    status = np.full(len(y), -1, dtype=np.int8)
    rolling.engle_granger_into(y, x, window, *out.values(), status)
    return out, status


def direct_ols(y, x):
    y, x = y.astype(np.longdouble), x.astype(np.longdouble)
    n, y0, x0 = len(y), y.mean(), x.mean()
    sxx = ((x - x0) ** 2).sum()
    slope = ((x - x0) * (y - y0)).sum() / sxx
    s = np.sqrt((((y - y0) - slope * (x - x0)) ** 2).sum() / (n - 2))
    return slope, y0 - slope * x0, s / np.sqrt(sxx), s * np.sqrt(1 / np.longdouble(n) + x0**2 / sxx), s


def pair(n=400, *, offset=0.0, seed=1, noise=1.0):
    random = np.random.default_rng(seed)
    x = 100 + np.cumsum(random.normal(size=n))
    e = np.zeros(n)
    for t in range(1, n):
        e[t] = 0.9 * e[t - 1] + noise * random.normal()
    return 5 + 0.8 * x + e + offset, x + offset


@pytest.mark.parametrize("offset", [0.0, 1e6, 1e8])
@pytest.mark.parametrize("window", [3, 20, 60])
def test_every_window_equals_a_direct_fit(offset, window):
    y, x = pair(offset=offset)
    found, status = ols(y, x, window)
    assert (status[window - 1 :] == Status.OK).all() and (status[: window - 1] == Status.INVALID_INPUT).all()
    for t in range(window - 1, len(y)):
        expected = direct_ols(y[t + 1 - window : t + 1], x[t + 1 - window : t + 1])
        for name, value in zip(OLS, expected, strict=True):
            # three points may lie almost on a line: errors are relative to the larger coefficient's scale
            tolerance = 1e-10 * (abs(float(value)) + (0 if name in ("slope", "slope_se") else 1e-3))
            assert abs(found[name][t] - float(value)) < max(tolerance, 1e-9 * abs(float(expected[2])))


def test_a_jump_and_a_wild_price_cost_no_digits_once_they_have_left():
    y, x = pair()
    y[150:], x[150:] = y[150:] + 1e6, x[150:] + 1e6
    y[250] = 1e12
    found, _ = ols(y, x, 30)
    tested, _ = engle_granger(y, x, 30)
    for t in [*range(180, 250), *range(280, 400)]:
        expected = direct_ols(y[t - 29 : t + 1], x[t - 29 : t + 1])
        assert found["slope"][t] == pytest.approx(float(expected[0]), rel=1e-10)
        assert found["slope_se"][t] == pytest.approx(float(expected[2]), rel=1e-10)
        alone, _ = engle_granger(y[t - 29 : t + 1].copy(), x[t - 29 : t + 1].copy(), 30)
        assert tested["statistic"][t] == pytest.approx(alone["statistic"][-1], rel=1e-9)


def test_a_close_fit_keeps_its_standard_error():
    y, x = pair(noise=1e-7)
    found, _ = ols(y, x, 40)
    for t in range(39, 400, 7):
        # the noise is 1e-7 on prices of 100, whose own rounding is 1e-14
        expected = direct_ols(y[t - 39 : t + 1], x[t - 39 : t + 1])
        assert found["slope_se"][t] == pytest.approx(float(expected[2]), rel=1e-6)


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_rolling_engle_granger_equals_statsmodels(offset):
    coint = pytest.importorskip("statsmodels.tsa.stattools").coint
    y, x = pair(n=300, offset=offset)
    for window in (5, 12, 60, 120):
        found, status = engle_granger(y, x, window)
        assert (status[window - 1 :] == Status.OK).all()
        for t in range(window - 1, 300, 13):
            part = slice(t + 1 - window, t + 1)
            # centred: at an offset of 1e6 statsmodels itself loses digits, and the statistic does not depend on it
            expected = coint(y[part] - y[part].mean(), x[part] - x[part].mean(), maxlag=1, autolag=None)[0]
            assert found["statistic"][t] == pytest.approx(expected, rel=1e-8, abs=1e-8)


def test_known_roll_60():
    """The last slope of 60 in the generated series of the case file."""
    y, x = lehmer(12345)
    found, _ = ols(y, x, 60)
    assert x[1] == pytest.approx(100.284386742993, abs=1e-10) and y[499] == pytest.approx(95.791824501210, abs=1e-10)
    assert found["slope"][-1] == pytest.approx(1.040223621737, rel=1e-10)
    assert found["slope_se"][-1] == pytest.approx(0.044334534034, rel=1e-9)


def lehmer(seed):
    """y = 5 + .8 x + u from Lehmer's generator: the same numbers on every machine."""
    state = seed

    def normal():
        nonlocal state
        total = 0.0
        for _ in range(12):
            state = state * 48271 % 2147483647
            total += state / 2147483647
        return total - 6

    x, u = [100.0], [0.0]
    for _ in range(499):
        a, b = normal(), normal()
        x.append(x[-1] + a)
        u.append(0.9 * u[-1] + 0.5 * b + 0.2 * a)
    return 5 + 0.8 * np.array(x) + np.array(u), np.array(x)
