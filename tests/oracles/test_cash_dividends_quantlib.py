"""The cash-dividend engine against QuantLib and an independent quadrature."""

import numpy as np
import pytest
from scipy.special import ndtr

from hedgekit.core import _cash_dividends as engine
from hedgekit.errors import Status

ql = pytest.importorskip("QuantLib")
TODAY = ql.Date(2, 1, 2026)


def price(american, kind, spot, strike, t, rate, div_yield, vol, times=(), amounts=()):
    out, status = np.empty(1), np.empty(1, np.int8)
    numbers = [np.array([float(x)]) for x in (spot, strike, t, rate, div_yield, vol)]
    engine.price_into(
        american, np.array([kind], np.int8), *numbers, np.array(times, float), np.array(amounts, float), out, status
    )
    assert status[0] == Status.OK
    return out[0]


def quantlib(american, kind, spot, strike, days, rate, div_yield, vol, div_days=(), amounts=(), *, grid=None):
    ql.Settings.instance().evaluationDate = TODAY
    count = ql.Actual365Fixed()
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(spot)),
        ql.YieldTermStructureHandle(ql.FlatForward(TODAY, div_yield, count)),
        ql.YieldTermStructureHandle(ql.FlatForward(TODAY, rate, count)),
        ql.BlackVolTermStructureHandle(ql.BlackConstantVol(TODAY, ql.NullCalendar(), vol, count)),
    )
    expiry = TODAY + days
    exercise = ql.AmericanExercise(TODAY, expiry) if american else ql.EuropeanExercise(expiry)
    option = ql.VanillaOption(ql.PlainVanillaPayoff(ql.Option.Call if kind > 0 else ql.Option.Put, strike), exercise)
    if grid is None:
        engine_ = ql.QdFpAmericanEngine(process, ql.QdFpAmericanEngine.highPrecisionScheme())
    else:
        schedule = ql.DividendVector([TODAY + int(day) for day in div_days], [float(amount) for amount in amounts])
        engine_ = ql.FdBlackScholesVanillaEngine(process, schedule, *grid)
    option.setPricingEngine(engine_)
    return option.NPV()


@pytest.mark.parametrize("seed", range(24))
def test_random_contracts_agree_with_quantlib_finite_differences(seed):
    rng = np.random.default_rng(seed)
    days = int(rng.integers(20, 700))
    count = int(rng.integers(1, 6))
    div_days = np.sort(rng.choice(np.arange(1, days), count, replace=False))
    amounts = rng.uniform(0.1, 4.0, count)
    args = (rng.choice([-1, 1]), 100.0, rng.uniform(70, 140))
    rest = (rng.uniform(0, 0.08), rng.choice([0.0, 0.03]), rng.uniform(0.1, 0.6))
    american = bool(rng.integers(2))
    expected = quantlib(american, *args, days, *rest, div_days, amounts, grid=(400, 400))
    # QuantLib's own error at this grid: explicit exercise, linear interpolation at the ex-dates
    assert price(american, *args, days / 365, *rest, div_days / 365, amounts) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("seed", range(24))
def test_without_live_dividends_it_is_the_continuous_engine(seed):
    rng = np.random.default_rng(100 + seed)
    days = int(rng.integers(5, 900))
    args = (rng.choice([-1, 1]), 100.0, rng.uniform(60, 150))
    rest = (rng.uniform(0.005, 0.08), rng.uniform(0.0, 0.06), rng.uniform(0.1, 0.7))
    expected = quantlib(True, *args, days, *rest)
    found = price(True, *args, days / 365, *rest, [-0.1, 0.0, days / 365 + 0.01], [5.0, 5.0, 5.0])
    assert found == pytest.approx(expected, abs=2e-6 * max(args[1:]) + 1e-6)


def european_by_quadrature(kind, spot, strike, t, rate, div_yield, vol, times, amounts):
    """Nested expectation: values at Chebyshev nodes in ln(spot), each by Gauss-Legendre over the next normal."""
    x_gauss, w_gauss = np.polynomial.legendre.leggauss(400)
    z, wz = 9 * x_gauss, 9 * w_gauss * np.exp(-0.5 * (9 * x_gauss) ** 2) / np.sqrt(2 * np.pi)

    def black(s, tau):
        root = vol * np.sqrt(tau)
        d1 = (np.log(s / strike) + (rate - div_yield) * tau) / root + root / 2
        share, bond = s * np.exp(-div_yield * tau), strike * np.exp(-rate * tau)
        return kind * (share * ndtr(kind * d1) - bond * ndtr(kind * (d1 - root)))

    value = lambda s, tau=t - times[-1]: black(s, tau)
    for i in reversed(range(len(times))):
        before = times[i - 1] if i else 0.0
        step, drift = times[i] - before, rate - div_yield - vol**2 / 2
        centre, width = np.log(spot) + drift * before, 9 * vol * np.sqrt(before) + 1e-9

        def at(s, after=value, step=step, drift=drift, time=times[i], amount=amounts[i]):
            end = s[:, None] * np.exp(drift * step + vol * np.sqrt(step) * z[None, :]) - amount
            # once the dividend takes the spot, a put is worth the strike
            dead = np.exp(-rate * (t - time)) * max(0.0, -kind * strike)
            inside = np.where(end > 0, after(np.where(end > 0, end, 1.0)), dead)
            return np.exp(-rate * step) * (inside * wz).sum(axis=1)

        if i == 0:
            return at(np.array([spot]))[0]
        nodes = np.cos(np.pi * (np.arange(160) + 0.5) / 160)
        # the earlier dividends pull the range down a little
        low, high = centre - width - 0.4, centre + width
        fit = np.polynomial.chebyshev.chebfit(nodes, at(np.exp((high + low) / 2 + (high - low) / 2 * nodes)), 159)
        value = lambda s, fit=fit, low=low, high=high: np.polynomial.chebyshev.chebval(
            np.clip((2 * np.log(s) - high - low) / (high - low), -1, 1), fit
        )
    return None


@pytest.mark.parametrize("kind", [-1, 1])
@pytest.mark.parametrize(("vol", "div_yield"), [(0.15, 0.0), (0.3, 0.02), (0.5, -0.01)])
def test_european_by_independent_quadrature(kind, vol, div_yield):
    times, amounts = np.array([0.1, 0.5, 0.9]), np.array([2.0, 1.0, 3.0])
    for strike in (80.0, 100.0, 125.0):
        args = (kind, 100.0, strike, 1.25, 0.04, div_yield, vol)
        expected = european_by_quadrature(*args, times, amounts)
        # the engine's limit; the quadrature is good to 1e-9
        assert price(False, *args, times, amounts) == pytest.approx(expected, abs=2e-6 * max(100.0, strike))
