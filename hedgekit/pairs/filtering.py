"""A hedge ratio that walks at random: Kalman filter of y on x, its noise given or found by likelihood."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgekit.core import _kalman
from hedgekit.errors import ConvergenceError, InputError, Status
from hedgekit.pairs.series import columns

MOST_EVALUATIONS = 600
"""Likelihoods that a noise fit may cost; it usually takes 150."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """Variances of the walking coefficients and of the observation, a step.

    Attributes
    ----------
    beta_variance, alpha_variance : float
        By how much beta and alpha move in a step, squared.
    observation_variance : float
        Of what the line does not explain, in units of y squared.
    """

    beta_variance: float
    alpha_variance: float
    observation_variance: float

    def __post_init__(self) -> None:
        """Check that every variance is a finite number, zero or more, and one of them positive."""
        parts = (self.beta_variance, self.alpha_variance, self.observation_variance)
        if not all(math.isfinite(part) and part >= 0.0 for part in parts) or not any(parts):
            raise InputError(f"noise variances {parts}: expected finite numbers, zero or more, not all zero")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseFit:
    """The noise of greatest likelihood.

    Attributes
    ----------
    noise : Noise
        A variance that makes no difference to the likelihood is exactly 0.
    log_likelihood : float
        Diffuse: the observations that set the first state are left out.
    evaluations : int
        Likelihoods it took.
    """

    noise: Noise
    log_likelihood: float
    evaluations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KalmanRegression:
    """Filtered coefficients, shape (n,): element t rests on data up to t, the error of t on coefficients up to t - 1.

    Attributes
    ----------
    beta, alpha : ndarray
        After observation t; NaN until two different x have been seen.
    beta_se, alpha_se : ndarray
        Their standard deviations, given the noise.
    error, error_sd : ndarray
        ``y_t`` less its forecast from data up to t - 1, and the standard deviation of that forecast.
    noise : Noise
    log_likelihood : float
    status : ndarray of int8
        `hedgekit.errors.Status`.
    """

    beta: NDArray[np.float64]
    alpha: NDArray[np.float64]
    beta_se: NDArray[np.float64]
    alpha_se: NDArray[np.float64]
    error: NDArray[np.float64]
    error_sd: NDArray[np.float64]
    noise: Noise
    log_likelihood: float
    status: NDArray[np.int8]


def fit_noise(y: Any, x: Any) -> NoiseFit:
    """Find the noise variances of greatest likelihood from a diffuse start.

    Parameters
    ----------
    y, x : array_like, shape (n,)
        Dependent variable and regressor; a value that is not finite is a missing observation.

    Returns
    -------
    NoiseFit
        It uses all of the data given: for numbers without look-ahead fit it on the past alone.

    Raises
    ------
    InputError
        Fewer than five observations, or no variation.
    ConvergenceError
        No maximum within `MOST_EVALUATIONS` likelihoods.

    Notes
    -----
    ``y_t = beta_t x_t + alpha_t + v_t`` with both coefficients walking at random; likelihood by forecast errors
    (Durbin and Koopman, "Time Series Analysis by State Space Methods", 2nd ed., section 7.2).

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> x = 50 + np.cumsum(random.normal(size=500))
    >>> found = fit_noise(1.2 * x + random.normal(size=500), x).noise
    >>> found.beta_variance, round(found.observation_variance, 2)
    (0.0, 1.11)
    """
    a, b = columns(y, x)
    if not len(a):
        raise InputError("y has no values: a noise fit needs five observations or more")
    noise, log_likelihood, evaluations, status = _kalman.maximum_likelihood(a, b, MOST_EVALUATIONS)
    if status == Status.NOT_IDENTIFIED or not all(math.isfinite(part) for part in noise):
        raise InputError("the noise cannot be fitted: five finite observations that vary, and do not lie on one line")
    if status != Status.OK:
        raise ConvergenceError(f"noise fit: no maximum after {evaluations} likelihoods, the last {log_likelihood:.4f}")
    beta, alpha, observation = noise
    return NoiseFit(
        noise=Noise(beta_variance=beta, alpha_variance=alpha, observation_variance=observation),
        log_likelihood=log_likelihood,
        evaluations=evaluations,
    )


def kalman_regression(
    y: Any,
    x: Any,
    noise: Noise,
    *,
    prior: tuple[float, float, float, float, float] | None = None,
    burn: int = 0,
) -> KalmanRegression:
    """Filter beta and alpha of ``y = beta x + alpha``, both walking at random.

    Parameters
    ----------
    y, x : array_like, shape (n,)
        Dependent variable and regressor; a value that is not finite is a missing observation.
    noise : Noise
        Given, or ``fit_noise(...).noise``.
    prior : tuple of (beta, alpha, beta_variance, covariance, alpha_variance), optional
        State before the first observation. Default: diffuse, nothing is known.
    burn : int
        Observations left out of the likelihood.

    Returns
    -------
    KalmanRegression
        Filtered, never smoothed: no element rests on later data.

    Raises
    ------
    InputError
        Arrays of different lengths, or a prior that is no covariance.

    Examples
    --------
    >>> found = kalman_regression([3.0, 5.0, 7.2], [1.0, 2.0, 3.0], Noise(
    ...     beta_variance=1e-3, alpha_variance=0.0, observation_variance=0.01))
    >>> found.beta.round(4).tolist(), float(found.error[2].round(4))
    ([nan, 2.0, 2.0971], 0.2)
    """
    a, b = columns(y, x)
    if prior is not None:
        _check_prior(prior)
    out = np.empty((7, len(a)))
    status = np.empty(len(a), dtype=np.int8)
    variances = (noise.beta_variance, noise.alpha_variance, noise.observation_variance)
    beta, alpha, beta_variance, covariance, alpha_variance, error, error_variance = out
    state = (beta, alpha, beta_variance, covariance, alpha_variance)
    log_likelihood = _kalman.filter_into(a, b, variances, prior, burn, *state, error, error_variance, status)
    return KalmanRegression(
        beta=beta,
        alpha=alpha,
        beta_se=np.sqrt(beta_variance),
        alpha_se=np.sqrt(alpha_variance),
        error=error,
        error_sd=np.sqrt(error_variance),
        noise=noise,
        log_likelihood=log_likelihood,
        status=status,
    )


def _check_prior(prior: tuple[float, ...]) -> None:
    """Refuse what is not a state with its covariance matrix."""
    if len(prior) != 5 or not all(math.isfinite(value) for value in prior):
        raise InputError(f"prior is {prior!r}: give beta, alpha, beta's variance, the covariance and alpha's variance")
    _, _, beta_variance, covariance, alpha_variance = prior
    if beta_variance < 0.0 or alpha_variance < 0.0 or covariance**2 > beta_variance * alpha_variance:
        raise InputError(f"prior is {prior!r}: its variances and covariance are no covariance matrix")
