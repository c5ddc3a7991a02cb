"""An enriched history for a terminal."""

from __future__ import annotations

import textwrap

from rich.text import Text

from hedgekit.report.console import ACCENT, columns, console, drawn, warning_lines
from hedgekit.scale.history import HistoryResult

SHOWN = 12


def table(result: HistoryResult, *, terminal: bool = False) -> str:
    """Return what was done and what was not, then the counts by underlying."""
    out = console(terminal=terminal)
    run, failures = result.run, result.failures
    head = f"{len(run.entries):,} partitions, {result.quotes:,} quotes"
    out.print(Text(f"{head}: {run.done:,} done now, {run.kept:,} kept", style=ACCENT))
    if failures:
        out.print(Text(f"{len(failures):,} NOT DONE", style="bold red"))
        for failure in failures[:SHOWN]:
            for i, line in enumerate(textwrap.wrap(f"{failure.key}: {failure.reason}", 76)):
                out.print(Text(f"  {'x' if i == 0 else ' '} {line}", style="bold"))
        if len(failures) > SHOWN:
            out.print(f"  and {len(failures) - SHOWN:,} more: --format json")
    out.print()
    rows: dict[str, list[dict[str, object]]] = {}
    for entry in run.entries:
        rows.setdefault(entry.facts["ticker"], []).append(entry.facts)
    if rows:
        grid = columns("underlying", "days", "first", "last", "quotes", "flagged", "without vol")
        for ticker, facts in sorted(rows.items())[:SHOWN]:
            days = sorted(str(fact["date"]) for fact in facts)
            totals = [sum(int(str(fact[name])) for fact in facts) for name in ("quotes", "flagged", "without_vol")]
            grid.add_row(ticker, f"{len(days):,}", days[0], days[-1], *(f"{total:,}" for total in totals))
        out.print(grid)
        if len(rows) > SHOWN:
            out.print(f"and {len(rows) - SHOWN:,} more underlyings: --format json")
        out.print()
    for text in [*_footer(result), *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def _footer(result: HistoryResult) -> list[str]:
    given = result.inputs
    rate = "each chain's own rate" if given["rate"] is None else f"rate {given['rate']}"
    dividends = "each chain's implied yield" if given["dividends"] is None else f"dividends {given['dividends']}"
    return [
        f"in {result.out}",
        "without vol: a mid that no vol explains, no two-sided quote, or expired; every quote is in the file, flagged",
        f"{rate}, {dividends}; schema {given['schema']}, columns in docs/history.md; hedgekit {given['version']}",
    ]
