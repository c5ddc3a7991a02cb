"""Whether the residual of a pair reverts: Engle and Granger's statistic and what it is under no cointegration.

The null distribution is simulated for the procedure that is really followed: both directions tried and the better one
kept. It needs no table, and no assumption that one of the two was chosen before looking.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from hedgekit.errors import InputError
from hedgekit.model import FloatArray
from hedgekit.pairs.stationarity import adf, engle_granger, engle_granger_pairs

SIMULATED, WALK = 4000, 400
"""Random walks of the null distribution, and days of each."""

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
        Of that lesser one under independent random walks, from `simulated_null`.
    """
    statistic = float(min(engle_granger(y, x).statistic[0], engle_granger(x, y).statistic[0]))
    return statistic, tail(simulated_null(), statistic)


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
