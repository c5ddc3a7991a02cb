"""Vol parity: dollars in inverse proportion to volatility, sigma_y / sigma_x (the reduced major axis of returns)."""

from __future__ import annotations

import math

import numpy as np

from hedgekit.pairs.ratios.fit import Fit, Unit
from hedgekit.pairs.ratios.inference import between, moment_se
from hedgekit.pairs.sample import Window

LABEL = "vol parity"
UNIT: Unit = "dollars_per_dollar"
LEVELS = False
DAYS: int | None = 0


def fit(window: Window, *, interval: bool = True) -> Fit:
    """Return the ratio of the volatilities of log returns; it has no sign and hedges nothing by itself."""
    ry, rx = window.returns()
    ratio = float(np.std(ry) / np.std(rx))
    if not interval:
        return Fit(ratio=ratio)
    se = moment_se(ry, rx, lambda xx, yy, xy: math.sqrt(yy / xx))
    low, high = between(ratio, se, len(ry) - 2)
    return Fit(ratio=ratio, se=se, low=low, high=high)
