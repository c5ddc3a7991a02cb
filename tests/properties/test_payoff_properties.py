"""Extremes of expiry wealth against a brute-force look at many spots."""

from datetime import date
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hedgekit.model import Leg, Option
from hedgekit.payoff import expiry_wealth

EXPIRY = date(2026, 9, 18)
strikes = st.integers(1, 60).map(lambda k: k * 2.5)
legs_of = st.lists(
    st.builds(
        lambda n, kind, strike: Leg(
            contracts=n, option=Option(root="IWM", expiry=EXPIRY, kind=kind, strike=strike), premium=1.0
        ),
        st.integers(-5, 5).filter(bool),
        st.sampled_from(["call", "put"]),
        strikes,
    ),
    max_size=5,
)
shares_of = st.integers(-500, 500)


def by_hand(shares, legs, spot):
    total = shares * spot
    for leg in legs:
        total += leg.contracts * 100 * max(0, leg.option.sign * (spot - Fraction(leg.option.strike)))
    return total


def spots_around(legs):
    """Zero, every strike, points between, and far beyond: where a piecewise linear function can be least."""
    knots = sorted({Fraction(0), *(Fraction(leg.option.strike) for leg in legs)})
    return [*knots, *((a + b) / 2 for a, b in pairwise(knots)), knots[-1] + 1, knots[-1] + 10**6]


@given(shares_of, legs_of)
def test_value_is_the_sum_of_the_legs(shares, legs):
    wealth = expiry_wealth(shares, legs)
    for spot in spots_around(legs):
        assert wealth.at(spot) == by_hand(shares, legs, spot)


@given(shares_of, legs_of)
def test_minimum_is_a_bound_that_is_reached_or_there_is_none(shares, legs):
    wealth = expiry_wealth(shares, legs)
    low = wealth.minimum()
    values = [by_hand(shares, legs, spot) for spot in spots_around(legs)]
    if low is None:
        assert by_hand(shares, legs, Fraction(10**12)) < by_hand(shares, legs, Fraction(10**6))
    else:
        assert low.value == min(values)
        assert wealth.at(low.spot) == low.value


@given(shares_of, legs_of, st.integers(0, 200))
def test_maximum_from_a_level_up(shares, legs, low):
    wealth = expiry_wealth(shares, legs)
    high = wealth.maximum(low=low)
    values = [by_hand(shares, legs, Fraction(low)), *(by_hand(shares, legs, s) for s in spots_around(legs) if s >= low)]
    if high is None:
        assert by_hand(shares, legs, Fraction(10**12)) > max(values)
    else:
        assert high.value == max(values)
        assert high.spot >= low


@given(shares_of, legs_of, st.integers(-50_000, 50_000))
def test_holds_from_is_the_least_such_spot(shares, legs, level):
    wealth = expiry_wealth(shares, legs)
    start = wealth.holds_from(Fraction(level))
    if start is None:
        assert wealth.at(10**9) < level
        return
    for spot in spots_around(legs):
        if spot >= start:
            assert wealth.at(spot) >= level
    if start > 0:
        assert wealth.at(start) == level
        assert wealth.at(start - Fraction(1, 10**9)) < level


@given(shares_of, legs_of, st.integers(-50_000, 50_000))
def test_crossings_lie_on_the_level(shares, legs, level):
    wealth = expiry_wealth(shares, legs)
    for spot in wealth.crossings(Fraction(level)):
        assert wealth.at(spot) == level
