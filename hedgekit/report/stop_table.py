"""A stop beside the put for a terminal."""

from __future__ import annotations

import textwrap
from typing import Any

from rich.text import Text

from hedgekit import units
from hedgekit.hedges.stop_study import StopResult
from hedgekit.report.console import ACCENT, columns, console, dollars, drawn, percent, warning_lines
from hedgekit.report.order_words import ticket

SHORT_NAMES = {"holding less (same delta)": "hold less"}


def table(result: StopResult, *, terminal: bool = False) -> str:
    """Return the stop, the put and their outcomes as text."""
    out = console(terminal=terminal)
    problem, inputs = result.problem, result.inputs
    out.print(
        f"{inputs['ticker']} {problem.spot:.2f}   {problem.shares:,} shares = {dollars(problem.value_usd)}   "
        f"entry {result.entry:.2f}"
    )
    out.print(f"to {problem.expiry:%a %d %b %Y}, {inputs['sessions']} sessions")
    out.print()
    for line in textwrap.wrap(headline(result), 76):
        out.print(Text(f"  {line}", style=ACCENT))
    out.print()
    grid = columns("stop", *(f"{stop['level']:.2f} (-{stop['stop_pct']:g}%)" for stop in result.stops))
    for label, get in ROWS:
        cells = [get(stop) for stop in result.stops]
        if any(cell != "-" for cell in cells):
            grid.add_row(label, *cells)
    out.print(grid)
    out.print()
    if result.statement:
        _wealth(result, out)
    foot = [
        *([f"paths: {result.statement}"] if result.statement else []),
        f"lognormal: drift to the forward, vol of the put nearest each level; cash from a sale earns nothing; an order "
        "at the level sells there unless the market opens below it; premium and fees financed at "
        f"{units.percent(problem.rate):.2f}%",
        f"{inputs['source']} sha256 {inputs['source_sha256'][:8]}"
        + (f"; {inputs['prices']}" if inputs["prices"] else "")
        + f"; hedgekit {inputs['version']}",
    ]
    for text in [*foot, *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def headline(result: StopResult) -> str:
    """Return the answer in a sentence or two."""
    stop, put = result.stops[0], result.put
    past, theory = stop["historical"], stop["lognormal"]
    chance = past["touch"] if past else theory.get("touch_continuous")
    text = f"A stop at {stop['level']:.2f} costs nothing now and promises nothing"
    if chance is not None:
        text += f": it is hit in {_share(chance)} of {'past-like paths' if past else 'lognormal outcomes'}"
    if past and past["gap_share"] is not None:
        text += (
            f", {_share(past['gap_share'])} of those by a gap that fills below it (worst "
            f"{past['fill_below_worst_pct']:.1f}% below)"
        )
    text += ". "
    if put is not None:
        text += (
            f"The put ({ticket(put['legs'])}) costs {dollars(put['cost_usd'])} "
            f"({percent(put['cost_pct'], places=2)}) and holds {percent(put['floor_pct'])} whatever happens."
        )
    else:
        text += "The chain has no put that holds this level."
    return text


def _share(value: float | None) -> str:
    return "-" if value is None else f"{units.percent(value):.1f}%"


def _past(name: str, *, share: bool = True) -> Any:
    def get(stop: dict[str, Any]) -> str:
        value = stop["historical"] and stop["historical"][name]
        return "-" if value is None else _share(value) if share else f"{value:.2f}%"

    return get


ROWS = (
    ("hit, lognormal, watched all day", lambda stop: _share(stop["lognormal"].get("touch_continuous"))),
    ("hit, lognormal, at closes only", lambda stop: _share(stop["lognormal"].get("touch_daily_closes"))),
    ("hit, past days, low of the day", _past("touch")),
    ("hit, past days, at closes only", _past("touch_daily_closes")),
    ("  of those, filled by a gap below", _past("gap_share")),
    ("  fill below the level, mean", _past("fill_below_mean_pct", share=False)),
    ("  fill below the level, 1 in 20", _past("fill_below_p95_pct", share=False)),
    ("  fill below the level, worst", _past("fill_below_worst_pct", share=False)),
    ("  stop-limit unfilled that day", _past("limit_missed_same_day")),
    ("  stop-limit never filled", _past("limit_never_filled")),
    ("back above entry once hit, lognormal", lambda stop: _share(stop["lognormal"].get("whipsaw"))),
    ("back above entry once hit, past days", _past("whipsaw")),
)


def _wealth(result: StopResult, out: Any) -> None:
    """Draw final wealth of every position on the same paths."""
    grid = columns("wealth at the end, % of today", "cost", "mean", "1 in 20", "cvar 95", "worst", "p95")
    rows: list[tuple[str, str, dict[str, float]]] = [
        (f"stop {stop['stop_pct']:g}%", "$0", stop["wealth"]) for stop in result.stops
    ]
    rows += [(f"stop-limit {stop['stop_pct']:g}%", "$0", stop["wealth_stop_limit"]) for stop in result.stops[:1]]
    for other in (*([result.put] if result.put else []), *result.others):
        name = SHORT_NAMES.get(other["name"], other["name"])
        rows.append((name, dollars(other.get("cost_usd", 0.0)), other["wealth"]))
    for name, cost, wealth in rows:
        keys = ("mean_pct", "p05_pct", "cvar95_pct", "worst_pct", "p95_pct")
        grid.add_row(name, cost, *(percent(wealth[key]) for key in keys))
    out.print(grid)
    out.print()
