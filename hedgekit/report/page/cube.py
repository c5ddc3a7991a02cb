"""Dollars over spot, date and vol: lines by date, a heat map and a table that one slider moves together.

All three show one sheet of the same cube, whose numbers are those of the answer's JSON.
"""

from __future__ import annotations

import html
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hedgekit.report.console import dollars
from hedgekit.report.page.document import Figure, figure, script_json, unique, with_pictures
from hedgekit.report.page.parts import GREY, level, line, table

LINES = 4
"""Dates drawn as lines at most; the heat map and the table have them all."""

TALL = 4.0
"""The picture is this many times as high as the odds drawn at its foot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """How likely the last date's spot is to end at or below each place.

    Attributes
    ----------
    says : str
        Under which measure.
    below : sequence of float
        Probabilities, one a place.
    """

    says: str
    below: Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A marked place or amount.

    Attributes
    ----------
    words : str
        Beside the line; none where it says enough.
    place, amount : float or None
        One of them: a place on the way, or dollars.
    low : bool
        Words at the foot of the picture, not at its head.
    side : str
        Where the line stands of its words, as in `level`.
    """

    words: str
    place: float | None = None
    amount: float | None = None
    low: bool = False
    side: str = "center"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cube:
    """Dollars over places, dates and sheets.

    Attributes
    ----------
    name : str
        Unique in its answer.
    dates : sequence of str
        Headings across.
    places : sequence of float
        Ascending: spots, or moves in percent.
    labels : mapping of int to str
        Place -> heading of its row in the table; places without one are drawn and not tabled.
    sheets : sequence of (label, values)
        ``values[place][date]``; the slider chooses one.
    start : int
        Sheet shown first.
    down : str
        What the places are.
    suffix : str
        After a place's number.
    slider : str
        What the sheets are.
    says : str
        What is shown, for those who do not see it.
    alone : (name, values), optional
        A line to compare with, one value a place.
    marks : sequence of Mark
    odds : Odds, optional
    """

    name: str
    dates: Sequence[str]
    places: Sequence[float]
    labels: dict[int, str]
    sheets: Sequence[tuple[str, Sequence[Sequence[float | None]]]]
    start: int
    down: str
    slider: str
    says: str
    suffix: str = ""
    alone: tuple[str, Sequence[float | None]] | None = None
    marks: Sequence[Mark] = ()
    odds: Odds | None = None


def shown(cube: Cube) -> str:
    """Return slider, lines, heat map and table as HTML."""
    name, rows = unique(cube.name), sorted(cube.labels, reverse=True)
    drawn = _drawn(len(cube.dates))
    data = script_json(
        {
            "sheets": [{"label": label, "rows": [list(row) for row in sheet]} for label, sheet in cube.sheets],
            "shown": rows,
            "lines": drawn,
        }
    )
    label, first = cube.sheets[cube.start]
    control = (
        f'<div class="control" data-cube="{name}-data" data-table="{name}-table" '
        f'data-plot="{unique(f"{cube.name}-map")}" data-lines="{unique(f"{cube.name}-lines")}">'
        f'<label for="{name}-input">{html.escape(cube.slider)}</label>'
        f'<input type="range" id="{name}-input" min="0" max="{len(cube.sheets) - 1}" step="1" value="{cube.start}" '
        f'aria-valuetext="{html.escape(label)}">'
        f'<output for="{name}-input" aria-live="polite">{html.escape(label)}</output></div>'
        f'<script type="application/json" id="{name}-data">{data}</script>'
    )
    head, cells = [cube.down, *cube.dates], [[cube.labels[i], *(dollars(v, sign=True) for v in first[i])] for i in rows]
    if cube.odds:
        head.append("chance to end below")
        cells = [[*row, f"{cube.odds.below[i]:.1%}"] for row, i in zip(cells, rows, strict=True)]
    under = table(head, cells, name=f"{name}-table", caption="Dollars, at the close of each day; of the first, now.")
    if not with_pictures():
        return under
    return control + figure(_lines(cube, drawn)) + figure(_map(cube)) + under


def _drawn(dates: int) -> list[int]:
    """Return which dates get a line: the first, the last and some between."""
    if dates <= LINES:
        return list(range(dates))
    return [round(at * (dates - 1) / (LINES - 1)) for at in range(LINES)]


def _lines(cube: Cube, drawn: Sequence[int]) -> Figure:
    _, sheet = cube.sheets[cube.start]
    hover = "%{y:+$,.0f}<extra>%{fullData.name}</extra>"
    data: list[dict[str, Any]] = []
    for at, d in enumerate(drawn):
        last = d == len(cube.dates) - 1
        name = f"{cube.dates[d]} (now)" if d == 0 else f"{cube.dates[d]} (last)" if last else cube.dates[d]
        values = [row[d] for row in sheet]
        data.append(line(name, cube.places, values, at, hover=hover, width=3.0 if last else 1.8))
    if cube.alone:
        data.append(line(cube.alone[0], cube.places, cube.alone[1], 6, hover=hover, width=1.5))
    marks = [level("", y=0.0), *(level(m.words, x=m.place, y=m.amount, low=m.low, side=m.side) for m in cube.marks)]
    layout: dict[str, Any] = {
        "xaxis": {"title": {"text": cube.down}, "ticksuffix": cube.suffix},
        "yaxis": {"title": {"text": "gain or loss"}, "tickformat": "$,.0f"},
        "hovermode": "x unified",
        "shapes": [shape for shape, _ in marks],
        "annotations": [note for _, note in marks],
        "margin": {"t": 28},
    }
    says = f"{cube.says} Lines: dates from now to the last, at the vols of the slider."
    if cube.odds:
        most, odds = _density(cube.places, cube.odds)
        data.append(odds)
        layout["yaxis2"] = {"overlaying": "y", "visible": False, "range": [0, TALL * most], "fixedrange": True}
        says += f" Grey: where the spot may end, {cube.odds.says}."
    return Figure(name=f"{cube.name}-lines", data=data, layout=layout, says=says, height=420)


def _density(places: Sequence[float], odds: Odds) -> tuple[float, dict[str, Any]]:
    """Return the odds as a shaded area: probability per unit between neighbouring places, and the highest."""
    steps = list(zip(itertools.pairwise(places), itertools.pairwise(odds.below), strict=True))
    middles = [(low + high) / 2 for (low, high), _ in steps]
    dense = [max(q - p, 0.0) / (high - low) for (low, high), (p, q) in steps]
    chance = [f"{(p + q) / 2:.1%} end below" for _, (p, q) in steps]
    trace = {
        "type": "scatter",
        "mode": "lines",
        "name": "odds at the end",
        "x": middles,
        "y": dense,
        "yaxis": "y2",
        "text": chance,
        "line": {"width": 0, "shape": "spline"},
        "fill": "tozeroy",
        "fillcolor": "rgba(138,138,138,0.25)",
        "hovertemplate": "%{text}<extra></extra>",
    }
    return max(dense) or 1.0, trace


def _map(cube: Cube) -> Figure:
    values = [value for _, sheet in cube.sheets for row in sheet for value in row if value is not None]
    most = max((abs(value) for value in values), default=1.0) or 1.0
    return Figure(
        name=f"{cube.name}-map",
        data=[
            {
                "type": "heatmap",
                "x": list(cube.dates),
                "y": list(cube.places),
                "z": [list(row) for row in cube.sheets[cube.start][1]],
                # Orange for losses and blue for gains: told apart by colour-blind readers; the table has the signs.
                "colorscale": [[0, "#b35806"], [0.25, "#f1a340"], [0.5, "#f7f7f7"], [0.75, "#67a9cf"], [1, "#2166ac"]],
                "zmin": -most,
                "zmax": most,
                "colorbar": {"tickformat": "$,.0f", "thickness": 12},
                "hovertemplate": f"{html.escape(cube.down)} %{{y}}{html.escape(cube.suffix)}, %{{x}}: "
                "%{z:$,.0f}<extra></extra>",
            }
        ],
        layout={
            "xaxis": {"title": {"text": "at the close of"}, "type": "category"},
            "yaxis": {"title": {"text": cube.down}, "ticksuffix": cube.suffix},
            "shapes": [_across(mark.place) for mark in cube.marks if mark.place is not None and mark.words],
        },
        says=f"{cube.says} Heat map: blue gains, orange losses.",
        height=400,
    )


def _across(place: float) -> dict[str, Any]:
    """Return a dotted line over the map at a marked place."""
    stroke = {"color": GREY, "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": place, "y1": place, "line": stroke}
