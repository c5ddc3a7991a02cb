"""The proof of a hedge in one sentence: what each further leg saves, and what one more point of floor costs."""

from __future__ import annotations

from collections.abc import Mapping

from hedgekit import units
from hedgekit.report.console import dollars, percent


def proven(
    goal: str,
    *,
    costs: Mapping[int, float | None],
    floors: Mapping[int, float | None],
    next_point_usd: float | None,
    cap: float | None = None,
    calls_allowed: bool = False,
) -> str:
    """Return what is proven of a ticket.

    Parameters
    ----------
    goal : str
        ``budget``: the highest floor for the money; ``cap``: the least cost with calls sold at `cap`; else the least.
    costs, floors : mapping of int to float or None
        By the number of legs allowed: least dollars, highest percent.
    next_point_usd : float or None
        Of one more point of floor; None when it cannot be had.
    cap : float, optional
        Fraction of the spot.
    calls_allowed : bool
        Whether calls could be sold higher.

    Examples
    --------
    >>> proven("floor", costs={1: 8273.0, 2: 7622.0}, floors={}, next_point_usd=1007.0)
    'proven least cost: $8,273 with one leg, $7,622 with up to 2 legs; one more point of floor costs $1,007 more'
    """
    budget = goal == "budget"
    parts = [
        f"{percent(value, places=2) if budget else dollars(value)} with "
        f"{'one leg' if int(count) == 1 else f'up to {count} legs'}"
        for count, value in (floors if budget else costs).items()
        if value is not None
    ]
    more = "cannot be had" if next_point_usd is None else f"costs {dollars(next_point_usd)} more"
    what = "proven highest floor for the money" if budget else "proven least cost"
    if goal == "cap" and cap is not None:
        what += f" with calls sold at {units.percent(cap):.5g}% of spot or above"
    higher = "; sold any higher they no longer pay for it" if goal == "cap" and calls_allowed else ""
    return f"{what}: {', '.join(parts)}{higher}; one more point of floor {more}"
