"""A pair said in options: which contracts stand for the long and the short leg.

A new one is one entry of `EXPRESSIONS`. A part is (leg, kind, side, share of the target delta): the contract whose
delta is nearest to that share of the target is taken, bought (+1) or sold (-1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Leg: TypeAlias = Literal["long", "short"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One kind of contract of an expression.

    Parameters
    ----------
    leg : {"long", "short"}
        Leg of the pair whose chain it is taken from.
    kind : {"call", "put"}
    side : {1, -1}
        Bought or sold.
    delta_share : float
        Of the target delta; below one is further out of the money.
    """

    leg: Leg
    kind: Literal["call", "put"]
    side: Literal[1, -1]
    delta_share: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A way to hold a pair in options.

    Parameters
    ----------
    name : str
    parts : tuple of Part
    defined_risk : bool
        Whether no more than what is paid, or a spread's width, can be lost.
    why : str
        What it is for.
    """

    name: str
    parts: tuple[Part, ...]
    defined_risk: bool
    why: str


_WING = 0.5  # of the target delta, for the sold part of a spread

EXPRESSIONS = {
    expression.name: expression
    for expression in (
        Expression(
            name="call and put",
            parts=(Part(leg="long", kind="call", side=1), Part(leg="short", kind="put", side=1)),
            defined_risk=True,
            why="loses no more than the premiums; both legs are long vega and pay theta",
        ),
        Expression(
            name="call spread, put spread",
            parts=(
                Part(leg="long", kind="call", side=1),
                Part(leg="long", kind="call", side=-1, delta_share=_WING),
                Part(leg="short", kind="put", side=1),
                Part(leg="short", kind="put", side=-1, delta_share=_WING),
            ),
            defined_risk=True,
            why="cheaper, little vega and theta; gains end at the sold strikes",
        ),
        Expression(
            name="call and sold call",
            parts=(Part(leg="long", kind="call", side=1), Part(leg="short", kind="call", side=-1)),
            defined_risk=False,
            why="vega and theta nearly cancel; the sold call has no limit",
        ),
        Expression(
            name="sold put and put",
            parts=(Part(leg="long", kind="put", side=-1), Part(leg="short", kind="put", side=1)),
            defined_risk=False,
            why="vega and theta nearly cancel; a fall of the long leg alone is owed in full",
        ),
    )
}
"""Name -> expression, in the order tables show them."""
