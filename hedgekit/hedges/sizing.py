"""How many of which put: an exhaustive search over strikes and whole contracts, floors checked exactly.

What is looked for follows the goal: the least cost that keeps the floor, the highest floor for the money, or the least
cost that brings delta or tail loss down far enough.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hedgekit import units
from hedgekit.hedges.goal import CVAR_LEVEL
from hedgekit.hedges.problem import Problem
from hedgekit.model import Leg
from hedgekit.payoff import carried_exact, expiry_wealth, total_cost

BELOW_FLOOR = 0.10
"""Put spreads give up protection this fraction of the spot below the floor."""

TIE = 1e-7
"""Dollars by which doubles may miss a floor that the legs keep exactly; the exact floor is checked afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """The puts to buy.

    Attributes
    ----------
    row : int
        Row of ``problem.puts``.
    contracts : int
    meets : bool
        Whether the goal is met down to the level asked for.
    """

    row: int
    contracts: int
    meets: bool


def size_puts(
    problem: Problem,
    *,
    short_put: int | None = None,
    short_call: int | None = None,
    short_calls: int = 0,
    long_call: int | None = None,
) -> Sized | None:
    """Return the cheapest puts that keep the floor, or those that come nearest to it.

    For ``n`` puts struck at ``K`` over ``N`` shares, with nothing below the level ``L`` (the goal's own, the strike of
    a put sold with each, or 0), wealth over ``S >= L`` is least at ``L`` or ``K``:

    ``min(N L + 100 n (K - L), N K) - carried``

    Calls sold against shares only matter above their strike, where wealth no longer falls.

    Parameters
    ----------
    problem : Problem
    short_put : int or None
        Row of the put sold with each put bought.
    short_call : int or None
        Row of ``problem.calls`` sold, `short_calls` contracts of it in all.
    short_calls : int
        Never more than the shares cover.
    long_call : int or None
        Row of a higher call bought for each call sold.

    Returns
    -------
    Sized or None
        None when no strike is left to buy.
    """
    puts, first = problem.puts, 0 if short_put is None else short_put + 1
    if first >= len(puts):
        return None
    down_to = problem.goal.until or (0.0 if short_put is None else float(puts.strike[short_put]))
    strike = puts.strike[first:, None]
    contracts = np.arange(1, problem.most_puts + 1)[None, :]
    per_contract = units.MULTIPLIER * puts.ask[first:, None] + problem.fee
    if short_put is not None:
        per_contract = per_contract - units.MULTIPLIER * puts.bid[short_put] + problem.fee
    credit = 0.0
    if short_call is not None:
        credit = short_calls * (units.MULTIPLIER * float(problem.calls.bid[short_call]) - problem.fee)
    if long_call is not None:
        credit -= short_calls * (units.MULTIPLIER * float(problem.calls.ask[long_call]) + problem.fee)
    cost = contracts * per_contract - credit
    growth = math.exp(problem.rate * problem.t_years)
    floor = np.minimum(
        problem.shares * down_to + units.MULTIPLIER * contracts * (strike - down_to), problem.shares * strike
    ) - np.where(cost > 0, cost * growth, cost)
    choice = _Choice(cost=cost, floor=floor)
    if problem.goal.kind == "budget":
        found = choice.highest_floor(float(problem.budget or 0))
    elif problem.goal.kind == "delta":
        rows = np.arange(first, len(puts))
        delta = _delta(problem, rows, contracts, short_put, short_call, short_calls)
        found = choice.least_cost(delta <= (problem.goal.delta or 0.0) * problem.shares + TIE, otherwise=-delta)
    elif problem.goal.kind == "cvar":
        legs = _Template(short_put=short_put, short_call=short_call, short_calls=short_calls, long_call=long_call)
        tried = legs.tail_losses(problem, first, cost)
        found = choice.least_cost(tried <= (problem.goal.cvar or 0.0), otherwise=-tried)
    else:
        found = choice.least_cost(floor >= problem.target_usd - TIE, otherwise=floor)
    row, count, meets = found
    return Sized(row=first + row, contracts=count + 1, meets=meets)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """Costs and floors, dollars, of every strike (rows) and count (columns)."""

    cost: npt.NDArray[np.float64]
    floor: npt.NDArray[np.float64]

    def least_cost(self, enough: npt.NDArray[np.bool_], *, otherwise: npt.NDArray[np.float64]) -> tuple[int, int, bool]:
        """Cheapest of those that are enough (then fewer contracts, then the higher floor), else the highest score."""
        if enough.any():
            return self._first(-self.floor, self._count, np.where(enough, self._cents, np.inf), meets=True)
        return self._first(self._count, self._cents, -otherwise, meets=False)

    def highest_floor(self, budget: float) -> tuple[int, int, bool]:
        """Highest floor within the budget (then cheapest, then fewer contracts), else the cheapest."""
        enough = self.cost <= budget + TIE
        if enough.any():
            return self._first(self._count, self._cents, np.where(enough, -self.floor, np.inf), meets=True)
        return self._first(self._count, -self.floor, self._cents, meets=False)

    @property
    def _cents(self) -> npt.NDArray[np.float64]:
        cents: npt.NDArray[np.float64] = np.round(self.cost * units.CENTS_PER_DOLLAR)
        return cents

    @property
    def _count(self) -> npt.NDArray[np.intp]:
        return np.broadcast_to(np.arange(self.cost.shape[1]), self.cost.shape)

    def _first(self, *keys: npt.NDArray[np.generic], meets: bool) -> tuple[int, int, bool]:
        """Position of the first by the keys, the last of them the most important."""
        order = np.lexsort(tuple(key.ravel() for key in keys))
        row, column = np.unravel_index(order[0], self.cost.shape)
        return int(row), int(column), meets


TAIL_SPOTS = 1000
"""Equally likely spots on which tail losses are first told; the one that is chosen is checked exactly."""

TAIL_SLACK = 0.002
"""By which those few spots may overstate a tail loss, fraction of today's value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Template:
    """The legs beside the puts that are bought."""

    short_put: int | None
    short_call: int | None
    short_calls: int
    long_call: int | None

    def legs(self, problem: Problem, row: int, contracts: int) -> list[Leg]:
        legs = [problem.puts.bought(row, contracts)]
        if self.short_put is not None:
            legs.append(problem.puts.sold(self.short_put, contracts))
        if self.short_call is not None and self.short_calls:
            legs.append(problem.calls.sold(self.short_call, self.short_calls))
        if self.long_call is not None and self.short_calls:
            legs.append(problem.calls.bought(self.long_call, self.short_calls))
        return legs

    def tail_losses(self, problem: Problem, first: int, cost: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Tail loss of every strike and count, fraction of value: rough, but that of the cheapest enough is exact."""
        from hedgekit.hedges.candidate import tail_loss

        assert problem.distribution is not None
        rough = self._rough(problem, first, cost)
        limit = problem.goal.cvar or 0.0
        for at in np.argsort(np.where(rough <= limit + TAIL_SLACK, cost, np.inf), axis=None, kind="stable").tolist():
            row, column = divmod(at, cost.shape[1])
            if rough[row, column] > limit + TAIL_SLACK:
                break
            legs = self.legs(problem, first + row, column + 1)
            paid = carried_exact(total_cost(legs, problem.fee), problem.rate, problem.t_years)
            rough[row, column] = tail_loss(problem, expiry_wealth(problem.shares, legs).minus(paid))
            if rough[row, column] <= limit:
                alone = np.full_like(rough, np.inf)
                alone[row, column] = rough[row, column]
                return alone
        return rough

    def _rough(self, problem: Problem, first: int, cost: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        assert problem.distribution is not None
        spots = problem.distribution.quantile((np.arange(TAIL_SPOTS) + 0.5) / TAIL_SPOTS)
        worst = round((1.0 - CVAR_LEVEL) * TAIL_SPOTS)
        base = problem.shares * spots
        if self.short_call is not None:
            level = problem.calls.strike[self.short_call]
            width = np.inf if self.long_call is None else problem.calls.strike[self.long_call] - level
            base = base - units.MULTIPLIER * self.short_calls * np.clip(spots - level, 0.0, width)
        low = 0.0 if self.short_put is None else problem.puts.strike[self.short_put]
        strike = problem.puts.strike[first:, None]
        per_put = units.MULTIPLIER * (np.maximum(strike - spots, 0.0) - np.maximum(low - spots, 0.0))
        paid = np.where(cost > 0, cost * math.exp(problem.rate * problem.t_years), cost)
        losses = np.empty_like(cost)
        for column in range(cost.shape[1]):
            wealth = base + (column + 1) * per_put
            losses[:, column] = np.partition(wealth, worst, axis=1)[:, :worst].mean(axis=1)
        result: npt.NDArray[np.float64] = 1.0 - (losses - paid) / problem.value_usd
        return result


def _delta(
    problem: Problem,
    rows: npt.NDArray[np.intp],
    contracts: npt.NDArray[np.intp],
    short_put: int | None,
    short_call: int | None,
    short_calls: int,
) -> npt.NDArray[np.float64]:
    """Delta in shares of every strike and count; one that has no delta is never enough."""
    from hedgekit.hedges.candidate import leg_greeks

    legs = [problem.puts.bought(row, 1) for row in rows.tolist()]
    if short_put is not None:
        legs.append(problem.puts.sold(short_put, 1))
    if short_call is not None:
        legs.append(problem.calls.sold(short_call, 1))
    per_share = leg_greeks(problem, legs)["delta"]
    delta = contracts * (per_share[: len(rows), None] - (0.0 if short_put is None else per_share[len(rows)]))
    call = short_calls * per_share[-1] if short_call is not None else 0.0
    total: npt.NDArray[np.float64] = problem.shares + units.MULTIPLIER * (delta - call)
    return np.where(np.isfinite(total), total, np.inf)


def short_put_row(problem: Problem) -> int | None:
    """Return the put a spread sells: first strike at or below the floor less 10% of the spot, else the lowest.

    Where the floor is to hold down to a level only, the first strike at or below that level. None when even the lowest
    strike is at the floor or above: sold there, it would take the protection away.
    """
    if problem.goal.until > 0.0:
        return problem.puts.last_at_or_below(problem.goal.until)
    row = problem.puts.last_at_or_below(problem.level(problem.floor, -BELOW_FLOOR))
    if row is None and problem.puts.strike[0] < problem.level(problem.floor):
        return 0
    return row


def short_call_row(problem: Problem) -> int | None:
    """Return the call a collar sells: first strike at or above the cap."""
    return problem.calls.first_at_or_above(problem.level(problem.cap))
