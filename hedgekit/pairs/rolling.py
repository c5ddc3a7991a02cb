"""Regressions of one series on another over every window of the past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgekit.core import _rolling
from hedgekit.pairs.series import columns, window_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RollingRegression:
    """Least squares of y on x and a constant; element t belongs to the window that ends at t, shape (n,).

    Attributes
    ----------
    slope, intercept : ndarray
        Coefficients; NaN where the window is not full or holds a gap.
    slope_se, intercept_se : ndarray
        Classical standard errors: on price levels they are far too small, on returns they are right.
    residual_sd : ndarray
        Root of the residual sum of squares over ``window - 2``.
    status : ndarray of int8
        `hedgekit.errors.Status`.
    """

    slope: NDArray[np.float64]
    intercept: NDArray[np.float64]
    slope_se: NDArray[np.float64]
    intercept_se: NDArray[np.float64]
    residual_sd: NDArray[np.float64]
    status: NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True)
class RollingCointegration:
    """Engle-Granger test with one lag; element t belongs to the window that ends at t, shape (n,).

    Attributes
    ----------
    statistic : ndarray
        For MacKinnon's two-variable tables: `hedgekit.pairs.stationarity.pvalue`.
    slope, intercept, residual_sd : ndarray
        First regression.
    status : ndarray of int8
        `hedgekit.errors.Status`.
    """

    statistic: NDArray[np.float64]
    slope: NDArray[np.float64]
    intercept: NDArray[np.float64]
    residual_sd: NDArray[np.float64]
    status: NDArray[np.int8]


def rolling_regression(y: Any, x: Any, window: int) -> RollingRegression:
    """Regress y on x and a constant over every window.

    Parameters
    ----------
    y, x : array_like, shape (n,)
        Dependent variable and regressor; a value that is not finite is a gap.
    window : int
        Points a window, 3 or more.

    Returns
    -------
    RollingRegression

    Raises
    ------
    InputError
        Arrays of different lengths, or a window too short.

    Notes
    -----
    ``slope = Sxy / Sxx``, ``slope_se = s / sqrt(Sxx)``. The same digits as a fit of every window alone, at any offset.

    Examples
    --------
    >>> fit = rolling_regression([2.1, 3.9, 6.2, 7.8, 10.1], [1, 2, 3, 4, 5], 5)
    >>> float(fit.slope[-1].round(6)), float(fit.slope_se[-1].round(6)), int(fit.status[0])
    (1.99, 0.059722, 1)
    """
    a, b = columns(y, x)
    window = window_of("window", window, _rolling.OLS_LEAST_WINDOW)
    out = np.empty((5, len(a)))
    status = np.empty(len(a), dtype=np.int8)
    slope, intercept, slope_se, intercept_se, residual_sd = out
    _rolling.ols_into(a, b, window, slope, intercept, slope_se, intercept_se, residual_sd, status)
    return RollingRegression(
        slope=slope,
        intercept=intercept,
        slope_se=slope_se,
        intercept_se=intercept_se,
        residual_sd=residual_sd,
        status=status,
    )


def rolling_engle_granger(y: Any, x: Any, window: int) -> RollingCointegration:
    """Test y and x for cointegration over every window: Engle and Granger's two steps with one lag.

    Parameters
    ----------
    y, x : array_like, shape (n,)
        Levels or log levels; a value that is not finite is a gap.
    window : int
        Points a window, 5 or more.

    Returns
    -------
    RollingCointegration
        Many windows are many tests: a low p-value in some of them is no finding.

    Raises
    ------
    InputError
        Arrays of different lengths, or a window too short.

    Examples
    --------
    >>> x = np.cumsum(np.random.default_rng(1).normal(size=300))
    >>> y = 2.0 * x + np.random.default_rng(2).normal(size=300)
    >>> test = rolling_engle_granger(y, x, 100)
    >>> float(test.slope[-1].round(2)), bool((test.statistic[100:] < -3.4).all())
    (2.02, True)
    """
    a, b = columns(y, x)
    window = window_of("window", window, _rolling.ENGLE_GRANGER_LEAST_WINDOW)
    out = np.empty((4, len(a)))
    status = np.empty(len(a), dtype=np.int8)
    statistic, slope, intercept, residual_sd = out
    _rolling.engle_granger_into(a, b, window, statistic, slope, intercept, residual_sd, status)
    return RollingCointegration(
        statistic=statistic, slope=slope, intercept=intercept, residual_sd=residual_sd, status=status
    )
