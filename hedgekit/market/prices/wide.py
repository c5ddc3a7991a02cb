"""Tickers side by side: a row a day, a column a ticker, or a column a ticker and field (``IWM_close``)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from hedgekit.market.prices import cells
from hedgekit.market.prices.content import PriceFile
from hedgekit.market.prices.series import FIELDS, Series, date_column, plain, series_from

_JOINT = re.compile(r"[ _.:|]+")
_SAYS_ADJUSTED = re.compile(r"adj(?:usted)?[ _-]?(?:close)?|total[ _-]?return", re.IGNORECASE)


def recognises(file: PriceFile) -> bool:
    """Whether there is a column of days and named columns beside it."""
    sheet = file.sheet
    if sheet is None or not sheet.has_header or date_column(file) is None:
        return False
    return any(name and at != date_column(file) for at, name in enumerate(sheet.names))


def read(file: PriceFile) -> list[Series]:
    """Return one series a ticker, in the order of the columns."""
    sheet, at = file.sheet, date_column(file)
    assert sheet is not None
    assert at is not None
    days = cells.days(file, sheet.names[at], sheet.columns[at])
    tickers: dict[str, dict[str, tuple[str, Sequence[Any]]]] = {}
    for i, name in enumerate(sheet.names):
        if i == at or not name:
            continue
        ticker, field = split_name(name)
        named = tickers.setdefault(ticker, {})
        if field in named:
            raise file.error(f"two columns for {ticker} {field}: {named[field][0]!a} and {name!a}")
        named[field] = (name, sheet.columns[i])
    only = _SAYS_ADJUSTED.search(file.stem) is not None
    return [
        series_from(file, ticker, days, columns, only_adjusted=only and "adjusted" not in columns)
        for ticker, columns in tickers.items()
        if "close" in columns or "adjusted" in columns
    ]


def split_name(name: str) -> tuple[str, str]:
    """Split a column's name into ticker and field.

    Examples
    --------
    >>> split_name("IWM"), split_name("IWM_Adj Close"), split_name("Close SPY"), split_name("BRK.B")
    (('IWM', 'close'), ('IWM', 'adjusted'), ('SPY', 'close'), ('BRK.B', 'close'))
    """
    parts = [part for part in _JOINT.split(name.strip("()' ").replace("', '", "_")) if part]
    for count in range(len(parts) - 1, 0, -1):
        if field := FIELDS.get(plain("".join(parts[-count:]))):
            return "_".join(parts[:-count]).upper(), field
        if field := FIELDS.get(plain("".join(parts[:count]))):
            return "_".join(parts[count:]).upper(), field
    return name.strip(), "close"
