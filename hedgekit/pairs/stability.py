"""Whether a ratio stayed the same: the CUSUM of its residuals and Chow's test at the middle."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hedgekit.model import FloatArray
from hedgekit.pairs.ratios.inference import long_run_covariance, ols


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """Two tests of a regression whose slope should not have changed.

    Parameters
    ----------
    cusum, cusum_pvalue : float
        Largest partial sum of scaled scores of the slope, and its p-value (sup of a Brownian bridge).
    chow, chow_pvalue : float
        Wald statistic of equal slopes in the two halves, chi-squared with one degree of freedom.
    first_half, second_half : float
        Slopes.
    """

    cusum: float
    cusum_pvalue: float
    chow: float
    chow_pvalue: float
    first_half: float
    second_half: float


def cusum_of_residuals(residuals: FloatArray, parameters: int) -> tuple[float, float]:
    """CUSUM of OLS residuals (Ploberger and Kraemer, 1992).

    Parameters
    ----------
    residuals : ndarray, shape (n,)
    parameters : int
        Fitted coefficients.

    Returns
    -------
    statistic, pvalue : float
    """
    from scipy.special import kolmogorov

    n = len(residuals)
    scale = math.sqrt(float(residuals @ residuals) / (n - parameters) * n)
    statistic = float(np.abs(np.cumsum(residuals)).max()) / scale
    return statistic, float(kolmogorov(statistic))


def stability(y: FloatArray, x: FloatArray) -> Stability:
    """Test a return regression for a slope that changed, allowing for clustered volatility.

    Parameters
    ----------
    y, x : ndarray, shape (n,)
        Returns.
    """
    from scipy.special import chdtrc, kolmogorov

    _, _, residuals = ols(y, x)
    scores = (x - x.mean()) * residuals
    run = float(long_run_covariance(scores[:, None])[0, 0])
    cusum = float(np.abs(np.cumsum(scores)).max()) / math.sqrt(run * len(scores))
    middle = len(y) // 2
    slopes, variances = [], []
    for part in (slice(0, middle), slice(middle, None)):
        slope, _, left = ols(y[part], x[part])
        dx = x[part] - x[part].mean()
        slopes.append(slope)
        variances.append(float(long_run_covariance((dx * left)[:, None])[0, 0]) * len(dx) / float(dx @ dx) ** 2)
    chow = (slopes[1] - slopes[0]) ** 2 / sum(variances)
    return Stability(
        cusum=cusum,
        cusum_pvalue=float(kolmogorov(cusum)),
        chow=chow,
        chow_pvalue=float(chdtrc(1.0, chow)),
        first_half=slopes[0],
        second_half=slopes[1],
    )
