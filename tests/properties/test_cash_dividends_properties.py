"""What must hold of any option under cash dividends, whatever the numbers."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hedgekit.core import _cash_dividends as engine
from hedgekit.errors import Status

# Two lattices differ by their discretisation: the engine's limit, a fraction of max(spot, strike).
METHOD = 4e-6

SPOT = 100.0
vols = st.floats(0.05, 0.9)
# less interest than that is lost in the rounding of the spot
rates = st.floats(-0.01, 0.09).map(lambda rate: rate if abs(rate) >= 1e-9 else 0.0)
yields = st.sampled_from([0.0, 0.0, 0.02, 0.05])
years = st.floats(0.02, 3.0)
strikes = st.floats(50.0, 180.0)
signs = st.sampled_from([-1, 1])
amounts = st.lists(st.floats(0.05, 4.0), min_size=0, max_size=5)
relaxed = settings(max_examples=60, deadline=None, derandomize=True)


def run(american, sign, strike, t, rate, div_yield, vol, times=(), cash=(), spot=SPOT, what="price"):
    columns = np.broadcast_arrays(*(np.asarray(x, float) for x in (spot, strike, t, rate, div_yield, vol)))
    n = columns[0].size
    columns = [c.ravel() for c in columns]
    out, status = np.full((9, n), np.nan), np.empty(n, np.int8)
    args = (american, np.full(n, sign, np.int8), *columns, np.array(times, float), np.array(cash, float))
    if what == "greeks":
        engine.greeks_into(*args, *out, status)
    else:
        engine.price_into(*args, out[0], status)
    assert (status == Status.OK).all()
    return out if what == "greeks" else out[0]


def dates(cash, t):
    return [t * (i + 1) / (len(cash) + 1) for i in range(len(cash))]


@relaxed
@given(signs, strikes, years, rates, yields, vols, amounts)
def test_bounds(sign, strike, t, rate, div_yield, vol, cash):
    times = dates(cash, t)
    european = run(False, sign, strike, t, rate, div_yield, vol, times, cash)[0]
    american = run(True, sign, strike, t, rate, div_yield, vol, times, cash)[0]
    slack = METHOD * max(SPOT, strike)
    assert american >= european - slack
    assert american >= sign * (SPOT - strike) - 1e-12
    most = max(1.0, np.exp(-(rate if sign < 0 else div_yield) * t)) * (strike if sign < 0 else SPOT)
    assert -slack <= european <= most
    assert american <= most + slack


@relaxed
@given(signs, strikes, years, rates, yields, amounts, st.booleans())
def test_monotone_in_vol(sign, strike, t, rate, div_yield, cash, american):
    # A European call need not rise with vol when a dividend may exceed the spot; here none can, to any likelihood.
    levels = np.linspace(0.05, 0.6, 12)
    values = run(american, sign, strike, t, rate, div_yield, levels, dates(cash, t), cash)
    # two prices, each good to the method's limit
    assert (np.diff(values) >= -2 * METHOD * max(SPOT, strike)).all()


@relaxed
@given(signs, years, rates, yields, vols, amounts, st.booleans())
def test_monotone_and_convex_in_strike(sign, t, rate, div_yield, vol, cash, american):
    ladder = np.linspace(60.0, 160.0, 41)
    values = run(american, sign, ladder, t, rate, div_yield, vol, dates(cash, t), cash)
    slack = 2 * METHOD * 160
    assert (sign * np.diff(values) <= slack).all()
    assert (np.diff(values, 2) >= -2 * slack).all()


@relaxed
@given(signs, strikes, years, rates, yields, vols, amounts, st.booleans())
def test_monotone_in_spot(sign, strike, t, rate, div_yield, vol, cash, american):
    values = run(american, sign, strike, t, rate, div_yield, vol, dates(cash, t), cash, spot=np.linspace(60, 160, 31))
    assert (sign * np.diff(values) >= -2 * METHOD * max(160, strike)).all()


@relaxed
@given(signs, strikes, years, rates, yields, vols, amounts, st.booleans(), st.floats(0.01, 50.0))
def test_homogeneous(sign, strike, t, rate, div_yield, vol, cash, american, factor):
    times = dates(cash, t)
    value = run(american, sign, strike, t, rate, div_yield, vol, times, cash)[0]
    scaled = run(
        american, sign, strike * factor, t, rate, div_yield, vol, times, np.array(cash) * factor, SPOT * factor
    )
    # the same lattice up to rounding, unless a rounding moves a size class
    assert abs(scaled[0] / factor - value) <= METHOD * max(SPOT, strike)


@relaxed
@given(signs, strikes, years, rates, yields, vols, amounts, st.floats(0.2, 5.0))
def test_one_more_dividend_lowers_a_european_call_and_raises_a_put(sign, strike, t, rate, div_yield, vol, cash, more):
    times = dates(cash, t)
    before = run(False, sign, strike, t, rate, div_yield, vol, times, cash)[0]
    after = run(False, sign, strike, t, rate, div_yield, vol, [*times, 0.37 * t], [*cash, more])[0]
    assert sign * (after - before) <= 2 * METHOD * max(SPOT, strike)


@relaxed
@given(signs, strikes, years, rates, yields, vols)
def test_european_parity_holds_with_dividends(sign, strike, t, rate, div_yield, vol):
    # the forward is exact while no dividend can exceed the spot
    times, cash = np.array([0.3 * t, 0.8 * t]), np.array([1.0, 0.5])
    if vol * np.sqrt(t) > 0.6:
        vol = 0.6 / np.sqrt(t)
    call = run(False, 1, strike, t, rate, div_yield, vol, times, cash)[0]
    put = run(False, -1, strike, t, rate, div_yield, vol, times, cash)[0]
    paid = (cash * np.exp(-rate * times - div_yield * (t - times))).sum()
    forward = SPOT * np.exp(-div_yield * t) - paid - strike * np.exp(-rate * t)
    assert abs(call - put - forward) <= 2 * METHOD * max(SPOT, strike)


@relaxed
@given(signs, st.floats(70.0, 140.0), st.floats(0.05, 2.0), rates, yields, st.floats(0.1, 0.8), amounts, st.booleans())
def test_implied_vol_round_trip(sign, strike, t, rate, div_yield, vol, cash, american):
    times = dates(cash, t)
    premium = run(american, sign, strike, t, rate, div_yield, vol, times, cash)
    one = [np.array([x]) for x in (SPOT, strike, t, rate, div_yield)]
    found, upper, status = np.empty(1), np.empty(1), np.empty(1, np.int8)
    engine.implied_vol_into(
        american, premium, np.array([sign], np.int8), *one, np.array(times), np.array(cash), found, upper, status
    )
    if status[0] in (Status.NOT_IDENTIFIED, Status.BELOW_INTRINSIC):
        # at its exercise value, or not above it by more than the lattice resolves
        lowest = run(american, sign, strike, t, rate, div_yield, 0.0, times, cash)[0]
        assert premium[0] - lowest <= METHOD * max(SPOT, strike)
        assert not upper[0] < vol * (1 - 1e-3)
        return
    assert status[0] == Status.OK
    again = run(american, sign, strike, t, rate, div_yield, found[0], times, cash)[0]
    assert abs(again - premium[0]) <= METHOD * max(SPOT, strike)


@relaxed
@given(signs, st.floats(80.0, 125.0), st.floats(0.1, 2.0), st.floats(0.0, 0.08), yields, st.floats(0.12, 0.6), amounts)
def test_greeks_are_the_differences_of_the_price(sign, strike, t, rate, div_yield, vol, cash):
    times = np.array(dates(cash, t))
    found = run(True, sign, strike, t, rate, div_yield, vol, times, cash, what="greeks")[:, 0]
    price, delta, gamma, vega, theta, rho, *_ = found

    def value(d_spot=0.0, d_vol=0.0, d_rate=0.0, d_time=0.0):
        args = (t - d_time, rate + d_rate, div_yield, vol + d_vol)
        return run(True, sign, strike, *args, times - d_time, cash, spot=SPOT + d_spot)[0]

    assert price == value()
    if delta == sign and gamma == 0:
        assert price == sign * (SPOT - strike)
        return
    h = 2.0
    up, down = value(d_spot=h), value(d_spot=-h)
    higher, lower = value(d_vol=0.004), value(d_vol=-0.004)
    exercised = [sign * (SPOT + d - strike) for d in (h, -h, 0.0)]
    if any(np.equal(exercised, [up, down, lower])):
        # The second derivatives jump where exercise begins; a difference across that measures no greek.
        assert min(price, higher) >= lower
        return
    # The differences carry the lattice's error over the step, and their own, of the order of the step squared.
    noise = METHOD * max(SPOT, strike)
    bend = 3e-3 * (1 + h * h * max(1.0, 1 / (SPOT * vol * np.sqrt(t)) ** 2))
    assert abs(delta - (up - down) / (2 * h)) <= noise / h + bend
    assert abs(vega - (higher - lower) / 0.008) <= noise / 0.004 + 0.003 * SPOT * np.sqrt(t)
    if rate > 2e-3:
        assert abs(rho - (value(d_rate=1e-3) - value(d_rate=-1e-3)) / 2e-3) <= noise / 1e-3 + 0.02 * SPOT * t
    step = min(times, default=t) * 0.02
    assert abs(theta + (value() - value(d_time=step)) / step) <= 2 * noise / step + 0.05 * (abs(theta) + 0.05 * SPOT)


@relaxed
@given(st.floats(80.0, 115.0), st.floats(0.05, 2.0), st.floats(0.01, 0.08), st.floats(0.12, 0.6))
def test_time_scales_with_rate_and_variance(strike, t, rate, vol):
    # Without dividends a put depends on rate T and vol^2 T alone: T V_T = rate V_rate + vol V_vol / 2, theta = -V_T.
    _, delta, _, vega, theta, rho, *_ = run(True, -1, strike, t, rate, 0.0, vol, what="greeks")[:, 0]
    if delta < -0.9:
        return  # next to the exercise boundary second differences, and theta with them, are one-sided
    terms = [t * theta, rate * rho, 0.5 * vol * vega]
    # what rho is good to on all but one in a hundred (docs: 6.4e-4), and the price's own limit for options worth nothing
    assert abs(sum(terms)) <= 6.4e-4 * max(map(abs, terms)) + 1e-6 * max(SPOT, strike)
