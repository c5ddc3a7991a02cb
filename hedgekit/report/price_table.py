"""One contract for a terminal."""

from __future__ import annotations

import textwrap

from rich.text import Text

from hedgekit import units
from hedgekit.report.console import ACCENT, columns, console, drawn, number, warning_lines
from hedgekit.valuation import ValuationResult


def table(result: ValuationResult, *, terminal: bool = False) -> str:
    """Return price, vol and greeks as text of at most 80 columns."""
    out = console(terminal=terminal)
    contract, inputs, greeks = result.contract, result.inputs, result.greeks
    name = str(contract.option) if contract.option else f"{contract.strike:g} {contract.kind}"
    out.print(f"{name}   spot {inputs['spot']:.2f}   {units.days(contract.t_years):.1f} days   {inputs['exercise']}")
    out.print()
    out.print(Text(f"  price ${result.price:.4f} a share   vol {units.percent(result.vol):.2f}%", style=ACCENT))
    out.print()
    grid = columns("", "a share", "a contract", "unit", left=(0, 3))
    for label, value, places, unit in (
        ("delta", greeks.delta, 4, "per $1 of spot"),
        ("gamma", greeks.gamma, 5, "of delta, per $1 of spot"),
        ("vega", units.vega_per_point(greeks.vega), 4, "per vol point"),
        ("theta", units.theta_per_day(greeks.theta), 4, "per calendar day"),
        ("rho", units.rho_per_point(greeks.rho), 4, "per percentage point of rate"),
        ("vanna", units.vega_per_point(greeks.vanna), 5, "of delta, per vol point"),
        ("volga", units.vega_per_point(units.vega_per_point(greeks.volga)), 5, "of vega, per vol point"),
        ("charm", units.theta_per_day(greeks.charm), 5, "of delta, per calendar day"),
    ):
        grid.add_row(label, number(value, places), number(value * units.MULTIPLIER, 2), unit)
    out.print(grid)
    if result.quote:
        out.print()
        out.print(_quoted(result))
    out.print()
    dividends = f"; {inputs['dividends_source']}"
    foot = f"rate {units.percent(inputs['rate']):.3f}% ({inputs['rate_source']}){dividends}; {inputs['engine']}"
    tail = [f"as of {inputs['asof']:%Y-%m-%d %H:%M %Z}; {inputs['day_count']}; hedgekit {inputs['version']}"]
    if "source" in inputs:
        tail.append(f"{inputs['source']} sha256 {inputs['source_sha256'][:8]}")
    for text in [foot, *tail, *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def _quoted(result: ValuationResult) -> str:
    quote = dict(result.quote or {})
    sides = []
    for side in ("bid", "mid", "ask"):
        vol = quote[f"iv_{side}"]
        shown = f"{units.percent(vol):.2f}%" if vol == vol else quote[f"iv_{side}_status"].lower().replace("_", " ")
        sides.append(f"{side} {quote[side]:.3f} ({shown})")
    flags = f"   flags: {', '.join(quote['flags'])}" if quote["flags"] else ""
    return f"  quoted {'   '.join(sides)}{flags}"
