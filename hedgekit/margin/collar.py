"""Stock between a bought and a sold option of one expiry.

FINRA 4210(f)(2)(H); Cboe strategy-based margin. Collar (long stock, long put, short call at or above the
put's strike): min(10% Kput + OTM, 25% Kcall); the stock counts for no more than the call's strike as equity. With both
at one strike it is a conversion: 10% K. Reverse conversion (short stock, long call and short put at one strike): 10% K
and what the put is in the money.
"""

from __future__ import annotations

from fractions import Fraction

from hedgekit.margin import long_stock
from hedgekit.margin.naked import out_of_the_money
from hedgekit.margin.protective_put import STRIKE_RATE
from hedgekit.margin.underlying import Underlying
from hedgekit.model import Option
from hedgekit.payoff import exact


def is_collar(put: Option, call: Option) -> bool:
    """Whether a bought put and a sold call make a collar of long stock."""
    return put.expiry == call.expiry and put.multiplier == call.multiplier and put.strike <= call.strike


def collar(put: Option, call: Option, underlying: Underlying) -> Fraction:
    """Return the maintenance of a long share between a bought put and a sold call, dollars a share.

    Examples
    --------
    >>> put, call = Option.parse("XYZ 2026-09-18 95 P"), Option.parse("XYZ 2026-09-18 110 C")
    >>> float(collar(put, call, Underlying(ticker="XYZ", spot=100.0)))
    14.5
    """
    if put.strike == call.strike:
        return STRIKE_RATE * exact(put.strike)
    bounded = STRIKE_RATE * exact(put.strike) + out_of_the_money(put, exact(underlying.spot))
    return min(bounded, long_stock.maintenance_rate(underlying) * exact(call.strike))


def is_reverse_conversion(call: Option, put: Option) -> bool:
    """Whether a bought call and a sold put make a reverse conversion of short stock."""
    return (call.expiry, call.multiplier, call.strike) == (put.expiry, put.multiplier, put.strike)


def reverse_conversion(call: Option, underlying: Underlying) -> Fraction:
    """Return the maintenance of a short share with a bought call and a sold put at one strike, dollars a share."""
    strike = exact(call.strike)
    return STRIKE_RATE * strike + max(Fraction(0), strike - exact(underlying.spot))
