"""End-of-day files of data vendors, one option a line with a quote date; several days and underlyings in a file.

Known layouts (columns may come in any order, with blanks after the commas)::

    date, symbol, under, expiration, strike, put/call, bid, ask, price, volume, open interest, implied vol, ...
    underlying,underlying_last,exchange,optionroot,optionext,type,expiration,quotedate,strike,last,bid,ask,...
    Effective Date,Expiry Date,Last Trade Date,Option Type,Strike,Bid,Ask

A quote date alone means the close of option trading. Minis and adjusted contracts are told by their root (SPY7 is not
SPY) and flagged; SPX and SPXW stay apart.
"""

from __future__ import annotations

from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import keys_of, table_of
from hedgekit.market.sources.tabular import NAMES, snapshot_of
from hedgekit.market.sources.want import Want

OWN_DATES = frozenset({"date", "quotedate", "effectivedate", "datadate", "tradedate"})
SIDES = frozenset({"putcall", "callput", "type", "optiontype", "cpflag", "right", "kind"})


def recognises(content: Content) -> bool:
    """Whether it is a table of options with a quote date."""
    keys = keys_of(content)
    listed = all(keys & set(NAMES[what]) for what in ("expiry", "strike", "bid", "ask"))
    return listed and bool(keys & OWN_DATES) and bool(keys & SIDES) and "asof" not in keys


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says of one day."""
    rows = table_of(content)
    if rows is None:
        raise content.error("no options in it (no lines below the header)")
    return snapshot_of(rows, want)
