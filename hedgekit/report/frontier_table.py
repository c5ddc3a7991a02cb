"""The frontier for a terminal: what each floor costs under each cap, beside holding less."""

from __future__ import annotations

import textwrap

from rich.text import Text

from hedgekit import units
from hedgekit.hedges.frontier import FrontierResult, Point
from hedgekit.report.console import (
    ACCENT,
    columns,
    console,
    dollars,
    drawn,
    number,
    percent,
    short_dollars,
    warning_lines,
)
from hedgekit.report.hedge_table import rests_on


def table(result: FrontierResult, *, terminal: bool = False) -> str:
    """Return the frontier as text of at most 80 columns."""
    out = console(terminal=terminal)
    problem, inputs = result.problem, result.inputs
    out.print(f"{inputs['ticker']} {problem.spot:.2f}   {problem.shares:,} shares = {dollars(problem.value_usd)}")
    out.print(f"{problem.expiry:%a %d %b %Y}, {problem.days} days{_until(result)}")
    out.print()
    for line in textwrap.wrap(headline(result), 76):
        out.print(Text(f"  {line}", style=ACCENT))
    for cap in inputs["caps"]:
        out.print()
        out.print(Text(_heading(cap), style="bold"))
        grid = columns("floor", "cost", "%/yr", "keeps", "cap", "delta", "ticket", "sell", "better at", left=(6, 8))
        grid.padding = (0, 1, 0, 0)
        for point in result.points:
            if point.min_cap == cap:
                grid.add_row(*_cells(point), style="dim" if point.dominated else "")
        out.print(grid)
    out.print()
    for text in [*footer(result), *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def _until(result: FrontierResult) -> str:
    level = result.problem.goal.until
    return f"; floors hold down to {level:g} only" if level > 0.0 else ""


def headline(result: FrontierResult) -> str:
    """Say the range of what protection costs."""
    free = [p for p in result.points if p.min_cap is None and p.ticket is not None]
    if not free:
        return "No floor asked for can be held without selling calls."
    low, high = free[0], free[-1]
    assert low.ticket is not None
    assert high.ticket is not None
    text = (
        f"With the upside kept, holding {units.percent(low.floor):g}% costs {percent(low.cost_annualised_pct)} a year "
        f"and {units.percent(high.floor):g}%, the highest that can be held here, {percent(high.cost_annualised_pct)}."
    )
    missing = [p for p in result.points if p.min_cap is None and p.ticket is None]
    return text if missing else text.replace(", the highest that can be held here,", "")


def _heading(cap: float | None) -> str:
    return "no call sold" if cap is None else f"calls sold at {units.percent(cap):.5g}% of spot or above"


def _cells(point: Point) -> list[str]:
    ticket, less = point.ticket, point.less
    floor = f"{units.percent(point.floor):g}%"
    if ticket is None or less is None:
        return [floor, "cannot be held", *[""] * 7]
    puts = "/".join(f"{leg.option.strike:g}" for leg in ticket.legs if leg.option.kind == "put")
    calls = "/".join(f"{leg.option.strike:g}" for leg in ticket.legs if leg.option.kind == "call")
    return [
        floor,
        short_dollars(ticket.cost_usd),
        percent(point.cost_annualised_pct),
        percent(ticket.kept_pct),
        percent(ticket.cap_pct),
        number(point.delta_per_share),
        f"{puts}p{f' {calls}c' if calls else ''}",
        "-" if less.same_delta_sold is None else f"{less.same_delta_sold:,}",
        " ".join(_stretch(low, high) for low, high in less.hedge_better) or "-",
    ]


def _stretch(low: float, high: float | None) -> str:
    if high is None:
        return f">{low:.0f}"
    return f"<{high:.0f}" if low == 0.0 else f"{low:.0f}-{high:.0f}"


def footer(result: FrontierResult) -> list[str]:
    """Return what the numbers rest on."""
    legs = result.inputs["max_legs"]
    return [
        f"every ticket is proven the cheapest of up to {legs} legs for its floor, when a further leg must save the "
        "larger of $25 and 1 bp; keeps: its floor",
        "sell: shares to sell for the same delta today, at no premium; better at: the spots at expiry where the hedge "
        "does better than that",
        *rests_on(result.inputs, result.problem),
    ]
