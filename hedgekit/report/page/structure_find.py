"""The best structures of a chain for a view: what each can lose and is worth, under the view and the market."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from hedgekit import units
from hedgekit.report.console import dollars, number, percent
from hedgekit.report.order_words import ticket
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import PALETTE, foot, paragraph, table, warnings


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the ranking, drawn and tabled."""
    inputs, found = answer["inputs"], answer["found"]
    view = inputs["view"]
    where = f"{view['low']:g} or above" if view["high"] is None else f"{view['low']:g} to {view['high']:g}"
    lead = found[0]["pays"] if found else answer["why"]
    body = (figure(_points(found)) if found else "") + warnings(answer)
    rows = [
        [
            one["name"],
            ticket(one["legs"]),
            dollars(one["net_premium_usd"], sign=True),
            dollars(one["max_loss_usd"]),
            "no limit" if one["max_gain_usd"] is None else dollars(one["max_gain_usd"]),
            dollars(one["expected_value_usd"], sign=True),
            number(one["value_per_loss"]),
            _share(one["profit_probability"]),
            dollars(one["market_value_usd"], sign=True),
            _share(one["market_profit_probability"]),
            number(one["displayed"], 0),
        ]
        for one in found
    ]
    head = ["", "legs", "premium", "loss", "gain", "value", "per $", "chance", "market value", "chance", "displayed"]
    caption = "Value, per $ at risk and chance: under the view, then under the market's own prices. At the touch."
    if rows:
        body += table(head, rows, caption=caption, text=(0, 1), chosen=0)
    body += paragraph(f"View: {answer['view']}.", kind="foot") + paragraph(f"Market: {answer['market']}.", kind="foot")
    title = f"{inputs['ticker']} {inputs['spot']:.2f}: structures for {where} by {inputs['expiry']}"
    return [Section(title=title, lead=lead, body=body + foot(answer))]


def _points(found: Sequence[Mapping[str, Any]]) -> Figure:
    return Figure(
        name="found",
        data=[
            {
                "type": "scatter",
                "mode": "markers",
                "x": [units.percent(one["profit_probability"]) for one in found],
                "y": [one["value_per_loss"] for one in found],
                "text": [html.escape(f"{one['name']}: {ticket(one['legs'])}") for one in found],
                "marker": {
                    "size": 12,
                    "color": PALETTE[0],
                    "symbol": ["diamond" if at == 0 else "circle" for at in range(len(found))],
                },
                "hovertemplate": "%{text}<br>chance %{x:.0f}%, %{y:.2f} per $ at risk<extra></extra>",
            }
        ],
        layout={
            "xaxis": {"title": {"text": "chance of a profit under the view"}, "ticksuffix": "%"},
            "yaxis": {"title": {"text": "expected profit per $ at risk"}},
            "showlegend": False,
        },
        says="Every structure found: chance of a profit and expected profit per dollar at risk, under the view; the "
        "diamond is the best.",
        height=320,
    )


def _share(value: float | None) -> str:
    return percent(None if value is None else units.percent(value), places=0)
