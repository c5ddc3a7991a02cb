"""hedgekit's own table: one option a line, CSV or parquet; ``docs/chain-csv.md`` describes it.

::

    asof,ticker,spot,symbol,bid,ask,bid_size,ask_size,open_interest,volume,last,last_time,vendor_iv
    2026-06-17T16:15,IWM,290.15,IWM260918P00270000,7.25,7.31,52,10,1204,88,7.28,2026-06-17T15:58:11,0.231

Needed are ``bid``, ``ask`` and either ``symbol`` (any form of an option symbol) or ``expiry``, ``strike`` and ``kind``;
the rest may be left out or blank. Times without a zone are New York's; a day alone means the close of option trading.
Columns come in any order, and the names that others use for them are understood too (`tabular.NAMES`).
"""

from __future__ import annotations

from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import keys_of, table_of
from hedgekit.market.sources.tabular import NAMES, snapshot_of
from hedgekit.market.sources.want import Want


def recognises(content: Content) -> bool:
    """Whether it is a table of bids and asks of options."""
    keys = keys_of(content)
    quoted = all(keys & set(NAMES[what]) for what in ("bid", "ask"))
    ordered = keys & {"action", "quantity", "qty"}  # a ticket or positions with their quotes beside them
    return quoted and not ordered and bool(keys & set(NAMES["strike"]) or keys & set(NAMES["symbol"]))


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says of one day and one underlying."""
    rows = table_of(content)
    if rows is None:
        raise content.error("no options in it (no lines below the header)")
    return snapshot_of(rows, want, moment_from_trades=True)
