# cython: autotestdict=False
"""Regressions over every window of two series: least squares, and the Engle-Granger test with one lag.

Element t of every output belongs to the window of the last `window` points up to and including t: later data cannot
change it. Sums slide without subtracting (`core/c/rolling_window.h`), so an offset of 1e8 or a wild price that has
left the window costs no digits. Arrays are contiguous and of equal length n (ValueError otherwise); outputs share no
memory with inputs. Nothing is raised for a bad window: it gets NaN and a status code (`hedgekit.errors.Status`):
INVALID_INPUT for a window not yet full or with a value that is not finite, NOT_IDENTIFIED for a regressor that does
not vary.
"""

cdef extern from "rolling.h" nogil:
    ctypedef struct hk_rolling_ols_out:
        double *slope
        double *intercept
        double *slope_se
        double *intercept_se
        double *residual_sd
    ctypedef struct hk_rolling_engle_granger_out:
        double *statistic
        double *slope
        double *intercept
        double *residual_sd
    int hk_rolling_ols(
        const double *y, const double *x, size_t n, size_t window, const hk_rolling_ols_out *out, signed char *status)
    int hk_rolling_engle_granger(
        const double *y, const double *x, size_t n, size_t window, const hk_rolling_engle_granger_out *out,
        signed char *status)

OLS_LEAST_WINDOW = 3
"""Fewest points of a window that leave a degree of freedom."""

ENGLE_GRANGER_LEAST_WINDOW = 5
"""Fewest points of a window whose test regression leaves a degree of freedom."""

_NO_MEMORY = "no memory for the sums of a window"


cdef size_t _length(size_t n, Py_ssize_t window, Py_ssize_t least, const double[::1] y, const double[::1] x) except? 0:
    if <size_t>y.shape[0] != n or <size_t>x.shape[0] != n:
        raise ValueError("all arrays must have one length")
    if window < least:
        raise ValueError(f"window {window}: expected {least} or more")
    return n


cdef double *_output(size_t n, double[::1] values) except? NULL:
    if <size_t>values.shape[0] != n:
        raise ValueError("all arrays must have one length")
    return &values[0] if n else NULL


def ols_into(
    const double[::1] y,
    const double[::1] x,
    Py_ssize_t window,
    double[::1] slope,
    double[::1] intercept,
    double[::1] slope_se,
    double[::1] intercept_se,
    double[::1] residual_sd,
    signed char[::1] status,
):
    """Regress y on x and a constant over every window.

    Parameters
    ----------
    y, x : float64, shape (n,)
        Dependent variable and regressor.
    window : int
        Points a window, 3 or more.
    slope, intercept : float64, shape (n,), outputs
        Least-squares coefficients.
    slope_se, intercept_se : float64, shape (n,), outputs
        Their classical standard errors.
    residual_sd : float64, shape (n,), output
        Root of the residual sum of squares over ``window - 2``.
    status : int8, shape (n,), output
        `hedgekit.errors.Status`.

    Notes
    -----
    ``slope = Sxy / Sxx``, ``slope_se = s / sqrt(Sxx)``, ``intercept_se = s sqrt(1 / window + mean(x)^2 / Sxx)`` [1]_.

    References
    ----------
    .. [1] W. H. Greene, "Econometric Analysis", 7th ed., section 4.4.
    """
    cdef size_t n = status.shape[0]
    cdef hk_rolling_ols_out out
    cdef int failed
    if _length(n, window, OLS_LEAST_WINDOW, y, x) == 0:
        return
    out.slope = _output(n, slope)
    out.intercept = _output(n, intercept)
    out.slope_se = _output(n, slope_se)
    out.intercept_se = _output(n, intercept_se)
    out.residual_sd = _output(n, residual_sd)
    with nogil:
        failed = hk_rolling_ols(&y[0], &x[0], n, <size_t>window, &out, &status[0])
    if failed:
        raise MemoryError(_NO_MEMORY)


def engle_granger_into(
    const double[::1] y,
    const double[::1] x,
    Py_ssize_t window,
    double[::1] statistic,
    double[::1] slope,
    double[::1] intercept,
    double[::1] residual_sd,
    signed char[::1] status,
):
    """Test y and x for cointegration over every window.

    Parameters
    ----------
    y, x : float64, shape (n,)
        Dependent variable and regressor.
    window : int
        Points a window, 5 or more.
    statistic : float64, shape (n,), output
        t statistic of the residual's level, to be held against MacKinnon's two-variable tables.
    slope, intercept : float64, shape (n,), outputs
        Coefficients of y on x and a constant.
    residual_sd : float64, shape (n,), output
        Root of the residual sum of squares over ``window - 2``.
    status : int8, shape (n,), output
        `hedgekit.errors.Status`; NOT_IDENTIFIED also when y is a multiple of x and a constant.

    Notes
    -----
    The residuals e of the regression on a constant are tested by ``d e_t = g e_{t-1} + h d e_{t-1}`` without a
    constant [1]_; the 16 sums of products this takes slide with the window.

    References
    ----------
    .. [1] R. F. Engle and C. W. J. Granger, "Co-integration and error correction", Econometrica 55 (1987), table II.
    """
    cdef size_t n = status.shape[0]
    cdef hk_rolling_engle_granger_out out
    cdef int failed
    if _length(n, window, ENGLE_GRANGER_LEAST_WINDOW, y, x) == 0:
        return
    out.statistic = _output(n, statistic)
    out.slope = _output(n, slope)
    out.intercept = _output(n, intercept)
    out.residual_sd = _output(n, residual_sd)
    with nogil:
        failed = hk_rolling_engle_granger(&y[0], &x[0], n, <size_t>window, &out, &status[0])
    if failed:
        raise MemoryError(_NO_MEMORY)
