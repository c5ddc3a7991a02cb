"""Options on a spot that pays cash dividends: prices, greeks and implied volatilities.

The spot model: between ex-dates the spot is a geometric Brownian motion with drift ``rate - div_yield``; on an
ex-date it falls by the cash amount, never below zero (a larger dividend takes the spot to zero). A dividend counts
when ``0 < t <= T``; one dated T lowers the spot that the expiring option pays on, and an American call may still be
exercised just before it.

Method: compact fourth-order finite differences in the logarithm of the spot between ex-dates, SDIRK3 [1]_ in time,
early exercise by Brennan and Schwartz's elimination [2]_ with a correction for the position of the boundary
between two nodes, payoffs smoothed after [3]_; `core/c/cash_dividends_kernel.h` has the equations. Where neither a
dividend nor early exercise matters, the closed form.

All functions take inputs of equal length n as strided views (a stride of 0 is a shared scalar), never raise for a bad
element (NaN and a status, see `hedgekit.errors.Status`), and give the same bits whatever the position of an element.

References
----------
.. [1] R. Alexander, "Diagonally implicit Runge-Kutta methods for stiff O.D.E.'s", SIAM J. Numer. Anal. 14 (1977).
.. [2] M. J. Brennan and E. S. Schwartz, "The valuation of American put options", Journal of Finance 32 (1977).
.. [3] H.-O. Kreiss, V. Thomee and O. Widlund, "Smoothing of initial data and rates of convergence for parabolic
   difference equations", Comm. Pure Appl. Math. 23 (1970).
"""

from libc.stddef cimport ptrdiff_t

from hedgekit.core._columns cimport (
    column_of, hk_column, hk_signs, output_of, signs_of, status_of
)

cdef extern from "cash_dividends.h" nogil:
    ctypedef struct hk_cd_contracts:
        hk_signs sign
        hk_column spot
        hk_column strike
        hk_column t_years
        hk_column rate
        hk_column div_yield "yield"
        const double *div_times
        const double *div_amounts
        ptrdiff_t n_div
        int american
    ctypedef struct hk_cd_greeks:
        double *price
        double *delta
        double *gamma
        double *vega
        double *theta
        double *rho
        double *vanna
        double *volga
        double *charm
    int hk_cd_price(const hk_cd_contracts *, hk_column, ptrdiff_t, double *, signed char *)
    int hk_cd_greeks_of(const hk_cd_contracts *, hk_column, ptrdiff_t, const hk_cd_greeks *, signed char *)
    int hk_cd_implied_vol(const hk_cd_contracts *, hk_column, ptrdiff_t, double *, double *, signed char *)
    int hk_cd_implied_vol_band(
        const hk_cd_contracts *, const hk_column *, ptrdiff_t, double *const *, signed char *const *
    )
    int kernel_level "hk_cd_isa"()
    int set_kernel_level "hk_cd_set_isa"(int level)

include "isa.pxi"


cdef hk_cd_contracts contracts(
    bint american, const signed char[:] sign, const double[:] spot, const double[:] strike, const double[:] t_years,
    const double[:] rate, const double[:] div_yield, const double[::1] div_times, const double[::1] div_amounts,
) except *:
    cdef hk_cd_contracts out
    cdef size_t n = sign.shape[0]
    if div_times.shape[0] != div_amounts.shape[0]:
        raise ValueError(f"{div_times.shape[0]} dividend times, {div_amounts.shape[0]} amounts")
    out.sign = signs_of(n, sign)
    out.spot = column_of(n, spot)
    out.strike = column_of(n, strike)
    out.t_years = column_of(n, t_years)
    out.rate = column_of(n, rate)
    out.div_yield = column_of(n, div_yield)
    out.n_div = div_times.shape[0]
    out.div_times = &div_times[0] if out.n_div > 0 else NULL
    out.div_amounts = &div_amounts[0] if out.n_div > 0 else NULL
    out.american = american
    return out


def price_into(
    bint american,
    const signed char[:] sign,
    const double[:] spot,
    const double[:] strike,
    const double[:] t_years,
    const double[:] rate,
    const double[:] div_yield,
    const double[:] vol,
    const double[::1] div_times,
    const double[::1] div_amounts,
    double[::1] price,
    signed char[::1] status,
):
    """Price options under cash dividends and a continuous yield.

    Parameters
    ----------
    american : bool
        American exercise, else European.
    sign : (n,) int8
        +1 call, -1 put.
    spot, strike : (n,) float64
        Dollars a share, positive.
    t_years : (n,) float64
        Years to expiry, positive.
    rate, div_yield, vol : (n,) float64
        Decimals a year, continuously compounded.
    div_times, div_amounts : (m,) float64
        Ex-dates in years from now, in any order, and dollars a share, not negative; shared by all elements.
    price : (n,) float64
        Written: dollars a share.
    status : (n,) int8
        Written: OK, INVALID_INPUT, or NO_CONVERGENCE (more than 512 dividends).
    """
    cdef ptrdiff_t n = sign.shape[0]
    cdef hk_cd_contracts c = contracts(american, sign, spot, strike, t_years, rate, div_yield, div_times, div_amounts)
    cdef hk_column v = column_of(n, vol)
    cdef double *out
    cdef signed char *flags
    cdef int rc
    if n == 0:
        return
    out = output_of(n, price)
    flags = status_of(n, status)
    with nogil:
        rc = hk_cd_price(&c, v, n, out, flags)
    if rc:
        raise MemoryError


def greeks_into(
    bint american,
    const signed char[:] sign,
    const double[:] spot,
    const double[:] strike,
    const double[:] t_years,
    const double[:] rate,
    const double[:] div_yield,
    const double[:] vol,
    const double[::1] div_times,
    const double[::1] div_amounts,
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
    """Price options and their raw greeks; inputs as in `price_into`.

    Delta and gamma are differences of the lattice, or of the integral over a call's first period where it is exercised
    for dividends only; theta and charm follow from the pricing equation
    ``V_t = r V - (r - q) S V_S - sigma^2 S^2 V_SS / 2`` (ex-dates fixed while time passes). Vega, rho and vanna of a
    put, of a call on which no dividend falls and of one exercised for dividends only are solved for, beside a value,
    from the pricing equation's derivatives in vol and rate, which vanish where exercised; else, as volga always, they
    are differences of further valuations. In the exercise region: those of the intrinsic value.

    Parameters
    ----------
    price, delta, gamma, vega, theta, rho, vanna, volga, charm : (n,) float64
        Written: per 1.00 of vol, per year of time passing, per 1.00 of rate.
    status : (n,) int8
        Written, as by `price_into`.
    """
    cdef ptrdiff_t n = sign.shape[0]
    cdef hk_cd_contracts c = contracts(american, sign, spot, strike, t_years, rate, div_yield, div_times, div_amounts)
    cdef hk_column v = column_of(n, vol)
    cdef hk_cd_greeks out
    cdef signed char *flags
    cdef int rc
    if n == 0:
        return
    out.price = output_of(n, price)
    out.delta = output_of(n, delta)
    out.gamma = output_of(n, gamma)
    out.vega = output_of(n, vega)
    out.theta = output_of(n, theta)
    out.rho = output_of(n, rho)
    out.vanna = output_of(n, vanna)
    out.volga = output_of(n, volga)
    out.charm = output_of(n, charm)
    flags = status_of(n, status)
    with nogil:
        rc = hk_cd_greeks_of(&c, v, n, &out, flags)
    if rc:
        raise MemoryError


def implied_vol_into(
    bint american,
    const double[:] premium,
    const signed char[:] sign,
    const double[:] spot,
    const double[:] strike,
    const double[:] t_years,
    const double[:] rate,
    const double[:] div_yield,
    const double[::1] div_times,
    const double[::1] div_amounts,
    double[::1] vol,
    double[::1] upper,
    signed char[::1] status,
):
    """Find the volatility at which `price_into` gives the premium; other inputs as there.

    Parameters
    ----------
    premium : (n,) float64
        Dollars a share.
    vol : (n,) float64
        Written: decimal a year; NaN unless the status is OK.
    upper : (n,) float64
        Written: where the premium is the exercise value (NOT_IDENTIFIED), the largest vol that fits it; else NaN.
    status : (n,) int8
        Written: OK; INVALID_INPUT; BELOW_INTRINSIC (not above the value at zero vol, which for American exercise is
        the best of all exercise times along the forward path); ABOVE_MAXIMUM (not below the limit for
        ever larger vol); NOT_IDENTIFIED; NO_CONVERGENCE (a vol outside 0.0001 to 20).
    """
    cdef ptrdiff_t n = sign.shape[0]
    cdef hk_cd_contracts c = contracts(american, sign, spot, strike, t_years, rate, div_yield, div_times, div_amounts)
    cdef hk_column p = column_of(n, premium)
    cdef double *out
    cdef double *bound
    cdef signed char *flags
    cdef int rc
    if n == 0:
        return
    out = output_of(n, vol)
    bound = output_of(n, upper)
    flags = status_of(n, status)
    with nogil:
        rc = hk_cd_implied_vol(&c, p, n, out, bound, flags)
    if rc:
        raise MemoryError


def implied_vol_band_into(
    bint american,
    const double[:] bid,
    const double[:] mid,
    const double[:] ask,
    const signed char[:] sign,
    const double[:] spot,
    const double[:] strike,
    const double[:] t_years,
    const double[:] rate,
    const double[:] div_yield,
    const double[::1] div_times,
    const double[::1] div_amounts,
    double[::1] vol_bid,
    double[::1] vol_mid,
    double[::1] vol_ask,
    signed char[::1] status_bid,
    signed char[::1] status_mid,
    signed char[::1] status_ask,
):
    """Find the volatilities of three premiums of the same options, sharing the work; see `implied_vol_into`."""
    cdef ptrdiff_t n = sign.shape[0]
    cdef hk_cd_contracts c = contracts(american, sign, spot, strike, t_years, rate, div_yield, div_times, div_amounts)
    cdef hk_column p[3]
    cdef double *out[3]
    cdef signed char *flags[3]
    cdef int rc
    if n == 0:
        return
    p[0], p[1], p[2] = column_of(n, bid), column_of(n, mid), column_of(n, ask)
    out[0], out[1], out[2] = output_of(n, vol_bid), output_of(n, vol_mid), output_of(n, vol_ask)
    flags[0] = status_of(n, status_bid)
    flags[1] = status_of(n, status_mid)
    flags[2] = status_of(n, status_ask)
    with nogil:
        rc = hk_cd_implied_vol_band(&c, p, n, out, flags)
    if rc:
        raise MemoryError
