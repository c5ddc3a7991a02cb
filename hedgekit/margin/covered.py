"""Covered options: no requirement on the option; the stock it rests on counts for no more than the exercise price.

FINRA 4210(f)(2)(H); Cboe strategy-based margin, "Short call and long underlying", "Short put and short
underlying". The long stock under a short call is valued at the lesser of market and exercise price, the short stock
over a short put at the greater; what is beyond does not count as equity.
"""

from __future__ import annotations

from fractions import Fraction

from hedgekit.margin import long_stock, short_stock
from hedgekit.margin.underlying import Underlying
from hedgekit.model import Option
from hedgekit.payoff import exact


def covered_call(option: Option, underlying: Underlying) -> Fraction:
    """Return the maintenance of a long share under a short call, dollars a share: 25% of min(S, K).

    Examples
    --------
    >>> call = Option.parse("XYZ 2026-09-18 90 C")
    >>> float(covered_call(call, Underlying(ticker="XYZ", spot=100.0)))
    22.5
    """
    return long_stock.maintenance_rate(underlying) * min(exact(underlying.spot), exact(option.strike))


def covered_put(option: Option, underlying: Underlying) -> Fraction:
    """Return the maintenance of a short share over a short put, dollars a share: as for a share worth max(S, K)."""
    return short_stock.maintenance_a_share(underlying, at_least=exact(option.strike))
