"""Two legs against each other: ratios with their errors, tests with the right tables, whole shares.

Everywhere ``y`` is the long leg and ``x`` the short one; ratios are of the short leg per one of the long leg.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hedgekit.pairs.backtest import PairBacktestResult as PairBacktestResult
    from hedgekit.pairs.backtest import pair_backtest as pair_backtest
    from hedgekit.pairs.cointegration import PairTestResult as PairTestResult
    from hedgekit.pairs.cointegration import pair_test as pair_test
    from hedgekit.pairs.options import PairOptionsResult as PairOptionsResult
    from hedgekit.pairs.options import pair_options as pair_options
    from hedgekit.pairs.ratio import PairRatioResult as PairRatioResult
    from hedgekit.pairs.ratio import pair_ratio as pair_ratio
    from hedgekit.pairs.scan import PairScanResult as PairScanResult
    from hedgekit.pairs.scan import pair_scan as pair_scan
    from hedgekit.pairs.size import PairSizeResult as PairSizeResult
    from hedgekit.pairs.size import pair_size as pair_size
    from hedgekit.pairs.status import PairStatusResult as PairStatusResult
    from hedgekit.pairs.status import pair_status as pair_status

# public name -> module
_HOMES = {
    "PairRatioResult": "hedgekit.pairs.ratio",
    "PairTestResult": "hedgekit.pairs.cointegration",
    "pair_ratio": "hedgekit.pairs.ratio",
    "PairOptionsResult": "hedgekit.pairs.options",
    "pair_options": "hedgekit.pairs.options",
    "PairSizeResult": "hedgekit.pairs.size",
    "pair_size": "hedgekit.pairs.size",
    "pair_test": "hedgekit.pairs.cointegration",
    "PairBacktestResult": "hedgekit.pairs.backtest",
    "PairScanResult": "hedgekit.pairs.scan",
    "PairStatusResult": "hedgekit.pairs.status",
    "pair_backtest": "hedgekit.pairs.backtest",
    "pair_scan": "hedgekit.pairs.scan",
    "pair_status": "hedgekit.pairs.status",
}


def __getattr__(name: str) -> Any:
    """Load a public name on first use."""
    import importlib

    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'hedgekit.pairs' has no attribute {name!r}")
