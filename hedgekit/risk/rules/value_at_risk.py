"""Value at risk stays within its limit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import Context, Outcome, Rule, share, tightest, usd
from hedgekit.risk.rules.simulated import PARAMS, losses, tail_count


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Take the loss exceeded in at most 1 - level of the periods."""
    ordered, words = losses(context, params)
    rank = math.floor(tail_count(len(ordered), params["level"]) + 1e-9)
    value = max(0.0, -float(ordered[min(rank, len(ordered) - 1)]))
    limit, basis = tightest(context, params)
    return Outcome(
        passed=value <= limit,
        value=value,
        limit=limit,
        message=f"{share(params['level'])} {params['horizon_days']}-day VaR {usd(value)}, limit {usd(limit)}",
        calculation=f"loss number {rank + 1} of {words}; limit: {basis}",
    )


RULE = Rule(
    id="value-at-risk",
    title="Value at risk",
    explain=(
        "The loss that at most 1 - level of the past periods exceed when their returns are applied to today's book, "
        "options revalued: no period worse than those in the window is seen. With basis implied, of a lognormal at the "
        "chain's own at-the-money vol, tickers moving by beta: it needs no history, and its tail is thin."
    ),
    params=PARAMS,
    evaluate=evaluate,
    one_of=("limit_usd", "limit_fraction"),
    starter=False,
)
