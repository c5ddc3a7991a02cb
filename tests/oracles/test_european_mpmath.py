"""The European engine against mpmath on its own random rows, far from and near every boundary."""

from collections.abc import Iterator

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from hedgekit.core import _european as european
from hedgekit.errors import Status

EPSILON = 2.0**-52
GREEKS = ("delta", "gamma", "vega", "theta", "rho", "vanna", "volga", "charm")


@pytest.fixture(autouse=True)
def fifty_digits() -> Iterator[None]:
    with mpmath.workdps(50):
        yield


class Exact:
    """Black-Scholes-Merton with 50 digits."""

    def __init__(self, sign: int, *inputs: float) -> None:
        spot, strike, t, rate, div_yield, vol = map(mpf, inputs)
        s = vol * mpmath.sqrt(t)
        d1 = (mpmath.log(spot / strike) + (rate - div_yield) * t) / s + s / 2
        d2 = d1 - s
        self.spot_leg, self.strike_leg = spot * mpmath.exp(-div_yield * t), strike * mpmath.exp(-rate * t)
        self.n1, self.n2 = mpmath.ncdf(sign * d1), mpmath.ncdf(sign * d2)
        density = self.spot_leg * mpmath.npdf(d1)
        self.price = sign * (self.spot_leg * self.n1 - self.strike_leg * self.n2)
        self.delta = sign * self.spot_leg / spot * self.n1
        self.gamma = density / (spot * spot * s)
        self.vega = density * mpmath.sqrt(t)
        carry_of_delta = density / spot * ((rate - div_yield) / s - d2 / (2 * t))
        self.theta = sign * (div_yield * self.spot_leg * self.n1 - rate * self.strike_leg * self.n2)
        self.theta -= density * s / (2 * t)
        self.rho = sign * t * self.strike_leg * self.n2
        self.vanna = -density / spot * d2 / vol
        self.volga = self.vega * d1 * d2 / vol
        self.charm = div_yield * self.delta - carry_of_delta
        # relative condition number of the price in its six inputs
        sensitivities = (
            self.delta * spot,
            self.strike_leg * self.n2,
            self.theta * t,
            self.rho * rate,
            self.spot_leg * self.n1 * div_yield * t,
            self.vega * vol,
        )
        self.condition = sum(map(abs, sensitivities)) / self.price
        # where a greek is a sum that cancels, its error is relative to its terms
        self.terms = {name: abs(getattr(self, name)) for name in GREEKS}
        self.terms["theta"] += abs(rate * self.strike_leg * self.n2) + abs(div_yield * self.spot_leg * self.n1)
        self.terms["charm"] += density / spot * (abs(mpmath.log(spot / strike)) + abs(rate - div_yield) * t) / (s * t)
        distance = (abs(mpmath.log(spot / strike)) + abs(rate - div_yield) * t) / s + s / 2
        self.terms["vanna"] += density / spot * distance / vol
        self.terms["volga"] += self.vega * (abs(d1) + abs(d2)) * distance / vol


def rows(n: int, seed: int) -> Iterator[tuple[int, float, float, float, float, float, float]]:
    random = np.random.default_rng(seed)
    for k in range(n):
        spot = float(10 ** random.uniform(0, 4))
        t = float(
            random.choice([random.uniform(0.01, 3), 1 / 525600, random.uniform(3, 10), random.uniform(1, 30) / 365])
        )
        vol = float(np.exp(random.uniform(np.log(0.01), np.log(3))))
        rate, div_yield = float(random.uniform(-0.03, 0.1)), float(random.uniform(-0.02, 0.08))
        s = vol * t**0.5
        deviations = (0.0, random.normal(), random.uniform(-30, 30), random.uniform(-4, 4))[k % 4]
        log_strike = float(np.clip((rate - div_yield) * t - deviations * s, -13.8, 13.8))
        strike = spot if k % 4 == 0 else spot * float(np.exp(log_strike))
        yield (1 if random.random() < 0.5 else -1, spot, strike, t, rate, div_yield, vol)


@pytest.mark.parametrize("isa", european.available_isas())
def test_price_and_greeks(isa: str) -> None:
    before = european.isa()
    european.set_isa(isa)
    try:
        for row in rows(150, seed=2):
            exact = Exact(*row)
            price, *greeks, status = european.greeks_scalar(*row)
            assert status == Status.OK
            if exact.price < 1e-290:
                assert 0 <= price < 1e-289
                continue
            # the target set for this engine: 18 ulp of the larger leg, and 8 half-ulp a unit of condition
            assert abs(price - exact.price) <= 4e-15 * max(row[1], row[2]), row
            assert abs(price / exact.price - 1) <= 1e-13 + 4 * EPSILON * exact.condition, row
            for name, value in zip(GREEKS, greeks, strict=True):
                # 1e-11 is the target; 38 deviations out a rounding of d1 costs 3e-13
                assert abs(value - getattr(exact, name)) <= 1e-12 * exact.terms[name] + 1e-290, (name, row)
    finally:
        european.set_isa(before)


def exact_vol(sign: int, premium: float, row: tuple[float, ...], start: float) -> mpf:
    """Newton on the logarithm of the time value, or of the distance to the maximum if that is less."""
    vol = mpf(start)
    for _ in range(60):
        at = Exact(sign, *row, vol)
        intrinsic = max(mpf(0), sign * (at.spot_leg - at.strike_leg))
        maximum = at.spot_leg if sign > 0 else at.strike_leg
        if 2 * premium < intrinsic + maximum:
            step = mpmath.log((at.price - intrinsic) / (premium - intrinsic)) * (at.price - intrinsic) / at.vega
        else:
            step = -mpmath.log((maximum - at.price) / (maximum - premium)) * (maximum - at.price) / at.vega
        vol -= step
        if abs(step) < vol * mpf(10) ** -30:
            return vol
    raise AssertionError("the oracle did not converge")


def test_implied_vol() -> None:
    tested = 0
    for sign, *inputs in rows(150, seed=3):
        *row, vol = inputs
        exact = Exact(sign, *inputs)
        premium = float(exact.price)
        intrinsic = max(mpf(0), sign * (exact.spot_leg - exact.strike_leg))
        maximum = exact.spot_leg if sign > 0 else exact.strike_leg
        half_ulps = (
            sum(
                np.spacing(float(v)) * w
                for v, w in ((premium, 1), (exact.spot_leg, exact.n1), (exact.strike_leg, exact.n2))
            )
            / 2
        )
        attainable = half_ulps / (exact.vega * vol)
        if premium < 1e-290 or attainable > 0.01 or premium <= intrinsic or premium >= maximum:
            continue
        found, status = european.implied_vol_scalar(premium, sign, *row)
        assert status == Status.OK
        # the rounding of the premium and of the two discounted legs, as the reference files define it
        assert abs(found / exact_vol(sign, premium, row, vol) - 1) <= 1e-14 + 4 * attainable, (sign, inputs)
        tested += 1
    assert tested > 100


def test_time_value_lost_in_the_rounding_of_the_legs() -> None:
    """Deep in the money, a premium one ulp above intrinsic: double legs cannot tell, wider ones can."""
    if np.finfo(np.longdouble).eps > 1e-18:
        pytest.skip("long double is no wider than double here")
    row = (100.0, 60.0, 0.5, 0.05, 0.02)
    at = Exact(1, *row, 0.2)
    premium = float(at.spot_leg - at.strike_leg)
    while premium <= at.spot_leg - at.strike_leg:
        premium = float(np.nextafter(premium, np.inf))
    found, status = european.implied_vol_scalar(premium, 1, *row)
    assert status == Status.OK
    assert abs(found / exact_vol(1, premium, row, found) - 1) < 1e-3  # 2e-19 of the legs against 1e-14 of time value
    # the strike leg is below an ulp of the premium, which is the spot leg itself: at the maximum, not at intrinsic
    assert european.implied_vol_scalar(100.0, 1, 100.0, 1e-15, 0.5, 0.05, 0.0)[1] == Status.ABOVE_MAXIMUM
    below = float(np.nextafter(float(at.spot_leg - at.strike_leg), 0.0))
    assert european.implied_vol_scalar(below, 1, *row)[1] == Status.BELOW_INTRINSIC
