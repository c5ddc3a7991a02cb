"""Rolling price OLS: the slope of price levels over the last 252 days alone."""

from __future__ import annotations

from hedgekit.pairs.ratios.fit import Fit, Unit
from hedgekit.pairs.ratios.inference import ols
from hedgekit.pairs.ratios.price_ols import NOT_VALID
from hedgekit.pairs.sample import Window

LABEL = "rolling price OLS"
UNIT: Unit = "shares_per_share"
LEVELS = True
DAYS: int | None = 0


def fit(window: Window, *, interval: bool = True) -> Fit:
    """Return the slope over the window's last days; it has one level more than returns."""
    slope, intercept, _ = ols(window.y[1:], window.x[1:])
    return Fit(ratio=slope, intercept=intercept, why=NOT_VALID)
