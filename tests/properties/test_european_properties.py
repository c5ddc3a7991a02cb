"""What every European price, greek and implied vol satisfies, whatever the numbers."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hedgekit.core import _european as european
from hedgekit.errors import Status

EPSILON = 2.0**-52
signs = st.sampled_from([1, -1])
spots = st.floats(1.0, 1000.0)
moneyness = st.floats(-1.0, 1.0)  # ln(K/S)
times = st.floats(1 / 525600, 10.0)
rates = st.floats(-0.05, 0.15)
vols = st.floats(0.01, 3.0)
markets = st.tuples(spots, moneyness, times, rates, rates, vols)
common = settings(max_examples=200, deadline=None)


def unpack(market: tuple[float, ...]) -> tuple[float, ...]:
    spot, m, *rest = market
    return (spot, spot * math.exp(m), *rest)


def price(sign: int, *row: float) -> float:
    value, status = european.price_scalar(sign, *row)
    assert status == Status.OK
    return value


def legs(spot: float, strike: float, t: float, rate: float, div_yield: float) -> tuple[float, float]:
    return spot * math.exp(-div_yield * t), strike * math.exp(-rate * t)


@common
@given(markets)
def test_put_call_parity(market: tuple[float, ...]) -> None:
    row = unpack(market)
    spot_leg, strike_leg = legs(*row[:5])
    # each side is one rounded sum of two legs good to an ulp
    assert price(1, *row) - price(-1, *row) == pytest.approx(
        spot_leg - strike_leg, abs=6 * EPSILON * (spot_leg + strike_leg)
    )


@common
@given(signs, markets)
def test_bounds(sign: int, market: tuple[float, ...]) -> None:
    row = unpack(market)
    spot_leg, strike_leg = legs(*row[:5])
    slack = 4 * EPSILON * max(spot_leg, strike_leg)
    value = price(sign, *row)
    assert value >= max(0.0, sign * (spot_leg - strike_leg) - slack)
    assert value <= (spot_leg if sign > 0 else strike_leg) + slack


@common
@given(signs, markets, st.floats(1e-6, 0.5))
def test_monotone_in_vol_and_strike(sign: int, market: tuple[float, ...], more: float) -> None:
    spot, strike, t, rate, div_yield, vol = unpack(market)
    base = price(sign, spot, strike, t, rate, div_yield, vol)
    slack = 8 * EPSILON * max(legs(spot, strike, t, rate, div_yield))
    assert price(sign, spot, strike, t, rate, div_yield, vol * (1 + more)) >= base - slack
    higher = price(sign, spot, strike * (1 + more), t, rate, div_yield, vol)
    assert sign * (higher - base) <= slack * (1 + more)
    further = price(sign, spot * (1 + more), strike, t, rate, div_yield, vol)
    assert sign * (further - base) >= -slack * (1 + more)


@common
@given(signs, markets, st.floats(0.001, 0.3))
def test_convex_in_strike(sign: int, market: tuple[float, ...], width: float) -> None:
    spot, strike, *rest = unpack(market)
    low, mid, high = (price(sign, spot, strike * (1 + w), *rest) for w in (-width, 0.0, width))
    slack = 12 * EPSILON * max(legs(spot, strike * (1 + width), *rest[:3]))
    assert low - 2 * mid + high >= -slack


@common
@given(signs, markets, st.integers(-20, 20))
def test_homogeneous(sign: int, market: tuple[float, ...], power: int) -> None:
    """Scaling by a power of two is exact in every operation (but for subnormal numbers)."""
    spot, strike, *rest = unpack(market)
    scale, value = 2.0**power, price(sign, spot, strike, *rest)
    assert price(sign, spot * scale, strike * scale, *rest) == pytest.approx(scale * value, rel=0, abs=1e-300)


@common
@given(signs, markets)
def test_value_solves_the_pricing_equation(sign: int, market: tuple[float, ...]) -> None:
    spot, strike, t, rate, div_yield, vol = unpack(market)
    value, delta, gamma, _, theta, *_ = european.greeks_scalar(sign, spot, strike, t, rate, div_yield, vol)
    terms = (theta, (rate - div_yield) * spot * delta, 0.5 * vol * vol * spot * spot * gamma, -rate * value)
    scale = sum(map(abs, terms)) + abs(rate * strike) + abs(div_yield * spot)
    # products of a dozen roundings; the smallest terms may be subnormal
    assert math.fsum(terms) == pytest.approx(0.0, abs=1e-13 * scale + 1e-300)


def central(f: object, x: float, h: float) -> float:
    """Sixth-order central difference."""
    weights = ((1, 45), (2, -9), (3, 1))
    return sum(w * (f(x + k * h) - f(x - k * h)) for k, w in weights) / (60 * h)  # type: ignore[operator]


@common
@given(signs, st.tuples(spots, st.floats(-0.5, 0.5), st.floats(0.1, 3.0), rates, rates, st.floats(0.15, 1.0)))
def test_greeks_are_derivatives(sign: int, market: tuple[float, ...]) -> None:
    spot, strike, t, rate, div_yield, vol = unpack(market)

    def at(**changed: float) -> tuple[float, ...]:
        row = {"spot": spot, "strike": strike, "t": t, "rate": rate, "div_yield": div_yield, "vol": vol, **changed}
        return european.greeks_scalar(sign, *row.values())

    _, delta, gamma, vega, theta, rho, vanna, volga, charm, _ = at()
    s = vol * math.sqrt(t)
    # steps of 2% of the scale on which each variable acts: truncation 1e-10, rounding 1e-13 of the price a step
    h_spot, h_vol, h_t, h_rate = 0.02 * spot * min(s, 1), 0.01 * vol, 0.01 * t, 0.02 * min(s, 1) / t
    big = spot + strike
    for found, slope, unit in (
        (delta, central(lambda v: at(spot=v)[0], spot, h_spot), big / spot / min(s, 1)),
        (gamma, central(lambda v: at(spot=v)[1], spot, h_spot), 1 / spot / min(s, 1)),
        (vega, central(lambda v: at(vol=v)[0], vol, h_vol), big / vol),
        (theta, -central(lambda v: at(t=v)[0], t, h_t), big / t),
        (rho, central(lambda v: at(rate=v)[0], rate, h_rate), big * t / min(s, 1)),
        (vanna, central(lambda v: at(vol=v)[1], vol, h_vol), 1 / vol),
        (volga, central(lambda v: at(vol=v)[3], vol, h_vol), big / vol / vol),
        (charm, -central(lambda v: at(t=v)[1], t, h_t), 1 / t),
    ):
        assert found == pytest.approx(slope, abs=1e-8 * unit)


@common
@given(signs, markets)
def test_implied_vol_round_trip(sign: int, market: tuple[float, ...]) -> None:
    spot, strike, t, rate, div_yield, vol = unpack(market)
    value, delta, _, vega, *_ = european.greeks_scalar(sign, spot, strike, t, rate, div_yield, vol)
    found, status = european.implied_vol_scalar(value, sign, spot, strike, t, rate, div_yield)
    spot_leg, strike_leg = legs(spot, strike, t, rate, div_yield)
    if status != Status.OK:
        # no time value, or no distance to the maximum, is left in the rounded premium
        gap = min(abs(value - max(0.0, sign * (spot_leg - strike_leg))), (spot_leg if sign > 0 else strike_leg) - value)
        assert gap <= 4 * EPSILON * max(spot_leg, strike_leg)
        return
    again = price(sign, spot, strike, t, rate, div_yield, found)
    assert again == pytest.approx(value, rel=1e-12, abs=4 * EPSILON * max(spot_leg, strike_leg))
    # an ulp of the legs and eight of the premium, through vega
    uncertainty = EPSILON * (8 * value + 2 * abs(delta) * spot + 2 * strike_leg) / vega if vega > 0 else math.inf
    if uncertainty < 0.01 * vol:
        assert abs(found - vol) <= 2 * uncertainty + 1e-13 * vol


@common
@given(
    signs,
    st.floats(1e-3, 13.8),
    st.floats(-690.0, -0.01),
    st.floats(1 / 525600, 10.0),
)
def test_every_premium_inside_its_bounds_has_a_vol(sign: int, distance: float, log_worth: float, t: float) -> None:
    """Out of the money, r = q = 0: a vol is found down to 1e-300 of the maximum, and it gives the premium back."""
    spot = 100.0
    strike = spot * math.exp(sign * distance)
    premium = min(spot, strike) * math.exp(log_worth)
    found, status = european.implied_vol_scalar(premium, sign, spot, strike, t, 0.0, 0.0)
    assert status == Status.OK
    value, _, _, vega, *_ = european.greeks_scalar(sign, spot, strike, t, 0.0, 0.0, found)
    # the rounding of vol, s and d1 through the elasticity to vol
    elasticity = vega * found / premium
    assert value == pytest.approx(premium, rel=8 * EPSILON * (4 + elasticity))


@pytest.mark.parametrize("isa", european.available_isas())
def test_implied_vol_of_random_arrays_always_ends(isa: str) -> None:
    random = np.random.default_rng(7)
    n = 20_000
    distance = np.exp(random.uniform(np.log(1e-12), np.log(30), n)) * random.choice([-1, 0, 1], n, p=[0.45, 0.1, 0.45])
    sign = random.choice(np.array([-1, 1], dtype=np.int8), n)
    spot, zero = np.full(n, 100.0), np.zeros(n)
    strike = spot * np.exp(distance)
    low = np.maximum(0, sign * (spot - strike))
    high = np.where(sign > 0, spot, strike)
    share = np.exp(random.uniform(-600, 0, n))
    premium = np.where(random.random(n) < 0.5, low + (high - low) * share, high - (high - low) * share)
    vol, status = np.empty(n), np.empty(n, dtype=np.int8)
    before = european.isa()
    european.set_isa(isa)
    european.implied_vol_into(premium, sign, spot, strike, np.ones(n), zero, zero, vol, status)
    european.set_isa(before)
    expected = np.where(
        premium <= low, Status.BELOW_INTRINSIC, np.where(premium >= high, Status.ABOVE_MAXIMUM, Status.OK)
    )
    assert np.array_equal(status, expected)
    assert np.array_equal(np.isnan(vol), expected != Status.OK)
