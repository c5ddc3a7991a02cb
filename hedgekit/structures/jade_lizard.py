"""Jade lizard: sell a put and a call spread whose width the credit covers, so that no rise loses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.errors import InfeasibleError
from hedgekit.payoff import exact
from hedgekit.structures.choice import Choice, Distance

if TYPE_CHECKING:
    from hedgekit.model import Leg
    from hedgekit.structures.desk import Desk

STRIKES = ("put sold", "call sold", "call bought")
CAPPED = ("put bought", "put sold", "call sold", "call bought")
DEFAULT = Choice(deltas=(0.30,), widths=(Distance(value=0.02, relative=True),))


def strikes(desk: Desk) -> tuple[float, ...]:
    """Sell at the deltas asked for (0.30), buy a call a width above (2% of the spot); --cap: and a put so far below."""
    put, call = desk.main("put", 0), desk.main("call", 1)
    found = put, call, desk.wing("call", call, 1)
    cap = desk.choice.cap
    return found if cap is None else (desk.wing("put", put, -1, width=cap), *found)


def legs(desk: Desk, at: tuple[float, ...]) -> list[Leg]:
    """Return the legs, refused when the credit does not cover the call spread.

    Raises
    ------
    InfeasibleError
        A rise would lose: says by how much.
    """
    *capped, put, call, wing = at
    found = [desk.sell("put", put), desk.sell("call", call), desk.buy("call", wing)]
    if capped:
        found.insert(0, desk.buy("put", capped[0]))
    loss = exact(wing) - exact(call) + sum(exact(leg.premium) * (1 if leg.contracts > 0 else -1) for leg in found)
    if loss > 0:
        raise InfeasibleError(
            f"the credit does not cover the call spread {call:g}/{wing:g}: a rise would lose {float(loss):.2f} a "
            "share. Sell nearer the money, or name a smaller --width"
        )
    return found
