"""Interest rates as a caller gives them: a number, or a file of Treasury yields, to continuous compounding.

Treasury par yields are bond-equivalent: simple up to half a year, coupons twice a year beyond. Bill yields
(``^IRX``, the bank discounts of the Treasury's bill file, FRED's ``DTB3``) are discounts on 360 days; SOFR and the
federal funds rate are simple on 360 days, overnight.
"""

from __future__ import annotations

import math
import os
import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from hedgekit.errors import DataError, InputError
from hedgekit.market.tables import BLANKS, Table, decimal, plain, read_table
from hedgekit.units import fraction, years

HIGHEST_RATE = 0.5
"""A rate beyond this is taken for percent written without its sign."""

DAY_NAMES = ("date", "observation_date", "effective date", "record_date", "quote_date", "new_date", "day")
OVERNIGHT = {
    "rate": "SOFR",
    "sofr": "SOFR",
    "effr": "federal funds",
    "dff": "federal funds",
    "fedfunds": "federal funds",
}
"""Columns of one overnight rate, without blanks and signs."""

STALE_DAYS = 7
"""A curve this many days older than the as-of day is said to be old."""

_TENOR = re.compile(r"(?:bc_)?(\d+(?:\.\d+)?)\s*(mo|month|yr|year|m|y)s?")
_SHORT_TENOR = re.compile(r"(?:y|dgs)(\d+)(m?)o?")  # y3m, y10; FRED's dgs3mo, dgs10
_BILL = re.compile(r"(\d+)\s*(?:weeks?|wk) (?:bank discount|\(bank discount\))|dtb(\d+)(wk|yr|)")
_MONTHS = 12
_MONEY_YEAR = 360.0  # days in a year of the money market
_BILL_DAYS = 91
_BILL_YEAR = 364
_WEEK = 7
_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RateCurve:
    """Continuously compounded zero rates by time.

    Parameters
    ----------
    times : tuple of float
        Years, ascending.
    rates : tuple of float
        Decimal a year at those times; linear between, flat beyond.
    basis : str
        Where they come from, in words.
    age_days : int
        Days from the curve's day to the as-of day.
    """

    times: tuple[float, ...]
    rates: tuple[float, ...]
    basis: str
    age_days: int = 0

    def at(self, t_years: float) -> float:
        """Return the continuously compounded rate to a time, decimal a year."""
        if t_years <= self.times[0]:
            return self.rates[0]
        for left, right, low, high in zip(self.times, self.times[1:], self.rates, self.rates[1:], strict=False):
            if t_years <= right:
                return low + (high - low) * (t_years - left) / (right - left)
        return self.rates[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class RateFile:
    """A file of rates, read once and asked for many days.

    Parameters
    ----------
    table : Table
    days : tuple of date
        Ascending, each once; empty for discount factors, which have no day.
    lines : tuple of (number, cells)
        The line of each of `days`.
    """

    table: Table
    days: tuple[date, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]

    def on(self, asof: date) -> RateCurve:
        """Return the curve of the last line on or before a day.

        Raises
        ------
        DataError
            When the first line is later, or that line is bad (names file, line, column and value).
        """
        table = self.table
        if not self.days:
            return _discount_curve(table)
        at = bisect_right(self.days, asof) - 1
        if at < 0:
            raise DataError(f"{table.label}: no line on or before {asof}; the first is of {self.days[0]}")
        day, (line, cells) = self.days[at], self.lines[at]
        curve, kind = _curve(table, line, cells)
        age = (asof - day).days
        old = f", {age} days before the as-of day" if age > STALE_DAYS else ""
        times, rates = zip(*curve, strict=True)
        return RateCurve(times=times, rates=rates, basis=f"{kind} of {day} in {table.label}{old}", age_days=age)


def open_rates(path: str | os.PathLike[str]) -> RateFile:
    """Read a file of rates: see `read_rate` for its forms.

    Raises
    ------
    DataError
        For a file that cannot be read, or a bad day (names file, line and value).
    """
    table = read_table(path, "rates")
    if {"t", "df"} <= set(table.names):
        return RateFile(table=table, days=(), lines=())
    day_at = table.column(*DAY_NAMES)
    told = _told_columns(table)
    dated: dict[date, tuple[int, tuple[str, ...]]] = {}
    for line, cells in table.lines:
        # a day without a rate is passed over, as files have holidays
        if any(cells[at].lower() not in BLANKS for at in told):
            day = table.day(line, cells[day_at])
            if day in dated and dated[day][1] != cells:
                raise DataError(
                    f"{table.label}: line {line}: {day} is there twice with other rates, first on line {dated[day][0]}"
                )
            dated.setdefault(day, (line, cells))
    if not dated:
        raise DataError(f"{table.label}: no line has a rate")
    days = tuple(sorted(dated))
    return RateFile(table=table, days=days, lines=tuple(dated[day] for day in days))


def read_rate(given: float | str | os.PathLike[str] | RateCurve, asof: date) -> RateCurve:
    """Read an interest rate, or the curve of a file.

    Parameters
    ----------
    given : float, str, path or RateCurve
        A number is continuously compounded, decimal a year ("3.75%" works too). Anything else is a CSV file with a
        ``date`` column, in percent: Treasury par yields by tenor (``1 Mo`` ... ``30 Yr``, or ``y3m,y2,...``), SOFR
        (``date,rate``) or 13-week bill yields (``Date,Close``); or discount factors by years (``T,DF``), undated. A
        curve is returned as it is.
    asof : date
        The last line on or before it is used.

    Returns
    -------
    RateCurve
        ``curve.at(t_years)`` is the rate to use.

    Raises
    ------
    InputError
        For a rate beyond 50% a year.
    DataError
        For a bad file (names line, column and value), or one without a line on or before `asof`.

    Examples
    --------
    >>> read_rate("0.0375", date(2026, 6, 17)).at(0.25)
    0.0375
    """
    if isinstance(given, RateCurve):
        return given
    number = float(given) if isinstance(given, int | float) else decimal(str(given))
    if number is not None:
        if not abs(number) <= HIGHEST_RATE:
            raise InputError(f"rate {given}: {number:.0%} a year; 3.75% is written 0.0375")
        return RateCurve(times=(0.0,), rates=(number,), basis=f"{number:.4g} as given")
    return open_rates(str(given)).on(asof)


def _discount_curve(table: Table) -> RateCurve:
    """Return the zero rates of a file of discount factors."""
    t_at, df_at = table.column("t"), table.column("df")
    curve = []
    for line, cells in table.lines:
        t_years, factor = (table.number(line, name, cells[at]) for name, at in (("T", t_at), ("DF", df_at)))
        if t_years == 0.0:
            continue
        if t_years < 0.0 or not math.exp(-HIGHEST_RATE * t_years) <= factor <= math.exp(HIGHEST_RATE * t_years):
            raise DataError(f"{table.label}: line {line}: DF {factor:g} at {t_years:g} years cannot be")
        curve.append((t_years, -math.log(factor) / t_years))
    if not curve:
        raise DataError(f"{table.label}: no discount factor beyond today")
    times, rates = zip(*sorted(curve), strict=True)
    return RateCurve(times=times, rates=rates, basis=f"discount factors in {table.label}")


def _told_columns(table: Table) -> list[int]:
    """Return the columns that rates are read from.

    Raises
    ------
    DataError
        When there are none.
    """
    par = [at for at, name in enumerate(table.names) if _tenor(name) is not None]
    bills = [at for at, name in enumerate(table.names) if _bill_days(name)]
    single = [at for at, name in enumerate(table.names) if plain(name) in (*OVERNIGHT, "close")]
    found = par or bills or single
    if not found:
        raise table.lacks("no column of a tenor (like '3 Mo'), of a bill ('13 weeks bank discount'), 'rate' or 'close'")
    return found


def _curve(table: Table, line: int, cells: tuple[str, ...]) -> tuple[list[tuple[float, float]], str]:
    """Return (years, zero rate) of a line, and what kind of rates it has."""
    told = {table.names[at]: at for at in _told_columns(table) if cells[at].lower() not in BLANKS}
    rates = {name: _percent(table, line, cells, at) for name, at in told.items()}
    if par := {t: rate for name, rate in rates.items() if (t := _tenor(name)) is not None}:
        return _zero_rates(sorted(par.items())), "Treasury par curve"
    if bills := {days: rate for name, rate in rates.items() if (days := _bill_days(name))}:
        kind = "Treasury bills" if len(bills) > 1 else f"{next(iter(bills)) // _WEEK}-week bill"
        return [_of_discount(days, rate) for days, rate in sorted(bills.items())], kind
    name, rate = next(iter(rates.items()))
    if plain(name) == "close":
        return [_of_discount(_BILL_DAYS, rate)], "13-week bill"
    return [(0.0, math.log1p(rate / _MONEY_YEAR) / years(1.0))], OVERNIGHT[plain(name)]


def _of_discount(days: int, discount: float) -> tuple[float, float]:
    """Return (years, zero rate) of a bill whose yield is a bank discount."""
    t_years = years(days)
    return t_years, -math.log1p(-discount * days / _MONEY_YEAR) / t_years


def _bill_days(name: str) -> int:
    """Return the days of a bill whose bank discount a column holds; 0 when it is another column."""
    found = _BILL.fullmatch(name)
    if not found:
        return 0
    if found[1]:
        return int(found[1]) * _WEEK
    number, unit = int(found[2]), found[3]
    return number * _WEEK if unit == "wk" else round(number * _BILL_DAYS / 3) if not unit else number * _BILL_YEAR


def _tenor(name: str) -> float | None:
    if whole := _TENOR.fullmatch(name):
        return float(whole[1]) / (_MONTHS if whole[2].startswith("m") else 1)
    if short := _SHORT_TENOR.fullmatch(name):
        return float(short[1]) / (_MONTHS if short[2] else 1)
    return None


def _percent(table: Table, line: int, cells: tuple[str, ...], at: int) -> float:
    name, cell = table.names[at], cells[at]
    number = table.number(line, name, cell.removesuffix("%").strip())
    rate = fraction(number)
    if not abs(rate) <= HIGHEST_RATE:
        raise table.lacks(f"line {line}: {name} is {number:g}, expected percent a year")
    return rate


def _zero_rates(yields: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Bootstrap continuous zero rates from par yields, linear in yield between the tenors given."""
    zeros = [(t, math.log1p(par * t) / t) for t, par in yields if t < _HALF]
    par_curve = RateCurve(times=tuple(t for t, _ in yields), rates=tuple(y for _, y in yields), basis="")
    last = yields[-1][0]
    discounts = 0.0
    for half_years in range(1, round(last / _HALF) + 1):
        t = half_years * _HALF
        half_coupon = par_curve.at(t) * _HALF
        discount = (1.0 - half_coupon * discounts) / (1.0 + half_coupon)
        discounts += discount
        zeros.append((t, -math.log(discount) / t))
    return zeros
