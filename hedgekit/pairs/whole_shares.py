"""Whole shares of both legs: a search, because rounding each leg alone leaves beta or breaks the budget."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hedgekit.errors import InfeasibleError, InputError
from hedgekit.model import FloatArray

FILL = 0.95
"""Least share of the budget a pair must use: without it the best balance is often a few shares."""

MOST_TRIED = 4_000_000
"""Long share counts looked at; of more, the largest."""

_NEAR = 2  # short share counts looked at on either side of the balanced one


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareCounts:
    """Shares of a pair.

    Parameters
    ----------
    long_shares, short_shares : int
        Both positive: the short leg's are sold.
    used : float
        Of the budget, in its own unit.
    beta_usd : float
        Long dollars times the ratio less short dollars: what the hedge leaves.
    dollars_usd : float
        Long dollars less short dollars.
    gross_usd : float
    """

    long_shares: int
    short_shares: int
    used: float
    beta_usd: float
    dollars_usd: float
    gross_usd: float


def best_pair(
    long_price: float,
    short_price: float,
    dollar_ratio: float,
    budget: float,
    measure: Callable[[FloatArray, FloatArray], FloatArray],
    *,
    fill: float = FILL,
    count: int = 1,
    slack: float = 0.0,
) -> list[ShareCounts]:
    """Find the whole-share pairs of least leftover beta within a budget, or the fullest of those with little enough.

    Parameters
    ----------
    long_price, short_price : float
        Dollars a share.
    dollar_ratio : float
        Dollars of the short leg per dollar of the long leg; positive.
    budget : float
        Most that `measure` may say.
    measure : callable
        Of (long dollars, short dollars), arrays in and out: gross dollars, value at risk, margin; grows with both in
        proportion.
    fill : float
        Least share of the budget to use, 0 to 1.
    count : int
        Pairs wanted, best first.
    slack : float
        Leftover beta per long dollar up to which no difference is made: what is small beside what is not known about
        the ratio is no reason to use less of the budget.

    Returns
    -------
    list of ShareCounts
        Those within the slack by how much of the budget they use, then the others by leftover beta.

    Raises
    ------
    InputError
        For a price, ratio or budget that is not positive, or a fill outside 0 to 1.
    InfeasibleError
        When not one pair fits; says the least budget that does.

    Examples
    --------
    >>> best = best_pair(201.37, 457.79, 1.18, 25_000.0, lambda long, short: long + short, fill=0.0)[0]
    >>> best.long_shares, best.short_shares, round(best.beta_usd, 4), round(best.gross_usd, 2)
    (52, 27, -4.2668, 22831.57)
    """
    named = (("price of the long leg", long_price), ("price of the short leg", short_price), ("ratio", dollar_ratio))
    for name, value in (*named, ("budget", budget)):
        if not 0.0 < value < math.inf:
            raise InputError(f"{name} {value:g}: expected a positive number")
    if not 0.0 <= slack < math.inf:
        raise InputError(f"slack {slack:g}: expected zero or more dollars of leftover beta per long dollar")
    if not 0.0 <= fill <= 1.0:
        raise InputError(f"fill {fill:g}: expected a share of the budget from 0 to 1")
    # the measure a balanced dollar takes bounds the counts; the dollars of a few short shares cover the rounding
    a_dollar = float(measure(np.array([1.0]), np.array([dollar_ratio]))[0])
    if not a_dollar > 0.0:
        raise InfeasibleError("a balanced pair uses none of this budget: no size follows from it")
    spare = math.ceil(_NEAR * short_price / (dollar_ratio * long_price)) + _NEAR
    whole = budget / a_dollar / long_price
    top = math.ceil(whole) + spare
    bottom = max(1, math.floor(fill * whole) - spare, top - MOST_TRIED)
    longs = np.arange(bottom, top + 1, dtype=np.float64)
    balanced = np.floor(longs * long_price * dollar_ratio / short_price)
    tried = np.arange(1 - _NEAR, 1 + _NEAR)
    shorts = np.maximum(balanced[:, None] + tried, 1.0)
    long_usd, short_usd = np.broadcast_to((longs * long_price)[:, None], shorts.shape), shorts * short_price
    used = measure(long_usd.ravel(), short_usd.ravel()).reshape(shorts.shape)
    fits = (used <= budget * (1.0 + 1e-12)) & (used >= fill * budget)
    if not fits.any():
        raise InfeasibleError(_nearest(longs, shorts, used, budget, fill))
    rows, columns = np.nonzero(fits)
    left = (long_usd * dollar_ratio - short_usd)[rows, columns]
    beyond = np.where(np.abs(left) <= slack * long_usd[rows, columns], 0.0, np.round(np.abs(left), 9))
    order = np.lexsort((-used[rows, columns], beyond))
    found: list[ShareCounts] = []
    for i in order:
        n_long, n_short = int(longs[rows[i]]), int(shorts[rows[i], columns[i]])
        if any((n_long, n_short) == (other.long_shares, other.short_shares) for other in found):
            continue
        found.append(_counted(n_long, n_short, long_price, short_price, dollar_ratio, measure))
        if len(found) == count:
            break
    return found


def _counted(
    n_long: int,
    n_short: int,
    long_price: float,
    short_price: float,
    dollar_ratio: float,
    measure: Callable[[FloatArray, FloatArray], FloatArray],
) -> ShareCounts:
    long_usd, short_usd = n_long * long_price, n_short * short_price
    return ShareCounts(
        long_shares=n_long,
        short_shares=n_short,
        used=float(measure(np.array([long_usd]), np.array([short_usd]))[0]),
        beta_usd=long_usd * dollar_ratio - short_usd,
        dollars_usd=long_usd - short_usd,
        gross_usd=long_usd + short_usd,
    )


def rounded_pair(
    long_price: float,
    short_price: float,
    dollar_ratio: float,
    budget: float,
    measure: Callable[[FloatArray, FloatArray], FloatArray],
) -> ShareCounts:
    """Round each leg alone, as a spreadsheet would: for comparison.

    Parameters
    ----------
    long_price, short_price, dollar_ratio, budget, measure
        As in `best_pair`.
    """
    a_dollar = float(measure(np.array([1.0]), np.array([dollar_ratio]))[0])
    long_usd = budget / a_dollar
    n_long, n_short = round(long_usd / long_price), round(long_usd * dollar_ratio / short_price)
    return _counted(n_long, n_short, long_price, short_price, dollar_ratio, measure)


def _nearest(longs: FloatArray, shorts: FloatArray, used: FloatArray, budget: float, fill: float) -> str:
    least = int(np.argmin(used))
    row, column = np.unravel_index(least, used.shape)
    if used[row, column] > budget:
        return (
            f"the budget of {budget:,.2f} buys no pair: the least, {longs[row]:.0f} long and "
            f"{shorts[row, column]:.0f} short, takes {used[row, column]:,.2f}"
        )
    under = np.where(used <= budget, used, -np.inf)
    most = float(under.max())
    return f"no pair uses {fill:.0%} of the budget of {budget:,.2f}: the most is {most:,.2f}; lower the fill"
