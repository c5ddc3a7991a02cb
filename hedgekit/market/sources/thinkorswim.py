"""thinkorswim's "Export to file" of its Trade page: lines about the underlying, then one block an expiry.

::

    Stock quote and option quote for IWM on 6/17/26 15:59:00

    UNDERLYING
    LAST,LX,Net Chng,BID,BX,ASK,AX,Size,Volume,Open,High,Low,
    248.00,Q,+1.0,247.99,P,248.01,P,1 x 1,"1,000,000",247,249,246,

    17 JUL 26  (30)  100 (Weeklys)
    ,,Delta,Open.Int,Volume,BID,BX,ASK,AX,Exp,Strike,BID,BX,ASK,AX,Delta,Open.Int,Volume,,

Calls stand left of the strike and puts right of it; which columns there are is the user's choice. ``<empty>`` and
``--`` mean nothing. The time is of the zone that the program shows, which the file does not say. Blocks alone, without
the lines above them, are read too when told the underlying and the day.
"""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from typing import Any

from hedgekit.market.contract_terms import PM_ROOTS
from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.answers import rows_of
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import first_line, key
from hedgekit.market.sources.rows import Rows
from hedgekit.market.sources.tabular import NAMES, snapshot_of
from hedgekit.market.sources.tickers import plain_ticker
from hedgekit.market.sources.want import Want

_TITLE = re.compile(r'"?stock(?: quote)? and option quote for\s+([^\s,"]+)(?:\s+on\s+([^,"]+))?', re.IGNORECASE)
_BLOCK = re.compile(r"(\d{1,2} [A-Z]{3} \d\d)\s+\(\d+\)\s+(\S+)(.*)", re.IGNORECASE)
_EMPTY = "<empty>"
_NAMES = {**NAMES, "vendor_iv": ("implvol",), "bid_size": ("bs",), "ask_size": ("as",)}


def recognises(content: Content) -> bool:
    """Whether the first line is the export's title, or the header of a block."""
    if content.kind != "text":
        return False
    keys = [key(cell) for cell in first_line(content.document).split(",")]
    return _TITLE.match(first_line(content.document).strip()) is not None or (_heads(keys) and {"bx", "exp"} <= {*keys})


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says."""
    title = _TITLE.match(first_line(content.document).strip())
    told = {} if title is None else {"underlying": plain_ticker(title[1])}
    if title is not None and title[2]:
        told["asof"] = title[2].strip()
    snapshot = snapshot_of(_rows(content, told), want, names=_NAMES)
    if snapshot.moment is None:
        return snapshot
    note = (
        f"the file does not say the zone of its time {told['asof']}: New York's is taken; if the program showed "
        f"another, give it (Pacific summer time: --asof {snapshot.moment:%Y-%m-%dT%H:%M}-07:00)"
    )
    return replace(snapshot, warnings=(("zone_unsaid", note), *snapshot.warnings))


def _heads(keys: list[str]) -> bool:
    return "strike" in keys and keys.count("bid") == 2


def _rows(content: Content, told: dict[str, str]) -> Rows:
    """Return one row an option, the call and the put of a strike after each other."""
    records: list[tuple[str, dict[str, Any]]] = []
    header: list[str] = []
    around: dict[str, Any] = dict(told)
    before = ""
    reader = csv.reader(content.document.splitlines())
    try:
        for cells in reader:
            keys = [key(cell) for cell in cells]
            filled = [cell.strip() for cell in cells if cell.strip()]
            if not filled:
                continue
            if block := _BLOCK.match(filled[0]) if len(filled) == 1 else None:
                around |= {"expiry": block[1], "multiplier": block[2], "root": _root(told, block[3])}
            elif _heads(keys):
                header = keys
            elif header:
                records += _both(content, header, cells, f"line {reader.line_num}", around)
            elif before == "last":
                around["spot"] = cells[0]
            before = keys[0]
    except csv.Error as error:
        raise content.error(f"line {reader.line_num}: {error}: expected CSV") from None
    return rows_of(content, records, "lines below a header with Strike and twice BID")


def _both(
    content: Content, header: list[str], cells: list[str], line: str, around: dict[str, Any]
) -> list[tuple[str, dict[str, Any]]]:
    """Return the two options of one line."""
    while len(cells) > len(header) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != len(header):
        wanted = f"the header of its block has {len(header)}"
        raise content.error(f"{line}: {len(cells)} cells, {wanted}: the file may be cut off")
    middle = header.index("strike")
    told = [None if cell.strip() == _EMPTY else cell for cell in cells]
    options = []
    for kind, part in (("call", slice(middle)), ("put", slice(middle + 1, None))):
        side = dict(zip(header[part], told[part], strict=True))
        expiry = told[header.index("exp")] if "exp" in header else None
        options.append((f"{line}, {kind}", {"expiry": expiry, **side, "strike": told[middle], "kind": kind, **around}))
    return options


def _root(told: dict[str, str], label: str) -> str:
    ticker = told.get("underlying", "")
    return PM_ROOTS.get(ticker, ticker) if label.strip() else ticker
