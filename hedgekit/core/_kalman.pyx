# cython: autotestdict=False
"""A regression whose coefficients walk at random: Kalman filter, likelihood, and the noise that fits best.

::

    y_t = beta_t x_t + alpha_t + v_t            v_t ~ N(0, observation_variance)
    beta_t = beta_{t-1} + w_t                   w_t ~ N(0, beta_variance)
    alpha_t = alpha_{t-1} + u_t                 u_t ~ N(0, alpha_variance)

A filter, not a smoother: element t of every output rests on data up to t alone. The start is diffuse (nothing is known:
the first two observations with different x set the state and have no likelihood [1]_) or a given state with its
covariance, which belongs to the first observation. A value that is not finite is a missing observation: the state
walks on and its status is INVALID_INPUT. Arrays are contiguous and of equal length n (ValueError otherwise).

References
----------
.. [1] J. Durbin and S. J. Koopman, "Time Series Analysis by State Space Methods", 2nd ed., sections 5.1 to 5.3, 7.2.
"""

cdef extern from "kalman.h" nogil:
    ctypedef struct hk_noise:
        double beta
        double alpha
        double observation
    ctypedef struct hk_prior:
        int diffuse
        double beta
        double alpha
        double beta_variance
        double covariance
        double alpha_variance
    ctypedef struct hk_kalman_out:
        double *beta
        double *alpha
        double *beta_variance
        double *covariance
        double *alpha_variance
        double *error
        double *error_variance
    ctypedef struct hk_likelihood:
        size_t count
    ctypedef struct hk_kalman_fit:
        hk_noise noise
        double log_likelihood
        int evaluations
        int status
    hk_likelihood hk_kalman_filter(
        const double *y, const double *x, size_t n, const hk_noise *noise, const hk_prior *prior, size_t burn,
        const hk_kalman_out *out, signed char *status)
    double hk_log_likelihood(const hk_likelihood *sums)
    hk_kalman_fit hk_kalman_maximum_likelihood(const double *y, const double *x, size_t n, int most_evaluations)


_UNEQUAL = "all arrays must have one length"


cdef double *_output(size_t n, double[::1] values) except? NULL:
    if <size_t>values.shape[0] != n:
        raise ValueError(_UNEQUAL)
    return &values[0] if n else NULL


cdef hk_noise _noise(object noise) except *:
    cdef hk_noise out
    beta, alpha, observation = noise
    out.beta = beta
    out.alpha = alpha
    out.observation = observation
    if not (0.0 <= out.beta < float("inf") and 0.0 <= out.alpha < float("inf")
            and 0.0 <= out.observation < float("inf")):
        raise ValueError(f"noise {noise!r}: expected three variances, zero or more")
    return out


cdef hk_prior _prior(object prior) except *:
    cdef hk_prior out
    out.diffuse = prior is None
    beta, alpha, beta_variance, covariance, alpha_variance = prior or (0.0, 0.0, 0.0, 0.0, 0.0)
    out.beta = beta
    out.alpha = alpha
    out.beta_variance = beta_variance
    out.covariance = covariance
    out.alpha_variance = alpha_variance
    return out


def filter_into(
    const double[::1] y,
    const double[::1] x,
    noise,
    prior,
    size_t burn,
    double[::1] beta,
    double[::1] alpha,
    double[::1] beta_variance,
    double[::1] covariance,
    double[::1] alpha_variance,
    double[::1] error,
    double[::1] error_variance,
    signed char[::1] status,
):
    """Filter the coefficients.

    Parameters
    ----------
    y, x : float64, shape (n,)
        Dependent variable and regressor.
    noise : tuple of three float
        ``(beta_variance, alpha_variance, observation_variance)``, zero or more.
    prior : None or tuple of five float
        None: diffuse. Else ``(beta, alpha, beta_variance, covariance, alpha_variance)`` before the first observation.
    burn : int
        Observations left out of the likelihood.
    beta, alpha, beta_variance, covariance, alpha_variance : float64, shape (n,), outputs
        State after observation t, and its covariance matrix; NaN until it is known.
    error, error_variance : float64, shape (n,), outputs
        Forecast error of observation t from data up to t - 1, and its variance; NaN where there was no forecast.
    status : int8, shape (n,), output
        `hedgekit.errors.Status`: NOT_IDENTIFIED until two different x have been seen.

    Returns
    -------
    float
        Log-likelihood of the observations after the first `burn`.
    """
    cdef size_t n = status.shape[0]
    cdef hk_noise given = _noise(noise)
    cdef hk_prior start = _prior(prior)
    cdef hk_kalman_out out
    cdef hk_likelihood sums
    if <size_t>y.shape[0] != n or <size_t>x.shape[0] != n:
        raise ValueError(_UNEQUAL)
    out.beta = _output(n, beta)
    out.alpha = _output(n, alpha)
    out.beta_variance = _output(n, beta_variance)
    out.covariance = _output(n, covariance)
    out.alpha_variance = _output(n, alpha_variance)
    out.error = _output(n, error)
    out.error_variance = _output(n, error_variance)
    if n == 0:
        return 0.0
    with nogil:
        sums = hk_kalman_filter(&y[0], &x[0], n, &given, &start, burn, &out, &status[0])
    return hk_log_likelihood(&sums)


def log_likelihood(const double[::1] y, const double[::1] x, noise, prior=None, size_t burn=0) -> float:
    """Return the log-likelihood alone; parameters as for `filter_into`."""
    cdef size_t n = y.shape[0]
    cdef hk_noise given = _noise(noise)
    cdef hk_prior start = _prior(prior)
    cdef hk_likelihood sums
    if <size_t>x.shape[0] != n:
        raise ValueError(_UNEQUAL)
    if n == 0:
        return 0.0
    with nogil:
        sums = hk_kalman_filter(&y[0], &x[0], n, &given, &start, burn, NULL, NULL)
    return hk_log_likelihood(&sums)


def maximum_likelihood(const double[::1] y, const double[::1] x, int most_evaluations=600):
    """Find the noise of greatest likelihood from a diffuse start.

    Parameters
    ----------
    y, x : float64, shape (n,)
        Dependent variable and regressor; values that are not finite are missing observations.
    most_evaluations : int
        Likelihoods to compute at most.

    Returns
    -------
    noise : tuple of three float
        ``(beta_variance, alpha_variance, observation_variance)``; one that makes no difference is 0.
    log_likelihood : float
    evaluations : int
    status : int
        `hedgekit.errors.Status`: NO_CONVERGENCE when the evaluations ran out, NOT_IDENTIFIED with fewer than five
        observations or without variation.

    Notes
    -----
    Nelder-Mead in the logarithms of the two variance ratios from the best of a grid; the scale is the mean of the
    squared standardised errors.
    """
    cdef size_t n = y.shape[0]
    cdef hk_kalman_fit fit
    if <size_t>x.shape[0] != n:
        raise ValueError(_UNEQUAL)
    if n == 0:
        raise ValueError("no observations")
    with nogil:
        fit = hk_kalman_maximum_likelihood(&y[0], &x[0], n, most_evaluations)
    return (fit.noise.beta, fit.noise.alpha, fit.noise.observation), fit.log_likelihood, fit.evaluations, fit.status
