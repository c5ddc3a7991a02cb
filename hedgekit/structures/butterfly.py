"""Butterfly: buy one, sell two, buy one, equally wide; a small debit that pays near the middle strike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.structures.choice import Choice, Distance

if TYPE_CHECKING:
    from hedgekit.model import Leg
    from hedgekit.structures.desk import Desk

STRIKES = ("bought", "sold twice", "bought")
DEFAULT = Choice(otm=(0.0,), widths=(Distance(value=0.05, relative=True),), kind="call")


def strikes(desk: Desk) -> tuple[float, ...]:
    """Sell at the money, buy equally far away on both sides (5% of the spot)."""
    body = desk.main(desk.kind)
    return desk.even_wings(desk.kind, body)


def legs(desk: Desk, at: tuple[float, ...]) -> list[Leg]:
    """Return the three strikes of one kind."""
    kind = desk.kind
    return [desk.buy(kind, at[0]), desk.sell(kind, at[1], times=2), desk.buy(kind, at[2])]
