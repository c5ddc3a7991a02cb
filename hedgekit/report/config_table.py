"""What is configured, for a terminal."""

from __future__ import annotations

from hedgekit.report.console import columns, console, drawn, warning_lines
from hedgekit.settings import ConfigResult


def table(result: ConfigResult, *, terminal: bool = False) -> str:
    """Return the settings as text, and the files looked for below them."""
    out = console(terminal=terminal)
    if result.settings:
        grid = columns("command", "option", "value", "from", left=(0, 1, 2, 3))
        for command, option, setting in result.settings:
            value = "-" if setting.value is None else str(setting.value)
            grid.add_row(command, f"--{option.replace('_', '-')}", value, setting.source)
        out.print(grid)
    else:
        out.print("nothing is configured: every option has its default")
    out.print()
    for path, found in result.files:
        out.print(f"{'read' if found else 'not there'}: {path}", soft_wrap=True)
    for line in warning_lines(result.warnings):
        out.print(line, soft_wrap=True)
    return drawn(out)
