"""Two legs against each other: ratios with their errors, tests with the right tables, whole shares.

Everywhere ``y`` is the long leg and ``x`` the short one; ratios are of the short leg per one of the long leg.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hedgekit.pairs.cointegration import PairTestResult as PairTestResult
    from hedgekit.pairs.cointegration import pair_test as pair_test
    from hedgekit.pairs.ratio import PairRatioResult as PairRatioResult
    from hedgekit.pairs.ratio import pair_ratio as pair_ratio
    from hedgekit.pairs.size import PairSizeResult as PairSizeResult
    from hedgekit.pairs.size import pair_size as pair_size

# public name -> module
_HOMES = {
    "PairRatioResult": "hedgekit.pairs.ratio",
    "PairTestResult": "hedgekit.pairs.cointegration",
    "pair_ratio": "hedgekit.pairs.ratio",
    "PairSizeResult": "hedgekit.pairs.size",
    "pair_size": "hedgekit.pairs.size",
    "pair_test": "hedgekit.pairs.cointegration",
}


def __getattr__(name: str) -> Any:
    """Load a public name on first use."""
    import importlib

    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'hedgekit.pairs' has no attribute {name!r}")
