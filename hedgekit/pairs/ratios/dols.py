"""Dynamic OLS: the price slope with leads and lags of the short leg's changes, so that its error is known.

Saikkonen (1991), Stock and Watson (1993); the residuals' long-run variance is prewhitened.
"""

from __future__ import annotations

import math

import numpy as np

from hedgekit.model import FloatArray
from hedgekit.pairs.ratios.fit import Fit, Unit
from hedgekit.pairs.ratios.inference import between
from hedgekit.pairs.ratios.long_run import prewhitened
from hedgekit.pairs.sample import Window

LABEL = "DOLS"
UNIT: Unit = "shares_per_share"
LEVELS = True
DAYS: int | None = None
LEADS = LAGS = 1


def dynamic_ols(
    y: FloatArray, x: FloatArray, leads: int = LEADS, lags: int = LAGS, *, error: bool = True
) -> tuple[float, float, float]:
    """Regress y on x, a constant and the changes of x from `lags` before to `leads` after.

    Parameters
    ----------
    y, x : ndarray, shape (n,)
    leads, lags : int
    error : bool
        Whether the standard error is wanted; else it is NaN.

    Returns
    -------
    slope, intercept, se : float
    """
    change = np.diff(x)
    rows = np.arange(lags + 1, len(x) - leads)
    centre = x[rows].mean()
    around = [change[rows - 1 + shift] for shift in range(-lags, leads + 1)]
    design = np.column_stack([x[rows] - centre, np.ones(len(rows)), *around])
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ (design.T @ y[rows])
    slope = float(coefficients[0])
    intercept = float(coefficients[1] - slope * centre)
    if not error:
        return slope, intercept, math.nan
    residuals = y[rows] - design @ coefficients
    variance = float(prewhitened(residuals[:, None]).long_run[0, 0]) * len(rows) / (len(rows) - design.shape[1])
    return slope, intercept, math.sqrt(variance * float(inverse[0, 0]))


def fit(window: Window, *, interval: bool = True, leads: int = LEADS, lags: int = LAGS) -> Fit:
    """Return the slope of price levels."""
    slope, intercept, se = dynamic_ols(window.y, window.x, leads, lags, error=interval)
    if not interval:
        return Fit(ratio=slope, intercept=intercept)
    low, high = between(slope, se, len(window.y) - leads - lags - 4)
    return Fit(ratio=slope, se=se, low=low, high=high, intercept=intercept)
