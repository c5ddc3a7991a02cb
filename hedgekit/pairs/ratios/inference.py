"""Standard errors and intervals that hold for returns that cluster and residuals that persist."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from hedgekit.model import FloatArray

_HUNDRED = 100.0  # observations, in the rule for lags

CONFIDENCE = 0.95
"""Of every interval."""


def ols(y: FloatArray, x: FloatArray) -> tuple[float, float, FloatArray]:
    """Regress y on x and a constant.

    Parameters
    ----------
    y, x : ndarray, shape (n,)

    Returns
    -------
    slope, intercept : float
    residuals : ndarray, shape (n,)
    """
    x_mean, y_mean = x.mean(), y.mean()
    dx, dy = x - x_mean, y - y_mean
    slope = float(dx @ dy / (dx @ dx))
    return slope, float(y_mean - slope * x_mean), dy - slope * dx


def bandwidth(n: int) -> int:
    """Return the usual number of lags of a Newey-West estimate, floor(4 (n / 100)^(2/9))."""
    return int(4 * (n / _HUNDRED) ** (2 / 9))


def long_run_covariance(series: FloatArray, lags: int | None = None) -> FloatArray:
    """Long-run covariance of columns by the Bartlett kernel (Newey and West, 1987).

    Parameters
    ----------
    series : ndarray, shape (n, k)
        Demeaned here.
    lags : int, optional
        Default `bandwidth`.

    Returns
    -------
    ndarray, shape (k, k)
    """
    n = len(series)
    lags = bandwidth(n) if lags is None else lags
    centred = series - series.mean(axis=0)
    total = centred.T @ centred
    for lag in range(1, min(lags, n - 1) + 1):
        gamma = centred[lag:].T @ centred[:-lag]
        total += (1.0 - lag / (lags + 1.0)) * (gamma + gamma.T)
    out: FloatArray = total / n
    return out


def quantile(degrees: int) -> float:
    """Return the 97.5% point of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(max(degrees, 1), 0.5 + CONFIDENCE / 2))


def between(ratio: float, se: float, degrees: int) -> tuple[float, float]:
    """Return the interval of an estimate whose error is near enough to Student's t."""
    half = quantile(degrees) * se
    return ratio - half, ratio + half


def slope_se(x: FloatArray, residuals: FloatArray, weights: FloatArray | None = None) -> float:
    """Return the error of a regression slope, which allows for clustered volatility and short autocorrelation.

    Parameters
    ----------
    x, residuals : ndarray, shape (n,)
    weights : ndarray, optional
        Of the rows, any scale.
    """
    w = np.ones(len(x)) if weights is None else weights / weights.mean()
    dx = x - np.average(x, weights=w)
    scores = w * dx * residuals
    n = len(x)
    variance = float(long_run_covariance(scores[:, None])[0, 0]) * n / max(n - 2, 1)
    return math.sqrt(variance * n) / float((w * dx) @ dx)


def moment_se(y: FloatArray, x: FloatArray, slope: Callable[[float, float, float], float]) -> float:
    """Return the error of a slope that is a function of the variances and the covariance (delta method).

    Parameters
    ----------
    y, x : ndarray, shape (n,)
    slope : callable
        Of (variance of x, variance of y, covariance); of degree zero in a common scale of the three.
    """
    dx, dy = x - x.mean(), y - y.mean()
    moments = np.array([dx @ dx, dy @ dy, dx @ dy]) / len(x)
    scale = np.array([moments[0], moments[1], math.sqrt(moments[0] * moments[1])])
    gradient = np.empty(3)
    for i in range(3):
        step = np.zeros(3)
        step[i] = 1e-5 * scale[i]
        gradient[i] = (slope(*(moments + step)) - slope(*(moments - step))) / (2.0 * step[i])
    influence = np.column_stack([dx * dx, dy * dy, dx * dy])
    covariance = long_run_covariance(influence) / len(x)
    return math.sqrt(max(float(gradient @ covariance @ gradient), 0.0))
