"""Tables of implied vols by tenor, delta or strike: nothing in them can be bought or sold, and that is said."""

from __future__ import annotations

from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.facts import refuse_without_quotes
from hedgekit.market.sources.frame import keys_of, table_of
from hedgekit.market.sources.tabular import NAMES, columns_of
from hedgekit.market.sources.want import Want

VOLS = frozenset({*NAMES["vendor_iv"], "atmiv", "delta"})
SIDES = frozenset({*NAMES["bid"], *NAMES["ask"], *NAMES["last"]})


def recognises(content: Content) -> bool:
    """Whether it lists strikes, expiries, tenors or symbols with vols or prices, but not both a bid and an ask."""
    keys = keys_of(content)
    if keys & {*NAMES["strike"], *NAMES["expiry"], "period", "tenor", "atmstrike"} and keys & VOLS:
        return True
    if not (keys & set(NAMES["symbol"]) and keys & (VOLS | SIDES)) or keys & {"action", "quantity", "qty"}:
        return False
    rows = table_of(content)
    return rows is not None and "symbol" in columns_of(rows)


def read(content: Content, want: Want) -> Snapshot:
    """Refuse the file in a sentence that says what it lacks."""
    rows = table_of(content)
    if rows is None:
        raise content.error("no options in it (no lines below the header)")
    have = columns_of(rows)
    missing = [side for side in ("bid", "ask") if side not in have]
    refuse_without_quotes(rows, have.get("bid", "bid"), have.get("ask", "ask"))
    raise content.error(f"vols, not quotes of options (no {' or '.join(missing) or 'symbols'}): it cannot be traded on")
