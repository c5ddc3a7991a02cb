"""Return OLS: the beta of daily log returns, the ratio of least variance in the window."""

from __future__ import annotations

from hedgekit.pairs.ratios.fit import Fit, Unit
from hedgekit.pairs.ratios.inference import between, ols, slope_se
from hedgekit.pairs.sample import Window

LABEL = "return OLS"
UNIT: Unit = "dollars_per_dollar"
LEVELS = False
DAYS: int | None = 0


def fit(window: Window, *, interval: bool = True) -> Fit:
    """Return the beta of log returns, with a constant; its standard error allows for clustered volatility."""
    ry, rx = window.returns()
    slope, intercept, residuals = ols(ry, rx)
    if not interval:
        return Fit(ratio=slope, intercept=intercept)
    se = slope_se(rx, residuals)
    low, high = between(slope, se, len(ry) - 2)
    return Fit(ratio=slope, se=se, low=low, high=high, intercept=intercept)
