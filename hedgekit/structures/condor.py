"""Condor: buy, sell, sell, buy at four rising strikes of one kind; pays between the sold strikes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.structures.choice import Choice, Distance

if TYPE_CHECKING:
    from hedgekit.model import Leg
    from hedgekit.structures.desk import Desk

STRIKES = ("bought", "sold", "sold", "bought")
DEFAULT = Choice(deltas=(0.25,), widths=(Distance(value=0.05, relative=True),), kind="call")


def strikes(desk: Desk) -> tuple[float, ...]:
    """Sell where a put and a call have the deltas asked for (0.25), buy a width beyond each (5% of the spot)."""
    kind = desk.kind
    low, high = desk.nearest(kind, desk.main("put", 0)), desk.nearest(kind, desk.main("call", 1))
    return desk.wing(kind, low, -1, 0), low, high, desk.wing(kind, high, 1, 1)


def legs(desk: Desk, at: tuple[float, ...]) -> list[Leg]:
    """Return the four strikes of one kind."""
    kind = desk.kind
    return [desk.buy(kind, at[0]), desk.sell(kind, at[1]), desk.sell(kind, at[2]), desk.buy(kind, at[3])]
