"""Log-price OLS: the slope of log levels, an elasticity."""

from __future__ import annotations

import numpy as np

from hedgekit.pairs.ratios.fit import Fit, Unit
from hedgekit.pairs.ratios.inference import ols
from hedgekit.pairs.ratios.price_ols import NOT_VALID
from hedgekit.pairs.sample import Window

LABEL = "log-price OLS"
UNIT: Unit = "elasticity"
LEVELS = True
DAYS: int | None = None


def fit(window: Window, *, interval: bool = True) -> Fit:
    """Return the slope of log levels, with a constant; no interval of it holds."""
    slope, intercept, _ = ols(np.log(window.y), np.log(window.x))
    return Fit(ratio=slope, intercept=intercept, why=NOT_VALID)
