"""Scanned pairs for a terminal."""

from __future__ import annotations

import textwrap

from rich.text import Text

from hedgekit import units
from hedgekit.pairs.discoveries import METHODS
from hedgekit.pairs.scan import PairScanResult, ScannedPair
from hedgekit.report.console import ACCENT, chance_count, columns, console, drawn, half_life, number, warning_lines


def table(result: PairScanResult, *, terminal: bool = False) -> str:
    """Return the best pairs as text of at most 80 columns."""
    out = console(terminal=terminal)
    inputs = result.inputs
    out.print(f"{result.tickers:,} tickers, {result.tested:,} pairs, {inputs['days']:,} days to {inputs['asof']}")
    out.print()
    for line in textwrap.wrap(headline(result), 76):
        out.print(Text(f"  {line}", style=ACCENT if result.discoveries else ""))
    out.print()
    grid = columns("y", "x", "t", "by chance", "q", "$x per $y", "half-life", "days", "", left=(0, 1, 8))
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
        f"{result.below_5pct:,} have p below 5%; were no pair cointegrated, {result.expected_by_chance:,.0f} would on "
        f"average, and up to {result.most_by_chance:,.0f} in 19 scans of 20."
    )
    if not result.discoveries:
        return f"No pair stands out: none is cointegrated at a false-discovery rate of {rate}. {chance}"
    noun = "pair is" if result.discoveries == 1 else "pairs are"
    false = f"expected false among them: {chance_count(result.expected_false)} at most"
    return f"{result.discoveries:,} {noun} cointegrated at a false-discovery rate of {rate} ({false}). {chance}"


def _cells(pair: ScannedPair) -> list[str]:
    return [
        pair.y,
        pair.x,
        number(pair.statistic),
        chance_count(pair.by_chance),
        f"{pair.q:.2g}",
        number(pair.elasticity),
        half_life(pair.half_life_days, pair.half_life_low, pair.half_life_high),
        f"{pair.days:,}",
        "found" if pair.discovery else "",
    ]


def footer(result: PairScanResult) -> list[str]:
    """Return what the numbers rest on."""
    inputs = result.inputs
    lags = f"up to Schwert's number by {inputs['criterion'].upper()}" if inputs["criterion"] else inputs["lags"]
    return [
        f"t: Engle-Granger on log prices with dividends, the better direction, lags {lags}",
        f"by chance: pairs that look as good among {result.tested:,} of which none is cointegrated, on average (p, "
        "doubled for the direction, times their number; pairs share legs, so they come in clusters)",
        f"q: rate of false discoveries at which the pair would be one, over all {result.tested:,} pairs "
        f"({METHODS[inputs['method']]})",
        "half-life, trading days: of a found pair median-unbiased and with its 95% interval, both allowing for its "
        "having been picked, (16-) being one without an upper end; of the others only from below, for none of them is "
        "told from a pair that never reverts",
        "$x per $y: dollars of x sold per dollar of y bought, the slope of log y on log x; below zero both are bought",
        "a found pair reverted in these days; judge it out of sample (pair backtest); pair test --logs --screened "
        f"{result.tested} tells more of one",
        f"{inputs['source']} sha256 {inputs['source_sha256'][:8]}; hedgekit {inputs['version']}",
    ]
