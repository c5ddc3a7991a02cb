"""A verdict for people: the outcome first, breaches before passes, then what it rests on."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from typing import Any

from rich.text import Text

from hedgekit.report.console import ACCENT, columns, console, dollars, drawn, warning_lines
from hedgekit.risk.check import CheckResult, Verdict

MARKS = {"breach": "x", "warn": "!", "pass": "."}
ORDER = ("breach", "warn", "pass")
NAME_WIDTH = 21
MORE = re.compile(r" \(and \d+ more\)$")
SHOWN_WARNINGS = 6


def table(result: CheckResult, *, terminal: bool = False) -> str:
    """Return the verdict, a line a rule, the book in dollars and what it rests on."""
    out = console(terminal=terminal)
    asof = result.inputs["asof"]
    breached, total = len(result.breached), len(result.rules)
    unknown = sum(not rule.computed for rule in result.rules)
    head = f"BREACH  {breached} of {total} rules" if breached else f"PASS  {total} rules"
    head += f", {unknown} not computed" if unknown else ""
    out.print(Text(f"{head:<50}as of {asof:%Y-%m-%d %H:%M} {asof:%Z}", style=f"bold {'red' if breached else 'green'}"))
    out.print()
    for kind in ORDER:
        for rule in result.rules:
            if rule.verdict == kind and rule.computed:
                _rule(out, rule)
        if kind == "breach":
            _not_computed(out, [rule for rule in result.rules if not rule.computed])
    out.print()
    out.print(_book(result))
    out.print()
    for change in result.changes or ():
        for i, line in enumerate(textwrap.wrap(_since(change), 71)):
            out.print(Text(f"  {'since:' if i == 0 else '      '} {line}", style=ACCENT))
    if result.changes is not None:
        out.print("" if result.changes else "  since: no verdict has changed\n", end="\n" if result.changes else "")
    for text in _footer(result):
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def _since(change: Mapping[str, Any]) -> str:
    """Say what changed, and whether the policy itself did it."""
    if change["change"] == "new rule":
        return f"{change['id']} is new: {change['verdict']}"
    if change["change"] == "no longer checked":
        return f"{change['id']} is no longer checked (was {change['previous_verdict']})"
    text = f"{change['id']} {change['change']} (was {change['previous_verdict']})"
    if change["reset"]:
        text += f"; the policy changed it: limit {_limit(change['limit'])}, was {_limit(change['previous_limit'])}"
    return text


def _limit(value: Any) -> str:
    if isinstance(value, list):
        return " to ".join(map(_limit, value))
    return f"{value:,.6g}" if isinstance(value, int | float) else "none" if value is None else str(value)


def _rule(out: Any, rule: Verdict) -> None:
    style = {"breach": "bold", "warn": "", "pass": "dim"}[rule.verdict]
    first = f"  {MARKS[rule.verdict]} {rule.id:<{NAME_WIDTH}} "
    lines = textwrap.wrap(rule.message, 80 - len(first), break_long_words=False) or [""]
    for i, line in enumerate(lines):
        out.print(Text(f"{first if i == 0 else ' ' * len(first)}{line}", style=style))


def _not_computed(out: Any, rules: list[Verdict]) -> None:
    """Draw the rules that could not be computed, those with one reason together."""
    reasons: dict[str, list[str]] = {}
    for rule in rules:
        reasons.setdefault(MORE.sub("", rule.message), []).append(rule.id)
    for message, names in reasons.items():
        for i, line in enumerate(textwrap.wrap(f"{', '.join(names)}: {message}", 76, break_on_hyphens=False)):
            out.print(Text(f"  {MARKS['breach'] if i == 0 else ' '} {line}", style="bold"))


def _book(result: CheckResult) -> Any:
    """Return the book by ticker: value and dollar greeks."""
    valued = result.valued
    grid = columns("book", "value", "delta", "beta delta", "gamma/1%", "vega/pt", "theta/day")
    grid.padding = (0, 1, 0, 0)
    for ticker, lines in valued.groups(lambda line: line.ticker).items():
        grid.add_row(ticker, *_cells(valued.totals(lines)))
    grid.add_row("cash", dollars(valued.book.cash_usd), *["-"] * 5)
    net = "unknown" if _known(valued.net_usd) is None else dollars(valued.net_usd)
    grid.add_row("net", net, *_cells(valued.totals())[1:], style="bold")
    return grid


def _cells(row: dict[str, Any]) -> list[str]:
    names = ("value_usd", "delta_usd", "beta_delta_usd", "gamma_usd_per_pct", "vega_usd_per_point", "theta_usd_per_day")
    return ["unknown" if _known(row[name]) is None else dollars(row[name]) for name in names]


def _known(value: float) -> float | None:
    return value if value == value else None


def _footer(result: CheckResult) -> list[str]:
    inputs = result.inputs
    lines = [
        f"x breach, ! over a limit that only warns, . pass; a rule that cannot be computed is a breach; "
        f"marks: {inputs['marks']}; beta delta: to {inputs['benchmark']}",
        f"policy {inputs['policy']} sha256 {inputs['policy_sha256'][:8]}; book {inputs['book']} sha256 "
        f"{inputs['book_sha256'][:8]}",
    ]
    lines += [
        f"{chain['ticker']} {chain['spot']:.2f} (spot: {chain['spot_source']}), {chain['source']} "
        f"{chain['asof']:%Y-%m-%d %H:%M}, sha256 {chain['source_sha256'][:8]}"
        + (f"; rate {chain['rate_source']}; {chain['dividends_source']}" if chain["rate_source"] else "")
        for chain in inputs["chains"]
    ]
    if inputs["prices"]:
        lines.append(f"prices {inputs['prices']['source']} to {inputs['prices']['last_day']}")
    lines.append(
        f"details of a rule: --format json (calculation), or check --explain RULE; hedgekit {inputs['version']}"
    )
    notes = warning_lines(result.warnings)
    lines += notes[:SHOWN_WARNINGS]
    if len(notes) > SHOWN_WARNINGS:
        lines.append(f"and {len(notes) - SHOWN_WARNINGS} more warnings: --format json")
    return lines
