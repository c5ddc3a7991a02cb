"""OptionMetrics' option prices, as downloaded from WRDS: CSV or parquet.

::

    secid,date,symbol,exdate,cp_flag,strike_price,best_bid,best_offer,volume,open_interest,impl_volatility,...

Strikes are in tenths of a cent, a vol of -99.99 is none. ``symbol`` (``SPXW 230317P3900000``) and ``ticker`` are there
when they were asked for; without them ``am_settlement`` tells an index's weeklies from its monthlies. The file does not
say the price of the underlying.
"""

from __future__ import annotations

import re
from typing import Any

from hedgekit.market.contract_terms import PM_ROOTS, SISTER_ROOTS
from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import key, keys_of, lines_of
from hedgekit.market.sources.rows import Rows, is_blank
from hedgekit.market.sources.tabular import NAMES, snapshot_of
from hedgekit.market.sources.thousandths import in_dollars
from hedgekit.market.sources.tickers import plain_ticker
from hedgekit.market.sources.want import Want

OWN = frozenset({"date", "exdate", "cpflag", "strikeprice", "bestbid", "bestoffer"})
_SYMBOL = re.compile(r"([A-Z0-9.]+)\s+\d{6}[CP]\d+")
_NAMES = {
    **NAMES,
    "symbol": (),
    "ticker": ("underlying", "ticker"),
    "root": ("series",),
    "vendor_iv": ("implvolatility",),
    "last": (),
    "last_time": (),
    "multiplier": ("delivers",),
}


def recognises(content: Content) -> bool:
    """Whether it has the names of the database's price table."""
    return keys_of(content) >= OWN


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says of one day and one underlying."""
    rows = lines_of(content)
    names = {key(name): name for name in rows.names}
    rows = in_dollars(rows, names["strikeprice"], kind=names["cpflag"], bid=names["bestbid"])
    roots = [_root(cell) for cell in rows.cells(names.get("symbol", ""))]
    if not any(roots) and "ticker" not in names:
        _one_underlying(rows, names.get("secid", ""))
        if want.ticker is None:
            return snapshot_of(rows, want, names=_NAMES)
        roots = [plain_ticker(want.ticker)] * rows.count
    if "ticker" in names:
        told = [None if is_blank(cell) else plain_ticker(str(cell)) for cell in rows.cells(names["ticker"])]
        roots = [root or ticker for root, ticker in zip(roots, told, strict=True)]
    morning = rows.cells(names.get("amsettlement", ""))
    series = [PM_ROOTS.get(root or "", root) if _is(am, 0) else root for root, am in zip(roots, morning, strict=True)]
    more: dict[str, list[Any]] = {"series": series, "underlying": [_underlying(root) for root in roots]}
    if "ssflag" in names:
        more["delivers"] = ["other" if _is(cell, 1) else None for cell in rows.cells(names["ssflag"])]
    return snapshot_of(rows.with_columns(more), want, names=_NAMES)


def _root(symbol: Any) -> str | None:
    found = _SYMBOL.match(symbol.strip()) if isinstance(symbol, str) else None
    return None if found is None else found[1]


def _underlying(root: str | None) -> str | None:
    return next((index for index, sisters in SISTER_ROOTS.items() if root in sisters), root)


def _is(cell: Any, flag: int) -> bool:
    """Whether a cell is a flag, however a table has come to write it: 1, "1" or 1.0."""
    return str(cell).strip().removesuffix(".0") == str(flag)


def _one_underlying(rows: Rows, secid: str) -> None:
    """Refuse prices of several securities of which none is named.

    Raises
    ------
    DataError
        When there are several.
    """
    securities = {str(cell) for cell in rows.cells(secid) if not is_blank(cell)}
    if len(securities) > 1:
        raise rows.content.error(
            f"{len(securities):,} underlyings in {secid} and the name of none: add the column ticker or symbol, or "
            "keep the lines of one"
        )
