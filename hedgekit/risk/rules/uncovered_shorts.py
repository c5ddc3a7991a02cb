"""No short option is without cover."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import Context, Outcome, Param, Rule, usd
from hedgekit.risk.rules.covers import accounts, naked


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Count short contracts that neither longs, shares nor cash cover."""
    cash = context.valued.book.cash_by_account
    bare, secured = [], 0.0
    for (account, _), lines in accounts(context.held()).items():
        bare += naked(lines, "call")
        for found in naked(lines, "put"):
            option = found.line.option
            assert option is not None
            needed = option.strike * option.multiplier * found.contracts
            if params["cash_covers_puts"] and cash[account] >= needed:
                cash[account] -= needed
                secured += needed
            else:
                bare.append(found)
    count = sum(found.contracts for found in bare)
    limit = params["most_contracts"]
    names = ", ".join(f"{found.contracts} of {found.line.name}" for found in bare[:3])
    return Outcome(
        passed=count <= limit,
        value=count,
        limit=limit,
        message="every short option is covered" if not bare else f"{count} contracts uncovered: {names}",
        calculation=(
            "by account: long options of the same kind that live as long, then shares"
            + (f", then cash for puts ({usd(secured)} set aside at the strikes)" if params["cash_covers_puts"] else "")
        ),
    )


RULE = Rule(
    id="uncovered-shorts",
    title="Short options without cover",
    explain=(
        "Contracts sold that no long option of the same kind with the same expiry or later, no hundred shares and (for "
        "puts) no cash at the strike covers, within the same account."
    ),
    params={
        "most_contracts": Param(kind="count", default=0, help="uncovered contracts allowed", low=0, high=1e6),
        "cash_covers_puts": Param(kind="flag", default=True, help="cash at the strike covers a short put"),
    },
    evaluate=evaluate,
)
