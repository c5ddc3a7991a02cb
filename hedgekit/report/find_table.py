"""What the finder found, for a terminal: the best, the ranking, what it costs to get out, what it rests on."""

from __future__ import annotations

import math
import textwrap
from itertools import pairwise

from rich.table import Table
from rich.text import Text

from hedgekit import units
from hedgekit.model import Leg, Shares
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
from hedgekit.report.order_words import order
from hedgekit.structures.found import FindResult, Found
from hedgekit.structures.measuring import strikes_of

WIDE = 78

SHORT_NAMES = {
    "broken-wing-butterfly": "broken fly",
    "iron-butterfly": "iron fly",
    "iron-condor": "iron condor",
    "bull-call-spread": "bull call",
    "bear-call-spread": "bear call",
    "bull-put-spread": "bull put",
    "bear-put-spread": "bear put",
    "cash-secured-put": "cash put",
    "covered-call": "covered call",
    "protective-put": "prot. put",
}
"""Names that are too long for their column."""

ONE_KIND = {"condor", "butterfly", "broken-wing-butterfly", "calendar", "diagonal"}
"""Structures that are made of calls or of puts: the table says which."""

TWO_EXPIRIES = {"calendar", "diagonal"}

LONG = 4  # digits of a strike
MOST = 1e5  # dollars: more are shown in thousands


def table(result: FindResult, *, terminal: bool = False) -> str:
    """Return the ranking as text of at most 80 columns."""
    out = console(terminal=terminal)
    inputs = result.inputs
    view = inputs["view"]
    days = units.days(inputs["t_years"])
    where = f"{view['low']:g} to {view['high']:g}" if view["high"] is not None else f"{view['low']:g} or above"
    out.print(f"{inputs['ticker']} {inputs['spot']:.2f}   {inputs['expiry']:%a %d %b %Y}, {days:.0f} days")
    out.print(
        f"view: {where}, {units.percent(view['confidence']):g}% sure; the market gives it "
        f"{percent(units.percent(view['market_probability']))}"
    )
    out.print()
    for line in textwrap.wrap(headline(result), WIDE - 2):
        out.print(Text(f"  {line}", style=ACCENT if result.found else ""))
    if result.found:
        out.print()
        out.print(ranking(result))
        out.print()
        out.print(getting_out(result))
    out.print()
    for text in [*footer(result), *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, WIDE, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def headline(result: FindResult) -> str:
    """Return the best in a few sentences, or why there is none."""
    if not result.found:
        return f"{result.why[0].upper()}{result.why[1:]}."
    best = result.found[0]
    orders = ", ".join(_order(held) for held in best.holdings)
    cost = "Costs" if best.outlay_usd >= 0 else "Brings in"
    return (
        f"Most for each dollar at risk: {best.name}, {orders}. {best.pays} {cost} "
        f"{dollars(abs(best.outlay_usd), cents=True)}, can lose {dollars(best.max_loss_usd, cents=True)}."
    )


def _order(held: Leg | Shares) -> str:
    if isinstance(held, Leg):
        return order(held.contracts, held.option, at=held.premium, day=True)
    return f"hold {held.shares:,} shares"


def label(one: Found) -> str:
    """Return a structure's name and strikes for a narrow column."""
    options = [held.option for held in one.holdings if isinstance(held, Leg)]
    kind = f" {options[0].kind[0]}" if one.name in ONE_KIND else ""
    days = sorted({option.expiry for option in options})
    later = f" {days[-1]:%d%b}" if len(days) > 1 else ""
    return f"{SHORT_NAMES.get(one.name, one.name)} {shortened(strikes_of(one.holdings))}{kind}{later}"


def shortened(strikes: str) -> str:
    """Leave out the leading digits that strikes of four digits and more share with the one before.

    Examples
    --------
    >>> shortened("5980/5985/6025/6030"), shortened("275/290/305"), shortened("5980/6000/6000.5")
    ('5980/85/6025/30', '275/290/305', '5980/6000/6000.5')
    """
    parts = strikes.split("/")
    kept = parts[:1]
    for before, this in pairwise(parts):
        alike = len(this) >= LONG and this.isdigit() and before[:-2] == this[:-2] and this[-2:] != "00"
        kept.append(this[-2:] if alike else this)
    return "/".join(kept)


def ranking(result: FindResult) -> Table:
    """Return the structures, best first, under the view and under the market."""
    grid = columns("", "loss", "gain", "value", "per $", "pop", "value", "pop")
    grid.padding = (0, 1, 0, 0)
    grid.columns[3].header = "view: $"
    grid.columns[6].header = "mkt: $"
    for place, one in enumerate(result.found):
        grid.add_row(
            label(one),
            short_dollars(one.max_loss_usd, most=MOST),
            "no limit" if one.max_gain_usd is None else short_dollars(one.max_gain_usd, most=MOST),
            dollars(one.expected_value_usd, sign=True),
            number(one.value_per_loss),
            percent(units.percent(one.profit_probability), places=0),
            dollars(one.market_value_usd, sign=True),
            percent(units.percent(one.market_profit_probability), places=0),
            style="bold" if place == 0 else "",
        )
    return grid


def getting_out(result: FindResult) -> Table:
    """Return premium, capital and liquidity of each."""
    grid = columns("one contract", "premium", "capital", "out now", "shown", "open int", "fits")
    grid.padding = (0, 1, 0, 0)
    for one in result.found:
        grid.add_row(
            label(one),
            dollars(one.net_premium_usd, sign=True),
            short_dollars(one.capital_usd, most=MOST),
            dollars(one.exit_now_usd),
            number(one.displayed, 0),
            number(one.open_interest, 0),
            "-" if one.within_max_loss is None else f"{one.within_max_loss:,}",
        )
    return grid


def footer(result: FindResult) -> list[str]:
    """Return what the numbers rest on."""
    inputs = result.inputs
    left_out = inputs["left_out"]
    limits = [
        f"{name} {dollars(inputs[key])}"
        for name, key in (("max loss", "max_loss"), ("max capital", "max_capital"))
        if math.isfinite(inputs[key])
    ]
    if inputs["min_pop"] > 0.0:
        limits.append(f"chance of profit {percent(units.percent(inputs['min_pop']), places=0)} or more")
    lines = [
        f"{sum(result.searched.values()):,} combinations looked at, every one of the {left_out['quotes']:,} quotes of "
        f"the expiry but {left_out['flagged']:,} flagged, {left_out['one_sided']:,} one-sided and {left_out['wide']:,} "
        f"wider than {units.percent(inputs['max_spread']):g}% of mid; at most {inputs['each']} of a structure shown"
        + (f"; {', '.join(limits)}" if limits else ""),
        f"view: {result.view}",
        f"market: {result.market}",
        "per $: expected profit under the view per dollar of greatest loss (with shares: their cost financed to the "
        "expiry); at the touch, today's money, held to the expiry; pop: probability of a profit; a value below zero "
        "under the market (mkt) is what the spreads cost; options sold in the money may be assigned early",
        "premium: + paid, - received; capital: greatest loss before fees, half the stock with shares, the strike in "
        "cash for a cash put; out now: lost by closing at once, markets unchanged; shown: contracts displayed at the "
        "touch; fits: contracts within --max-loss",
        f"{inputs['engine']}; rate {units.percent(inputs['rate']):.2f}% ({inputs['rate_source']}); "
        f"{inputs['dividends_source']}; fee ${inputs['fee']:g} a contract",
        f"{inputs['source']} as of {inputs['asof']:%Y-%m-%d %H:%M %Z}, sha256 {inputs['source_sha256'][:8]}; hedgekit "
        f"{inputs['version']}",
    ]
    if any(one.name in TWO_EXPIRIES for one in result.found):
        message = (
            f"calendar, diagonal: the bought option expires on the day shown, of {len(inputs['later_expiries'])} later "
            "expiries searched; it is valued at the first expiry at its own vol of today; strikes: sold, bought"
        )
        lines.insert(4, message)
    return lines
