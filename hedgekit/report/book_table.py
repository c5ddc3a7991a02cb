"""A book in dollars: the net first, then greeks by ticker and expiry, then its lines."""

from __future__ import annotations

import math
import textwrap
from typing import Any

from rich.text import Text

from hedgekit import units
from hedgekit.report.console import ACCENT, columns, console, dollars, drawn, number, warning_lines
from hedgekit.risk.summary import BookResult

MOST_LINES = 200
MOST_UNKNOWN = 12


def table(result: BookResult, *, terminal: bool = False) -> str:
    """Return totals, groups and lines."""
    out = console(terminal=terminal)
    valued, inputs = result.valued, result.inputs
    weighted, count, when = valued.totals(), len(valued.lines), f"{inputs['asof']:%Y-%m-%d %H:%M %Z}"
    lines = f"{count} line{'' if count == 1 else 's'}"
    if result.unknown:
        out.print(Text(f"UNKNOWN  {len(result.unknown)} of {lines}, so no total{when:>28}", style="bold red"))
        for line in result.unknown[:MOST_UNKNOWN]:
            for i, text in enumerate(textwrap.wrap(f"{line.name}: {line.problem}", 76)):
                out.print(Text(f"  {'x' if i == 0 else ' '} {text}", style="bold"))
        if len(result.unknown) > MOST_UNKNOWN:
            out.print(f"  and {len(result.unknown) - MOST_UNKNOWN} more: --format json")
        out.print(f"the other lines and the cash come to {_money(result.known_usd)} at the touch")
    else:
        head = f"net {_money(valued.net_usd)} at the touch ({_money(valued.mid_usd)} at mid), {lines}, {when}"
        out.print(Text(head, style=ACCENT))
    if math.isfinite(weighted["beta_delta_usd"]):
        out.print(
            f"like {_money(weighted['beta_delta_usd'])} of {valued.benchmark} "
            f"({_money(weighted['beta_delta_low_usd'])} to {_money(weighted['beta_delta_high_usd'])} over the betas)"
        )
    accounts = result.groups("account")
    for what in ("ticker", "expiry", *(["account"] if len(accounts) > 1 else [])):
        out.print()
        grid = columns(f"by {what}", "value", "delta", "beta delta", "gamma/1%", "vega/pt", "theta/day")
        grid.padding = (0, 1, 0, 0)
        for name, row in result.groups(what).items():
            grid.add_row(name, *_sums(row))
        grid.add_row("all", *_sums(weighted), style="bold")
        out.print(grid)
    if len(accounts) > 1:
        held = valued.book.cash_by_account
        text = f"cash beside it: {', '.join(f'{name} {dollars(amount)}' for name, amount in held.items())}"
        for part in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(part)
    out.print()
    grid = columns("line", "mark", "value", "vol", "delta", "theta/day", left=(0,))
    grid.padding = (0, 1, 0, 0)
    for line in valued.lines[:MOST_LINES]:
        vol = f"{units.percent(line.vol):.1f}%" if math.isfinite(line.vol) else "-"
        mark = number(line.mark) if math.isfinite(line.mark) else "unknown"
        grid.add_row(
            line.name, mark, _money(line.value_usd), vol, _money(line.delta_usd), _money(line.theta_usd_per_day)
        )
    grid.add_row("cash", "-", dollars(valued.book.cash_usd), "-", "-", "-")
    out.print(grid)
    if len(valued.lines) > MOST_LINES:
        out.print(f"{len(valued.lines) - MOST_LINES:,} more lines: --format csv or json")
    out.print()
    betas = ", ".join(f"{t} {b['beta']:.2f} [{b['low']:.2f}, {b['high']:.2f}]" for t, b in inputs["betas"].items())
    foot = [
        f"marks: {inputs['marks']}; dollars; gamma: change of delta for a 1% move",
        f"betas to {valued.benchmark}: {betas}",
        *(
            f"{chain['ticker']} {chain['spot']:.2f}, {chain['source']} {chain['asof']:%Y-%m-%d %H:%M}, sha256 "
            f"{chain['source_sha256'][:8]}"
            for chain in inputs["chains"]
        ),
        f"book {inputs['book']} sha256 {inputs['book_sha256'][:8]}; hedgekit {inputs['version']}",
        *warning_lines([note for note in result.warnings if note.slug != "line_unknown"]),
    ]
    for text in foot:
        for wrapped in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {wrapped}", style="dim"))
    return drawn(out)


def _sums(row: dict[str, Any]) -> list[str]:
    names = ("value_usd", "delta_usd", "beta_delta_usd", "gamma_usd_per_pct", "vega_usd_per_point", "theta_usd_per_day")
    return [_money(row[name]) for name in names]


def _money(value: float) -> str:
    return dollars(value) if math.isfinite(value) else "unknown"
