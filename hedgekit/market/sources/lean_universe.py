"""QuantConnect Lean's option universe: ``#expiry,strike,right,open,high,low,close,volume,open_interest,...``.

It lists trades, open interest and vols, never a bid or ask, so it is read only to be refused in a sentence.
"""

from __future__ import annotations

from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.facts import refuse_without_quotes
from hedgekit.market.sources.frame import keys_of, table_of
from hedgekit.market.sources.tabular import snapshot_of
from hedgekit.market.sources.want import Want


def recognises(content: Content) -> bool:
    """Whether options are listed by expiry, strike and right with a day's prices."""
    return keys_of(content) >= {"expiry", "strike", "right", "open", "high", "low", "close"}


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says, which without bids and asks is nothing to trade on."""
    rows = table_of(content)
    if rows is None:
        raise content.error("no options in it (no lines below the header)")
    options = rows.take([row for row, cell in enumerate(rows.cells("strike", required=True)) if cell])
    refuse_without_quotes(options, "bid", "ask", leave_out=("#expiry", "expiry", "strike", "right"))
    return snapshot_of(options, want)
