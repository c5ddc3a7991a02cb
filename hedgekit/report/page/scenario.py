"""A book under scenarios: P/L against the move for each date and vol, the replays day by day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.report.console import dollars
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import foot, line, paragraph, table, warnings


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the grid, and the replays when there are any."""
    shown = [_grid(answer)]
    if answer["replays"]:
        shown.append(_replays(answer))
    return shown


def _grid(answer: Mapping[str, Any]) -> Section:
    grid, name = answer["grid"], answer["benchmark"]
    moves = [units.percent(move) for move in grid["spot_moves"]]
    shocks = [_shock(shock, grid["vol_rule"]) for shock in grid["vol_shocks"]]
    data = [
        line(
            f"{day}, vols {shock}",
            moves,
            [row[j] for row in grid["pnl_usd"][d]],
            d * len(shocks) + j,
            hover=f"{name} %{{x:+.1f}}%: %{{y:$,.0f}}<extra>%{{fullData.name}}</extra>",
        )
        for d, day in enumerate(grid["dates"])
        for j, shock in enumerate(shocks)
    ]
    drawn = Figure(
        name="scenario",
        data=data,
        layout={
            "xaxis": {"title": {"text": f"move of {name}, %"}, "ticksuffix": "%"},
            "yaxis": {"title": {"text": "P/L of the book, dollars"}, "tickprefix": "$", "tickformat": ",.0f"},
        },
        says=f"P/L of the book against the move of {name}, one line a date and vol shock; full American revaluation.",
    )
    body = figure(drawn) + warnings(answer)
    worst = grid["worst"]
    if worst is not None:
        body += paragraph(
            f"Worst point: {dollars(worst['pnl_usd'], sign=True)} with {name} {units.percent(worst['spot_move']):+.1f}%"
            f", vols {_shock(worst['vol_shock'], grid['vol_rule'])}, on {worst['date']}."
        )
    for d, day in enumerate(grid["dates"]):
        rows = [
            [f"{name} {move:+.1f}%", *(dollars(value, sign=True) for value in grid["pnl_usd"][d][i])]
            for i, move in enumerate(moves)
        ]
        body += table(["P/L", *(f"vols {shock}" for shock in shocks)], rows, caption=str(day))
    title = f"The book over spot, vol and date: {dollars(answer['book']['net_usd'])} net"
    return Section(title=title, body=body + foot(answer))


def _replays(answer: Mapping[str, Any]) -> Section:
    data, rows = [], []
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
                "-" if worst is None else str(worst["date"]),
                "-" if worst is None else dollars(worst["exit_usd"]),
                "unknown" if found["end_pnl_usd"] is None else dollars(found["end_pnl_usd"], sign=True),
            ]
        )
    drawn = Figure(
        name="replays",
        data=data,
        layout={
            "xaxis": {"title": {"text": "sessions since the start of the window"}},
            "yaxis": {"title": {"text": "P/L of the book, dollars"}, "tickprefix": "$", "tickformat": ",.0f"},
        },
        says="P/L of today's book along recorded market moves, day by day.",
    )
    body = figure(drawn) + table(["replay", "window", "worst P/L", "on", "exit cost then", "P/L at the end"], rows)
    return Section(title="Recorded market moves", body=body)


def _shock(shock: float, rule: str) -> str:
    if not shock:
        return "as now"
    number = units.percent(shock)
    return f"{number:+.0f}%" if rule == "relative" else f"{number:+.1f} points"
