"""A pair in options for a terminal."""

from __future__ import annotations

import math
import textwrap

from rich.text import Text

from hedgekit import units
from hedgekit.pairs.options import Contracts, Expressed, PairOptionsResult
from hedgekit.report.console import ACCENT, columns, console, dollars, drawn, number, warning_lines
from hedgekit.report.order_words import order


def table(result: PairOptionsResult, *, terminal: bool = False) -> str:
    """Return the expressions as text of at most 80 columns."""
    out = console(terminal=terminal)
    first = result.expressed[0]
    out.print(
        f"{result.long} {result.long_spot:.2f} against {result.short} {result.short_spot:.2f}   "
        f"{result.expiries[0]:%a %d %b %Y}   ratio {result.dollar_ratio:.3f}"
    )
    out.print()
    for line in textwrap.wrap(headline(first), 76):
        out.print(Text(f"  {line}", style=ACCENT))
    out.print()
    grid = columns("left over", "cost", "beta-$delta", "vega/pt", "gamma/1%", "theta/day", "deposit")
    for one in result.expressed:
        grid.add_row(
            one.expression.name,
            dollars(one.cost_usd),
            dollars(one.beta_delta_usd, sign=True),
            dollars(one.vega_usd_per_point, sign=True),
            dollars(one.gamma_usd_per_percent, sign=True),
            dollars(one.theta_usd_per_day, sign=True),
            dollars(one.margin.deposit_usd),
        )
    out.print(grid)
    out.print()
    legs = columns("", "contract", "at", "vol", "delta", "vega/pt", "theta/day", left=(0, 1))
    for one in result.expressed:
        for i, c in enumerate(one.contracts):
            legs.add_row(one.expression.name if i == 0 else "", *_leg(c))
    out.print(legs)
    out.print()
    for one in result.expressed:
        for line in textwrap.wrap(f"{one.expression.name}: {one.expression.why}", 78, subsequent_indent="  "):
            out.print(f"  {line}")
    for name, why in result.left_out.items():
        out.print(f"  {name}: left out, {why}")
    out.print()
    for text in [*footer(result), *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def _leg(c: Contracts) -> list[str]:
    return [
        f"{c.contracts:+,d} {c.option.root} {c.option.strike:g} {c.option.kind}",
        number(c.premium),
        f"{units.percent(c.vol):.1f}%",
        number(c.delta, 3),
        number(c.vega_per_point, 3),
        number(c.theta_per_day, 3),
    ]


def headline(one: Expressed) -> str:
    """Return the orders of the first expression and what they leave."""
    orders = ", ".join(order(c.contracts, c.option, at=c.premium, root=True) for c in one.contracts)
    lost = (
        f"at most {dollars(one.most_lost_usd)} can be lost" if math.isfinite(one.most_lost_usd) else "loss not limited"
    )
    return (
        f"{orders[0].upper()}{orders[1:]}: {dollars(one.cost_usd)}, {lost}. Delta is balanced to "
        f"{dollars(one.beta_delta_usd, sign=True)}; it leaves vega "
        f"{dollars(one.vega_usd_per_point, sign=True)} a point and theta "
        f"{dollars(one.theta_usd_per_day, sign=True)} a day."
    )


def footer(result: PairOptionsResult) -> list[str]:
    """Return what the numbers rest on."""
    inputs, first = result.inputs, result.expressed[0]
    aims = ", ".join(f"{number(value, 3)} for {aim.replace('_', ' ')}" for aim, value in first.balance.items())
    return [
        f"ratio {result.dollar_ratio:.4f} dollars of {result.short} a dollar of {result.long} ({result.ratio_source})",
        f"{first.expression.name}: short-side contracts a long-side contract: {aims}; they differ, so one aim leaves "
        "the others",
        "beta-$delta: ratio x long delta dollars + short delta dollars; vega: both vols up a point; gamma: change of "
        "beta-$delta when the long leg rises 1% and the short 1% / ratio; deposit: Reg T requirement less what the "
        "sold options bring, before fees",
        f"at the touch + ${inputs['fee']:g} a contract; vols and greeks American, at the mid; strikes nearest to "
        f"delta {inputs['delta']:g}, sold wings at half of it",
        f"{inputs['long_source']} {inputs['long_asof']:%Y-%m-%d %H:%M %Z}, rate "
        f"{units.percent(inputs['long_rate']):.2f}% ({inputs['long_rate_source']}); {inputs['short_source']} "
        f"{inputs['short_asof']:%Y-%m-%d %H:%M %Z}; hedgekit {inputs['version']}",
    ]
