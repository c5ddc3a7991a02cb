"""A book under scenarios: the worst first, then a table of P/L a date, then replays."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from rich.text import Text

from hedgekit import units
from hedgekit.fees import DEFAULT_FEE
from hedgekit.report.console import ACCENT, columns, console, dollars, drawn, warning_lines
from hedgekit.report.roll_lines import roll_table
from hedgekit.risk.scenario import ScenarioResult

BAR = 18
"""Characters of the longest bar."""


def table(result: ScenarioResult, *, terminal: bool = False) -> str:
    """Return the worst case, P/L over spot x vol for each date, replays, rolls, and what they rest on."""
    out = console(terminal=terminal)
    grid, inputs = result.grid, result.inputs
    worst = grid.worst()
    count = len(result.valued.lines)
    out.print(
        Text(
            f"book {dollars(result.valued.mid_usd)} at mid, {count} line{'' if count == 1 else 's'}, as of "
            f"{inputs['asof']:%Y-%m-%d %H:%M %Z}",
            style=ACCENT,
        )
    )
    if worst is not None:
        out.print()
        out.print(
            f"  Worst of {grid.pnl_usd.size} points: {dollars(worst['pnl_usd'], sign=True)} with "
            f"{result.valued.benchmark} {_move(worst['spot_move'])}, vols {_shock(worst['vol_shock'], grid.vol_rule)}, "
            f"on {worst['date']}."
        )
    for d, day in enumerate(grid.dates):
        out.print()
        out.print(_points(result, d, f"P/L {day}"))
    if result.replays:
        out.print()
        out.print(_replays(result))
    for name, rows in (result.rolls or {}).items():
        out.print()
        out.print(roll_table(name, rows))
    out.print()
    for text in _footer(result):
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def _points(result: ScenarioResult, d: int, title: str) -> Any:
    grid = result.grid
    middle = int(np.argmin(np.abs(grid.vol_shocks)))
    largest = float(np.abs(grid.pnl_usd[:, :, middle]).max()) or 1.0
    heads = [f"vol {_shock(shock, grid.vol_rule)}" for shock in grid.vol_shocks]
    rows = columns(title, *heads, "", left=(0, len(heads) + 1))
    for i, move in enumerate(grid.spot_moves):
        pnl = grid.pnl_usd[d, i]
        length = round(abs(float(pnl[middle])) / largest * BAR)
        bar = ("-" if pnl[middle] < 0 else "+") * length
        rows.add_row(f"{result.valued.benchmark} {_move(move)}", *(dollars(float(x), sign=True) for x in pnl), bar)
    return rows


def _replays(result: ScenarioResult) -> Any:
    rows = columns("replay", "worst P/L", "on", "spot then", "vol x", "exit cost", "P/L at end")
    for found in result.replays:
        row = found.to_dict()
        low = row["worst"]
        if low is None:
            rows.add_row(found.name, "unknown", *["-"] * 5)
            continue
        moves = low["spot_moves"]
        ticker = result.valued.benchmark if result.valued.benchmark in moves else min(moves, key=lambda t: moves[t])
        rows.add_row(
            found.name,
            dollars(low["pnl_usd"], sign=True),
            f"{low['date']}",
            f"{ticker} {_move(moves[ticker])}",
            f"{low['vol_ratio']:.2f}",
            dollars(low["exit_usd"]),
            dollars(row["end_pnl_usd"], sign=True),
        )
    return rows


def _footer(result: ScenarioResult) -> list[str]:
    grid, inputs = result.grid, result.inputs
    betas = ", ".join(
        f"{ticker} {beta['beta']:.2f} [{beta['low']:.2f}, {beta['high']:.2f}]"
        for ticker, beta in inputs["betas"].items()
    )
    lines = [
        f"full American revaluation; {inputs['pnl']}; {grid.smile.replace('_', ' ')}; vol shocks {grid.vol_rule}; "
        "bars: vols nearest to now",
        f"tickers move by beta to {result.valued.benchmark}: {betas}",
    ]
    if result.replays:
        lines.append(
            "replays: recorded closes day by day, vols times the vol index's ratio (to the power sqrt(30/days) beyond "
            "30 days), calendar passing; exit cost: half spreads widened by that ratio, not in the P/L"
        )
        mapped = sorted({f"{ticker}: {how}" for found in result.replays for ticker, how in found.mapped.items()})
        lines += [f"no history of its own then: {'; '.join(mapped)}"] if mapped else []
    if result.rolls:
        lines.append(
            "rolls: spot unchanged, today's smile at the same moneyness, half the option's spread and "
            f"${DEFAULT_FEE:g} a contract each side"
        )
    lines += [
        f"{chain['ticker']} {chain['spot']:.2f}, {chain['source']} {chain['asof']:%Y-%m-%d %H:%M}, sha256 "
        f"{chain['source_sha256'][:8]}"
        for chain in inputs["chains"]
    ]
    sha = f" sha256 {inputs['book_sha256'][:8]}" if inputs["book_sha256"] else ""
    lines.append(f"book: {inputs['book']}{sha}; hedgekit {inputs['version']}")
    return [*lines, *warning_lines(result.warnings)]


def _move(fraction: float) -> str:
    return f"{units.percent(float(fraction)):+.1f}%".replace("+0.0%", "0%").replace("-0.0%", "0%")


def _shock(shock: float, rule: str) -> str:
    number = units.percent(float(shock))
    if not number:
        return "as now"
    return f"{number:+.0f}%" if rule == "relative" else f"{number:+.1f}pt"
