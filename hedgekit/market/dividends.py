"""Dividends as a caller gives them: a yield, or a file of ex-dates and amounts, projected beyond its end.

A fund that pays at regular times is taken to go on: each coming dividend is that of the same season a year before, with
its ex-date 364 days later (the same weekday). On IWM from 2008 to 2026 that is off by 13% of the amount at the median
and 34% at the ninth decile, and by two days; on SPY by 9%, 16% and one day. The last dividend, or the mean of four, is
worse on IWM, whose amounts differ by season. What is projected is always said to be.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median

from hedgekit.errors import DataError, InputError
from hedgekit.market import calendar
from hedgekit.market.tables import decimal, read_table

HIGHEST_YIELD = 0.5
"""A yield beyond this is taken for percent written without its sign."""


DAY_NAMES = ("ex_date", "ex_dividend_date", "ex/eff date", "ex_div_date", "ex date (local)", "date")
AMOUNT_NAMES = ("amount", "dividends", "dividend", "cash amount", "dividend amount", "total distribution")
"""What files call the ex-date and the dollars a share; the more exact name counts."""

A_YEAR = timedelta(days=364)
USUAL_TIMES = (1, 2, 4, 12)
LONGEST_SILENCE = 370
"""Days since the last dividend beyond which a fund is not taken to go on paying."""

IRREGULAR = 0.5
"""A gap that is off the usual one by more than this share of it breaks the pattern."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dividends:
    """What the pricing functions take.

    Parameters
    ----------
    div_yield : float
        Continuous, decimal a year.
    cash : tuple of (t_years, amount)
        Cash dividends ahead, ascending: years of 365 days to 09:30 on the ex-date, dollars a share.
    basis : str
        Where they come from, in words.
    projected : int
        How many of `cash` are projected from history, the last ones.
    """

    div_yield: float = 0.0
    cash: tuple[tuple[float, float], ...] = ()
    basis: str = "none"
    projected: int = 0


def read_dividends(given: float | str | os.PathLike[str], asof: datetime, *, until: date | None = None) -> Dividends:
    """Read a dividend yield, or the cash dividends of a file.

    Parameters
    ----------
    given : float, str or path
        A number is a continuous yield, decimal a year ("1.1%" works too). Anything else is a CSV file with columns
        ``date`` (or ``ex_date``) and ``amount``, dollars a share, by these names or those of `DAY_NAMES` and
        `AMOUNT_NAMES`.
    asof : datetime
        With a time zone. Ex-dates whose open has passed are left out.
    until : date, optional
        Dividends are projected from the file's own pattern as far as this day, where it has one. Default: none are.

    Raises
    ------
    InputError
        For a yield beyond 50% a year.
    DataError
        For a bad file; names line, column and value.
    """
    number = float(given) if isinstance(given, int | float) else decimal(str(given))
    if number is not None:
        if not abs(number) <= HIGHEST_YIELD:
            raise InputError(f"dividends {given}: a yield of {number:.0%} a year; 1.1% is written 0.011")
        return Dividends(div_yield=number, basis=f"yield {number:.4g} as given")
    table = read_table(str(given), "dividends")
    day_at, amount_at = table.column(*DAY_NAMES), table.column(*AMOUNT_NAMES)
    told: list[tuple[date, float]] = []
    first: dict[tuple[date, float], int] = {}
    for line, cells in table.lines:
        day, amount = table.day(line, cells[day_at]), table.number(line, table.names[amount_at], cells[amount_at])
        if amount < 0.0:
            raise DataError(f"{table.label}: line {line}: {table.names[amount_at]} is {amount:g}, below zero")
        if amount > 0.0:
            if (day, amount) in first:
                raise DataError(
                    f"{table.label}: line {line}: {amount:g} on {day} is also on line {first[day, amount]}: it would "
                    "be paid twice; take one of them out"
                )
            first[day, amount] = line
            told.append((day, amount))
    told.sort()
    coming = project(told, asof.date(), until) if until is not None else []
    ahead, more = (
        [(t_years, amount) for day, amount in some if (t_years := _ahead(asof, day)) > 0.0] for some in (told, coming)
    )
    count = f"{len(ahead)} cash dividend{'' if len(ahead) == 1 else 's'}" if ahead else "no ex-date"
    basis = f"{count} after {asof:%Y-%m-%d} in {table.label}"
    if more:
        basis += f", {len(more)} projected to {coming[-1][0]} from the same seasons a year before"
    return Dividends(cash=tuple(ahead + more), basis=basis, projected=len(more))


def _ahead(asof: datetime, day: date) -> float:
    return calendar.years_between(asof, calendar.session_open(day))


def project(history: Sequence[tuple[date, float]], today: date, until: date) -> list[tuple[date, float]]:
    """Continue a regular series of dividends to a day.

    Parameters
    ----------
    history : sequence of (ex-date, amount)
        Ascending. Two years of it are needed, at one, two, four or twelve dividends a year, the last of them no more
        than about a year before `today`: a fund that has stopped paying is not taken to go on.
    today, until : date

    Returns
    -------
    list of (ex-date, amount)
        After the last of `history`; those before `today` too. Empty when there is no pattern.

    Examples
    --------
    >>> year = [(3, 17, 0.44), (6, 16, 0.58), (9, 16, 0.68), (12, 16, 0.84)]
    >>> history = [(date(y, month, day), amount) for y in (2024, 2025) for month, day, amount in year]
    >>> [(str(day), amount) for day, amount in project(history, date(2026, 2, 1), date(2026, 7, 1))]
    [('2026-03-16', 0.44), ('2026-06-15', 0.58)]
    """
    a_year = _times_a_year(history)
    if not a_year or not (today - history[-1][0]).days <= LONGEST_SILENCE:
        return []
    made: list[tuple[date, float]] = []
    while True:
        step = len(made) + 1
        laps = -(-step // a_year)
        day, amount = history[len(history) - 1 + step - a_year * laps]
        day += laps * A_YEAR
        if day > until or day > calendar.LAST_DAY:
            return made
        made.append((day if calendar.is_session(day) else calendar.next_session(day), amount))


def _times_a_year(history: Sequence[tuple[date, float]]) -> int:
    """Return how often a series pays: 0 when it is too short or has no usual gap."""
    gaps = [(later - earlier).days for (earlier, _), (later, _) in pairwise(history)]
    if len(gaps) < 2:
        return 0
    often = round(A_YEAR.days / max(median(gaps), 1))
    recent = gaps[-2 * often :]
    usual = A_YEAR.days / often if often else 0
    steady = all(abs(gap - usual) <= IRREGULAR * usual for gap in recent)
    return often if often in USUAL_TIMES and len(history) >= 2 * often and steady else 0
