"""Every share position has a stop at the agreed distance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import Context, Outcome, Param, Rule, share


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Measure each stop from the present spot, against the direction of the position."""
    low, high = params["low"], params["high"]
    chosen = [
        line
        for ticker in sorted(params["tickers"] or context.valued.book.tickers)
        for line in context.lines(ticker)
        if line.option is None
    ]
    off, distances = [], []
    for line in chosen:
        if not math.isfinite(line.position.stop):
            off.append(f"{line.name} has no stop")
            continue
        side = 1.0 if line.position.quantity > 0 else -1.0
        distance = side * (line.spot - line.position.stop) / line.spot
        distances.append(distance)
        if not low - 1e-12 <= distance <= high + 1e-12:
            off.append(f"{line.name} {share(distance)} from {line.spot:g}")
    missing = sorted(set(params["tickers"] or ()) - {line.ticker for line in chosen})
    off += [f"no shares of {ticker}" for ticker in missing]
    message = f"{len(chosen)} stops within {share(low)}-{share(high)}" if not off else "; ".join(off[:3])
    return Outcome(
        passed=not off and bool(chosen),
        value=[min(distances), max(distances)] if distances else None,
        limit=[low, high],
        message=message if chosen else "no shares to have a stop",
        calculation="(spot - stop) / spot of each share line, turned round for short ones; stop column of the book",
    )


RULE = Rule(
    id="stop-distance",
    title="Distance of stops",
    explain="Every share line (of the tickers named) must have a stop in the book, low to high of the spot away.",
    params={
        "low": Param(kind="number", default=0.15, help="nearest, fraction of the spot", low=0, high=1),
        "high": Param(kind="number", default=0.20, help="farthest, fraction of the spot", low=0, high=1),
        "tickers": Param(kind="texts", default=None, help="default: every share line", example=["IWM"]),
    },
    evaluate=evaluate,
    starter=False,
)
