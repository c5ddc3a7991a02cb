"""All pairs of many tickers: which are found, with false discoveries under control."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.report.console import chance_count, half_life, number
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import PALETTE, foot, level, table, warnings

CAPTION = (
    "By chance: pairs that look as good in a scan of this size without any cointegrated one, on average. Half-lives of "
    "found pairs are median-unbiased with their 95% interval, allowing for having been picked; the others may never "
    "revert."
)


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the pairs, least p-value first."""
    rate = answer["rate"]
    false = f" (expected false: at most {chance_count(answer['expected_false'])})" if answer["discoveries"] else ""
    lead = (
        f"{answer['discoveries']:,} of {answer['tested']:,} pairs found at a false-discovery rate of "
        f"{units.percent(rate):g}%{false}; {answer['below_5pct']:,} have p below 5%; were no pair cointegrated, "
        f"{answer['expected_by_chance']:.0f} would on average, and up to {answer['most_by_chance']:.0f} in 19 scans of "
        "20"
    )
    pairs = answer["pairs"]
    rows = [
        [
            f"{row['y']} on {row['x']}",
            "found" if row["discovery"] else "-",
            chance_count(row["by_chance"]),
            number(row["q"], 4),
            number(row["statistic"]),
            half_life(row["half_life_days"], row["half_life_low"], row["half_life_high"]),
            number(row["elasticity"], 3),
            f"{row['days']:,}",
        ]
        for row in pairs
    ]
    body = (figure(_points(answer)) if pairs else "") + warnings(answer)
    head = [
        "pair",
        "",
        "by chance",
        "q",
        "statistic",
        "half-life, trading days",
        "dollars of x per dollar of y",
        "days",
    ]
    body += table(head, rows, text=(0, 1), caption=CAPTION)
    title = f"Pairs among {answer['tickers']:,} tickers to {answer['inputs']['asof']}"
    return [Section(title=title, lead=lead, body=body + foot(answer))]


def _points(answer: Mapping[str, Any]) -> Figure:
    data = []
    kinds = (("not found", "circle-open", False, "at least"), ("found", "diamond", True, "half-life"))
    for at, (name, symbol, found, word) in enumerate(kinds):
        mine = [row for row in answer["pairs"] if row["discovery"] is found and row["half_life_low"] is not None]
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": [row["half_life_low"] if row["half_life_days"] is None else row["half_life_days"] for row in mine],
                "y": [row["q"] for row in mine],
                "text": [html.escape(f"{row['y']} on {row['x']}") for row in mine],
                "marker": {"symbol": symbol, "size": 9, "color": PALETTE[at]},
                "hovertemplate": f"%{{text}}: q %{{y:.4f}}, {word} %{{x:.1f}} days<extra></extra>",
            }
        )
    shape, note = level(f"q {answer['rate']:g}", y=answer["rate"])
    return Figure(
        name="pairs",
        data=data,
        layout={
            "xaxis": {"title": {"text": "half-life, trading days"}},
            "yaxis": {"title": {"text": "q: p corrected for all pairs"}},
            "shapes": [shape],
            "annotations": [note],
        },
        says="Every pair shown by half-life, those not found by the least it can be, and by its p-value corrected for "
        "all pairs tested.",
        height=340,
    )
