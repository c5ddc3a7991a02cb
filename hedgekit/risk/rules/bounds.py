"""Two-sided dollar limits, shared by the delta rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import MOST_USD, Context, Param

PARAMS = {
    "min_usd": Param(kind="number", default=None, help="least dollars", low=-MOST_USD, high=MOST_USD),
    "max_usd": Param(kind="number", default=None, help="most dollars", low=-MOST_USD, high=MOST_USD),
    "min_fraction": Param(kind="number", default=None, help="least fraction of net value", low=-3, high=3),
    "max_fraction": Param(
        kind="number", default=None, help="largest fraction of net value", low=-3, high=3, example=1.2
    ),
}
ONE_OF = tuple(PARAMS)


def refuses(params: Mapping[str, Any]) -> str:
    """Say which least amount is above its most."""
    for unit in ("usd", "fraction"):
        low, high = params[f"min_{unit}"], params[f"max_{unit}"]
        if low is not None and high is not None and low > high:
            return f"min_{unit} {low:g} is above max_{unit} {high:g}"
    return ""


def bounds(context: Context, params: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Return the least and the most dollars allowed; the tighter of dollars and fraction."""
    lows = [params["min_usd"]] if params["min_usd"] is not None else []
    highs = [params["max_usd"]] if params["max_usd"] is not None else []
    if params["min_fraction"] is not None:
        lows.append(params["min_fraction"] * context.net_usd())
    if params["max_fraction"] is not None:
        highs.append(params["max_fraction"] * context.net_usd())
    return max(lows, default=None), min(highs, default=None)
