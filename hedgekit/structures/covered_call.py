"""Covered call: shares, and a call sold above; the premium for the gains beyond the strike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.structures.choice import Choice

if TYPE_CHECKING:
    from hedgekit.model import Holding
    from hedgekit.structures.desk import Desk

STRIKES = ("call sold",)
DEFAULT = Choice(deltas=(0.30,))


def strikes(desk: Desk) -> tuple[float, ...]:
    """Sell at the delta asked for (0.30)."""
    return (desk.main("call"),)


def legs(desk: Desk, at: tuple[float, ...]) -> list[Holding]:
    """Return the shares and the sold call."""
    return [desk.shares(), desk.sell("call", at[0])]
