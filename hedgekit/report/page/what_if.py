"""The recommended hedge before expiry: lines by date, and spot by date with a vol slider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.report.page.cube import cube
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import foot, level, line, warnings

EVERY = 2
"""Of the spots of the cube every second has a row in the table."""


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the lines and the cube."""
    shocks, dates, moves = answer["vol_shocks"], answer["dates"], answer["spot_moves"]
    still = min(range(len(shocks)), key=lambda j: abs(shocks[j]))
    rows = [i for i in range(len(moves)) if i % EVERY == moves.index(0.0) % EVERY]
    sheets = [
        (
            _shock(shock),
            [[answer["pnl_usd"][d][i][j] for d in range(len(dates))] for i in reversed(rows)],
        )
        for j, shock in enumerate(shocks)
    ]
    body = figure(_lines(answer, still)) + cube(
        "what-if",
        columns=dates,
        rows=[f"{answer['spot'] * (1 + moves[i]):.2f} ({moves[i]:+.0%})" for i in reversed(rows)],
        sheets=sheets,
        start=still,
        across="at the close of",
        down="spot",
        slider="Implied vols",
        says="Gain or loss of the hedged position against today's value of the shares, after the cost of the hedge.",
    )
    return [Section(title=f"What if: {answer['name']}", body=body + warnings(answer) + foot(answer))]


def _lines(answer: Mapping[str, Any], still: int) -> Figure:
    """Return gain or loss against the spot on each date, vols as they are."""
    value = answer["value_usd"]
    spots = [answer["spot"] * (1 + move) for move in answer["spot_moves"]]
    hover = "spot %{x:.2f}: %{y:+.1f}%<extra>%{fullData.name}</extra>"
    alone = [units.percent(x / value) for x in answer["unhedged_usd"]]
    data = [line("shares alone", spots, alone, 6, hover=hover, width=1.5)]
    for d, day in enumerate(answer["dates"]):
        name = f"{day} (now)" if d == 0 else f"{day} (expiry)" if d == len(answer["dates"]) - 1 else str(day)
        left = [None if row[still] is None else units.percent(row[still] / value) for row in answer["pnl_usd"][d]]
        data.append(line(name, spots, left, d, hover=hover))
    shape, note = level(f"today {answer['spot']:.2f}", x=answer["spot"])
    return Figure(
        name="by-date",
        data=data,
        layout={
            "xaxis": {"title": {"text": "spot, dollars a share"}},
            "yaxis": {"title": {"text": "gain or loss, % of today's value"}, "ticksuffix": "%"},
            "shapes": [shape],
            "annotations": [note],
            "margin": {"t": 28},
        },
        says="Gain or loss of the hedged position against the spot, on dates from now to expiry, vols unchanged.",
    )


def _shock(shock: float) -> str:
    return "as they are" if shock == 0 else f"{shock:+.0%} (relative)"
