"""What the root of a listed option says of it: its index, when it settles, whether it can be exercised early.

Options on shares and funds are American and physically settled. Cash-settled index options are European, some settled
on the opening of the expiry day ("AM"), when they no longer trade. Sources: Cboe and Nasdaq PHLX contract
specifications; OEX alone among the indices is American.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hedgekit.market import calendar
from hedgekit.model import ExerciseStyle

SISTER_ROOTS = {
    "SPX": {"SPXW", "SPXPM"},
    "NDX": {"NDXP"},
    "RUT": {"RUTW"},
    "VIX": {"VIXW"},
    "DJX": set[str](),
    "XSP": set[str](),
}
"""Other listings of the same index: not another deliverable, and never merged either."""

INDEX_OF = {sister: index for index, sisters in SISTER_ROOTS.items() for sister in sisters}
"""Root -> the index it is another listing of."""
PM_ROOTS = {"SPX": "SPXW", "NDX": "NDXP", "RUT": "RUTW"}
"""The roots under which the same indices are settled on the close, for files that tell that instead of the root."""

EUROPEAN = frozenset(
    {"SPX", "XSP", "NDX", "XND", "NQX", "RUT", "MRUT", "VIX", "DJX", "XEO", "NANOS", "SPESG", "MXEA", "MXEF"}
    | {"MID", "RLG", "RLV"}
).union(*SISTER_ROOTS.values())

AM_SETTLED = frozenset({"SPX", "NDX", "RUT", "DJX", "VIX", "VIXW", "MXEA", "MXEF"})
"""Roots whose standard monthly expiry settles on the opening."""

QUOTED_LATE = frozenset(
    EUROPEAN
    | {"OEX", "DBA", "DBB", "DBC", "DBO", "DBS", "DIA", "EEM", "EFA", "FXI", "IWM", "IWN", "IWO", "IWV"}
    | {"IYR", "KBE", "KRE", "LQD", "MDY", "MOO", "OEF", "QQQ", "SLX", "SPY", "SVXY", "TLT", "UNG", "UUP"}
    | {"UVXY", "VIXM", "VIXY", "VXX", "VXZ", "XHB", "XLB", "XLE", "XLF", "XLI", "XLK", "XLP", "XLU", "XLV"}
    | {"XLY", "XME", "XRT"}
)
"""Underlyings whose options are quoted a quarter of an hour beyond the close of shares, by brokers' lists of exchange
hours; those of all others stop with the shares."""

_EVERY_EXPIRY = frozenset({"VIX", "VIXW"})
_FRIDAY, _FIRST_THIRD, _LAST_THIRD = 4, 15, 21
_ONE_DAY = timedelta(days=1)


def exercise_style(root: str) -> ExerciseStyle:
    """Return whether options of a root or underlying can be exercised early.

    Examples
    --------
    >>> exercise_style("IWM"), exercise_style("SPXW")
    ('american', 'european')
    """
    return "european" if root in EUROPEAN else "american"


def is_monthly(expiry: date) -> bool:
    """Whether an expiry is the standard monthly one: the third Friday, or the Thursday before a closed one.

    Examples
    --------
    >>> is_monthly(date(2026, 6, 18)), is_monthly(date(2026, 7, 17)), is_monthly(date(2026, 7, 16))
    (True, True, False)
    """
    day = expiry
    if day.weekday() == _FRIDAY - 1 and day <= calendar.LAST_DAY - _ONE_DAY and not calendar.is_session(day + _ONE_DAY):
        day += _ONE_DAY
    return day.weekday() == _FRIDAY and _FIRST_THIRD <= day.day <= _LAST_THIRD


def cutoff(root: str, expiry: date) -> datetime:
    """Return the moment that decides what an option pays: its last close, or the opening where it is AM settled.

    Examples
    --------
    >>> cutoff("SPX", date(2026, 7, 17)).isoformat(), cutoff("SPXW", date(2026, 7, 17)).isoformat()
    ('2026-07-17T09:30:00-04:00', '2026-07-17T16:00:00-04:00')
    """
    close = calendar.exercise_cutoff(expiry)
    if root in AM_SETTLED and (root in _EVERY_EXPIRY or is_monthly(expiry)):
        return calendar.session_open(close.date())
    return close
