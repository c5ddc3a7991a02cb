"""Alpaca's snapshots: ``{snapshots: {SYMBOL: {latestQuote: {bp, ap, bs, as, t}, ...}}, next_page_token}``.

Times are UTC. An answer holds at most a thousand contracts and a token for the next; several answers may be collected
in a list, and the map may stand alone. The file does not say the price of the underlying.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import Any

from hedgekit.errors import InputError
from hedgekit.market.files import shown
from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.answers import answers, part, rows_of
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.tabular import NAMES, snapshot_of
from hedgekit.market.sources.want import Want
from hedgekit.model import Option

KEY = "snapshots"
_NAMES = {
    **NAMES,
    "bid": ("latestquotebp",),
    "ask": ("latestquoteap",),
    "bid_size": ("latestquotebs",),
    "ask_size": ("latestquoteas",),
    "last": ("latesttradep",),
    "last_time": ("latesttradet",),
    "volume": ("dailybarv",),
    "asof": (),
}
_PARTS = ("latestQuote", "latestTrade", "dailyBar")


def recognises(content: Content) -> bool:
    """Whether there is a map of option symbols to snapshots."""
    pages = _pages(content)
    snapshots = pages[0][1] if pages else None
    if not isinstance(snapshots, dict):
        return False
    symbol, first = next(iter(snapshots.items()), ("", None))
    return _is_option(symbol) and isinstance(first, dict) and any(outer in first for outer in _PARTS)


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says."""
    records = [
        (f"{path}[{shown(symbol)}]", _flat(content, f"{path}[{shown(symbol)}]", symbol, snapshot))
        for path, snapshots in _pages(content)
        for symbol, snapshot in part(content, path, snapshots).items()
    ]
    snapshot = snapshot_of(
        rows_of(content, records, KEY),
        want,
        names=_NAMES,
        zone=UTC,
        trade_zone=UTC,
        quoted_each="latestQuote.t",
        moment_from_trades=True,
    )
    wrapped = answers(content.document, KEY)
    if not wrapped or not wrapped[-1][1].get("next_page_token"):
        return snapshot
    more = "the file is one page of several (it ends with a next_page_token): strikes or expiries may be missing"
    return replace(snapshot, warnings=(*snapshot.warnings, ("more_pages", more)))


def _pages(content: Content) -> list[tuple[str, Any]]:
    """Return the maps of snapshots with their paths."""
    wrapped = answers(content.document, KEY)
    if wrapped:
        return [(f"{begin}{KEY}", answer[KEY]) for begin, answer in wrapped]
    return [(KEY, content.document)] if isinstance(content.document, dict) else []


def _is_option(symbol: str) -> bool:
    try:
        Option.parse(symbol)
    except InputError:
        return False
    return True


def _flat(content: Content, path: str, symbol: str, snapshot: object) -> dict[str, Any]:
    inside = part(content, path, snapshot)
    cells = {
        f"{outer}.{name}": cell
        for outer in _PARTS
        for name, cell in part(content, f"{path}.{outer}", inside.get(outer)).items()
    }
    return {"symbol": symbol, **cells, "iv": inside.get("impliedVolatility")}
