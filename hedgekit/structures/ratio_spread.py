"""Ratio spread: buy one, sell two further out; of calls only with a further one bought (--cap)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.errors import InfeasibleError
from hedgekit.structures.choice import Choice

if TYPE_CHECKING:
    from hedgekit.model import Leg
    from hedgekit.structures.desk import Desk

STRIKES = ("first strike", "second strike")
CAPPED = ("first strike", "second strike", "third strike")
DEFAULT = Choice(deltas=(0.50, 0.25), kind="put")


def strikes(desk: Desk) -> tuple[float, ...]:
    """Buy at the first delta (0.50), sell two at the second (0.25); --cap: buy one so far beyond."""
    kind = desk.kind
    near, body = desk.main(kind, 0), desk.main(kind, 1)
    out = 1 if kind == "call" else -1
    if desk.choice.cap is None:
        return min(near, body), max(near, body)
    cap = desk.wing(kind, body, out, width=desk.choice.cap)
    return min(near, cap), body, max(near, cap)


def legs(desk: Desk, at: tuple[float, ...]) -> list[Leg]:
    """Return the legs: the bought one is nearer the money; calls without a cap are refused.

    Raises
    ------
    InfeasibleError
        The loss of calls sold twice has no limit.
    """
    kind = desk.kind
    if len(at) == 2 and kind == "call":
        raise InfeasibleError(
            "a call ratio spread loses without limit when the spot rises: add --cap WIDTH to buy a call beyond the "
            "sold ones, or use puts (--kind put)"
        )
    near, body = (at[0], at[1]) if kind == "call" else (at[-1], at[-2])
    found = [desk.buy(kind, near), desk.sell(kind, body, times=2)]
    if len(at) > 2:
        found.append(desk.buy(kind, at[2] if kind == "call" else at[0]))
    return found
