"""A long option: paid in full; a listed one of more than nine months can be paid to three quarters.

FINRA 4210(f)(2) [listed, more than nine months to expiration: 75% of the market value]; Cboe strategy-based margin,
"Long put or long call": nine months or less, initial: pay in full, maintenance: none, because it has no loan value.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from fractions import Fraction

LONG_DATED_MONTHS = 9
LOAN_RATE = Fraction(75, 100)
"""Share of the value asked for a long-dated long option."""

MONTHS = 12


def long_dated(expiry: date, today: date | None) -> bool:
    """Whether more than nine months remain; False when today is not known, which asks for more.

    Examples
    --------
    >>> long_dated(date(2027, 3, 19), date(2026, 6, 17)), long_dated(date(2027, 3, 17), date(2026, 6, 17))
    (True, False)
    """
    if today is None:
        return False
    month = today.month - 1 + LONG_DATED_MONTHS
    year, month = today.year + month // MONTHS, month % MONTHS + 1
    return expiry > date(year, month, min(today.day, monthrange(year, month)[1]))


def long_option(value: Fraction, *, dated_long: bool, in_spread: bool = False) -> tuple[Fraction, Fraction]:
    """Return what a long option is asked for at first and later.

    Parameters
    ----------
    value : Fraction
        Dollars.
    dated_long : bool
        More than nine months remain.
    in_spread : bool
        It covers a short option: then it has no loan value.

    Returns
    -------
    initial, maintenance : Fraction
        Dollars. Where nothing is asked later its value is no equity either; a long-dated one's value is.
    """
    if not dated_long:
        return value, Fraction(0)
    rate = Fraction(1) if in_spread else LOAN_RATE
    return rate * value, rate * value
