"""The exact search against HiGHS at gap zero: a mixed-integer programme written apart, on chains of full size."""

import sys
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from hedgekit.hedges.optimum import HedgeSearch
from hedgekit.hedges.problem import make_problem
from hedgekit.payoff import exact

sys.path.insert(0, str(Path(__file__).parent))
from hedge_programme import highs, made_rows

MADE = {
    "puts": {"shares": 1000, "floor": 0.92, "min_cap": None},
    "odd lot": {"shares": 1050, "floor": 0.90, "min_cap": None},
    "cap": {"shares": 1000, "floor": 0.92, "min_cap": 1.05},
    "credit": {"shares": 733, "floor": 0.85, "min_cap": 1.0},
    "infeasible": {"shares": 500, "floor": 0.995, "min_cap": None},
}


@pytest.mark.parametrize("case", MADE)
@pytest.mark.parametrize("max_legs", [2, 3])
def test_equals_highs_on_made_chains(make_chain, case, max_legs):
    chain = make_chain(made_rows(2.5, 70, 125))
    problem = make_problem(chain, expiry=date(2026, 9, 18), rate=0.0375, div_yield=0.01, **MADE[case])
    best = HedgeSearch(problem).cheapest(max_legs=max_legs)[1][-1]
    assert (None if best is None else best.cost) == highs(problem, max_legs=max_legs)


@pytest.mark.parametrize(("shares", "floor"), [(250, 0.95), (1733, 0.90)])
def test_four_legs_of_an_odd_lot_equal_highs(make_chain, shares, floor):
    chain = make_chain(made_rows(5.0, 70, 115))
    problem = make_problem(
        chain, shares=shares, expiry=date(2026, 9, 18), floor=floor, rate=0.0375, div_yield=0.01, min_cap=None
    )
    assert HedgeSearch(problem).cheapest(max_legs=4)[1][-1].cost == highs(problem, max_legs=4)


REAL = [
    (date(2026, 9, 18), 1700, 0.90, None),
    (date(2026, 12, 18), 1733, 0.95, 1.08),
]


@pytest.mark.reference
@pytest.mark.parametrize(("expiry", "shares", "floor", "min_cap"), REAL)
def test_equals_highs_on_a_real_chain(shared, expiry, shares, floor, min_cap):
    from hedgekit.market.sources import load

    path = shared / "data" / "options" / "cboe_json" / "IWM_2026-06-17.json"
    if not path.exists():
        pytest.skip(f"no {path}")
    problem = make_problem(
        load(path), shares=shares, expiry=expiry, floor=floor, rate=0.0375, div_yield=0.01, min_cap=min_cap
    )
    best = HedgeSearch(problem).cheapest(max_legs=3)[1][-1]
    assert best.cost == highs(problem, max_legs=3)
    assert best.floor >= Fraction(exact(floor)) * problem.value
