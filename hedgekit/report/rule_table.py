"""One rule explained."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from rich.text import Text

from hedgekit.report.console import ACCENT, columns, console, drawn
from hedgekit.risk.explain import RuleResult
from hedgekit.risk.policy import toml
from hedgekit.risk.rule import MOST_USD


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
    rows = [(row["key"], _default(row), f"{row['help']}{_range(row)}") for row in result.records()]
    taken = sum(
        max([len(heading), *(len(row[at]) for row in rows)]) + 2 for at, heading in enumerate(("key", "default"))
    )
    for key, default, meaning in rows:
        first, *others = textwrap.wrap(meaning, 80 - taken) or [""]
        grid.add_row(key, default, first)
        for more in others:
            grid.add_row("", "", more)
    out.print(grid)
    out.print()
    foot = "always on; " if rule.always else ""
    foot += f"give one of {', '.join(rule.one_of)}; " if rule.one_of else ""
    foot += "also: severity, enabled, label; a breach when it cannot be computed"
    for line in textwrap.wrap(foot, 78):
        out.print(Text(f"  {line}", style="dim"))
    out.print()
    out.print("  in a policy:")
    out.print()
    for line in result.snippet().splitlines():
        out.print(Text(f"    {line}"))
    return drawn(out)


def _default(row: Mapping[str, Any]) -> str:
    """Return a key's default as the policy writes it."""
    text = "required" if row["required"] else "-" if row["default"] is None else toml(row["default"])
    return textwrap.shorten(text, 30, placeholder="...")


def _range(row: Mapping[str, Any]) -> str:
    """Say which values a key takes, where a policy could get it wrong."""
    if row["choices"]:
        return f" ({', '.join(row['choices'])})" if not all(one in row["help"] for one in row["choices"]) else ""
    if row["kind"] not in ("number", "count", "numbers", "counts") or max(abs(row["low"]), row["high"]) >= MOST_USD:
        return ""
    return f" ({row['low']:,.6g} to {row['high']:,.6g})"
