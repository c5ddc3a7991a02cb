"""The options do not all expire together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import Context, Outcome, Rule
from hedgekit.risk.rules.concentrated import PARAMS, concentrated


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Group by expiry."""
    return concentrated(context, params, lambda line: f"{line.option.expiry}" if line.option else "")


RULE = Rule(
    id="concentration-expiry",
    title="Concentration in one expiry",
    explain="The share of the book's options, long and short added, that expire on one day.",
    params=PARAMS,
    evaluate=evaluate,
    starter=False,
)
