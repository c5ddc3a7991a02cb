"""The loss at one shock of the benchmark stays within its limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hedgekit.risk.rule import LIMITS, Context, Outcome, Param, Rule, share, shock_text, tightest, usd


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Revalue the book at the shock, at once."""
    grid = context.grid([params["shock"]], [params["vol_shock"]], [0], params["vol_rule"], "sticky_strike")
    pnl, parts = float(grid.pnl_usd[0, 0, 0]), grid.by_holding[:, 0, 0, 0]
    limit, basis = tightest(context, params)
    who = ""
    if parts.min(initial=0.0) < 0.0:
        worst = int(np.argmin(parts))
        who = f" (largest loss: {grid.holdings[worst]}, {usd(float(parts[worst]), sign=True)})"
    return Outcome(
        passed=pnl >= -limit,
        value=pnl,
        limit=-limit,
        message=f"{context.benchmark} {params['shock']:+.0%}: {usd(pnl, sign=True)}, limit {usd(-limit)}{who}",
        calculation=(
            f"full American revaluation at once, vols {shock_text(params['vol_shock'], params['vol_rule'])}, each "
            f"ticker by its beta to {context.benchmark}: "
            + ", ".join(f"{t} {float(m[0]):+.1%}" for t, m in grid.moves.items())
            + f"; value {usd(float(grid.value_usd[0, 0, 0]))} less {usd(grid.base_usd)} now (mid); limit: {basis}; "
            f"net value after the loss {share((grid.base_usd + pnl) / grid.base_usd) if grid.base_usd > 0 else '-'} "
            "of now"
        ),
    )


def refuses(params: Mapping[str, Any]) -> str:
    """Refuse a shock of nothing: it never loses."""
    return "" if params["shock"] or params["vol_shock"] else "moves neither spot nor vol: no loss to see"


RULE = Rule(
    id="max-loss-shock",
    title="Loss at a shock of the benchmark",
    explain=(
        "The benchmark moves at once by the shock, every other ticker by its beta times that; every option is revalued "
        "with the American engine, vols shocked as said. Strikes keep their vols."
    ),
    params={
        "shock": Param(kind="number", default=-0.20, help="move of the benchmark", low=-1, high=3),
        "vol_shock": Param(kind="number", default=0.0, help="0.5: vols half as high again", low=-1, high=4),
        "vol_rule": Param(
            kind="text", default="relative", help='"relative" or "absolute" vol shock', choices=("relative", "absolute")
        ),
        **LIMITS,
    },
    evaluate=evaluate,
    one_of=("limit_usd", "limit_fraction"),
    refuses=refuses,
)
