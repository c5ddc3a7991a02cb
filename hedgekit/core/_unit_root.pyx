# cython: autotestdict=False
"""Augmented Dickey-Fuller and Engle-Granger statistics, the number of lags chosen by an information criterion.

The test regression of a series x, with p lags,

``x_t - x_{t-1} = (c + d t) + g x_{t-1} + sum_j h_j (x_{t-j} - x_{t-j-1})``

gives the t statistic of g [1]_. The criterion compares 0 to p lags over the rows that p lags leave; the statistic is
then computed over all rows that the chosen number leaves, as statsmodels and arch do. Statistics only: their p-values
come from MacKinnon's tables, which live in statsmodels. One pass over a series gives all of it (`core/c/unit_root.c`).

Arrays are contiguous. Nothing is raised for a bad series: NaN and a status code (`hedgekit.errors.Status`):
INVALID_INPUT for a value that is not finite, NOT_IDENTIFIED for a regression without a unique answer (constant series,
one that a line explains, y a multiple of x).

References
----------
.. [1] S. E. Said and D. A. Dickey, "Testing for unit roots in autoregressive-moving average models of unknown order",
   Biometrika 71 (1984).
"""

cdef extern from "unit_root.h" nogil:
    enum:
        HK_TREND_NONE
        HK_TREND_CONSTANT
        HK_TREND_LINEAR
        HK_LAGS_FIXED
        HK_LAGS_AIC
        HK_LAGS_BIC
    ctypedef struct hk_adf_result:
        double statistic
        double coefficient
        int lags
        int rows
        int status
    ctypedef struct hk_engle_granger_result:
        hk_adf_result adf
        double slope
        double intercept
        double trend
    int hk_adf(const double *series, size_t n, int trend, int most_lags, int criterion, hk_adf_result *out)
    int hk_engle_granger(
        const double *rows, size_t series, size_t n, const int *y, const int *x, size_t pairs, int trend,
        int most_lags, int criterion, hk_engle_granger_result *out)
    int kernel_level "hk_unit_root_isa"()
    int set_kernel_level "hk_unit_root_set_isa"(int level)

from libc.stdlib cimport free, malloc

TRENDS = {"n": HK_TREND_NONE, "c": HK_TREND_CONSTANT, "ct": HK_TREND_LINEAR}
"""Deterministic terms of a regression: none, a constant, a constant and a trend."""

CRITERIA = {None: HK_LAGS_FIXED, "aic": HK_LAGS_AIC, "bic": HK_LAGS_BIC}
"""How the number of lags is chosen: as given, or by a criterion."""

MOST_LAGS = 256
"""Most lags of a test."""

include "isa.pxi"


def _check_lags(Py_ssize_t n, int trend, int most_lags):
    # Every regression of the search needs a row more than it has coefficients.
    if not 0 <= most_lags <= MOST_LAGS or n - 1 - most_lags <= trend + 1 + most_lags:
        raise ValueError(f"{most_lags} lags: too many for {n} values, or more than {MOST_LAGS}")


def adf(const double[::1] series, trend: str, int most_lags, criterion):
    """Test one series for a unit root.

    Parameters
    ----------
    series : float64, shape (n,)
    trend : {"n", "c", "ct"}
    most_lags : int
        Lags, or most lags when a criterion chooses.
    criterion : {None, "aic", "bic"}

    Returns
    -------
    statistic, coefficient : float
        t statistic of g, and g.
    lags, rows : int
        Lags used, and rows of the final regression.
    status : int
        `hedgekit.errors.Status`.

    Raises
    ------
    ValueError
        More lags than the series allows.
    """
    cdef int terms = TRENDS[trend], choice = CRITERIA[criterion], failed
    cdef size_t n = series.shape[0]
    cdef hk_adf_result result
    _check_lags(n, terms, most_lags)
    with nogil:
        failed = hk_adf(&series[0], n, terms, most_lags, choice, &result)
    if failed:
        raise MemoryError("no memory for the test")
    return result.statistic, result.coefficient, result.lags, result.rows, result.status


def engle_granger_into(
    const double[:, ::1] series,
    const int[::1] y,
    const int[::1] x,
    trend: str,
    int most_lags,
    criterion,
    double[::1] statistic,
    int[::1] lags,
    double[::1] slope,
    double[::1] intercept,
    double[::1] coefficient,
    signed char[::1] status,
):
    """Test pairs of series for cointegration: regress one on the other, then test the residuals without a constant.

    Parameters
    ----------
    series : float64, shape (k, n)
        One series a row.
    y, x : int32, shape (pairs,)
        Row of the dependent series and of the regressor.
    trend : {"n", "c", "ct"}
        Terms of the first regression.
    most_lags : int
    criterion : {None, "aic", "bic"}
    statistic : float64, shape (pairs,), output
        t statistic, for MacKinnon's two-variable tables.
    lags : int32, shape (pairs,), output
        Lags used.
    slope, intercept : float64, shape (pairs,), outputs
        First regression; a trend counts from 0 at the first observation.
    coefficient : float64, shape (pairs,), output
        g of the residuals: 0 when nothing pulls them back.
    status : int8, shape (pairs,), output
        `hedgekit.errors.Status`.

    Raises
    ------
    ValueError
        More lags than the series allow, or arrays of different lengths.
    IndexError
        A row that is not there.
    """
    cdef size_t pairs = status.shape[0], i
    cdef size_t count = series.shape[0], n = series.shape[1]
    cdef int terms = TRENDS[trend], choice = CRITERIA[criterion], failed
    cdef hk_engle_granger_result *found
    if not (<size_t>y.shape[0] == <size_t>x.shape[0] == <size_t>statistic.shape[0] == <size_t>lags.shape[0]
            == <size_t>slope.shape[0] == <size_t>intercept.shape[0] == <size_t>coefficient.shape[0] == pairs):
        raise ValueError("all arrays of pairs must have one length")
    _check_lags(n, terms, most_lags)
    for i in range(pairs):
        if not (0 <= y[i] < <int>count and 0 <= x[i] < <int>count):
            raise IndexError(f"pair {i}: rows {y[i]} and {x[i]} of {count}")
    if pairs == 0:
        return
    found = <hk_engle_granger_result *>malloc(pairs * sizeof(hk_engle_granger_result))
    if found is NULL:
        raise MemoryError("no memory for the tests")
    with nogil:
        failed = hk_engle_granger(
            &series[0, 0], count, n, &y[0], &x[0], pairs, terms, most_lags, choice, found)
        if not failed:
            for i in range(pairs):
                statistic[i] = found[i].adf.statistic
                lags[i] = found[i].adf.lags
                slope[i] = found[i].slope
                intercept[i] = found[i].intercept
                coefficient[i] = found[i].adf.coefficient
                status[i] = <signed char>found[i].adf.status
    free(found)
    if failed:
        raise MemoryError("no memory for the tests")
