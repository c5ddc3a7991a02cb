"""Diagonal: sell a near option out of the money, buy a later one nearer the money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.structures.choice import Choice

if TYPE_CHECKING:
    from hedgekit.model import Leg
    from hedgekit.structures.desk import Desk

STRIKES = ("lower strike", "higher strike")
TWO_EXPIRIES = True
DEFAULT = Choice(deltas=(0.30, 0.60), kind="call")


def strikes(desk: Desk) -> tuple[float, ...]:
    """Sell the near at the first delta (0.30), buy the far at the second (0.60)."""
    kind = desk.kind
    sold, bought = desk.main(kind, 0), desk.main(kind, 1, far=True)
    return min(sold, bought), max(sold, bought)


def legs(desk: Desk, at: tuple[float, ...]) -> list[Leg]:
    """Return the sold near and the bought far option; a call sold is the higher one, a put sold the lower."""
    kind = desk.kind
    sold, bought = (at[1], at[0]) if kind == "call" else (at[0], at[1])
    return [desk.sell(kind, sold), desk.buy(kind, bought, far=True)]
