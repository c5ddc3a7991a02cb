"""Cointegration tests of a pair for a terminal."""

from __future__ import annotations

import math
import textwrap

from rich.text import Text

from hedgekit.pairs.cointegration import PairTestResult
from hedgekit.report.console import ACCENT, columns, console, drawn, number, warning_lines

SMALLEST = 0.001  # p-values below are written as less than it


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


def probability(p: float) -> str:
    """Write a p-value.

    Examples
    --------
    >>> probability(0.1934), probability(0.00002), probability(float("nan"))
    ('0.193', '<0.001', '')
    """
    if not math.isfinite(p):
        return ""
    return f"<{SMALLEST:g}" if p < SMALLEST else f"{p:.3f}"


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
    if not math.isfinite(life.days):
        return "The spread does not revert: there is no half-life."
    if not life.reverting:
        least = f" (it could be as short as {life.low:.0f} days)" if math.isfinite(life.low) else ""
        return (
            f"Half-life: none can be claimed; the estimate of {life.days:.0f} days is one that spreads which never "
            f"revert give too{least}."
        )
    unbiased = f" ({life.unbiased_days:.0f} corrected for bias)" if math.isfinite(life.unbiased_days) else ""
    return f"Half-life {life.days:.1f} days{unbiased}, 95% interval {life.low:.1f} to {life.high:.1f}."


def footer(result: PairTestResult) -> list[str]:
    """Return what the numbers rest on."""
    inputs, process = result.inputs, result.process
    lines = [
        f"spread: {result.direction}, {inputs['levels']} with dividends, slope {result.slope:.4f}; its p-values are "
        "MacKinnon's for two variables; plain Dickey-Fuller tables would be wrong for it",
        "stat: test statistic; 5%: its critical value; better of both: p-value simulated for keeping the better "
        "direction; the log price ratio is fitted to nothing",
        "half-life: interval from simulating the fit of the ratio and of the reversion together",
    ]
    if process is not None:
        lines.append(
            f"Ornstein-Uhlenbeck, exact likelihood, a day: kappa {process.speed:.4f}, level {process.mean:.3f}, sigma "
            f"{process.vol:.3f}, settles at sd {process.sd:.3f}; now {result.spread_now:+.3f}"
        )
    lines.append(f"{inputs['source']} sha256 {inputs['source_sha256'][:8]}; hedgekit {inputs['version']}")
    return lines
