"""No short option is without cover."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import Context, Outcome, Param, Rule, usd
from hedgekit.risk.rules.covers import Naked, accounts, naked


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Count short contracts that neither longs, shares nor cash cover."""
    cash = context.valued.book.cash_by_account if params["cash_covers_puts"] else {}
    bare: list[Naked] = []
    puts: list[Naked] = []
    for lines in accounts(context.held()).values():
        bare += naked(lines, "call")
        puts += naked(lines, "put")
    secured = 0.0
    for found in sorted(puts, key=_needed):  # the cheapest first, so that the fewest are left
        account, each = found.line.position.account, _needed(found)
        paid = min(found.contracts, int(max(0.0, cash.get(account, 0.0)) // each))
        if paid:
            cash[account] -= paid * each
            secured += paid * each
        if paid < found.contracts:
            bare.append(Naked(line=found.line, contracts=found.contracts - paid))
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


def _needed(found: Naked) -> float:
    """Return the cash that secures one contract of a short put, dollars."""
    option = found.line.option
    assert option is not None
    return option.strike * option.multiplier


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
