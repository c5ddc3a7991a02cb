"""The hedge still has days to run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.risk.rule import Context, Outcome, Param, Rule
from hedgekit.risk.rules.covers import net_long_puts


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Find the long put that expires first."""
    ticker, limit = params["ticker"] or context.benchmark, params["min_days"]
    puts = [line for line, _ in net_long_puts(context.held(ticker))]
    if not puts:
        message = f"no long put on {ticker}: nothing is hedged"
        return Outcome(passed=False, value=None, limit=limit, message=message, calculation="no long put in the book")
    first = min(puts, key=lambda line: (line.t_years, line.name))
    value = units.days(first.t_years)
    return Outcome(
        passed=value >= limit,
        value=value,
        limit=limit,
        message=f"{first.name} expires in {value:.1f} days, limit {limit}"
        + ("" if value >= limit else ": roll or close"),
        calculation=f"days to the exercise cut-off of the earliest of {len(puts)} long puts on {ticker}, from "
        f"{context.valued.asof:%Y-%m-%d %H:%M} New York",
    )


RULE = Rule(
    id="hedge-days-left",
    title="Days left of the hedge",
    explain="Days to the first expiry among long puts on the ticker; no long put at all is a breach.",
    params={
        "ticker": Param(kind="text", default=None, help="default: the policy's benchmark"),
        "min_days": Param(kind="count", default=10, help="fewest days left", low=0, high=3650),
    },
    evaluate=evaluate,
)
