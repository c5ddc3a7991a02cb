"""A rotation: what to buy, keep and sell, and the ranking behind it."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from hedgekit.report.console import percent
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import PALETTE, foot, level, table, warnings


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the trades and the ranking."""
    trades = [f"{word} {', '.join(answer[word])}" for word in ("buy", "sell") if answer[word]]
    lead = f"{'; '.join(trades) or 'No trade'}. Hold {', '.join(answer['hold']) or 'nothing'}."
    ranking = answer["ranking"]
    rows = [
        [
            row["ticker"],
            "-" if row["rank"] is None else str(row["rank"]),
            percent(row["strength_percent"], sign=True),
            "held" if row["held"] else "-",
            row["action"],
            row["why"],
        ]
        for row in ranking
    ]
    head = ["sector", "rank", f"against {answer['benchmark']}", "held", "action", "why"]
    body = figure(_bars(answer)) + warnings(answer) + table(head, rows, text=(0, 3, 4, 5))
    return [
        Section(title=f"Rotation as of {answer['asof']}", lead=lead[:1].upper() + lead[1:], body=body + foot(answer))
    ]


def _bars(answer: Mapping[str, Any]) -> Figure:
    known = [row for row in answer["ranking"] if row["strength_percent"] is not None]
    colours = {"buy": PALETTE[2], "keep": PALETTE[0], "sell": PALETTE[1]}
    shape, note = level("", x=0.0)
    return Figure(
        name="strength",
        data=[
            {
                "type": "bar",
                "orientation": "h",
                "x": [row["strength_percent"] for row in known],
                # Colour is not alone: each bar says its action.
                "y": [html.escape(row["ticker"]) for row in known],
                "text": ["" if row["action"] == "none" else row["action"] for row in known],
                "marker": {"color": [colours.get(row["action"], PALETTE[6]) for row in known]},
                "hovertemplate": "%{y}: %{x:+.1f}%<extra></extra>",
            }
        ],
        layout={
            "xaxis": {"title": {"text": f"return above {answer['benchmark']}"}, "ticksuffix": "%"},
            "yaxis": {"autorange": "reversed", "type": "category"},
            "shapes": [shape],
            "annotations": [note],
            "showlegend": False,
        },
        says=f"Return of each sector above that of {answer['benchmark']}, strongest first.",
        height=110 + 30 * len(known),
    )
