"""OptionMetrics' IvyDB prices: ``secid, date, symbol, exdate, cp_flag, strike_price, best_bid, best_offer, ...``.

Strikes are written times a thousand. The symbol (``IWM 260918P270000``) is not OSI's: its first word is the root, and
the contract is read from its parts.
"""

from __future__ import annotations

from typing import Any

from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import key, keys_of, table_of
from hedgekit.market.sources.rows import Rows, is_blank
from hedgekit.market.sources.tabular import NAMES, snapshot_of
from hedgekit.market.sources.want import Want

OWN = {"exdate", "cpflag", "strikeprice", "bestbid", "bestoffer"}
STRIKE_UNITS = 1000.0


def recognises(content: Content) -> bool:
    """Whether it has the vendor's own column names."""
    return keys_of(content) >= OWN


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says of one day and one underlying."""
    rows = table_of(content)
    if rows is None:
        raise content.error("no options in it (no lines below the header)")
    return snapshot_of(_plain(rows), want, names={**NAMES, "symbol": ()})


def _plain(rows: Rows) -> Rows:
    """Return the rows with strikes in dollars, and the symbol's root as the underlying where no column names it."""
    by_key = {key(name): name for name in reversed(rows.names)}
    strike, symbol = by_key["strikeprice"], by_key.get("symbol")
    named = "ticker" in by_key or symbol is None
    strikes: list[Any] = (rows.numbers(strike, least=0.0) / STRIKE_UNITS).tolist()

    def cells(name: str) -> list[Any]:
        if name == strike:
            return strikes
        if name == "root of symbol":
            return ["" if is_blank(cell) else str(cell).split()[0] for cell in rows.cells(symbol or "")]
        return rows.cells(name)

    names = [name for name in rows.names if name != symbol]
    if not named:
        names.append("root of symbol")
    number = rows.numbers_of_rows()
    return Rows(rows.content, rows.place, rows.count, names, cells, where=lambda row: number[row])
