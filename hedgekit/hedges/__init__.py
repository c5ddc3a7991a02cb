"""Hedges of a long book: one a file, sized in whole contracts so that the floor is true.

`CANDIDATES` lists them in the order tables show them: name -> ``module:function``, each a function
``build(problem) -> Candidate | None`` (None when the chain has nothing to build it from).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hedgekit.hedges.comparison import HedgeResult as HedgeResult
    from hedgekit.hedges.comparison import compare as compare

CANDIDATES = {
    "put": "hedgekit.hedges.put:build",
    "collar": "hedgekit.hedges.collar:build",
    "put spread": "hedgekit.hedges.put_spread:build",
    "put-spread collar": "hedgekit.hedges.put_spread_collar:build",
    "ratio collar": "hedgekit.hedges.ratio_collar:build",
    "seagull": "hedgekit.hedges.seagull:build",
    "calls and cash": "hedgekit.hedges.calls_and_cash:build",
    "stop-loss": "hedgekit.hedges.stop_loss:build",
    "holding less (same delta)": "hedgekit.hedges.holding_less:build_same_delta",
    "holding less (cash floor)": "hedgekit.hedges.holding_less:build_cash_floor",
}


def __getattr__(name: str) -> Any:
    """Load the comparison on first use."""
    if name in ("HedgeResult", "compare"):
        from hedgekit.hedges import comparison

        return getattr(comparison, name)
    raise AttributeError(f"module 'hedgekit.hedges' has no attribute {name!r}")
