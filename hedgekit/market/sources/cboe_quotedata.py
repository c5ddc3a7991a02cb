"""Cboe's quote table (CSV): lines about the underlying, then calls and puts side by side with repeated column names.

::

    SPDR S&P 500 ETF Trust,Last: 388.67,Change:  -0.32
    "Date: July 9, 2022 at 5:28 p.m. EDT",Bid: 388.68,Ask: 388.8,Size: 5*1,"Volume: 72,373,012"
    Expiration Date,Calls,Last Sale,Net,Bid,Ask,...,Strike,Puts,Last Sale,Net,Bid,Ask,...

The first of a repeated name is the call's. ``Last`` is the price when the file was fetched, after hours too.
"""

from __future__ import annotations

import csv
import re
from datetime import datetime
from typing import Any

import numpy as np

from hedgekit.market.delimited import delimiter_of, read_below
from hedgekit.market.files import shown
from hedgekit.market.moments import read_moment
from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.facts import refuse_without_quotes, spot_of
from hedgekit.market.sources.frame import key
from hedgekit.market.sources.rows import Rows
from hedgekit.market.sources.tabular import named_ticker
from hedgekit.market.sources.tickers import plain_ticker, root_of, usual_ticker
from hedgekit.market.sources.want import Want

PREAMBLE_LINES = 20
_LAST = re.compile(r"last:\s*([0-9.,]+)", re.IGNORECASE)
_DATE = re.compile(r"date:\s*(.+)", re.IGNORECASE)
_SIDES = (("calls", "call"), ("puts", "put"))
_COLUMNS = ("bid", "ask", "bidsize", "asksize", "openinterest", "volume", "lastsale", "iv", "openint", "vol")


def recognises(content: Content) -> bool:
    """Whether a line near the top names a strike between calls and puts."""
    return content.kind == "text" and _header(content.document) is not None


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says."""
    found = _header(content.document)
    assert found is not None
    lines = content.document.splitlines()
    preamble = [
        cell.strip()
        for line in csv.reader(lines[:found], delimiter=delimiter_of(lines[found]), skipinitialspace=True)
        for cell in line
    ]
    rows = _both_sides(content, lines, found)
    refuse_without_quotes(rows, "bid", "ask", leave_out=("option", "strike", "kind", "expirationdate"))
    notes: tuple[tuple[str, str], ...] = ()
    if "option" in rows.names:
        options = rows.options("option")
        roots = [option.root for option in options]
        ticker = usual_ticker(roots)
    else:
        ticker, notes = (plain_ticker(want.ticker), ()) if want.ticker else named_ticker(content)
        options = rows.options_of_parts(root_of(ticker), "kind", rows.days("expirationdate"), "strike")
    blank = np.full(rows.count, np.nan)
    moment = _moment(content, preamble)
    interest = "openinterest" if "openinterest" in rows.names else "openint"
    return Snapshot(
        options=options,
        bid=rows.numbers("bid", least=0.0),
        ask=rows.numbers("ask", least=0.0),
        bid_size=rows.numbers("bidsize", least=0.0) if "bidsize" in rows.names else blank,
        ask_size=rows.numbers("asksize", least=0.0) if "asksize" in rows.names else blank,
        open_interest=rows.numbers(interest, least=0.0),
        volume=rows.numbers("volume" if "volume" in rows.names else "vol", least=0.0),
        last=rows.numbers("lastsale", least=0.0),
        last_time=np.full(rows.count, "NaT", dtype="M8[s]"),
        vendor_iv=rows.numbers("iv", percent=True),
        ticker=ticker,
        spot=_spot(content, preamble),
        moment=moment,
        label=content.label,
        source=content.name,
        source_sha256=content.sha256,
        warnings=notes,
    )


def _header(text: str) -> int | None:
    """Return which line is the header."""
    for number, line in enumerate(text.splitlines()[:PREAMBLE_LINES]):
        keys = [key(cell) for cell in line.split(delimiter_of(line))]
        if {"calls", "puts", "strike"} <= set(keys) and len([one for one in keys if one in ("bid", "bid1")]) > 1:
            return number
    return None


def _both_sides(content: Content, lines: list[str], header: int) -> Rows:
    """Return one row an option: the calls of all lines, then the puts."""
    found = read_below(content.label, lines, header, delimiter_of(lines[header]))
    if found is None:
        raise content.error("no options in it (no lines below the header)")
    content.memo["remarks"] = found.remarks
    names = [key(name) for name in found.names]
    table, numbers = found.rows, found.numbers
    columns: dict[str, list[Any]] = {"kind": ["call"] * len(table) + ["put"] * len(table)}
    for shared in ("expirationdate", "strike"):
        if shared in names:
            column = [cells[names.index(shared)] for cells in table]
            columns[shared] = column + column
    for name in _COLUMNS:
        places = [place for place, one in enumerate(names) if one in (name, f"{name}1")]
        if len(places) > 1:
            columns[name] = [cells[place] for place in places[:2] for cells in table]
    symbols = [cells[names.index(side)] for side, _ in _SIDES for cells in table]
    if _are_symbols(symbols):
        columns["option"] = symbols
    return Rows(
        content, "line", 2 * len(table), list(columns), columns.__getitem__, where=lambda row: numbers[row % len(table)]
    )


def _are_symbols(cells: list[str]) -> bool:
    return bool(re.search(r"\d{6}[CP]\d{8}$", cells[0].strip()))


def _spot(content: Content, preamble: list[str]) -> float:
    text = next((found[1] for cell in preamble if (found := _LAST.match(cell))), None)
    return spot_of(content, "Last", None if text is None else text.replace(",", ""))


def _moment(content: Content, preamble: list[str]) -> datetime | None:
    text = next((found[1] for cell in preamble if (found := _DATE.match(cell))), None)
    if text is None:
        return None
    try:
        return read_moment(text)
    except (ValueError, OverflowError):
        raise content.error(f"Date is {shown(text)}, expected one like July 9, 2022 at 5:28 p.m. EDT") from None
