"""The exact search against every ticket there is, on small chains of any prices, arbitrage included."""

import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hedgekit.errors import DataError
from hedgekit.hedges.optimum import RUNNER_MARGIN, HedgeSearch, optimise, preferred
from hedgekit.hedges.problem import make_problem
from hedgekit.payoff import exact

sys.path.insert(0, str(Path(__file__).parent))
from every_ticket import EveryTicket

EXPIRY = date(2026, 9, 18)


@st.composite
def quoted(draw):
    """Quotes around a spot of 100: fair on the whole, but with enough noise for credits, ties and arbitrage."""
    rows = []
    for step in sorted(draw(st.sets(st.integers(14, 24), min_size=1, max_size=5))):
        strike = step * 5.0
        for kind, sign in (("put", -1), ("call", 1)):
            if draw(st.integers(0, 5)) == 0:
                continue
            distance = sign * (100.0 - strike)
            bid = max(0.0, distance) + 5.0 / (1.0 + abs(distance) / 6.0) + draw(st.integers(-8, 8)) / 4.0
            bid = max(0.05, round(bid, 2))
            rows.append((kind, strike, bid, round(bid * 1.02 + draw(st.integers(1, 10)) / 100.0, 2)))
    return rows


PROBLEM = {
    "rows": quoted(),
    "shares": st.sampled_from([40, 100, 150, 200, 250, 300, 330]),
    "floor": st.integers(70, 100),
    "rate": st.sampled_from([0.0, 0.0375, 0.0375, 0.4, -0.05]),
    "fee": st.sampled_from([0.0, 0.65, 0.655]),
    "min_cap": st.sampled_from([None, 1.0, 1.05]),
}
SETTINGS = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def made_problem(make_chain, rows, floor, **terms):
    assume(rows)
    try:
        return make_problem(make_chain(rows), expiry=EXPIRY, floor=floor / 100, div_yield=0.0, **terms)
    except DataError:
        assume(False)


@SETTINGS
@given(**PROBLEM)
def test_cost_by_leg_count_equals_brute_force_to_the_last_unit(make_chain, rows, floor, **terms):
    problem = made_problem(make_chain, rows, floor, **terms)
    truth = EveryTicket(problem).cheapest(problem.target)
    _, by_legs, _ = HedgeSearch(problem).cheapest(max_legs=3)
    for count, ticket in enumerate(by_legs, start=1):
        best = next((found for found in truth if len(found.legs) <= count), None)
        assert (None if ticket is None else ticket.cost) == (None if best is None else best.cost)
        if ticket is not None:
            assert (len(ticket.legs), sum(abs(leg.contracts) for leg in ticket.legs), ticket.floor) == (
                len(best.legs), sum(best.contracts), best.floor,
            )  # fmt: skip


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(**{**PROBLEM, "shares": st.sampled_from([40, 150, 199, 250, 301]), "min_cap": st.none()})
def test_four_legs_of_an_odd_lot_equal_brute_force(make_chain, rows, floor, **terms):
    """Puts alone, where the shares beyond the last full hundred are what the search splits into cases."""
    problem = made_problem(make_chain, rows, floor, **terms)
    truth = EveryTicket(problem, max_legs=4).cheapest(problem.target)
    _, by_legs, _ = HedgeSearch(problem).cheapest(max_legs=4)
    for count, ticket in enumerate(by_legs, start=1):
        best = next((found for found in truth if len(found.legs) <= count), None)
        assert (None if ticket is None else ticket.cost) == (None if best is None else best.cost)


@SETTINGS
@given(keep=st.integers(1, 6), **PROBLEM)
def test_runners_up_are_the_next_best_sets_that_are_not_supersets(make_chain, keep, rows, floor, **terms):
    problem = made_problem(make_chain, rows, floor, **terms)
    wanted = []
    for found in EveryTicket(problem).cheapest(problem.target):
        if not any(set(better.legs) <= set(found.legs) for better in wanted):
            wanted.append(found)
    if wanted:
        most = wanted[0].cost + RUNNER_MARGIN * problem.value
        wanted = [found for found in wanted if found.cost <= most][:keep]
    tickets, _, _ = HedgeSearch(problem).cheapest(max_legs=3, keep=keep)
    assert [(ticket.cost, ticket.floor) for ticket in tickets] == [(found.cost, found.floor) for found in wanted]


@SETTINGS
@given(budget=st.none() | st.integers(-300, 3000), **PROBLEM)
def test_highest_floor_equals_brute_force(make_chain, budget, rows, floor, **terms):
    problem = made_problem(make_chain, rows, floor, **terms)
    truth = EveryTicket(problem).highest_floor(budget)
    found = HedgeSearch(problem).highest_floor(budget_usd=budget)
    if truth is None:
        assert found is None
    else:
        # the search stops a hundredth of a unit of money short, and a unit is at most a cent here
        assert float(truth - found.floor) <= 0.0002
        assert found.floor <= truth
        assert budget is None or found.cost <= budget


@SETTINGS
@given(until=st.sampled_from([5.0, 72.5, 85.0, 99.0]), **PROBLEM)
def test_a_floor_down_to_a_level_equals_brute_force(make_chain, until, rows, floor, **terms):
    problem = made_problem(make_chain, rows, floor, **terms)
    truth = EveryTicket(problem, until=until).cheapest(problem.target)
    tickets, _, _ = HedgeSearch(problem, until=until).cheapest(max_legs=3)
    assert [ticket.cost for ticket in tickets] == [found.cost for found in truth[:1]]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(**PROBLEM)
def test_the_answer_is_the_cheapest_when_every_leg_must_save_its_keep(make_chain, rows, floor, **terms):
    problem = made_problem(make_chain, rows, floor, **terms)
    charge = max(25, problem.value / 10_000)
    truth = EveryTicket(problem).cheapest(problem.target)
    answer = optimise(problem)
    assert answer.status == ("optimal" if truth else "infeasible")
    if truth:
        assert answer.best.cost + charge * len(answer.best.legs) == min(t.cost + charge * len(t.legs) for t in truth)
        assert answer.next_point_usd is None or answer.next_point_usd >= -1e-9 or len(answer.legs) > 1
    else:
        assert answer.legs == ()
        assert answer.highest is None or answer.highest.floor < problem.target


def test_a_further_leg_is_taken_only_when_it_saves_its_keep(make_chain):
    rows = [("put", 90.0, 1.50, 1.58), ("put", 95.0, 2.40, 2.50), ("put", 100.0, 4.10, 4.22)]
    problem = make_problem(make_chain(rows), shares=1000, expiry=EXPIRY, floor=0.9, rate=0.04, div_yield=0.0)
    _, by_legs, _ = HedgeSearch(problem).cheapest(max_legs=3)
    one, two = by_legs[0], by_legs[1]
    assert two.cost < one.cost
    assert preferred(problem, by_legs).cost == (two if one.cost - two.cost >= 25 else one).cost


@pytest.mark.parametrize("rate", [0.0, 0.05])
def test_a_floor_kept_to_the_last_cent_counts_as_kept(make_chain, rate):
    """A floor equal to what a ticket keeps is feasible; one cent more is not."""
    rows = [("put", 95.0, 2.40, 2.50)]
    chain = make_chain(rows)
    problem = make_problem(chain, shares=100, expiry=EXPIRY, floor=0.9, rate=rate, div_yield=0.0)
    highest = HedgeSearch(problem).highest_floor(max_legs=1)
    search = HedgeSearch(problem)
    assert search.cheapest(floor=highest.floor / problem.value, max_legs=1)[0][0].legs == highest.legs
    assert search.cheapest(floor=(highest.floor + exact(0.01)) / problem.value, max_legs=1)[0] == []
