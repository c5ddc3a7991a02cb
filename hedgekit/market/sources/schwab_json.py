"""TD Ameritrade's and Schwab's chain: ``{symbol, callExpDateMap: {"2026-09-18:93": {"270.0": [{...}]}}, ...}``.

Volatilities are in percent and -999 (or "NaN") means none; times are milliseconds since 1970. Symbols are
``IWM_091826P270`` (TD Ameritrade) or OSI (Schwab). The quote time of the whole is the newest quote's.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from hedgekit.market.files import shown
from hedgekit.market.moments import read_day
from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.facts import NO_VALUE, refuse_without_quotes, spot_of, ticker_of
from hedgekit.market.sources.rows import Rows
from hedgekit.market.sources.tabular import newest_of
from hedgekit.market.sources.tickers import root_of
from hedgekit.market.sources.want import Want
from hedgekit.units import MULTIPLIER, fraction

MAPS = {"callExpDateMap": "call", "putExpDateMap": "put"}


def recognises(content: Content) -> bool:
    """Whether there is a map of calls or puts by expiry."""
    document = content.document
    return isinstance(document, dict) and any(isinstance(document.get(name), dict) for name in MAPS)


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says."""
    document = content.document
    records, expiries, strikes, kinds = _flattened(content)
    rows = Rows.of_records(content, "contract", [_renamed(record) for record in records])
    refuse_without_quotes(rows, "bid", "ask", leave_out=("putCall", "symbol", "description"))
    ticker = ticker_of(content, document.get("symbol"))
    if not ticker:
        raise content.error("no symbol of the underlying")
    told: dict[str, list[Any]] = {"kind": kinds, "strike": strikes}
    parts = Rows(content, "contract", len(records), list(told), told.__getitem__)
    roots = [_root(record, ticker) for record in records]
    options = parts.options_of_parts(roots, "kind", expiries, "strike")
    none = (NO_VALUE,)
    quote_time = _times(rows, "quoteTimeInLong")
    underlying = document.get("underlying")
    price = document.get("underlyingPrice")
    if price is None and isinstance(underlying, dict):
        price = underlying.get("mark", underlying.get("last"))
    return Snapshot(
        options=options,
        bid=rows.numbers("bid", least=0.0, none=none),
        ask=rows.numbers("ask", least=0.0, none=none),
        bid_size=rows.numbers("bidSize", least=0.0, none=none),
        ask_size=rows.numbers("askSize", least=0.0, none=none),
        open_interest=rows.numbers("openInterest", least=0.0, none=none),
        volume=rows.numbers("totalVolume", least=0.0, none=none),
        last=rows.numbers("last", least=0.0, none=none),
        last_time=_times(rows, "tradeTimeInLong"),
        vendor_iv=np.array([fraction(vol) for vol in rows.numbers("volatility", none=none)]),
        ticker=ticker,
        spot=spot_of(content, "underlyingPrice", None if price != price else price),
        moment=newest_of(quote_time),
        label=content.label,
        source=content.name,
        source_sha256=content.sha256,
        non_standard=np.array([_odd(record) for record in records], dtype=np.bool_),
        quote_time=quote_time,
    )


def _flattened(content: Content) -> tuple[list[Any], list[date], list[Any], list[Any]]:
    """Return every contract with its expiry, strike and side, as the maps say them."""
    records: list[Any] = []
    expiries: list[date] = []
    strikes: list[Any] = []
    kinds: list[Any] = []
    for name, kind in MAPS.items():
        by_day = content.document.get(name)
        if by_day is None:
            continue
        if not isinstance(by_day, dict):
            raise content.error(f"{name} is {shown(by_day)}, expected a map of expiries")
        for day_text, by_strike in by_day.items():
            try:
                day = read_day(day_text.partition(":")[0])
            except (ValueError, OverflowError):
                raise content.error(f"{name}: {shown(day_text)} is no expiry like 2026-09-18:93") from None
            if not isinstance(by_strike, dict):
                raise content.error(f"{name}[{shown(day_text)}] is {shown(by_strike)}, expected a map of strikes")
            for strike, contracts in by_strike.items():
                if not isinstance(contracts, list):
                    raise content.error(f"{name}[{shown(day_text)}][{shown(strike)}]: expected a list of contracts")
                for contract in contracts:
                    records.append(contract)
                    expiries.append(day)
                    strikes.append(strike)
                    kinds.append(kind)
    if not records:
        raise content.error("no options in it (both maps are empty)")
    return records, expiries, strikes, kinds


_OTHER_NAMES = {"bidPrice": "bid", "askPrice": "ask", "lastPrice": "last"}
"""As Schwab's own description of the answer has them, and some answers."""


def _renamed(record: Any) -> Any:
    """Return a contract with the usual names of its prices."""
    if not isinstance(record, dict) or not record.keys() & _OTHER_NAMES.keys():
        return record
    return {_OTHER_NAMES.get(name, name): value for name, value in record.items()}


def _root(record: Any, ticker: str) -> str:
    """Return the root in a contract's own symbol; the ticker's where it has none."""
    symbol = record.get("symbol") if isinstance(record, dict) else None
    if not isinstance(symbol, str):
        return root_of(ticker)
    head = symbol.partition("_")[0] if "_" in symbol else symbol[:-15]
    return root_of(head.strip().upper()) or root_of(ticker)


def _odd(record: dict[str, Any]) -> bool:
    if record.get("nonStandard") is True or record.get("mini") is True:
        return True
    if _delivers_otherwise(record.get("optionDeliverablesList")):
        return True
    multiplier = record.get("multiplier")
    try:
        return multiplier is not None and float(multiplier) != MULTIPLIER
    except (TypeError, ValueError, OverflowError):
        return True


def _delivers_otherwise(listed: Any) -> bool:
    """Whether a list of deliverables is not of one stock's hundred shares alone (an index delivers cash)."""
    if not isinstance(listed, list) or not listed:
        return False
    units = [one.get("deliverableUnits") for one in listed if isinstance(one, dict)]
    return len(listed) > 1 or units not in ([MULTIPLIER], [None])


def _times(rows: Rows, name: str) -> Any:
    """Return times; 0 means there is none."""
    cleaned = [None if cell == 0 else cell for cell in rows.cells(name)]
    return Rows(rows.content, rows.place, rows.count, [name], lambda _: cleaned).times(name)
