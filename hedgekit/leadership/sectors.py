"""How many sectors take part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hedgekit.leadership.averages import Floats, above
from hedgekit.leadership.relative_strength import relative_strength


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    """Sector participation by day.

    Attributes
    ----------
    rising : ndarray of float64, shape (n,)
        Share of the sectors judged whose relative strength has risen; NaN when none can be judged.
    judged : ndarray of int64, shape (n,)
        Sectors judged.
    effective : ndarray of float64, shape (n,)
        Effective number of sectors behind the members that beat the benchmark; NaN when none does.
    names : tuple of str
        The sectors.
    up : ndarray of bool, shape (n, sectors)
        Which have risen.
    """

    rising: Floats
    judged: NDArray[np.int64]
    effective: Floats
    names: tuple[str, ...]
    up: NDArray[np.bool_]


def sector_index(prices: Floats, member: NDArray[np.bool_]) -> Floats:
    """Return the equal-weight index of some members, rebalanced daily, from 1.

    Parameters
    ----------
    prices : ndarray of float64, shape (n, k)
        Total-return prices.
    member : ndarray of bool, shape (n, k)
        A member's return of a day counts when it was a member then and both its closes are there.

    Returns
    -------
    ndarray of float64, shape (n,)
        A day without any return leaves the index where it was.

    Examples
    --------
    >>> sector_index(np.array([[1.0, 10.0], [1.1, 9.0]]), np.ones((2, 2), dtype=bool))
    array([1., 1.])
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        returns = prices[1:] / prices[:-1] - 1.0
    counted = np.isfinite(returns) & member[1:]
    mean = np.where(counted, returns, 0.0).sum(axis=1) / np.maximum(counted.sum(axis=1), 1)
    return np.concatenate([[1.0], np.cumprod(1.0 + mean)])


def participation(
    prices: Floats,
    member: NDArray[np.bool_],
    sectors: Sequence[str],
    benchmark: Floats,
    window: int,
) -> Participation:
    r"""Return which sectors' relative strength has risen over `window` days, and how many stand behind the leaders.

    Parameters
    ----------
    prices : ndarray of float64, shape (n, k)
        Members' total-return prices.
    member : ndarray of bool, shape (n, k)
    sectors : sequence of str, length k
        Sector of each member.
    benchmark : ndarray of float64, shape (n,)
        Total-return prices of what the sectors are measured against.
    window : int
        Days looked back.

    Returns
    -------
    Participation
        A sector is its members' equal-weight index. The effective number is :math:`1/\sum_s w_s^2`,
        :math:`w_s` being sector s's share of the members whose return over the window beats the benchmark's
        (the inverse Herfindahl-Hirschman index).
    """
    names = tuple(sorted(set(sectors)))
    of = np.array([names.index(s) for s in sectors], dtype=np.int64)
    n = len(benchmark)
    up = np.zeros((n, len(names)), dtype=bool)
    judged = np.zeros((n, len(names)), dtype=bool)
    for i in range(len(names)):
        mine = of == i
        strength = relative_strength(sector_index(prices[:, mine], member[:, mine]), benchmark)
        known: NDArray[np.bool_] = np.any(np.isfinite(prices[:, mine]) & member[:, mine], axis=1)
        if window < n:
            both = known[window:] & known[:-window]
            judged[window:, i] = np.isfinite(strength[window:] + strength[:-window]) & both
            up[window:, i] = above(strength[window:], strength[:-window]) & judged[window:, i]
    beats = np.zeros(prices.shape, dtype=bool)
    if window < n:
        strength = relative_strength(prices, benchmark)
        beats[window:] = above(strength[window:], strength[:-window]) & member[window:]
    counts = np.stack([beats[:, of == i].sum(axis=1) for i in range(len(names))], axis=1).astype(np.float64)
    total, squares = counts.sum(axis=1), (counts**2).sum(axis=1)
    known_sectors = judged.sum(axis=1)
    return Participation(
        rising=np.where(known_sectors > 0, up.sum(axis=1) / np.maximum(known_sectors, 1), np.nan),
        judged=known_sectors,
        effective=np.where(squares > 0, total**2 / np.maximum(squares, 1.0), np.nan),
        names=names,
        up=up,
    )
