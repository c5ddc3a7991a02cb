"""One rule explained."""

from __future__ import annotations

import textwrap

from rich.text import Text

from hedgekit.report.console import ACCENT, columns, console, drawn
from hedgekit.risk.explain import RuleResult


def table(result: RuleResult, *, terminal: bool = False) -> str:
    """Return what a rule measures and the keys it takes."""
    out = console(terminal=terminal)
    rule = result.rule
    out.print(Text(f"{rule.id}: {rule.title}", style=ACCENT))
    out.print()
    for line in textwrap.wrap(rule.explain, 78):
        out.print(f"  {line}")
    out.print()
    grid = columns("key", "default", "meaning", left=(0, 1, 2))
    grid.columns[2].no_wrap = False
    for row in result.records():
        default = "required" if row["required"] else "-" if row["default"] is None else str(row["default"])
        grid.add_row(row["key"], textwrap.shorten(default, 30, placeholder="..."), row["help"])
    out.print(grid)
    out.print()
    foot = "always on; " if rule.always else ""
    foot += f"give one of {', '.join(rule.one_of)}; " if rule.one_of else ""
    out.print(Text(f"  {foot}also: severity, enabled, label; a breach when it cannot be computed", style="dim"))
    return drawn(out)
