"""What the legs are worth before they expire: full American revaluation, each leg with its own vol."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from hedgekit import units
from hedgekit.errors import ConvergenceError
from hedgekit.model import Holding, Option
from hedgekit.pricing import greeks, price
from hedgekit.structures.setting import Setting, options_of, shares_of

FloatArray = npt.NDArray[np.float64]


def option_values(option: Option, setting: Setting, spots: FloatArray, elapsed: float) -> FloatArray:
    """Return one option's value at some spots after a time, dollars a share.

    At expiry, the exercise value; at a spot of zero, the limit.

    Parameters
    ----------
    option : Option
        With a vol in `setting`.
    setting : Setting
    spots : ndarray of float64, shape (n,)
        Dollars a share, zero or more.
    elapsed : float
        Years from now, not past the option's expiry.

    Raises
    ------
    ConvergenceError
        A value that the engine could not reach; names the option and the spot.
    """
    left = setting.t_years[option.expiry] - elapsed
    intrinsic = np.maximum(option.sign * (spots - option.strike), 0.0)
    if left <= _A_MINUTE:
        return intrinsic
    rate, div_yield = terms_after(setting, option.expiry, elapsed)
    values = np.full(spots.shape, at_zero(option, setting, elapsed))
    some = spots > 0.0
    if some.any():
        values[some] = price(
            option.kind, spots[some], option.strike, left, rate, div_yield, setting.vols[option],
            exercise=setting.exercise, dividends=cash_after(setting, elapsed),
        )  # fmt: skip
    bad = ~np.isfinite(values)
    if bad.any():
        raise ConvergenceError(
            f"{option} could not be valued at a spot of {spots[bad][0]:g} with {left:.4f} years left"
        )
    return values


_A_MINUTE = units.years(60.0 / units.SECONDS_PER_DAY)  # closer to expiry than this an option is what exercising it pays


def at_zero(option: Option, setting: Setting, elapsed: float) -> float:
    """Return the value at a spot of zero: a put is worth its strike, or its discounted strike if that is more."""
    if option.sign == 1:
        return 0.0
    left = setting.t_years[option.expiry] - elapsed
    held = option.strike * math.exp(-terms_after(setting, option.expiry, elapsed)[0] * left)
    return held if setting.exercise == "european" else max(option.strike, held)


def terms_after(setting: Setting, day: date, elapsed: float) -> tuple[float, float]:
    """Return rate and dividend yield from a time up to the first expiry until an expiry, decimal a year.

    Forward ones: until the first expiry its own hold, so that what is expected then agrees with the forward of the
    later expiry, ``q = (q_T T - q_1 t) / (T - t)``.

    Parameters
    ----------
    setting : Setting
    day : datetime.date
        An expiry that is not past by then.
    elapsed : float
        Years from now.
    """
    first, left = setting.horizon, setting.t_years[day] - elapsed
    if day == first or elapsed == 0.0 or left <= 0.0:
        return setting.rates[day], setting.div_yields[day]
    rate, div_yield = (
        (terms[day] * setting.t_years[day] - terms[first] * elapsed) / left
        for terms in (setting.rates, setting.div_yields)
    )
    return rate, div_yield


def cash_after(setting: Setting, elapsed: float) -> tuple[tuple[float, float], ...]:
    """Return the cash dividends still ahead after a time, counted from then."""
    return tuple((when - elapsed, amount) for when, amount in setting.cash if when > elapsed)


def position_values(holdings: Sequence[Holding], setting: Setting, spots: FloatArray, elapsed: float) -> FloatArray:
    """Return what the whole position is worth at some spots after a time, dollars, shape (n,)."""
    values = np.zeros(spots.shape)
    for held in shares_of(holdings):
        values += held.shares * spots
    for leg in options_of(holdings):
        values += leg.contracts * leg.option.multiplier * option_values(leg.option, setting, spots, elapsed)
    return values


def position_greeks(holdings: Sequence[Holding], setting: Setting) -> dict[str, float | None]:
    """Return the greeks of the position today, each leg at its own vol.

    Returns
    -------
    dict
        ``delta_shares``, ``delta_usd``, ``gamma_shares`` (change of delta per dollar of spot),
        ``vega_usd_per_point``, ``theta_usd_per_day``, ``rho_usd_per_point``; None where a leg has no vol.
    """
    totals = {"delta": float(sum(held.shares for held in shares_of(holdings)))}
    totals.update(dict.fromkeys(("gamma", "vega", "theta", "rho"), 0.0))
    for leg in options_of(holdings):
        day, vol = leg.option.expiry, setting.vols[leg.option]
        if math.isnan(vol):
            return dict.fromkeys(_SHOWN)
        numbers = greeks(
            leg.option.kind, setting.spot, leg.option.strike, setting.t_years[day], setting.rates[day],
            setting.div_yields[day], vol, exercise=setting.exercise, dividends=setting.cash,
        )  # fmt: skip
        for name in totals:
            totals[name] += leg.contracts * leg.option.multiplier * float(getattr(numbers, name))
    shown = (
        totals["delta"],
        units.delta_usd(totals["delta"], setting.spot),
        totals["gamma"],
        units.vega_per_point(totals["vega"]),
        units.theta_per_day(totals["theta"]),
        units.rho_per_point(totals["rho"]),
    )
    return {name: value if math.isfinite(value) else None for name, value in zip(_SHOWN, shown, strict=True)}


_SHOWN = (
    "delta_shares",
    "delta_usd",
    "gamma_shares",
    "vega_usd_per_point",
    "theta_usd_per_day",
    "rho_usd_per_point",
)
