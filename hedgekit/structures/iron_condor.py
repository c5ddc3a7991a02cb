"""Iron condor: sell a put spread below and a call spread above; a credit kept between the sold strikes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.structures.choice import Choice, Distance

if TYPE_CHECKING:
    from hedgekit.model import Leg
    from hedgekit.structures.desk import Desk

STRIKES = ("put bought", "put sold", "call sold", "call bought")
DEFAULT = Choice(deltas=(0.16,), widths=(Distance(value=0.05, relative=True),))


def strikes(desk: Desk) -> tuple[float, ...]:
    """Sell at the deltas asked for (0.16), buy a width beyond each (5% of the spot; or two: put side, call side)."""
    put, call = desk.main("put", 0), desk.main("call", 1)
    return desk.wing("put", put, -1, 0), put, call, desk.wing("call", call, 1, 1)


def legs(desk: Desk, at: tuple[float, ...]) -> list[Leg]:
    """Return both spreads."""
    return [
        desk.buy("put", at[0]),
        desk.sell("put", at[1]),
        desk.sell("call", at[2]),
        desk.buy("call", at[3]),
    ]
