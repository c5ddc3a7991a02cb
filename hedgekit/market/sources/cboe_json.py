"""Cboe's delayed-quotes JSON: ``{timestamp (UTC), data: {symbol, current_price, options: [...]}}``.

The older layout has the same fields without the ``timestamp`` and ``data`` around them. Quote times are UTC; last
trades are on New York's clock. ``"made": true`` beside the timestamp labels hedgekit's own example.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from hedgekit.market.files import shown
from hedgekit.market.moments import read_moment
from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.rows import Rows
from hedgekit.market.sources.tickers import plain_ticker, usual_ticker
from hedgekit.market.sources.want import Want

NO_VALUE = -999.0


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


def refuse_without_quotes(rows: Rows, bid: str, ask: str, *, leave_out: tuple[str, ...] = ()) -> None:
    """Refuse a chain that nobody quotes: no hedge can be bought at a price that is not there.

    Raises
    ------
    DataError
        When a side's column is missing, or nobody offers a single option.
    """
    missing = [side for side, name in (("bid", bid), ("ask", ask)) if name not in rows.names]
    if not missing and not np.any(rows.numbers(ask) > 0.0):
        missing = ["ask"] if np.any(rows.numbers(bid) > 0.0) else ["bid", "ask"]
    if missing:
        raise rows.content.error(
            f"no {' or '.join(missing)} in any of {rows.count:,} options (columns: {rows.listed(leave_out)}): "
            "this chain cannot be traded on. Use a file with quotes."
        )


def ticker_of(content: Content, value: object) -> str:
    """Return the underlying's plain name; empty when the file does not say.

    Raises
    ------
    DataError
        When it is no text.
    """
    if value is None:
        return ""
    if not isinstance(value, str) or not value.isascii():
        raise content.error(f"symbol is {shown(value)}, expected a ticker like IWM")
    return plain_ticker(value)


def spot_of(content: Content, name: str, value: object) -> float:
    """Return the file's spot; NaN when it says none.

    Raises
    ------
    DataError
        When it is no number, or not positive.
    """
    if value is None:
        return math.nan
    try:
        spot = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        spot = math.nan
    if spot == 0.0 or spot == NO_VALUE:
        return math.nan
    if not 0.0 < spot < math.inf:
        raise content.error(f"{name} is {shown(value)}, expected a positive number of dollars a share")
    return spot


def utc(content: Content, name: str, value: object) -> datetime:
    """Read a quote time that is UTC unless it says otherwise.

    Raises
    ------
    DataError
        When it is no time.
    """
    try:
        return read_moment(value, UTC).astimezone(UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise content.error(f"{name} is {shown(value)}, expected a time like 2026-06-17 20:32:30 (UTC)") from None


def _first(inner: dict[str, Any], outer: dict[str, Any], *names: str) -> Any:
    """Return the first of several facts that is there: people rewrite what stands around the options."""
    return next((where[name] for name in names for where in (inner, outer) if where.get(name) is not None), None)


def _body(document: Any) -> Any:
    if not isinstance(document, dict):
        return None
    return document["data"] if isinstance(document.get("data"), dict) else document
