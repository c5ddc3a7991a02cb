"""A stop beside the put: how often it is hit, where it fills, what is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.report.console import dollars, percent
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import PALETTE, foot, line, paragraph, table, warnings


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the stops, their odds and the wealth they leave."""
    inputs, position, stops = answer["inputs"], answer["position"], answer["stops"]
    rows: dict[str, list[str]] = {}
    for stop in stops:
        past, theory = stop["historical"] or {}, stop["lognormal"]
        for label, value in (
            ("hit, lognormal, watched all day", _share(theory.get("touch_continuous"))),
            ("hit, lognormal, at closes only", _share(theory.get("touch_daily_closes"))),
            ("hit, past days, low of the day", _share(past.get("touch"))),
            ("of those, filled by a gap below", _share(past.get("gap_share"))),
            ("fill below the level, mean", percent(past.get("fill_below_mean_pct"), places=2)),
            ("fill below the level, worst", percent(past.get("fill_below_worst_pct"), places=2)),
            ("stop-limit never filled", _share(past.get("limit_never_filled"))),
            ("back above entry once hit, past days", _share(past.get("whipsaw"))),
        ):
            rows.setdefault(label, []).append(value)
    head = ["", *(f"{stop['level']:.2f} (-{stop['stop_pct']:g}%)" for stop in stops)]
    body = warnings(answer) + table(head, [[label, *cells] for label, cells in rows.items()])
    positions = [(f"stop {stop['stop_pct']:g}%", 0.0, stop["wealth"]) for stop in stops]
    positions += [
        (other["name"], other.get("cost_usd", 0.0), other["wealth"])
        for other in [*([answer["put"]] if answer["put"] else []), *answer["others"]]
    ]
    known = [(name, cost, left) for name, cost, left in positions if left]
    if known:
        if answer.get("quantile_levels"):
            body += figure(_curves(known, answer["quantile_levels"]))
        body += figure(_boxes(known)) + paragraph(f"Paths: {answer['paths']}.", kind="foot")
        body += table(
            ["wealth at the end, % of today", "cost", "mean", "1 in 20", "cvar 95", "worst", "1 in 20 above"],
            [
                [
                    name,
                    dollars(cost),
                    *(percent(left[key]) for key in ("mean_pct", "p05_pct", "cvar95_pct", "worst_pct", "p95_pct")),
                ]
                for name, cost, left in known
            ],
        )
    title = f"Stop or put: {position['shares']:,} {inputs['ticker']} to {inputs['expiry']}"
    return [Section(title=title, body=body + foot(answer))]


def _curves(rows: list[tuple[str, float, Mapping[str, Any]]], levels: list[float]) -> Figure:
    """Return how often each position ends below each wealth."""
    hover = "%{x:.1f}% or less: %{y:.1%} of paths<extra>%{fullData.name}</extra>"
    return Figure(
        name="distributions",
        data=[line(name, left["quantiles_pct"], levels, at, hover=hover) for at, (name, _, left) in enumerate(rows)],
        layout={
            "xaxis": {"title": {"text": "wealth at the end, % of today's value"}, "ticksuffix": "%"},
            "yaxis": {"title": {"text": "paths that end there or below"}, "tickformat": ".0%", "range": [0, 1]},
        },
        says="Whole distributions of final wealth on the same paths: a line to the right keeps more. A put's stands "
        "upright at its floor; a stop's reaches to its left, where gaps fill below the level.",
        height=420,
    )


def _boxes(rows: list[tuple[str, float, Mapping[str, Any]]]) -> Figure:
    """Return worst, 1 in 20, median and 19 in 20 of each position on the same paths."""
    names = [name for name, _, _ in rows]
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [value for _, _, left in rows for value in (left["p05_pct"], left["p95_pct"], None)],
            "y": [name for name in names for _ in range(3)],
            "line": {"color": PALETTE[0], "width": 8},
            "name": "19 in 20 above to 1 in 20 above",
            "hoverinfo": "skip",
        }
    ]
    for label, key, symbol, at in (
        ("worst path", "worst_pct", "x", 1),
        ("mean of the worst 5%", "cvar95_pct", "triangle-up", 3),
        ("median", "median_pct", "line-ns-open", 2),
    ):
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": label,
                "x": [left[key] for _, _, left in rows],
                "y": names,
                "marker": {"symbol": symbol, "size": 12, "color": PALETTE[at], "line": {"width": 3}},
                "hovertemplate": f"%{{y}}: %{{x:.1f}}%<extra>{label}</extra>",
            }
        )
    return Figure(
        name="wealth",
        data=data,
        layout={
            "xaxis": {"title": {"text": "wealth at the end, % of today's value"}, "ticksuffix": "%"},
            "yaxis": {"autorange": "reversed"},
            "margin": {"l": 150},
        },
        says="Final wealth on the same paths: bar from 1 in 20 below to 1 in 20 above, median, tail, worst path.",
        height=120 + 44 * len(rows),
    )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{units.percent(value):.1f}%"
