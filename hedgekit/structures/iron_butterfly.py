"""Iron butterfly: sell a straddle, buy a put below and a call above; pays near the sold strike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.structures.choice import Choice, Distance

if TYPE_CHECKING:
    from hedgekit.model import Leg
    from hedgekit.structures.desk import Desk

STRIKES = ("put bought", "put and call sold", "call bought")
DEFAULT = Choice(otm=(0.0,), widths=(Distance(value=0.05, relative=True),))


def strikes(desk: Desk) -> tuple[float, ...]:
    """Sell at the money, buy a width away on both sides (5% of the spot; two widths: put side, call side)."""
    body = desk.common(desk.main("put"))
    return desk.wing("put", body, -1, 0), body, desk.wing("call", body, 1, 1)


def legs(desk: Desk, at: tuple[float, ...]) -> list[Leg]:
    """Return the sold straddle between its wings."""
    return [
        desk.buy("put", at[0]),
        desk.sell("put", at[1]),
        desk.sell("call", at[1]),
        desk.buy("call", at[2]),
    ]
