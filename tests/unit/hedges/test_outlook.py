"""What a hedge gives up and leaves in the tail, against sums over made histories."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from hedgekit.distributions import historical, lognormal
from hedgekit.errors import DataError, InputError
from hedgekit.hedges import compare
from hedgekit.hedges.goal import Goal
from hedgekit.hedges.outlook import outlook, wealth_of
from hedgekit.hedges.problem import make_problem
from hedgekit.hedges.put import build as build_put
from hedgekit.model import PriceHistory
from hedgekit.payoff import carried

ROWS = [
    (kind, float(strike), bid, round(bid * 1.02 + 0.02, 2))
    for strike in range(70, 131, 5)
    for kind, sign in (("put", -1), ("call", 1))
    for bid in [round(max(sign * (100.0 - strike), 0.0) + 4.5 * np.exp(-((strike - 100) ** 2) / 500), 2)]
]
TERMS = {"shares": 1000, "rate": 0.04, "dividends": 0.01, "expiry": date(2026, 9, 18)}


def history(ticker="IWM", days=1500, seed=5, last="2026-06-16"):
    """Made daily closes."""
    returns = np.random.default_rng(seed).normal(0.0003, 0.013, days)
    close = 100.0 * np.exp(np.cumsum(returns))[:, None]
    dates = np.arange(np.datetime64(last) - days + 1, np.datetime64(last) + 1)
    return PriceHistory(tickers=(ticker,), dates=dates, close=close, total_return=close, source="made")


@pytest.fixture(scope="module")
def problem(make_chain):
    return make_problem(make_chain(ROWS), shares=1000, expiry=date(2026, 9, 18), floor=0.9, rate=0.04, div_yield=0.01)


def test_expected_cost_and_tail_are_sums_over_the_outcomes(problem):
    spots = historical(100.0, np.random.default_rng(1).normal(0.0, 0.02, 4000), 60)
    put = build_put(problem)
    seen = outlook(problem, wealth_of(problem, put), spots)
    leg = put.legs[0]
    paid = carried(put.cost_usd, 0.04, problem.t_years)
    wealth = 1000 * spots.spots + 100 * leg.contracts * np.maximum(leg.option.strike - spots.spots, 0) - paid
    assert seen.expected_cost_usd == pytest.approx(1000 * spots.spots.mean() - wealth.mean(), abs=1e-6)
    worst = np.sort(wealth)[: round(0.05 * len(wealth))]
    assert seen.cvar_loss_usd == pytest.approx(100_000 - worst.mean(), abs=100)  # the edge outcome counts in part
    assert seen.cvar_loss_pct == pytest.approx(seen.cvar_loss_usd / 1000)


def test_a_hedge_never_loses_more_in_the_tail_than_its_floor(problem):
    for vol in (0.1, 0.3, 0.9):
        spots = lognormal(100.0, problem.t_years, 0.04, 0.01, vol)
        put = build_put(problem)
        seen = outlook(problem, wealth_of(problem, put), spots)
        assert seen.cvar_loss_usd <= 100_000 - put.floor_usd + 1e-6


def test_details_are_told_for_every_hedge(make_chain):
    result = compare(make_chain(ROWS), floor=0.9, prices=history(), **TERMS)
    answer = result.to_dict()
    assert set(answer["inputs"]["distributions"]) == {"implied", "historical"}
    for row in answer["candidates"]:
        assert row["margin_usd"] == row["margin"]["initial_usd"] >= 0
        assert len(row["assignment"]) == sum(leg["contracts"] < 0 for leg in row["legs"])
        assert set(row["outlook"]) == (set() if "stop_level" in row else {"implied", "historical"})
    put = result.named("put")
    # at the prices that the quotes imply, a hedge costs about its friction and the rounding of made quotes
    assert abs(put.outlook["implied"]["expected_cost_usd"]) < put.cost_usd


def test_without_details_nothing_is_made_up(make_chain):
    row = compare(make_chain(ROWS), floor=0.9, details=False, **TERMS).to_dict()["candidates"][0]
    assert row["margin_usd"] is None and row["outlook"] is None


@pytest.mark.parametrize("measure", ["implied", "historical"])
def test_the_tail_goal_takes_the_cheapest_put_that_meets_it(make_chain, measure):
    from hedgekit.hedges.candidate import tail_loss

    result = compare(make_chain(ROWS), cvar=0.08, measure=measure, prices=history(), **TERMS)
    chosen, put = result.require(), result.named("put")
    assert result.optimum is None
    assert chosen.outlook[measure]["cvar_loss_pct"] <= 8.0 + 1e-9
    # every single put and count, one by one
    problem, best = result.problem, None
    for row in range(len(problem.puts)):
        for count in range(1, problem.most_puts + 1):
            legs = [problem.puts.bought(row, count)]
            trial = replace(put, legs=tuple(legs))
            if tail_loss(problem, wealth_of(problem, trial)) <= 0.08:
                cost = count * (100 * legs[0].premium + 0.65)
                best = cost if best is None else min(best, cost)
    assert put.cost_usd == pytest.approx(best)


def test_a_history_that_cannot_tell_is_refused(make_chain):
    chain = make_chain(ROWS)
    with pytest.raises(InputError, match="--prices FILE"):
        compare(chain, cvar=0.1, measure="historical", **TERMS)
    with pytest.raises(DataError, match="needs 250 or more"):
        compare(chain, floor=0.9, prices=history(days=100), **TERMS)
    with pytest.raises(InputError, match="no ticker 'IWM'"):
        compare(chain, floor=0.9, prices=history("SPY"), **TERMS)
    with pytest.raises(InputError, match="--cvar"):
        Goal(cvar=0.0)


def test_an_old_history_is_told_of(make_chain):
    result = compare(make_chain(ROWS), floor=0.9, prices=history(last="2026-04-01"), **TERMS)
    assert "history_old" in [note.slug for note in result.warnings]
