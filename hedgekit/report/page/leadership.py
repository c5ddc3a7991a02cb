"""Leadership: the state, every indicator, and how they came to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import foot, level, line, table, warnings

DRAWN = ("mansfield", "relative_strength_trend", "breadth_above_average", "sector_participation", "new_highs_less_lows")

MARKS = {"leading": "+", "lagging": "-", "neutral": "=", "unknown": "?"}


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the panel."""
    words = {"leading": "leads", "lagging": "lags", "neutral": "neither leads nor lags"}
    verb = words.get(answer["state"], "cannot be said to lead or lag")
    lead = f"{answer['leader']} {verb} {answer['benchmark']}"
    lead += f" since {answer['since']}" if answer["since"] else ""
    rows = [
        [
            f"{MARKS[i['verdict']]} {i['name'].replace('_', ' ')}",
            "-" if i["value"] is None else f"{i['value']:+.1f}",
            i["unit"] or "-",
            i["asof"] or "-",
            i["verdict"] if i["votes"] or i["verdict"] == "unknown" else f"{i['verdict']} (no vote)",
            i["sentence"],
        ]
        for i in answer["indicators"]
    ]
    body = table(
        ["indicator", "value", "unit", "as of", "verdict", ""], rows, text=(0, 2, 4, 5), stack=True
    ) + warnings(answer)
    body += "".join(figure(_drawn(name, answer)) for name in DRAWN if name in answer["series"])
    return [Section(title=f"Leadership as of {answer['asof']}", lead=lead, body=body + foot(answer))]


def _drawn(name: str, answer: Mapping[str, Any]) -> Figure:
    series = answer["series"][name]
    share = name in ("breadth_above_average", "sector_participation")
    marks = [level("leading above 60%", y=60.0), level("lagging below 40%", y=40.0)] if share else [level("", y=0.0)]
    title = name.replace("_", " ")
    return Figure(
        name=f"series-{name}",
        data=[line(title, series["date"], series["value"], 0, hover="%{x}: %{y:.1f}%<extra></extra>")],
        layout={
            "yaxis": {"title": {"text": "percent"}, "ticksuffix": "%"},
            "showlegend": False,
            "shapes": [shape for shape, _ in marks],
            "annotations": [note for _, note in marks],
        },
        says=f"{title.capitalize()} by day.",
        height=240,
    )
