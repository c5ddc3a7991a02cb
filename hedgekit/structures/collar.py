"""Collar: shares, a put bought below and a call sold above; loss and gain both end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.structures.choice import Choice

if TYPE_CHECKING:
    from hedgekit.model import Holding
    from hedgekit.structures.desk import Desk

STRIKES = ("put bought", "call sold")
DEFAULT = Choice(otm=(0.05,))


def strikes(desk: Desk) -> tuple[float, ...]:
    """Buy a put and sell a call 5% out of the money."""
    return desk.main("put", 0), desk.main("call", 1)


def legs(desk: Desk, at: tuple[float, ...]) -> list[Holding]:
    """Return the shares, the bought put and the sold call."""
    return [desk.shares(), desk.buy("put", at[0]), desk.sell("call", at[1])]
