"""What a certificate proves, for a terminal."""

from __future__ import annotations

import textwrap

from rich.text import Text

from hedgekit import units
from hedgekit.hedges.verification import VerifyResult
from hedgekit.report.console import ACCENT, console, dollars, drawn, warning_lines


def table(result: VerifyResult, *, terminal: bool = False) -> str:
    """Return the verdict as text of at most 80 columns."""
    out = console(terminal=terminal)
    for line in textwrap.wrap(f"Proven: {statement(result)}", 78):
        out.print(Text(line, style=ACCENT))
    out.print()
    for text in [*evidence(result), *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def statement(result: VerifyResult) -> str:
    """Say what is proven in one or two sentences."""
    goal, proven = result.goal, result.proven
    legs = f"{goal['max_legs']} leg{'s' if goal['max_legs'] > 1 else ''}"
    until = f" down to {goal['until']:g}" if goal["until"] else " at every spot"
    cap = "" if goal["min_cap"] is None else f", calls sold at {units.percent(goal['min_cap']):.5g}% of spot or above,"
    ticket = (
        f"{goal['expiry']} ticket of up to {legs}{cap} that holds {units.percent(goal['floor']):.8g}% of "
        f"{goal['shares']:,} shares{until}"
    )
    if proven.cost_usd is None:
        return f"there is no {ticket}."
    text = f"no {ticket} costs less than {dollars(proven.cost_usd, cents=True)}."
    if goal.get("kind") == "budget" and goal.get("budget") is not None:
        paid = goal["budget"] * goal["spot"] * goal["shares"]
        text += f" The budget was {dollars(paid, cents=True)}: no ticket keeps a cent more for it."
    if proven.recommended_usd is not None:
        dearer = proven.recommended_usd - proven.cost_usd
        text += f" The recommended ticket holds it for {dollars(proven.recommended_usd, cents=True)}"
        text += "." if dearer <= 0 else f", {dollars(dearer, cents=True)} more, with fewer legs."
    return text


def evidence(result: VerifyResult) -> list[str]:
    """Say what was checked."""
    proven, inputs = result.proven, result.inputs
    return [
        f"{proven.sets:,} sets of {inputs['quotes']} orders settled in exact whole numbers by {proven.multipliers:,} "
        f"lists of multipliers; {proven.by_tree:,} of them by splitting their counts; no search, no solver, no "
        "rounding",
        *_not_needed(result),
        "the orders, prices, fee, floor and growth stated are those that the chain and goal give",
        f"financed at {units.percent(result.goal['rate']):.4g}% a year, as the certificate states; "
        f"{result.units_per_dollar:,} units to the dollar",
        f"{inputs['source']} as of {inputs['asof']:%Y-%m-%d %H:%M %Z}, sha256 {inputs['source_sha256'][:8]}",
    ]


def _not_needed(result: VerifyResult) -> list[str]:
    """Say how many orders no cheapest ticket down to a level needs."""
    count = result.inputs["not_needed"]
    if not count:
        return []
    return [
        f"{count:,} further orders, puts at {result.goal['until']:g} and below, are in no set: from that level up they "
        "pay nothing, and what they bring or cost shows, pair by pair, that no cheapest ticket needs them"
    ]
