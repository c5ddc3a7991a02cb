"""OptionsDX end-of-day files: ``[QUOTE_DATE], [UNDERLYING_LAST], [EXPIRE_DATE], [C_BID], ..., [STRIKE], [P_BID], ...``.

One strike a line, many days a file; the size is written ``bid x ask``. The underlying is not named inside.
"""

from __future__ import annotations

import re
from typing import Any

from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import keys_of, table_of
from hedgekit.market.sources.rows import Rows
from hedgekit.market.sources.side_by_side import long_rows
from hedgekit.market.sources.tabular import NAMES, snapshot_of
from hedgekit.market.sources.want import Want

OWN = {"cbid", "cask", "pbid", "pask", "strike", "expiredate", "quotedate"}
_SIZES = re.compile(r"\s*(\d+)\s*x\s*(\d+)\s*")


def recognises(content: Content) -> bool:
    """Whether it has the vendor's own column names."""
    return keys_of(content) >= OWN


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says of one day."""
    rows = table_of(content)
    if rows is None:
        raise content.error("no options in it (no lines below the header)")
    return snapshot_of(_with_sizes(long_rows(rows)), want, names={**NAMES, "days": ()})


def _with_sizes(rows: Rows) -> Rows:
    """Split the size of both sides into two columns."""
    if "size" not in rows.names:
        return rows

    def side(place: int) -> list[Any]:
        found = [_SIZES.fullmatch(cell) if isinstance(cell, str) else None for cell in rows.cells("size")]
        return [None if sizes is None else sizes[place] for sizes in found]

    return rows.with_columns({"bid size": side(1), "ask size": side(2)})
