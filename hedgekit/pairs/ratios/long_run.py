"""Long-run covariances of persistent residuals: a vector autoregression takes the persistence out first.

Prewhitening (Andrews and Monahan, 1992) in its parametric form (den Haan and Levin, 1997): a VAR of the order that
the Bayes criterion chooses, ``Omega = (I - A)^-1 Sigma (I - A')^-1``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hedgekit.model import FloatArray

MOST_LAGS = 4
LARGEST_ROOT = 0.995
"""A root beyond it is pulled back: the residuals of a cointegrated pair have none at one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LongRun:
    """Covariances of a stationary vector w.

    Parameters
    ----------
    long_run : ndarray, shape (k, k)
        Sum over all leads and lags of ``E[w_t w_(t-j)']``.
    one_sided : ndarray, shape (k, k)
        The same over j = 0, 1, ...
    """

    long_run: FloatArray
    one_sided: FloatArray


def prewhitened(series: FloatArray, most_lags: int = MOST_LAGS, unbias: bool = True) -> LongRun:
    """Estimate long-run covariances through a vector autoregression.

    Parameters
    ----------
    series : ndarray, shape (n, k)
        Mean zero.
    most_lags : int
        Orders tried, from one.
    unbias : bool
        Whether the first column's own persistence is corrected for its small-sample bias, ``(1 + 3 rho) / n`` for the
        estimate itself and as much again for the slope it was left over from.
    """
    n, k = series.shape
    coefficients, errors = _autoregression(series, min(most_lags, max(1, n // (10 * k))))
    lags = len(coefficients) // k
    blocks = [coefficients[i * k : (i + 1) * k].T for i in range(lags)]
    if unbias:
        rho = sum(block[0, 0] for block in blocks)
        blocks[0] = blocks[0].copy()
        blocks[0][0, 0] += 2.0 * (1.0 + 3.0 * min(rho, 1.0)) / n
    companion = np.zeros((k * lags, k * lags))
    companion[:k] = np.hstack(blocks)
    companion[k:, :-k] = np.eye(k * (lags - 1))
    root = float(np.abs(np.linalg.eigvals(companion)).max())
    if root > LARGEST_ROOT:  # scaling lag j by c^j scales every root by c
        shrink = LARGEST_ROOT / root
        blocks = [block * shrink ** (i + 1) for i, block in enumerate(blocks)]
        companion[:k] = np.hstack(blocks)
    sigma = errors.T @ errors / len(errors)
    inverse = np.linalg.inv(np.eye(k) - sum(blocks))
    stacked_sigma = np.zeros_like(companion)
    stacked_sigma[:k, :k] = sigma
    variance = _stationary_variance(companion, stacked_sigma)
    one_sided: FloatArray = np.asarray(
        np.linalg.solve(np.eye(k * lags) - companion, variance)[:k, :k], dtype=np.float64
    )
    return LongRun(long_run=inverse @ sigma @ inverse.T, one_sided=one_sided)


def _autoregression(series: FloatArray, most_lags: int) -> tuple[FloatArray, FloatArray]:
    """Return coefficients, shape (lags k, k), and errors of the autoregression with the least Bayes criterion."""
    n, k = series.shape
    target = series[most_lags:]
    lagged = np.hstack([series[most_lags - j : n - j] for j in range(1, most_lags + 1)])
    rows = len(target)
    gram, cross, square = lagged.T @ lagged, lagged.T @ target, target.T @ target
    best = (np.inf, 1)
    for lags in range(1, most_lags + 1):
        part = slice(0, lags * k)
        left = square - cross[part].T @ np.linalg.solve(gram[part, part], cross[part])
        _, log_determinant = np.linalg.slogdet(left / rows)
        criterion = float(log_determinant) + float(np.log(rows)) * lags * k * k / rows
        best = min(best, (criterion, lags))
    part = slice(0, best[1] * k)
    coefficients = np.asarray(np.linalg.solve(gram[part, part], cross[part]), dtype=np.float64)
    return coefficients, target - lagged[:, part] @ coefficients


def _stationary_variance(companion: FloatArray, sigma: FloatArray) -> FloatArray:
    """Solve V = F V F' + S by doubling."""
    variance, power = sigma.copy(), companion.copy()
    for _ in range(64):
        step = power @ variance @ power.T
        variance = variance + step
        power = power @ power
        if np.abs(step).max() <= 1e-14 * np.abs(variance).max():
            break
    out: FloatArray = variance
    return out
