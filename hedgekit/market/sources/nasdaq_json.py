"""Nasdaq's option page: ``{data: {lastTrade, table: {rows: [{expirygroup}, {strike, c_Bid, c_Ask, p_Bid, ...}]}}}``.

A row with ``expirygroup`` heads those of its expiry. ``lastTrade`` is text: ``LAST TRADE: $248.00 (AS OF JUN 17,
2026)``, during the session with the time. ``--`` means nothing.
"""

from __future__ import annotations

import re
from typing import Any

from hedgekit.market.files import shown
from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.answers import answers, listed, part, rows_of
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.side_by_side import long_rows
from hedgekit.market.sources.tabular import snapshot_of
from hedgekit.market.sources.want import Want

_TOLD = re.compile(r"\$\s*([\d,.]+)\s*\(as of ([^)]+)\)", re.IGNORECASE)
_UNDERLYING = re.compile(r"/(?:stocks|etf|index)/([^/]+)/option-chain", re.IGNORECASE)


def recognises(content: Content) -> bool:
    """Whether there is a table whose rows have calls and puts."""
    wrapped = answers(content.document, "data")
    inside = wrapped[0][1]["data"] if wrapped else None
    table = inside.get("table") if isinstance(inside, dict) else None
    rows = table.get("rows") if isinstance(table, dict) else None
    return isinstance(rows, list) and any(isinstance(row, dict) and {"c_Bid", "p_Bid"} <= row.keys() for row in rows)


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says."""
    records = [
        record
        for begin, answer in answers(content.document, "data")
        for record in _strikes(content, f"{begin}data", part(content, f"{begin}data", answer["data"]))
    ]
    return snapshot_of(long_rows(rows_of(content, records, "data.table.rows")), want)


def _strikes(content: Content, path: str, data: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the rows with a strike, with what stands around them."""
    last = data.get("lastTrade")
    told = _TOLD.search(last) if isinstance(last, str) else None
    if told is None and last is not None:
        raise content.error(f"{path}.lastTrade is {shown(last)}, expected LAST TRADE: $248.00 (AS OF JUN 17, 2026)")
    around: dict[str, Any] = {} if told is None else {"spot": told[1], "asof": told[2]}
    table = part(content, f"{path}.table", data.get("table"))
    found = []
    for place, row in enumerate(listed(content, f"{path}.table.rows", table.get("rows"))):
        at = f"{path}.table.rows[{place}]"
        row = part(content, at, row)
        if row.get("expirygroup"):
            around["expiry"] = row["expirygroup"]
        if row.get("strike") is None:
            continue
        link = row.get("drillDownURL")
        underlying = _UNDERLYING.search(link) if isinstance(link, str) else None
        found.append((at, {**row, **around, **({"underlying": underlying[1]} if underlying else {})}))
    return found
