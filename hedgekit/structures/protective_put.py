"""Protective put: shares, and a put bought below; the loss ends at the strike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.structures.choice import Choice

if TYPE_CHECKING:
    from hedgekit.model import Holding
    from hedgekit.structures.desk import Desk

STRIKES = ("put bought",)
DEFAULT = Choice(otm=(0.05,))


def strikes(desk: Desk) -> tuple[float, ...]:
    """Buy 5% out of the money."""
    return (desk.main("put"),)


def legs(desk: Desk, at: tuple[float, ...]) -> list[Holding]:
    """Return the shares and the bought put."""
    return [desk.shares(), desk.buy("put", at[0])]
