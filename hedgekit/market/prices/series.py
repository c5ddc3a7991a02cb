"""What one file says of one ticker, before it is judged; and the names files give their columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hedgekit.market.prices import cells
from hedgekit.market.prices.content import PriceFile
from hedgekit.model import FloatArray
from hedgekit.results import Note

# a column's name, in small letters without blanks and signs -> what it holds
FIELDS = {
    "open": "open",
    "high": "high",
    "low": "low",
    "close": "close",
    "closeprice": "close",
    "closelast": "close",
    "last": "close",
    "latest": "close",
    "price": "close",
    "adjclose": "adjusted",
    "adjustedclose": "adjusted",
    "adjcloseprice": "adjusted",
    "closeadj": "adjusted",
    "totalreturn": "adjusted",
    "volume": "volume",
    "vol": "volume",
    "dividends": "dividend",
    "dividend": "dividend",
    "dividendamount": "dividend",
    "divcash": "dividend",
    "stocksplits": "other",
    "splitcoefficient": "other",
    "splitfactor": "other",
    "capitalgains": "other",
    "adjopen": "other",
    "adjhigh": "other",
    "adjlow": "other",
    "adjvolume": "other",
    "change": "other",
    "changepercent": "other",
    "vwap": "other",
    "transactions": "other",
    "tradecount": "other",
    "openint": "other",
    "per": "other",
}
DATES = frozenset({"date", "datetime", "timestamp", "time", "day", "tradedate", "indexlevel0", "unnamed0", "index", ""})
TICKERS = frozenset({"ticker", "symbol", "sym"})

_NUMBERED = re.compile(r"^\d+\.\s*")
_SIGNS = re.compile(r"[^a-z0-9]")
_TOKEN = re.compile(r"[_\s()-]+")
_TICKER = re.compile(r"[A-Z^][A-Z0-9.^=/-]{0,9}", re.ASCII)
_CAPITALS = re.compile(r"[A-Z^.]{1,6}", re.ASCII)
_EXCHANGE = re.compile(r"\.(us|US)$")
_NAMED_DAILY = re.compile(r"([a-z]{1,6})_(?:daily|price|historical)")  # Barchart's downloads


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One ticker in one file, rows in the order of the file; prices NaN where blank, None where there is no column.

    Parameters
    ----------
    ticker : str
    dates : ndarray of datetime64[D], shape (n,)
    close : ndarray or None
        The file's main price column, whatever it turns out to be.
    adjusted : ndarray or None
        The column the file calls adjusted.
    open, high, low, volume, dividend : ndarray or None
    lines : sequence of int
        For messages.
    file : PriceFile
    only_adjusted : bool
        Whether the file itself says that all of its prices are dividend-adjusted.
    splits : tuple of (day, ratio)
        Splits that the file's own record names and that are not in `close`: shares after for one before.
    notes : tuple of Note
    """

    ticker: str
    dates: npt.NDArray[np.datetime64]
    close: FloatArray | None
    adjusted: FloatArray | None = None
    open: FloatArray | None = None
    high: FloatArray | None = None
    low: FloatArray | None = None
    volume: FloatArray | None = None
    dividend: FloatArray | None = None
    lines: Sequence[int]
    file: PriceFile
    only_adjusted: bool = False
    notes: tuple[Note, ...] = ()


def plain(name: str) -> str:
    """Return a column's name in small letters without numbering, blanks and signs.

    Examples
    --------
    >>> plain("4. close"), plain("Adj Close"), plain("Close/Last")
    ('close', 'adjclose', 'closelast')
    """
    return _SIGNS.sub("", _NUMBERED.sub("", name.strip().lower()))


def fields_of(names: Sequence[str]) -> dict[str, int]:
    """Return the position of each field that a header names; of two of one field the more exact name counts."""
    found: dict[str, int] = {}
    for at, name in enumerate(names):
        field = FIELDS.get(plain(name))
        if field and (field not in found or plain(name) == field):
            found[field] = at
    return found


def date_column(file: PriceFile) -> int | None:
    """Return the position of the column with the days; None when no column holds any."""
    sheet = file.sheet
    if sheet is None:
        return None
    named = [at for at, name in enumerate(sheet.names) if plain(name) in DATES]
    for at in [*named, 0]:
        if len(sheet.lines) and cells.is_day(sheet.columns[at][0]):
            return at
    return named[0] if named and sheet.has_header else None


def without_exchange(name: str) -> str:
    """Return a ticker without Stooq's ending for New York.

    Examples
    --------
    >>> without_exchange("IWM.US"), without_exchange("BRK.B")
    ('IWM', 'BRK.B')
    """
    return _EXCHANGE.sub("", name.strip())


def ticker_of(stem: str) -> str:
    """Read a ticker from a file's name.

    Examples
    --------
    >>> ticker_of("iwm"), ticker_of("index_RUT_2000_2022"), ticker_of("spy.us"), ticker_of("daily_adjusted_IWM")
    ('IWM', 'RUT', 'SPY', 'IWM')
    """
    stem = without_exchange(stem)
    if _TICKER.fullmatch(stem.upper()) and not _TOKEN.search(stem):
        return stem.upper()
    if named := _NAMED_DAILY.match(stem):
        return named[1].upper()
    capitals = [token for token in _TOKEN.split(stem) if _CAPITALS.fullmatch(token)]
    return capitals[0] if capitals else (stem.upper() or "UNNAMED")


def series_from(
    file: PriceFile,
    ticker: str,
    days: npt.NDArray[np.datetime64],
    columns: Mapping[str, tuple[str, Sequence[Any]]],
    **facts: Any,
) -> Series:
    """Build a series from cells.

    Parameters
    ----------
    file : PriceFile
    ticker : str
    days : ndarray of datetime64[D]
    columns : mapping of field to (name in the file, cells)
    **facts
        Passed on.

    Raises
    ------
    DataError
        When a cell is no number.
    """
    read: dict[str, Any] = {
        field: cells.numbers(file, name, values) for field, (name, values) in columns.items() if field in _SERIES_FIELDS
    }
    lines = file.sheet.lines if file.sheet is not None else range(len(days))
    return Series(ticker=ticker, dates=days, close=read.pop("close", None), lines=lines, file=file, **read, **facts)


_SERIES_FIELDS = ("close", "adjusted", "open", "high", "low", "volume", "dividend")
