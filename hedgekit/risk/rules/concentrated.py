"""The share of the options that one group of them makes up: what both concentration rules share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hedgekit.risk.line import Line
from hedgekit.risk.rule import Context, Outcome, Param, share

MEASURES: dict[str, Callable[[Line], float]] = {
    "contracts": lambda line: abs(line.position.quantity),
    "premium": lambda line: abs(line.mid_usd),
    "vega": lambda line: abs(line.vega_usd_per_point),
    "delta": lambda line: abs(line.delta_usd),
}

PARAMS = {
    "limit": Param(kind="number", default=0.60, help="fraction of the book's options", low=0, high=1),
    "measure": Param(kind="text", default="contracts", help="counted by", choices=tuple(MEASURES)),
    "min_contracts": Param(kind="count", default=10, help="fewer contracts than this in all are not judged", low=0),
}


def concentrated(context: Context, params: Mapping[str, Any], key: Callable[[Line], str]) -> Outcome:
    """Return the largest group's share."""
    options = [line for line in context.lines() if line.option is not None]
    size, limit = MEASURES[params["measure"]], params["limit"]
    count = sum(abs(line.position.quantity) for line in options)
    total = sum(map(size, options))
    if count < params["min_contracts"] or total == 0.0:
        few = f"{count:g} contracts in all: too few to judge" if options else "no options"
        return Outcome(passed=True, value=0.0, limit=limit, message=few, calculation=few)
    groups: dict[str, float] = {}
    for line in options:
        groups[key(line)] = groups.get(key(line), 0.0) + size(line)
    name = max(groups, key=lambda group: (groups[group], group))
    value = groups[name] / total
    return Outcome(
        passed=value <= limit,
        value=value,
        limit=limit,
        message=f"{share(value)} in {name}, limit {share(limit)}",
        calculation=f"by {params['measure']}: {groups[name]:,.6g} of {total:,.6g} over {len(groups)} groups",
    )
