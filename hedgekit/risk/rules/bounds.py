"""Two-sided dollar limits, shared by the delta rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import Context, Param

PARAMS = {
    "min_usd": Param(kind="number", default=None, help="least dollars"),
    "max_usd": Param(kind="number", default=None, help="most dollars"),
    "min_fraction": Param(kind="number", default=None, help="least fraction of net value", low=-20, high=20),
    "max_fraction": Param(
        kind="number", default=None, help="largest fraction of net value", low=-20, high=20, example=1.2
    ),
}
ONE_OF = tuple(PARAMS)


def bounds(context: Context, params: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Return the least and the most dollars allowed; the tighter of dollars and fraction."""
    lows = [params["min_usd"]] if params["min_usd"] is not None else []
    highs = [params["max_usd"]] if params["max_usd"] is not None else []
    if params["min_fraction"] is not None:
        lows.append(params["min_fraction"] * context.net_usd())
    if params["max_fraction"] is not None:
        highs.append(params["max_fraction"] * context.net_usd())
    return max(lows, default=None), min(highs, default=None)
