"""Tickers below one another: a row a day and ticker, with a ticker column."""

from __future__ import annotations

from typing import Any

import numpy as np

from hedgekit.market.prices import cells
from hedgekit.market.prices.content import PriceFile, Sheet
from hedgekit.market.prices.series import TICKERS, Series, date_column, fields_of, plain, series_from, without_exchange


def recognises(file: PriceFile) -> bool:
    """Whether a header names a ticker column and a close."""
    if file.sheet is None or not file.sheet.has_header or date_column(file) is None:
        return False
    fields = fields_of(file.sheet.names)
    return _ticker_at(file.sheet) is not None and ("close" in fields or "adjusted" in fields)


def read(file: PriceFile) -> list[Series]:
    """Return one series a ticker, in the order they first appear."""
    sheet, at = file.sheet, date_column(file)
    assert sheet is not None
    assert at is not None
    ticker_at = _ticker_at(sheet)
    assert ticker_at is not None
    days = cells.days(file, sheet.names[at], sheet.columns[at])
    labels = [without_exchange(str(cell)).upper() for cell in sheet.columns[ticker_at]]
    if "" in labels or "NONE" in labels:
        row = next(i for i, label in enumerate(labels) if label in ("", "NONE"))
        raise file.bad(row, sheet.names[ticker_at], sheet.columns[ticker_at][row], "a ticker")
    rows_of: dict[str, list[int]] = {}
    for row, label in enumerate(labels):
        rows_of.setdefault(label, []).append(row)
    columns = {field: (sheet.names[i], sheet.columns[i]) for field, i in fields_of(sheet.names).items()}
    whole = series_from(file, "", days, columns)
    found = []
    for ticker, listed in rows_of.items():
        rows = np.array(listed)
        parts: dict[str, Any] = {
            name: None if (column := getattr(whole, name)) is None else column[rows]
            for name in ("close", "adjusted", "open", "high", "low", "volume", "dividend")
        }
        lines = [sheet.lines[row] for row in listed]
        found.append(Series(ticker=ticker, dates=days[rows], lines=lines, file=file, **parts))
    return found


def _ticker_at(sheet: Sheet) -> int | None:
    return next((at for at, name in enumerate(sheet.names) if plain(name) in TICKERS), None)
