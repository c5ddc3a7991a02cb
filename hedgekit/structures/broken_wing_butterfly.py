"""Broken-wing butterfly: a butterfly with one wing wider; cheaper, and it loses more on the wide side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.structures.choice import Choice, Distance

if TYPE_CHECKING:
    from hedgekit.model import Leg
    from hedgekit.structures.desk import Desk

STRIKES = ("bought", "sold twice", "bought")
DEFAULT = Choice(
    otm=(0.03,), widths=(Distance(value=0.03, relative=True), Distance(value=0.05, relative=True)), kind="put"
)


def strikes(desk: Desk) -> tuple[float, ...]:
    """Sell 3% out of the money; buy a width nearer the money (3% of the spot) and one further out (5%)."""
    kind = desk.kind
    body, out = desk.main(kind), 1 if kind == "call" else -1
    near, far = desk.wing(kind, body, -out, 0), desk.wing(kind, body, out, 1)
    return min(near, far), body, max(near, far)


def legs(desk: Desk, at: tuple[float, ...]) -> list[Leg]:
    """Return the three strikes of one kind."""
    kind = desk.kind
    return [desk.buy(kind, at[0]), desk.sell(kind, at[1], times=2), desk.buy(kind, at[2])]
