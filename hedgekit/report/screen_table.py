"""The screen for a terminal: who passes, who cannot be judged, what failed where."""

from __future__ import annotations

import textwrap

from rich.text import Text

from hedgekit.leadership.screen.screening import ScreenResult
from hedgekit.report.console import ACCENT, columns, console, drawn, warning_lines

MOST_ROWS = 60
"""Tickers a list shows; JSON and CSV hold them all."""


def table(result: ScreenResult, *, terminal: bool = False) -> str:
    """Return the passes, the unknowns and the counts as text."""
    out = console(terminal=terminal)
    by = {word: [row for row in result.screened if row.verdict == word] for word in ("pass", "unknown", "fail")}
    out.print(
        Text(
            f"{len(by['pass'])} of {len(result.screened)} pass all {len(result.rules)} rules; "
            f"{len(by['unknown'])} cannot be judged, {len(by['fail'])} fail",
            style=ACCENT,
        )
    )
    out.print()
    for row in by["pass"][:MOST_ROWS]:
        out.print(f"+ {row.ticker}{f' ({row.sector})' if row.sector else ''}")
        for line in textwrap.wrap("; ".join(a.why for a in row.answers.values()), 76):
            out.print(f"    {line}")
    if len(by["pass"]) > MOST_ROWS:
        out.print(f"  ... and {len(by['pass']) - MOST_ROWS} more: --format csv")
    for row in by["unknown"][:MOST_ROWS]:
        reasons = "; ".join(f"{rule}: {a.why}" for rule, a in row.answers.items() if a.passed is None)
        for line in textwrap.wrap(f"? {row.ticker}: {reasons}", 78, subsequent_indent="    "):
            out.print(line)
    if len(by["unknown"]) > MOST_ROWS:
        out.print(f"  ... and {len(by['unknown']) - MOST_ROWS} more that cannot be judged: --format csv")
    if by["pass"] or by["unknown"]:
        out.print()
    grid = columns("rule", "pass", "fail", "unknown", "parameters", left=(0, 4))
    passed, failed, unknown = result.count(True), result.count(False), result.count(None)
    for rule, values in result.rules.items():
        grid.add_row(
            rule.replace("_", " "),
            f"{passed[rule]:,}",
            f"{failed[rule]:,}",
            f"{unknown[rule]:,}",
            ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in values.items()),
        )
    out.print(grid)
    out.print()
    inputs = result.inputs
    foot = f"{inputs['source']} sha256 {inputs['source_sha256'][:8]}"
    if inputs["prices"]:
        foot += f"; prices {inputs['prices']} to {inputs['asof']}, index {inputs['index']}"
    for text in [f"{foot}; hedgekit {inputs['version']}", *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)
