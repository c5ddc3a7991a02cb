"""Moving averages that a flat price never crosses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EQUAL = 1e-12
"""Relative difference below which two averages of the same prices are the same number: running sums round."""


def sma(values: Floats, length: int) -> Floats:
    r"""Return the simple moving average, NaN unless the last `length` values are all there.

    Parameters
    ----------
    values : ndarray of float64, shape (n,) or (n, k)
        One column a series; NaN where there is no value.
    length : int
        Values averaged, today's included.

    Returns
    -------
    ndarray of float64, the shape of `values`
        :math:`\bar x_t = \frac1L\sum_{i=0}^{L-1} x_{t-i}`. A value at t uses none after t.

    Examples
    --------
    >>> sma(np.array([1.0, 2.0, 3.0, np.nan, 5.0]), 2)
    array([nan, 1.5, 2.5, nan, nan])
    """
    known = np.isfinite(values)
    # Sums run on distances from the first value of each series: a constant is then averaged without rounding.
    first = np.where(known.any(axis=0), np.take_along_axis(values, known.argmax(axis=0)[None, ...], axis=0)[0], 0.0)
    sums = np.cumsum(np.where(known, values - first, 0.0), axis=0)
    counts = np.cumsum(known, axis=0)
    out = np.full(values.shape, np.nan)
    if length <= len(values):
        before = np.zeros_like(sums[:1])
        window = sums[length - 1 :] - np.concatenate([before, sums[:-length]])
        whole = (counts[length - 1 :] - np.concatenate([np.zeros_like(counts[:1]), counts[:-length]])) == length
        out[length - 1 :] = np.where(whole, first + window / length, np.nan)
    return out


def above(values: Floats, level: Floats) -> NDArray[np.bool_]:
    """Return where values are above a level by more than rounding; False where either is unknown.

    Examples
    --------
    >>> above(np.array([1.0, 1.0 + 1e-15, 1.1, np.nan]), np.ones(4))
    array([False, False,  True, False])
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(values - level > EQUAL * np.abs(level))
