# cython: autotestdict=False
"""European options under Black-Scholes-Merton with a continuous yield: price, greeks, implied vol.

With ``A = S exp(-qT)``, ``B = K exp(-rT)`` and ``s = vol sqrt(T)``::

    d1 = ln(A/B) / s + s/2        d2 = d1 - s
    call = A Phi(d1) - B Phi(d2)  put = B Phi(-d2) - A Phi(-d1)

The out-of-the-money side is computed as ``min(A, B) phi(z1) (R(z1) - R(z2))`` with the Mills ratio
``R(z) = Phi(-z)/phi(z)``, without cancellation; the other side adds the discounted intrinsic value.

Arrays are one-dimensional and of equal length n (ValueError otherwise); inputs may have any stride (0 broadcasts
one number), outputs are contiguous and share no memory with inputs. Nothing is raised for a bad element: it gets
NaN and a status code (`hedgekit.errors.Status`). An element's bits do not depend on the array it stands in.
INVALID_INPUT: a number that is not finite; spot, strike or t_years not positive (or subnormal spot or strike);
vol negative; sign neither +1 nor -1; or a result beyond the range of doubles.

References
----------
Black and Scholes (1973), eq. 13; Merton (1973), section 6; Haug (2007), chapter 2, for the greeks.
Jaeckel (2015), "Let's be rational", for the implied volatility objective.
"""

from hedgekit.core._columns cimport (
    column_of, hk_column, hk_signs, one_number, one_sign, output_of, signs_of
)

cdef extern from "european.h" nogil:
    ctypedef struct hk_european_input:
        hk_signs sign
        hk_column spot, strike, t_years, rate, div_yield, vol
    ctypedef struct hk_european_quotes:
        hk_signs sign
        hk_column premium, spot, strike, t_years, rate, div_yield
    enum:
        HK_GREEKS
    void hk_european_price(const hk_european_input *inputs, size_t n, double *price, signed char *status)
    void hk_european_greeks(const hk_european_input *inputs, size_t n, double **out, signed char *status)
    void hk_european_iv(const hk_european_quotes *inputs, size_t n, double *vol, signed char *status)
    int kernel_level "hk_european_isa"()
    int set_kernel_level "hk_european_set_isa"(int level)

include "isa.pxi"


cdef hk_european_input _inputs(
    size_t n,
    const signed char[:] sign,
    const double[:] spot,
    const double[:] strike,
    const double[:] t_years,
    const double[:] rate,
    const double[:] div_yield,
    const double[:] last,
) except *:
    cdef hk_european_input inputs
    inputs.sign = signs_of(n, sign)
    inputs.spot = column_of(n, spot)
    inputs.strike = column_of(n, strike)
    inputs.t_years = column_of(n, t_years)
    inputs.rate = column_of(n, rate)
    inputs.div_yield = column_of(n, div_yield)
    inputs.vol = column_of(n, last)
    return inputs


cdef signed char _sign_of(object sign) except? -2:
    return 1 if sign == 1 else -1 if sign == -1 else 0


def price_scalar(sign, double spot, double strike, double t_years, double rate, double div_yield, double vol):
    """Price one option: the same bits as `price_into` gives.

    Parameters
    ----------
    sign : int
        +1 call, -1 put.
    spot, strike : float
        Dollars a share, positive.
    t_years : float
        Years to expiry, positive.
    rate, div_yield : float
        Continuously compounded, decimal a year.
    vol : float
        Decimal a year, not negative.

    Returns
    -------
    tuple of float and int
        Dollars a share, and the status code.
    """
    cdef hk_european_input inputs
    cdef signed char s = _sign_of(sign), status
    cdef double price
    inputs.sign = one_sign(&s)
    inputs.spot = one_number(&spot)
    inputs.strike = one_number(&strike)
    inputs.t_years = one_number(&t_years)
    inputs.rate = one_number(&rate)
    inputs.div_yield = one_number(&div_yield)
    inputs.vol = one_number(&vol)
    hk_european_price(&inputs, 1, &price, &status)
    return price, status


def greeks_scalar(sign, double spot, double strike, double t_years, double rate, double div_yield, double vol):
    """Price one option with its greeks: the same bits as `greeks_into` gives.

    Parameters
    ----------
    sign, spot, strike, t_years, rate, div_yield, vol
        As for `price_scalar`.

    Returns
    -------
    tuple of nine floats and an int
        Price, delta, gamma, vega, theta, rho, vanna, volga, charm (raw, see `greeks_into`), and the status code.
    """
    cdef hk_european_input inputs
    cdef signed char s = _sign_of(sign), status
    cdef double value[9]
    cdef double *out[9]
    cdef int g
    for g in range(9):
        out[g] = &value[g]
    inputs.sign = one_sign(&s)
    inputs.spot = one_number(&spot)
    inputs.strike = one_number(&strike)
    inputs.t_years = one_number(&t_years)
    inputs.rate = one_number(&rate)
    inputs.div_yield = one_number(&div_yield)
    inputs.vol = one_number(&vol)
    hk_european_greeks(&inputs, 1, out, &status)
    return value[0], value[1], value[2], value[3], value[4], value[5], value[6], value[7], value[8], status


def implied_vol_scalar(
    double premium, sign, double spot, double strike, double t_years, double rate, double div_yield
):
    """Invert the price of one option: the same bits as `implied_vol_into` gives.

    Parameters
    ----------
    premium : float
        Dollars a share.
    sign, spot, strike, t_years, rate, div_yield
        As for `price_scalar`.

    Returns
    -------
    tuple of float and int
        Volatility, decimal a year (NaN when there is none), and the status code.
    """
    cdef hk_european_quotes inputs
    cdef signed char s = _sign_of(sign), status
    cdef double vol
    inputs.sign = one_sign(&s)
    inputs.premium = one_number(&premium)
    inputs.spot = one_number(&spot)
    inputs.strike = one_number(&strike)
    inputs.t_years = one_number(&t_years)
    inputs.rate = one_number(&rate)
    inputs.div_yield = one_number(&div_yield)
    hk_european_iv(&inputs, 1, &vol, &status)
    return vol, status


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
    """Price n options.

    Parameters
    ----------
    sign : int8, shape (n,)
        +1 call, -1 put.
    spot, strike : float64, shape (n,)
        Dollars a share, positive.
    t_years : float64, shape (n,)
        Years to expiry, positive.
    rate, div_yield : float64, shape (n,)
        Continuously compounded, decimal a year.
    vol : float64, shape (n,)
        Decimal a year; 0 gives the discounted intrinsic value.
    price : float64, shape (n,), output
        Dollars a share; NaN where an input is invalid.
    status : int8, shape (n,), output
        `hedgekit.errors.Status`.
    """
    cdef size_t n = status.shape[0]
    cdef hk_european_input inputs = _inputs(n, sign, spot, strike, t_years, rate, div_yield, vol)
    cdef double *out = output_of(n, price)
    if n == 0:
        return
    with nogil:
        hk_european_price(&inputs, n, out, &status[0])


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
    """Price n options with their eight greeks.

    Parameters
    ----------
    sign, spot, strike, t_years, rate, div_yield, vol
        As for `price_into`.
    price, delta, gamma, vega, theta, rho, vanna, volga, charm : float64, shape (n,), outputs
        Raw derivatives of the value V: dV/dS, d2V/dS2, dV/dvol per 1.00 of vol, dV/dt = -dV/dT per year,
        dV/drate per 1.00, d2V/dS dvol, d2V/dvol2, d delta/dt = -d delta/dT per year.
    status : int8, shape (n,), output
        `hedgekit.errors.Status`.

    Notes
    -----
    With phi1 = A phi(d1) = B phi(d2): gamma = phi1/(S^2 s), vega = phi1 sqrt(T), vanna = -phi1/S d2/vol,
    volga = vega d1 d2/vol. Theta, charm, vanna and volga are sums or products whose terms may cancel: their
    error is relative to the terms. At vol 0 the greeks are those of the discounted intrinsic value; exactly at
    its kink, the limits vol -> 0, and NaN where that is infinite (gamma, charm).
    """
    cdef size_t n = status.shape[0]
    cdef hk_european_input inputs = _inputs(n, sign, spot, strike, t_years, rate, div_yield, vol)
    cdef double *out[9]
    out[0] = output_of(n, price)
    out[1] = output_of(n, delta)
    out[2] = output_of(n, gamma)
    out[3] = output_of(n, vega)
    out[4] = output_of(n, theta)
    out[5] = output_of(n, rho)
    out[6] = output_of(n, vanna)
    out[7] = output_of(n, volga)
    out[8] = output_of(n, charm)
    if n == 0:
        return
    with nogil:
        hk_european_greeks(&inputs, n, out, &status[0])


def implied_vol_into(
    const double[:] premium,
    const signed char[:] sign,
    const double[:] spot,
    const double[:] strike,
    const double[:] t_years,
    const double[:] rate,
    const double[:] div_yield,
    double[::1] vol,
    signed char[::1] status,
):
    """Invert the prices of n options.

    Parameters
    ----------
    premium : float64, shape (n,)
        Dollars a share.
    sign, spot, strike, t_years, rate, div_yield
        As for `price_into`.
    vol : float64, shape (n,), output
        Decimal a year; NaN where the status is not OK.
    status : int8, shape (n,), output
        `hedgekit.errors.Status`, in this order: INVALID_INPUT; BELOW_INTRINSIC for a premium at or below the
        discounted intrinsic value (or at or below 0); ABOVE_MAXIMUM for one at or above A (call) or B (put).

    Notes
    -----
    Householder steps on the logarithm of the time value, or of the distance to the maximum where that is the
    smaller one (Jaeckel 2015, sections 4 to 6), evaluated through the Mills difference that does not cancel. Where
    the time value drowns in the rounding of the discounted legs, these are taken in extended precision, on platforms
    that have it.
    """
    cdef size_t n = status.shape[0]
    cdef hk_european_input terms = _inputs(n, sign, spot, strike, t_years, rate, div_yield, premium)
    cdef hk_european_quotes inputs
    cdef double *out = output_of(n, vol)
    if n == 0:
        return
    inputs.premium = terms.vol
    inputs.sign = terms.sign
    inputs.spot = terms.spot
    inputs.strike = terms.strike
    inputs.t_years = terms.t_years
    inputs.rate = terms.rate
    inputs.div_yield = terms.div_yield
    with nogil:
        hk_european_iv(&inputs, n, out, &status[0])
