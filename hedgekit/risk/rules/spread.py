"""Every option could be traded at a fair spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import Context, Outcome, Param, Rule, as_quoted, share


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Take the widest spread as a fraction of the mid, small ones in cents apart."""
    worst, who, wide = 0.0, "", 0
    for line in context.lines():
        quote = line.quote
        if quote is None or as_quoted(quote.ask - quote.bid) <= params["cents_allowed"]:
            continue
        width = (quote.ask - quote.bid) / quote.mid
        wide += width > params["limit"]
        if width > worst:
            worst, who = width, f"{line.name} {quote.bid:g}/{quote.ask:g}"
    return Outcome(
        passed=worst <= params["limit"],
        value=worst,
        limit=params["limit"],
        message=f"widest {share(worst)} of mid, limit {share(params['limit'])}" + (f": {who}" if who else ""),
        calculation=f"(ask - bid) / mid; {wide} options beyond; spreads up to ${params['cents_allowed']:g} left out",
    )


RULE = Rule(
    id="spread",
    title="Bid-ask spread",
    explain="The widest spread of an option held, as a fraction of its mid; spreads of a few cents are left out.",
    params={
        "limit": Param(kind="number", default=0.30, help="fraction of the mid", low=0, high=1),
        "cents_allowed": Param(kind="number", default=0.05, help="dollars that are never too wide", low=0, high=100),
    },
    evaluate=evaluate,
)
