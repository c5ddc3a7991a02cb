"""Option structures with a limited loss: one a file, exact extremes, probabilities under stated measures.

`STRUCTURES` lists the catalogue in the order help shows it: name -> module. Each module has a docstring that says what
it is, ``STRIKES`` (what each strike is, ascending), ``DEFAULT`` (a `Choice`), ``strikes(desk)`` that chooses them and
``legs(desk, strikes)`` that prices them; ``CAPPED`` where a further strike can limit an open side, ``TWO_EXPIRIES``
where there are two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hedgekit.structures.analysis import StructureResult as StructureResult
    from hedgekit.structures.analysis import analyze as analyze
    from hedgekit.structures.catalogue import make as make
    from hedgekit.structures.setting import as_given as as_given
    from hedgekit.structures.setting import from_chain as from_chain

STRUCTURES = {
    "bull-call-spread": "hedgekit.structures.bull_call_spread",
    "bear-put-spread": "hedgekit.structures.bear_put_spread",
    "bull-put-spread": "hedgekit.structures.bull_put_spread",
    "bear-call-spread": "hedgekit.structures.bear_call_spread",
    "iron-condor": "hedgekit.structures.iron_condor",
    "iron-butterfly": "hedgekit.structures.iron_butterfly",
    "condor": "hedgekit.structures.condor",
    "butterfly": "hedgekit.structures.butterfly",
    "broken-wing-butterfly": "hedgekit.structures.broken_wing_butterfly",
    "calendar": "hedgekit.structures.calendar",
    "diagonal": "hedgekit.structures.diagonal",
    "covered-call": "hedgekit.structures.covered_call",
    "cash-secured-put": "hedgekit.structures.cash_secured_put",
    "protective-put": "hedgekit.structures.protective_put",
    "collar": "hedgekit.structures.collar",
    "straddle": "hedgekit.structures.straddle",
    "strangle": "hedgekit.structures.strangle",
    "jade-lizard": "hedgekit.structures.jade_lizard",
    "ratio-spread": "hedgekit.structures.ratio_spread",
}

_HOMES = {
    "StructureResult": "analysis",
    "analyze": "analysis",
    "as_given": "setting",
    "from_chain": "setting",
    "make": "catalogue",
}


def __getattr__(name: str) -> Any:
    """Load the analysis on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'hedgekit.structures' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"hedgekit.structures.{_HOMES[name]}"), name)
