from datetime import date

import pytest

from hedgekit.errors import InfeasibleError, InputError
from hedgekit.hedges import compare
from hedgekit.hedges.goal import Goal, choose_goal

ROWS = [
    ("put", 70.0, 0.20, 0.24),
    ("put", 80.0, 0.60, 0.66),
    ("put", 90.0, 1.50, 1.58),
    ("put", 95.0, 2.40, 2.50),
    ("put", 100.0, 4.10, 4.22),
    ("put", 105.0, 6.90, 7.05),
    ("call", 100.0, 4.80, 4.92),
    ("call", 105.0, 2.60, 2.70),
    ("call", 110.0, 1.20, 1.28),
    ("call", 115.0, 0.55, 0.60),
]
TERMS = {"shares": 1000, "rate": 0.04, "dividends": 0.01, "expiry": date(2026, 9, 18), "details": False}


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({}, "floor"),
        ({"floor": 0.9}, "floor"),
        ({"budget": 0.01}, "budget"),
        ({"budget": 0.01, "min_cap": 1.1}, "budget"),
        ({"budget": 0.01, "min_cap": 1.1, "floor": 0.95}, "cap"),
        ({"zero_cost": True, "floor": 0.95}, "cap"),
        ({"delta_target": 0.5}, "delta"),
    ],
)
def test_arguments_name_one_goal(asked, kind):
    assert choose_goal(spot=100.0, **asked).kind == kind


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"floor": 0.9, "budget": 0.01}, "--floor and --budget are two goals.*--min-cap"),
        ({"budget": 0.01, "zero_cost": True}, "--budget and --zero-cost are two goals"),
        ({"zero_cost": True, "delta_target": 0.5}, "--zero-cost and --delta-target are two goals"),
        ({"floor": 0.9, "delta_target": 0.5}, "--floor and --delta-target"),
        ({"delta_target": 0.5, "until": 80}, "--until weakens a floor"),
        ({"until": 100.0}, "below the spot"),
        ({"until": -1.0}, "below the spot"),
        ({"until": float("nan")}, "--until nan"),
        ({"budget": 1.0}, "--budget 1"),
        ({"budget": 2.5}, r"did you mean 0.025\?"),
        ({"budget": -0.1}, "--budget -0.1"),
        ({"budget": float("nan")}, "--budget nan"),
        ({"delta_target": 1.0}, "--delta-target 1"),
        ({"floor": 95.0}, r"did you mean 0.95\?"),
    ],
)
def test_goals_that_exclude_each_other_or_are_out_of_range_are_named(asked, message):
    with pytest.raises(InputError, match=message):
        choose_goal(spot=100.0, **asked)


def test_a_level_below_one_is_a_fraction_of_the_spot():
    assert choose_goal(spot=290.15, until=0.75).until == pytest.approx(217.6125)
    assert choose_goal(spot=290.15, until=220).until == 220


def test_a_goal_checks_itself():
    with pytest.raises(InputError, match="--measure"):
        Goal(measure="made up")
    with pytest.raises(InputError, match="--cvar"):
        Goal(cvar=1.5)


def test_a_budget_is_kept_and_its_floor_is_true(make_chain):
    result = compare(make_chain(ROWS), budget=0.02, **TERMS)
    chosen = result.require()
    assert chosen.cost_usd <= 2000 and not any(leg.option.kind == "call" for leg in chosen.legs)
    puts = [row for row in result.candidates if row.legs and all(leg.option.kind == "put" for leg in row.legs)]
    assert chosen.floor_usd == max(row.floor_usd for row in puts)
    answer = result.to_dict()
    assert answer["inputs"]["goal"]["budget"] == 0.02 and answer["inputs"]["floor"] is None
    assert answer["optimum"]["floor_by_legs"]["1"] <= answer["optimum"]["floor_by_legs"]["3"]


def test_zero_cost_costs_nothing_under_the_highest_cap(make_chain):
    result = compare(make_chain(ROWS), zero_cost=True, floor=0.9, **TERMS)
    chosen = result.require()
    assert chosen.cost_usd <= 0 and chosen.floor_pct >= 90
    dearer = compare(make_chain(ROWS), floor=0.9, min_cap=result.problem.cap + 0.01, **TERMS)
    assert dearer.optimum.cost_usd > 0


def test_money_that_pays_for_the_floor_alone_sells_no_call(make_chain):
    result = compare(make_chain(ROWS), budget=0.2, floor=0.9, min_cap=1.05, **TERMS)
    assert not any(leg.option.kind == "call" for leg in result.require().legs)
    assert "no call has to be sold" in result.why


def test_a_cap_lets_calls_pay_for_a_higher_floor(make_chain):
    alone = compare(make_chain(ROWS), budget=0.01, **TERMS)
    capped = compare(make_chain(ROWS), budget=0.01, min_cap=1.05, **TERMS)
    assert capped.require().cost_usd <= 1000 and capped.require().floor_usd > alone.require().floor_usd
    assert min(leg.option.strike for leg in capped.require().legs if leg.option.kind == "call") >= 105
    assert "calls are sold from 105%" in capped.why


def test_a_level_makes_the_goal_weaker_and_cheaper_and_says_what_lies_below(make_chain):
    chain = make_chain(ROWS)
    weaker, full = compare(chain, floor=0.92, until=75, **TERMS), compare(chain, floor=0.92, **TERMS)
    chosen = weaker.require()
    assert chosen.cost_usd < full.require().cost_usd
    assert chosen.floor_until_usd >= 92_000 > chosen.floor_usd
    assert chosen.meets_goal and chosen.holds_from_spot <= 75
    assert "down to 75" in weaker.why
    assert "floor_until_usd" in weaker.to_dict()["candidates"][0]


def test_a_delta_is_reached_at_the_least_cost(make_chain):
    result = compare(make_chain(ROWS), delta_target=0.6, **TERMS)
    chosen = result.require()
    assert chosen.greeks["delta_shares"] <= 600.5
    assert result.optimum is None and result.to_dict()["optimum"] is None
    with pytest.raises(InfeasibleError, match="delta down to"):
        compare(make_chain(ROWS[:2]), delta_target=0.1, **TERMS).require()


def test_money_that_buys_nothing_is_said(make_chain):
    with pytest.raises(InfeasibleError, match=r"for \$1: raise --budget"):
        compare(make_chain(ROWS), budget=0.00001, **TERMS).require()


def test_a_cap_that_cannot_be_paid_for_names_the_least_cost(make_chain):
    with pytest.raises(InfeasibleError, match=r"the least it costs is \$.*nearest feasible floor"):
        compare(make_chain(ROWS), zero_cost=True, floor=0.97, min_cap=1.10, **TERMS).require()
