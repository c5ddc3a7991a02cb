"""A table exported from Interactive Brokers' TWS: the option is told in words under ``Financial Instrument``.

::

    Financial Instrument,Bid Size,Bid,Ask,Ask Size,Last,Volume
    "IWM Jul17'26 220 CALL",10,29.32,29.38,12,,100

An OSI symbol in brackets behind the words counts where there is one. The table says neither when it was quoted nor the
price of the underlying.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from hedgekit.errors import InputError
from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import key, keys_of, lines_of
from hedgekit.market.sources.tabular import snapshot_of
from hedgekit.market.sources.tickers import root_of
from hedgekit.market.sources.want import Want
from hedgekit.model import Option

_SYMBOL = re.compile(r"\[\s*([A-Z0-9.]+ *\d{6}[CP]\d{8})\b")
_WORDS = re.compile(r"(\S+)\s+([A-Z]{3})(\d{1,2})'(\d\d)\s+([\d.]+)\s+(CALL|PUT|C|P)\b", re.IGNORECASE)


def recognises(content: Content) -> bool:
    """Whether instruments are told in words beside their bids and asks."""
    return keys_of(content) >= {"financialinstrument", "bid", "ask"}


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says."""
    rows = lines_of(content)
    name = next(name for name in rows.names if key(name) == "financialinstrument")
    symbols = []
    for row, cell in enumerate(rows.cells(name)):
        try:
            symbols.append(_option(cell).compact)
        except (TypeError, ValueError, InputError):
            raise rows.bad(row, name, cell, "an option like IWM Jul17'26 220 CALL") from None
    return snapshot_of(rows.with_columns({"symbol": symbols}), want)


def _option(cell: Any) -> Option:
    if symbol := _SYMBOL.search(cell):
        return Option.parse(symbol[1])
    words = _WORDS.match(cell.strip())
    if words is None:
        raise ValueError
    root, month, day, year, strike, kind = words.groups()
    expiry = datetime.strptime(f"{month} {day} {year}", "%b %d %y").date()
    return Option(root=root_of(root), expiry=expiry, kind="call" if kind[0] in "Cc" else "put", strike=float(strike))
