"""The frontier: cost against floor, each point a ticket."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.report.console import dollars, percent
from hedgekit.report.order_words import ticket
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import DASHES, PALETTE, foot, table, warnings


def _kept(point: Mapping[str, Any]) -> float | None:
    """Return the floor the point was chosen for: down to a level where one was asked for."""
    kept: float | None = point.get("floor_until_pct", point["floor_pct"])
    return kept


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the frontier, drawn and tabled."""
    inputs, position = answer["inputs"], answer["position"]
    points = [point for point in answer["points"] if point["status"] == "optimal"]
    caps = list(dict.fromkeys(point["min_cap"] for point in points))
    data = []
    for at, cap in enumerate(caps):
        mine = [point for point in points if point["min_cap"] == cap]
        name = "no calls sold" if cap is None else f"calls sold from {units.percent(cap):g}% up"
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": name,
                "x": [_kept(point) for point in mine],
                "y": [point["cost_annualised_pct"] for point in mine],
                "text": [html.escape(f"{ticket(p['legs'])}: {dollars(p['cost_usd'])}") for p in mine],
                "hovertemplate": "floor %{x:.1f}%, %{y:.2f}% a year<br>%{text}<extra></extra>",
                "line": {"color": PALETTE[at], "dash": DASHES[at]},
                "marker": {"symbol": at, "size": 7},
            }
        )
    shown = Figure(
        name="frontier",
        data=data,
        layout={
            "xaxis": {"title": {"text": "floor, % of today's value"}, "ticksuffix": "%"},
            "yaxis": {"title": {"text": "cost, % a year"}, "ticksuffix": "%"},
        },
        says="Least cost of each floor, a tradable ticket at every point; below zero it brings money. Percent of "
        "today's value; cost a year if rolled at the same price.",
    )
    rows = [
        [
            percent(_kept(point)),
            "-" if point["cap_pct"] is None else percent(point["cap_pct"]),
            dollars(point["cost_usd"]),
            percent(point["cost_annualised_pct"], places=2),
            ticket(point["legs"]),
        ]
        for point in points
    ]
    body = figure(shown) + warnings(answer)
    body += table(["floor", "cap", "cost", "% a year", "ticket"], rows, text=(4,))
    title = f"What a floor costs: {position['shares']:,} {inputs['ticker']} to {inputs['expiry']}"
    return [Section(title=title, body=body + foot(answer))]
