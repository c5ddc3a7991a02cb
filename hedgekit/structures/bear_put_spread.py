"""Bear put spread: buy a put, sell a lower one; a debit that pays when the spot falls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.structures.choice import Choice, Distance

if TYPE_CHECKING:
    from hedgekit.model import Leg
    from hedgekit.structures.desk import Desk

STRIKES = ("put sold", "put bought")
DEFAULT = Choice(deltas=(0.50,), widths=(Distance(value=0.05, relative=True),))


def strikes(desk: Desk) -> tuple[float, ...]:
    """Buy at the delta asked for (0.50), sell a width below (5% of the spot)."""
    high = desk.main("put")
    return desk.wing("put", high, -1), high


def legs(desk: Desk, at: tuple[float, ...]) -> list[Leg]:
    """Return the sold and the bought put."""
    return [desk.sell("put", at[0]), desk.buy("put", at[1])]
