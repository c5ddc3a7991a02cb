"""Prices and greeks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from hedgekit.errors import Status
from hedgekit.pricing.columns import TERMS, Dividends, Exercise, Kind, prepare
from hedgekit.pricing.compiled import SIGNS, american, european
from hedgekit.pricing.engines import one_option, solve
from hedgekit.pricing.memory import columns as columns_of
from hedgekit.pricing.refusals import refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

GREEK_NAMES = ("price", "delta", "gamma", "vega", "theta", "rho", "vanna", "volga", "charm")


@dataclass(frozen=True, slots=True)
class Greeks:
    """Price and raw greeks, each a float or an array of the inputs' broadcast shape.

    Attributes
    ----------
    price : float or ndarray
        Dollars a share.
    delta, gamma : float or ndarray
        dV/dS and d2V/dS2, per share.
    vega : float or ndarray
        dV/dvol per 1.00 of vol.
    theta : float or ndarray
        Change of value as calendar time passes, per year (ex-dates fixed in the calendar).
    rho : float or ndarray
        dV/drate per 1.00 of rate, dividend yield fixed.
    vanna, volga, charm : float or ndarray
        d delta/d vol, d vega/d vol, and d delta per year of time passing.
    """

    price: Any
    delta: Any
    gamma: Any
    vega: Any
    theta: Any
    rho: Any
    vanna: Any
    volga: Any
    charm: Any


@overload
def price(
    kind: Kind,
    spot: float,
    strike: float,
    t_years: float,
    rate: float,
    div_yield: float,
    vol: float,
    *,
    exercise: Exercise = ...,
    dividends: Dividends = ...,
) -> float: ...
@overload
def price(
    kind: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    t_years: ArrayLike,
    rate: ArrayLike,
    div_yield: ArrayLike,
    vol: ArrayLike,
    *,
    exercise: Exercise = ...,
    dividends: Dividends = ...,
) -> NDArray[np.float64]: ...
def price(
    kind: Any,
    spot: Any,
    strike: Any,
    t_years: Any,
    rate: Any,
    div_yield: Any,
    vol: Any,
    *,
    exercise: Exercise = "american",
    dividends: Dividends = (),
) -> Any:
    """Value of a call or put, American or European, with a dividend yield and cash dividends.

    Parameters
    ----------
    kind : {"call", "put", "c", "p", 1, -1} or array of them
        Which side.
    spot, strike : float or array
        Dollars a share, positive.
    t_years : float or array
        Years (ACT/365) to expiry, positive.
    rate, div_yield : float or array
        Continuously compounded, decimal a year; may be negative.
    vol : float or array
        Decimal a year, not negative.
    exercise : {"american", "european"}
        Style.
    dividends : sequence of (t_years, amount)
        Cash dividends shared by all elements: at `t_years` the spot falls by `amount` dollars (never below
        zero) and is lognormal between (the "spot" model). Those at or before now, or after expiry, are ignored.

    Returns
    -------
    float or ndarray
        Dollars a share; arrays have the broadcast shape of the inputs, with NaN for a bad element.

    Raises
    ------
    InputError
        A bad scalar, a bad option name, or arrays that do not broadcast.
    ConvergenceError
        The engine could not reach its accuracy (scalars only; arrays give NaN).

    Notes
    -----
    European: Black and Scholes (1973), Merton (1973), ``C = S e^(-qT) N(d1) - K e^(-rT) N(d2)``.
    American: Andersen, Lake and Offengenden (2016), "High-performance American option pricing".

    Examples
    --------
    >>> import hedgekit as hk
    >>> round(hk.price("put", 220.0, 200.0, 91 / 365, 0.043, 0.012, 0.26), 4)
    3.3134
    >>> round(hk.price("put", 220.0, 200.0, 91 / 365, 0.043, 0.012, 0.26, exercise="european"), 4)
    3.2833
    >>> hk.price("call", 100.0, [95.0, 105.0], 0.5, 0.04, 0.01, 0.2).round(4)
    array([9.205 , 4.1575])
    """
    values = (spot, strike, t_years, rate, div_yield, vol)
    if one_option(kind, values, exercise, dividends):
        alone = american.price_scalar if exercise == "american" else european.price_scalar
        value, status = alone(SIGNS[kind], *values)
        if status == Status.OK:
            return value
    columns = prepare(TERMS, (kind, *values), exercise, dividends)
    (out,), state = columns_of(1, columns.size), np.empty(columns.size, dtype=np.int8)
    solve("price_into", exercise, columns, (out, state))
    if columns.shape:
        return out.reshape(columns.shape)
    if state[0]:
        refuse(Status(int(state[0])), kind, values)
    return float(out[0])


def greeks(
    kind: Any,
    spot: Any,
    strike: Any,
    t_years: Any,
    rate: Any,
    div_yield: Any,
    vol: Any,
    *,
    exercise: Exercise = "american",
    dividends: Dividends = (),
) -> Greeks:
    """Price and the eight greeks of a call or put.

    Parameters and errors are those of `price`.

    Returns
    -------
    Greeks
        Raw derivatives: per 1.00 of vol, per year, per 1.00 of rate. `hedgekit.units` converts them.

    Examples
    --------
    >>> import hedgekit as hk
    >>> g = hk.greeks("put", 220.0, 200.0, 91 / 365, 0.043, 0.012, 0.26)
    >>> round(g.delta, 4), round(hk.units.theta_per_day(g.theta), 4)
    (-0.1969, -0.0398)
    """
    values = (spot, strike, t_years, rate, div_yield, vol)
    if one_option(kind, values, exercise, dividends):
        alone = american.greeks_scalar if exercise == "american" else european.greeks_scalar
        *numbers, status = alone(SIGNS[kind], *values)
        if status == Status.OK:
            return Greeks(*numbers)
    columns = prepare(TERMS, (kind, *values), exercise, dividends)
    outs, state = columns_of(len(GREEK_NAMES), columns.size), np.empty(columns.size, dtype=np.int8)
    solve("greeks_into", exercise, columns, (*outs, state))
    if columns.shape:
        return Greeks(*(out.reshape(columns.shape) for out in outs))
    if state[0]:
        refuse(Status(int(state[0])), kind, values)
    return Greeks(*(float(out[0]) for out in outs))
