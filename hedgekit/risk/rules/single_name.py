"""No single name is too large."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import Context, Outcome, Param, Rule, share, usd

FUNDS = ["DIA", "IJR", "IVV", "IWB", "IWM", "IWN", "IWO", "MDY", "QQQ", "RUT", "SPX", "SPY", "VOO", "VTI", "VTWO"]


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Take the largest delta dollars of one ticker over net value."""
    net = context.net_usd()
    sizes = {
        ticker: abs(sum(line.delta_usd for line in context.lines(ticker)))
        for ticker in context.valued.book.tickers
        if ticker not in params["exempt"]
    }
    limit = params["limit"]
    if not sizes:
        return Outcome(
            passed=True, value=0.0, limit=limit, message="no single names", calculation="only exempt tickers"
        )
    name = max(sizes, key=lambda ticker: (sizes[ticker], ticker))
    value = sizes[name] / net
    return Outcome(
        passed=value <= limit,
        value=value,
        limit=limit,
        message=f"{name} {share(value)} of net value, limit {share(limit)}",
        calculation=f"|delta dollars| {usd(sizes[name])} / {usd(net)}; largest of {len(sizes)} names; exempt: "
        f"{', '.join(params['exempt']) or 'none'}",
    )


RULE = Rule(
    id="single-name",
    title="Largest single name",
    explain="Delta dollars (shares and options netted) of the largest ticker that is no broad fund, over net value.",
    params={
        "limit": Param(kind="number", default=0.10, help="fraction of net value", low=0, high=1),
        "exempt": Param(kind="texts", default=FUNDS, help="broad funds and indexes, not judged"),
    },
    evaluate=evaluate,
)
