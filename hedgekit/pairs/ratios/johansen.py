"""Johansen: the cointegrating vector of greatest likelihood in a vector error correction model.

Johansen (1991), with an unrestricted constant and one lagged change; for two legs the eigenvalue problem is 2 by 2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hedgekit.model import FloatArray
from hedgekit.pairs.ratios.fit import Fit, Unit
from hedgekit.pairs.ratios.inference import between
from hedgekit.pairs.ratios.long_run import prewhitened
from hedgekit.pairs.sample import Window

LABEL = "Johansen"
UNIT: Unit = "shares_per_share"
LEVELS = True
DAYS: int | None = None
LAGGED_CHANGES = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cointegration:
    """What the eigenvalue problem says.

    Parameters
    ----------
    eigenvalues : ndarray, shape (2,)
        Descending.
    trace : ndarray, shape (2,)
        Statistics of at most 0 and at most 1 relations.
    ratio : float
        Shares of x per share of y in the first relation.
    se : float
    """

    eigenvalues: FloatArray
    trace: FloatArray
    ratio: float
    se: float


def johansen(y: FloatArray, x: FloatArray, lagged_changes: int = LAGGED_CHANGES) -> Cointegration:
    """Solve for the cointegrating vector of two series.

    Parameters
    ----------
    y, x : ndarray, shape (n,)
    lagged_changes : int
    """
    levels = np.column_stack([y, x])
    levels = levels - levels.mean(axis=0)
    change = np.diff(levels, axis=0)
    lags = lagged_changes
    target, level = change[lags:], levels[lags:-1]
    past = [change[lags - j : len(change) - j] for j in range(1, lags + 1)]
    short = np.column_stack([np.ones(len(target)), *past])
    rest = np.linalg.lstsq(short, np.hstack([target, level]), rcond=None)[0]
    left = np.hstack([target, level]) - short @ rest
    r0, r1 = left[:, :2], left[:, 2:]
    n = len(r0)
    s00, s01, s11 = r0.T @ r0 / n, r0.T @ r1 / n, r1.T @ r1 / n
    explained = s01.T @ np.linalg.solve(s00, s01)
    values, vectors = np.linalg.eig(np.linalg.solve(s11, explained))
    order = np.argsort(values.real)[::-1]
    eigenvalues = values.real[order]
    vector = vectors.real[:, order[0]]
    ratio = float(-vector[1] / vector[0])
    beta = np.array([1.0, -ratio])
    alpha = s01 @ beta / float(beta @ s11 @ beta)
    sigma = s00 - np.outer(alpha, alpha) * float(beta @ s11 @ beta)
    information = n * float(alpha @ np.linalg.solve(sigma, alpha)) * float(s11[1, 1])
    logs = np.log1p(-eigenvalues)
    return Cointegration(
        eigenvalues=eigenvalues,
        trace=np.array([-n * logs.sum(), -n * logs[1]]),
        ratio=ratio,
        se=1.0 / math.sqrt(information),
    )


def fit(window: Window, *, interval: bool = True) -> Fit:
    """Return the first relation's shares of the short leg per share of the long leg."""
    found = johansen(window.y, window.x)
    if not interval:
        return Fit(ratio=found.ratio)
    # the likelihood's own error is too small while the spread is slow to revert: every efficient estimator of the
    # relation has the variance that the long-run covariance of its residuals tells
    residuals = window.y - found.ratio * window.x
    residuals = residuals - residuals.mean()
    omega = prewhitened(np.column_stack([residuals[1:], np.diff(window.x)])).long_run
    dx = window.x - window.x.mean()
    se = max(found.se, math.sqrt(float(omega[0, 0] - omega[0, 1] ** 2 / omega[1, 1]) / float(dx @ dx)))
    low, high = between(found.ratio, se, len(window.y) - 6)
    return Fit(ratio=found.ratio, se=se, low=low, high=high)
