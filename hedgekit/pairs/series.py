"""Columns of numbers as the kernels take them, and the checks every statistic shares."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgekit.errors import InputError


def column(name: str, values: Any) -> NDArray[np.float64]:
    """Return a series as contiguous float64 of shape (n,); values that are not finite stay.

    Raises
    ------
    InputError
        When it is not one column of numbers.
    """
    try:
        array = np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{name} is {values!r:.60}: give an array of numbers") from None
    if array.ndim != 1:
        raise InputError(f"{name} has shape {array.shape}: give one column of numbers, shape (n,)")
    return array


def columns(y: Any, x: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two series of equal length as the kernels take them."""
    a, b = column("y", y), column("x", x)
    if len(a) != len(b):
        raise InputError(f"y has {len(a)} values and x has {len(b)}: give as many of each")
    return a, b


def finite(name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Refuse a series with a value that is not finite, saying where the first one is."""
    bad = ~np.isfinite(values)
    if bad.any():
        place = int(np.argmax(bad))
        raise InputError(f"{name}[{place}] is {values[place]}: this statistic needs every value; drop or fill the gaps")
    return values


def window_of(name: str, window: Any, least: int) -> int:
    """Return a window's length, or say which are allowed."""
    if isinstance(window, bool) or not isinstance(window, int | np.integer) or window < least:
        raise InputError(f"{name} is {window!r}: give a whole number of {least} or more")
    return int(window)
