"""The book's P/L under the days of a price history: what the two tail rules share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from hedgekit.risk.rule import LIMITS, Context, Param, Unknown, usd
from hedgekit.scenarios.grid import revalue

NODES = 81
"""Spots at which each ticker's P/L is computed; between them it is interpolated."""


def losses(context: Context, params: Mapping[str, Any]) -> tuple[npt.NDArray[np.float64], str]:
    """Return the book's P/L for each overlapping period of the history, ascending, and in words where it is from.

    Raises
    ------
    Unknown
        No price file, too short a one, or one without a ticker that is held.
    """
    context.lines()
    if context.prices is None:
        raise Unknown("no price history is given: use --prices")
    held = context.valued.book.tickers
    missing = [ticker for ticker in held if ticker not in context.prices.tickers]
    if missing:
        raise Unknown(f"{context.prices.source} has no history of {', '.join(missing)}")
    days = params["horizon_days"]
    # overlapping periods: sums of consecutive daily returns
    daily = context.prices.select(list(held)).log_returns()
    if len(daily) < days:
        raise Unknown(f"{context.prices.source} has {len(daily)} common returns: too few")
    periods = np.asarray(sum(daily[i : len(daily) - days + 1 + i] for i in range(days)))
    periods = periods[np.isfinite(periods).all(axis=1)][-params["window"] :]
    if len(periods) < params["window"]:
        raise Unknown(
            f"{context.prices.source} has {len(periods)} periods of {days} days with all of {', '.join(held)}: "
            f"{params['window']} are asked for"
        )
    moves = np.expm1(periods)
    total = np.zeros(len(moves))
    for column, ticker in enumerate(held):
        lines = [h for h in context.valued.holdings() if h.ticker == ticker]
        own = moves[:, column]
        nodes = np.unique(np.append(np.linspace(own.min(), own.max(), NODES), 0.0))
        market = {ticker: context.valued.underlyings[ticker]}
        grid = revalue(lines, market, spot_moves=nodes)
        if not np.isfinite(grid.pnl_usd).all():
            raise Unknown(f"no value under these moves for {', '.join(grid.unknown)}")
        total += np.interp(own, nodes, grid.pnl_usd[0, :, 0])
    words = (
        f"{len(moves)} overlapping {days}-day total returns to {context.prices.dates[-1]} in {context.prices.source}, "
        f"applied to today's book by full revaluation at {NODES} spots a ticker (linear between), vols, date as now; "
        f"worst {usd(float(total.min()), sign=True)}"
    )
    return np.sort(total), words


def tail_count(count: int, level: float) -> float:
    """Return how many periods the tail holds: (1 - level) of them, not rounded."""
    return (1.0 - level) * count


PARAMS = {
    "level": Param(kind="number", default=0.95, help="confidence", low=0.5, high=0.9999),
    "horizon_days": Param(kind="count", default=10, help="sessions ahead", low=1, high=252),
    "window": Param(kind="count", default=500, help="past periods used", low=50, high=10_000),
    **LIMITS,
}
