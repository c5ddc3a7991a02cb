"""Whether the residual of a pair reverts: Engle and Granger's statistic and what it is under no cointegration.

The null distribution is simulated for the procedure that is really followed: both directions tried and the better one
kept. It needs no table, and no assumption that one of the two was chosen before looking.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from hedgekit.errors import InputError
from hedgekit.model import FloatArray
from hedgekit.pairs.stationarity import adf, engle_granger, engle_granger_pairs, pvalue

SIMULATED, WALK = 4000, 400
"""Random walks of the null distribution, and days of each."""

RARE = 0.01
"""p-value below which too few simulated walks are left to count."""

ITSELF = 0.01
"""p-value below which a leg is taken to revert by itself."""

SEED = 20240607


def better_direction(y: FloatArray, x: FloatArray) -> tuple[float, float]:
    """Test both directions and keep the better one.

    Returns
    -------
    statistic : float
        The lesser of the two.
    pvalue : float
        Of that lesser one under independent random walks: `better_pvalue`.
    """
    statistic = float(min(engle_granger(y, x).statistic[0], engle_granger(x, y).statistic[0]))
    return statistic, better_pvalue(statistic)


def better_pvalue(statistic: float) -> float:
    """Return the p-value of the lesser of both directions' statistics; NaN without one.

    From `simulated_null`, and where that has too few walks, MacKinnon's for one direction, doubled.

    Examples
    --------
    >>> round(better_pvalue(-3.5), 2), better_pvalue(-8.0) < 1e-9
    (0.06, True)
    """
    if not np.isfinite(statistic):
        return float("nan")
    simulated = tail(simulated_null(), statistic)
    if simulated >= RARE:
        return simulated
    return min(RARE, 2.0 * pvalue(statistic, variables=2))


def better_critical(level: float) -> float:
    """Return the statistic whose `better_pvalue` is `level`.

    Examples
    --------
    >>> round(better_critical(0.05), 1), round(better_critical(1e-6), 1)
    (-3.6, -6.2)
    """
    low, high = -60.0, 0.0
    while high - low > 1e-6:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if better_pvalue(middle) < level else (low, middle)
    return low


def reverts_by_itself(series: FloatArray) -> bool:
    """Whether a leg's own level is stationary, so that a cointegration test of it would mean nothing.

    Dickey and Fuller's test with a constant at 1%, against simulated walks: a vol index, a yield, a spread.
    """
    try:
        statistic = adf(series).statistic
    except InputError:
        return False
    return tail(_walk_null(), statistic) < ITSELF


@lru_cache(maxsize=1)
def _walk_null() -> FloatArray:
    """Return Dickey-Fuller statistics with a constant of plain walks, ascending."""
    dice = np.random.default_rng(SEED + 1)
    walks = np.cumsum(dice.standard_normal((SIMULATED, WALK)), axis=1)
    return np.sort([adf(walk, lags=0, criterion=None).statistic for walk in walks])


def tail(null: FloatArray, statistic: float) -> float:
    """Return the p-value of a statistic in a simulated distribution, never exactly zero."""
    return float((np.searchsorted(null, statistic, side="right") + 1) / (len(null) + 1))


@lru_cache(maxsize=4)
def simulated_null(days: int = WALK, count: int = SIMULATED) -> FloatArray:
    """Return the lesser of both directions' statistics for pairs of independent random walks, ascending.

    Parameters
    ----------
    days, count : int

    Notes
    -----
    The statistic's limit does not depend on how changes are autocorrelated, so plain walks without lags do.
    """
    dice = np.random.default_rng(SEED)
    walks = np.cumsum(dice.standard_normal((2, count, days)), axis=2).reshape(2 * count, days)
    first, second = np.arange(count), np.arange(count, 2 * count)
    there, back = (
        engle_granger_pairs(walks.T, y, x, lags=0, criterion=None).statistic
        for y, x in ((first, second), (second, first))
    )
    return np.sort(np.minimum(there, back))
