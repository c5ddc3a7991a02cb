"""The dense solver of small programmes against HiGHS, on the pairings of random accounts, and by hand."""

import random
from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from hedgekit.margin import pairing, programme
from hedgekit.margin.pairing import OptionHolding
from hedgekit.margin.programme import Programme, dense, highs
from hedgekit.margin.underlying import Underlying
from hedgekit.model import Option

DAYS = (date(2026, 12, 18), date(2027, 1, 15), date(2027, 3, 19))


def holdings(draw, count, strikes):
    found = {}
    for _ in range(count):
        kind, strike = draw.choice(("call", "put")), float(draw.choice(strikes))
        option = Option(root="IWM", expiry=draw.choice(DAYS), kind=kind, strike=strike)
        found[option] = OptionHolding(
            option=option,
            contracts=draw.randint(1, 30),
            premium=Fraction(draw.randint(5, 2000), 100),
            dated_long=draw.random() < 0.1,
        )
    return found


def pairings(seed, count):
    """Yield the programmes that pairing random accounts comes to, before they are solved."""
    draw, caught = random.Random(seed), []

    class Kept(Programme):
        def solve(self, *, many=False):
            caught.append(self)
            return [], False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairing, "Programme", Kept)
        while len(caught) < count:
            strikes = [draw.randint(80, 120) for _ in range(4)]
            longs, shorts = (holdings(draw, draw.randint(1, 7), strikes) for _ in range(2))
            pairing.pair(
                list(longs.values()),
                [short for option, short in shorts.items() if option not in longs],
                draw.choice((0, 100, 1700, 2537, -300)),
                Underlying(ticker="IWM", spot=100.0),
                stage=draw.choice((pairing.INITIAL, pairing.MAINTENANCE)),
            )
    return caught


def test_the_dense_solver_finds_the_least_that_highs_finds():
    solved = 0
    for one in pairings(20, 60):
        try:
            x = np.array(dense(one))
        except programme._TooLong:
            continue
        solved += 1
        y, proven = highs(one)
        assert proven
        cost = np.array(one.cost)
        assert cost @ x == pytest.approx(cost @ np.array(y), rel=1e-7, abs=1e-4)
        assert x.min() > -1e-7
        for terms, low, high in one.rows:
            value = sum(number * x[column] for column, number in terms.items())
            slack = 1e-6 * max(map(abs, terms.values())) * max(1.0, x.max())
            assert low - slack <= value <= high + slack
    assert solved > 50


def test_a_knapsack_by_hand():
    one = Programme()
    for value in (5, 4, 3):
        one.column(Fraction(-value), 10.0)
    one.row({0: 2.0, 1: 3.0, 2: 1.0}, 0.0, 5.0)
    one.row({0: 4.0, 1: 1.0, 2: 2.0}, 0.0, 11.0)
    one.row({0: 3.0, 1: 4.0, 2: 2.0}, 0.0, 8.0)
    assert dense(one) == pytest.approx([2.0, 0.0, 1.0])  # Chvatal 1983, its corner is whole
    two = Programme()
    two.column(Fraction(-1))
    two.row({0: 2.0}, 0.0, 7.0)
    assert dense(two) == [3.0]  # 3.5 at the corner
    assert two.solve() == ([3.0], True)


def test_what_does_not_fit_is_left_to_highs():
    large = Programme()
    for _ in range(300):
        large.column(Fraction(1))
    for column in range(300):
        large.row({column: 1.0}, 1.0, 1.0)
    with pytest.raises(programme._TooLong):
        dense(large)
    x, proven = large.solve()
    assert proven and x == pytest.approx([1.0] * 300)


def test_a_programme_without_an_answer_is_left_to_highs():
    none = Programme()
    none.column(Fraction(1))
    none.row({0: 1.0}, 2.0, 2.0)
    none.row({0: 1.0}, 1.0, 1.0)
    assert none.solve() == ([], False)
