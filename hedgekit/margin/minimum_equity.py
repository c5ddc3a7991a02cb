"""The least equity of a margin account: $2,000.

FINRA 4210(b)(4): equity of at least $2,000, but no more need be deposited than what is bought costs in cash.
"""

from __future__ import annotations

from fractions import Fraction

MINIMUM_EQUITY = Fraction(2000)
"""Dollars."""


def minimum_equity(*, cash_cost: Fraction, sells: bool) -> Fraction:
    """Return the least equity that positions ask of their account, dollars.

    Parameters
    ----------
    cash_cost : Fraction
        What all that is bought costs when paid in cash, dollars.
    sells : bool
        Whether something is sold short: then the whole minimum applies.

    Examples
    --------
    >>> minimum_equity(cash_cost=Fraction(580), sells=False), minimum_equity(cash_cost=Fraction(580), sells=True)
    (Fraction(580, 1), Fraction(2000, 1))
    """
    return MINIMUM_EQUITY if sells else min(MINIMUM_EQUITY, cash_cost)
