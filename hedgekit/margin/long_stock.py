"""Long stock: half at first, a quarter later.

Regulation T, 12 CFR 220.12(a): 50%. FINRA 4210(c)(1): 25%, times the leverage of a leveraged fund (Regulatory Notice
09-53), at most 100%; never less at first than later.
"""

from __future__ import annotations

from fractions import Fraction

from hedgekit.margin.underlying import Underlying

INITIAL_RATE = Fraction(50, 100)
MAINTENANCE_RATE = Fraction(25, 100)


def maintenance_rate(underlying: Underlying) -> Fraction:
    """Return the share of a long holding's value asked later: 25%, times leverage."""
    return min(Fraction(1), MAINTENANCE_RATE * underlying.leverage)


def initial_rate(underlying: Underlying) -> Fraction:
    """Return the share of a long holding's value asked at first."""
    return max(INITIAL_RATE, maintenance_rate(underlying))
