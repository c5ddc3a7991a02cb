"""Gamma of options close to expiry stays within its limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.risk.rule import LIMITS, Context, Outcome, Param, Rule, tightest, usd


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Add up absolute dollar gamma of the options with few days left."""
    near = [line for line in context.lines() if line.option and units.days(line.t_years) <= params["days"]]
    value = sum(abs(line.gamma_usd_per_pct) for line in near)
    limit, basis = tightest(context, params)
    top = max(near, key=lambda line: abs(line.gamma_usd_per_pct), default=None)
    who = "" if top is None else f" (most: {top.name}, {usd(top.gamma_usd_per_pct, sign=True)})"
    return Outcome(
        passed=value <= limit,
        value=value,
        limit=limit,
        message=f"{usd(value)} of delta turns over a 1% move, options within {params['days']} days, limit {usd(limit)}"
        f"{who}",
        calculation=f"sum of |gamma x contracts x 100 x spot^2 / 100| of {len(near)} lines; limit: {basis}",
    )


RULE = Rule(
    id="gamma-near-expiry",
    title="Gamma near expiry",
    explain="Absolute change of delta dollars for a 1% move, over options with `days` left or fewer, signs apart.",
    params={"days": Param(kind="count", default=7, help="days left", low=0, high=3650), **LIMITS},
    evaluate=evaluate,
    one_of=("limit_usd", "limit_fraction"),
)
