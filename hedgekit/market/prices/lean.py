"""QuantConnect Lean's daily files: headerless rows in a zip, prices in ten-thousandths, factors in a file beside.

A line of the factor file holds up to and including its day: ``yyyymmdd, price factor, split factor, reference``. Close
times the split factor is split-consistent; times the price factor as well it is dividend-adjusted.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hedgekit.errors import DataError
from hedgekit.market.prices import cells
from hedgekit.market.prices.content import PriceFile, read_files
from hedgekit.market.prices.series import Series, series_from, ticker_of
from hedgekit.model import FloatArray
from hedgekit.results import Note

_STAMP = re.compile(r"\d{8} \d\d:\d\d", re.ASCII)
_SCALE = 10_000  # prices are whole ten-thousandths of a dollar
_NAMES = ("time", "open", "high", "low", "close", "volume")
_FACTORS = 3


def recognises(file: PriceFile) -> bool:
    """Whether rows without header start like ``20000526 00:00``."""
    sheet = file.sheet
    if file.kind != "text" or sheet is None or sheet.has_header or len(sheet.columns) != len(_NAMES):
        return False
    return _STAMP.fullmatch(str(sheet.columns[0][0]).strip()) is not None


def read(file: PriceFile) -> list[Series]:
    """Return the one series; its ticker is the file's name, its factors those of ``factor_files/TICKER.csv``."""
    sheet = file.sheet
    assert sheet is not None
    days = cells.days(file, "time", sheet.columns[0])
    prices = {
        name: cells.numbers(file, name, sheet.columns[at]) / _SCALE for at, name in enumerate(_NAMES) if 0 < at < 5
    }
    volume = cells.numbers(file, "volume", sheet.columns[5])
    ticker = ticker_of(file.stem)
    path = _factor_file(file)
    if path is None:
        note = Note(
            "no_factor_file",
            f"{ticker}: no factor_files/{ticker.lower()}.csv beside {file.name}: prices are raw, without dividends",
        )
        made = series_from(file, ticker, days, {}, notes=(note,))
        return [_with(made, prices, volume, None)]
    price_factor, split_factor = _factors(path, days)
    split = {name: column * split_factor for name, column in prices.items()}
    made = series_from(file, ticker, days, {}, notes=_notes(ticker, path, days, split_factor))
    return [_with(made, split, volume / split_factor, split["close"] * price_factor)]


def _with(made: Series, prices: dict[str, FloatArray], volume: FloatArray, adjusted: FloatArray | None) -> Series:
    columns: dict[str, Any] = {**prices, "volume": volume, "adjusted": adjusted}
    return replace(made, **columns)


def _factor_file(file: PriceFile) -> Path | None:
    name = f"{ticker_of(file.stem).lower()}.csv"
    folder = file.path.parent
    places = (folder / "factor_files" / name, folder.parent / "factor_files" / name)
    return next((path for path in places if path.is_file()), None)


def _factors(path: Path, days: npt.NDArray[np.datetime64]) -> tuple[FloatArray, FloatArray]:
    """Return the price and split factors on each day."""
    factors = next(iter(read_files(path)))
    sheet = factors.sheet
    if sheet is None or sheet.has_header or len(sheet.columns) < _FACTORS:
        raise DataError(f"{factors.label}: not a factor file: expected rows of day, price factor, split factor")
    until = cells.days(factors, "day", sheet.columns[0])
    price = cells.numbers(factors, "price factor", sheet.columns[1])
    split = cells.numbers(factors, "split factor", sheet.columns[2])
    order = np.argsort(until, kind="stable")
    for name, column in (("price factor", price), ("split factor", split)):
        bad = np.flatnonzero(~(column > 0.0))
        if len(bad):
            raise factors.bad(int(bad[0]), name, float(column[bad[0]]), "a number above 0")
    at = np.minimum(np.searchsorted(until[order], days, side="left"), len(until) - 1)
    return price[order][at], split[order][at]


def _notes(ticker: str, path: Path, days: npt.NDArray[np.datetime64], factor: FloatArray) -> tuple[Note, ...]:
    changes = np.flatnonzero(np.diff(factor) != 0.0) + 1
    if not len(changes):
        return ()
    listed = ", ".join(f"{days[i]} ({factor[i] / factor[i - 1]:g} for 1)" for i in changes)
    return (Note("split_applied", f"{ticker}: splits of {path.name} applied to earlier prices: {listed}"),)
