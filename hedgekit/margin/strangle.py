"""A short call and a short put together: the greater requirement plus the other side's premium.

FINRA 4210(f)(2), short put and short call on the same shares: only one of the two can lose at expiration.
"""

from __future__ import annotations

from fractions import Fraction


def strangle(call_base: Fraction, call_premium: Fraction, put_base: Fraction, put_premium: Fraction) -> Fraction:
    """Return what a short call and a short put are asked for together.

    Parameters
    ----------
    call_base, put_base : Fraction
        What `naked_base` asks beyond the premium, dollars.
    call_premium, put_premium : Fraction
        Dollars.

    Examples
    --------
    >>> strangle(Fraction(153_300), Fraction(11_700), Fraction(158_300), Fraction(11_700))
    Fraction(181700, 1)
    """
    call, put = call_base + call_premium, put_base + put_premium
    return call + put_premium if call >= put else put + call_premium
