"""Yahoo's chart answer: ``{chart: {result: [{meta, timestamp, indicators: {quote: [...], adjclose: [...]}}]}}``."""

from __future__ import annotations

from typing import Any

from hedgekit.market.prices import cells
from hedgekit.market.prices.content import PriceFile
from hedgekit.market.prices.series import Series, series_from, ticker_of

_FIELDS = ("open", "high", "low", "close", "volume")


def recognises(file: PriceFile) -> bool:
    """Whether there is a list of results with time stamps and indicators."""
    results = _results(file.document)
    return bool(results) and all(
        isinstance(result, dict)
        and isinstance(result.get("timestamp"), list)
        and isinstance(result.get("indicators"), dict)
        for result in results
    )


def read(file: PriceFile) -> list[Series]:
    """Return one series a result."""
    return [_series(file, result) for result in _results(file.document)]


def _series(file: PriceFile, result: dict[str, Any]) -> Series:
    stamps, indicators = result["timestamp"], result["indicators"]
    days = cells.days(file, "timestamp", stamps)
    quote, adjusted = _first(indicators.get("quote")), _first(indicators.get("adjclose"))
    columns = {name: (name, quote[name]) for name in _FIELDS if isinstance(quote.get(name), list)}
    if isinstance(adjusted.get("adjclose"), list):
        columns["adjusted"] = ("adjclose", adjusted["adjclose"])
    for name, values in columns.values():
        if len(values) != len(stamps):
            raise file.error(f"{name} has {len(values)} values for {len(stamps)} time stamps: download it again")
    if "close" not in columns:
        raise file.error("no close in its quotes")
    meta = result.get("meta")
    symbol = meta.get("symbol") if isinstance(meta, dict) else None
    return series_from(file, symbol if isinstance(symbol, str) and symbol else ticker_of(file.stem), days, columns)


def _first(values: Any) -> dict[str, Any]:
    return values[0] if isinstance(values, list) and values and isinstance(values[0], dict) else {}


def _results(document: Any) -> list[Any]:
    chart = document.get("chart") if isinstance(document, dict) else None
    results = chart.get("result") if isinstance(chart, dict) else None
    return results if isinstance(results, list) else []
