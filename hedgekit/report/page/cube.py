"""A heat map of spot by date with a slider over vols: picture and table show one sheet of the same cube."""

from __future__ import annotations

import html
from collections.abc import Sequence

from hedgekit.report.console import dollars
from hedgekit.report.page.document import Figure, figure, script_json, unique
from hedgekit.report.page.parts import table


def cube(
    name: str,
    *,
    columns: Sequence[str],
    rows: Sequence[str],
    sheets: Sequence[tuple[str, Sequence[Sequence[float | None]]]],
    start: int,
    across: str,
    down: str,
    slider: str,
    says: str,
) -> str:
    """Return slider, heat map and table of a cube of dollars.

    Parameters
    ----------
    name : str
        Unique in its answer.
    columns, rows : sequence of str
        Headings across and down.
    sheets : sequence of (label, values)
        ``values[row][column]``; the slider chooses one.
    start : int
        Sheet shown first.
    across, down, slider : str
        What columns, rows and sheets are.
    says : str
        For those who do not see the picture.
    """
    values = [value for _, sheet in sheets for line in sheet for value in line if value is not None]
    most = max((abs(value) for value in values), default=1.0) or 1.0
    picture = Figure(
        name=f"{name}-map",
        data=[
            {
                "type": "heatmap",
                "x": list(columns),
                "y": list(rows),
                "z": [list(line) for line in sheets[start][1]],
                # Orange for losses and blue for gains: told apart by colour-blind readers; the table has the signs.
                "colorscale": [[0, "#b35806"], [0.25, "#f1a340"], [0.5, "#f7f7f7"], [0.75, "#67a9cf"], [1, "#2166ac"]],
                "zmin": -most,
                "zmax": most,
                "colorbar": {"tickformat": "$,.0f", "thickness": 12},
                "hovertemplate": f"{html.escape(down)} %{{y}}, %{{x}}: %{{z:$,.0f}}<extra></extra>",
            }
        ],
        layout={
            "xaxis": {"title": {"text": across}, "type": "category"},
            "yaxis": {"title": {"text": down}, "type": "category", "autorange": "reversed"},
        },
        says=says,
        height=460,
    )
    data = script_json(
        {"sheets": [{"label": label, "rows": [list(line) for line in sheet]} for label, sheet in sheets]}
    )
    plain, name = name, unique(name)
    control = (
        f'<div class="control" data-cube="{name}-data" data-table="{name}-table" data-plot="{unique(f"{plain}-map")}">'
        f'<label for="{name}-input">{html.escape(slider)}</label>'
        f'<input type="range" id="{name}-input" min="0" max="{len(sheets) - 1}" step="1" value="{start}">'
        f'<output for="{name}-input" aria-live="polite">{html.escape(sheets[start][0])}</output></div>'
        f'<script type="application/json" id="{name}-data">{data}</script>'
    )
    cells = [[row, *(dollars(v, sign=True) for v in line)] for row, line in zip(rows, sheets[start][1], strict=True)]
    return control + figure(picture) + table([down, *columns], cells, name=f"{name}-table", caption=across)
