"""What holding a pair costs or earns: dividends on both legs, borrow, rebate, the margin debit, and the fills."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hedgekit import units

if TYPE_CHECKING:
    from hedgekit.model import FloatArray, PriceHistory

BORROW, RATE, REBATE, COST = 0.003, 0.05, 0.0, 0.005
"""Assumed unless given: borrow fee, interest on the debit, rebate on the short sale's proceeds (all a year), and the
cost of one fill, dollars a share."""

FILLS = 2  # into and out of each leg
_YEAR_DAYS = 365
_ROUNDING = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """Dollars a year, what is received positive.

    Parameters
    ----------
    dividends_received_usd, dividends_paid_usd : float
        On the long leg, and owed on the short leg (negative); NaN when the yield is not known.
    borrow_usd, rebate_usd, financing_usd : float
        Fee for the borrowed shares, interest on the proceeds, interest on the debit.
    net_usd : float
        Sum a year, simple.
    net_usd_per_day : float
        Calendar day.
    round_trip_usd : float
        Cost of the four fills, positive.
    debit_usd : float
        What is borrowed to pay for the long leg beyond the deposit.
    """

    dividends_received_usd: float
    dividends_paid_usd: float
    borrow_usd: float
    rebate_usd: float
    financing_usd: float
    net_usd: float
    net_usd_per_day: float
    round_trip_usd: float
    debit_usd: float


def carry(
    *,
    long_usd: float,
    short_usd: float,
    shares: int,
    deposit_usd: float,
    long_yield: float,
    short_yield: float,
    borrow: float = BORROW,
    rate: float = RATE,
    rebate: float = REBATE,
    cost: float = COST,
) -> Carry:
    """Return what a year of holding brings.

    Parameters
    ----------
    long_usd, short_usd : float
        Values of the legs, both positive.
    shares : int
        Of both legs together.
    deposit_usd : float
        Own money put up: the rest of the long leg is borrowed. Proceeds of the short sale stay with the lender.
    long_yield, short_yield : float
        Dividends over price a year; NaN when unknown.
    borrow, rate, rebate : float
        Decimal a year.
    cost : float
        Dollars a share a fill.

    Examples
    --------
    >>> found = carry(long_usd=10_000.0, short_usd=12_000.0, shares=80, deposit_usd=11_000.0, long_yield=0.012,
    ...               short_yield=0.011)
    >>> round(found.net_usd, 2), found.round_trip_usd
    (-48.0, 0.8)
    """
    debit = max(0.0, long_usd - deposit_usd)
    received, paid = long_usd * long_yield, -short_usd * short_yield
    fee, interest, financing = -short_usd * borrow, short_usd * rebate, -debit * rate
    net = received + paid + fee + interest + financing
    return Carry(
        dividends_received_usd=received,
        dividends_paid_usd=paid,
        borrow_usd=fee,
        rebate_usd=interest,
        financing_usd=financing,
        net_usd=net,
        net_usd_per_day=net / units.DAYS_PER_YEAR,
        round_trip_usd=FILLS * shares * cost,
        debit_usd=debit,
    )


def trailing_yield(prices: PriceHistory, ticker: str) -> float:
    """Return the dividends of the last year over the last price, from close and dividend-adjusted close.

    Parameters
    ----------
    prices : PriceHistory
    ticker : str

    Returns
    -------
    float
        NaN when the files hold only one of the two, less than a year, or two that never differ: then either no
        dividend was paid or the close is adjusted as well.
    """
    at = prices.column(ticker)
    both = np.isfinite(prices.close[:, at]) & np.isfinite(prices.total_return[:, at])
    days, close, total = prices.dates[both], prices.close[both, at], prices.total_return[both, at]
    if len(days) < 2 or (days[-1] - days[0]).astype(int) < _YEAR_DAYS:
        return math.nan
    if np.allclose(close, total, rtol=1e-6, atol=0.0):
        return math.nan
    first = int(np.searchsorted(days, days[-1] - np.timedelta64(_YEAR_DAYS, "D")))
    return float(np.maximum(dividends_paid(close[first:], total[first:]), 0.0).sum() / close[-1])


def dividends_paid(close: FloatArray, level: FloatArray) -> FloatArray:
    """Return the dividends, dollars a share, that adjusted prices tell of, shape (n,); zero on the first day.

    Parameters
    ----------
    close, level : ndarray, shape (n,)
        Traded prices, and the same with dividends put back.

    Notes
    -----
    Adjusted prices multiply everything before an ex-date by ``1 - D / P``, P the close of the day before (Yahoo,
    Alpha Vantage, CRSP's price factor), so that ``D = P - close x level before / level``.

    Examples
    --------
    >>> dividends_paid(np.array([100.0, 95.0, 96.0]), np.array([98.0, 95.0, 96.0])).round(6).tolist()
    [0.0, 2.0, 0.0]
    """
    if not len(close):
        return close
    before = np.concatenate([close[:1], close[:-1]])
    paid = before - close * np.concatenate([level[:1], level[:-1]]) / level
    # adjusted prices are rounded to a few decimals: less than a hundredth of a percent is no dividend
    told: FloatArray = np.where(np.abs(paid) > _ROUNDING * close, paid, 0.0)
    return told
