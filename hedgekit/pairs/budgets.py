"""What a pair's budget is counted in, and how much the pair moves."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hedgekit.errors import InputError
from hedgekit.pairs.sample import Pair

if TYPE_CHECKING:
    from hedgekit.margin import MarginRequirement
    from hedgekit.model import FloatArray

TRADING_DAYS = 252
CONFIDENCE = 0.99
"""Of the one-day value at risk."""

RISK_DAYS = 252
LOSS_DAYS = 21
"""Days of the loss that a loss budget is about."""

BUDGET_WORDS = {
    "gross": "gross dollars",
    "var": "one-day 99% value at risk",
    "vol_target": "annual standard deviation",
    "margin": "Reg T initial deposit",
    "loss": f"worst {LOSS_DAYS}-day loss of the past",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """How much the pair moves.

    Parameters
    ----------
    vol_long, vol_short, correlation : float
        Daily simple returns of the last year, annualised by 252.
    spread_vol : float
        Of a long dollar hedged with the ratio in force.
    vol_usd : float
        Standard deviation a year.
    var_usd : float
        One-day 99%, normal.
    worst_usd : float
        Largest loss over `LOSS_DAYS` days in the history, with these shares' present weights; positive.
    """

    vol_long: float
    vol_short: float
    correlation: float
    spread_vol: float
    vol_usd: float
    var_usd: float
    worst_usd: float


def measure_of(
    kind: str, pair: Pair | None, long: tuple[str, float], short: tuple[str, float], dollar_ratio: float
) -> Callable[[FloatArray, FloatArray], FloatArray]:
    """Return what a budget is compared with, as a function of long and short dollars.

    Parameters
    ----------
    kind : str
        One of `BUDGET_WORDS`.
    pair : Pair, optional
        Needed for risk: value at risk, standard deviation, loss.
    long, short : tuple of (str, float)
        Ticker and dollars a share.
    dollar_ratio : float
        Dollars of the short leg per dollar of the long leg.

    Returns
    -------
    callable
        Of (long dollars, short dollars), arrays of shape (n,), both positive.

    Raises
    ------
    InputError
        For a budget of risk without prices, or of a loss that never came.

    Examples
    --------
    >>> measure_of("gross", None, ("IWM", 201.37), ("SPY", 457.79), 1.18)(np.array([10_000.0]), np.array([11_800.0]))
    array([21800.])
    """
    if kind == "gross":
        return lambda long_usd, short_usd: long_usd + short_usd
    if kind == "margin":
        # a requirement on shares is the same for each of them
        lots = (1000 * long[1], 1000 * short[1])
        rates = [
            deposit(reg_t_of({t: (n, p)})) / usd
            for (t, p), n, usd in zip((long, short), (1000, -1000), lots, strict=True)
        ]
        return lambda long_usd, short_usd: rates[0] * long_usd + rates[1] * short_usd
    if pair is None:
        raise InputError(f"a budget of {BUDGET_WORDS[kind]} needs price files: risk comes from their returns")
    if kind == "loss":
        gains_y, gains_x = extreme_gains(pair)

        def worst(long_usd: FloatArray, short_usd: FloatArray) -> FloatArray:
            losses = short_usd[:, None] * gains_x - long_usd[:, None] * gains_y
            most: FloatArray = losses.max(axis=1)
            return most

        if not worst(np.array([1.0]), np.array([dollar_ratio]))[0] > 0.0:
            raise InputError("the pair never lost over that time in these files: no size follows from a loss budget")
        return worst
    var_y, var_x, covariance = _moments(pair)
    scale = 1.0 if kind == "vol_target" else _var_scale()

    def spread_sd(long_usd: FloatArray, short_usd: FloatArray) -> FloatArray:
        variance = long_usd**2 * var_y + short_usd**2 * var_x - 2.0 * long_usd * short_usd * covariance
        sd: FloatArray = scale * np.sqrt(np.maximum(variance, 0.0))
        return sd

    return spread_sd


def _var_scale() -> float:
    """Return one-day value at risk over the standard deviation of a year, normal."""
    from scipy.special import ndtri

    return float(ndtri(CONFIDENCE)) / math.sqrt(TRADING_DAYS)


def _moments(pair: Pair) -> tuple[float, float, float]:
    """Return variances and covariance a year of the last year's simple returns."""
    ry, rx = (np.expm1(part) for part in pair.window.last(RISK_DAYS).returns())
    covariance = np.cov(ry, rx, ddof=1) * TRADING_DAYS
    return float(covariance[0, 0]), float(covariance[1, 1]), float(covariance[0, 1])


def gains(pair: Pair) -> tuple[FloatArray, FloatArray]:
    """Return each leg's simple returns over `LOSS_DAYS` days from every day, shape (n,) each."""
    y, x = pair.window.y, pair.window.x
    days = min(LOSS_DAYS, len(y) - 1)
    return y[days:] / y[:-days] - 1.0, x[days:] / x[:-days] - 1.0


def extreme_gains(pair: Pair) -> tuple[FloatArray, FloatArray]:
    """Return those that can be the worst for some long and short dollars: corners of the least long, most short side.

    A loss is linear in the two returns, so only the hull of the points counts; here those that no other point beats in
    both ways are kept, which holds them all.
    """
    y, x = gains(pair)
    order = np.lexsort((-x, y))
    highest = np.maximum.accumulate(x[order])
    kept = order[x[order] >= highest]
    return y[kept], x[kept]


def _worst(pair: Pair, long_usd: float, short_usd: float) -> float:
    """Return the largest loss over `LOSS_DAYS` days of the history for dollars held as now."""
    y, x = gains(pair)
    return max(0.0, float((short_usd * x - long_usd * y).max()))


def risk_of(pair: Pair, long_usd: float, short_usd: float) -> Risk:
    """Return how much dollars held long and short move together; both positive."""
    var_y, var_x, covariance = _moments(pair)
    variance = long_usd**2 * var_y + short_usd**2 * var_x - 2.0 * long_usd * short_usd * covariance
    vol_usd = math.sqrt(max(variance, 0.0))
    return Risk(
        vol_long=math.sqrt(var_y),
        vol_short=math.sqrt(var_x),
        correlation=covariance / math.sqrt(var_y * var_x),
        spread_vol=vol_usd / long_usd,
        vol_usd=vol_usd,
        var_usd=_var_scale() * vol_usd,
        worst_usd=_worst(pair, long_usd, short_usd),
    )


def reg_t_of(held: dict[str, tuple[int, float]]) -> MarginRequirement:
    """Return the Reg T requirement of (shares, dollars a share) by ticker; shares sold are negative."""
    from hedgekit.margin import reg_t

    spots = {ticker: price for ticker, (_, price) in held.items()}
    return reg_t([], spot=spots, shares={ticker: shares for ticker, (shares, _) in held.items()})


def deposit(required: MarginRequirement) -> float:
    """Return the own money that a requirement asks for, dollars."""
    return float(required.deposit_usd)
