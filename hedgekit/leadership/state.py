"""The overall state, which needs more to change than to stay."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from hedgekit.leadership.averages import Floats

LEADING: Final = "leading"
LAGGING: Final = "lagging"
NEUTRAL: Final = "neutral"
UNKNOWN: Final = "unknown"

ENTER: Final = 0.4
"""Mean vote at which a state is entered; it is left again when the mean vote changes sign."""

LEAST_VOTES: Final = 2
"""Indicators that must be known for a state: one indicator is not a consensus."""


def vote(values: Floats, *, high: float, low: float) -> Floats:
    """Return +1 above `high`, -1 below `low`, 0 between, NaN where the value is unknown.

    Examples
    --------
    >>> vote(np.array([0.7, 0.5, 0.1, np.nan]), high=0.6, low=0.4)
    array([ 1.,  0., -1., nan])
    """
    with np.errstate(invalid="ignore"):
        votes = np.where(values > high, 1.0, np.where(values < low, -1.0, 0.0))
    return np.where(np.isfinite(values), votes, np.nan)


def verdict(value: float) -> str:
    """Return a vote in words.

    Examples
    --------
    >>> verdict(1.0), verdict(-1.0), verdict(0.0), verdict(float("nan"))
    ('leading', 'lagging', 'neutral', 'unknown')
    """
    if not np.isfinite(value):
        return UNKNOWN
    return LEADING if value > 0 else LAGGING if value < 0 else NEUTRAL


def states(votes: Floats) -> NDArray[np.str_]:
    """Return the state on each day from the votes up to it.

    Parameters
    ----------
    votes : ndarray of float64, shape (n, indicators)
        NaN where an indicator is unknown.

    Returns
    -------
    ndarray of str, shape (n,)
        "leading" from a mean vote of `ENTER` on until the mean falls below zero, "lagging" the other way,
        otherwise "neutral"; "unknown" where fewer than `LEAST_VOTES` indicators are known.

    Examples
    --------
    >>> states(np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 0.0], [np.nan, 1.0]])).tolist()
    ['leading', 'leading', 'lagging', 'unknown']
    """
    known = np.isfinite(votes)
    count = known.sum(axis=1)
    mean = np.where(known, votes, 0.0).sum(axis=1) / np.maximum(count, 1)
    out = []
    at = NEUTRAL
    for value, enough in zip(mean, count >= LEAST_VOTES, strict=True):
        if not enough:
            out.append(UNKNOWN)
            continue
        if value >= ENTER:
            at = LEADING
        elif value <= -ENTER:
            at = LAGGING
        elif (at == LEADING and value < 0) or (at == LAGGING and value > 0):
            at = NEUTRAL
        out.append(at)
    return np.array(out, dtype=np.str_)
