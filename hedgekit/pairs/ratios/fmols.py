"""Fully modified OLS: the price slope corrected for what the short leg's changes and the residual share.

Phillips and Hansen (1990), with a prewhitened long-run covariance; Bartlett's without prewhitening is there to compare.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from hedgekit.model import FloatArray
from hedgekit.pairs.ratios.fit import Fit, Unit
from hedgekit.pairs.ratios.inference import between, ols
from hedgekit.pairs.ratios.long_run import LongRun, prewhitened
from hedgekit.pairs.sample import Window

LABEL = "FMOLS"
UNIT: Unit = "shares_per_share"
LEVELS = True
DAYS: int | None = None

_HUNDRED = 100.0
_BARTLETT = 1.1447  # Andrews (1991), table of kernel constants


def fully_modified(
    y: FloatArray, x: FloatArray, kernel: Literal["prewhitened", "bartlett"] = "prewhitened"
) -> tuple[float, float, float]:
    """Regress y on x and a constant with the corrections of Phillips and Hansen.

    Returns
    -------
    slope, intercept, se : float
    """
    _, _, residuals = ols(y, x)
    vectors = np.column_stack([residuals[1:], np.diff(x)])
    run = prewhitened(vectors) if kernel == "prewhitened" else bartlett(vectors)
    omega, one_sided = run.long_run, run.one_sided
    share = omega[0, 1] / omega[1, 1]
    corrected = y[1:] - share * vectors[:, 1]
    bias = one_sided[0, 1] - share * one_sided[1, 1]
    later = x[1:]
    centre = later.mean()
    dx = later - centre
    squares = float(dx @ dx)
    n = len(later)
    slope = float((dx @ corrected - n * bias) / squares)
    variance = float(omega[0, 0] - share * omega[0, 1])
    return slope, float(corrected.mean() - slope * centre), math.sqrt(variance / squares)


def bartlett(vectors: FloatArray) -> LongRun:
    """Long-run covariances by Bartlett's kernel with the automatic bandwidth of Newey and West (1994)."""
    n = len(vectors)
    total = vectors.sum(axis=1)
    top = int(np.ceil(4 * (n / _HUNDRED) ** (2 / 9)))
    products = [float(total[j:] @ total[: n - j]) / n for j in range(top + 1)]
    level = products[0] + 2.0 * sum(products[1:])
    tilt = 2.0 * sum(j * value for j, value in enumerate(products))
    width = min(np.ceil(_BARTLETT * ((tilt / level) ** 2 * n) ** (1 / 3)), n - 1.0)
    short = vectors.T @ vectors / n
    strict = np.zeros_like(short)
    for lag in range(1, int(width) + 1):
        strict += (1.0 - lag / (width + 1.0)) * (vectors[lag:].T @ vectors[:-lag]) / n
    return LongRun(long_run=short + strict + strict.T, one_sided=short + strict)


def fit(window: Window, *, interval: bool = True) -> Fit:
    """Return the slope of price levels."""
    slope, intercept, se = fully_modified(window.y, window.x)
    if not interval:
        return Fit(ratio=slope, intercept=intercept)
    low, high = between(slope, se, len(window.y) - 4)
    return Fit(ratio=slope, se=se, low=low, high=high, intercept=intercept)
