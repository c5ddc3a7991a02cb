"""Alpha Vantage's answer: ``{"Meta Data": {...}, "Time Series (Daily)": {day: {"4. close": ...}}}``."""

from __future__ import annotations

from typing import Any

from hedgekit.market.files import shown
from hedgekit.market.prices import cells
from hedgekit.market.prices.content import PriceFile
from hedgekit.market.prices.series import Series, fields_of, plain, series_from, ticker_of

_SERIES = "Time Series"


def recognises(file: PriceFile) -> bool:
    """Whether there is a time series by day."""
    return _days(file.document) is not None


def read(file: PriceFile) -> list[Series]:
    """Return the one series, oldest first."""
    by_day = _days(file.document)
    assert by_day is not None
    for day, bar in by_day.items():
        if not isinstance(bar, dict):
            raise file.error(f"{shown(day)} is {shown(bar)}, expected an object with a bar")
    stamps = sorted(by_day)
    names = list(dict.fromkeys(name for bar in by_day.values() for name in bar))
    fields = fields_of(names)
    if "close" not in fields:
        raise file.error(f"no close in its bars (names: {', '.join(shown(name)[1:-1] for name in names[:8])})")
    days = cells.days(file, "day", stamps)
    columns = {field: (names[i], [by_day[day].get(names[i]) for day in stamps]) for field, i in fields.items()}
    return [series_from(file, _ticker(file), days, columns)]


def _days(document: Any) -> dict[str, Any] | None:
    if not isinstance(document, dict):
        return None
    for name, value in document.items():
        if isinstance(name, str) and _SERIES in name and isinstance(value, dict) and value:
            return value
    return None


def _ticker(file: PriceFile) -> str:
    meta = file.document.get("Meta Data")
    if isinstance(meta, dict):
        for name, value in meta.items():
            if plain(str(name)) == "symbol" and isinstance(value, str) and value.strip():
                return value.strip().upper()
    return ticker_of(file.stem)
