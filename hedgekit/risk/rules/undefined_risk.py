"""No loss is without limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.risk.rule import Context, Outcome, Param, Rule
from hedgekit.risk.rules.covers import accounts, naked


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Count the shares the book is short without limit as spots rise (and, if asked, the puts that are naked)."""
    found, total = [], 0.0
    for (account, ticker), lines in accounts(context.held()).items():
        shares = sum(line.position.quantity for line in lines if line.option is None)
        bare = sum(item.contracts for item in naked(lines, "call")) * units.MULTIPLIER
        # long calls that cover a short call are not there for short shares
        net = sum(line.position.units for line in lines if line.option and line.option.kind == "call") + bare
        short_stock = max(0.0, -shares - max(0.0, net)) if shares < 0 else 0.0
        puts = sum(item.contracts for item in naked(lines, "put")) * units.MULTIPLIER if params["count_puts"] else 0
        # whole lots cover calls before one is naked; shares short of a lot still rise with the spot
        odd = max(0.0, shares) % units.MULTIPLIER if bare else 0.0
        exposed = bare - odd + short_stock + puts
        if exposed:
            total += exposed
            found.append(f"{ticker}{f' in {account}' if account else ''}: {exposed:,.0f} shares")
    return Outcome(
        passed=not found,
        value=total,
        limit=0,
        message="none" if not found else f"loss without limit on {'; '.join(found[:4])}",
        calculation=(
            "per account and ticker: short calls beyond longs that live as long and shares, and short shares beyond "
            "long calls" + (", and naked puts" if params["count_puts"] else "")
        ),
    )


RULE = Rule(
    id="undefined-risk",
    title="Losses without limit",
    explain=(
        "Shares' worth of exposure whose loss grows without limit as the spot rises: naked calls, and short shares "
        "that no long call covers. Long calls cover until they expire. With count_puts, naked puts too."
    ),
    params={"count_puts": Param(kind="flag", default=False, help="count naked puts as well")},
    evaluate=evaluate,
)
