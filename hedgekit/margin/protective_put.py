"""Stock with a bought option against it: what can be lost to the strike and 10% of it, if that is less than usual.

FINRA 4210(f)(2)(H) [long put and long stock; long call and short stock]; Cboe strategy-based margin, "Long put and
long underlying": initial 50% of the stock and the put in full, maintenance min(10% K + OTM, 25% S).
"""

from __future__ import annotations

from fractions import Fraction

from hedgekit.margin import long_stock, short_stock
from hedgekit.margin.naked import out_of_the_money
from hedgekit.margin.underlying import Underlying
from hedgekit.model import Option
from hedgekit.payoff import exact

STRIKE_RATE = Fraction(10, 100)


def protected(option: Option, underlying: Underlying) -> Fraction:
    """Return the maintenance of a share with a bought option against it, dollars a share.

    Parameters
    ----------
    option : Option
        A put against a long share, a call against a short one.
    underlying : Underlying

    Examples
    --------
    >>> put = Option.parse("XYZ 2026-09-18 95 P")
    >>> float(protected(put, Underlying(ticker="XYZ", spot=100.0)))
    14.5
    """
    spot = exact(underlying.spot)
    bounded = STRIKE_RATE * exact(option.strike) + out_of_the_money(option, spot)
    if option.kind == "put":
        return min(bounded, long_stock.maintenance_rate(underlying) * spot)
    return min(bounded, short_stock.maintenance_a_share(underlying))
