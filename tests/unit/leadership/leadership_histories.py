"""Made price histories for the leadership tests."""

from __future__ import annotations

import numpy as np

from hedgekit.model import PriceHistory


def history(columns: dict[str, np.ndarray], *, start: str = "2024-01-01", **extra: np.ndarray) -> PriceHistory:
    """Return a history of weekdays with close and total return alike."""
    prices = np.column_stack(list(columns.values()))
    days = np.busday_offset(start, np.arange(len(prices)), roll="forward").astype("M8[D]")
    return PriceHistory(tickers=tuple(columns), dates=days, close=prices, total_return=prices, source="made", **extra)


def walk(n: int, *, seed: int, drift: float = 0.0, vol: float = 0.01) -> np.ndarray:
    """Return a made geometric random walk from 100."""
    return 100.0 * np.exp(np.cumsum(np.random.default_rng(seed).normal(drift, vol, n)))
