"""Bars as JSON objects: a list of ``{t, o, h, l, c, v, ac}`` or of full names, bare or under a key."""

from __future__ import annotations

from typing import Any

import numpy as np

from hedgekit.market.files import shown
from hedgekit.market.prices import cells
from hedgekit.market.prices.content import PriceFile
from hedgekit.market.prices.series import DATES, TICKERS, Series, fields_of, plain, series_from, ticker_of

_LISTS = ("rows", "bars", "results", "data", "historical", "candles", "prices", "quotes", "day")
_LETTERS = {
    "t": "date",
    "d": "date",
    "o": "open",
    "h": "high",
    "l": "low",
    "c": "close",
    "v": "volume",
    "ac": "adj close",
}


def recognises(file: PriceFile) -> bool:
    """Whether there is a list of objects with a day and a close."""
    records = _records(file.document)
    if not records or not isinstance(records[0], dict):
        return False
    names = [_LETTERS.get(str(name), str(name)) for name in records[0]]
    fields = fields_of(names)
    return any(plain(name) in DATES for name in names) and ("close" in fields or "adjusted" in fields)


def read(file: PriceFile) -> list[Series]:
    """Return one series a ticker; without one inside, the file's name tells it."""
    records = _records(file.document)
    assert records is not None
    for row, record in enumerate(records):
        if not isinstance(record, dict):
            raise file.error(f"rows[{row}] is {shown(record)}, expected an object with a bar")
    groups: dict[str, list[dict[str, Any]]] = {}
    usual = _ticker(file)
    for record in records:
        own = next((record[name] for name in record if plain(name) in TICKERS), None)
        groups.setdefault(own.strip().upper() if isinstance(own, str) and own.strip() else usual, []).append(record)
    return [_series(file, ticker, group) for ticker, group in groups.items()]


def _series(file: PriceFile, ticker: str, records: list[dict[str, Any]]) -> Series:
    keys = list(dict.fromkeys(key for record in records for key in record))
    names = [_LETTERS.get(key, key) for key in keys]
    at = next((i for i, name in enumerate(names) if plain(name) in DATES and plain(name) != "index"), 0)
    days = cells.days(file, keys[at], [record.get(keys[at]) for record in records])
    columns = {field: (keys[i], [record.get(keys[i]) for record in records]) for field, i in fields_of(names).items()}
    return series_from(file, ticker, np.asarray(days), columns)


def _records(document: Any) -> list[Any] | None:
    if isinstance(document, dict) and isinstance(document.get("history"), dict):
        document = document["history"]  # Tradier's
    if isinstance(document, dict):
        document = next((document[key] for key in _LISTS if isinstance(document.get(key), list)), None)
    return document if isinstance(document, list) and document else None


def _ticker(file: PriceFile) -> str:
    if isinstance(file.document, dict):
        for name, value in file.document.items():
            if plain(name) in TICKERS and isinstance(value, str) and value.strip():
                return value.strip().upper()
    return ticker_of(file.stem)
