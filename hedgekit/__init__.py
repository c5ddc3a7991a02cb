"""hedgekit: size option hedges before the trade.

American pricing with cash dividends, cost at the touch, whole contracts that
truly hold the floor, and a pass or fail that a script can act on.

The public names are loaded when first used, so that ``import hedgekit`` is instant.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hedgekit import units as units
    from hedgekit.errors import ArbitrageError as ArbitrageError
    from hedgekit.errors import ConvergenceError as ConvergenceError
    from hedgekit.errors import DataError as DataError
    from hedgekit.errors import HedgekitError as HedgekitError
    from hedgekit.errors import InfeasibleError as InfeasibleError
    from hedgekit.errors import InputError as InputError
    from hedgekit.errors import MissingExtra as MissingExtra
    from hedgekit.errors import NotBuiltError as NotBuiltError
    from hedgekit.errors import NotIdentifiedError as NotIdentifiedError
    from hedgekit.errors import Status as Status
    from hedgekit.hedges import compare as compare
    from hedgekit.hedges.frontier import frontier as hedge_frontier
    from hedgekit.hedges.stop_study import study as hedge_stop
    from hedgekit.market.prices import load_prices as load_prices
    from hedgekit.market.sources import load as load_chain
    from hedgekit.market.surface.result import describe as surface
    from hedgekit.model import Chain as Chain
    from hedgekit.model import Option as Option
    from hedgekit.model import PriceHistory as PriceHistory
    from hedgekit.pairs.backtest import pair_backtest as pair_backtest
    from hedgekit.pairs.cointegration import pair_test as pair_test
    from hedgekit.pairs.options import pair_options as pair_options
    from hedgekit.pairs.ratio import pair_ratio as pair_ratio
    from hedgekit.pairs.scan import pair_scan as pair_scan
    from hedgekit.pairs.size import pair_size as pair_size
    from hedgekit.pairs.status import pair_status as pair_status
    from hedgekit.pricing import greeks as greeks
    from hedgekit.pricing import implied_vol as implied_vol
    from hedgekit.pricing import price as price
    from hedgekit.risk.allocation import allocate as allocate
    from hedgekit.risk.book import load_book as load_book
    from hedgekit.risk.check import check as check
    from hedgekit.risk.policy import load_policy as load_policy
    from hedgekit.risk.scenario import scenario as scenario
    from hedgekit.structures.catalogue import make as structure
    from hedgekit.structures.find import find as structure_find

__version__ = "0.1.0"

# public name -> (module, name there)
_HOMES = {
    "ArbitrageError": ("hedgekit.errors", "ArbitrageError"),
    "Chain": ("hedgekit.model", "Chain"),
    "ConvergenceError": ("hedgekit.errors", "ConvergenceError"),
    "DataError": ("hedgekit.errors", "DataError"),
    "HedgekitError": ("hedgekit.errors", "HedgekitError"),
    "InfeasibleError": ("hedgekit.errors", "InfeasibleError"),
    "InputError": ("hedgekit.errors", "InputError"),
    "MissingExtra": ("hedgekit.errors", "MissingExtra"),
    "NotBuiltError": ("hedgekit.errors", "NotBuiltError"),
    "NotIdentifiedError": ("hedgekit.errors", "NotIdentifiedError"),
    "Option": ("hedgekit.model", "Option"),
    "PriceHistory": ("hedgekit.model", "PriceHistory"),
    "Status": ("hedgekit.errors", "Status"),
    "allocate": ("hedgekit.risk.allocation", "allocate"),
    "check": ("hedgekit.risk.check", "check"),
    "compare": ("hedgekit.hedges", "compare"),
    "greeks": ("hedgekit.pricing", "greeks"),
    "hedge_frontier": ("hedgekit.hedges.frontier", "frontier"),
    "hedge_stop": ("hedgekit.hedges.stop_study", "study"),
    "implied_vol": ("hedgekit.pricing", "implied_vol"),
    "load_book": ("hedgekit.risk.book", "load_book"),
    "load_chain": ("hedgekit.market.sources", "load"),
    "load_prices": ("hedgekit.market.prices", "load_prices"),
    "pair_backtest": ("hedgekit.pairs.backtest", "pair_backtest"),
    "pair_options": ("hedgekit.pairs.options", "pair_options"),
    "pair_ratio": ("hedgekit.pairs.ratio", "pair_ratio"),
    "pair_scan": ("hedgekit.pairs.scan", "pair_scan"),
    "pair_size": ("hedgekit.pairs.size", "pair_size"),
    "pair_status": ("hedgekit.pairs.status", "pair_status"),
    "pair_test": ("hedgekit.pairs.cointegration", "pair_test"),
    "load_policy": ("hedgekit.risk.policy", "load_policy"),
    "price": ("hedgekit.pricing", "price"),
    "scenario": ("hedgekit.risk.scenario", "scenario"),
    "structure": ("hedgekit.structures.catalogue", "make"),
    "structure_find": ("hedgekit.structures.find", "find"),
    "surface": ("hedgekit.market.surface.result", "describe"),
    "units": ("hedgekit.units", None),
}

__all__ = [
    "ArbitrageError",
    "Chain",
    "ConvergenceError",
    "DataError",
    "HedgekitError",
    "InfeasibleError",
    "InputError",
    "MissingExtra",
    "NotBuiltError",
    "NotIdentifiedError",
    "Option",
    "PriceHistory",
    "Status",
    "__version__",
    "allocate",
    "check",
    "compare",
    "greeks",
    "hedge_frontier",
    "hedge_stop",
    "implied_vol",
    "load_book",
    "load_chain",
    "load_policy",
    "load_prices",
    "pair_backtest",
    "pair_options",
    "pair_ratio",
    "pair_scan",
    "pair_size",
    "pair_status",
    "pair_test",
    "price",
    "scenario",
    "structure",
    "structure_find",
    "surface",
    "units",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its home on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'hedgekit' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    value = importlib.import_module(module)
    value = getattr(value, attribute) if attribute else value
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
