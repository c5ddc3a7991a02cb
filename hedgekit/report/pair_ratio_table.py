"""Hedge ratios of a pair for a terminal."""

from __future__ import annotations

import math
import textwrap

from rich.text import Text

from hedgekit import units
from hedgekit.pairs.ratio import Estimate, PairRatioResult
from hedgekit.report.console import ACCENT, columns, console, drawn, number, warning_lines

SHARES = 100  # of the long leg, in the column of share counts


def table(result: PairRatioResult, *, terminal: bool = False) -> str:
    """Return the estimators as text of at most 80 columns."""
    out = console(terminal=terminal)
    inputs = result.inputs
    long, short = inputs["long"], inputs["short"]
    out.print(f"{long} against {short}, {inputs['days']:,} days to {inputs['asof']}")
    out.print()
    for line in textwrap.wrap(headline(result), 76):
        out.print(Text(f"  {line}", style=ACCENT))
    out.print()
    grid = columns("", "$/$", "95% interval", f"sh/{SHARES}", "out-of-sample", "", left=(0, 5))
    for estimate in result.estimates:
        chosen = estimate.name == result.recommended
        mark = "<-" if chosen else "levels" if estimate.level_based and not result.cointegrated else ""
        grid.add_row(*_cells(estimate, cointegrated=result.cointegrated), mark, style="bold" if chosen else "")
    out.print(grid)
    out.print()
    for text in notes(result):
        for line in textwrap.wrap(text, 78):
            out.print(f"  {line}")
    out.print()
    for text in [*footer(result), *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def headline(result: PairRatioResult) -> str:
    """Return the answer in two sentences."""
    inputs, best = result.inputs, result.named(result.recommended)
    p = f"p = {result.cointegration_pvalue:.2g}"
    if result.cointegrated:
        verdict = f"Cointegrated ({p}): price levels may be used."
    elif any(note.slug == "leg_reverts" for note in result.warnings):
        verdict = "A leg reverts by itself: use a return ratio."
    else:
        verdict = f"Not cointegrated ({p}): use a return ratio."
    long, short = inputs["long"], inputs["short"]
    if any(note.slug == "no_hedge" for note in result.warnings):
        verdict = f"{short} is not seen to hedge {long}: no ratio to rely on. {verdict}"
    if best.dollar_ratio < 0.0:
        both = f"hold ${-best.dollar_ratio:.2f} of {short} long for each $1 of {long}"
        return f"{verdict} {best.label}: the legs move against each other, so {both}."
    text = f"{verdict} {best.label}: short ${best.dollar_ratio:.2f} of {short} for each $1 of {long}"
    if math.isfinite(best.share_ratio):
        text += f", {best.share_ratio * SHARES:.1f} shares for {SHARES}"
    return f"{text}."


def notes(result: PairRatioResult) -> list[str]:
    """Say how sure the choice is and whether the ratio stayed the same."""
    lines = []
    good = [result.named(name).label for name in result.as_good]
    if good:
        lines.append(
            f"Out of sample these did as well, for all the data can tell: {', '.join(good)}. The recommended one has "
            "the narrowest interval of those that aim at the least variance."
        )
    kept = result.stability
    moved = min(kept.chow_pvalue, kept.cusum_pvalue)
    verdict = "The return ratio has changed over time" if moved < 0.05 else "No change of the return ratio shows"
    lines.append(
        f"{verdict}: {kept.first_half:.2f} in the first half of the days, {kept.second_half:.2f} in the second "
        f"(Chow p = {kept.chow_pvalue:.2g}, CUSUM p = {kept.cusum_pvalue:.2g})."
    )
    return lines


def _cells(estimate: Estimate, *, cointegrated: bool) -> list[str]:
    low, high = estimate.dollar_ci95
    gained = estimate.effectiveness
    span = f" [{_short(gained.low)}, {_short(gained.high)}]" if math.isfinite(gained.low) else ""
    shares = estimate.share_ratio * SHARES
    return [
        estimate.label,
        number(estimate.dollar_ratio),
        _span(low, high, estimate, cointegrated=cointegrated),
        number(shares, 1) if math.isfinite(shares) else "-",
        f"{_short(gained.value, 3)}{span}",
    ]


def _span(low: float, high: float, estimate: Estimate, *, cointegrated: bool) -> str:
    """Write an interval; in brackets when it rests on a cointegration that the data do not show."""
    if not math.isfinite(low):
        return "not valid" if estimate.level_based else "-"
    text = f"{low:.2f} to {high:.2f}{'?' if estimate.narrow and cointegrated else ''}"
    return f"({text})" if estimate.level_based and not cointegrated else text


def _short(value: float, places: int = 2) -> str:
    """Write a share of one without its leading zero."""
    if not math.isfinite(value):
        return "-"
    if value < -1.0:
        return "<-1"
    text = f"{value:.{places}f}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _price(value: float) -> str:
    return number(value) if math.isfinite(value) else "unknown prices"


def footer(result: PairRatioResult) -> list[str]:
    """Return what the numbers rest on."""
    inputs = result.inputs
    long, short = inputs["long"], inputs["short"]
    percent = units.percent(0.95)
    return [
        f"$/$: dollars of {short} short per dollar of {long} long; sh/{SHARES}: shares of {short} per {SHARES} of "
        f"{long} at {_price(inputs['long_close'])} and {_price(inputs['short_close'])}",
        f"out-of-sample: share of variance removed, fitted on the days before only, held {result.hold} days, "
        f"{result.periods} times; [{percent:g}% by block bootstrap]",
        f"returns: daily log, last {inputs['window_days']} (weekly 504, EWMA 503), errors allow for clustered "
        "volatility; levels: prices with dividends, all days; DOLS, FMOLS, Johansen: prewhitened long-run variance",
        *(["(in brackets): holds only if the pair is cointegrated after all"] if not result.cointegrated else []),
        "cointegration: Engle-Granger, better of both directions, p-value simulated for having chosen it",
        f"{inputs['source']} sha256 {inputs['source_sha256'][:8]}; hedgekit {inputs['version']}",
    ]
