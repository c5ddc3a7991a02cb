"""A chain for a terminal: summary first, then the strikes asked for."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from rich.text import Text

from hedgekit import units
from hedgekit.market.chain import WIDE_STRADDLE
from hedgekit.market.survey import ChainResult
from hedgekit.report.console import ACCENT, THOUSAND, columns, console, drawn, number, plural, rate_words, warning_lines
from hedgekit.report.moment_line import moment_line

VAGUE = 0.02
"""A yield that is doubtful by more than this, decimal a year, is not shown."""

MOST_ROWS = 400
"""Quotes a table shows; JSON and CSV hold them all."""


def table(result: ChainResult, *, terminal: bool = False) -> str:
    """Return the summary, and the quotes when fewer than the whole chain are asked for."""
    out = console(terminal=terminal)
    chain, inputs = result.chain, result.inputs
    file_says = "none" if np.isnan(inputs["file_spot"]) else f"{inputs['file_spot']:g}"
    checked = "inside put-call parity" if result.parity else "not checked by put-call parity"
    if any(note.slug == "dividend_due" for note in result.warnings):
        checked = "above put-call parity by a dividend due"
    source = {
        "file": f"the file's, {checked}",
        "parity": f"from put-call parity; the file says {file_says}",
        "given": "as given",
    }[inputs["spot_source"]]
    out.print(Text(f"{inputs['ticker']} {chain.spot:.2f} ({source})", style=ACCENT))
    open_ = f"{len(result.expiries)} open expir{'y' if len(result.expiries) == 1 else 'ies'}"
    out.print(f"as of {chain.asof:%a %Y-%m-%d %H:%M %Z}; {plural(result.total, 'quote')}, {open_}")
    out.print(_parity(result))
    if moment := moment_line(chain):
        out.print(moment)
    out.print(_spread(result))
    out.print()
    # beside cash dividends, what they leave of the carry is the news
    carry, carried = ("residual", "residual_yield") if inputs["dividends"] else ("yield", "div_yield")
    grid = columns("expiry", "days", "forward", "+-", carry, "vol", "spread", "quotes", "two-sided")
    for row in result.expiries:
        grid.add_row(
            f"{row['expiry']:%Y-%m-%d}",
            f"{row['days']:.0f}",
            number(row["forward"]),
            "-" if row["forward"] is None else number((row["forward_high"] - row["forward_low"]) / 2),
            f"{units.percent(row[carried]):.2f}%" if _told(row, carried) else "-",
            "-" if row["atm_vol"] is None else f"{units.percent(row['atm_vol']):.1f}%",
            number(row["median_spread"]) + ("*" if row["wide"] else " "),
            f"{row['quotes']:,}",
            f"{row['two_sided']:,}",
        )
    out.print(grid)
    out.print()
    _defects(result, out)
    whole = sum(row["quotes"] for row in result.expiries)
    if len(chain) < whole:
        _quotes(result, out)
    early = "de-Americanised parity" if inputs["exercise"] == "american" else "parity"
    foot = f"forward: {early} near the money, +- half its bid/ask interval"
    told = inputs["dividends_source"].startswith("dividends:")
    foot += "; " if told or inputs["exercise"] != "american" else ", dividends taken as cash and as a yield; "
    if inputs["dividends"]:
        foot += "residual: carry a year that rate and dividends leave unexplained; "
    if not all(_told(row, carried) for row in result.expiries):
        foot += f"no {carry} where quotes tell it no better than +-{units.percent(VAGUE):g} points a year; "
    foot += (
        f"vol: {inputs['exercise'].capitalize()}, mid, at the forward; spread: median within 5% of the money, dollars"
    )
    if any(row["wide"] for row in result.expiries):
        foot += f", * above {units.percent(WIDE_STRADDLE):g}% of the straddle"
    rates = rate_words([row["rate"] for row in result.expiries], inputs["rate_source"])
    foot += f"; {rates}; {inputs['dividends_source']}"
    last = f"{inputs['source']} sha256 {inputs['source_sha256'][:8]}; hedgekit {inputs['version']}"
    for text in [foot, last, *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def _parity(result: ChainResult) -> str:
    """Say what put-call parity tells of the spot."""
    parity = result.parity
    if parity is None:
        return "put-call parity near the money tells no spot: too few quotes on both sides"
    places = 1 if parity.spot >= THOUSAND else 2
    spot, low, high = (f"{price:.{places}f}" for price in (parity.spot, parity.low, parity.high))
    return f"put-call parity to {parity.last_expiry} says {spot}, between {low} and {high} ({parity.pairs} pairs)"


def _told(row: dict[str, Any], carried: str) -> bool:
    """Whether an expiry's yield is told well enough to be shown: near ones make percents a year out of cents."""
    return row[carried] is not None and np.isfinite(row[carried]) and row["yield_doubt"] <= VAGUE


def _spread(result: ChainResult) -> str:
    """Say how widely the chain is quoted, and how the file's vols compare."""
    text = "nothing quoted on both sides near the money"
    if np.isfinite(result.median_spread):
        share = units.percent(result.median_spread / result.chain.spot)
        text = f"median spread near the money ${result.median_spread:.2f} ({share:.2f}% of the spot)"
    if result.vendor is None:
        return text
    vendor = result.vendor
    off = f"median {units.percent(vendor.median_difference):+.1f} points off"
    outside = f"{units.percent(vendor.outside_band / vendor.compared):.0f}% out of band"
    missing = f", {vendor.without:,} missing" if vendor.without else ""
    return f"{text}\nthe file's vols, not used: {off}, {outside}{missing}"


def _defects(result: ChainResult, out: object) -> None:
    from rich.console import Console

    assert isinstance(out, Console)
    if not result.defects:
        out.print("no defects found")
    else:
        grid = columns("defect", "quotes", "meaning", left=(0, 2))
        grid.columns[2].no_wrap = False
        for defect in result.defects:
            grid.add_row(defect.slug, f"{defect.count:,}", defect.message)
        out.print(grid)
    out.print()


def _quotes(result: ChainResult, out: object) -> None:
    from rich.console import Console

    assert isinstance(out, Console)
    grid = columns("expiry", "", "strike", "bid", "ask", "iv bid", "iv mid", "iv ask", "delta", "flags", left=(0, 1, 9))
    grid.padding = (0, 1, 0, 0)
    rows = result.records()
    for row in rows[:MOST_ROWS]:
        vols = [
            f"{units.percent(row[name]):.1f}%" if np.isfinite(row[name]) else "-"
            for name in ("iv_bid", "iv_mid", "iv_ask")
        ]
        delta = number(row["delta"]) if np.isfinite(row["delta"]) else "-"
        bid, ask = (f"{row[side]:.2f}" if np.isfinite(row[side]) else "-" for side in ("bid", "ask"))
        grid.add_row(
            f"{row['expiry']:%y-%m-%d}",
            row["kind"][0].upper(),
            f"{row['strike']:g}",
            bid,
            ask,
            *vols,
            delta,
            ",".join(row["flags"]),
        )
    out.print(grid)
    if len(rows) > MOST_ROWS:
        out.print(f"{len(rows) - MOST_ROWS:,} more: use --format csv or json, or --near")
    out.print()
