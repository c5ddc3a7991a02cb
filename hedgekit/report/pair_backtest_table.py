"""A pair's traded history for a terminal."""

from __future__ import annotations

import math
import textwrap

from rich.text import Text

from hedgekit import units
from hedgekit.pairs.backtest import PairBacktestResult, Trade
from hedgekit.report.console import ACCENT, columns, console, dollars, drawn, percent, warning_lines

SHOWN = 12
"""Trades in the table; all are in JSON and CSV."""


def table(result: PairBacktestResult, *, terminal: bool = False) -> str:
    """Return the history as text of at most 80 columns."""
    out = console(terminal=terminal)
    inputs = result.inputs
    out.print(
        f"{inputs['long']} against {inputs['short']}, {inputs['days']:,} days to {inputs['asof']}, traded from "
        f"{result.dates[inputs['window']]}"
    )
    out.print()
    for line in textwrap.wrap(headline(result), 76):
        out.print(Text(f"  {line}", style=ACCENT))
    out.print()
    for text in parts(result):
        for line in textwrap.wrap(text, 76):
            out.print(f"  {line}")
    out.print()
    if result.trades:
        grid = columns(
            "signal", "side", inputs["long"], inputs["short"], "z in", "z out", "days", "P&L", "why", left=(0, 1, 8)
        )
        grid.padding = (0, 1, 0, 0)
        for trade in result.trades[-SHOWN:]:
            grid.add_row(*_cells(trade))
        out.print(grid)
        if len(result.trades) > SHOWN:
            out.print(
                Text(f"  the last {SHOWN} of {len(result.trades)} trades; all in --format json or csv", style="dim")
            )
        out.print()
    for text in [*footer(result), *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def headline(result: PairBacktestResult) -> str:
    """Return the answer in two sentences."""
    s = result.summary
    if not result.trades:
        small = any(note.slug == "gross_too_small" for note in result.warnings)
        return "No trade: the gross is too small." if small else "No trade: the rules never gave a signal."
    errors = s["return_per_year"] / s["return_se"]
    told = f"{abs(errors):.1f} standard errors from nothing" + ("." if abs(errors) >= 2.0 else ": it may be chance.")
    text = (
        f"{dollars(s['pnl_usd'], sign=True)} after costs in {s['years']:.1f} years: "
        f"{_pct(s['return_per_year'], sign=True)} a year on gross, {told}"
    )
    proof = result.proof
    if proof is not None:
        text += (
            f" Proved: {proof.values:,} values on {proof.prefixes:,} prefixes, all identical."
            if proof.identical
            else f" LOOK-AHEAD: {proof.difference} differs."
        )
    return text


def parts(result: PairBacktestResult) -> list[str]:
    """Say where the gain came from and how it was made."""
    s = result.summary
    lines = [
        f"prices {dollars(s['price_usd'], sign=True)}, dividends {dollars(s['dividends_usd'], sign=True)}, fills "
        f"{dollars(-s['cost_usd'])}, borrow {dollars(-s['borrow_usd'])}; worst fall {dollars(s['worst_fall_usd'])}",
        f"{s['wins']:.0f} of {s['closed']:.0f} closed trades won; in the market {_pct(s['time_in_market'])} of days; "
        f"turnover a year {s['long_leg_turnover']:.1f}x gross in {result.inputs['long']}, "
        f"{s['short_leg_turnover']:.1f}x in {result.inputs['short']}",
    ]
    if math.isfinite(s["sharpe"]):
        lines.append(f"Sharpe {s['sharpe']:.2f}, standard error {s['sharpe_se']:.2f}")
    return lines


def _pct(fraction: float, *, sign: bool = False) -> str:
    return percent(units.percent(fraction), sign=sign)


def _cells(trade: Trade) -> list[str]:
    return [
        str(trade.signal_day),
        trade.side,
        f"{trade.long_shares:+,d}",
        f"{trade.short_shares:+,d}",
        f"{trade.z_in:+.2f}",
        f"{trade.z_out:+.2f}",
        f"{trade.days}",
        dollars(trade.pnl_usd, sign=True),
        trade.reason,
    ]


def footer(result: PairBacktestResult) -> list[str]:
    """Return what the numbers rest on."""
    inputs = result.inputs
    gated = "only when cointegrated at 5% in the window, one lag, better direction"
    gate = gated if inputs["gate"] else "cointegrated or not"
    return [
        f"line: log prices with dividends, {inputs['window']} days, refitted every {inputs['refit']}, from days before "
        "the one it judges; signal at a close, filled at the next one; a position keeps the line it was entered by",
        f"in at z {inputs['entry_z']:g} ({gate}), out at {inputs['exit_z']:g}, stop at {inputs['stop_z']:g} or after "
        f"{inputs['max_days']} days; {dollars(inputs['gross_usd'])} gross, whole shares, kept until the exit",
        f"costs {inputs['cost_bps']:g} bp a fill, borrow {units.percent(inputs['borrow']):g}% a year on the leg sold, "
        "dividends received and paid; cash earns nothing",
        f"{inputs['source']} sha256 {inputs['source_sha256'][:8]}; hedgekit {inputs['version']}",
    ]
