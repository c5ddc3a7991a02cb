"""A pair's spread today for a terminal."""

from __future__ import annotations

import math
import textwrap

from rich.text import Text

from hedgekit import units
from hedgekit.pairs.odds import HORIZON, NEVER, PATHS
from hedgekit.pairs.status import PairStatusResult
from hedgekit.report.console import ACCENT, chance, columns, console, dollars, drawn, number, warning_lines

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
    low, high = result.half_life_ci90
    median = result.half_life_days
    life = f"half-life {days(median)}" if math.isfinite(median) else "half-life not told, it may never revert"
    lines = [
        f"Cointegration p = {result.pvalue:.2g} without today, {result.pvalue_today:.2g} with it; {life} (90%: "
        f"{days(low)} to {days(high)}); {chance(result.belief.never)} that nothing pulls the spread back; "
        f"1 z = {_pct(result.residual_sd)}.",
        *_outlook(result),
    ]
    best, once = result.thresholds["bertram"], result.thresholds["leung_li"]
    if best is not None:
        span = ""
        if result.bertram_z_ci90:
            ends = [f"{end:.2f}" if math.isfinite(end) else "never" for end in result.bertram_z_ci90]
            span = f" (90%: {' - '.join(ends)})"
        text = (
            "Best levels if an ordinary fit were the truth, filled at the level and never stopped, which it never is "
            f"(not used): Bertram's in and out at z {best['entry_z']:.2f}{span} either side"
        )
        if once is not None:
            text += f"; Leung-Li's in at {once['entry_z']:.2f}, out {-once['exit_z']:.2f} beyond the line"
        lines.append(f"{text}.")
    return lines


def _outlook(result: PairStatusResult) -> list[str]:
    """Say what may come of today's spread, and when the idea is broken."""
    stop, ahead = result.stop, result.odds
    broken = (
        f"Broken when z passes {stop['z']:g}, {dollars(stop['loss_usd'])} lost on {dollars(stop['gross_usd'])} of both "
        "legs since the entry"
    )
    if ahead is None:
        return [f"{broken}."] if math.isfinite(stop["loss_usd"]) else []
    within = ", ".join(f"{chance(share)} in {n}" for n, share in ahead.within.items())
    sure = f" (95% in {ahead.sure_days:.0f})" if math.isfinite(ahead.sure_days) else ""
    half = f"half the way takes {ahead.half_days:.0f} days (median)"
    if not math.isfinite(ahead.half_days):
        half = "half the way takes longer than that more often than not"
    lines = [
        f"Chance that it crosses its line from here: {within} trading days{sure}; {chance(ahead.not_back)} that it "
        f"does not in {HORIZON}; {half}. Were it a walk: {chance(ahead.within_if_never[HORIZON])} in {HORIZON}."
    ]
    if result.action not in ("buy_spread", "sell_spread", "hold"):
        return [*lines, f"{broken}."]
    lines.append(
        f"Exit before stop {chance(ahead.exit_first)}, stop first {chance(ahead.stop_first)}, neither "
        f"{chance(ahead.neither)}: after costs {units.percent(ahead.gain):+.1f}% of the long leg on average, a loss "
        f"{chance(ahead.loss_share)} of the time."
    )
    if math.isfinite(stop["days"]):
        broken += f", or it is not at the exit after {stop['days']:.0f} trading days: 80% of the paths that get there "
        broken += "have by then"
        if math.isfinite(ahead.late_never):
            broken += f", and for one still open it is {chance(ahead.late_never)} that nothing pulls it back"
    return [*lines, f"{broken}."]


def days(life: float) -> str:
    """Return a half-life for people."""
    return f"{life:.1f} days" if math.isfinite(life) else "never"


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
        f"odds: {PATHS:,} paths over every half-life the data leave open and the line's own error; before the data "
        f"{chance(NEVER)} that it never reverts; a ratio that moves is not in them",
        f"{inputs['source']} sha256 {inputs['source_sha256'][:8]}; hedgekit {inputs['version']}",
    ]
