"""The options do not all sit at one strike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import Context, Outcome, Rule
from hedgekit.risk.rules.concentrated import PARAMS, concentrated


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Group by ticker and strike, expiries together."""
    return concentrated(context, params, lambda line: f"{line.ticker} {line.option.strike:g}" if line.option else "")


RULE = Rule(
    id="concentration-strike",
    title="Concentration at one strike",
    explain="The share of the book's options, long and short added, at one strike of one ticker over all expiries.",
    params=PARAMS,
    evaluate=evaluate,
    starter=False,
)
