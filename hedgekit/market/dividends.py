"""Dividends as a caller gives them: a yield, or a file of ex-dates and amounts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime

from hedgekit.errors import DataError, InputError
from hedgekit.market import calendar
from hedgekit.market.tables import decimal, read_table

HIGHEST_YIELD = 0.5
"""A yield beyond this is taken for percent written without its sign."""


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
    """

    div_yield: float = 0.0
    cash: tuple[tuple[float, float], ...] = ()
    basis: str = "none"


def read_dividends(given: float | str | os.PathLike[str], asof: datetime) -> Dividends:
    """Read a dividend yield, or the cash dividends of a file.

    Parameters
    ----------
    given : float, str or path
        A number is a continuous yield, decimal a year ("1.1%" works too). Anything else is a CSV file with columns
        ``date`` (or ``ex_date``) and ``amount``, dollars a share.
    asof : datetime
        With a time zone. Ex-dates whose open has passed are left out.

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
    table = read_table(str(given))
    day_at, amount_at = (
        table.column("date", "ex_date", "ex-date", "exdate"),
        table.column("amount", "dividends", "dividend"),
    )
    ahead: list[tuple[float, float]] = []
    for line, cells in table.lines:
        day, amount = table.day(line, cells[day_at]), table.number(line, table.names[amount_at], cells[amount_at])
        if amount < 0.0:
            raise DataError(f"{table.label}: line {line}: {table.names[amount_at]} is {amount:g}, below zero")
        t_years = calendar.years_between(asof, calendar.session_open(day))
        if t_years > 0.0 and amount > 0.0:
            ahead.append((t_years, amount))
    count = f"{len(ahead)} cash dividend{'' if len(ahead) == 1 else 's'}" if ahead else "no ex-date"
    return Dividends(cash=tuple(sorted(ahead)), basis=f"{count} after {asof:%Y-%m-%d} in {table.label}")
