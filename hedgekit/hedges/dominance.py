"""Orders that no cheapest ticket needs when a floor is to hold down to a level only.

At spots from the level up a put struck at the level or below pays nothing. Such puts differ in price alone, and the
search would look at every way of mixing them, all near ties. Two exchanges show that nearly all can be left out:

Bought ones. Match every put sold with a put bought at its strike or above, from the highest strike down; the rules ask
for just that. Drop a bought one from below the level together with the sold one matched to it, if any: net puts, the
cover of all others and every payoff from the level up stay, and the cost falls by what both cost together, which is
checked to be zero or more for each pair.

Sold ones. With no bought put left below the level, every one that covers is struck above, so that a contract sold at
one strike below may as well be sold at another, for more. As many contracts as before are sold at the strikes that
bring most, each up to its limit: no more strikes than before, and no more than half the legs of a ticket, since every
sold contract needs a bought one and each leg has the same limit.

Both leave a ticket of no more legs, contracts or cost, and of the same wealth from the level up, or more; or none at
all, where every order was for puts below the level. Of such tickets, which protect nothing but may be all that a budget
pays for, the cheapest is one contract bought, or one bought and one sold: those orders are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from hedgekit.hedges.tickets import MAX_LEGS, CandidateLeg
from hedgekit.payoff import exact

MOST_SOLD = MAX_LEGS // 2
"""Strikes sold below the level that a ticket can need."""


def needed(legs: Sequence[CandidateLeg], level: Fraction, *, most: int) -> list[CandidateLeg]:
    """Return the candidate legs without those that no cheapest ticket needs.

    Parameters
    ----------
    legs : sequence of CandidateLeg
    level : Fraction
        The floor is to hold from this spot up, dollars a share; at 0 every leg is needed.
    most : int
        Most contracts of one put.

    Returns
    -------
    list of CandidateLeg
        In the order given; all of them where the quotes do not allow the exchanges.
    """
    below = [leg for leg in legs if leg.option.sign < 0 and exact(leg.option.strike) <= level]
    bought = [leg for leg in below if leg.side > 0]
    sold = sorted((leg for leg in below if leg.side < 0), key=lambda leg: (leg.cost, leg.option.strike))
    dear = all(
        one.cost >= 0 and all(one.cost + other.cost >= 0 for other in sold if other.option.strike <= one.option.strike)
        for one in bought
    )
    if not dear or any(leg.limit != most for leg in sold):
        return list(legs)
    alone = min(bought, key=lambda leg: leg.cost, default=None)
    pairs = [(one, other) for one in bought for other in sold if other.option.strike < one.option.strike]
    both = min(pairs, key=lambda pair: pair[0].cost + pair[1].cost, default=())
    kept = {id(leg) for leg in (*sold[:MOST_SOLD], alone, *both)}
    left_out = {id(leg) for leg in below} - kept
    return [leg for leg in legs if id(leg) not in left_out]
