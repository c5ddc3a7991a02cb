"""Calendar: sell an option, buy the same strike at a later expiry; pays near the strike when the first expires."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.structures.choice import Choice

if TYPE_CHECKING:
    from hedgekit.model import Leg
    from hedgekit.structures.desk import Desk

STRIKES = ("sold near, bought far",)
TWO_EXPIRIES = True
DEFAULT = Choice(otm=(0.0,), kind="call")


def strikes(desk: Desk) -> tuple[float, ...]:
    """At the money, a strike that both expiries list."""
    return (desk.in_both(desk.kind, desk.main(desk.kind)),)


def legs(desk: Desk, at: tuple[float, ...]) -> list[Leg]:
    """Return the sold near and the bought far option."""
    return [desk.sell(desk.kind, at[0]), desk.buy(desk.kind, at[0], far=True)]
