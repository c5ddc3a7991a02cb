"""A book over spot, vol and date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.report.console import dollars
from hedgekit.report.page.cube import cube
from hedgekit.report.page.document import Section
from hedgekit.report.page.parts import foot, heading, table, warnings


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the worst case, the cube and the replays."""
    grid = answer["grid"]
    shocks, dates, moves = grid["vol_shocks"], grid["dates"], grid["spot_moves"]
    still = min(range(len(shocks)), key=lambda j: abs(shocks[j]))
    relative = grid["vol_rule"] == "relative"
    sheets = [
        (
            "as they are" if shock == 0 else f"{shock:+.0%} ({'relative' if relative else 'points of vol'})",
            [[grid["pnl_usd"][d][i][j] for d in range(len(dates))] for i in reversed(range(len(moves)))],
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
    body = cube(
        "scenario",
        columns=dates,
        rows=[f"{move:+.0%}" for move in reversed(moves)],
        sheets=sheets,
        start=still,
        across="at the close of",
        down=f"move of {answer['benchmark']}",
        slider="Implied vols",
        says="Gain or loss of the book in dollars, every option priced anew at each point.",
    )
    if answer["replays"]:
        rows = [
            [str(replay.get("name") or replay.get("window")), dollars(replay["pnl_usd"], sign=True)]
            for replay in answer["replays"]
            if "pnl_usd" in replay
        ]
        if rows:
            body += heading("Recorded moves applied to this book") + table(["window", "gain or loss"], rows)
    return [Section(title="The book under scenarios", lead=lead, body=body + warnings(answer) + foot(answer))]
