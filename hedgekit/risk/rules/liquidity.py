"""No option line is large beside its open interest."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import Context, Outcome, Param, Rule, Unknown, share


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Take the largest share of an option's open interest that the book holds, accounts together."""
    held: dict[str, float] = {}
    interest: dict[str, float] = {}
    for line in context.lines():
        if line.option is None or line.quote is None:
            continue
        symbol = line.option.short
        if not math.isfinite(line.quote.open_interest):
            raise Unknown(f"{symbol}: the chain does not say its open interest")
        held[symbol] = held.get(symbol, 0.0) + abs(line.position.quantity)
        interest[symbol] = line.quote.open_interest
    shares = {name: count / interest[name] if interest[name] > 0 else math.inf for name, count in held.items()}
    name = max(shares, key=lambda key: (shares[key], key), default=None)
    if name is None:
        return Outcome(passed=True, value=0.0, limit=params["limit"], message="no options", calculation="no options")
    value = shares[name]
    text = "more than all there is" if math.isinf(value) else share(value)
    return Outcome(
        passed=value <= params["limit"],
        value=value,
        limit=params["limit"],
        message=f"{text} of the open interest of {name}, limit {share(params['limit'])}",
        calculation=f"{held[name]:g} contracts of {interest[name]:g} open, yesterday's count",
    )


RULE = Rule(
    id="liquidity",
    title="Size beside open interest",
    explain="The largest share of a contract's open interest that the book holds; none open counts as too large.",
    params={"limit": Param(kind="number", default=0.25, help="fraction of open interest", low=0, high=1)},
    evaluate=evaluate,
)
