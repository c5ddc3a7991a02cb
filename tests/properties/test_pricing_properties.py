"""What every engine must satisfy, whatever the method: parity, bounds, monotonicity, convexity, round trips."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hedgekit as hk

ENGINES = {
    "european": ("european", ()),
    "american": ("american", ()),
    "american, cash": ("american", ((0.05, 0.8), (0.3, 0.8), (0.55, 0.8))),
    "european, cash": ("european", ((0.05, 0.8), (0.3, 0.8), (0.55, 0.8))),
}
# How far a price may be off, as a fraction of max(S, K): what each engine promises.
PROMISED = {"european": 1e-13, "american": 1e-6, "american, cash": 4e-5, "european, cash": 4e-5}

spots = st.floats(150.0, 350.0)
moneyness = st.floats(-1.5, 1.5)
times = st.floats(0.02, 2.0)
rates = st.floats(0.0, 0.08)
yields = st.floats(0.0, 0.06)
vols = st.floats(0.06, 0.9)
places = st.tuples(spots, moneyness, times, rates, yields, vols).map(
    lambda p: (p[0], p[0] * math.exp(p[1] * p[5] * math.sqrt(p[2])), *p[2:])
)
engines = pytest.mark.parametrize("engine", ENGINES)
few = settings(max_examples=25)


def terms(engine):
    exercise, dividends = ENGINES[engine]
    return {"exercise": exercise, "dividends": dividends}


def present_value(engine, t_years, rate):
    return sum(amount * math.exp(-rate * when) for when, amount in ENGINES[engine][1] if when <= t_years)


@given(places)
def test_european_parity_is_an_equality(place):
    spot, strike, t, r, q, _ = place
    call, put = hk.price(["call", "put"], *place, exercise="european")
    assert call - put == pytest.approx(
        spot * math.exp(-q * t) - strike * math.exp(-r * t), abs=1e-12 * max(spot, strike)
    )


@few
@given(places)
def test_european_parity_with_cash_dividends(place):
    # The spot never reaches zero from dividends this small: the forward is spot less their value, to 1e-9.
    spot, strike, t, r, _, vol = place
    call, put = hk.price(["call", "put"], spot, strike, t, r, 0.0, vol, **terms("european, cash"))
    forward = spot - present_value("european, cash", t, r) - strike * math.exp(-r * t)
    assert call - put == pytest.approx(forward, abs=2 * PROMISED["european, cash"] * max(spot, strike))


@pytest.mark.parametrize("engine", ["american", "american, cash"])
@few
@given(places)
def test_american_parity_is_two_bounds(engine, place):
    spot, strike, t, r, q, vol = place
    if "cash" in engine:
        q = 0.0
    call, put = hk.price(["call", "put"], spot, strike, t, r, q, vol, **terms(engine))
    slack = 2 * PROMISED[engine] * max(spot, strike)
    low = spot * math.exp(-q * t) - present_value(engine, t, r) - strike
    assert low - slack <= call - put <= spot - strike * math.exp(-r * t) + slack


@engines
@few
@given(places)
def test_price_lies_between_its_bounds(engine, place):
    spot, strike = place[:2]
    call, put = hk.price(["call", "put"], *place, **terms(engine))
    slack = PROMISED[engine] * max(spot, strike)
    assert -slack <= call <= spot + slack and -slack <= put <= strike + slack
    if engine.startswith("american"):
        assert call >= spot - strike - slack and put >= strike - spot - slack


@pytest.mark.parametrize("cash", [False, True])
@few
@given(places)
def test_american_is_worth_at_least_the_european(cash, place):
    dividends = ENGINES["american, cash"][1] if cash else ()
    american = hk.price(["call", "put"], *place, dividends=dividends)
    european = hk.price(["call", "put"], *place, exercise="european", dividends=dividends)
    slack = (PROMISED["american, cash"] if cash else PROMISED["american"]) * max(place[:2])
    assert (american >= european - slack).all()


@engines
@few
@given(places)
def test_price_rises_with_vol_and_with_moneyness(engine, place):
    spot, strike, t, r, q, vol = place
    slack = 2 * PROMISED[engine] * 2 * max(spot, strike)
    for kind in ("call", "put"):
        rising = hk.price(kind, spot, strike, t, r, q, vol * np.array([1.0, 1.2, 1.5]), **terms(engine))
        assert (np.diff(rising) >= -slack).all()
        across = hk.price(kind, spot * np.array([0.9, 1.0, 1.1]), strike, t, r, q, vol, **terms(engine))
        assert (np.diff(across) * (1 if kind == "call" else -1) >= -slack).all()


@engines
@few
@given(places)
def test_price_is_convex_in_strike(engine, place):
    spot, strike, t, r, q, vol = place
    for kind in ("call", "put"):
        low, middle, high = hk.price(kind, spot, strike * np.array([0.95, 1.0, 1.05]), t, r, q, vol, **terms(engine))
        assert low - 2 * middle + high >= -4 * PROMISED[engine] * 1.05 * max(spot, strike)


@engines
@few
@given(places)
def test_price_scales_with_the_currency(engine, place):
    spot, strike, t, r, q, vol = place
    exercise, dividends = ENGINES[engine]
    scaled = tuple((when, 4.0 * amount) for when, amount in dividends)
    for kind in ("call", "put"):
        one = hk.price(kind, *place, exercise=exercise, dividends=dividends)
        four = hk.price(kind, 4.0 * spot, 4.0 * strike, t, r, q, vol, exercise=exercise, dividends=scaled)
        assert four == pytest.approx(4.0 * one, rel=1e-9, abs=4e-10 * spot)


@engines
@few
@given(places, st.sampled_from(["call", "put"]))
def test_vol_is_found_again_where_the_price_depends_on_it(engine, place, kind):
    spot, strike = place[:2]
    numbers = hk.greeks(kind, *place, **terms(engine))
    if not numbers.vega > 1e-3 * spot:
        return
    found = hk.implied_vol(numbers.price, kind, *place[:-1], **terms(engine))
    assert found == pytest.approx(place[-1], abs=20 * PROMISED[engine] * max(spot, strike) / numbers.vega + 1e-9)


@engines
@few
@given(places, st.sampled_from(["call", "put"]))
def test_greeks_are_the_slopes_of_the_price(engine, place, kind):
    spot, strike, t, r, q, vol = place
    how = terms(engine)
    numbers = hk.greeks(kind, *place, **how)
    scale = max(spot, strike)
    noise = PROMISED[engine]
    # Central differences with a step that balances their own error against the engine's.
    step = max(1e-4, noise ** (1 / 3))
    up, down = hk.price(kind, spot * np.array([1 + step, 1 - step]), strike, t, r, q, vol, **how)
    curvature = scale * step + noise / step
    assert numbers.delta == pytest.approx((up - down) / (2 * spot * step), abs=20 * (step + noise / step) + 3e-3)
    up, down = hk.price(kind, spot, strike, t, r, q, vol + np.array([step, -step]) * vol, **how)
    assert numbers.vega == pytest.approx((up - down) / (2 * vol * step), abs=20 * curvature + 3e-3 * scale)
    up, down = hk.price(kind, spot, strike, t, r + np.array([step, -step]) * 0.05, q, vol, **how)
    assert numbers.rho == pytest.approx(
        (up - down) / (0.1 * step), abs=20 * scale * (step + noise / (0.05 * step)) + 3e-3 * scale
    )
