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

from libc.stddef cimport ptrdiff_t

from hedgekit.core._columns cimport (
    column_of, hk_column, hk_signs, one_number, one_sign, output_of, signs_of, status_of
)

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
    int kernel_level "hk_american_isa"()
    int set_kernel_level "hk_american_set_isa"(int level)
    void hk_american_price(ptrdiff_t count, const hk_am_inputs *inputs, double *price, signed char *status)
    void hk_american_greeks(ptrdiff_t count, const hk_am_inputs *inputs, const hk_am_outputs *out)
    void hk_american_implied_vol(ptrdiff_t count, const hk_column *premium, const hk_am_inputs *inputs, double *vol,
                                 double *upper, signed char *status)

hk_american_setup()

include "isa.pxi"


cdef hk_am_inputs _inputs(
    size_t n,
    const signed char[:] sign,
    const double[:] spot,
    const double[:] strike,
    const double[:] t_years,
    const double[:] rate,
    const double[:] div_yield,
) except *:
    cdef hk_am_inputs inputs
    inputs.sign = signs_of(n, sign)
    inputs.spot = column_of(n, spot)
    inputs.strike = column_of(n, strike)
    inputs.t_years = column_of(n, t_years)
    inputs.rate = column_of(n, rate)
    inputs.div_yield = column_of(n, div_yield)
    inputs.vol.data = NULL
    inputs.vol.stride = 0
    return inputs


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
    inputs.sign = one_sign(sign)
    inputs.spot = one_number(spot)
    inputs.strike = one_number(strike)
    inputs.t_years = one_number(t_years)
    inputs.rate = one_number(rate)
    inputs.div_yield = one_number(div_yield)
    inputs.vol = one_number(vol)
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
    cdef hk_column paid = one_number(&premium)
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
    cdef size_t n = status.shape[0]
    cdef hk_am_inputs inputs = _inputs(n, sign, spot, strike, t_years, rate, div_yield)
    cdef double *out = output_of(n, price)
    inputs.vol = column_of(n, vol)
    if n == 0:
        return
    with nogil:
        hk_american_price(n, &inputs, out, &status[0])


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
    cdef size_t n = status.shape[0]
    cdef hk_am_inputs inputs = _inputs(n, sign, spot, strike, t_years, rate, div_yield)
    cdef hk_am_outputs out
    inputs.vol = column_of(n, vol)
    out.price = output_of(n, price)
    out.delta = output_of(n, delta)
    out.gamma = output_of(n, gamma)
    out.vega = output_of(n, vega)
    out.theta = output_of(n, theta)
    out.rho = output_of(n, rho)
    out.vanna = output_of(n, vanna)
    out.volga = output_of(n, volga)
    out.charm = output_of(n, charm)
    out.status = status_of(n, status)
    if n == 0:
        return
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
    cdef size_t n = status.shape[0]
    cdef hk_am_inputs inputs = _inputs(n, sign, spot, strike, t_years, rate, div_yield)
    cdef hk_column paid = column_of(n, premium)
    cdef double *found = output_of(n, vol)
    cdef double *bound = output_of(n, upper)
    if n == 0:
        return
    with nogil:
        hk_american_implied_vol(n, &paid, &inputs, found, bound, &status[0])
