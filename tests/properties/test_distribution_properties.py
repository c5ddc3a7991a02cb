"""What every distribution must satisfy, whatever the payoff."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgekit.distributions import historical, lognormal
from hedgekit.payoff import PiecewiseLinear

PAST = np.random.default_rng(11).standard_t(4, 400) * 0.012
DISTRIBUTIONS = {
    "lognormal": lognormal(100.0, 0.3, 0.04, 0.01, 0.25),
    "drifting": lognormal(100.0, 2.0, 0.04, 0.01, 0.5, drift=-0.1),
    "runs": historical(100.0, PAST, 30),
    "blocks": historical(100.0, PAST, 30, seed=2, block=5, draws=2000, recentre=101.0),
}
every = pytest.mark.parametrize("name", DISTRIBUTIONS)
payoffs = st.builds(
    lambda knots, values, end: PiecewiseLinear(
        tuple(Fraction(k) for k in sorted({0, *knots})),
        tuple(Fraction(v) for v in values[: len({0, *knots})]),
        Fraction(end),
    ),
    st.lists(st.integers(40, 160), max_size=5),
    st.lists(st.integers(-30, 30), min_size=6, max_size=6),
    st.integers(-2, 2),
)


@every
@given(payoffs, st.integers(-20, 20))
def test_above_and_not_above_make_one(name, payoff, level):
    of = DISTRIBUTIONS[name]
    flipped = PiecewiseLinear(payoff.knots, tuple(-v for v in payoff.values), -payoff.end_slope)
    above, below = of.probability_above(payoff, level), of.probability_above(flipped, -level)
    on = 1.0 - above - below
    flat = any(a == b == level for a, b in zip(payoff.values, payoff.values[1:], strict=False))
    flat |= payoff.end_slope == 0 and payoff.values[-1] == level
    assert 0.0 <= above <= 1.0
    assert on >= -1e-12
    if not flat:
        assert on == pytest.approx(0.0, abs=1e-12)


@every
@given(payoffs, st.fractions(-5, 5, max_denominator=8), st.integers(-9, 9))
def test_expectation_is_linear(name, payoff, factor, add):
    of = DISTRIBUTIONS[name]
    moved = PiecewiseLinear(payoff.knots, tuple(factor * v + add for v in payoff.values), factor * payoff.end_slope)
    # sums of up to seven terms of size 1e3
    assert of.expect(moved) == pytest.approx(float(factor) * of.expect(payoff) + add, rel=1e-11, abs=1e-10)


@every
@given(payoffs, st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_the_worst_tail_is_below_the_mean_and_sinks_with_the_level(name, payoff, one, other):
    of = DISTRIBUTIONS[name]
    low, high = sorted((one, other))
    slack = 1e-9 * (1.0 + abs(of.cvar(payoff, 0.99)))
    assert of.cvar(payoff, high) <= of.cvar(payoff, low) + slack
    assert of.cvar(payoff, low) <= of.expect(payoff) + slack


@every
@given(st.lists(st.floats(0.001, 0.999), min_size=2, max_size=8).map(sorted))
def test_quantiles_rise_and_hold_their_share(name, shares):
    of = DISTRIBUTIONS[name]
    spots = of.quantile(shares)
    assert (np.diff(spots) >= 0.0).all()
    assert (of.cdf(spots) >= np.array(shares) - 1e-12).all()


@every
def test_shares_are_worth_their_mean_and_a_bond_its_face(name):
    of = DISTRIBUTIONS[name]
    assert of.expect(PiecewiseLinear((Fraction(0),), (Fraction(0),), Fraction(1))) == pytest.approx(of.mean, rel=1e-14)
    assert of.expect(PiecewiseLinear((Fraction(0),), (Fraction(7),), Fraction(0))) == 7.0
