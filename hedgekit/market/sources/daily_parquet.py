"""Parquet with Cboe's fields and columns ``quote_utc, underlying, spot, option``: one or several days."""

from __future__ import annotations

from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.cboe_json import from_cboe_rows
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.facts import spot_of, ticker_of, utc
from hedgekit.market.sources.parquet import column_names, rows_of_day
from hedgekit.market.sources.tabular import one_of
from hedgekit.market.sources.want import Want
from hedgekit.model import NEW_YORK

FIELDS = (
    *("underlying", "spot", "option", "bid", "bid_size", "ask", "ask_size", "iv"),
    *("open_interest", "volume", "last_trade_price", "last_trade_time"),
)


def recognises(content: Content) -> bool:
    """Whether it is parquet with a quote time and option symbols."""
    return {"quote_utc", "option"} <= set(column_names(content))


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says of one day and one underlying."""
    rows, moment = rows_of_day(
        content, FIELDS, "quote_utc", lambda cell: utc(content, "quote_utc", cell).astimezone(NEW_YORK), want.asof
    )
    tickers = [ticker_of(content, cell) for cell in rows.cells("underlying")]
    rows = one_of(rows, tickers, want)
    return from_cboe_rows(
        rows,
        ticker=ticker_of(content, rows.cells("underlying")[0]),
        spot=spot_of(content, "spot", rows.cells("spot")[0]),
        moment=moment,
    )
