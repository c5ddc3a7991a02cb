"""Where a loss without limit comes from, and what would limit it."""

from __future__ import annotations

from collections.abc import Sequence

from hedgekit.model import Holding
from hedgekit.structures.outcome import Outcome
from hedgekit.structures.setting import options_of, shares_of


def unlimited(outcome: Outcome) -> str:
    """Say where a loss without limit comes from, and what would limit it."""
    slope = -float(outcome.profit.end_slope)
    return (
        f"the loss has no limit: above {float(outcome.profit.knots[-1]):g} it grows by ${slope:,.10g} for each dollar "
        "of the spot; buy as many calls (or shares) as are sold short to define the risk"
    )


def uncovered_later(holdings: Sequence[Holding]) -> str:
    """Say which short calls outlive what covers them, and what would cover them; empty when none does.

    At the first expiry such a position still has a greatest loss; from then on it has none.
    """
    calls = [leg for leg in options_of(holdings) if leg.option.kind == "call"]
    held = max(0, sum(shares.shares for shares in shares_of(holdings)))
    first = min(leg.option.expiry for leg in options_of(holdings))
    for day in sorted({leg.option.expiry for leg in calls if leg.contracts < 0 and leg.option.expiry > first}):
        covered = held + sum(leg.contracts * leg.option.multiplier for leg in calls if leg.option.expiry >= day)
        if covered < 0:
            return (
                f"the loss has no limit after the first expiry, {first}: calls on {-covered:,} shares sold to {day} "
                "are covered neither by shares nor by calls that last as long: buy those, or close the sold ones then"
            )
    return ""
