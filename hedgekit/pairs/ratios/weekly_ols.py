"""Weekly OLS: the beta of five-day log returns, for legs whose prices are not of the same moment."""

from __future__ import annotations

import numpy as np

from hedgekit.pairs.ratios.fit import Fit, Unit
from hedgekit.pairs.ratios.inference import between, ols, slope_se
from hedgekit.pairs.sample import Window

LABEL = "weekly OLS"
UNIT: Unit = "dollars_per_dollar"
LEVELS = False
DAYS: int | None = 504
WEEK = 5


def fit(window: Window, *, interval: bool = True) -> Fit:
    """Return the beta of five-day log returns that do not overlap; the last one ends on the last day."""
    weeks = len(window.ry) // WEEK
    if weeks < WEEK:
        return Fit(ratio=float("nan"), why=f"{weeks} weeks are too few")
    ry, rx = (part[-weeks * WEEK :].reshape(weeks, WEEK).sum(axis=1) for part in (window.ry, window.rx))
    known = np.isfinite(ry) & np.isfinite(rx)
    ry, rx = ry[known], rx[known]
    slope, intercept, residuals = ols(ry, rx)
    if not interval:
        return Fit(ratio=slope, intercept=intercept)
    se = slope_se(rx, residuals)
    low, high = between(slope, se, len(ry) - 2)
    return Fit(ratio=slope, se=se, low=low, high=high, intercept=intercept)
