"""The record as a page: one section a chapter, promised probabilities drawn against what happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.record.chapter import Column
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import DASHES, GREY, PALETTE, foot, heading, paragraph, table, warnings
from hedgekit.report.record_table import shown

RELIABILITY = frozenset({"measure", "promised", "happened", "happened_low", "happened_high"})
"""Columns of a table that is drawn: share promised against share that came true."""


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return one section a chapter."""
    made = []
    for at, chapter in enumerate(answer["chapters"]):
        body = ""
        for one in chapter["tables"]:
            if not one["rows"]:
                continue
            heads = [Column(**column) for column in one["columns"]]
            cells = [[shown(row[head.name], head) for head in heads] for row in one["rows"]]
            text = tuple(i for i, head in enumerate(heads) if head.kind == "text")
            body += heading(one["title"])
            if {head.name for head in heads} >= RELIABILITY | {"from"}:
                body += figure(_reliability(f"{chapter['name']}-reliability", one["rows"]))
            body += table([head.heading for head in heads], cells, text=text)
        body += "".join(paragraph(limit) for limit in chapter["limits"])
        if at == len(answer["chapters"]) - 1:
            body += warnings(answer) + foot(answer)
        made.append(Section(title=chapter["title"], lead=chapter["answer"], body=body))
    return made


def _reliability(name: str, rows: list[Mapping[str, Any]]) -> Figure:
    """Draw each range of promised probability with the interval of what happened; the diagonal is a kept promise."""
    data: list[dict[str, Any]] = [
        {
            "type": "scatter", "mode": "lines", "name": "as promised", "x": [0, 100], "y": [0, 100],
            "line": {"color": GREY, "dash": "dot"}, "hoverinfo": "skip",
        }
    ]  # fmt: skip
    for at, measure in enumerate(dict.fromkeys(row["measure"] for row in rows)):
        own = [row for row in rows if row["measure"] == measure]
        share = [units.percent(row["happened"]) for row in own]
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": measure,
                "x": [units.percent(row["promised"]) for row in own],
                "y": share,
                "error_y": {
                    "type": "data",
                    "symmetric": False,
                    "array": [units.percent(row["happened_high"] - row["happened"]) for row in own],
                    "arrayminus": [units.percent(row["happened"] - row["happened_low"]) for row in own],
                    "thickness": 1,
                },
                "line": {"color": PALETTE[at], "dash": DASHES[at]},
                "marker": {"symbol": at, "size": 7},
            }
        )
    return Figure(
        name=name,
        data=data,
        layout={
            "xaxis": {"title": {"text": "promised"}, "ticksuffix": "%", "range": [0, 100]},
            "yaxis": {"title": {"text": "happened"}, "ticksuffix": "%", "range": [0, 100]},
        },
        says="Share promised and share that came true, range by range, with its 95% interval; on the dotted line a "
        "promise is kept to the letter.",
        height=420,
    )
