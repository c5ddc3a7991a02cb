"""What any American price must satisfy, for any input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hedgekit.core import _american
from hedgekit.errors import Status

GREEKS = ("price", "delta", "gamma", "vega", "theta", "rho", "vanna", "volga", "charm")

# Relative to the larger of spot and strike: ten boundary nodes leave an error of up to some 1e-7.
NUMERICAL = 2e-7


def price(sign, spot, strike, t, rate, div_yield, vol):
    columns = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (spot, strike, t, rate, div_yield, vol)))
    columns = [np.atleast_1d(column).astype(float) for column in columns]
    n = len(columns[0])
    value, status = np.empty(n), np.empty(n, dtype=np.int8)
    _american.price_into(np.broadcast_to(np.int8(sign), n), *columns, value, status)
    assert (status == Status.OK).all(), (sign, columns)
    return value


def greeks(sign, *arguments):
    columns = [np.array([a], dtype=float) for a in arguments]
    out, status = [np.empty(1) for _ in GREEKS], np.empty(1, dtype=np.int8)
    _american.greeks_into(np.array([sign], dtype=np.int8), *columns, *out, status)
    assert status[0] == Status.OK
    return {name: column[0] for name, column in zip(GREEKS, out, strict=True)}


signs = st.sampled_from([-1, 1])
spots = st.just(100.0)
strikes = st.floats(40.0, 250.0)
times = st.floats(0.01, 3.0)
rates = st.floats(-0.03, 0.12)
vols = st.floats(0.05, 1.2)
options = st.tuples(signs, spots, strikes, times, rates, rates, vols)


def european(sign, spot, strike, t, rate, div_yield, vol):
    from scipy.stats import norm

    s = vol * np.sqrt(t)
    d1 = (np.log(spot / strike) + (rate - div_yield) * t) / s + 0.5 * s
    forward, paid = spot * np.exp(-div_yield * t), strike * np.exp(-rate * t)
    return sign * (forward * norm.cdf(sign * d1) - paid * norm.cdf(sign * (d1 - s)))


@settings(deadline=None)
@given(options)
def test_bounds(option):
    sign, spot, strike, t, rate, div_yield, _ = option
    value = price(*option)[0]
    slack = NUMERICAL * max(spot, strike)
    assert value >= european(*option) - slack
    assert value >= sign * (spot - strike)
    assert value >= 0.0
    asset, growth = (spot, div_yield) if sign > 0 else (strike, rate)
    assert value <= asset * max(1.0, np.exp(-growth * t)) + slack


@settings(deadline=None)
@given(options)
def test_put_call_symmetry(option):
    sign, spot, strike, t, rate, div_yield, vol = option
    # Both sides reach the kernel as the same put; a swapped rate or sign would show.
    mirrored = price(-sign, strike, spot, t, div_yield, rate, vol)[0]
    assert price(*option)[0] == pytest.approx(mirrored, rel=1e-12, abs=1e-12 * spot)


@settings(deadline=None)
@given(options, st.floats(0.01, 100.0))
def test_homogeneity(option, factor):
    sign, spot, strike, *rest = option
    scaled = price(sign, factor * spot, factor * strike, *rest)[0]
    assert scaled == pytest.approx(factor * price(*option)[0], rel=1e-9, abs=1e-9 * factor * spot)


@settings(deadline=None)
@given(options)
def test_monotone_in_vol_spot_and_time(option):
    sign, spot, strike, t, rate, div_yield, vol = option
    slack = NUMERICAL * max(spot, strike)
    assert (np.diff(price(sign, spot, strike, t, rate, div_yield, vol * np.linspace(1, 2, 9))) >= -slack).all()
    assert (np.diff(price(sign, spot, strike, t * np.linspace(1, 2, 9), rate, div_yield, vol)) >= -slack).all()
    by_spot = price(sign, spot * np.linspace(0.7, 1.4, 9), strike, t, rate, div_yield, vol)
    assert (sign * np.diff(by_spot) >= -slack).all()


@settings(deadline=None)
@given(options)
def test_convex_in_strike(option):
    sign, spot, strike, t, rate, div_yield, vol = option
    values = price(sign, spot, strike * np.linspace(0.8, 1.2, 9), t, rate, div_yield, vol)
    assert (np.diff(values, 2) >= -NUMERICAL * 1.2 * max(spot, strike)).all()


@settings(max_examples=60, deadline=None)
@given(options)
def test_greeks_are_the_slopes_of_the_price(option):
    sign, spot, strike, t, rate, div_yield, vol = option
    ours = greeks(*option)

    def slope(low, high, step):
        return (high - low) / (2 * step)

    h = 1e-3 * spot
    by_spot = price(sign, [spot - h, spot, spot + h], strike, t, rate, div_yield, vol)
    pays = sign * (np.array([spot - h, spot, spot + h]) - strike)
    if 0 < (by_spot == pays).sum() < 3:
        return  # the exercise boundary crosses the stencil, gamma jumps there
    scale = max(spot, strike)
    # Central differences of prices good to 1e-8 scale over steps of 1e-3, plus their own error, h^2/6 times the third
    # derivative, which is of the size of gamma over the standard deviation of the spot.
    own = h * h * ours["gamma"] / (spot * vol * np.sqrt(t))
    assert ours["delta"] == pytest.approx(slope(by_spot[0], by_spot[2], h), abs=2e-5 + own)
    sigma = vol * np.array([1 - 1e-3, 1 + 1e-3])
    vega = slope(*price(sign, spot, strike, t, rate, div_yield, sigma), 1e-3 * vol)
    assert ours["vega"] == pytest.approx(vega, rel=1e-3, abs=1e-4 * scale)
    if min(abs(rate), abs(div_yield), abs(rate - div_yield)) < 2e-3:
        return  # early exercise starts to pay at zero: the slope in the rate bends too fast for a difference
    rho = slope(*price(sign, spot, strike, t, [rate - 1e-4, rate + 1e-4], div_yield, vol), 1e-4)
    assert ours["rho"] == pytest.approx(rho, rel=1e-3, abs=1e-3 * scale)
    theta = -slope(*price(sign, spot, strike, t * np.array([1 - 1e-3, 1 + 1e-3]), rate, div_yield, vol), 1e-3 * t)
    assert ours["theta"] == pytest.approx(theta, rel=1e-3, abs=1e-4 * scale / t)


@settings(max_examples=60, deadline=None)
@given(options)
def test_second_greeks_are_the_slopes_of_the_first(option):
    spot, t, vol = option[1], option[3], option[6]
    ours = greeks(*option)
    bump = 1e-2
    low, high = greeks(*option[:-1], vol * (1 - bump)), greeks(*option[:-1], vol * (1 + bump))
    early, late = greeks(*option[:3], t * (1 - bump), *option[4:]), greeks(*option[:3], t * (1 + bump), *option[4:])
    if 0.0 in (low["vega"], high["vega"], early["vega"], late["vega"]):
        return  # the exercise boundary crosses the stencil
    # Differences over 2% of vol or time: their own error is a few 1e-3 of the size of the derivative.
    size = abs(ours["volga"]) + abs(ours["vega"]) / vol + spot * 1e-3
    assert ours["volga"] == pytest.approx((high["vega"] - low["vega"]) / (2 * bump * vol), abs=1e-2 * size)
    size = abs(ours["vanna"]) + 1.0 / vol
    assert ours["vanna"] == pytest.approx((high["delta"] - low["delta"]) / (2 * bump * vol), abs=1e-2 * size)
    size = abs(ours["charm"]) + 1.0 / t
    assert ours["charm"] == pytest.approx(-(late["delta"] - early["delta"]) / (2 * bump * t), abs=1e-2 * size)


@settings(max_examples=60, deadline=None)
@given(options)
def test_implied_vol_returns_to_the_premium(option):
    sign, spot, strike, t, rate, div_yield, vol = option
    premium = price(*option)
    n = 1
    found, upper, status = np.empty(n), np.empty(n), np.empty(n, dtype=np.int8)
    columns = [np.array([v]) for v in (spot, strike, t, rate, div_yield)]
    _american.implied_vol_into(premium, np.array([sign], dtype=np.int8), *columns, found, upper, status)
    if status[0] == Status.NOT_IDENTIFIED:
        assert upper[0] >= vol * (1 - 1e-6)
        return
    assert status[0] == Status.OK
    # Where vega is small many vols share the premium: the premium is what must come back. The search ends when the
    # vol moves by less than 1e-9; two numbers of nodes on either side of it may differ by 1e-7.
    again = price(sign, spot, strike, t, rate, div_yield, found[0])[0]
    assert again == pytest.approx(premium[0], abs=NUMERICAL * max(spot, strike))
