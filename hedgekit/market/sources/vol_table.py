"""Tables of implied vols by tenor, delta or strike: nothing in them can be bought or sold, and that is said."""

from __future__ import annotations

from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.cboe_json import refuse_without_quotes
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import keys_of, table_of
from hedgekit.market.sources.tabular import NAMES
from hedgekit.market.sources.want import Want

VOLS = frozenset({*NAMES["vendor_iv"], "atmiv", "delta"})


def recognises(content: Content) -> bool:
    """Whether it lists strikes, expiries or tenors with vols or prices, but not both a bid and an ask."""
    keys = keys_of(content)
    listed = keys & {*NAMES["strike"], *NAMES["expiry"], "period", "tenor", "atmstrike"}
    return bool(listed) and bool(keys & VOLS)


def read(content: Content, want: Want) -> Snapshot:
    """Refuse the file in a sentence that says what it lacks."""
    rows = table_of(content)
    if rows is None:
        raise content.error("no options in it (no lines below the header)")
    missing = [side for side in ("bid", "ask") if side not in rows.names]
    refuse_without_quotes(rows, "bid", "ask")
    raise content.error(f"vols, not quotes of options (no {' or '.join(missing) or 'symbols'}): it cannot be traded on")
