"""A book over spot, vol and date, and along recorded moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.report.console import dollars
from hedgekit.report.page.cube import Cube, Mark
from hedgekit.report.page.cube import shown as drawn
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import foot, line, table, warnings
from hedgekit.report.page.rolls import rolled


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the worst case, the cube and the replays."""
    grid = answer["grid"]
    shocks, dates, moves = grid["vol_shocks"], grid["dates"], grid["spot_moves"]
    still = min(range(len(shocks)), key=lambda j: abs(shocks[j]))
    relative = grid["vol_rule"] == "relative"
    sheets = [
        (
            "as they are" if shock == 0 else f"{shock:+.0%} ({'relative' if relative else 'points of vol'})",
            [[grid["pnl_usd"][d][i][j] for d in range(len(dates))] for i in range(len(moves))],
        )
        for j, shock in enumerate(shocks)
    ]
    worst = grid["worst"]
    lead = "a line of the book could not be valued: no worst case can be told"
    if worst:
        lead = (
            f"Worst of the grid: {dollars(worst['pnl_usd'], sign=True)} with {answer['benchmark']} "
            f"{worst['spot_move']:+.0%} and vols {worst['vol_shock']:+.0%} on {worst['date']}"
        )
    cube = Cube(
        name="scenario",
        dates=dates,
        places=[units.percent(move) for move in moves],
        labels={i: f"{move:+.0%}" for i, move in enumerate(moves)},
        sheets=sheets,
        start=still,
        down=f"move of {answer['benchmark']}",
        suffix="%",
        slider="Implied vols",
        says="Gain or loss of the book in dollars, every option priced anew at each point.",
        marks=[Mark(words="now", place=0.0)],
    )
    body = drawn(cube)
    shown = [Section(title="The book under scenarios", lead=lead, body=body + warnings(answer) + foot(answer))]
    if answer["replays"]:
        shown.append(replayed(answer, "the book"))
    return [*shown, *rolled(answer)]


def replayed(answer: Mapping[str, Any], what: str) -> Section:
    """Return recorded market moves applied to a position, drawn and tabled; beside the shares alone where told."""
    data, rows = [], []
    beside = any("unhedged_usd" in found for found in answer["replays"])
    for at, found in enumerate(answer["replays"]):
        days = list(range(1, len(found["dates"]) + 1))
        hover = "session %{x}: %{y:$,.0f}<extra>%{fullData.name}</extra>"
        data.append(line(found["name"], days, found["pnl_usd"], at, hover=hover))
        worst = found["worst"]
        rows.append(
            [
                found["name"],
                f"{found['start']} to {found['end']}",
                "unknown" if worst is None else dollars(worst["pnl_usd"], sign=True),
                *([dollars(found.get("unhedged_worst_usd"), sign=True)] if beside else []),
                "-" if worst is None else str(worst["date"]),
                "-" if worst is None else dollars(worst["exit_usd"]),
                "unknown" if found["end_pnl_usd"] is None else dollars(found["end_pnl_usd"], sign=True),
                *([dollars(found.get("unhedged_end_usd"), sign=True)] if beside else []),
            ]
        )
    picture = Figure(
        name="replays",
        data=data,
        layout={
            "xaxis": {"title": {"text": "sessions since the start"}},
            "yaxis": {"title": {"text": f"P/L of {what}"}, "tickformat": "$,.0f"},
        },
        says=f"P/L of {what} along recorded market moves, day by day.",
    )
    alone = ["shares alone"] if beside else []
    head = ["replay", "window", "worst P/L", *alone, "on", "exit cost then", "P/L at the end", *alone]
    return Section(title="Recorded market moves", body=figure(picture) + table(head, rows))
