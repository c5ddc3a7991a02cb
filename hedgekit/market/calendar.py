"""New York sessions, their closes, and the time left to an option's exercise cut-off.

The table of closings (``sessions.csv``) covers 1990 to 2040 and is generated from exchange_calendars by
``tests/oracles/generate_sessions.py``. All times are New York's.
"""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib import resources

from hedgekit.errors import InputError
from hedgekit.model import NEW_YORK
from hedgekit.units import SECONDS_PER_DAY, years

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2040, 12, 31)
OPEN = time(9, 30)
CLOSE = time(16, 0)
OPTION_CLOSE_DELAY = timedelta(minutes=15)
"""Options on IWM, SPY and QQQ are quoted a quarter of an hour longer than their shares trade."""

_WEEKEND = {5: "a Saturday", 6: "a Sunday"}
_ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=1)
def _table() -> dict[date, tuple[time | None, str]]:
    """Return what is special: day -> (close, or None when shut, and why)."""
    text = resources.files("hedgekit.market").joinpath("sessions.csv").read_text(encoding="ascii")
    return {
        date.fromisoformat(row["date"]): (time.fromisoformat(row["close"]) if row["close"] else None, row["reason"])
        for row in csv.DictReader(text.splitlines())
    }


def closed_days() -> tuple[date, ...]:
    """Return the weekdays of the table on which the market is shut all day, ascending."""
    return tuple(sorted(day for day, (close, _) in _table().items() if close is None))


def closed_reason(day: date) -> str:
    """Say why the market is shut on a day: a holiday's name or the weekend; empty when it trades.

    Raises
    ------
    InputError
        Outside the years of the table, 1990 to 2040.

    Examples
    --------
    >>> closed_reason(date(2026, 6, 19)), closed_reason(date(2026, 6, 20)), closed_reason(date(2026, 6, 22))
    ('Juneteenth', 'a Saturday', '')
    """
    _check(day)
    if day.weekday() in _WEEKEND:
        return _WEEKEND[day.weekday()]
    close, reason = _table().get(day, (CLOSE, ""))
    return "" if close else reason


def is_session(day: date) -> bool:
    """Whether the New York Stock Exchange trades on a day.

    Raises
    ------
    InputError
        Outside the years of the table, 1990 to 2040.
    """
    return not closed_reason(day)


def session_close(day: date) -> datetime:
    """Return when the shares stop trading on a session: 16:00, or earlier on an early close.

    Raises
    ------
    InputError
        When the day has no session, or lies outside the table.

    Examples
    --------
    >>> session_close(date(2026, 11, 27)).isoformat()
    '2026-11-27T13:00:00-05:00'
    """
    reason = closed_reason(day)
    if reason:
        raise InputError(f"{day} is no session ({reason}); the session before is {previous_session(day)}")
    close, _ = _table().get(day, (CLOSE, ""))
    return datetime.combine(day, close or CLOSE, NEW_YORK)


def session_open(day: date) -> datetime:
    """Return 09:30 on a day, when an ex-dividend share first trades without its dividend."""
    return datetime.combine(day, OPEN, NEW_YORK)


def option_close(day: date) -> datetime:
    """Return when the quotes of ETF options stop on a session: a quarter of an hour after the shares."""
    return session_close(day) + OPTION_CLOSE_DELAY


def previous_session(day: date) -> date:
    """Return the last session before a day."""
    day -= _ONE_DAY
    while not is_session(day):
        day -= _ONE_DAY
    return day


def next_session(day: date) -> date:
    """Return the first session after a day."""
    day += _ONE_DAY
    while not is_session(day):
        day += _ONE_DAY
    return day


def last_session_at(moment: datetime) -> date:
    """Return the session whose quotes stand at a moment: the day's own once it has opened, else the one before."""
    local = moment.astimezone(NEW_YORK)
    if is_session(local.date()) and local >= session_open(local.date()):
        return local.date()
    return previous_session(local.date())


def settlement_day(trade_day: date) -> date:
    """Return when a share trade, or the shares of an exercised option, are paid for.

    One session after the trade since 2024-05-28, two from 2017-09-05, three from 1995-06-07, five before.
    """
    if trade_day >= date(2024, 5, 28):
        lag = 1
    elif trade_day >= date(2017, 9, 5):
        lag = 2
    else:
        lag = 3 if trade_day >= date(1995, 6, 7) else 5
    for _ in range(lag):
        trade_day = next_session(trade_day)
    return trade_day


def exercise_cutoff(expiry: date) -> datetime:
    """Return the moment that decides an option's exercise: the close of its last session.

    Parameters
    ----------
    expiry : date
        Listed expiry. When it is no session, the session before counts. After 2040 every weekday is taken for a full
        session.

    Examples
    --------
    >>> exercise_cutoff(date(2027, 6, 18)).isoformat()
    '2027-06-17T16:00:00-04:00'
    """
    if expiry > LAST_DAY:
        while expiry.weekday() in _WEEKEND:
            expiry -= _ONE_DAY
        return datetime.combine(expiry, CLOSE, NEW_YORK)
    return session_close(expiry if is_session(expiry) else previous_session(expiry))


def t_years(asof: datetime, expiry: date) -> float:
    """Years of 365 days from a moment to an expiry's exercise cut-off, by the exact seconds between them.

    Parameters
    ----------
    asof : datetime
        With a time zone.
    expiry : date
        Listed expiry.

    Returns
    -------
    float
        Negative once the cut-off has passed.

    Examples
    --------
    >>> t_years(datetime(2026, 6, 17, 16, tzinfo=NEW_YORK), date(2026, 6, 18)) * 365
    1.0
    """
    return years_between(asof, exercise_cutoff(expiry))


def years_between(start: datetime, end: datetime) -> float:
    """Years of 365 days between two moments, by the exact seconds.

    Both are in UTC first: Python subtracts two times of one zone by the clock on the wall, an hour wrong across a
    change of clocks.
    """
    return years((end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() / SECONDS_PER_DAY)


def _check(day: date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InputError(f"{day} is outside the session table, which covers {FIRST_DAY.year} to {LAST_DAY.year}")
