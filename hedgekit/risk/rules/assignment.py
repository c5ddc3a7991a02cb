"""What early assignment could deliver tomorrow stays within its limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import LIMITS, Context, Outcome, Param, Rule, as_quoted, tightest, usd
from hedgekit.scenarios.holding import exercise_of


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Add up strike dollars of short American options with next to no time value left."""
    risky, value = [], 0.0
    for line in context.lines():
        option = line.option
        if option is None or line.position.quantity > 0 or exercise_of(option) == "european":
            continue
        intrinsic = option.sign * (line.spot - option.strike)
        if intrinsic > 0.0 and as_quoted(line.mid - intrinsic) <= params["extrinsic"]:
            value += option.strike * option.multiplier * abs(line.position.quantity)
            risky.append(f"{line.name} ({line.mid - intrinsic:+.2f} over exercise)")
    limit, basis = tightest(context, params)
    return Outcome(
        passed=value <= limit,
        value=value,
        limit=limit,
        message=f"{usd(value)} could be assigned, limit {usd(limit)}" + (f": {', '.join(risky[:3])}" if risky else ""),
        calculation=f"strike x 100 x contracts of short in-the-money American options whose mid is at most "
        f"{params['extrinsic']:g} above their exercise value; limit: {basis}",
    )


RULE = Rule(
    id="assignment",
    title="Early assignment",
    explain=(
        "Dollars of stock that change hands if every short in-the-money option without time value is exercised: its "
        "owner gives up at most `extrinsic` dollars a share by exercising."
    ),
    params={
        "extrinsic": Param(kind="number", default=0.10, help="time value, dollars a share", low=0, high=100),
        **LIMITS,
    },
    evaluate=evaluate,
    one_of=("limit_usd", "limit_fraction"),
)
