"""The mean loss of the worst periods (CVaR) stays within its limit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import Context, Outcome, Rule, share, tightest, usd
from hedgekit.risk.rules.simulated import PARAMS, losses, tail_count


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Average the worst 1 - level of the periods, the last one in part."""
    ordered, words = losses(context, params)
    size = tail_count(len(ordered), params["level"])
    whole = min(math.floor(size + 1e-9), len(ordered) - 1)
    part = max(0.0, size - whole)
    mean = (float(ordered[:whole].sum()) + part * float(ordered[whole])) / size
    value = max(0.0, -mean)
    limit, basis = tightest(context, params)
    return Outcome(
        passed=value <= limit,
        value=value,
        limit=limit,
        message=f"{share(params['level'])} {params['horizon_days']}-day CVaR {usd(value)}, limit {usd(limit)}",
        calculation=f"mean of the worst {size:g} of {words}; limit: {basis}",
    )


RULE = Rule(
    id="expected-shortfall",
    title="CVaR",
    explain=(
        "The mean loss over the worst 1 - level of the past periods (Rockafellar and Uryasev's CVaR, the marginal "
        "period counted in part), their returns applied to today's book, options revalued. With basis implied, of a "
        "lognormal at the chain's own at-the-money vol, tickers moving by beta: it needs no history, and its tail is "
        "thin."
    ),
    params=PARAMS,
    evaluate=evaluate,
    one_of=("limit_usd", "limit_fraction"),
    starter=False,
)
