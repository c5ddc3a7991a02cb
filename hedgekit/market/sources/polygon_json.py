"""Polygon's option snapshot: ``{results: [{details: {...}, last_quote: {...}, underlying_asset: {...}}]}``.

Times are nanoseconds since 1970; the quote time of the whole is the newest quote's. A plan without quotes leaves out
``last_quote``, and then there is nothing to trade on.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hedgekit.market.files import shown
from hedgekit.market.snapshot import Snapshot, Warnings
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.facts import refuse_without_quotes, spot_of, ticker_of
from hedgekit.market.sources.rows import Rows
from hedgekit.market.sources.tabular import newest_of
from hedgekit.market.sources.tickers import usual_ticker
from hedgekit.market.sources.want import Want
from hedgekit.units import MULTIPLIER

_FIELDS = {
    "option": ("details", "ticker"),
    "multiplier": ("details", "shares_per_contract"),
    "bid": ("last_quote", "bid"),
    "ask": ("last_quote", "ask"),
    "bid_size": ("last_quote", "bid_size"),
    "ask_size": ("last_quote", "ask_size"),
    "quote_time": ("last_quote", "last_updated"),
    "last": ("last_trade", "price"),
    "last_time": ("last_trade", "sip_timestamp"),
    "volume": ("day", "volume"),
    "iv": ("implied_volatility",),
    "open_interest": ("open_interest",),
    "underlying": ("underlying_asset", "ticker"),
    "spot": ("underlying_asset", "price"),
    "index_spot": ("underlying_asset", "value"),
}


def recognises(content: Content) -> bool:
    """Whether there are results with details of a contract."""
    results = _results(content.document)
    first = results[0] if isinstance(results, list) and results else results
    return isinstance(first, dict) and isinstance(first.get("details"), dict)


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says."""
    results = _results(content.document)
    results = results if isinstance(results, list) else [results]  # one contract comes without a list
    Rows.of_records(content, "results", results)
    cells = {
        name: [_inside(content, row, result, path) for row, result in enumerate(results)]
        for name, path in _FIELDS.items()
    }
    present = [name for name, column in cells.items() if any(cell is not None for cell in column)]
    rows = Rows(content, "results", len(results), present, lambda name: cells[name])
    refuse_without_quotes(rows, "bid", "ask", leave_out=("option",))
    options = rows.options("option")
    quote_time = rows.times("quote_time")
    usual = usual_ticker(option.root for option in options)
    tickers = [cell for cell in cells["underlying"] if cell is not None]
    spots = [cell for cell in (*cells["spot"], *cells["index_spot"]) if cell is not None]
    return Snapshot(
        options=options,
        bid=rows.numbers("bid", least=0.0),
        ask=rows.numbers("ask", least=0.0),
        bid_size=rows.numbers("bid_size", least=0.0),
        ask_size=rows.numbers("ask_size", least=0.0),
        open_interest=rows.numbers("open_interest", least=0.0),
        volume=rows.numbers("volume", least=0.0),
        last=rows.numbers("last", least=0.0),
        last_time=rows.times("last_time"),
        vendor_iv=rows.numbers("iv"),
        ticker=ticker_of(content, tickers[0]) if tickers else usual,
        spot=spot_of(content, "underlying_asset.price", spots[0] if spots else None),
        moment=newest_of(quote_time),
        label=content.label,
        source=content.name,
        source_sha256=content.sha256,
        non_standard=np.array([cell not in (None, MULTIPLIER) for cell in cells["multiplier"]], dtype=np.bool_),
        quote_time=quote_time,
        warnings=_unfinished(content.document),
    )


def _results(document: Any) -> Any:
    """Return the list of results: of one answer, of several pages of it, or bare."""
    if isinstance(document, dict):
        return document.get("results")
    if isinstance(document, list) and document and all(isinstance(page, dict) for page in document):
        if all(isinstance(page.get("results"), list) for page in document):
            return [result for page in document for result in page["results"]]
        return document
    return None


def _unfinished(document: Any) -> Warnings:
    """Say so when the last page names a next one that is not here."""
    last = document[-1] if isinstance(document, list) else document
    if not last.get("next_url"):
        return ()
    message = "one page of an answer of several (next_url): strikes and expiries of the chain are missing here"
    return (("one_page", message),)


def _inside(content: Content, row: int, result: dict[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = result
    for name in path:
        if found is None:
            return None
        if not isinstance(found, dict):
            raise content.error(f"results[{row}]: {'.'.join(path[:-1])} is {shown(found)}, expected an object")
        found = found.get(name)
    return found
