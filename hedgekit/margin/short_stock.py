"""Short stock: 150% with the proceeds at first; later 30%, at least $5 a share.

Regulation T, 12 CFR 220.12(c): 150% of the market value, proceeds included. FINRA 4210(c)(2) and (3): from $5 a share
up the greater of 30% and $5, below that the greater of 100% and $2.50, beside the stock's own value; 30% times the
leverage of a leveraged fund, at most 100%.
"""

from __future__ import annotations

from fractions import Fraction

from hedgekit.margin.underlying import Underlying
from hedgekit.payoff import exact

INITIAL_RATE = Fraction(150, 100)
MAINTENANCE_RATE = Fraction(30, 100)
LOW_PRICE = Fraction(5)
LEAST_A_SHARE = Fraction(5)
LEAST_A_LOW_SHARE = Fraction(5, 2)


def maintenance_a_share(underlying: Underlying, *, at_least: Fraction = Fraction(0)) -> Fraction:
    """Return what a short share is asked later beside its own value, dollars.

    Parameters
    ----------
    underlying : Underlying
    at_least : Fraction
        The share's value is taken as no less: the exercise price of a put that the share covers.

    Examples
    --------
    >>> [float(maintenance_a_share(Underlying(ticker="XYZ", spot=spot))) for spot in (100.0, 10.0, 4.0, 2.0)]
    [30.0, 5.0, 4.0, 2.5]
    """
    value = max(exact(underlying.spot), at_least)
    if value < LOW_PRICE:
        return max(value, LEAST_A_LOW_SHARE)
    return max(min(Fraction(1), MAINTENANCE_RATE * underlying.leverage) * value, LEAST_A_SHARE)


def initial_a_share(underlying: Underlying) -> Fraction:
    """Return what a short share is asked at first, its proceeds included, dollars."""
    spot = exact(underlying.spot)
    return max(INITIAL_RATE * spot, spot + maintenance_a_share(underlying))
