"""A ticker's share of the book lies in its band."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import Context, Outcome, Param, Rule, share, usd


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Measure shares at market, or shares and options by delta, against net value."""
    ticker = params["ticker"] or context.benchmark
    net, lines = context.net_usd(), context.lines(ticker)
    by_delta = params["measure"] == "delta"
    amount = sum(line.delta_usd if by_delta else line.value_usd for line in lines if by_delta or line.option is None)
    value, low, high = amount / net, params["low"], params["high"]
    passed = low <= value <= high
    verdict = "in" if passed else "below" if value < low else "above"
    return Outcome(
        passed=passed,
        value=value,
        limit=[low, high],
        message=f"{ticker} {share(value)} {verdict} {share(low)}-{share(high)} of net value",
        calculation=f"{'delta dollars' if by_delta else 'shares at market'} {usd(amount)} / net value {usd(net)}",
    )


RULE = Rule(
    id="allocation-band",
    title="Share of the book in a ticker",
    explain="The ticker's shares at market (or shares and options by delta dollars) over the net liquidation value.",
    params={
        "ticker": Param(kind="text", default=None, help="default: the policy's benchmark"),
        "low": Param(kind="number", default=0.10, help="least fraction of net value", low=-3, high=3),
        "high": Param(kind="number", default=0.15, help="largest fraction of net value", low=-3, high=3),
        "measure": Param(
            kind="text", default="market", help='"market" (shares) or "delta"', choices=("market", "delta")
        ),
    },
    evaluate=evaluate,
)
