"""Frames of yfinance's ``option_chain``, saved as CSV or parquet: ``contractSymbol, lastTradeDate, strike, bid, ...``.

Trade times are UTC, also where the frame has lost its zone. The frame itself has no quote time and no spot; columns
that people add (``expirationDate``, ``underlyingPrice``, ``days_to_expire``, ...) are used where they make sense: the
expiry in the symbol counts, whatever a column says.
"""

from __future__ import annotations

from datetime import UTC

from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import keys_of, table_of
from hedgekit.market.sources.tabular import snapshot_of
from hedgekit.market.sources.want import Want

OWN = {"contractsymbol", "strike", "lasttradedate"}


def recognises(content: Content) -> bool:
    """Whether it is a table with yfinance's own column names."""
    keys = keys_of(content)
    return keys >= OWN and bool(keys & {"lastprice", "impliedvolatility", "inthemoney"})


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says."""
    rows = table_of(content)
    if rows is None:
        raise content.error("no options in it (no lines below the header)")
    return snapshot_of(rows, want, trade_zone=UTC, moment_from_trades=True)
