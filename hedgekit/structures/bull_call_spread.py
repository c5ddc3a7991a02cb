"""Bull call spread: buy a call, sell a higher one; a debit that pays when the spot rises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.structures.choice import Choice, Distance

if TYPE_CHECKING:
    from hedgekit.model import Leg
    from hedgekit.structures.desk import Desk

STRIKES = ("call bought", "call sold")
DEFAULT = Choice(deltas=(0.50,), widths=(Distance(value=0.05, relative=True),))


def strikes(desk: Desk) -> tuple[float, ...]:
    """Buy at the delta asked for (0.50), sell a width above (5% of the spot)."""
    low = desk.main("call")
    return low, desk.wing("call", low, 1)


def legs(desk: Desk, at: tuple[float, ...]) -> list[Leg]:
    """Return the bought and the sold call."""
    return [desk.buy("call", at[0]), desk.sell("call", at[1])]
