"""Whether the residual of a pair reverts: Engle and Granger's statistic and what it is under no cointegration.

The null distribution is simulated for the procedure that is really followed: both directions tried and the better one
kept. It needs no table, and no assumption that one of the two was chosen before looking.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from hedgekit.model import FloatArray
from hedgekit.pairs.ratios.inference import ols

_HUNDRED = 100.0
SIMULATED, WALK = 4000, 400
"""Random walks of the null distribution, and days of each."""

SEED = 20240607


def most_lags(n: int) -> int:
    """Return Schwert's usual largest number of lags, ceil(12 (n / 100)^(1/4)), while enough rows are left.

    Examples
    --------
    >>> most_lags(393), most_lags(5366)
    (17, 33)
    """
    return max(0, min(int(np.ceil(12.0 * (n / _HUNDRED) ** 0.25)), n // 2 - 2))


def adf(series: FloatArray, lags: int | None = None) -> tuple[float, int]:
    """Augmented Dickey-Fuller t of a series without constant (a regression's residual has none).

    Parameters
    ----------
    series : ndarray, shape (n,)
    lags : int, optional
        Lagged changes; default: the number of least Akaike criterion up to `most_lags`, on equal rows, the statistic
        then from all rows.

    Returns
    -------
    statistic : float
    lags : int
    """
    change = np.diff(series)
    if lags is None:
        lags = _aic_lags(series, change, most_lags(len(series)))
    design = _design(series, change, lags)
    target = change[lags:]
    gram = design.T @ design
    inverse = np.linalg.inv(gram)
    coefficients = inverse @ (design.T @ target)
    residuals = target - design @ coefficients
    variance = float(residuals @ residuals) / (len(target) - lags - 1)
    return float(coefficients[0] / np.sqrt(variance * inverse[0, 0])), lags


def _design(series: FloatArray, change: FloatArray, lags: int) -> FloatArray:
    n = len(change)
    return np.column_stack([series[lags:-1], *(change[lags - j : n - j] for j in range(1, lags + 1))])


def _aic_lags(series: FloatArray, change: FloatArray, top: int) -> int:
    """Return the lags of least Akaike criterion: one Cholesky factor holds the fits of every order."""
    design, target = _design(series, change, top), change[top:]
    rows = len(target)
    factor = np.linalg.cholesky(design.T @ design)
    explained = np.cumsum(np.linalg.solve(factor, design.T @ target) ** 2)
    squares = float(target @ target) - explained
    orders = np.arange(top + 1)
    return int(np.argmin(rows * np.log(squares / rows) + 2.0 * (orders + 1)))


def engle_granger(y: FloatArray, x: FloatArray, lags: int | None = None) -> tuple[float, int]:
    """Engle and Granger's statistic of y regressed on x and a constant.

    Returns
    -------
    statistic : float
    lags : int
    """
    return adf(ols(y, x)[2], lags)


def better_direction(y: FloatArray, x: FloatArray) -> tuple[float, float]:
    """Test both directions and keep the better one.

    Returns
    -------
    statistic : float
        The lesser of the two.
    pvalue : float
        Of that lesser one under independent random walks, from `simulated_null`.
    """
    statistic = min(engle_granger(y, x)[0], engle_granger(x, y)[0])
    return statistic, tail(simulated_null(), statistic)


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
    walks = np.cumsum(dice.standard_normal((2, count, days)), axis=2)
    walks -= walks.mean(axis=2, keepdims=True)
    both = [_statistics(walks[i], walks[1 - i]) for i in (0, 1)]
    return np.sort(np.minimum(*both))


def _statistics(y: FloatArray, x: FloatArray) -> FloatArray:
    slope = (x * y).sum(axis=1) / (x * x).sum(axis=1)
    residuals = y - slope[:, None] * x
    level, change = residuals[:, :-1], np.diff(residuals, axis=1)
    squares = (level * level).sum(axis=1)
    coefficient = (level * change).sum(axis=1) / squares
    errors = change - coefficient[:, None] * level
    variance = (errors * errors).sum(axis=1) / (errors.shape[1] - 1)
    statistics: FloatArray = coefficient / np.sqrt(variance / squares)
    return statistics
