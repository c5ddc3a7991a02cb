"""All pairs of many tickers: which are found, with false discoveries under control."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.report.console import number
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import PALETTE, foot, level, table, warnings


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the pairs, least p-value first."""
    rate = answer["rate"]
    lead = (
        f"{answer['discoveries']:,} of {answer['tested']:,} pairs found, at most {units.percent(rate):g}% of them "
        f"expected false; {answer['below_5pct']:,} have p below 5%, chance alone gives "
        f"{answer['expected_by_chance']:.0f}"
    )
    pairs = answer["pairs"]
    rows = [
        [
            f"{row['y']} on {row['x']}",
            "found" if row["discovery"] else "-",
            number(row["pvalue"], 4),
            number(row["q"], 4),
            number(row["statistic"]),
            number(row["half_life_days"], 1),
            number(row["elasticity"], 3),
            f"{row['days']:,}",
        ]
        for row in pairs
    ]
    body = (figure(_points(answer)) if pairs else "") + warnings(answer)
    body += table(["pair", "", "p", "q", "statistic", "half-life, days", "elasticity", "days"], rows, text=(0, 1))
    title = f"Pairs among {answer['tickers']:,} tickers to {answer['inputs']['asof']}"
    return [Section(title=title, lead=lead, body=body + foot(answer))]


def _points(answer: Mapping[str, Any]) -> Figure:
    pairs = [row for row in answer["pairs"] if row["half_life_days"] is not None]
    data = []
    for at, (name, symbol, found) in enumerate((("not found", "circle-open", False), ("found", "diamond", True))):
        mine = [row for row in pairs if row["discovery"] is found]
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": [row["half_life_days"] for row in mine],
                "y": [row["q"] for row in mine],
                "text": [html.escape(f"{row['y']} on {row['x']}") for row in mine],
                "marker": {"symbol": symbol, "size": 9, "color": PALETTE[at]},
                "hovertemplate": "%{text}: q %{y:.4f}, half-life %{x:.1f} days<extra></extra>",
            }
        )
    shape, note = level(f"q {answer['rate']:g}", y=answer["rate"])
    return Figure(
        name="pairs",
        data=data,
        layout={
            "xaxis": {"title": {"text": "half-life, days"}},
            "yaxis": {"title": {"text": "q: p corrected for all pairs"}},
            "shapes": [shape],
            "annotations": [note],
        },
        says="Every pair shown by half-life and by its p-value corrected for all pairs tested.",
        height=340,
    )
