"""Straddle bought: a call and a put of one strike; pays when the spot moves far enough either way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.structures.choice import Choice

if TYPE_CHECKING:
    from hedgekit.model import Leg
    from hedgekit.structures.desk import Desk

STRIKES = ("put and call bought",)
DEFAULT = Choice(otm=(0.0,))


def strikes(desk: Desk) -> tuple[float, ...]:
    """At the money."""
    return (desk.common(desk.main("call")),)


def legs(desk: Desk, at: tuple[float, ...]) -> list[Leg]:
    """Return the bought put and call."""
    return [desk.buy("put", at[0]), desk.buy("call", at[0])]
