"""The verdicts on many accounts for a terminal."""

from __future__ import annotations

import textwrap

from rich.text import Text

from hedgekit import units
from hedgekit.report.console import columns, console, drawn, warning_lines
from hedgekit.scale.accounts import BooksResult

SHOWN_UNREAD, SHOWN_BREACHED = 12, 8


def table(result: BooksResult, *, terminal: bool = False) -> str:
    """Return the counts, what could not be read, each rule's count and the accounts with most breaches."""
    out = console(terminal=terminal)
    inputs = result.inputs
    bad = result.breached_count or result.unread
    if result.breached_count:
        head = f"BREACH  {result.breached_count:,} of {result.accounts:,} accounts"
    else:
        head = f"{'INCOMPLETE' if result.unread else 'PASS'}  {result.passed:,} of {result.accounts:,} accounts pass"
    asof = inputs["asof"]
    out.print(Text(f"{head:<50}as of {asof:%Y-%m-%d %H:%M} {asof:%Z}", style=f"bold {'red' if bad else 'green'}"))
    if result.unread:
        out.print(Text(f"{len(result.unread):,} NOT READ, so not checked", style="bold red"))
        for one in result.unread[:SHOWN_UNREAD]:
            for i, line in enumerate(textwrap.wrap(f"{one.key}: {one.reason}", 76)):
                out.print(Text(f"  {'x' if i == 0 else ' '} {line}", style="bold"))
        if len(result.unread) > SHOWN_UNREAD:
            out.print(f"  and {len(result.unread) - SHOWN_UNREAD:,} more: --format json")
    out.print()
    grid = columns("rule", "pass", "warn", "breach", "not computed", "breached")
    for row in result.rules:
        failed = row["breach"] + row["unknown"]
        judged = failed + row["pass"] + row["warn"]
        share = f"{units.percent(failed / judged):.1f}%" if judged else "-"
        cells = [f"{row[name]:,}" if row[name] else "." for name in ("pass", "warn", "breach", "unknown")]
        grid.add_row(row["id"], *cells, share, style="bold" if failed else "dim")
    out.print(grid)
    out.print()
    worst = sorted(result.breached, key=lambda one: (-len(one[1]), one[0]))[:SHOWN_BREACHED]
    for name, rules in worst:
        for i, line in enumerate(textwrap.wrap(f"{name}: {', '.join(rules)}", 76, break_on_hyphens=False)):
            out.print(f"  {'x' if i == 0 else ' '} {line}")
    if len(result.breached) > len(worst):
        out.print(f"  and {len(result.breached) - len(worst):,} more accounts: --out FILE holds every verdict")
    if worst:
        out.print()
    for text in [*_footer(result), *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def _footer(result: BooksResult) -> list[str]:
    inputs = result.inputs
    lines = [
        "a rule that cannot be computed is a breach; breached: share of the accounts checked that fail the rule",
        f"{result.contracts:,} contracts priced once for all accounts; {result.alone:,} accounts checked alone; "
        f"marks: {inputs['marks']}",
        f"policy {inputs['policy']} sha256 {inputs['policy_sha256'][:8]}; accounts {inputs['books']}",
    ]
    lines += [
        f"{chain['ticker']}: {chain['source']} {chain['asof']:%Y-%m-%d %H:%M}, sha256 {chain['source_sha256'][:8]}"
        for chain in inputs["chains"]
    ]
    if result.out is not None:
        lines.append(f"every verdict: {result.out}")
    return [*lines, f"hedgekit {inputs['version']}"]
