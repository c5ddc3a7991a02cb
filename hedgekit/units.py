"""Unit constants and converters; nothing else multiplies by 100, 365 or 1e4.

Inside hedgekit rates, yields and vols are decimals a year, times are years of
365 days, option prices are dollars a share and greeks are raw derivatives. The
functions here turn them into what is shown.
"""

from __future__ import annotations

from typing import Final

DAYS_PER_YEAR: Final = 365.0
"""Calendar days in a year (ACT/365 fixed)."""

SECONDS_PER_DAY: Final = 86_400.0
"""Seconds in a calendar day."""

MULTIPLIER: Final = 100
"""Shares a standard US equity or ETF option contract delivers."""

CENTS_PER_DOLLAR: Final = 100
"""Cents in a dollar."""

PERCENT: Final = 100.0
"""Percent in one."""


def percent(fraction: float) -> float:
    """Turn a fraction into a percent number.

    Examples
    --------
    >>> percent(0.025)
    2.5
    """
    return fraction * PERCENT


def fraction(percent_number: float) -> float:
    """Turn a percent number into a fraction.

    Examples
    --------
    >>> fraction(2.5)
    0.025
    """
    return percent_number / PERCENT


def fraction_of_basis_points(basis_points: float) -> float:
    """Turn basis points into a fraction.

    Examples
    --------
    >>> fraction_of_basis_points(25.0)
    0.0025
    """
    return fraction(basis_points) / PERCENT


def annualised_percent(fraction_of_value: float, days: float) -> float:
    """Turn a cost over `days` into percent a year, simple: if rolled at the same price.

    Parameters
    ----------
    fraction_of_value : float
        Cost as a fraction of the position's value.
    days : float
        Calendar days the cost buys; positive.

    Examples
    --------
    >>> annualised_percent(0.01, 73)
    5.0
    """
    return percent(fraction_of_value) * DAYS_PER_YEAR / days


def days(t_years: float) -> float:
    """Turn years into calendar days (ACT/365).

    Examples
    --------
    >>> days(0.2)
    73.0
    """
    return t_years * DAYS_PER_YEAR


def years(calendar_days: float) -> float:
    """Turn calendar days into years (ACT/365).

    Examples
    --------
    >>> years(73)
    0.2
    """
    return calendar_days / DAYS_PER_YEAR


def vega_per_point(vega: float) -> float:
    """Turn vega per 1.00 of vol into vega per vol point (0.01).

    Examples
    --------
    >>> vega_per_point(52.0)
    0.52
    """
    return vega / PERCENT


def rho_per_point(rho: float) -> float:
    """Turn rho per 1.00 of rate into rho per percentage point (0.01).

    Examples
    --------
    >>> rho_per_point(-40.0)
    -0.4
    """
    return rho / PERCENT


def theta_per_day(theta: float) -> float:
    """Turn theta per year into theta per calendar day (/365).

    Examples
    --------
    >>> theta_per_day(-7.3)
    -0.02
    """
    return theta / DAYS_PER_YEAR


def delta_usd(delta_shares: float, spot: float) -> float:
    """Turn a delta in shares into dollars of the underlying.

    Examples
    --------
    >>> delta_usd(1200.0, 250.0)
    300000.0
    """
    return delta_shares * spot
