"""Huber regression: least squares for usual days, absolute errors for wild ones (k = 1.345 scaled MADs)."""

from __future__ import annotations

import math

import numpy as np

from hedgekit.errors import ConvergenceError
from hedgekit.model import FloatArray
from hedgekit.pairs.ratios.fit import Fit, Unit
from hedgekit.pairs.ratios.inference import between, long_run_covariance, ols
from hedgekit.pairs.sample import Window

LABEL = "Huber"
UNIT: Unit = "dollars_per_dollar"
LEVELS = False
DAYS: int | None = 0

BEND = 1.345
"""95% as efficient as least squares on normal errors (Huber, 1981)."""

_MAD_OF_NORMAL = 0.6744897501960817  # upper quartile of the normal distribution
_STEPS = 500
_TOLERANCE = 1e-12


def huber(y: FloatArray, x: FloatArray) -> tuple[float, float, FloatArray, float]:
    """Fit y on x and a constant by reweighting, the scale being the median absolute residual.

    Returns
    -------
    slope, intercept : float
    residuals : ndarray
    scale : float

    Raises
    ------
    ConvergenceError
        When the weights do not settle.
    """
    slope, intercept, residuals = ols(y, x)
    scale = float(np.median(np.abs(residuals))) / _MAD_OF_NORMAL
    for _ in range(_STEPS):
        if scale == 0.0:
            return slope, intercept, residuals, scale
        size = np.abs(residuals) / scale
        weights = np.where(size <= BEND, 1.0, BEND / np.maximum(size, BEND))
        x_mean, y_mean = np.average(x, weights=weights), np.average(y, weights=weights)
        dx = x - x_mean
        new = float((weights * dx) @ (y - y_mean) / ((weights * dx) @ dx))
        step = abs(new - slope)
        slope, intercept = new, float(y_mean - new * x_mean)
        residuals = y - intercept - slope * x
        scale = float(np.median(np.abs(residuals))) / _MAD_OF_NORMAL
        if step <= _TOLERANCE * max(1.0, abs(slope)):
            return slope, intercept, residuals, scale
    raise ConvergenceError(f"Huber's weights did not settle in {_STEPS} steps: the slope was last {slope:g}")


def fit(window: Window, *, interval: bool = True) -> Fit:
    """Return the robust beta of log returns."""
    ry, rx = window.returns()
    slope, intercept, residuals, scale = huber(ry, rx)
    if not interval or scale == 0.0:
        return Fit(ratio=slope, intercept=intercept)
    inside = np.abs(residuals) <= BEND * scale
    psi = np.clip(residuals, -BEND * scale, BEND * scale)
    dx = rx - rx[inside].mean()
    n = len(rx)
    variance = float(long_run_covariance((psi * dx)[:, None])[0, 0]) * n * n / (n - 2)
    se = math.sqrt(variance) / float(dx[inside] @ dx[inside])
    low, high = between(slope, se, n - 2)
    return Fit(ratio=slope, se=se, low=low, high=high, intercept=intercept)
