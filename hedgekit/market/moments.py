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
_ZONE_NAME = re.compile(r"\[?([A-Za-z]+/[A-Za-z_]+(?:/[A-Za-z_]+)?)\]?")
_OFFSET = re.compile(r"(?:GMT|UTC)([+-])(\d{1,2})(?::?(\d\d))?")
_BRACKETED = re.compile(r"(.*\S)\s*(\[[A-Za-z_/]+\])")
_ENDS_IN_OFFSET = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")
_UNIX_DATE = re.compile(r"([A-Za-z]{3} \d{1,2}) (\d\d:\d\d:\d\d) (\S+) (\d{4})")  # Jun 17 16:15:00 EDT 2026
_SAS_TIME = re.compile(r"^(\d{1,2}[A-Za-z]{3}\d{4}):(?=\d)")  # 17JUN2026:16:15:00
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+", re.IGNORECASE)
_HALF_DAY = re.compile(r"(?<=[\d\s])([ap])\.?\s?m\b\.?", re.IGNORECASE)
_PACKED_DAY = re.compile(r"(?:19|20)\d{6}")
_NUMERIC_DAY = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)(?!\d)")
_DAYS = (
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
    "%B %d %Y",
    "%d %b %Y",
    "%d %B %Y",
    "%d %b %y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%b-%d-%Y",
    "%d%b%Y",
    "%d%b%y",
)
_CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%H:%M:%S.%f")
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
        if cell == int(cell) and _PACKED_DAY.fullmatch(str(int(cell))):  # 20260918 as a number
            return read_moment(str(int(cell)), zone)
        return _counted(float(cell))
    if not isinstance(cell, str):
        raise ValueError("no time")
    text = _tidy(cell.strip())
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
    # midnight is how a day alone is often stored, whatever the zone: it means that day, not the evening before
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return moment.date()
    return moment.astimezone(NEW_YORK).date()


def says_day_only(cell: Any) -> bool:
    """Whether a cell tells a day and no time of it."""
    if isinstance(cell, datetime):
        return (cell.hour, cell.minute, cell.second, cell.microsecond) == (0, 0, 0, 0)
    if isinstance(cell, date):
        return True
    return isinstance(cell, str) and (":" not in cell or bool(re.search(r"[ T]0?0:00(:00(\.0+)?)?(Z|\+00:00)?$", cell)))


def day_order(cells: Iterable[Any]) -> bool | None:
    """Return whether numeric days of a column come before their months; None where all can be read either way.

    Examples
    --------
    >>> day_order(["03/04/2026", "17/04/2026"]), day_order(["03/04/2026", "04/17/2026"]), day_order(["03/04/2026"])
    (True, False, None)
    """
    found: bool | None = None
    for cell in cells:
        numeric = _NUMERIC_DAY.match(cell.strip()) if isinstance(cell, str) else None
        if numeric and int(numeric[1]) > _MONTHS >= int(numeric[3]):
            return True
        if numeric and int(numeric[3]) > _MONTHS >= int(numeric[1]):
            found = False
    return found


def writes_day_first(cells: Iterable[Any]) -> bool:
    """Whether numeric days of a column can only be day before month; American order is taken when both can be."""
    return day_order(cells) is True


def _tidy(text: str) -> str:
    """Write a zone's name in brackets apart (Java), and leave out what it then repeats, and a packed day's ``.0``."""
    if found := _BRACKETED.fullmatch(text):
        return found[1] if _ENDS_IN_OFFSET.search(found[1]) else f"{found[1]} {found[2]}"
    return text.removesuffix(".0") if _PACKED_DAY.fullmatch(text.removesuffix(".0")) else text


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
    text = re.sub(r"\s+", " ", _WEEKDAY.sub("", text))
    text = _SAS_TIME.sub(r"\1 ", text)
    if unix := _UNIX_DATE.fullmatch(text):
        text = f"{unix[1]} {unix[4]} {unix[2]} {unix[3]}"
    text, zone = _zoned(text, zone)
    text = _HALF_DAY.sub(lambda found: f" {found[1].upper()}M", text).replace(" at ", " ").replace(" @ ", " ")
    text = re.sub(r"\s+", " ", text).strip()
    if numeric := _NUMERIC_DAY.match(text):
        first, second, year = int(numeric[1]), int(numeric[3]), int(numeric[4])
        dotted = numeric[2] == "." and second <= _MONTHS  # points stand between days where the day comes first
        month, day = (second, first) if day_first or dotted else (first, second)
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
    if named := _ZONE_NAME.fullmatch(last):
        try:
            return head, ZoneInfo(named[1])
        except (ValueError, KeyError, OSError):  # no zone of that name
            return text, zone
    if offset := _OFFSET.fullmatch(last.upper()):
        shift = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return head, timezone(shift if offset[1] == "+" else -shift)
    return text, zone
