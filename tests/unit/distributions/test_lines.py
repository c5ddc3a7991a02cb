"""Intervals and lids of piecewise-linear payoffs in floats."""

from fractions import Fraction

import numpy as np
import pytest

from hedgekit.distributions.lines import Line
from hedgekit.errors import InputError
from hedgekit.payoff import PiecewiseLinear


def line(points, end):
    knots, values = zip(*points, strict=True)
    return Line.of(PiecewiseLinear(tuple(map(Fraction, knots)), tuple(map(Fraction, values)), Fraction(end)))


CONDOR = line([(0, -3), (90, -3), (95, 2), (105, 2), (110, -3)], 0)


def ends(low, high):
    return list(zip(low.tolist(), high.tolist(), strict=True))


def test_a_condor_gains_between_its_break_evens():
    assert ends(*CONDOR.above(0.0)) == [(93.0, 107.0)]


def test_a_straddle_gains_on_both_sides_without_end():
    assert ends(*line([(0, 90), (100, -10)], 1).above(0.0)) == [(0.0, 90.0), (110.0, np.inf)]


def test_a_stretch_on_the_level_is_not_above_it():
    assert ends(*line([(0, 0), (90, 0), (100, 10), (110, 0)], 0).above(0.0)) == [(90.0, 110.0)]
    assert ends(*line([(0, 0)], 0).above(0.0)) == []


def test_touching_the_level_splits_an_interval():
    assert ends(*line([(0, 5), (100, 0), (110, 5)], 0).above(0.0)) == [(0.0, 100.0), (100.0, np.inf)]


@pytest.mark.parametrize("level", [-5.0, -3.0, -1.0, 0.0, 1.7, 2.0, 9.0])
def test_the_lid_is_the_lesser_everywhere(level):
    spots = np.concatenate([np.linspace(0.0, 300.0, 1201), [90.0, 93.0, 95.0]])
    for of in (CONDOR, line([(0, 90), (100, -10)], 1), line([(0, 10), (50, 0)], -2)):
        np.testing.assert_allclose(of.capped(level).at(spots), np.minimum(of.at(spots), level), atol=1e-11)


def test_a_function_is_joined_by_straight_lines_and_extended():
    through = Line.through(lambda s: s**2, [1.0, 2.0, 4.0])
    assert through.at([0.0, 1.0, 3.0, 5.0]).tolist() == [-2.0, 1.0, 10.0, 22.0]


@pytest.mark.parametrize("spots", [[1.0], [2.0, 1.0], [-1.0, 1.0], [[1.0, 2.0]]], ids=str)
def test_spots_that_are_no_grid_are_refused(spots):
    with pytest.raises(InputError, match="ascending"):
        Line.through(lambda s: s, spots)


def test_a_function_that_returns_no_number_is_refused():
    with pytest.raises(InputError, match="finite number"):
        Line.through(lambda s: s * np.nan, [1.0, 2.0])
