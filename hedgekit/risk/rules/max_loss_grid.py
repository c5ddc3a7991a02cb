"""The worst loss over a grid of spot, vol and date stays within its limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.risk.rule import LIMITS, Context, Outcome, Param, Rule, shock_text, tightest, usd


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Revalue the book at every point and take the worst."""
    moves, shocks, days = params["spot_moves"], params["vol_shocks"], params["days"]
    grid = context.grid(moves, shocks, days, params["vol_rule"], params["smile"])
    worst = grid.worst()
    assert worst is not None
    limit, basis = tightest(context, params)
    vols = shock_text(worst["vol_shock"], params["vol_rule"])
    where = f"{context.benchmark} {worst['spot_move']:+.0%}, vols {vols}, {worst['date']}"
    return Outcome(
        passed=worst["pnl_usd"] >= -limit,
        value=worst["pnl_usd"],
        limit=-limit,
        message=f"worst {usd(worst['pnl_usd'], sign=True)} at {where}; limit {usd(-limit)}",
        calculation=(
            f"{grid.pnl_usd.size} points: {len(moves)} moves of {context.benchmark} ({min(moves):+g} to "
            f"{max(moves):+g}) x {len(shocks)} {params['vol_rule']} vol shocks ({min(shocks):+g} to {max(shocks):+g}) "
            f"x days {', '.join(map(str, days))}, {params['smile'].replace('_', ' ')}; a loss between or beyond the "
            f"points is not seen; limit: {basis}"
        ),
    )


def refuses(params: Mapping[str, Any]) -> str:
    """Refuse a grid without a move."""
    return "" if any(params["spot_moves"]) else "moves no spot: give spot_moves other than 0"


RULE = Rule(
    id="max-loss-grid",
    title="Worst loss over spot x vol x date",
    explain=(
        "The worst P/L over every combination of the benchmark's moves, vol shocks and days ahead, by full American "
        "revaluation; tickers move by beta. What lies between or beyond the points is not seen: undefined-risk and "
        "floor-kept look there."
    ),
    params={
        "spot_moves": Param(
            kind="numbers", default=[-0.3, -0.2, -0.1, 0.0, 0.1, 0.2], help="moves of the benchmark", low=-1, high=3
        ),
        "vol_shocks": Param(kind="numbers", default=[-0.2, 0.0, 0.5], help="vol shocks", low=-1, high=4),
        "days": Param(kind="counts", default=[0, 21], help="calendar days ahead", low=0, high=3650),
        "vol_rule": Param(kind="text", default="relative", help="kind of shock", choices=("relative", "absolute")),
        "smile": Param(
            kind="text",
            default="sticky_strike",
            help="whether strikes keep their vols",
            choices=("sticky_strike", "sticky_delta"),
        ),
        **LIMITS,
    },
    evaluate=evaluate,
    one_of=("limit_usd", "limit_fraction"),
    refuses=refuses,
)
