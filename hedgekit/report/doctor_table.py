"""The installation's checks for a terminal."""

from __future__ import annotations

from hedgekit.diagnosis import DoctorResult
from hedgekit.report.console import columns, console, drawn

MARKS = {True: "ok", False: "FAILS", None: ""}


def table(result: DoctorResult, *, terminal: bool = False) -> str:
    """Return the checks as text, the verdict last."""
    out = console(terminal=terminal)
    grid = columns("check", "", "found", left=(0, 1, 2))
    grid.columns[2].no_wrap = False
    for check in result.checks:
        grid.add_row(check.name, MARKS[check.ok], check.value)
    out.print(grid)
    out.print()
    out.print("sound" if result.sound else "NOT SOUND: see the checks that fail")
    return drawn(out)
