"""Orders left out of the search: the cheapest ticket of all orders costs the same."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from hedgekit.hedges.dominance import MOST_SOLD, needed
from hedgekit.hedges.problem import make_problem
from hedgekit.hedges.tickets import WholeNumbers, candidate_legs

TERMS = {"rate": 0.04, "div_yield": 0.01, "expiry": date(2026, 9, 18)}


def rows_of(rng):
    """Puts with prices that rise with the strike, near ties far below the money, and calls."""
    strikes = np.arange(60.0, 108.0, 4.0)
    mids = np.round(0.05 + 0.0003 * (strikes - 55.0) ** 2.6 + rng.uniform(0.0, 0.04, len(strikes)), 2)
    half = np.round(rng.uniform(0.01, 0.03, len(strikes)), 2)
    rows = [("put", k, round(m - h, 2), round(m + h, 2)) for k, m, h in zip(strikes, mids, half, strict=True)]
    return rows + [("call", k, round(2.2 - 0.2 * i, 2), round(2.3 - 0.2 * i, 2)) for i, k in enumerate((104.0, 108.0))]


@pytest.mark.parametrize("seed", range(12))
def test_the_cheapest_of_what_is_needed_is_the_cheapest_of_all(make_chain, seed):
    rng = np.random.default_rng(seed)
    terms = {"shares": int(rng.choice([300, 350, 700])), "floor": float(rng.choice([0.9, 0.93])), **TERMS}
    problem = make_problem(make_chain(rows_of(rng)), min_cap=None if seed % 3 else 1.05, **terms)
    level = Fraction(int(rng.choice([76, 84, 86])))
    every = candidate_legs(problem)
    few = needed(every, level, most=problem.most_puts)
    assert len(few) < len(every)
    costs = []
    for legs in (every, few):
        whole = WholeNumbers(problem, legs, lowest_spot=level)
        tickets, by_legs, _ = whole.run(target=problem.target, max_legs=4, keep=1)
        paid = [None if found is None else sum(leg.contracts * 100 * leg.premium for leg in found) for found in by_legs]
        costs.append((paid, [sum(abs(leg.contracts) for leg in found) for found in tickets]))
    assert costs[0] == costs[1]


def test_which_are_left_out(make_chain):
    problem = make_problem(make_chain(rows_of(np.random.default_rng(0))), shares=300, floor=0.9, **TERMS)
    every = candidate_legs(problem)
    few = needed(every, Fraction(84), most=problem.most_puts)
    below = [leg for leg in few if leg.option.sign < 0 and leg.option.strike <= 84]
    assert sum(leg.side < 0 for leg in below) <= MOST_SOLD + 1 and sum(leg.side > 0 for leg in below) <= 2
    assert [leg for leg in few if leg.option.strike > 84] == [leg for leg in every if leg.option.strike > 84]
    assert needed(every, Fraction(0), most=problem.most_puts) == every


def test_nothing_is_left_out_where_quotes_do_not_allow_it(make_chain):
    rows = rows_of(np.random.default_rng(0))
    odd = [("put", 64.0, 3.00, 3.10) if row[1] == 64.0 else row for row in rows]  # brings more than 68 costs
    problem = make_problem(make_chain(odd), shares=300, floor=0.9, **TERMS)
    every = candidate_legs(problem)
    assert needed(every, Fraction(84), most=problem.most_puts) == every
    small = make_problem(make_chain(rows, size=2.0), shares=300, floor=0.9, **TERMS)
    shown = candidate_legs(small, within_display=True)
    assert needed(shown, Fraction(84), most=small.most_puts) == shown
