"""Vols at which prices equal premiums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np

from hedgekit.errors import Status
from hedgekit.pricing.columns import PLACE, Dividends, Exercise, Kind, prepare
from hedgekit.pricing.compiled import SIGNS, american, cash_dividends, european
from hedgekit.pricing.engines import engine_of, one_option, solve
from hedgekit.pricing.memory import columns as columns_of
from hedgekit.pricing.refusals import refuse_premium

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

BAND = ("bid", "mid", "ask")
TERMS = ("kind", *PLACE)


@dataclass(frozen=True, slots=True)
class ImpliedVol:
    """Implied vols with what the solver says of each.

    Attributes
    ----------
    vol : float or ndarray
        Decimal a year; NaN unless `status` is OK.
    status : Status or ndarray of int8
        One of `hedgekit.Status`.
    upper : float or ndarray
        Where the status is NOT_IDENTIFIED, the vol below which every vol explains the premium; else NaN.
    """

    vol: Any
    status: Any
    upper: Any


@overload
def implied_vol(
    premium: float,
    kind: Kind,
    spot: float,
    strike: float,
    t_years: float,
    rate: float,
    div_yield: float,
    *,
    exercise: Exercise = ...,
    dividends: Dividends = ...,
    full: Literal[False] = ...,
) -> float: ...
@overload
def implied_vol(
    premium: ArrayLike,
    kind: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    t_years: ArrayLike,
    rate: ArrayLike,
    div_yield: ArrayLike,
    *,
    exercise: Exercise = ...,
    dividends: Dividends = ...,
    full: Literal[False] = ...,
) -> NDArray[np.float64]: ...
@overload
def implied_vol(
    premium: Any,
    kind: Any,
    spot: Any,
    strike: Any,
    t_years: Any,
    rate: Any,
    div_yield: Any,
    *,
    exercise: Exercise = ...,
    dividends: Dividends = ...,
    full: Literal[True],
) -> ImpliedVol: ...
def implied_vol(
    premium: Any,
    kind: Any,
    spot: Any,
    strike: Any,
    t_years: Any,
    rate: Any,
    div_yield: Any,
    *,
    exercise: Exercise = "american",
    dividends: Dividends = (),
    full: bool = False,
) -> Any:
    """Volatility at which the model's price equals a premium.

    Parameters
    ----------
    premium : float or array
        Dollars a share.
    kind, spot, strike, t_years, rate, div_yield, exercise, dividends
        As in `price`.
    full : bool
        Give an `ImpliedVol` with a status for each element instead of the vols alone; nothing raises then.

    Returns
    -------
    float or ndarray or ImpliedVol
        Decimal a year; NaN for an array element that has none.

    Raises
    ------
    InputError
        A bad scalar argument.
    ArbitrageError
        A scalar premium at or below what it is worth without volatility, or above the most it can be worth.
    NotIdentifiedError
        A scalar premium at its exercise value: every vol up to a bound explains it.

    Notes
    -----
    European: Jaeckel (2015), "Let's be rational", generalised here to the whole range of doubles.
    American: secant on the early exercise premium over the same.

    Examples
    --------
    >>> import hedgekit as hk
    >>> round(hk.implied_vol(3.3134275, "put", 220.0, 200.0, 91 / 365, 0.043, 0.012), 6)
    0.26
    >>> both = hk.implied_vol([79.0, 80.0], "put", 220.0, 300.0, 91 / 365, 0.043, 0.012, full=True)
    >>> [hk.Status(s).name for s in both.status]
    ['BELOW_INTRINSIC', 'NOT_IDENTIFIED']
    """
    place = (spot, strike, t_years, rate, div_yield)
    if not full and one_option(kind, (premium, *place), exercise, dividends):
        alone = american.implied_vol_scalar if exercise == "american" else european.implied_vol_scalar
        found, *_, code = alone(premium, SIGNS[kind], *place)
        if code == Status.OK:
            return found
    columns = prepare(("premium", *TERMS), (premium, kind, *place), exercise, dividends)
    (vol,), state = columns_of(1, columns.size), np.empty(columns.size, dtype=np.int8)
    if engine_of(exercise, columns) is european:
        solve("implied_vol_into", exercise, columns, (vol, state))
        upper = np.full(columns.size if full else 1, np.nan)  # the closed form identifies every vol
    else:
        upper = np.empty(columns.size)
        solve("implied_vol_into", exercise, columns, (vol, upper, state))
    if columns.shape and full:
        return ImpliedVol(*(out.reshape(columns.shape) for out in (vol, state, upper)))
    if columns.shape:
        return vol.reshape(columns.shape)
    status = Status(int(state[0]))
    if full:
        return ImpliedVol(float(vol[0]), status, float(upper[0]))
    if status:
        refuse_premium(status, premium, kind, place, exercise, float(upper[0]))
    return float(vol[0])


def implied_vol_band(
    premiums: Sequence[Any],
    kind: Any,
    spot: Any,
    strike: Any,
    t_years: Any,
    rate: Any,
    div_yield: Any,
    *,
    exercise: Exercise = "american",
    dividends: Dividends = (),
) -> tuple[ImpliedVol, ...]:
    """Vols of several premiums of the same options, such as a chain's bids, mids and asks.

    The same as `implied_vol` for each (``full=True``, arrays only), but three premiums under cash dividends share
    most of the work, and agree with it to about 1e-4 relative.

    Parameters
    ----------
    premiums : sequence of array
        Dollars a share, each of a shape that broadcasts with the other columns.
    kind, spot, strike, t_years, rate, div_yield, exercise, dividends
        As in `price`; at least one an array.

    Returns
    -------
    tuple of ImpliedVol
        One a premium.

    Examples
    --------
    >>> bid, ask = implied_vol_band([[3.2], [3.4]], "put", 220.0, 200.0, 91 / 365, 0.043, 0.012)
    >>> bid.vol.round(4), ask.vol.round(4)
    (array([0.2563]), array([0.2628]))
    """
    place = (spot, strike, t_years, rate, div_yield)
    columns = None
    if len(premiums) == len(BAND):
        columns = prepare((*BAND, *TERMS), (*premiums, kind, *place), exercise, dividends)
    if columns is None or engine_of(exercise, columns) is not cash_dividends:
        return tuple(
            implied_vol(premium, kind, *place, exercise=exercise, dividends=dividends, full=True)
            for premium in premiums
        )
    vols, states = np.empty((len(BAND), columns.size)), np.empty((len(BAND), columns.size), dtype=np.int8)
    solve("implied_vol_band_into", exercise, columns, (*vols, *states))
    unknown = np.full(columns.shape, np.nan)
    return tuple(
        ImpliedVol(vol.reshape(columns.shape), state.reshape(columns.shape), unknown)
        for vol, state in zip(vols, states, strict=True)
    )
