from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from hedgekit.errors import ConvergenceError, InputError
from hedgekit.hedges.optimum import HedgeSearch, optimise
from hedgekit.hedges.problem import make_problem
from hedgekit.hedges.tickets import candidate_legs
from hedgekit.payoff import exact

ROWS = [
    ("put", 70.0, 0.20, 0.24),
    ("put", 80.0, 0.60, 0.66),
    ("put", 90.0, 1.50, 1.58),
    ("put", 95.0, 2.40, 2.50),
    ("put", 100.0, 4.10, 4.22),
    ("put", 105.0, 6.90, 7.05),
    ("call", 95.0, 7.60, 7.75),
    ("call", 100.0, 4.80, 4.92),
    ("call", 105.0, 2.60, 2.70),
    ("call", 110.0, 1.20, 1.28),
    ("call", 115.0, 0.55, 0.60),
]


@pytest.fixture
def problem(make_chain):
    def make(rows=ROWS, *, size=50.0, spot=100.0, **terms):
        given = {"shares": 1000, "floor": 0.92, "rate": 0.04, "div_yield": 0.01, "expiry": date(2026, 9, 18), **terms}
        return make_problem(make_chain(rows, size=size, spot=spot), **given)

    return make


def kinds(answer):
    return {(leg.option.kind, leg.contracts > 0) for leg in answer.legs}


def test_no_call_is_touched_unless_the_cap_is_named(problem):
    assert all(leg.option.kind == "put" for leg in candidate_legs(problem()))
    assert ("call", False) not in kinds(optimise(problem()))
    assert ("call", False) in kinds(optimise(problem(min_cap=1.05)))


def test_strikes_keep_their_side_of_spot_and_cap(problem):
    legs = candidate_legs(problem(min_cap=1.05))
    sides = {}
    for leg in legs:
        sides.setdefault((leg.option.kind, leg.side), []).append(leg.option.strike)
    assert sides["put", 1] == [70, 80, 90, 95, 100, 105]
    assert sides["put", -1] == [70, 80, 90, 95]
    assert sides["call", 1] == [100, 105, 110, 115]
    assert sides["call", -1] == [105, 110, 115]


def test_the_cap_is_a_decimal_number(problem):
    """1.1 x 100 is 110.00000000000001 in doubles: the 110 call is at the cap all the same."""
    sold = [leg.option.strike for leg in candidate_legs(problem(min_cap=1.10)) if leg.option.sign > 0 and leg.side < 0]
    assert sold == [110.0, 115.0]


def test_calls_sold_are_covered_and_reported_as_the_cap(problem):
    answer = optimise(problem(shares=1050, min_cap=1.05))
    assert -sum(leg.contracts for leg in answer.legs if leg.option.kind == "call") <= 10
    assert answer.best.cap_pct is None  # fifty shares are not capped
    assert optimise(problem(min_cap=1.05)).best.cap_pct < 110


def test_counts_stay_within_displayed_size_when_asked(problem):
    small = problem(size=4.0)
    assert max(abs(leg.contracts) for leg in optimise(small).legs) > 4
    within = optimise(small, counts_within_display=True)
    assert max(abs(leg.contracts) for leg in within.legs) <= 4
    assert within.cost_usd >= optimise(small).cost_usd


def test_unknown_display_does_not_limit(problem):
    unknown = problem(size=float("nan"))
    assert optimise(unknown, counts_within_display=True).legs == optimise(unknown).legs


def test_nothing_displayed_is_not_traded(problem):
    assert candidate_legs(problem(size=0.0), within_display=True) == []


def test_infeasible_names_the_highest_floor_that_can_be_had(problem):
    answer = optimise(problem(floor=0.999))
    assert (answer.status, answer.legs, answer.cost_usd, answer.next_point_usd) == ("infeasible", (), None, None)
    nearest = answer.highest.floor_pct / 100
    assert optimise(problem(floor=round(nearest - 0.0001, 6))).status == "optimal"
    assert optimise(problem(floor=round(nearest + 0.0001, 6))).status == "infeasible"


def test_next_point_is_the_difference_of_two_answers(problem):
    answer, dearer = optimise(problem(floor=0.92)), optimise(problem(floor=0.93))
    assert answer.next_point_usd == pytest.approx(dearer.cost_usd - answer.cost_usd, abs=1e-9)


def test_cost_never_rises_with_more_legs_and_runners_up_never_beat_it(problem):
    answer = optimise(problem(shares=1730, min_cap=1.05), max_legs=4)
    costs = [cost for cost in answer.cost_by_legs.values() if cost is not None]
    assert costs == sorted(costs, reverse=True)
    assert all(ticket.cost_usd >= costs[-1] for ticket in answer.runners_up)
    assert len({frozenset(str(leg.option) for leg in t.legs) for t in (answer.best, *answer.runners_up)}) == 1 + len(
        answer.runners_up
    )


def test_the_same_question_has_the_same_answer(problem):
    one, two = (optimise(problem(shares=1730, min_cap=1.05)) for _ in range(2))
    assert one.legs == two.legs
    assert one.runners_up == two.runners_up
    assert one.work == two.work


def test_odd_lots_are_covered(problem):
    answer = optimise(problem(shares=60, floor=0.8))
    assert answer.status == "optimal"
    assert sum(leg.contracts for leg in answer.legs) == 1


@pytest.mark.parametrize("shares", [250, 1733])
def test_floors_searched_in_a_row_have_the_answers_of_fresh_searches(problem, shares):
    """An odd lot is searched in cases that follow the floor: nothing learnt for one floor may mislead the next."""
    asked = problem(shares=shares)
    floors = [exact(percent / 100) for percent in (75, 92, 91, 60, 84, 87)]
    one = HedgeSearch(asked)
    fresh = [HedgeSearch(asked).cheapest(floor=floor, max_legs=4, keep=3)[:2] for floor in floors]
    assert [one.cheapest(floor=floor, max_legs=4, keep=3)[:2] for floor in floors] == fresh


def test_until_is_weaker_and_cheaper(problem):
    whole, partly = optimise(problem()), optimise(problem(), until=80.0)
    assert partly.cost_usd < whole.cost_usd
    assert ("put", False) in kinds(partly)
    assert partly.best.floor >= exact(0.92) * 100_000


def test_premiums_with_many_decimals_still_keep_the_floor(problem):
    rows = [(kind, strike, bid + 1e-13 / 3, ask + 1e-13 / 7) for kind, strike, bid, ask in ROWS]
    answer = optimise(problem(rows))
    assert answer.best.floor >= exact(0.92) * 100_000
    assert answer.cost_usd == pytest.approx(optimise(problem()).cost_usd, abs=0.01)


def test_a_large_position_is_searched_as_well(problem):
    answer = optimise(problem(shares=1_234_567))
    assert answer.status == "optimal"
    assert answer.best.floor >= exact(0.92) * 123_456_700


def test_a_position_past_counting_is_refused(problem):
    with pytest.raises(InputError, match="split the position"):
        optimise(problem(shares=10**17))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"max_legs": 0}, "--max-legs 0"),
        ({"max_legs": 7}, "--max-legs 7"),
        ({"until": 100.0}, "--until 100"),
        ({"until": -1.0}, "--until -1"),
    ],
)
def test_bad_arguments_are_named(problem, changes, message):
    with pytest.raises(InputError, match=message):
        optimise(problem(), **changes)


def test_a_ticket_that_misses_the_floor_is_never_passed_on(problem):
    search = HedgeSearch(problem())
    legs = [candidate_legs(problem())[0].leg(10)]
    with pytest.raises(ConvergenceError, match="misses the floor"):
        search.ticket(legs, target=problem().target)


def test_json_is_the_contract(problem):
    answer = optimise(problem(), max_legs=2)
    row = answer.to_dict()
    assert {
        "legs",
        "cost_usd",
        "floor_usd",
        "cap_pct",
        "status",
        "seconds",
        "runners_up",
        "cost_by_legs",
        "next_point_usd",
    } <= set(row)
    assert row["legs"][0].keys() == {"symbol", "contracts", "premium"}
    assert list(row["cost_by_legs"]) == ["1", "2"]
    assert optimise(problem(floor=0.999)).to_dict()["highest_floor"]["floor_usd"] < 99_900


def test_flagged_quotes_never_reach_the_ticket(problem, make_chain):
    chain = make_chain(ROWS)
    flags = np.zeros(len(ROWS), dtype=np.int64)
    flags[3] = 1
    terms = {"shares": 1000, "expiry": date(2026, 9, 18), "floor": 0.92, "rate": 0.04, "div_yield": 0.0}
    answer = optimise(make_problem(replace(chain, flags=flags), **terms))
    assert 95.0 not in [leg.option.strike for leg in answer.legs]


def test_a_stopped_search_is_proven_for_the_legs_it_finished(problem):
    """The ticket of up to two legs is the very one of a search for two."""

    def stop_at_three(legs, done):
        assert 0 < done <= 1
        return legs < 3

    stopped, whole = optimise(problem(), max_legs=4, watch=stop_at_three), optimise(problem(), max_legs=2)
    assert (stopped.max_legs, stopped.legs_asked) == (2, 4)
    assert stopped.best == whole.best and stopped.by_legs == whole.by_legs
    assert stopped.runners_up == whole.runners_up
    assert optimise(problem(), max_legs=4, watch=lambda legs, done: True).best == optimise(problem(), max_legs=4).best


def test_a_stopped_search_is_said(make_chain):
    from hedgekit.hedges import compare

    chain = make_chain(ROWS)
    terms = {"shares": 1000, "floor": 0.92, "rate": 0.04, "dividends": 0.01, "expiry": date(2026, 9, 18)}
    result = compare(chain, max_legs=5, watch=lambda legs, done: legs < 4, details=False, **terms)
    message = {note.slug: note.message for note in result.warnings}["search_stopped"]
    assert "the search for 5 legs was stopped" in message and "proven for up to 3" in message
    assert result.require().meets_goal
