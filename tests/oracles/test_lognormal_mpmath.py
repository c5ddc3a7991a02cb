"""Lognormal answers against quadrature to 30 digits."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from hedgekit.distributions import Distribution, lognormal
from hedgekit.errors import InputError
from hedgekit.payoff import PiecewiseLinear

PAYOFFS = {
    "condor": ([(0, -3), (90, -3), (95, 2), (105, 2), (110, -3)], 0),
    "straddle": ([(0, 90), (100, -10)], 1),
    "short call": ([(0, 4), (105, 4)], -1),
    "collared shares": ([(0, -10), (90, -10), (115, 15)], 0),
    "shares": ([(0, -100)], 1),
    "ratio": ([(0, -2), (100, -2), (110, 18)], -3),
}
MARKETS = [
    (100.0, 0.25, 0.04, 0.01, 0.2, None),
    (100.0, 1.5, 0.02, 0.0, 0.6, 0.08),
    (97.0, 0.01, 0.05, 0.02, 0.1, None),
]


def payoff_of(name):
    points, end = PAYOFFS[name]
    knots, values = zip(*points, strict=True)
    return PiecewiseLinear(tuple(map(Fraction, knots)), tuple(map(Fraction, values)), Fraction(end))


def integral(market, points, f):
    """Integrate f over the density, split at the points."""
    spot, t, rate, div_yield, vol, drift = (None if x is None else mpmath.mpf(x) for x in market)
    growth = rate - div_yield if drift is None else drift
    width = vol * mpmath.sqrt(t)
    centre = mpmath.log(spot) + growth * t - width**2 / 2
    edges = sorted({centre + width * k for k in range(-14, 15, 2)} | {mpmath.log(p) for p in points if p > 0})
    return mpmath.quad(lambda x: f(mpmath.exp(x)) * mpmath.npdf(x, centre, width), edges)


@pytest.mark.parametrize("market", MARKETS, ids=str)
@pytest.mark.parametrize("name", PAYOFFS)
def test_expectation_probability_and_tail(market, name):
    payoff, of = payoff_of(name), lognormal(*market)
    roots = [mpmath.mpf(root.numerator) / root.denominator for root in payoff.crossings(Fraction(0))]
    points = [*map(float, payoff.knots), *roots]

    def value(s):
        i = max(n for n, knot in enumerate(payoff.knots) if knot <= s)
        slope = payoff._slope(i)
        return mpmath.mpf(float(payoff.values[i])) + mpmath.mpf(float(slope)) * (s - float(payoff.knots[i]))

    with mpmath.workdps(30):
        mean = integral(market, points, value)
        gain = integral(market, points, lambda s: mpmath.mpf(value(s) > 0))
    # doubles of size 100 carry 1e-14; probabilities 1e-16 times the count of crossings
    assert of.expect(payoff) == pytest.approx(float(mean), abs=2e-12)
    assert of.probability_above(payoff) == pytest.approx(float(gain), abs=1e-13)


@pytest.mark.parametrize("market", MARKETS, ids=str)
@pytest.mark.parametrize("name", PAYOFFS)
@pytest.mark.parametrize("level", [0.5, 0.95, 0.99])
def test_the_tail_mean_is_that_of_a_fine_quantile_sum(market, name, level):
    payoff, of = payoff_of(name), lognormal(*market)
    cells = 400_000
    spots = of.quantile((np.arange(cells) + 0.5) / cells)
    knots = np.array([float(k) for k in payoff.knots])
    place = np.searchsorted(knots, spots, "right") - 1
    slopes = np.array([float(payoff._slope(i)) for i in range(len(knots))])
    values = np.array([float(v) for v in payoff.values])
    worst = np.sort(values[place] + slopes[place] * (spots - knots[place]))
    tail = worst[: round(cells * (1.0 - level))]
    # midpoint sums of an unbounded tail lose the outermost cell: 1/4000 of the tail at most
    assert of.cvar(payoff, level) == pytest.approx(tail.mean(), rel=4e-4, abs=2e-4)


@pytest.mark.parametrize("market", MARKETS, ids=str)
def test_ends_and_round_trips(market):
    of = lognormal(*market)
    p = np.array([1e-9, 0.01, 0.5, 0.99, 1.0 - 1e-9])
    np.testing.assert_allclose(of.cdf(of.quantile(p)), p, rtol=1e-12)
    assert of.quantile([0.0, 1.0]).tolist() == [0.0, np.inf]
    assert of.cdf([0.0, np.inf]).tolist() == [0.0, 1.0]
    assert of.probability() == 1.0
    assert of.probability(110.0, 90.0) == 0.0
    np.testing.assert_allclose(of.calls([0.0, np.inf]), [of.mean, 0.0], rtol=1e-15)
    assert isinstance(of, Distribution)


def test_a_smooth_function_is_integrated_well_and_a_grid_is_taken_at_its_word():
    of = lognormal(*MARKETS[0])
    square = of.mean**2 * np.exp(of.deviation**2)
    # 2,001 quantiles: trapezoids of a parabola
    assert of.expect_function(lambda s: s**2) == pytest.approx(square, rel=1e-5)
    straddle = payoff_of("straddle")
    assert of.expect_function(lambda s: np.abs(s - 100.0) - 10.0, [50.0, 100.0, 150.0]) == pytest.approx(
        of.expect(straddle), abs=1e-12
    )


def test_samples_repeat_and_have_the_mean():
    of = lognormal(*MARKETS[0])
    drawn = of.sample(100_000, 5)
    assert drawn.tobytes() == of.sample(100_000, 5).tobytes()
    # a standard error is 0.1 / sqrt(1e5) of the mean: five of them
    assert drawn.mean() == pytest.approx(of.mean, rel=1.6e-3)


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (0, -1.0, "spot -1.0"),
        (1, 0.0, "t_years 0.0"),
        (4, 0.0, "vol 0.0"),
        (2, np.nan, "rate nan"),
        (5, np.inf, "drift"),
    ],
)
def test_bad_arguments_are_named(place, value, said):
    market = list(MARKETS[0])
    market[place] = value
    with pytest.raises(InputError, match=said):
        lognormal(*market)


def test_statements_say_the_measure():
    assert "the pricing measure" in lognormal(*MARKETS[0]).statement
    assert "drift of 8.00% a year" in lognormal(*MARKETS[1]).statement
