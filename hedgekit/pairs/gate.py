"""When a pair may be entered: one gate and one set of levels, for the history and for today."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from hedgekit.model import FloatArray
from hedgekit.pairs.rolling import rolling_engle_granger
from hedgekit.pairs.unit_root import simulated_null, tail

LEVEL = 0.05
"""p-value below which the gate opens."""

ENTRY_Z, EXIT_Z, STOP_Z = 2.0, 0.5, 4.0
"""Deviations at which to enter, to leave and to give up, unless others are asked for."""


def gate_statistics(y: Any, x: Any, window: int) -> FloatArray:
    """Return Engle and Granger's statistic with one lag over every window, the lesser of both directions.

    Parameters
    ----------
    y, x : array_like, shape (n,)
        Log levels.
    window : int

    Returns
    -------
    ndarray, shape (n,)
        Element t rests on days t - window + 1 to t; NaN without a test.

    Examples
    --------
    >>> x = np.cumsum(np.random.default_rng(1).normal(size=300))
    >>> y = 2.0 * x + np.random.default_rng(2).normal(size=300)
    >>> bool(gate_statistics(y, x, 100)[-1] < critical())
    True
    """
    there = rolling_engle_granger(y, x, window).statistic
    back = rolling_engle_granger(x, y, window).statistic
    least: FloatArray = np.minimum(there, back)
    return least


def gate_pvalue(statistic: float) -> float:
    """Return the p-value of the lesser of both directions, from simulated walks; NaN without a test."""
    return tail(simulated_null(), statistic) if np.isfinite(statistic) else float("nan")


@lru_cache(maxsize=1)
def critical() -> float:
    """Return the statistic below which `gate_pvalue` is less than `LEVEL`."""
    null = simulated_null()
    # tail counts the walks at or below the statistic and one more
    passing = int(np.ceil(LEVEL * (len(null) + 1))) - 2
    return float(null[passing])
