"""Cash-secured put: a put sold with its strike in cash; the premium for buying lower."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.structures.choice import Choice

if TYPE_CHECKING:
    from hedgekit.model import Leg
    from hedgekit.structures.desk import Desk

STRIKES = ("put sold",)
DEFAULT = Choice(deltas=(0.30,))


def strikes(desk: Desk) -> tuple[float, ...]:
    """Sell at the delta asked for (0.30)."""
    return (desk.main("put"),)


def legs(desk: Desk, at: tuple[float, ...]) -> list[Leg]:
    """Return the sold put."""
    return [desk.sell("put", at[0])]
