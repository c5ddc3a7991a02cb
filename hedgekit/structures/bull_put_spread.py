"""Bull put spread: sell a put, buy a lower one; a credit kept when the spot does not fall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.structures.choice import Choice, Distance

if TYPE_CHECKING:
    from hedgekit.model import Leg
    from hedgekit.structures.desk import Desk

STRIKES = ("put bought", "put sold")
DEFAULT = Choice(deltas=(0.25,), widths=(Distance(value=0.05, relative=True),))


def strikes(desk: Desk) -> tuple[float, ...]:
    """Sell at the delta asked for (0.25), buy a width below (5% of the spot)."""
    high = desk.main("put")
    return desk.wing("put", high, -1), high


def legs(desk: Desk, at: tuple[float, ...]) -> list[Leg]:
    """Return the bought and the sold put."""
    return [desk.buy("put", at[0]), desk.sell("put", at[1])]
