"""Scanned pairs for a terminal."""

from __future__ import annotations

import math
import textwrap

from rich.text import Text

from hedgekit import units
from hedgekit.pairs.discoveries import METHODS
from hedgekit.pairs.scan import PairScanResult, ScannedPair
from hedgekit.report.console import ACCENT, columns, console, drawn, number, warning_lines


def table(result: PairScanResult, *, terminal: bool = False) -> str:
    """Return the best pairs as text of at most 80 columns."""
    out = console(terminal=terminal)
    inputs = result.inputs
    out.print(f"{result.tickers:,} tickers, {result.tested:,} pairs, {inputs['days']:,} days to {inputs['asof']}")
    out.print()
    for line in textwrap.wrap(headline(result), 76):
        out.print(Text(f"  {line}", style=ACCENT if result.discoveries else ""))
    out.print()
    grid = columns("y", "x", "t", "p", "q", "elasticity", "half-life", "days", "", left=(0, 1, 8))
    for pair in result.pairs:
        grid.add_row(*_cells(pair), style="bold" if pair.discovery else "")
    if result.pairs:
        out.print(grid)
        out.print()
    for text in [*footer(result), *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def headline(result: PairScanResult) -> str:
    """Return the answer in two sentences."""
    rate = f"{units.percent(result.rate):g}%"
    chance = (
        f"{result.below_5pct:,} have p below 5%, where {result.expected_by_chance:,.0f} would if no pair were "
        "cointegrated."
    )
    if not result.discoveries:
        return f"No pair stands out: none is cointegrated at a false-discovery rate of {rate}. {chance}"
    noun = "pair is" if result.discoveries == 1 else "pairs are"
    return f"{result.discoveries:,} {noun} cointegrated at a false-discovery rate of {rate}. {chance}"


def _cells(pair: ScannedPair) -> list[str]:
    life = f"{pair.half_life_days:.1f} d" if math.isfinite(pair.half_life_days) else "none"
    return [
        pair.y,
        pair.x,
        number(pair.statistic),
        f"{pair.pvalue:.2g}",
        f"{pair.q:.2g}",
        number(pair.elasticity),
        life,
        f"{pair.days:,}",
        "found" if pair.discovery else "",
    ]


def footer(result: PairScanResult) -> list[str]:
    """Return what the numbers rest on."""
    inputs = result.inputs
    lags = f"up to Schwert's number by {inputs['criterion'].upper()}" if inputs["criterion"] else inputs["lags"]
    return [
        "t: Engle-Granger on log prices with dividends, the better direction; p: MacKinnon's, doubled for having "
        f"chosen it; lags {lags}",
        f"q: rate of false discoveries at which the pair would be one, over all {result.tested:,} pairs "
        f"({METHODS[inputs['method']]})",
        "a found pair reverted in these days; its elasticity is of these days: judge it out of sample (pair backtest)",
        f"{inputs['source']} sha256 {inputs['source_sha256'][:8]}; hedgekit {inputs['version']}",
    ]
