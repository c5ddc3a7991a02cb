"""Every line of the book is readable, alive and valued."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import Context, Outcome, Rule


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Count the lines that could not be valued."""
    bad = context.valued.problems
    count = len(context.valued.lines)
    if not bad:
        message = f"all {count} lines are valued"
    else:
        message = f"{len(bad)} of {count} line{'s are' if count > 1 else ' is'} not valued: "
        message += "; ".join(line.problem for line in bad[:3])
        message += f"; and {len(bad) - 3} more" if len(bad) > 3 else ""
    calculation = "; ".join(f"{line.position.where}: {line.name}: {line.problem}" for line in bad) or (
        "options marked from their own two-sided quotes, shares from the chain, the price file or the book"
    )
    return Outcome(passed=not bad, value=len(bad), limit=0, message=message, calculation=calculation)


RULE = Rule(
    id="book-known",
    title="Every line is valued",
    explain=(
        "Breached when any line cannot be valued: an expired option, a symbol the chain does not list, a missing, "
        "crossed or impossible quote, an adjusted contract, a share without a price. Always on: what is not known "
        "never passes."
    ),
    params={},
    evaluate=evaluate,
    always=True,
)
