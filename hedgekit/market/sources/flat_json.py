"""A flat JSON chain: ``{ticker, feed_timestamp, spot, options: [{type, exp, strike, bid, ask, oi, iv, ...}]}``.

The file does not say the zone of ``feed_timestamp``; it is UTC, as the last trades (New York) show.
"""

from __future__ import annotations

from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.facts import NO_VALUE, refuse_without_quotes, spot_of, ticker_of, utc
from hedgekit.market.sources.rows import Rows
from hedgekit.market.sources.want import Want


def recognises(content: Content) -> bool:
    """Whether the options are listed with ``exp`` and ``strike`` instead of a symbol."""
    document = content.document
    if not isinstance(document, dict) or not isinstance(document.get("options"), list) or not document["options"]:
        return False
    first = document["options"][0]
    return "ticker" in document and isinstance(first, dict) and "exp" in first and "strike" in first


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says."""
    document = content.document
    rows = Rows.of_records(content, "options", document["options"])
    refuse_without_quotes(rows, "bid", "ask", leave_out=("type", "exp", "dte", "strike"))
    ticker = ticker_of(content, document["ticker"])
    stamp = document.get("feed_timestamp")
    return Snapshot(
        options=rows.options_of_parts(ticker, "type", rows.days("exp"), "strike"),
        bid=rows.numbers("bid", least=0.0),
        ask=rows.numbers("ask", least=0.0),
        bid_size=rows.numbers("bid_size", least=0.0),
        ask_size=rows.numbers("ask_size", least=0.0),
        open_interest=rows.numbers("oi", least=0.0),
        volume=rows.numbers("volume", least=0.0),
        last=rows.numbers("last", least=0.0),
        last_time=rows.times("last_trade_time"),
        vendor_iv=rows.numbers("iv", none=(NO_VALUE,)),
        ticker=ticker,
        spot=spot_of(content, "spot", document.get("spot")),
        moment=None if stamp is None else utc(content, "feed_timestamp", stamp),
        label=content.label,
        source=content.name,
        source_sha256=content.sha256,
    )
