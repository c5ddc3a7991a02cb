"""Barchart's download of an option page or screener: ``Strike, Moneyness, Bid, Mid, Ask, ..., Open Int, Type``.

The last line says when: ``"Downloaded from Barchart.com as of 06-17-2026 03:59pm CDT"``. A page holds one expiry, which
only the file's name tells (``spy-options-exp-2026-07-17-monthly-show-all-stacked-06-17-2026.csv``), as it does the
underlying; a screener has columns for both. Numbers carry thousands separators, ``unch`` is no change.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

from hedgekit.errors import InputError
from hedgekit.market.snapshot import Snapshot, Warnings
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import key, keys_of, lines_of
from hedgekit.market.sources.rows import Rows
from hedgekit.market.sources.tabular import NAMES, columns_of, snapshot_of, ticker_hint
from hedgekit.market.sources.want import Want

_FOOTER = re.compile(
    r'^"?downloaded from barchart\.com as of\s+([^"\r\n,]*)"?,*[ \t\r]*$', re.IGNORECASE | re.MULTILINE
)
_NAME = re.compile(r"\$?([a-z.]+)-options-exp-(\d{4}-\d\d-\d\d)(?:.*-(\d\d-\d\d-\d{4}))?", re.IGNORECASE)
_DAY = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}")
_NAMES = {**NAMES, "last": ("latest", "last"), "spot": ("price",), "last_time": ("time", "lasttrade")}


def recognises(content: Content) -> bool:
    """Whether a table with strikes ends as Barchart's do, or has its columns when somebody took the end away."""
    keys = keys_of(content)
    if content.kind != "text" or not {"strike", "bid", "ask"} <= keys:
        return False
    own = bool(keys & {"fromlast", "moneyness"}) and "openint" in keys and bool(keys & {"chg", "change"})
    return own or _FOOTER.search(content.document) is not None


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says of one expiry, or of the options of a screener."""
    rows = lines_of(content)
    content.memo["remarks"] = ()  # the last line is read, not passed over
    if [key(name) for name in rows.names].count("bid") > 1:
        raise content.error("calls and puts stand side by side in this download: for another, choose 'Stacked' there")
    have = columns_of(rows, _NAMES)
    want, notes = _wanted(content, have, want)
    rows, more = _dated(rows, content)
    for name in {have.get("last_time", "")} - {""}:  # some downloads give the hour of today's trades alone
        rows = rows.with_columns({name: [_day_or_none(cell) for cell in rows.cells(name)]})
    snapshot = snapshot_of(rows, want, names=_NAMES)
    return replace(snapshot, warnings=(*notes, *more, *snapshot.warnings))


def _wanted(content: Content, have: dict[str, str], want: Want) -> tuple[Want, Warnings]:
    """Return the underlying and the expiry that the file's name tells where its columns and the caller do not."""
    named = _NAME.match(content.name)
    if named is None:
        told = {*have, *(what for what in ("ticker", "expiry") if getattr(want, what) is not None)}
        if not told & {"ticker", "expiry"} and not ticker_hint(content):
            both = "give them with --ticker and --expiry"
            raise InputError(f"{content.label}: says neither underlying nor expiry: {both}")
        return want, ()
    notes = []
    ticker = named[1].upper()
    if "ticker" not in have and want.ticker is None:
        notes.append(("ticker_from_name", f"{ticker} is taken from the file's name; --ticker says otherwise"))
        want = replace(want, ticker=ticker)
    if "expiry" not in have and want.expiry is None:
        try:
            expiry = date.fromisoformat(named[2])
        except ValueError:
            return want, tuple(notes)
        notes.append(("expiry_from_name", f"expiry {expiry} is taken from the file's name; --expiry says otherwise"))
        want = replace(want, expiry=expiry)
    return want, tuple(notes)


def _dated(rows: Rows, content: Content) -> tuple[Rows, Warnings]:
    """Say when the page was downloaded: its last line tells, or else the file's name tells the day."""
    footer, named = _FOOTER.search(content.document), _NAME.match(content.name)
    if footer:
        return rows.with_columns({"as of": [footer[1].strip()] * rows.count}), ()
    if named is None or named[3] is None:
        return rows, ()
    note = f"the day {named[3]} (month first) is taken from the file's name; --asof says otherwise"
    return rows.with_columns({"as of": [named[3]] * rows.count}), (("asof_from_name", note),)


def _day_or_none(cell: Any) -> Any:
    return cell if isinstance(cell, str) and _DAY.match(cell.strip()) else None
