"""The header of several lines that yfinance writes: fields, tickers and the name of the index, then the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from hedgekit.market.prices import cells
from hedgekit.market.prices.content import PriceFile, Sheet
from hedgekit.market.prices.series import FIELDS, Series, plain, series_from
from hedgekit.results import Note

_LABELS = {"price", "ticker"}
_DEEPEST = 4  # lines of header


def recognises(file: PriceFile) -> bool:
    """Whether the first two lines start with Price and Ticker, in either order."""
    sheet = file.sheet
    if file.kind != "text" or sheet is None or not sheet.has_header or not sheet.names:
        return False
    return {plain(sheet.names[0]), plain(str(sheet.columns[0][0]))} == _LABELS


def read(file: PriceFile) -> list[Series]:
    """Return one series a ticker named in the header."""
    sheet = file.sheet
    assert sheet is not None
    body = next((row for row in range(min(_DEEPEST, len(sheet.lines))) if cells.is_day(sheet.columns[0][row])), None)
    if body is None:
        first = str(sheet.columns[0][min(_DEEPEST, len(sheet.lines)) - 1])
        raise file.error(f"no day below its header of Price and Ticker lines (found {first!a})")
    second = [str(column[0]).strip() for column in sheet.columns]
    fields, tickers = (list(sheet.names), second) if plain(sheet.names[0]) == "price" else (second, list(sheet.names))
    rows = sheet.from_row(body)
    file = replace(file, sheet=rows)
    days = cells.days(file, "Date", rows.columns[0])
    found: dict[str, dict[str, tuple[str, Sequence[Any]]]] = {}
    for at in range(1, len(rows.columns)):
        field = FIELDS.get(plain(fields[at]), "other")
        named = found.setdefault(tickers[at].upper(), {})
        if plain(fields[at]) == "price":  # an unnamed column that some writers leave before the others
            field = "unnamed"
        named.setdefault(field, (fields[at], rows.columns[at]))
    return [_series(file, rows, ticker, days, columns) for ticker, columns in found.items() if ticker]


def _series(file: PriceFile, sheet: Sheet, ticker: str, days: Any, columns: dict[str, Any]) -> Series:
    unnamed = columns.pop("unnamed", None)
    notes: tuple[Note, ...] = ()
    if unnamed is not None and "close" not in columns:
        columns["close"] = unnamed
    elif unnamed is not None and "adjusted" not in columns:
        close = cells.numbers(file, *columns["close"])
        other = cells.numbers(file, *unnamed)
        both = np.isfinite(close) & np.isfinite(other)
        if both.any() and (other[both] <= close[both] * (1 + 1e-6)).all() and (other[both] < close[both]).any():
            columns["adjusted"] = unnamed
            notes = (
                Note(
                    "unnamed_column_is_adjusted",
                    f"{ticker}: {file.name} has a column named {unnamed[0]!r} at or below Close on every day: taken "
                    "as the dividend-adjusted close",
                ),
            )
    if "close" not in columns and "adjusted" not in columns:
        raise file.error(f"no Close for {ticker} (columns: {', '.join(ascii(c[0]) for c in columns.values())})")
    return series_from(file, ticker, days, columns, notes=notes)
