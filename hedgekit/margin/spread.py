"""Spreads of every shape, from a vertical to a condor: the greatest loss over all prices.

FINRA 4210(f)(2)(H) with the definition of a spread in (f)(2)(A) (Regulatory Notice 12-44): long and short options
on one underlying, as many long as short of each type, the short ones expiring on or before the long ones. The long
ones are paid in full; the short ones are asked for the lesser of their uncovered requirement and the greatest loss,
found from the exercise values at every exercise price. A condor or butterfly is asked for one side only, and unequal
wings for the wider, because the spot cannot be on both sides at one expiry. Expiries of one kind may differ, as long as
every long option lasts as long as every short one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from hedgekit.model import Option
from hedgekit.payoff import exact


def exercise_value(option: Option, spot: Fraction) -> Fraction:
    """Return what exercise brings at a spot, dollars a share."""
    return max(Fraction(0), option.sign * (spot - exact(option.strike)))


def price_points(options: Iterable[Option]) -> list[Fraction]:
    """Return the exercise prices: a spread as long as it is short loses most at one of them."""
    return sorted({exact(option.strike) for option in options})


def greatest_loss(counts: Sequence[tuple[Option, int]]) -> Fraction:
    """Return the greatest loss of a spread at its exercise prices, dollars, before what was paid or received.

    Parameters
    ----------
    counts : sequence of (Option, int)
        Contracts, + long; of each type as many long as short.

    Examples
    --------
    >>> legs = [("95 P", 1), ("100 P", -1), ("110 C", -1), ("120 C", 1)]
    >>> greatest_loss([(Option.parse(f"XYZ 2026-09-18 {name}"), count) for name, count in legs])
    Fraction(1000, 1)
    """
    worst = Fraction(0)
    for spot in price_points(option for option, _ in counts):
        value = sum((count * option.multiplier * exercise_value(option, spot) for option, count in counts), Fraction(0))
        worst = max(worst, -value)
    return worst
