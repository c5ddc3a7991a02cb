"""A pair's spread today for a terminal."""

from __future__ import annotations

import math
import textwrap

from rich.text import Text

from hedgekit import units
from hedgekit.pairs.status import PairStatusResult
from hedgekit.report.console import ACCENT, columns, console, dollars, drawn, number, warning_lines

ORDERS = {
    "stand_aside": "Stand aside",
    "wait": "Wait",
    "buy_spread": "Buy the spread",
    "sell_spread": "Sell the spread",
    "hold": "Hold",
    "close": "Close the position",
}


def table(result: PairStatusResult, *, terminal: bool = False) -> str:
    """Return the status as text of at most 80 columns."""
    out = console(terminal=terminal)
    inputs = result.inputs
    out.print(
        f"{inputs['long']} {number(inputs['long_close'])} against {inputs['short']} "
        f"{number(inputs['short_close'])}   {inputs['asof']}   spread z {result.z:+.2f}"
    )
    out.print()
    for line in textwrap.wrap(headline(result), 76):
        out.print(Text(f"  {line}", style=ACCENT))
    out.print()
    grid = columns("act at", "z", f"{inputs['long']} alone", f"{inputs['short']} alone")
    shown = sorted([*result.levels, None], key=lambda level: -(result.z if level is None else level.z))
    for level in shown:
        if level is None:
            cells = ("now", f"{result.z:+.2f}", number(inputs["long_close"]), number(inputs["short_close"]))
            grid.add_row(*cells, style="bold")
        else:
            grid.add_row(level.name, f"{level.z:+.2f}", _price(level.long_price), _price(level.short_price))
    out.print(grid)
    out.print()
    for text in evidence(result):
        for line in textwrap.wrap(text, 78):
            out.print(f"  {line}")
    out.print()
    for text in [*footer(result), *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def _price(value: float) -> str:
    return number(value) if math.isfinite(value) else "-"


def headline(result: PairStatusResult) -> str:
    """Return the answer in one or two sentences."""
    inputs = result.inputs
    text = f"{ORDERS[result.action]}: {result.why}."
    if result.action in ("buy_spread", "sell_spread"):
        bought, sold = (inputs["long"], inputs["short"])[:: 1 if result.action == "buy_spread" else -1]
        per = result.elasticity if result.action == "buy_spread" else 1.0 / result.elasticity
        text += f" Buy {bought}, sell ${per:.2f} of {sold} for each $1 of it."
    return text


def evidence(result: PairStatusResult) -> list[str]:
    """Say what the answer rests on and when it is broken."""
    lines = []
    if result.process is None:
        life = "nothing pulls the spread back"
    else:
        life = f"half-life {result.process.half_life:.1f} days"
        if result.half_life_ci90:
            short, long = result.half_life_ci90
            life += f" (90%: {short:.1f} - {f'{long:.1f}' if math.isfinite(long) else 'no end'})"
    lines.append(f"In the window: cointegration p = {result.pvalue:.2g}; {life}; 1 z = {_pct(result.residual_sd)}.")
    best, once = result.thresholds["bertram"], result.thresholds["leung_li"]
    if best is not None:
        span = ""
        if result.bertram_z_ci90:
            ends = [f"{end:.2f}" if math.isfinite(end) else "never" for end in result.bertram_z_ci90]
            span = f" (90%: {' - '.join(ends)})"
        lines.append(
            f"If the fitted process were the truth, filled at the level and never stopped, Bertram's levels pay most "
            f"after costs: in and out at z {best['entry_z']:.2f}{span} either side, {best['cycle_days']:.0f} days a "
            f"cycle, {_pct(best['return_per_year'])} of the long leg a year. It never is: not used."
        )
    if once is not None:
        lines.append(
            f"Leung-Li's for one round trip of it: in at {once['entry_z']:.2f} from the line, out "
            f"{-once['exit_z']:.2f} beyond it."
        )
    stop = result.stop
    if math.isfinite(stop["days"]):
        lines.append(
            f"Broken when z passes {stop['z']:g}, or {dollars(stop['loss_usd'])} are lost on "
            f"{dollars(stop['gross_usd'])} of both legs, or it is not back after {stop['days']:.0f} days "
            "(95% of paths are)."
        )
    return lines


def _pct(fraction: float) -> str:
    return f"{units.percent(fraction):.1f}%"


def footer(result: PairStatusResult) -> list[str]:
    """Return what the numbers rest on."""
    inputs = result.inputs
    return [
        f"spread: log {inputs['long']} - {result.elasticity:.3f} log {inputs['short']}, dividends put back; line and "
        f"deviation from the {inputs['window_days']} days before today only",
        "alone: the price of that leg which makes the z while the other stands still",
        f"levels: {inputs['entry_source']}; gate: Engle-Granger, one lag, better direction, p simulated for it; "
        f"costs {inputs['cost_bps']:g} bp a fill, "
        f"{units.percent(inputs['round_trip_cost']):.3f}% of the long leg a round trip",
        f"{inputs['source']} sha256 {inputs['source_sha256'][:8]}; hedgekit {inputs['version']}",
    ]
