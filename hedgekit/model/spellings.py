"""The ways people and brokers write an option, beside the OSI symbol: what each part of the words says."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from hedgekit.errors import InputError

_CENTURY = 2000  # a year of two digits: listed options are younger
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

_ROOT = r"[-.]?(?P<root>[A-Z^][A-Z0-9.^/-]{0,5}?)"  # Fidelity writes -IWM260918P270, thinkorswim .IWM260918P270
_APART = rf"{_ROOT}(?: US)? "  # Bloomberg writes IWM US 09/18/26 P270
_YEAR = r"'?(?:\d{4}|\d\d)"
_NAME = "[A-Z]{3,9}"
_DATE = (
    r"(?P<date>\d{4}-\d\d?-\d\d?|\d{4}/\d\d?/\d\d?|\d{8}|\d{6}"
    rf"|\d\d?/\d\d?/(?:\d{{4}}|\d\d)|\d\d?[ -]?{_NAME}[ -]?{_YEAR}|{_NAME} ?\d\d?,? {_YEAR})"
)
_STRIKE = r"\$?(?P<strike>(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)"  # 0027000 is a piece of an OSI symbol
_RIGHT = "(?P<right>CALL|PUT|C|P)S?"


class Words(NamedTuple):
    """An option's parts.

    Attributes
    ----------
    root : str
    year, month, day : int
        Of the expiry; not yet known to be a day of the calendar.
    right : {"C", "P"}
    strike : float
        Dollars a share.
    """

    root: str
    year: int
    month: int
    day: int
    right: str
    strike: float


def read(text: str) -> Words | None:
    """Return the parts of an option written in words; None when no way of writing fits.

    Parameters
    ----------
    text : str
        Capitals, single blanks. Dates are read as 2026-09-18, 2026/09/18, 20260918, 260918, 9/18/26 (month first),
        18SEP26 and SEP 18 2026; the strike may stand before or after the C or P, or both before the date.

    Raises
    ------
    InputError
        A month that has no such name.

    Examples
    --------
    >>> read("IWM 9/18/26 270P")
    Words(root='IWM', year=2026, month=9, day=18, right='P', strike=270.0)
    >>> read("IWM_091826P270") == read("IWM 18SEP26 270 P") == read(".IWM260918P270") == read("IWM 270 PUT SEP 18 '26")
    True
    >>> read("IWM") is None
    True
    """
    for form in _forms():
        found = form.fullmatch(text)
        if found:
            year, month, day = _date(found["date"], month_first="_" in text)
            return Words(found["root"], year, month, day, found["right"][0], float(found["strike"]))
    return None


def read_day(text: str) -> tuple[int, int, int] | None:
    """Return year, month and day of a date written in any of the ways of an option's; None when it is none.

    Examples
    --------
    >>> read_day("9/18/2026") == read_day("18 Sep 26") == read_day("2026-09-18") == (2026, 9, 18)
    True

    Raises
    ------
    InputError
        A month that has no such name.
    """
    wanted = " ".join(text.upper().split())
    return _date(wanted, month_first=False) if re.fullmatch(_DATE, wanted, re.ASCII) else None


@lru_cache(maxsize=1)
def _forms() -> tuple[re.Pattern[str], ...]:
    """Return the orders of the words; made when first needed: most symbols are OSI's."""
    return tuple(
        re.compile(pattern, re.ASCII)
        for pattern in (
            rf"{_ROOT}[ _]?(?P<date>\d{{6}}) ?{_RIGHT} ?{_STRIKE}",
            rf"{_APART}{_DATE} {_STRIKE} ?{_RIGHT}",
            rf"{_APART}{_DATE} {_RIGHT} ?{_STRIKE}(?: EQUITY)?",
            rf"{_APART}{_STRIKE} ?{_RIGHT} {_DATE}",
        )
    )


def _date(text: str, *, month_first: bool) -> tuple[int, int, int]:
    """Return year, month and day."""
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    name = re.search(_NAME, text)
    if name:
        return _full(numbers[1]), _month(name[0]), numbers[0]
    if len(numbers) == 1:
        digits = text
        if month_first:
            return _full(int(digits[4:])), int(digits[:2]), int(digits[2:4])
        return _full(int(digits[:-4])), int(digits[-4:-2]), int(digits[-2:])
    if re.match(r"\d{4}", text):
        return numbers[0], numbers[1], numbers[2]
    return _full(numbers[2]), numbers[0], numbers[1]


def _full(year: int) -> int:
    return year if year >= _CENTURY // 2 else _CENTURY + year


def _month(name: str) -> int:
    if name[:3] not in MONTHS:
        raise InputError(f"{name.capitalize()!r} is not a month: write Jan to Dec, or the date as 2026-09-18")
    return MONTHS.index(name[:3]) + 1
