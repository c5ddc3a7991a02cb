"""Certificates against brute force, and against every way of bending them that a checker must notice."""

import copy
import json
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from hedgekit.errors import DataError
from hedgekit.hedges.certificate import certify, verify

sys.path.insert(0, str(Path(__file__).parent))
from every_ticket import EveryTicket
from hedge_programme import made_problem, made_rows
from test_optimum_brute_force import PROBLEM
from test_optimum_brute_force import made_problem as small_problem

EXPIRY = date(2026, 9, 18)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(**PROBLEM)
def test_what_a_certificate_proves_is_the_brute_force_answer(make_chain, rows, floor, **terms):
    problem = small_problem(make_chain, rows, floor, **terms)
    truth = EveryTicket(problem).cheapest(problem.target)
    proven = verify(json.loads(json.dumps(certify(problem))), problem)
    assert proven.status == ("optimal" if truth else "infeasible")
    assert proven.cost_usd == (float(truth[0].cost) if truth else None)


@pytest.fixture(scope="module")
def problem():
    return made_problem(made_rows(2.5, 75, 120), shares=733, floor=0.92, expiry=EXPIRY, min_cap=1.05)


@pytest.fixture(scope="module")
def certificate(problem):
    return certify(problem)


def test_a_certificate_of_a_full_chain_is_proven(problem, certificate):
    proven = verify(certificate, problem)
    legs = len(certificate["legs"])
    assert proven.sets == legs + legs * (legs - 1) // 2 + legs * (legs - 1) * (legs - 2) // 6
    assert proven.cost_usd == certificate["cost"] / certificate["units_per_dollar"]


def cheaper_claim(made):
    made["cost"] -= 1


def dearer_claim(made):
    """A dearer ticket that keeps the floor is not the cheapest."""
    made["ticket"]["contracts"][0] += 1
    made["cost"] += made["legs"][made["ticket"]["legs"][0]]["cost"]


def infeasible_claim(made):
    made["ticket"] = made["cost"] = None


def fewer_multipliers(made):
    made["proofs"][0]["multipliers"] = made["proofs"][0]["multipliers"][:-3]


def larger_weights(made):
    for multipliers in made["proofs"][0]["multipliers"]:
        for row in multipliers["rows"]:
            row[2] *= 2


def negative_weight(made):
    made["proofs"][0]["multipliers"][0]["rows"][0][2] *= -1


def fractional_weight(made):
    made["proofs"][0]["multipliers"][0]["rows"][0][2] += 0.5


def no_trees(made):
    assert made["proofs"][0]["sets"]
    made["proofs"][0]["sets"] = []


def pretended_points(made):
    for entry in made["proofs"][0]["sets"]:
        entry["proof"] = {"point": True}


def split_outside(made):
    for entry in made["proofs"][0]["sets"]:
        entry["proof"] = {"split": 0, "at": 0, "below": {"point": True}, "above": entry["proof"]}


def row_below_the_lowest_spot(made):
    made["proofs"][0]["multipliers"][0]["rows"].append([0, -100, 1 << 40])


def unknown_row(made):
    made["proofs"][0]["multipliers"][0]["rows"].append([9, 0, 1])


def shrinking_debit(made):
    made["growth"][0] //= 2


def other_schema(made):
    made["schema"] = "hedgekit.certificate/2"


def missing_number(made):
    del made["most_puts"]


BENT = [
    cheaper_claim, dearer_claim, infeasible_claim, fewer_multipliers, larger_weights, negative_weight,
    fractional_weight, no_trees, pretended_points, split_outside, row_below_the_lowest_spot, unknown_row,
    shrinking_debit, other_schema, missing_number,
]  # fmt: skip


@pytest.mark.parametrize("bend", BENT, ids=lambda bend: bend.__name__)
def test_a_bent_certificate_is_refused(certificate, bend):
    made = copy.deepcopy(certificate)
    bend(made)
    with pytest.raises(DataError, match="certificate"):
        verify(made)


@pytest.mark.parametrize("name", ["cost", "limit", "strike"])
def test_legs_of_another_chain_are_refused(problem, certificate, name):
    made = copy.deepcopy(certificate)
    made["legs"][0][name] += 1
    with pytest.raises(DataError, match="legs is not that of"):
        verify(made, problem)


def test_a_certificate_of_another_goal_is_refused(certificate):
    other = made_problem(made_rows(2.5, 75, 120), shares=733, floor=0.93, expiry=EXPIRY, min_cap=1.05)
    with pytest.raises(DataError, match="target is not that"):
        verify(certificate, other)


def test_a_shrinking_debit_needs_two_proofs_each_with_its_own_rows():
    shrinking = made_problem(made_rows(5, 75, 120), shares=300, floor=0.9, expiry=EXPIRY, rate=-0.01, min_cap=1.05)
    made = certify(shrinking)
    assert [proof["rows"] for proof in made["proofs"]] == ["growth", "plain"]
    assert verify(made, shrinking).status == "optimal"
    one = {**made, "proofs": made["proofs"][:1]}
    with pytest.raises(DataError, match="needs a proof for each of these rows: growth, plain"):
        verify(one)
    swapped = {**made, "proofs": [{**made["proofs"][1], "rows": "growth"}, {**made["proofs"][0], "rows": "plain"}]}
    with pytest.raises(DataError, match="uses a row of the other kind"):
        verify(swapped)


def test_a_recommended_ticket_is_measured_too(problem):
    from hedgekit.hedges.optimum import optimise

    best = optimise(problem).best
    made = certify(problem, recommended=best.legs)
    assert verify(made, problem).recommended_usd == best.cost_usd
    made["recommended"]["contracts"][0] += 40
    with pytest.raises(DataError, match="recommended ticket breaks"):
        verify(made, problem)
