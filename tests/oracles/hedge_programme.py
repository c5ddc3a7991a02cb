"""The hedge problem as a mixed-integer programme for HiGHS, written apart from the search, and made quotes."""

from __future__ import annotations

import math

import numpy as np

from hedgekit.hedges.problem import Problem, Quotes
from hedgekit.hedges.tickets import candidate_legs
from hedgekit.model import Option
from hedgekit.payoff import carried_exact, expiry_wealth, total_cost

UNIT = 10.0
"""Dollars in the model's unit of money: HiGHS' tolerances are absolute, and units of millions break floors."""


def highs(problem, *, max_legs, lift=0.0):
    """Return the least cost by HiGHS, exact from the counts it finds; None when it proves there is none.

    The floor may come out short by the solver's tolerance: it is then lifted and solved again.
    """
    from scipy import optimize

    legs = candidate_legs(problem)
    n = len(legs)
    side = np.array([leg.side for leg in legs], dtype=float)
    put = np.array([leg.option.sign < 0 for leg in legs])
    strike = np.array([leg.option.strike for leg in legs])
    cost = np.array([float(leg.cost) for leg in legs]) / UNIT
    limit = np.array([leg.limit for leg in legs], dtype=float)
    growth = math.exp(problem.rate * problem.t_years)

    rows, low, high = [], [], []

    def row(counts, used, at_least, at_most=np.inf):
        rows.append(np.concatenate([counts, used, np.zeros(1)]))
        low.append(at_least)
        high.append(at_most)

    zero = np.zeros(n)
    for spot in [0.0, *np.unique(strike)]:
        payoff = 100 * side * np.where(put, np.maximum(strike - spot, 0), np.maximum(spot - strike, 0)) / UNIT
        row(payoff, zero, (problem.target_usd + lift - problem.shares * spot) / UNIT)
        rows[-1][-1] = -1.0  # what the cost has grown to
    rows.append(np.concatenate([-growth * cost, zero, [1.0]]))
    rows.append(np.concatenate([-cost, zero, [1.0]]))
    low += [0.0, 0.0]
    high += [np.inf, np.inf]
    for level in np.unique(strike[put]):
        row(side * (put & (strike >= level)), zero, 0.0)
    row(side * put, zero, -np.inf, problem.most_puts)
    row(side * ~put, zero, -np.inf, 0.0)
    row(1.0 * (~put & (side < 0)), zero, 0.0, problem.most_calls)
    row(zero, np.ones(n), 0.0, max_legs)
    for j in range(n):
        unit = np.zeros(n)
        unit[j] = 1.0
        row(unit, -limit[j] * unit, -np.inf, 0.0)
    answer = optimize.milp(
        np.concatenate([cost, zero, [0.0]]),
        constraints=optimize.LinearConstraint(np.array(rows), low, high),
        integrality=np.concatenate([np.ones(2 * n), [0]]),
        bounds=optimize.Bounds(np.concatenate([zero, zero, [-1e7]]), np.concatenate([limit, np.ones(n), [1e7]])),
        options={"mip_rel_gap": 0.0, "time_limit": 120.0},
    )
    if answer.status == 2:
        return None
    assert answer.status == 0, answer.message
    counts = np.round(answer.x[:n]).astype(int)
    ticket = [leg.leg(int(count)) for leg, count in zip(legs, counts, strict=True) if count]
    paid = total_cost(ticket, problem.fee)
    wealth = expiry_wealth(problem.shares, ticket).minus(carried_exact(paid, problem.rate, problem.t_years))
    if wealth.minimum().value < problem.target:
        return highs(problem, max_legs=max_legs, lift=lift + 0.01)
    return paid


def made_rows(step, low, high, *, spot=100.0, vol=0.24, t=0.25):
    """Put and call quotes from Black's formula with a skew, in cents, spreads that widen away from the money."""
    rows = []
    for cents in range(int(low * 100), int(high * 100) + 1, int(step * 100)):
        strike = cents / 100.0
        moneyness = math.log(strike / spot)
        sigma = (vol - 0.25 * moneyness + 0.4 * moneyness**2) * math.sqrt(t)
        d1 = -moneyness / sigma + sigma / 2
        call = spot * 0.5 * math.erfc(-d1 / math.sqrt(2)) - strike * 0.5 * math.erfc((sigma - d1) / math.sqrt(2))
        for kind, value in (("put", call + strike - spot), ("call", call)):
            half = 0.01 + 0.01 * value
            bid, ask = round(value - half, 2), round(value + half, 2)
            if bid > 0 and ask - bid <= 0.3 * (ask + bid) / 2:
                rows.append((kind, strike, bid, ask))
    return rows


def made_problem(rows, *, shares, floor, expiry, spot=100.0, rate=0.0375, t_years=0.25, min_cap=None):
    """Lay out a problem without a chain file: every quote can be traded on."""
    sides = {}
    for kind in ("put", "call"):
        quotes = [row for row in rows if row[0] == kind and not (kind == "put" and row[1] > 1.1 * spot)]
        sides[kind + "s"] = Quotes(
            options=tuple(Option(root="IWM", expiry=expiry, kind=kind, strike=row[1]) for row in quotes),
            **{name: np.array([row[i] for row in quotes]) for i, name in ((1, "strike"), (2, "bid"), (3, "ask"))},
            **{name: np.full(len(quotes), 50.0) for name in ("bid_size", "ask_size")},
        )
    return Problem(
        shares=shares, spot=spot, floor=floor, expiry=expiry, t_years=t_years, days=round(365 * t_years), rate=rate,
        div_yield=0.01, dividends=(), fee=0.65, cap=min_cap or 1.10, calls_allowed=min_cap is not None, **sides,
    )  # fmt: skip
