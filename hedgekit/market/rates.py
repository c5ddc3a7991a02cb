"""Interest rates as a caller gives them: a number, or a file of Treasury yields, to continuous compounding.

Treasury par yields (also FRED's ``DGS`` series) are bond-equivalent: simple up to half a year, coupons twice a year
beyond. Bill yields (``^IRX``, the Treasury's "bank discount", FRED's ``DTB`` series) are discounts on 360 days; SOFR
and the federal funds rate are simple on 360 days, overnight.
"""

from __future__ import annotations

import math
import os
import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from hedgekit.errors import DataError, InputError
from hedgekit.market.tables import Table, decimal, read_table
from hedgekit.units import fraction, years

HIGHEST_RATE = 0.5
"""A rate beyond this is taken for percent written without its sign."""

NO_VALUE = ("", ".")
"""Cells of days without a rate: a line of nothing else is passed over."""

STALE_DAYS = 7
"""A curve this many days older than the as-of day is said to be old."""

_TENOR = re.compile(r"(\d+(?:\.\d+)?)\s*(mo|month|yr|year)s?")
_SHORT_TENOR = re.compile(r"(?:y|dgs)(\d+)(mo?)?")
_BILL = re.compile(r"(\d+) weeks? bank discount|dtb(\d+)(wk|yr)?")
_WEEKS = {"wk": 1, None: 13 / 3, "yr": 52}  # of bills that FRED names by weeks, months and years
_OVERNIGHT = {
    "rate": "SOFR",
    "sofr": "SOFR",
    "dff": "federal funds",
    "effr": "federal funds",
    "fedfunds": "federal funds",
}
_MONTHS = 12
_MONEY_YEAR = 360.0  # days in a year of the money market
_WEEK = 7
_BILL_DAYS = 13 * _WEEK
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
        yields = _yields(table, line, cells)
        bills = _bills(table, line, cells)
        overnight = next((name for name in table.names if name in _OVERNIGHT), None)
        if yields:
            curve, kind = _zero_rates(yields), "Treasury par curve"
        elif bills:
            curve, kind = bills, "Treasury bills" if len(bills) > 1 else f"{_weeks(bills[0][0])}-week bill"
        elif overnight:
            simple = _percent(table, line, cells, overnight)
            curve, kind = [(0.0, math.log1p(simple / _MONEY_YEAR) / years(1.0))], _OVERNIGHT[overnight]
        else:
            names = ", ".join(map(ascii, table.names))
            raise DataError(
                f"{table.label}: no column of a tenor (like '3 Mo' or 'DGS3MO'), 'rate' or 'close' (columns: {names})"
            )
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
    table = read_table(path)
    if {"t", "df"} <= set(table.names):
        return RateFile(table=table, days=(), lines=())
    day_at = table.column("date", "day", "observation_date")
    dated: dict[date, tuple[int, tuple[str, ...]]] = {}
    for line, cells in table.lines:
        if any(cell not in NO_VALUE for at, cell in enumerate(cells) if at != day_at):
            dated.setdefault(table.day(line, cells[day_at]), (line, cells))
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
        (``date,rate``), 13-week bill yields (``Date,Close``), the Treasury's bill rates (``4 WEEKS BANK DISCOUNT``,
        ...), FRED's series of any of these (``DGS3MO``, ``DTB3``, ``SOFR``, ``DFF``); or discount factors by years
        (``T,DF``), undated. A curve is returned as it is.
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


def _yields(table: Table, line: int, cells: tuple[str, ...]) -> list[tuple[float, float]]:
    """Return (years, par yield) by tenor, leaving out blanks."""
    found = {}
    for name, cell in zip(table.names, cells, strict=True):
        tenor = _tenor(name)
        if tenor is not None and cell not in NO_VALUE:
            found[tenor] = _percent(table, line, cells, name)
    return sorted(found.items())


def _bills(table: Table, line: int, cells: tuple[str, ...]) -> list[tuple[float, float]]:
    """Return (years, continuous rate) by bill, from discounts on 360 days, leaving out blanks."""
    found = {}
    for name, cell in zip(table.names, cells, strict=True):
        days = _bill_days(name)
        if days is not None and cell not in NO_VALUE:
            discount, t_years = _percent(table, line, cells, name), years(days)
            found[t_years] = -math.log1p(-discount * days / _MONEY_YEAR) / t_years
    return sorted(found.items())


def _bill_days(name: str) -> int | None:
    if name == "close":
        return _BILL_DAYS
    bill = _BILL.fullmatch(name)
    if bill is None:
        return None
    return _WEEK * (int(bill[1]) if bill[1] else round(int(bill[2]) * _WEEKS[bill[3]]))


def _weeks(t_years: float) -> int:
    return round(t_years / years(_WEEK))


def _tenor(name: str) -> float | None:
    if plain := _TENOR.fullmatch(name):
        return float(plain[1]) / (_MONTHS if plain[2].startswith("mo") else 1)
    if short := _SHORT_TENOR.fullmatch(name):
        return float(short[1]) / (_MONTHS if short[2] else 1)
    return None


def _percent(table: Table, line: int, cells: tuple[str, ...], name: str) -> float:
    number = table.number(line, name, cells[table.names.index(name)])
    rate = fraction(number)
    if not abs(rate) <= HIGHEST_RATE:
        raise DataError(f"{table.label}: line {line}: {name} is {number:g}, expected percent a year")
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
