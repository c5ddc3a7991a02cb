"""The book's P/L under the days of a price history: what the two tail rules share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from hedgekit.risk.rule import LIMITS, Context, Param, Unknown, usd

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
    days = params["horizon_days"]
    moves = context.past_moves(days, params["window"])
    total = np.zeros(len(moves))
    for column, ticker in enumerate(context.valued.book.tickers):
        own = moves[:, column]
        nodes = np.unique(np.append(np.linspace(own.min(), own.max(), NODES), 0.0))
        total += np.interp(own, nodes, context.spot_pnl(ticker, nodes))
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
