"""Hedge ratios: every estimator with its interval and what it removed out of sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.report.console import number
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import PALETTE, foot, table, warnings


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the estimators, drawn and tabled."""
    inputs = answer["inputs"]
    rows = [row for row in answer["estimators"] if row["dollar_ratio"] is not None]
    chosen = next((at for at, row in enumerate(rows) if row["name"] == answer["recommended"]), None)
    cells = [
        [
            row["label"],
            number(row["dollar_ratio"]),
            _interval(row["dollar_ci95"]),
            number(row["share_ratio"], 4),
            number(row["effectiveness"], 3),
            _interval(row["effectiveness_ci95"], 3),
        ]
        for row in rows
    ]
    head = [
        "estimator",
        f"$ {inputs['short']} per $ {inputs['long']}",
        "95% interval",
        f"{inputs['short']} shares a share",
        "variance removed",
        "95% interval",
    ]
    body = figure(_drawn(rows, inputs)) + warnings(answer)
    body += table(head, cells, caption="Variance removed out of sample: 1 is all of it.", chosen=chosen)
    lead = ""
    if chosen is not None:
        best = rows[chosen]
        lead = (
            f"Recommended: {best['label']}, {best['dollar_ratio']:.2f} dollars of {inputs['short']} for each dollar "
            f"of {inputs['long']}"
        )
    title = f"{inputs['long']} against {inputs['short']} to {inputs['asof']}"
    return [Section(title=title, lead=lead, body=body + foot(answer))]


def _drawn(rows: list[Mapping[str, Any]], inputs: Mapping[str, Any]) -> Figure:
    names = [row["label"] for row in rows]
    above, below = [], []
    for row in rows:
        low, high = row["dollar_ci95"] or (row["dollar_ratio"], row["dollar_ratio"])
        above.append(max(high - row["dollar_ratio"], 0.0))
        below.append(max(row["dollar_ratio"] - low, 0.0))
    return Figure(
        name="ratios",
        data=[
            {
                "type": "scatter",
                "mode": "markers",
                "x": [row["dollar_ratio"] for row in rows],
                "y": names,
                "error_x": {"type": "data", "symmetric": False, "array": above, "arrayminus": below},
                "marker": {"size": 10, "color": PALETTE[0]},
                "hovertemplate": "%{y}: %{x:.3f}<extra></extra>",
            }
        ],
        layout={
            "xaxis": {"title": {"text": f"dollars of {inputs['short']} per dollar of {inputs['long']}"}},
            "yaxis": {"autorange": "reversed"},
            "margin": {"l": 150},
            "showlegend": False,
        },
        says="Every estimator's dollar ratio with its 95% interval; without one it is a choice, not an estimate.",
        height=90 + 28 * len(rows),
    )


def _interval(ends: list[float] | None, places: int = 2) -> str:
    return "-" if not ends else f"{ends[0]:.{places}f} to {ends[1]:.{places}f}"
