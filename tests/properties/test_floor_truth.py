"""Promised floors against an outside sum over spots, on random made chains."""

import importlib
import math
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hedgekit.errors import DataError
from hedgekit.hedges import CANDIDATES
from hedgekit.hedges.problem import make_problem

EXPIRY = date(2026, 9, 18)
cents = st.integers(1, 40)


@st.composite
def quoted(draw):
    """Strikes around 100 with puts and calls whose prices fall away from the money, in cents."""
    strikes = sorted(draw(st.sets(st.integers(10, 32), min_size=3, max_size=10)))
    rows = []
    for step in strikes:
        strike = step * 5.0
        for kind in ("put", "call"):
            sign = 1 if kind == "call" else -1
            intrinsic = max(0.0, sign * (100.0 - strike))
            bid = round(intrinsic + draw(cents) * 10 / (1 + abs(strike - 100.0)) + 0.01, 2)
            rows.append((kind, strike, bid, round(bid + draw(cents) / 100, 2)))
    return rows


def outside_wealth(problem, candidate, spot):
    """The wealth line of the public contract, from the printed legs alone."""
    options = sum(
        leg.contracts * 100 * max(0.0, leg.option.sign * (spot - leg.option.strike)) for leg in candidate.legs
    )
    cost = sum(leg.contracts * 100 * leg.premium for leg in candidate.legs)
    cost += problem.fee * sum(abs(leg.contracts) for leg in candidate.legs)
    carried = cost * math.exp(problem.rate * problem.t_years) if cost > 0 else cost
    cash = (candidate.shares_sold or 0) * problem.spot
    return candidate.shares * spot + cash + options - carried


@pytest.mark.parametrize("name", CANDIDATES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=quoted(),
    shares=st.integers(1, 730),
    floor=st.integers(60, 99),
    rate=st.sampled_from([0.0, 0.0375, 0.08]),
    fee=st.sampled_from([0.0, 0.65]),
    min_cap=st.sampled_from([None, 1.0, 1.05]),
)
def test_floor_is_the_least_wealth_over_every_spot(make_chain, name, rows, shares, floor, rate, fee, min_cap):
    try:
        problem = make_problem(
            make_chain(rows), shares=shares, expiry=EXPIRY, floor=floor / 100, rate=rate, div_yield=0.0, fee=fee,
            min_cap=min_cap,
        )  # fmt: skip
    except DataError:
        assume(False)
    module, function = CANDIDATES[name].split(":")
    candidate = getattr(importlib.import_module(module), function)(problem)
    assume(candidate is not None)
    strikes = sorted(float(leg.option.strike) for leg in candidate.legs)
    spots = [0.0, *strikes, *np.linspace(0.0, 250.0, 251), 1e4, 1e6]
    least = min(outside_wealth(problem, candidate, spot) for spot in spots)
    assert candidate.floor_usd == pytest.approx(least, abs=0.005)
    promised = candidate.stop_level is None and least >= problem.target_usd - 0.005
    if candidate.meets_goal:
        assert promised
    elif promised:
        assert least < problem.target_usd + 0.005
    for spot in spots:
        if candidate.holds_from_spot is not None and spot > candidate.holds_from_spot:
            assert outside_wealth(problem, candidate, spot) >= problem.target_usd - 0.005
    if candidate.cap_pct is not None:
        most = max(
            outside_wealth(problem, candidate, spot) for spot in [problem.spot, *(s for s in spots if s > problem.spot)]
        )
        assert candidate.cap_pct == pytest.approx(100 * most / problem.value_usd, abs=1e-6)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=quoted(), shares=st.integers(1, 430), floor=st.integers(60, 99), rate=st.sampled_from([0.0, 0.05]))
def test_put_is_the_cheapest_of_all_that_hold(make_chain, rows, shares, floor, rate):
    from hedgekit.hedges.put import build

    try:
        problem = make_problem(
            make_chain(rows), shares=shares, expiry=EXPIRY, floor=floor / 100, rate=rate, div_yield=0.0
        )
    except DataError:
        assume(False)
    candidate = build(problem)
    costs = []
    for row in range(len(problem.puts)):
        for n in range(1, math.ceil(shares / 100) + 1):
            cost = n * (100 * float(problem.puts.ask[row]) + problem.fee)
            strike = float(problem.puts.strike[row])
            carried = cost * math.exp(rate * problem.t_years)
            if min(100 * n * strike, shares * strike) - carried >= problem.target_usd:
                costs.append(cost)
    assert candidate.meets_goal == bool(costs)
    if costs:
        assert candidate.cost_usd == pytest.approx(min(costs), abs=0.005)
