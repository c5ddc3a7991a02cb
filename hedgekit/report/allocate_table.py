"""An allocation: the answer, the counts each rule allows, what it rests on."""

from __future__ import annotations

import textwrap

from rich.text import Text

from hedgekit import units
from hedgekit.report.console import ACCENT, columns, console, dollars, drawn, percent, warning_lines
from hedgekit.risk.allocation import AllocationResult


def table(result: AllocationResult, *, terminal: bool = False) -> str:
    """Return the share count, why, and the counts of each rule."""
    out = console(terminal=terminal)
    body = result.body()
    out.print(
        Text(
            f"{result.ticker} {result.spot:.2f}   portfolio {dollars(result.portfolio_usd)}   band "
            f"{units.percent(result.band.low):g}-{units.percent(result.band.high):g}% ({result.band.name})",
            style=ACCENT,
        )
    )
    out.print()
    trade = "nothing to trade"
    if result.trade:
        trade = f"{'buy' if result.trade > 0 else 'sell'} {abs(result.trade):,.10g}"
    answer = (
        f"Hold {result.shares:,} shares, {dollars(body['value_usd'])} or {percent(units.percent(body['weight']))}: "
        f"{result.why}. {trade.capitalize()} ({result.held:,.10g} held, "
        f"{percent(units.percent(body['held_weight']))})."
    )
    for line in textwrap.wrap(answer, 76):
        out.print(f"  {line}")
    out.print()
    grid = columns("", "shares", "value", "weight", "loss at the stop")
    for name, count in (
        ("bottom of the band", result.shares_low),
        ("top of the band", result.shares_high),
        ("loss budget", result.shares_budget),
        ("held now", result.held),
        ("hold", result.shares),
    ):
        value = count * result.spot
        grid.add_row(
            name,
            f"{count:,.10g}",
            dollars(value),
            percent(units.percent(value / result.portfolio_usd)),
            dollars(-value * result.inputs["stop"]),
            style="bold" if name == "hold" else "",
        )
    out.print(grid)
    out.print()
    foot = [
        f"stop at {result.stop_level:.2f}, loss budget {dollars(result.budget_usd)}; whole shares, rounded down; the "
        "bands are conventions, not advice: --bands FILE sets others",
        *warning_lines(result.warnings),
    ]
    for text in foot:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)
