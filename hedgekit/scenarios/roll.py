"""What rolling an option costs: sold at so many days left, the same tenor and moneyness bought in its place."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from hedgekit import units
from hedgekit.errors import InputError
from hedgekit.fees import DEFAULT_FEE
from hedgekit.market import calendar
from hedgekit.pricing import price
from hedgekit.scenarios.grid import option_values
from hedgekit.scenarios.holding import Holding, Underlying, exercise_of
from hedgekit.scenarios.smile import Smile

DAYS_LEFT = (45, 30, 21, 14, 7, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """One holding rolled on one day.

    Attributes
    ----------
    days_left : int
        Calendar days the held option still has.
    on : date
        The day of the roll.
    spot_move : float
        Fraction by which the spot is assumed to have moved by then.
    close_usd : float
        Received for closing the held option (negative when a short one is bought back), half spread paid.
    open_usd : float
        Paid for the new one (negative when sold), half spread paid.
    roll_usd : float
        ``open_usd - close_usd``: positive is a cost.
    roll_annualised_pct : float
        Of the spot value of the shares it stands for, times 365 over the new option's days.
    """

    days_left: int
    on: date
    spot_move: float
    close_usd: float
    open_usd: float
    roll_usd: float
    roll_annualised_pct: float

    def to_dict(self) -> dict[str, Any]:
        """Return the fields."""
        return {name: getattr(self, name) for name in self.__slots__}


def roll_plan(
    holding: Holding,
    market: Underlying,
    *,
    tenor_days: int,
    days_left: Sequence[int] = DAYS_LEFT,
    spot_moves: Sequence[float] = (0.0,),
    fee: float = DEFAULT_FEE,
) -> tuple[Roll, ...]:
    """Price rolling an option at several days left.

    The new option has `tenor_days` to run and the strike that stands to the spot then as the held one's stands to the
    spot now; its vol is today's smile at that moneyness and tenor (total variance linear in time between expiries).
    Both sides pay half of the held option's own spread, and `fee` a contract.

    Parameters
    ----------
    holding : Holding
        One option, with its vol.
    market : Underlying
        With smiles.
    tenor_days : int
        Calendar days of the new option.
    days_left : sequence of int
        Those above the option's present days left are skipped.
    spot_moves : sequence of float
    fee : float
        Dollars a contract and trade.

    Raises
    ------
    InputError
        A holding that is no option or has no vol, a tenor that is not positive, or a market without smiles.
    """
    option = holding.option
    if option is None or not math.isfinite(holding.vol):
        raise InputError(f"{holding}: only an option with a vol can be rolled")
    if tenor_days < 1 or any(days < 0 for days in days_left):
        raise InputError(f"tenor of {tenor_days} days, days left {list(days_left)}: expected 1 or more, and 0 or more")
    if not market.smiles:
        raise InputError(f"{option}: no smile is given to price the new option from")
    life, style = market.years_to(option.expiry), exercise_of(option)
    half = holding.half_spread if math.isfinite(holding.half_spread) else math.nan
    trade = abs(holding.units) * half + abs(holding.quantity) * fee
    new_t = units.years(tenor_days)
    rate, div_yield = _carry(market, option.expiry)
    plan = []
    for days in days_left:
        elapsed = life - units.years(days)
        if elapsed < 0.0:
            continue
        on = market.asof.date() + timedelta(days=round(units.days(elapsed)))
        if not calendar.is_session(on):  # rolled on the session before
            session = calendar.previous_session(on)
            elapsed, on = max(0.0, elapsed - units.years((on - session).days)), max(session, market.asof.date())
        for move in spot_moves:
            spot = market.spot * (1.0 + move)
            old = option_values([holding], market, np.array([spot]), np.zeros(1), elapsed, exercise=style)
            strike = option.strike * (1.0 + move)
            vol = vol_at(market.smiles, market, strike / spot, new_t)
            ahead = tuple((t - elapsed, amount) for t, amount in market.cash if t > elapsed)
            new = price(option.kind, spot, strike, new_t, rate, div_yield, vol, exercise=style, dividends=ahead)
            close, open_ = float(old[0, 0, 0]) - trade, holding.units * new + trade
            if holding.quantity > 0:  # a worthless option is left to expire, never paid to be rid of
                close = max(0.0, close)
            stood_for = abs(holding.units) * spot
            plan.append(
                Roll(
                    days_left=int(days),
                    on=on,
                    spot_move=float(move),
                    close_usd=close,
                    open_usd=open_,
                    roll_usd=open_ - close,
                    roll_annualised_pct=units.annualised_percent((open_ - close) / stood_for, tenor_days),
                )
            )
    return tuple(plan)


def vol_at(smiles: Mapping[date, Smile], market: Underlying, moneyness: float, t_years: float) -> float:
    """Return today's vol at a strike/spot ratio and a tenor: total variance linear in time, vol flat at the ends."""
    days = sorted(smiles)
    times = np.array([market.years_to(day) for day in days])
    vols = np.array([float(smiles[day].at([moneyness * market.spot])[0]) for day in days])
    if t_years <= times[0] or t_years >= times[-1]:
        return float(vols[0] if t_years <= times[0] else vols[-1])
    return math.sqrt(float(np.interp(t_years, times, vols**2 * times)) / t_years)


def _carry(market: Underlying, expiry: date) -> tuple[float, float]:
    return market.rates[expiry], market.div_yields[expiry]
