"""Price OLS: the slope of price levels. Without cointegration it is the slope of two random walks."""

from __future__ import annotations

from hedgekit.pairs.ratios.fit import Fit, Unit
from hedgekit.pairs.ratios.inference import ols
from hedgekit.pairs.sample import Window

LABEL = "price OLS"
UNIT: Unit = "shares_per_share"
LEVELS = True
DAYS: int | None = None
NOT_VALID = "OLS errors on price levels cover 15 to 29% of the time at a nominal 95%: see DOLS and FMOLS"


def fit(window: Window, *, interval: bool = True) -> Fit:
    """Return the slope of the long leg's level on the short leg's, with a constant; no interval of it holds."""
    slope, intercept, _ = ols(window.y, window.x)
    return Fit(ratio=slope, intercept=intercept, why=NOT_VALID)
