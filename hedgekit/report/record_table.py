"""The record for a terminal: each chapter's answer, its tables, and what they do not say."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from rich.text import Text

from hedgekit import units
from hedgekit.record.chapter import Chapter, Column
from hedgekit.record.replay import RecordResult
from hedgekit.report.console import ACCENT, columns, console, dollars, drawn, number, percent

WIDTH = 78
LONGEST = 60
"""Characters of a file's reason that the foot shows: JSON has them whole."""


def table(result: RecordResult, *, terminal: bool = False) -> str:
    """Return the record as text."""
    out = console(terminal=terminal)
    holds = result.inputs
    out.print(Text("DID IT COME TRUE?", style=ACCENT))
    days = f", {holds['first_price']} to {holds['last_price']}" if holds["price_tickers"] else ""
    chains = (
        f"{holds['chains']} {_many('chain', holds['chains'])} of {', '.join(holds['chain_tickers'])}"
        if holds["chains"]
        else "no chains"
    )
    if holds["chains"]:
        chains += f", {holds['first_chain']} to {holds['last_chain']}"
    prices = f"prices of {holds['price_tickers']:,} {_many('ticker', holds['price_tickers'])}{days}"
    for line in textwrap.wrap(f"{holds['data']}: {chains}; {prices}", WIDTH):
        out.print(line)
    for chapter in result.chapters:
        _chapter(out, chapter)
    out.print()
    unused = holds["not_used"]
    foot = [
        *(note.message for note in result.warnings if note.slug != "not_used"),
        "every promise rests on quotes and prices of its own day and before; intervals are 95%, over independent "
        "months, expiries or years, not over rows",
        f"hedgekit {holds['version']}",
    ]
    if unused:
        foot.append(f"of {holds['files']} files not used, or not all of them:")
        foot += [f"  {one['file']}: {_short(one)}" for one in unused]
    for text in foot:
        for line in textwrap.wrap(text, WIDTH, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def _many(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


def _short(unused: Mapping[str, str]) -> str:
    why = unused["why"]
    return why if len(why) <= LONGEST else f"{why[: LONGEST - 3]}..."


def _chapter(out: Any, chapter: Chapter) -> None:
    out.print()
    out.print(Text(chapter.title, style=ACCENT))
    for line in textwrap.wrap(chapter.answer, WIDTH, initial_indent="  ", subsequent_indent="  "):
        out.print(line)
    for one in chapter.tables:
        if not one.rows:
            continue
        out.print()
        out.print(Text(f"  {one.title}", style="dim"))
        left = [at for at, column in enumerate(one.columns) if column.kind == "text"]
        grid = columns(*(column.heading for column in one.columns), left=left)
        for row in one.rows:
            grid.add_row(*(shown(row.get(column.name), column) for column in one.columns))
        out.print(grid)
    for text in chapter.limits:
        for line in textwrap.wrap(text, WIDTH - 2, initial_indent="- ", subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))


def shown(value: Any, column: Column) -> str:
    """Write a cell.

    Examples
    --------
    >>> shown(0.1234, Column("p", "p", "share")), shown(None, Column("p", "p")), shown(3, Column("n", "n", "count"))
    ('12.3%', '-', '3')
    """
    if value is None or value != value:
        return "-"
    match column.kind:
        case "text":
            return str(value)
        case "count":
            return f"{value:,.0f}"
        case "share":
            return percent(units.percent(value))
        case "percent":
            return percent(value, places=2)
        case "cents":
            return dollars(value, cents=True)
        case "usd":
            return dollars(value)
        case "ratio":
            return number(value, 4)
        case _:
            return number(value, 3)
