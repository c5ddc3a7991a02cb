"""EWMA: the beta of daily log returns with weights that halve every 60 days."""

from __future__ import annotations

import numpy as np

from hedgekit.pairs.ratios.fit import Fit, Unit
from hedgekit.pairs.ratios.inference import between, slope_se
from hedgekit.pairs.sample import Window

LABEL = "EWMA (half-life 60)"
UNIT: Unit = "dollars_per_dollar"
LEVELS = False
DAYS: int | None = 503
HALF_LIFE = 60.0


def fit(window: Window, *, interval: bool = True, half_life: float = HALF_LIFE, demeaned: bool = True) -> Fit:
    """Return the weighted beta.

    Parameters
    ----------
    window : Window
    interval : bool
    half_life : float
        Days in which a weight halves.
    demeaned : bool
        Whether returns are taken about their weighted mean; False takes the mean for zero, as RiskMetrics does.
    """
    ry, rx = window.returns()
    weights = 0.5 ** (np.arange(len(ry))[::-1] / half_life)
    y_mean, x_mean = (np.average(part, weights=weights) if demeaned else 0.0 for part in (ry, rx))
    dy, dx = ry - y_mean, rx - x_mean
    slope = float((weights * dx) @ dy / ((weights * dx) @ dx))
    if not interval:
        return Fit(ratio=slope)
    se = slope_se(rx, dy - slope * dx, weights)
    effective = int(weights.sum() ** 2 / (weights @ weights))
    low, high = between(slope, se, effective - 2)
    return Fit(ratio=slope, se=se, low=low, high=high, intercept=float(y_mean - slope * x_mean))
