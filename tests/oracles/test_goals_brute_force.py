"""Goals that start from the money, against every ticket there is on small chains."""

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hedgekit.hedges.goal import Goal
from hedgekit.hedges.money import highest_cap, highest_floor

sys.path.insert(0, str(Path(__file__).parent))
from every_ticket import EveryTicket, decimal
from test_optimum_brute_force import PROBLEM, made_problem

SETTINGS = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
HUNDREDTH = Fraction(1, 100)  # of a dollar: the search looks for no floor higher by less than that of a unit of money


@SETTINGS
@given(budget=st.sampled_from([0.0, 0.004, 0.01, 0.0273]), until=st.sampled_from([0.0, 80.0]), **PROBLEM)
def test_the_floor_for_a_budget_is_the_highest_of_all_tickets(make_chain, budget, until, rows, floor, **terms):
    problem = made_problem(make_chain, rows, floor, **terms)
    problem = replace(problem, goal=Goal(kind="budget", budget=budget, until=until))
    best = EveryTicket(problem, until=until).highest_floor(problem.budget)
    found, optimum = highest_floor(problem, max_legs=3)
    assert (optimum.by_legs[-1] is None) == (best is None)
    if best is not None:
        assert abs(optimum.by_legs[-1].floor - best) <= HUNDREDTH
        assert optimum.best.cost <= problem.budget
        # fewer legs are taken only where each further one adds too little
        spared = len(optimum.by_legs[-1].legs) - len(optimum.best.legs)
        assert best - optimum.best.floor <= HUNDREDTH + spared * decimal(optimum.least_saving_usd)
        assert 0 <= optimum.best.floor - found.target < HUNDREDTH or best <= 0 or best > problem.value


@SETTINGS
@given(budget=st.sampled_from([0.0, 0.004, 0.03]), lowest=st.sampled_from([None, 1.0, 1.05]), **PROBLEM)
def test_the_cap_is_the_highest_whose_least_cost_is_within_the_money(make_chain, budget, lowest, rows, floor, **terms):
    problem = made_problem(make_chain, rows, floor, **{**terms, "min_cap": None})
    problem = replace(problem, goal=Goal(kind="cap", budget=budget, floor=problem.floor))

    def least(cap):
        """The least cost with calls sold at that strike or above; None sells none."""
        at = replace(problem, calls_allowed=cap is not None, cap=1.0 if cap is None else cap / 100.0)
        tickets = EveryTicket(at).cheapest(problem.target)
        return tickets[0].cost if tickets else None

    def fits(cost):
        return cost is not None and cost <= problem.budget

    found, optimum = highest_cap(problem, min_cap=lowest, max_legs=3)
    strikes = [k for k in problem.calls.strike.tolist() if k >= 100.0 * (lowest or 1.0)]
    truth = [k for k in strikes if fits(least(k))]
    if fits(least(None)):
        assert not found.calls_allowed and optimum.status == "optimal"
    elif truth:
        assert abs(found.cap * 100.0 - max(truth)) < 1e-6
        assert optimum.by_legs[-1].cost == least(max(truth)) and optimum.best.cost <= problem.budget
    else:
        assert optimum.status == "infeasible"
    assume(strikes)
