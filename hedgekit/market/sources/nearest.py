"""What a file of no known layout looks like, and which layouts come nearest: for the sentence that refuses it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from hedgekit.market.delimited import delimiter_of
from hedgekit.market.files import shown
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import key, keys_of

TELLING: dict[str, str] = {
    "Cboe delayed quotes (JSON)": "timestamp data symbol current_price options option bid ask iv open_interest theo",
    "flat list of quotes (JSON)": "ticker feed_timestamp spot options type exp dte strike bid ask oi iv",
    "one-letter keys (JSON)": "sym spot asof fetched o e t k iv oi v b a l",
    "Yahoo chain (JSON)": "optionChain result quote options calls puts contractSymbol regularMarketPrice",
    "Tradier chain (JSON, CSV, parquet)": "options option symbol bid_date ask_date option_type expiration_date greeks",
    "Alpha Vantage options (JSON)": "endpoint message data contractID symbol expiration type mark bid ask date",
    "Alpaca snapshots (JSON)": "snapshots next_page_token latestQuote latestTrade bp ap bs as impliedVolatility",
    "MarketData chain (JSON, CSV, parquet)": "s optionSymbol underlying expiration side updated underlyingPrice iv",
    "ORATS strikes (CSV, JSON)": "ticker tradeDate expirDate stockPrice callBidPrice callAskPrice putBidPrice",
    "Nasdaq option page (JSON)": "data lastTrade table rows expirygroup expiryDate c_Bid c_Ask p_Bid p_Ask strike",
    "TD Ameritrade or Schwab chain (JSON)": "symbol underlying underlyingPrice callExpDateMap putExpDateMap putCall",
    "Polygon snapshot (JSON)": "results details last_quote underlying_asset implied_volatility day last_trade",
    "monthly put ladder (JSON)": "meta chain entry_date expiry_date mid_date puts entry strike",
    "Cboe fields by day (parquet)": "quote_utc underlying spot option bid ask bid_size ask_size theo last_trade_price",
    "thinkorswim export (CSV)": "Open.Int BX AX Exp Strike BID ASK Delta",
    "Barchart download (CSV)": "Strike Moneyness Bid Mid Midpoint Ask Latest %Change OpenInt Type FromLast",
    "Cboe DataShop (CSV, parquet)": "underlying_symbol quote_date root bid_1545 bid_eod underlying_bid_eod",
    "OptionMetrics prices (CSV, parquet)": "secid date exdate cp_flag strike_price best_bid best_offer optionid",
    "ThetaData quotes (CSV, parquet)": "root ms_of_day bid_condition ask_condition bid_exchange right created date",
    "TWS table (CSV)": "FinancialInstrument Bid Ask BidSize AskSize Position",
    "Cboe quote table (CSV)": "ExpirationDate Calls Puts LastSale Net Bid Ask Strike",
    "yfinance frame (CSV, parquet)": "contractSymbol lastTradeDate lastPrice inTheMoney impliedVolatility contractSize",
    "Yahoo web table (CSV)": "ContractName LastTradeDate Strike LastPrice %Change",
    "OptionsDX end of day (CSV)": "QUOTE_DATE UNDERLYING_LAST EXPIRE_DATE C_BID C_ASK P_BID P_ASK STRIKE",
    "calls and puts side by side (CSV, parquet)": "Call_Bid Call_Ask Put_Bid Put_Ask Strike Call_OI Put_OI",
    "Lean universe (CSV)": "expiry strike right open high low close open_interest",
    "vendor end of day (CSV)": "date under expiration strike putcall quotedate optiontype underlying_last bid ask",
    "hedgekit's own table (CSV, parquet)": "asof ticker spot symbol bid ask expiry strike kind vendor_iv",
    "vols without quotes (CSV)": "date symbol period delta strike iv",
}
"""Layout -> names that its files hold, most of them its own."""

_MOST = 3  # layouts that a message names
_SHOWN = 8  # names that a message repeats
_LEAST = 0.2  # of a layout's names, weighted by how few layouts have them
_OF_OPTIONS = frozenset({"strike", "bid", "ask"})
_BARS = frozenset({"open", "high", "low", "close"})
_HEAD, _LINES = 1 << 16, 20  # a header may stand below lines about the underlying


def described(content: Content) -> str:
    """Say what a file holds and which layouts come nearest, in one line.

    Examples
    --------
    >>> from hedgekit.market.sources.content import content_of
    >>> described(content_of("a", "a", b'{"optionChains": {}, "quote": 1, "calls": [], "puts": []}'))
    'a JSON object of optionChains, quote, calls, puts. Nearest: Yahoo chain (JSON)'
    """
    names = _names(content)
    what = "a table"
    if content.kind == "json":
        what = "a JSON object" if isinstance(content.document, dict) else "a JSON list of objects"
    if not names:
        return "neither a table nor a JSON object"
    listed = ", ".join(shown(name)[1:-1] for name in names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    keys = set(map(key, names))
    if keys >= _BARS and not keys & _OF_OPTIONS:
        return f"{what} of {listed}: prices of shares rather than quotes of options"
    near = nearest(content)
    return f"{what} of {listed}" + (f". Nearest: {'; '.join(near)}" if near else "")


def nearest(content: Content) -> list[str]:
    """Return the layouts whose names a file shares most, best first; none when it shares hardly any."""
    seen = {key(name) for name in (*_names(content), *_inside(content.document))}
    kind = {"json": "JSON", "parquet": "parquet", "text": "CSV"}[content.kind]
    shares: dict[str, float] = {}
    for layout, telling in TELLING.items():
        own = _keys(telling)
        if kind in layout and len(own & seen) > 1:
            # a name of many layouts tells little
            shares[layout] = sum(1.0 / _LAYOUTS_WITH[name] for name in own & seen) / sum(
                1.0 / _LAYOUTS_WITH[name] for name in own
            )
    least = max(_LEAST, max(shares.values(), default=0.0) / 2.0)
    ranked = sorted(shares, key=lambda layout: -shares[layout])
    return [layout for layout in ranked[:_MOST] if shares[layout] >= least]


def _names(content: Content) -> list[str]:
    """Return a table's columns: a text's are on the first line near its top with some of an option, or on its first."""
    if content.kind == "text":
        lines = [line for line in content.document[:_HEAD].splitlines()[:_LINES] if line.strip()] or [""]
        split = [[cell.strip().strip('"') for cell in line.split(delimiter_of(line))] for line in lines]
        header = next((cells for cells in split if _OF_OPTIONS & set(map(key, cells))), split[0])
        return [cell for cell in header if cell] if len(header) > 1 else []
    if content.kind == "json":
        first = content.document[0] if isinstance(content.document, list) and content.document else content.document
        return list(first) if isinstance(first, dict) else []
    return sorted(keys_of(content))


def _inside(document: Any, depth: int = 8) -> Iterator[str]:
    """Yield the keys of a JSON document along the first of each list and map."""
    if isinstance(document, dict) and depth:
        yield from document
        for value in document.values():
            yield from _inside(value, depth - 1)
    elif isinstance(document, list) and document and depth:
        yield from _inside(document[0], depth - 1)


def _keys(telling: str) -> frozenset[str]:
    return frozenset(map(key, telling.split()))


_LAYOUTS_WITH = Counter(name for telling in TELLING.values() for name in _keys(telling))
