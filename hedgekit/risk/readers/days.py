"""Days as books and brokers write them, and the day that a file's remarks say it is of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from hedgekit.model.spellings import MONTHS

_MONTHS = {name: i for i, name in enumerate(MONTHS, 1)}
_NAME = r"(?P<name>[A-Z]{3})[A-Z]*"
_PATTERNS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})[-/](?P<month>\d\d?)[-/](?P<day>\d\d?)(?!\d)",
        r"(?<!\d)(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)(?!\d)",
        r"(?<!\d)(?P<month>\d\d?)/(?P<day>\d\d?)/(?P<year>\d{4}|\d\d)(?!\d)",
        rf"\b{_NAME}[-. ]+(?P<day>\d\d?),?[- ]+(?P<year>\d{{4}})(?!\d)",
        rf"(?<!\d)(?P<day>\d\d?)[- ]?{_NAME}[-. ]*(?P<year>\d{{4}}|\d\d)(?!\d)",
    )
)
_SAYS = re.compile(r"\b(as of|downloaded|generated|exported|period)\b", re.IGNORECASE)


def read_day(text: str) -> date | None:
    """Return the last day that a text names; None when it names none.

    Examples
    --------
    >>> read_day("Oct-14-2026 4:05 p.m ET"), read_day("10/14/26"), read_day("soon")
    (datetime.date(2026, 10, 14), datetime.date(2026, 10, 14), None)
    >>> read_day("October 1, 2026 - October 14, 2026"), read_day("20270115"), read_day("15JAN27")
    (datetime.date(2026, 10, 14), datetime.date(2027, 1, 15), datetime.date(2027, 1, 15))
    """
    found: list[tuple[int, date]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text.upper()):
            part = match.groupdict()
            month = _MONTHS.get(part["name"], 0) if "name" in part else int(part["month"])
            year = int(part["year"])
            try:
                found.append((match.start(), date(year if year >= 1000 else 2000 + year, month, int(part["day"]))))
            except ValueError:
                continue
    return max(found)[1] if found else None


def day_said(remarks: Iterable[str]) -> date | None:
    """Return the day of the first remark that says of when a file is: "as of", "downloaded", "generated"."""
    return next((day for text in remarks if _SAYS.search(text) and (day := read_day(text))), None)
