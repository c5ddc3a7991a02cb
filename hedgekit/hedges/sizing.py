"""How many of which put: an exhaustive search over strikes and whole contracts, floors checked exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hedgekit import units
from hedgekit.hedges.problem import Problem

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
        Whether the wanted floor holds down to the level asked for.
    """

    row: int
    contracts: int
    meets: bool


def size_puts(
    problem: Problem, *, short_put: int | None = None, short_call: int | None = None, short_calls: int = 0
) -> Sized | None:
    """Return the cheapest puts that keep the floor, or those that come nearest to it.

    For ``n`` puts struck at ``K`` over ``N`` shares, with nothing below the level ``L`` (0, or the strike of a put
    sold with each), wealth over ``S >= L`` is least at ``L`` or ``K``:

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

    Returns
    -------
    Sized or None
        None when no strike is left to buy.
    """
    puts, first = problem.puts, 0 if short_put is None else short_put + 1
    if first >= len(puts):
        return None
    down_to = 0.0 if short_put is None else float(puts.strike[short_put])
    strike = puts.strike[first:, None]
    contracts = np.arange(1, problem.most_puts + 1)[None, :]
    per_contract = units.MULTIPLIER * puts.ask[first:, None] + problem.fee
    if short_put is not None:
        per_contract = per_contract - units.MULTIPLIER * puts.bid[short_put] + problem.fee
    credit = 0.0
    if short_call is not None:
        credit = short_calls * (units.MULTIPLIER * float(problem.calls.bid[short_call]) - problem.fee)
    cost = contracts * per_contract - credit
    growth = math.exp(problem.rate * problem.t_years)
    floor = np.minimum(
        problem.shares * down_to + units.MULTIPLIER * contracts * (strike - down_to), problem.shares * strike
    ) - np.where(cost > 0, cost * growth, cost)
    row, count, meets = _choose(cost, floor, problem.target_usd)
    return Sized(row=first + row, contracts=count + 1, meets=meets)


def _choose(cost: npt.NDArray[np.float64], floor: npt.NDArray[np.float64], target: float) -> tuple[int, int, bool]:
    """Cheapest that reaches the target (then fewer contracts, then the higher floor), else the highest floor."""
    enough = floor >= target - TIE
    meets = bool(enough.any())
    cents = np.round(cost * units.CENTS_PER_DOLLAR)
    count = np.broadcast_to(np.arange(cost.shape[1]), cost.shape)
    if meets:
        order = np.lexsort((-floor.ravel(), count.ravel(), np.where(enough, cents, np.inf).ravel()))
    else:
        order = np.lexsort((count.ravel(), cents.ravel(), -floor.ravel()))
    row, column = np.unravel_index(order[0], cost.shape)
    return int(row), int(column), meets


def short_put_row(problem: Problem) -> int | None:
    """Return the put a spread sells: first strike at or below the floor less 10% of the spot, else the lowest.

    None when even the lowest is at the floor or above: sold there, it would take the protection away.
    """
    row = problem.puts.last_at_or_below((problem.floor - BELOW_FLOOR) * problem.spot)
    if row is None and problem.puts.strike[0] < problem.floor * problem.spot:
        return 0
    return row


def short_call_row(problem: Problem) -> int | None:
    """Return the call a collar sells: first strike at or above the cap."""
    return problem.calls.first_at_or_above(problem.cap * problem.spot)
