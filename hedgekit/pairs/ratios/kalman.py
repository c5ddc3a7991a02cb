"""Kalman filter: a price slope that walks at random, its noise found by likelihood on the days it may see."""

from __future__ import annotations

import numpy as np

from hedgekit.errors import ConvergenceError, InputError
from hedgekit.model import FloatArray
from hedgekit.pairs.filtering import Noise, fit_noise, kalman_regression
from hedgekit.pairs.ratios.fit import Fit, Unit
from hedgekit.pairs.ratios.inference import between
from hedgekit.pairs.sample import Window

LABEL = "Kalman"
UNIT: Unit = "shares_per_share"
LEVELS = True
DAYS: int | None = 1260
REFIT = 252
"""Days between fits of the noise in a walk forward; the state itself moves every day."""

NO_NOISE = "the noise cannot be fitted to these days"


def fit(window: Window, *, interval: bool = True) -> Fit:
    """Return the filtered slope on the last day; its error is the filter's own, given the noise."""
    try:
        noise = fit_noise(window.y, window.x).noise
    except (InputError, ConvergenceError):
        return Fit(ratio=float("nan"), why=NO_NOISE)
    state = kalman_regression(window.y, window.x, noise)
    ratio, se = float(state.beta[-1]), float(state.beta_se[-1])
    if not interval:
        return Fit(ratio=ratio)
    low, high = between(ratio, se, len(window.y) - 2)
    return Fit(ratio=ratio, se=se, low=low, high=high, intercept=float(state.alpha[-1]))


def path(y: FloatArray, x: FloatArray, stops: np.ndarray) -> FloatArray:
    """Return the filtered slope after each of several days, from noise fitted once a year on the days before.

    Parameters
    ----------
    y, x : ndarray, shape (n,)
        Levels.
    stops : ndarray of int, shape (m,)
        Counts of days seen, ascending.

    Returns
    -------
    ndarray, shape (m,)
    """
    out = np.full(len(stops), np.nan)
    at = 0
    while at < len(stops):
        until = int(np.searchsorted(stops, stops[at] + REFIT))
        start = max(0, int(stops[at]) - (DAYS or 0) - 1)
        noise = _noise(y[start : stops[at]], x[start : stops[at]])
        if noise is not None:
            last = int(stops[until - 1])
            beta = kalman_regression(y[start:last], x[start:last], noise).beta
            out[at:until] = beta[stops[at:until] - start - 1]
        at = until
    return out


def _noise(y: FloatArray, x: FloatArray) -> Noise | None:
    try:
        return fit_noise(y, x).noise
    except (InputError, ConvergenceError):
        return None
