"""Tradier's chain: ``{options: {option: [{symbol, bid, ask, bid_date, ask_date, greeks: {...}, ...}]}}``.

One option comes without the brackets of a list, none as null. Times are milliseconds since 1970, 0 when there is none;
each side of a quote has its own. An answer holds one expiry; several may be collected in a list. Also the options
alone, as a list, CSV or parquet. The file does not say the price of the underlying.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.answers import answers, listed, part, rows_of
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import key, keys_of, lines_of
from hedgekit.market.sources.rows import Rows
from hedgekit.market.sources.tabular import NAMES, snapshot_of
from hedgekit.market.sources.want import Want

OWN = frozenset({"symbol", "biddate", "askdate", "optiontype", "expirationdate"})
_TIMES = ("bid_date", "ask_date", "trade_date")
_NAMES = {
    **NAMES,
    "asof": (),
    "last_time": ("tradedate",),
    "vendor_iv": ("midiv", "greeksmidiv", "smvvol", "greekssmvvol"),
}


def recognises(content: Content) -> bool:
    """Whether options are wrapped as Tradier does, or have its column names."""
    wrapped = answers(content.document, "options")
    if wrapped:
        inside = wrapped[0][1]["options"]
        return inside is None or (isinstance(inside, dict) and "option" in inside)
    return keys_of(content) >= OWN


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says."""
    wrapped = answers(content.document, "options")
    rows = rows_of(content, _records(content), "options.option") if wrapped else lines_of(content)
    return snapshot_of(_dated(rows), want, names=_NAMES, quoted_each="quoted", moment_from_trades=True)


def _records(content: Content) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for begin, answer in answers(content.document, "options"):
        path = f"{begin}options.option"
        inside = part(content, f"{begin}options", answer["options"])
        for place, option in enumerate(listed(content, path, inside.get("option"))):
            at = f"{path}[{place}]"
            record = part(content, at, option)
            greeks = part(content, f"{at}: greeks", record.get("greeks"))
            found.append((at, {**record, "mid_iv": greeks.get("mid_iv")}))
    return found


def _dated(rows: Rows) -> Rows:
    """Say when each option was quoted: the later of its sides."""
    own = {key(name): name for name in rows.names}
    names = [own.get(key(name), name) for name in _TIMES]
    clean = rows.with_columns({name: [_told(cell) for cell in rows.cells(name)] for name in names})
    bids, asks = (clean.times(name) for name in names[:2])
    quoted = np.fmax(bids, asks)
    return clean.with_columns({"quoted": [None if cell != cell else cell for cell in quoted.tolist()]})


def _told(cell: Any) -> Any:
    """Return a time; 0 is none."""
    none = str(cell).strip() in ("0", "0.0") and not isinstance(cell, bool)
    return None if none else cell
