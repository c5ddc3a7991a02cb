"""How many members take part: shares above their average, new highs less new lows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hedgekit.leadership.averages import Floats, above, sma


@dataclass(frozen=True, slots=True, kw_only=True)
class Breadth:
    """A share of members by day.

    Attributes
    ----------
    share : ndarray of float64, shape (n,)
        Fraction of the members judged; NaN on days when none can be.
    judged : ndarray of int64, shape (n,)
        The denominator: members with enough closes that day.
    members : ndarray of int64, shape (n,)
        Members that day, judged or not.
    """

    share: Floats
    judged: NDArray[np.int64]
    members: NDArray[np.int64]


def above_average(prices: Floats, length: int, member: NDArray[np.bool_]) -> Breadth:
    """Return the share of members that close above their own moving average.

    Parameters
    ----------
    prices : ndarray of float64, shape (n, k)
        Closes, NaN where there is none.
    length : int
        Days of the average. A member is judged on days when its last `length` closes are all there.
    member : ndarray of bool, shape (n, k)
        Who is a member on which day.

    Returns
    -------
    Breadth
        Strictly above counts; at the average does not.

    Examples
    --------
    >>> prices = np.array([[1.0, 5.0], [2.0, 5.0], [3.0, np.nan]])
    >>> above_average(prices, 2, np.ones_like(prices, dtype=bool)).share
    array([nan, 0.5, 1. ])
    """
    average = sma(prices, length)
    judged = np.isfinite(average) & member
    return _share(above(prices, average) & judged, judged, member)


def new_highs_less_lows(prices: Floats, length: int, member: NDArray[np.bool_]) -> Breadth:
    """Return new highs less new lows as a share of the members judged.

    A new high is a close above every close of the `length` days before it, a new low one below; a member is
    judged when those and today's are all there.

    Examples
    --------
    >>> prices = np.array([[1.0, 5.0, 3.0], [2.0, 4.0, 3.0], [3.0, 3.0, 3.0]])
    >>> float(new_highs_less_lows(prices, 2, np.ones_like(prices, dtype=bool)).share[-1])
    0.0
    """
    n, k = prices.shape
    high, low = np.full((n, k), np.nan), np.full((n, k), np.nan)
    if length < n:
        windows = np.lib.stride_tricks.sliding_window_view(prices, length, axis=0)[:-1]
        high[length:], low[length:] = windows.max(axis=-1), windows.min(axis=-1)
    judged = np.isfinite(high) & np.isfinite(prices) & member
    with np.errstate(invalid="ignore"):
        up, down = (prices > high) & judged, (prices < low) & judged
    share = _share(up, judged, member)
    return Breadth(share=share.share - _share(down, judged, member).share, judged=share.judged, members=share.members)


def _share(counted: NDArray[np.bool_], judged: NDArray[np.bool_], member: NDArray[np.bool_]) -> Breadth:
    denominator = judged.sum(axis=1)
    share = np.where(denominator > 0, counted.sum(axis=1) / np.maximum(denominator, 1), np.nan)
    return Breadth(share=share, judged=denominator, members=member.sum(axis=1))
