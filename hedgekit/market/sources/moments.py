"""Days and times as files write them: ISO, American, in words, packed, or counted since 1970."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from hedgekit.model import NEW_YORK

# counts since 1970 by their size: seconds, milli-, micro- and nanoseconds of the years 1973 to 5138
_UNITS = ((1e8, 1e11, 1.0), (1e11, 1e14, 1e3), (1e14, 1e17, 1e6), (1e17, 1e20, 1e9))
_ZONES = {
    **dict.fromkeys(("EDT", "EST", "ET"), "America/New_York"),
    **dict.fromkeys(("CDT", "CST", "CT"), "America/Chicago"),
    **dict.fromkeys(("MDT", "MST", "MT"), "America/Denver"),
    **dict.fromkeys(("PDT", "PST", "PT"), "America/Los_Angeles"),
    **dict.fromkeys(("BST",), "Europe/London"),
    **dict.fromkeys(("CET", "CEST"), "Europe/Berlin"),
}
_OFFSET = re.compile(r"(?:GMT|UTC)([+-])(\d{1,2})(?::?(\d\d))?")
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+", re.IGNORECASE)
_HALF_DAY = re.compile(r"(?<=[\d\s])([ap])\.?\s?m\b\.?", re.IGNORECASE)
_PACKED_DAY = re.compile(r"(?:19|20)\d{6}")
_NUMERIC_DAY = re.compile(r"(\d{1,2})([-/])(\d{1,2})\2(\d{4}|\d\d)(?!\d)")
_DAYS = ("%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y", "%d %b %y", "%d-%b-%Y", "%d-%b-%y")
_CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
_CENTURY = 2000
_MONTHS = 12


def read_moment(cell: Any, zone: tzinfo = NEW_YORK, *, day_first: bool = False) -> datetime:
    """Read a time; one without a zone is of `zone`.

    Parameters
    ----------
    cell : datetime, date, number or str
        A number counts seconds, milli-, micro- or nanoseconds since 1970, by its size.
    zone : tzinfo
    day_first : bool
        Whether ``3/4/2026`` is the third of April.

    Raises
    ------
    ValueError
        When it is none.

    Examples
    --------
    >>> read_moment("July 9, 2022 at 5:28 p.m. EDT").isoformat()
    '2022-07-09T17:28:00-04:00'
    >>> read_moment(1653077699007).isoformat()
    '2022-05-20T20:14:59.007000+00:00'
    """
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=zone)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day, tzinfo=zone)
    if isinstance(cell, bool):
        raise ValueError("a truth value is no time")
    if isinstance(cell, int | float):
        return _counted(float(cell))
    if not isinstance(cell, str):
        raise ValueError("no time")
    text = cell.strip()
    if re.fullmatch(r"\d{9,20}(?:\.\d*)?", text):
        return _counted(float(text))
    moment = _iso(text) or _written(text, zone, day_first)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def read_day(cell: Any, *, day_first: bool = False) -> date:
    """Read a calendar day, of New York where a time tells it.

    Raises
    ------
    ValueError
        When it is none.

    Examples
    --------
    >>> [str(read_day(text)) for text in ("20260918", "Fri Sep 18 2026", "09/18/2026", "09-18-2026", "2026-09-18")]
    ['2026-09-18', '2026-09-18', '2026-09-18', '2026-09-18', '2026-09-18']
    """
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return cell
    moment = read_moment(cell, day_first=day_first)
    # midnight UTC is how a day alone is often stored: it means that day, not the evening before
    midnight = moment.astimezone(UTC)
    if (midnight.hour, midnight.minute, midnight.second) == (0, 0, 0):
        return midnight.date()
    return moment.astimezone(NEW_YORK).date()


def says_day_only(cell: Any) -> bool:
    """Whether a cell tells a day and no time of it."""
    if isinstance(cell, datetime):
        return (cell.hour, cell.minute, cell.second, cell.microsecond) == (0, 0, 0, 0)
    if isinstance(cell, date):
        return True
    return isinstance(cell, str) and (":" not in cell or bool(re.search(r"[ T]0?0:00(:00(\.0+)?)?(Z|\+00:00)?$", cell)))


def writes_day_first(cells: Iterable[Any]) -> bool:
    """Whether numeric days of a column can only be day before month; American order is taken when both can be."""
    for cell in cells:
        found = _NUMERIC_DAY.match(cell.strip()) if isinstance(cell, str) else None
        if found and int(found[1]) > _MONTHS >= int(found[3]):
            return True
    return False


def _counted(number: float) -> datetime:
    for least, most, unit in _UNITS:
        if least <= number < most and math.isfinite(number):
            return datetime.fromtimestamp(number / unit, UTC)
    raise ValueError("no count of seconds since 1970")


def _iso(text: str) -> datetime | None:
    if _PACKED_DAY.fullmatch(text) or re.match(r"\d{4}-\d\d-\d\d|\d{8}T", text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None
    return None


def _written(text: str, zone: tzinfo, day_first: bool) -> datetime:
    text = _WEEKDAY.sub("", text)
    text, zone = _zoned(text, zone)
    text = _HALF_DAY.sub(lambda found: f" {found[1].upper()}M", text).replace(" at ", " ")
    text = re.sub(r"\s+", " ", text).strip()
    if numeric := _NUMERIC_DAY.match(text):
        first, second, year = int(numeric[1]), int(numeric[3]), int(numeric[4])
        month, day = (second, first) if day_first else (first, second)
        year += 0 if len(numeric[4]) > 2 else _CENTURY
        text = f"{year:04d}-{month:02d}-{day:02d}{text[numeric.end() :]}"
    for form in ("%Y-%m-%d", "%Y/%m/%d", *_DAYS):
        for clock in ("", *(f" {clock}" for clock in _CLOCKS)):
            try:
                return datetime.strptime(text, form + clock).replace(tzinfo=zone)
            except ValueError:
                continue
    raise ValueError("no time")


def _zoned(text: str, zone: tzinfo) -> tuple[str, tzinfo]:
    head, _, last = text.rpartition(" ")
    if not head:
        return text, zone
    if last.upper() in _ZONES:
        return head, ZoneInfo(_ZONES[last.upper()])
    if last.upper() in ("UTC", "GMT", "Z"):
        return head, UTC
    if offset := _OFFSET.fullmatch(last.upper()):
        shift = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return head, timezone(shift if offset[1] == "+" else -shift)
    return text, zone
