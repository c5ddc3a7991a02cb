"""Bear call spread: sell a call, buy a higher one; a credit kept when the spot does not rise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.structures.choice import Choice, Distance

if TYPE_CHECKING:
    from hedgekit.model import Leg
    from hedgekit.structures.desk import Desk

STRIKES = ("call sold", "call bought")
DEFAULT = Choice(deltas=(0.25,), widths=(Distance(value=0.05, relative=True),))


def strikes(desk: Desk) -> tuple[float, ...]:
    """Sell at the delta asked for (0.25), buy a width above (5% of the spot)."""
    low = desk.main("call")
    return low, desk.wing("call", low, 1)


def legs(desk: Desk, at: tuple[float, ...]) -> list[Leg]:
    """Return the sold and the bought call."""
    return [desk.sell("call", at[0]), desk.buy("call", at[1])]
