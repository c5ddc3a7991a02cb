"""What a pair leaves unhedged stays within its limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import LIMITS, REQUIRED, Context, Outcome, Param, Rule, Unknown, tightest, usd


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Net the two legs' delta dollars, plain and by beta."""
    both = (params["long"], params["short"])
    deltas = {}
    for ticker, side in zip(both, (1, -1), strict=True):
        lines = context.lines(ticker)
        deltas[ticker] = sum(line.delta_usd for line in lines)
        if not lines or side * deltas[ticker] <= 0.0:
            raise Unknown(f"{ticker}: not held {'long' if side > 0 else 'short'}: there is no pair")
    weighted = [
        (delta * context.beta(ticker).low, delta * context.beta(ticker).high) for ticker, delta in deltas.items()
    ]
    value = sum(delta * context.beta(ticker).value for ticker, delta in deltas.items())
    ends = (sum(map(min, weighted)), sum(map(max, weighted)))
    size = max(abs(ends[0]), abs(ends[1])) if params["use_interval"] else abs(value)
    limit, basis = tightest(context, params)
    return Outcome(
        passed=size <= limit,
        value=value,
        limit=limit,
        message=f"{'/'.join(both)} leaves {usd(value, sign=True)} of {context.benchmark} "
        f"({usd(ends[0])} to {usd(ends[1])}), limit {usd(limit)}; dollars {usd(sum(deltas.values()), sign=True)}",
        calculation="; ".join(
            f"{ticker} delta {usd(delta)} x beta {context.beta(ticker).value:.3f}" for ticker, delta in deltas.items()
        )
        + f"; limit: {basis}",
    )


RULE = Rule(
    id="pair-leftover",
    title="What a pair leaves open",
    explain="Beta-weighted delta dollars of the long leg plus those of the short; with use_interval the worse end.",
    params={
        "long": Param(kind="text", default=REQUIRED, help="ticker held long", example="IWM"),
        "short": Param(kind="text", default=REQUIRED, help="ticker held short", example="SPY"),
        "use_interval": Param(kind="flag", default=False, help="judge the worse end of the betas' intervals"),
        **LIMITS,
    },
    evaluate=evaluate,
    one_of=("limit_usd", "limit_fraction"),
    starter=False,
)
