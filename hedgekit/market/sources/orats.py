"""ORATS strikes, one line each: ``ticker,tradeDate,expirDate,dte,strike,stockPrice,...,callBidPrice,...,putAskPrice``.

As CSV, as the interface's JSON (``{data: [...]}``), or with the short names of the near-end-of-day files (``stkPx``,
``cBidPx``, ``pAskPx``, ``trade_date``). Times are UTC. A file with a day alone is taken 14 minutes before the close,
as the vendor says of its end-of-day quotes. ``stockPrice`` of an index is the forward that parity implies, so
``spotPrice`` counts where both are there.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

from hedgekit.market import calendar
from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.answers import answers, first_of, records_in, rows_of
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import key, keys_of, lines_of
from hedgekit.market.sources.rows import is_blank
from hedgekit.market.sources.side_by_side import long_rows
from hedgekit.market.sources.tabular import NAMES, snapshot_of
from hedgekit.market.sources.want import Want

BEFORE_CLOSE = timedelta(minutes=14)
_LONG = frozenset({"expirdate", "strike", "callbidprice", "callaskprice", "putbidprice", "putaskprice"})
_SHORT = frozenset({"expirdate", "strike", "cbidpx", "caskpx", "pbidpx", "paskpx"})
_CLOCKS = ("quotedate", "updatedat", "snapshotdate")
_NAMES = {
    **NAMES,
    "symbol": ("opra",),
    "expiry": ("expirdate",),
    "bid": ("bidprice", "bidpx"),
    "ask": ("askprice", "askpx"),
    "volume": ("volume", "volu"),
    "vendor_iv": ("midiv",),
    "spot": ("spotprice", "spotpx", "stockprice", "stkpx"),
    "days": (),
}


def recognises(content: Content) -> bool:
    """Whether strikes have the vendor's names of bids and asks."""
    keys = keys_of(content) or frozenset(map(key, first_of(content.document, "data")))
    return keys >= _LONG or keys >= _SHORT


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says of one day and one underlying."""
    wrapped = answers(content.document, "data")
    rows = rows_of(content, records_in(content, "data"), "data") if wrapped else lines_of(content)
    filled = {key(name) for name in rows.names if key(name) in _CLOCKS and not all(map(is_blank, rows.cells(name)))}
    clock = next((name for name in _CLOCKS if name in filled), "tradedate")
    snapshot = snapshot_of(long_rows(rows), want, names={**_NAMES, "asof": (clock,)}, zone=UTC)
    if snapshot.moment is None or filled:
        return snapshot
    day = snapshot.moment.date()
    if not calendar.is_session(day):
        return snapshot
    moment = calendar.session_close(day) - BEFORE_CLOSE
    note = (
        f"the file says the day alone: its quotes are dated {moment:%H:%M}, 14 minutes before the close, when ORATS "
        "takes those of the end of the day; --asof says otherwise"
    )
    return replace(snapshot, moment=moment, warnings=(("asof_assumed", note), *snapshot.warnings))
