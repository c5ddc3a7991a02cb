"""Cboe's delayed-quotes JSON: ``{timestamp (UTC), data: {symbol, current_price, options: [...]}}``.

The older layout has the same fields without the ``timestamp`` and ``data`` around them. Quote times are UTC; last
trades are on New York's clock. ``"made": true`` beside the timestamp labels hedgekit's own example.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.facts import NO_VALUE, refuse_without_quotes, spot_of, ticker_of, utc
from hedgekit.market.sources.rows import Rows
from hedgekit.market.sources.tickers import usual_ticker
from hedgekit.market.sources.want import Want


def recognises(content: Content) -> bool:
    """Whether the file has Cboe's list of options, in the present or the older layout."""
    body = _body(content.document)
    if not isinstance(body, dict) or "options" not in body:
        return False
    options = body["options"]
    first = options[0] if isinstance(options, list) and options else None
    return "data" in content.document or (isinstance(first, dict) and "option" in first)


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says."""
    body = _body(content.document)
    place = "data.options" if body is not content.document else "options"
    rows = Rows.of_records(content, place, body["options"])
    stamp = _first(content.document, body, "timestamp", "quote_utc", "asof")
    snapshot = from_cboe_rows(
        rows,
        ticker=ticker_of(content, _first(body, content.document, "symbol", "underlying", "ticker")),
        spot=spot_of(content, "current_price", _first(body, content.document, "current_price", "spot")),
        moment=None if stamp is None else utc(content, "timestamp", stamp),
    )
    if content.document.get("made") is not True:
        return snapshot
    return replace(snapshot, warnings=(("made_data", "a made chain for examples: none of it was ever quoted"),))


def from_cboe_rows(rows: Rows, *, ticker: str, spot: float, moment: datetime | None) -> Snapshot:
    """Return the snapshot of rows with Cboe's fields, whatever file they came in."""
    refuse_without_quotes(rows, "bid", "ask", leave_out=("option",))
    options = rows.options("option")
    return Snapshot(
        options=options,
        bid=rows.numbers("bid", least=0.0),
        ask=rows.numbers("ask", least=0.0),
        bid_size=rows.numbers("bid_size", least=0.0),
        ask_size=rows.numbers("ask_size", least=0.0),
        open_interest=rows.numbers("open_interest", least=0.0),
        volume=rows.numbers("volume", least=0.0),
        last=rows.numbers("last_trade_price", least=0.0),
        last_time=rows.times("last_trade_time"),
        vendor_iv=rows.numbers("iv", none=(NO_VALUE,)),
        ticker=ticker or usual_ticker(option.root for option in options),
        spot=spot,
        moment=moment,
        label=rows.content.label,
        source=rows.content.name,
        source_sha256=rows.content.sha256,
    )


def _first(inner: dict[str, Any], outer: dict[str, Any], *names: str) -> Any:
    """Return the first of several facts that is there: people rewrite what stands around the options."""
    return next((where[name] for name in names for where in (inner, outer) if where.get(name) is not None), None)


def _body(document: Any) -> Any:
    if not isinstance(document, dict):
        return None
    return document["data"] if isinstance(document.get("data"), dict) else document
