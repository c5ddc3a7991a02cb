import itertools
import json
from datetime import date

import pytest

from hedgekit.errors import InfeasibleError, InputError
from hedgekit.hedges import compare
from hedgekit.hedges.frontier import frontier
from hedgekit.payoff import expiry_wealth

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
TERMS = {"shares": 1000, "rate": 0.04, "dividends": 0.01, "expiry": date(2026, 9, 18)}


@pytest.fixture(scope="module")
def result(make_chain):
    return frontier(make_chain(ROWS), floors=(0.80, 0.98), points=10, **TERMS)


def test_every_point_is_the_ticket_that_hedge_recommends(make_chain, result):
    for point in result.points:
        terms = {**TERMS, "floor": point.floor, "min_cap": point.min_cap}
        best = compare(make_chain(ROWS), **terms).optimum.best
        assert (point.ticket is None) == (best is None)
        if best is not None:
            assert point.ticket.legs == best.legs
            assert point.ticket.floor_pct >= 100 * point.floor - 1e-9


def test_more_floor_never_costs_less(result):
    for cap in (None, 1.10, 1.05):
        costs = [p.ticket.cost for p in result.points if p.min_cap == cap and p.ticket is not None]
        # a further leg is not taken when it saves less than $25, so costs may fall by that
        assert all(later >= earlier - 50 for earlier, later in itertools.pairwise(costs))


def test_the_hedge_is_worth_more_than_holding_less_exactly_where_it_is_said(result):
    for point in result.points:
        if point.ticket is None:
            continue
        sold = point.less.same_delta_sold
        assert sold == pytest.approx(1000 * (1 - point.delta_per_share), abs=1)
        wealth = expiry_wealth(1000, point.ticket.legs)
        paid = point.ticket.cost_usd
        paid = paid * 2.718281828459045 ** (0.04 * result.problem.t_years) if paid > 0 else paid
        for spot in range(1, 200, 3):
            better = float(wealth.at(float(spot))) - paid - ((1000 - sold) * spot + sold * 100.0)
            inside = any(low < spot and (high is None or spot < high) for low, high in point.less.hedge_better)
            if abs(better) > 1:
                assert inside == (better > 0), (point, spot)


def test_a_dominated_point_has_one_that_is_better(result):
    known = [p for p in result.points if p.ticket is not None]
    for point in known:
        if point.dominated:
            assert any(
                p.ticket.cost <= point.ticket.cost and p.ticket.floor >= point.ticket.floor
                for p in known if p is not point
            )  # fmt: skip


def test_json_and_rows_hold_every_point(result):
    answer = json.loads(result.to_json())
    assert answer["schema"] == "hedgekit.frontier/1" and len(answer["points"]) == 30
    assert {"floor", "min_cap", "status", "legs", "cost_usd", "cost_annualised_pct", "floor_pct", "cap_pct", "holding_less"} <= set(answer["points"][0])  # fmt: skip
    assert [row["floor"] for row in result.records()] == [p["floor"] for p in answer["points"]]
    assert len({tuple(row) for row in result.records()}) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"floors": (0.9, 0.8)}, "--floors"),
        ({"floors": (0.0, 0.8)}, "--floors"),
        ({"points": 0}, "--points 0"),
        ({"points": 1000}, "--points 1000"),
        ({"caps": (0.5,)}, "--min-cap 0.5"),
        ({"max_legs": 9}, "--max-legs 9"),
    ],
)
def test_bad_arguments_are_named(make_chain, changes, message):
    with pytest.raises(InputError, match=message):
        frontier(make_chain(ROWS), **{**TERMS, **changes})


def test_a_frontier_without_a_ticket_is_infeasible(make_chain):
    with pytest.raises(InfeasibleError, match="no option hedge"):
        frontier(make_chain(ROWS), floors=(0.999, 0.9999), points=2, caps=(None,), **TERMS).require()
