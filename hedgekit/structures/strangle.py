"""Strangle bought: a put below and a call above; cheaper than a straddle, needs a larger move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.structures.choice import Choice

if TYPE_CHECKING:
    from hedgekit.model import Leg
    from hedgekit.structures.desk import Desk

STRIKES = ("put bought", "call bought")
DEFAULT = Choice(deltas=(0.25,))


def strikes(desk: Desk) -> tuple[float, ...]:
    """Buy both at the deltas asked for (0.25)."""
    return desk.main("put", 0), desk.main("call", 1)


def legs(desk: Desk, at: tuple[float, ...]) -> list[Leg]:
    """Return the bought put and call."""
    return [desk.buy("put", at[0]), desk.buy("call", at[1])]
