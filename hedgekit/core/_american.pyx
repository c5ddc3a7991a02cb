"""American options with a continuous dividend yield: prices, greeks, implied volatilities.

Every function reads 1-D columns of one length (any stride; 0 broadcasts a scalar), writes
contiguous outputs of that length, releases the GIL and never raises for a bad element:
that one gets NaN and a status of `hedgekit.errors.Status`.

Calls become puts by put-call symmetry. The exercise boundary is found by spectral
collocation with Newton's method on Kim's integral equation, the premium is an integral
over it, and with negative rates there may be two boundaries.

References
----------
Kim, I. J. (1990). The analytic valuation of American options. Review of Financial Studies 3.
McDonald, R. and Schroder, M. (1998). A parity result for American options. J. Comp. Finance 1.
Andersen, L., Lake, M. and Offengenden, D. (2016). High-performance American option pricing. J. Comp. Finance 20.
Andersen, L. and Lake, M. (2021). Fast American option pricing: the double-boundary case. Wilmott 2021(116).
"""

import os

from libc.stddef cimport ptrdiff_t


cdef extern from "columns.h":
    ctypedef struct hk_column:
        const double *data
        ptrdiff_t stride
    ctypedef struct hk_signs:
        const signed char *data
        ptrdiff_t stride

cdef extern from "american.h" nogil:
    ctypedef struct hk_am_inputs:
        hk_signs sign
        hk_column spot
        hk_column strike
        hk_column t_years
        hk_column rate
        hk_column div_yield
        hk_column vol
    ctypedef struct hk_am_outputs:
        double *price
        double *delta
        double *gamma
        double *vega
        double *theta
        double *rho
        double *vanna
        double *volga
        double *charm
        signed char *status
    void hk_american_setup()
    int hk_american_isa()
    int hk_american_set_isa(int level)
    void hk_american_price(ptrdiff_t count, const hk_am_inputs *inputs, double *price, signed char *status)
    void hk_american_greeks(ptrdiff_t count, const hk_am_inputs *inputs, const hk_am_outputs *out)
    void hk_american_implied_vol(ptrdiff_t count, const hk_column *premium, const hk_am_inputs *inputs, double *vol,
                                 double *upper, signed char *status)

_LEVELS = ("baseline", "avx2", "avx512")


cdef inline hk_column _column(const double[:] values) noexcept:
    cdef hk_column column
    column.data = &values[0]
    column.stride = values.strides[0] // <ptrdiff_t>sizeof(double)
    return column


cdef inline hk_signs _signs(const signed char[:] values) noexcept:
    cdef hk_signs column
    column.data = &values[0]
    column.stride = values.strides[0]
    return column


cdef hk_am_inputs _inputs(
    const signed char[:] sign,
    const double[:] spot,
    const double[:] strike,
    const double[:] t_years,
    const double[:] rate,
    const double[:] div_yield,
) noexcept:
    cdef hk_am_inputs inputs
    inputs.sign = _signs(sign)
    inputs.spot = _column(spot)
    inputs.strike = _column(strike)
    inputs.t_years = _column(t_years)
    inputs.rate = _column(rate)
    inputs.div_yield = _column(div_yield)
    inputs.vol.data = NULL
    inputs.vol.stride = 0
    return inputs


def _check_lengths(Py_ssize_t length, *columns):
    for column in columns:
        if column.shape[0] != length:
            raise ValueError(f"every column needs {length} elements, one has {column.shape[0]}")


cdef inline hk_column _one(const double *value) noexcept nogil:
    cdef hk_column column
    column.data = value
    column.stride = 0
    return column


cdef hk_am_inputs _option(
    const signed char *sign,
    const double *spot,
    const double *strike,
    const double *t_years,
    const double *rate,
    const double *div_yield,
    const double *vol,
) noexcept nogil:
    cdef hk_am_inputs inputs
    inputs.sign.data = sign
    inputs.sign.stride = 0
    inputs.spot = _one(spot)
    inputs.strike = _one(strike)
    inputs.t_years = _one(t_years)
    inputs.rate = _one(rate)
    inputs.div_yield = _one(div_yield)
    inputs.vol = _one(vol)
    return inputs


def price_scalar(
    signed char sign, double spot, double strike, double t_years, double rate, double div_yield, double vol
):
    """Price one option: the same bits as `price_into` gives it alone.

    Parameters
    ----------
    sign : int
        +1 call, -1 put.
    spot, strike, t_years, rate, div_yield, vol : float
        As for `price_into`.

    Returns
    -------
    tuple of float and int
        Dollars a share, and the status code.
    """
    cdef hk_am_inputs inputs = _option(&sign, &spot, &strike, &t_years, &rate, &div_yield, &vol)
    cdef double price
    cdef signed char status
    with nogil:
        hk_american_price(1, &inputs, &price, &status)
    return price, status


def greeks_scalar(
    signed char sign, double spot, double strike, double t_years, double rate, double div_yield, double vol
):
    """Price one option with its greeks: the same bits as `greeks_into` gives it alone.

    Parameters
    ----------
    sign, spot, strike, t_years, rate, div_yield, vol
        As for `price_scalar`.

    Returns
    -------
    tuple of nine floats and an int
        Price, delta, gamma, vega, theta, rho, vanna, volga, charm (see `greeks_into`), and the status code.
    """
    cdef hk_am_inputs inputs = _option(&sign, &spot, &strike, &t_years, &rate, &div_yield, &vol)
    cdef hk_am_outputs out
    cdef double value[9]
    cdef signed char status
    out.price = &value[0]
    out.delta = &value[1]
    out.gamma = &value[2]
    out.vega = &value[3]
    out.theta = &value[4]
    out.rho = &value[5]
    out.vanna = &value[6]
    out.volga = &value[7]
    out.charm = &value[8]
    out.status = &status
    with nogil:
        hk_american_greeks(1, &inputs, &out)
    return value[0], value[1], value[2], value[3], value[4], value[5], value[6], value[7], value[8], status


def implied_vol_scalar(
    double premium, signed char sign, double spot, double strike, double t_years, double rate, double div_yield
):
    """Find the volatility of one premium: the same bits as `implied_vol_into` gives it alone.

    Parameters
    ----------
    premium : float
        Dollars a share.
    sign, spot, strike, t_years, rate, div_yield
        As for `price_scalar`.

    Returns
    -------
    tuple of two floats and an int
        Volatility, the greatest one where it is not identified (each NaN when there is none), and the status code.
    """
    cdef hk_am_inputs inputs = _option(&sign, &spot, &strike, &t_years, &rate, &div_yield, &premium)
    cdef hk_column paid = _one(&premium)
    cdef double vol, upper
    cdef signed char status
    inputs.vol.data = NULL
    with nogil:
        hk_american_implied_vol(1, &paid, &inputs, &vol, &upper, &status)
    return vol, upper, status


def price_into(
    const signed char[:] sign,
    const double[:] spot,
    const double[:] strike,
    const double[:] t_years,
    const double[:] rate,
    const double[:] div_yield,
    const double[:] vol,
    double[::1] price,
    signed char[::1] status,
):
    """Price American options with a continuous dividend yield.

    Parameters
    ----------
    sign : int8 (n,)
        +1 call, -1 put.
    spot, strike : float64 (n,)
        Dollars a share.
    t_years : float64 (n,)
        Years to expiry.
    rate, div_yield : float64 (n,)
        Continuously compounded, 0.05 is 5% a year; either may be negative.
    vol : float64 (n,)
        A year, 0.2 is 20%; zero is the best deterministic exercise.
    price : float64 (n,), contiguous, written
        Dollars a share; NaN where the status is not 0.
    status : int8 (n,), contiguous, written
        Values of `hedgekit.errors.Status`.

    Notes
    -----
    The put is the European one plus

    .. math:: \\int_0^T r K e^{-ru} \\Phi(-d_2(S, B(T-u), u)) - q S e^{-qu} \\Phi(-d_1(S, B(T-u), u))\\, du

    (Kim 1990, eq. 12), B solved from the same equation at S = B.
    """
    cdef Py_ssize_t n = price.shape[0]
    _check_lengths(n, sign, spot, strike, t_years, rate, div_yield, vol, status)
    if n == 0:
        return
    cdef hk_am_inputs inputs = _inputs(sign, spot, strike, t_years, rate, div_yield)
    inputs.vol = _column(vol)
    with nogil:
        hk_american_price(n, &inputs, &price[0], &status[0])


def greeks_into(
    const signed char[:] sign,
    const double[:] spot,
    const double[:] strike,
    const double[:] t_years,
    const double[:] rate,
    const double[:] div_yield,
    const double[:] vol,
    double[::1] price,
    double[::1] delta,
    double[::1] gamma,
    double[::1] vega,
    double[::1] theta,
    double[::1] rho,
    double[::1] vanna,
    double[::1] volga,
    double[::1] charm,
    signed char[::1] status,
):
    """Price and differentiate American options with a continuous dividend yield.

    Parameters
    ----------
    sign, spot, strike, t_years, rate, div_yield, vol
        As for `price_into`.
    price, delta, gamma : float64 (n,), contiguous, written
        Value and its first two derivatives in the spot, a share.
    vega, volga : float64 (n,), contiguous, written
        First and second derivative in vol, per 1.00 of vol.
    theta : float64 (n,), contiguous, written
        Change of the value as time passes, a year, from the pricing equation.
    rho : float64 (n,), contiguous, written
        Derivative in the rate, the yield held, per 1.00.
    vanna, charm : float64 (n,), contiguous, written
        Derivative of delta in vol, and as time passes, a year.
    status : int8 (n,), contiguous, written
        Values of `hedgekit.errors.Status`.

    Notes
    -----
    Where immediate exercise is optimal the derivatives are those of the exercise value. The derivatives in vol and
    rate include the movement of the boundary, by the implicit function theorem on the collocation equations.
    """
    cdef Py_ssize_t n = price.shape[0]
    _check_lengths(n, sign, spot, strike, t_years, rate, div_yield, vol)
    _check_lengths(n, delta, gamma, vega, theta, rho, vanna, volga, charm, status)
    if n == 0:
        return
    cdef hk_am_inputs inputs = _inputs(sign, spot, strike, t_years, rate, div_yield)
    cdef hk_am_outputs out
    inputs.vol = _column(vol)
    out.price = &price[0]
    out.delta = &delta[0]
    out.gamma = &gamma[0]
    out.vega = &vega[0]
    out.theta = &theta[0]
    out.rho = &rho[0]
    out.vanna = &vanna[0]
    out.volga = &volga[0]
    out.charm = &charm[0]
    out.status = &status[0]
    with nogil:
        hk_american_greeks(n, &inputs, &out)


def implied_vol_into(
    const double[:] premium,
    const signed char[:] sign,
    const double[:] spot,
    const double[:] strike,
    const double[:] t_years,
    const double[:] rate,
    const double[:] div_yield,
    double[::1] vol,
    double[::1] upper,
    signed char[::1] status,
):
    """Find the volatility that gives American premiums.

    Parameters
    ----------
    premium : float64 (n,)
        Dollars a share.
    sign, spot, strike, t_years, rate, div_yield
        As for `price_into`.
    vol : float64 (n,), contiguous, written
        NaN where the status is not 0.
    upper : float64 (n,), contiguous, written
        Where the status is NOT_IDENTIFIED (the premium is what exercise at once, or the certain value, pays), the
        greatest vol that gives this premium; NaN elsewhere.
    status : int8 (n,), contiguous, written
        INVALID_INPUT; BELOW_INTRINSIC (below the greater of immediate exercise and the value at zero vol);
        ABOVE_MAXIMUM (at or above the greatest value at any vol); NOT_IDENTIFIED; NO_CONVERGENCE.
    """
    cdef Py_ssize_t n = vol.shape[0]
    _check_lengths(n, premium, sign, spot, strike, t_years, rate, div_yield, upper, status)
    if n == 0:
        return
    cdef hk_am_inputs inputs = _inputs(sign, spot, strike, t_years, rate, div_yield)
    cdef hk_column paid = _column(premium)
    with nogil:
        hk_american_implied_vol(n, &paid, &inputs, &vol[0], &upper[0], &status[0])


def available_isas():
    """Return the instruction sets this processor can run, the plainest first."""
    current = hk_american_isa()
    found = tuple(name for level, name in enumerate(_LEVELS) if hk_american_set_isa(level) == 0)
    hk_american_set_isa(current)
    return found


def isa():
    """Return the name of the instruction set in use."""
    return _LEVELS[hk_american_isa()]


def set_isa(name):
    """Choose the instruction set by name; ValueError when unknown here."""
    if name not in available_isas():
        raise ValueError(f"instruction set {name!r} is not one of {available_isas()}")
    hk_american_set_isa(_LEVELS.index(name))


hk_american_setup()
if os.environ.get("HEDGEKIT_ISA"):
    set_isa(os.environ["HEDGEKIT_ISA"])
