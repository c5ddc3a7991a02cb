"""``yahoo:IWM``: Yahoo's quotes through yfinance (extra ``yahoo``), as `yfinance_frame` reads them.

yfinance asks for one expiry at a time; Yahoo does not say when it took a quote, so they are dated by the fetch, or by
the close of option trading before it. The copy in the cache serves for a minute.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hedgekit.errors import DataError, MissingExtra
from hedgekit.market import calendar
from hedgekit.market.snapshot import Warnings
from hedgekit.market.sources.cboe_live import cache_notes
from hedgekit.market.sources.content import Content, content_of
from hedgekit.market.sources.download import cache_folder, keep, kept

FRESH_SECONDS = 60.0
TAKEN = (
    *("contractSymbol", "lastTradeDate", "strike", "lastPrice", "bid", "ask", "volume", "openInterest"),
    *("impliedVolatility", "contractSize"),
)


def fetch(ticker: str) -> tuple[Content, Warnings]:
    """Return the quotes of a ticker, and what must be said of them.

    Raises
    ------
    MissingExtra
        When yfinance is not installed.
    DataError
        When they cannot be had, now or from the cache.
    """
    label = f"yahoo:{ticker}"
    path = cache_folder() / f"yahoo_{ticker}.json"
    copy = kept(path, b'"contractSymbol"')
    if copy is not None and copy.age_seconds <= FRESH_SECONDS:
        return content_of(label, label, copy.data), cache_notes(copy.age_seconds, "")
    try:
        import yfinance
    except ImportError:
        raise MissingExtra(f"{label}: needs yfinance: pip install 'hedgekit[yahoo]'") from None
    try:
        data = json.dumps(_records(yfinance.Ticker(ticker), label), default=str).encode()
    except DataError:
        raise
    except Exception as error:  # yfinance raises whatever its many layers do
        trouble = f"yfinance failed: {type(error).__name__}: {str(error)[:200]}"
        if copy is None:
            raise DataError(f"{label}: {trouble}. Try again later, or give a downloaded file.") from None
        return content_of(label, label, copy.data), cache_notes(copy.age_seconds, trouble)
    keep(path, data)
    return content_of(label, label, data), ()


def _records(source: Any, label: str) -> list[dict[str, Any]]:
    days = list(source.options)
    if not days:
        raise DataError(f"{label}: Yahoo lists no options: is the ticker right?")
    records: list[dict[str, Any]] = []
    now = datetime.now(UTC)
    moment = min(now, calendar.option_close(calendar.last_session_at(now)).astimezone(UTC))
    for day in days:
        chain = source.option_chain(day)
        underlying = getattr(chain, "underlying", None) or {}
        spot = underlying.get("regularMarketPrice")
        for frame in (chain.calls, chain.puts):
            for row in frame.to_dict("records"):
                quote = {name: row.get(name) for name in TAKEN}
                records.append({**quote, "underlyingPrice": spot, "asof": moment.isoformat()})
    return records
