"""One ticker a file under a header: Yahoo, Alpha Vantage, Nasdaq, Stooq, Tiingo and their like, CSV or parquet."""

from __future__ import annotations

from hedgekit.market.prices import cells
from hedgekit.market.prices.content import PriceFile
from hedgekit.market.prices.series import TICKERS, Series, date_column, fields_of, plain, series_from, ticker_of


def recognises(file: PriceFile) -> bool:
    """Whether a header names a close or adjusted close, and no ticker column."""
    if file.sheet is None or not file.sheet.has_header or date_column(file) is None:
        return False
    fields = fields_of(file.sheet.names)
    tickers = any(plain(name) in TICKERS for name in file.sheet.names)
    return not tickers and ("close" in fields or "adjusted" in fields)


def read(file: PriceFile) -> list[Series]:
    """Return the one series; its ticker is read from the file's name."""
    sheet, at = file.sheet, date_column(file)
    assert sheet is not None
    assert at is not None
    days = cells.days(file, sheet.names[at], sheet.columns[at])
    columns = {field: (sheet.names[i], sheet.columns[i]) for field, i in fields_of(sheet.names).items()}
    return [series_from(file, ticker_of(file.stem), days, columns)]
