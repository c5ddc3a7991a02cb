"""The margin requirement leaves room under the account's equity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import Context, Outcome, Param, Rule, Unknown, share, usd


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Take the account whose Reg T maintenance requirement uses most of its equity."""
    cash = context.valued.book.cash_by_account
    worst, words, parts = 0.0, "", []
    for account in context.valued.book.accounts:
        lines = [line for line in context.lines() if line.position.account == account]
        if not lines:
            continue
        required = context.maintenance_usd(lines)
        # short options are in the requirement at their price, and long ones have no loan value: neither is equity
        equity = cash[account] + sum(line.value_usd for line in lines if line.option is None)
        name = account or "the account"
        if not equity > 0.0:
            if required == 0.0:
                continue
            raise Unknown(f"{name} has no equity ({usd(equity)}) under a requirement of {usd(required)}")
        use = required / equity
        parts.append(f"{name}: maintenance {usd(required)} / equity {usd(equity)} = {share(use)}")
        if use >= worst:
            worst, words = use, f"{name}: {share(use)} of equity"
    limit = params["limit"]
    return Outcome(
        passed=worst <= limit,
        value=worst,
        limit=limit,
        message=f"{words or 'no requirement'}, limit {share(limit)}",
        calculation="Reg T maintenance at mid quotes over cash and shares; " + "; ".join(parts),
    )


RULE = Rule(
    id="margin-use",
    title="Margin requirement over equity",
    explain=(
        "Reg T maintenance (the pairing that asks least) of each account over its cash and shares at market. A "
        "broker's house requirement may be higher."
    ),
    params={"limit": Param(kind="number", default=0.70, help="fraction of equity", low=0, high=1)},
    evaluate=evaluate,
)
