"""Delta dollars of a ticker, or of the whole book, lie within their limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import Context, Outcome, Param, Rule, usd
from hedgekit.risk.rules.bounds import ONE_OF, PARAMS, bounds, refuses


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Add up the delta dollars."""
    lines = context.lines(params["ticker"])
    value = sum(line.delta_usd for line in lines)
    shares = sum(line.delta_usd for line in lines if line.option is None)
    low, high = bounds(context, params)
    passed = (low is None or value >= low) and (high is None or value <= high)
    limits = f"{'-inf' if low is None else usd(low)} to {'inf' if high is None else usd(high)}"
    return Outcome(
        passed=passed,
        value=value,
        limit=[low, high],
        message=f"{params['ticker'] or 'the book'}: delta {usd(value)}, limits {limits}",
        calculation=f"shares {usd(shares)} + options {usd(value - shares)} (delta x contracts x 100 x spot)",
    )


RULE = Rule(
    id="delta-dollars",
    title="Delta dollars",
    explain="Shares at market plus option deltas times their shares times the spot, long and short netted.",
    params={"ticker": Param(kind="text", default=None, help="default: the whole book"), **PARAMS},
    evaluate=evaluate,
    one_of=ONE_OF,
    refuses=refuses,
    starter=False,
)
