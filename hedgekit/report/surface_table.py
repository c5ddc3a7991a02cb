"""A surface for a terminal: whether it can be trusted, the smiles, then what they imply."""

from __future__ import annotations

import math
import textwrap
from typing import Any

from rich.console import Console
from rich.text import Text

from hedgekit import units
from hedgekit.market.surface.result import SurfaceResult
from hedgekit.report.console import (
    ACCENT,
    THOUSAND,
    columns,
    console,
    drawn,
    number,
    percent,
    plural,
    rate_words,
    warning_lines,
)
from hedgekit.report.moment_line import moment_line

MOST_ROWS = 400
"""Strikes a table shows; JSON and CSV hold them all."""

SHOWN = ("p01", "p05", "p25", "p50", "p75", "p95", "p99")


def table(result: SurfaceResult, *, terminal: bool = False) -> str:
    """Return the verdict on the fit, a line an expiry, and the quantiles; strikes too for a single expiry."""
    out = console(terminal=terminal)
    surface, left, inputs = result.surface, result.left, result.inputs
    chain = surface.chain
    out.print(Text(f"{inputs['ticker']} {chain.spot:.2f}, {plural(len(surface.slices), 'smile')}", style=ACCENT))
    out.print(f"as of {chain.asof:%a %Y-%m-%d %H:%M %Z}")
    if moment := moment_line(chain):
        out.print(moment)
    out.print()
    share = surface.inside_share
    if not math.isnan(share):
        out.print(f"{units.percent(share):.1f}% of {surface.liquid:,} liquid quotes hold the fitted vol in their band")
    broken = left.fit_butterflies + left.fit_calendars
    verdict = "no butterfly or calendar arbitrage" if not broken else f"arbitrage at {broken:,} points"
    out.print(f"the fit: {verdict} on a grid of {left.points:,} points")
    if left.unfitted:
        out.print(f"expiries without a smile, their quotes used: arbitrage at {left.unfitted:,} points")
    blamed, early = left.quote_butterflies, left.quote_calendars
    out.print(f"the quotes: {blamed:,} to blame for butterflies, {early:,} bid above a later expiry")
    if left.quote_disputes:
        most = units.percent(1.0 - left.quote_disputes / surface.liquid)
        out.print(
            f"{left.quote_disputes:,} or more contradict others: at most {most:.1f}% can be held without arbitrage"
        )
    for found in left.worst_calendars:
        out.print(f"  {found.what}: {units.percent(found.gain):.1f}% of its vol")
    out.print()
    _smiles(result.slices(), out)
    _quantiles(result.quantiles(), out)
    if len(result.shown) == 1 < len(surface.slices):
        _strikes(result, out)
    foot = [
        "vols: at the forward and at strikes of 90% and 110% of it; inside: liquid quotes (spread under 20% of mid, "
        f"open interest) whose {inputs['exercise'].capitalize()} vols at bid and ask hold the fit; "
        "worst: farthest outside, vol points; each "
        "smile is a mixture of lognormals, ordered in time",
        "probabilities are the pricing measure's, not a forecast: the mean is the forward; beyond the outermost "
        "strikes the tails are the fit's",
        f"{rate_words([of.quotes.rate for of in surface.slices], inputs['rate_source'])}; {inputs['dividends_source']}",
        f"{inputs['source']} sha256 {inputs['source_sha256'][:8]}; hedgekit {inputs['version']}",
        *warning_lines(result.warnings),
    ]
    for text in foot:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def _vol(value: float | None) -> str:
    return "-" if value is None or not math.isfinite(value) else percent(units.percent(value))


def _smiles(rows: list[dict[str, Any]], out: Console) -> None:
    grid = columns("expiry", "days", "forward", "vol 90%", "at", "110%", "strikes", "liquid", "inside", "worst")
    for row in rows:
        grid.add_row(
            f"{row['expiry']:%Y-%m-%d}",
            f"{row['days']:.0f}",
            number(row["forward"]),
            *(_vol(row[name]) for name in ("vol_90", "atm_vol", "vol_110")),
            f"{row['lowest_strike']:g}-{row['highest_strike']:g}",
            f"{row['liquid']:,}",
            row["method"] if row["method"] != "mixture" else percent(row["inside_pct"], places=0),
            number(row["worst_points"]),
        )
    if any(
        row["forward"] >= THOUSAND or (row["vol_110"] or 0.0) >= 1.0 or (row["vol_90"] or 0.0) >= 1.0 for row in rows
    ):
        grid.padding = (0, 1, 0, 0)  # longer numbers, and still eighty columns
    out.print(grid)
    out.print()


def _quantiles(rows: list[dict[str, Any]], out: Console) -> None:
    if not rows:
        return
    headings = (f"{int(name[1:])}%" for name in SHOWN)
    grid = columns("implied", "mean", *headings, "below", "above")
    places = 0 if rows[0]["mean"] >= THOUSAND else 1
    for row in rows:
        grid.add_row(
            f"{row['expiry']:%Y-%m-%d}",
            number(row["mean"], places),
            *(number(row[name], places) for name in SHOWN),
            f"{units.percent(row['below_lowest_strike']):.1f}%",
            f"{units.percent(row['above_highest_strike']):.1f}%",
        )
    out.print(grid)
    out.print("below, above: chance of a spot beyond the outermost strikes")
    out.print()


def _strikes(result: SurfaceResult, out: Console) -> None:
    grid = columns("", "strike", "bid", "ask", "iv bid", "fit", "iv ask", "", left=(0, 7))
    rows = result.records()
    for row in rows[:MOST_ROWS]:
        note = "" if row["inside"] in (True, None) else "outside" if row["liquid"] else "outside, not liquid"
        bid, ask = (f"{row[side]:.2f}" if math.isfinite(row[side]) else "-" for side in ("bid", "ask"))
        grid.add_row(
            row["kind"][0].upper(),
            f"{row['strike']:g}",
            bid,
            ask,
            *(_vol(row[name]) for name in ("iv_bid", "iv_fit", "iv_ask")),
            note,
        )
    out.print(grid)
    if len(rows) > MOST_ROWS:
        out.print(f"{len(rows) - MOST_ROWS:,} more: use --format csv or json")
    out.print()
