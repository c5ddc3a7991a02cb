"""Cointegration tests of a pair for a terminal."""

from __future__ import annotations

import math
import textwrap

from rich.text import Text

from hedgekit.pairs.cointegration import PairTestResult
from hedgekit.report.console import ACCENT, columns, console, drawn, number, probability, warning_lines

SHORT = 10.0  # half-lives from fewer days on are written with a decimal


def table(result: PairTestResult, *, terminal: bool = False) -> str:
    """Return the tests as text of at most 80 columns."""
    out = console(terminal=terminal)
    inputs = result.inputs
    out.print(f"{inputs['long']} against {inputs['short']}, {inputs['days']:,} days to {inputs['asof']}")
    out.print()
    for text in (verdict(result), speed(result)):
        for line in textwrap.wrap(text, 76):
            out.print(Text(f"  {line}", style=ACCENT))
    out.print()
    grid = columns("", "stat", "5%", "p", "lags", "speaks against", left=(0, 5))
    for test in result.tests:
        grid.add_row(
            test.label,
            number(test.statistic),
            ("+-" if test.name == "variance_ratio" else "") + number(test.critical.get("5%")),
            probability(test.pvalue),
            "" if test.lags is None else str(test.lags),
            test.null if test.rejects else "",
        )
    out.print(grid)
    out.print()
    for text in [*footer(result), *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def verdict(result: PairTestResult) -> str:
    """Return whether the pair is cointegrated, and what the p-value allows for."""
    word = "Cointegrated" if result.cointegrated else "Not cointegrated, as far as these days can tell"
    p = probability(result.pvalue)
    if result.legs_that_revert:
        word = f"No cointegration to speak of, {' and '.join(result.legs_that_revert)} reverts by itself"
    return f"{word}: p {p if p.startswith('<') else f'= {p}'}, {result.basis}."


def speed(result: PairTestResult) -> str:
    """Return how fast the spread reverts."""
    life = result.half_life
    if not math.isfinite(life.low):
        return "The spread is not seen to revert: there is no half-life."
    if not math.isfinite(life.unbiased_days):
        return (
            f"No half-life can be told: at least {life.low:.0f} trading days, if it reverts at all; spreads that never "
            "revert look like this too."
        )
    places = 1 if life.low < SHORT else 0
    told = f"Half-life about {life.unbiased_days:.{places}f} trading days"
    if not life.reverting:
        most = "there may be no end to it" if result.cointegrated else "spreads that never revert look like this too"
        return f"{told} if it reverts, at least {life.low:.{places}f} (95%); {most}."
    return f"{told}, 95% interval {life.low:.{places}f} to {life.high:.{places}f}."


def footer(result: PairTestResult) -> list[str]:
    """Return what the numbers rest on."""
    inputs, process = result.inputs, result.process
    lines = [
        f"spread: {result.direction}, {inputs['levels']} with dividends, slope {result.slope:.4f}; its p-values are "
        "MacKinnon's for two variables; plain Dickey-Fuller tables would be wrong for it",
        "stat: test statistic; 5%: its critical value; better of both: p-value simulated for keeping the better "
        "direction; the log price ratio is fitted to nothing",
        "half-life: median-unbiased, from the better direction's statistic: its distribution is simulated with both "
        f"directions fitted{_picked(result)}; read off this spread alone it would be {_ordinary(result)}",
    ]
    if process is not None:
        lines.append(
            f"Ornstein-Uhlenbeck, exact likelihood, a day: kappa {process.speed:.4f}, level {process.mean:.3f}, sigma "
            f"{process.vol:.3f}, settles at sd {process.sd:.3f}; now {result.spread_now:+.3f}"
        )
    lines.append(f"{inputs['source']} sha256 {inputs['source_sha256'][:8]}; hedgekit {inputs['version']}")
    return lines


def _picked(result: PairTestResult) -> str:
    screened = result.inputs["screened"]
    return f", the best of {screened:,} pairs picked" if screened > 1 else ""


def _ordinary(result: PairTestResult) -> str:
    days = result.half_life.days
    return f"{days:.1f} days, too short" if math.isfinite(days) else "none"
