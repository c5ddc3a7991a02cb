"""Cells to days and prices, in the ways files write them; a bad cell is named."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from hedgekit.market.moments import read_day
from hedgekit.market.prices.content import PriceFile
from hedgekit.model import NEW_YORK, FloatArray

GREATEST = 1e15
"""No price or volume comes near it."""

DAY_EXPECTED = "a day like 2026-09-18"

_BLANK = frozenset({"", "nan", "na", "n/a", "#n/a", "null", "none", "nat", "-", "--", "."})
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_SUFFIXED = re.compile(r"([\d.]+)([KMB])", re.ASCII)
_SUFFIX = {"K": 1e3, "M": 1e6, "B": 1e9}
_SLASHED = re.compile(r"(\d{1,2})([/.])(\d{1,2})\2(\d{4})", re.ASCII)
_DIGITS = re.compile(r"\d{8}(?: \d\d:\d\d(?::\d\d)?)?", re.ASCII)
_MONTHS = 12
_MIDNIGHT = time(0, 0)
_MILLISECONDS = 1e11  # an epoch above this counts milliseconds
_YEARS = range(1800, 2200)


def numbers(file: PriceFile, name: str, cells: Sequence[Any]) -> FloatArray:
    """Return cells as numbers, NaN where blank.

    Raises
    ------
    DataError
        At the first cell that is no number.
    """
    if isinstance(cells, np.ndarray):
        out = cells.astype(np.float64)
    else:
        try:
            out = np.array([float(cell) for cell in cells])
        except (TypeError, ValueError, OverflowError):
            out = np.array([_number(file, row, name, cell) for row, cell in enumerate(cells)])
    wild = np.flatnonzero(np.isinf(out) | (np.abs(out) > GREATEST))
    if len(wild):
        row = int(wild[0])
        raise file.bad(row, name, cells[row], "a number")
    return out


def _number(file: PriceFile, row: int, name: str, cell: Any) -> float:
    if cell is None:
        return math.nan
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        try:
            return float(cell)
        except OverflowError:
            raise file.bad(row, name, cell, "a number") from None
    text = cell.strip().removeprefix("$") if isinstance(cell, str) else ""
    if isinstance(cell, str):
        if text.lower() in _BLANK:
            return math.nan
        if _THOUSANDS.fullmatch(text):
            text = text.replace(",", "")
        if suffixed := _SUFFIXED.fullmatch(text.upper()):
            text = suffixed[1]
        try:
            return float(text) * (_SUFFIX[suffixed[2]] if suffixed else 1.0)
        except ValueError:
            pass
    raise file.bad(row, name, cell, "a number")


def is_day(cell: Any) -> bool:
    """Whether a cell can be read as a day."""
    if isinstance(cell, date):
        return True
    text = str(cell).strip()
    if not text[:1].isdigit() and not text[-4:].isdigit():
        return False
    return _day(text, day_first=False) is not None


def days(file: PriceFile, name: str, cells: Sequence[Any]) -> npt.NDArray[np.datetime64]:
    """Return cells as days; times with a zone are taken to New York's calendar.

    A clock at exactly midnight is a label of its day whatever the zone; any other moment belongs to the day New York
    had then.

    Raises
    ------
    DataError
        At the first cell that is no day.
    """
    if isinstance(cells, np.ndarray):
        found: list[date | None] = [_epoch(float(cell)) for cell in cells]
    elif all(isinstance(cell, str) and len(cell) == 10 and cell[4] == "-" for cell in cells):
        try:
            plain = np.array(cells).astype("M8[D]")
            if plain.min() >= np.datetime64(f"{_YEARS.start}") and plain.max() < np.datetime64(f"{_YEARS.stop}"):
                return plain
        except ValueError:
            pass
        found = [_any_day(cell, day_first=False) for cell in cells]
    else:
        day_first = _day_first(cells)
        found = [_any_day(cell, day_first=day_first) for cell in cells]
    for row, day in enumerate(found):
        if day is None or day.year not in _YEARS:
            raise file.bad(row, name, cells[row], DAY_EXPECTED)
    return np.array(found, dtype="M8[D]")


def _day_first(cells: Sequence[Any]) -> bool:
    """Whether 03/04/2020 is the third of April here: some first part is above twelve."""
    return any((match := _SLASHED.match(str(cell).strip())) is not None and int(match[1]) > _MONTHS for cell in cells)


def _any_day(cell: Any, *, day_first: bool) -> date | None:
    if isinstance(cell, datetime):
        return _of_moment(cell)
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _epoch(float(cell))
    return _day(str(cell).strip(), day_first=day_first) if isinstance(cell, str) else None


def _day(text: str, *, day_first: bool) -> date | None:
    if _DIGITS.fullmatch(text):
        return _parsed(text[:8], "%Y%m%d")
    if text.replace(".", "", 1).isdigit() and len(text) >= 9:
        return _epoch(float(text))
    try:
        return _of_moment(datetime.fromisoformat(text))
    except ValueError:
        pass
    if slashed := _SLASHED.match(text):
        first, second, year = (int(slashed[part]) for part in (1, 3, 4))
        dotted = slashed[2] == "." and second <= _MONTHS  # points stand between days where the day comes first
        month, in_month = (second, first) if day_first or dotted else (first, second)
        try:
            return date(year, month, in_month)
        except ValueError:
            return None
    try:
        return read_day(text, day_first=day_first)
    except (ValueError, OverflowError):
        return None


def _parsed(text: str, form: str) -> date | None:
    try:
        return datetime.strptime(text, form).date()
    except ValueError:
        return None


def _of_moment(moment: datetime) -> date:
    if moment.tzinfo is None or moment.time() == _MIDNIGHT:
        return moment.date()
    try:
        return moment.astimezone(NEW_YORK).date()
    except OverflowError:
        return moment.date()


def _epoch(seconds: float) -> date | None:
    if not math.isfinite(seconds):
        return None
    if 18_000_101 <= seconds <= 21_991_231:  # 20260918 as a number
        return _parsed(str(int(seconds)), "%Y%m%d")
    if seconds > _MILLISECONDS:
        seconds /= 1e3
    try:
        return _of_moment(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
    except OverflowError:
        return None
