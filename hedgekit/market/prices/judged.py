"""One series put in order and judged: what its price column really is, splits not in it, days it lacks.

Nothing is repaired in silence: every change and every doubt is a note.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from hedgekit.market import calendar
from hedgekit.market.prices import splits
from hedgekit.market.prices.series import Series
from hedgekit.model import BoolArray, FloatArray
from hedgekit.results import Note
from hedgekit.units import CENTS_PER_DOLLAR

LISTED = 5  # days a note names
LONG_GAP = 20
"""Missing sessions in a row from which a gap is named by its ends."""

STALE_RUN = 5
"""Equal closes in a row that are taken for a price nobody refreshed, where there is no volume to tell."""

LARGE_MOVE = 0.4
"""Size of a daily log return that is pointed out."""

DECIMAL_START = np.datetime64("2001-04-09")
"""Since then US prices are whole cents (before, sixteenths and finer)."""

_RECENT, _WINDOW, _LEAST = 126, 1260, 60
_ON_GRID, _OFF_GRID = 0.8, 0.5
_GRID_TOLERANCE = 0.01  # of a step; single-precision prices are off by up to 0.004 cents
_SPLIT_STEPS = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20)
_SAME = 1e-6
_DAILY = 0.8  # rows a session from which a file is taken for daily


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """One ticker's columns by ascending day; NaN where unknown.

    `close` is as traded and split-consistent, `total_return` dividend-adjusted.
    """

    ticker: str
    dates: npt.NDArray[np.datetime64]
    close: FloatArray
    total_return: FloatArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    volume: FloatArray
    label: str
    sha256: str
    notes: tuple[Note, ...]


def judge(series: Series) -> Judged:
    """Put a series in order and judge it.

    Raises
    ------
    DataError
        For a price below zero, or two different rows of one day.
    """
    ticker, notes = series.ticker, list(series.notes)
    order = _order(series, notes)
    dates = series.dates[order]
    columns = {name: _column(series, name, order) for name in ("close", "adjusted", "open", "high", "low", "volume")}
    dividend = None if series.dividend is None else np.nan_to_num(series.dividend[order])
    for name in ("close", "adjusted", "open", "high", "low"):
        _positive(series, name, order, columns[name], notes)
    close, adjusted = columns["close"], columns["adjusted"]
    only_adjusted = series.only_adjusted or series.close is None
    if not only_adjusted and series.adjusted is None and off_the_cent(dates, close):
        only_adjusted = True
        notes.append(
            Note(
                "close_is_adjusted",
                f"{ticker}: the prices of {series.file.name} are not whole cents, as traded prices are: taken as "
                "dividend-adjusted. Only the last one is used as a traded price",
            )
        )
    elif only_adjusted:
        notes.append(
            Note(
                "only_adjusted",
                f"{ticker}: {series.file.name} holds dividend-adjusted prices alone; only the last one is used as a "
                "traded price",
            )
        )
    if only_adjusted:
        total = adjusted if series.adjusted is not None else close
        close = _last_only(total)
        rest = dict.fromkeys(("open", "high", "low"), np.full(len(dates), np.nan))
        volume = columns["volume"]
    else:
        rest = {name: columns[name] for name in ("open", "high", "low")}
        factor, found = splits.missing(ticker, dates, close, adjusted, rest["high"], rest["low"])
        notes += found
        close, volume = close / factor, columns["volume"] * factor
        rest = {name: column / factor for name, column in rest.items()}
        total = adjusted if series.adjusted is not None else _from_dividends(close, dividend)
        _doubt_equal(series, dates, close, total, notes)
        if series.adjusted is None and dividend is None:
            notes.append(
                Note(
                    "no_dividends",
                    f"{ticker}: {series.file.name} has neither adjusted prices nor dividends: returns are of the "
                    "price alone",
                )
            )
    _stale(ticker, dates, total if only_adjusted else close, columns, notes)
    _sessions(ticker, dates, notes)
    _outside(ticker, dates, close, rest, notes)
    _large(ticker, dates, total if only_adjusted else close, notes)
    return Judged(
        ticker=ticker,
        dates=dates,
        close=close,
        total_return=total,
        volume=volume,
        label=series.file.label,
        sha256=series.file.sha256,
        notes=tuple(notes),
        **rest,
    )


def _order(series: Series, notes: list[Note]) -> npt.NDArray[np.intp]:
    """Return the rows by ascending day, without rows that say the same twice."""
    dates = series.dates
    if len(dates) > 1 and (np.diff(dates) < np.timedelta64(0)).all():
        order: npt.NDArray[np.intp] = np.arange(len(dates))[::-1]  # newest first: a layout, not a defect
    else:
        order = np.argsort(dates, kind="stable")
        if (order != np.arange(len(dates))).any():
            notes.append(Note("not_in_order", f"{series.ticker}: rows of {series.file.name} are not in order of day"))
    twice = np.flatnonzero(np.diff(dates[order]) == np.timedelta64(0))
    keep = np.ones(len(order), dtype=bool)
    for at in twice:
        first, second = int(order[at]), int(order[at + 1])
        for name in ("close", "adjusted"):
            column = getattr(series, name)
            if column is not None and not np.array_equal(column[first], column[second], equal_nan=True):
                raise series.file.bad(
                    second, name, float(column[second]), f"{column[first]:g} as on line {series.lines[first]}: "
                    f"two prices of {series.ticker} on {dates[first]}",
                )  # fmt: skip
        keep[at] = False
    if len(twice):
        days = ", ".join(str(day) for day in dates[order[twice[:LISTED]]])
        notes.append(
            Note("duplicate_days", f"{series.ticker}: {len(twice)} days appear twice with equal prices: {days}")
        )
    return order[keep]


def _column(series: Series, name: str, order: npt.NDArray[np.intp]) -> FloatArray:
    column: FloatArray | None = getattr(series, name)
    return np.full(len(order), np.nan) if column is None else column[order]


def _positive(series: Series, name: str, order: npt.NDArray[np.intp], column: FloatArray, notes: list[Note]) -> None:
    """Refuse prices below zero; take zero for no price."""
    below = np.flatnonzero(column < 0.0)
    if len(below):
        raise series.file.bad(int(order[below[0]]), name, float(column[below[0]]), "a price above 0")
    zero = np.flatnonzero(column == 0.0)
    if len(zero):
        column[zero] = np.nan
        if name in ("close", "adjusted"):
            day = series.dates[order[zero[0]]]
            text = f"{series.ticker}: {len(zero)} prices of 0 in {name} taken as none, the first on {day}"
            notes.append(Note("zero_prices", text))


def off_the_cent(dates: npt.NDArray[np.datetime64], close: FloatArray) -> bool:
    """Whether prices are too fine to have traded: not whole cents, nor cents over a split.

    Looks at the years before the last half year, where dividends since would show, and not before decimal prices.

    Parameters
    ----------
    dates : ndarray of datetime64[D], shape (n,)
        Ascending.
    close : ndarray, shape (n,)

    Returns
    -------
    bool
        False also when there is too little to tell.
    """
    n = len(close)
    stop = n - _RECENT if n > 2 * _RECENT else n
    window = slice(max(0, stop - _WINDOW), stop)
    values = close[window][(dates[window] >= DECIMAL_START) & np.isfinite(close[window])]
    if len(values) < _LEAST:
        return False
    cents = values * CENTS_PER_DOLLAR
    shares = [np.mean(np.abs(cents * step - np.round(cents * step)) < _GRID_TOLERANCE) for step in _SPLIT_STEPS]
    return bool(max(shares) < _OFF_GRID)


def _last_only(column: FloatArray) -> FloatArray:
    """Keep the last price: adjusting leaves it as it traded."""
    out = np.full(len(column), np.nan)
    known = np.flatnonzero(np.isfinite(column))
    if len(known):
        out[known[-1]] = column[known[-1]]
    return out


def _from_dividends(close: FloatArray, dividend: FloatArray | None) -> FloatArray:
    """Adjust closes for dividends paid on their ex-dates: earlier prices fall by 1 - D / close of the day before."""
    if dividend is None:
        return np.full(len(close), np.nan)
    before = np.concatenate([[np.nan], close[:-1]])
    with np.errstate(invalid="ignore"):
        kept = np.where((dividend > 0.0) & (dividend < before), 1.0 - dividend / before, 1.0)
    later = np.concatenate([np.cumprod(kept[::-1])[::-1][1:], [1.0]])
    adjusted: FloatArray = close * later
    return adjusted


def _doubt_equal(
    series: Series, dates: npt.NDArray[np.datetime64], close: FloatArray, total: FloatArray, notes: list[Note]
) -> None:
    """Say when an adjusted column differs nowhere from the close over more than a year."""
    if series.adjusted is None or len(dates) < _RECENT * 2:
        return
    both = np.isfinite(close) & np.isfinite(total)
    if both.any() and np.allclose(close[both], total[both], rtol=_SAME, atol=0.0):
        notes.append(
            Note(
                "close_equals_adjusted",
                f"{series.ticker}: Close and adjusted close of {series.file.name} are equal on all "
                f"{int(both.sum()):,} days: it paid no dividend, or its Close is adjusted too and its levels are not "
                "those that traded",
            )
        )


def _stale(
    ticker: str,
    dates: npt.NDArray[np.datetime64],
    close: FloatArray,
    columns: dict[str, FloatArray],
    notes: list[Note],
) -> None:
    """Say where a row only repeats the one before."""
    if len(close) < 2:
        return
    same = np.concatenate([[False], close[1:] == close[:-1]])
    repeated = np.zeros(len(close), dtype=bool)
    known = np.isfinite(columns["open"])
    if known.any():
        for name in ("open", "high", "low"):
            column = columns[name]
            same = same & np.concatenate([[False], column[1:] == column[:-1]])
        repeated = same | (np.concatenate([[False], close[1:] == close[:-1]]) & (columns["volume"] == 0.0))
    else:
        run = np.zeros(len(close), dtype=np.int64)
        for at in np.flatnonzero(same):
            run[at] = run[at - 1] + 1
        repeated = run >= STALE_RUN - 1
    rows = np.flatnonzero(repeated)
    if len(rows):
        text = f"{ticker}: {len(rows)} rows repeat the one before ({_listed(dates[rows])}): stale prices"
        notes.append(Note("stale_rows", text))


def _sessions(ticker: str, dates: npt.NDArray[np.datetime64], notes: list[Note]) -> None:
    """Say which sessions are missing between the ends and which rows are of days without one."""
    sessions = nyse_sessions()
    if not len(dates):
        return
    inside = dates[(dates >= sessions[0]) & (dates <= sessions[-1])]
    if len(inside) < 2:
        return
    wanted = sessions[(sessions >= inside[0]) & (sessions <= inside[-1])]
    if len(inside) < _DAILY * len(wanted) and not _daily(inside):
        notes.append(
            Note("not_daily", f"{ticker}: {len(inside):,} rows for {len(wanted):,} sessions: not daily prices")
        )
        return
    extra = inside[~np.isin(inside, wanted)]
    if len(extra):
        text = f"{ticker}: {len(extra)} rows are of days on which New York did not trade ({_listed(extra)})"
        notes.append(Note("not_sessions", text))
    lost = ~np.isin(wanted, inside)
    if not lost.any():
        return
    for start, stop in _runs(lost):
        if stop - start >= LONG_GAP:
            alone = int((inside < wanted[start]).sum())
            stray = f"; the {alone} row{'s' if alone > 1 else ''} before stand alone" if alone < LONG_GAP else ""
            text = f"{ticker}: {stop - start} sessions missing from {wanted[start]} to {wanted[stop - 1]}{stray}"
            notes.append(Note("gap", text))
    short = sum(stop - start for start, stop in _runs(lost) if stop - start < LONG_GAP)
    if short:
        days = np.concatenate([wanted[a:b] for a, b in _runs(lost) if b - a < LONG_GAP])
        notes.append(Note("missing_sessions", f"{ticker}: {short} sessions missing ({_listed(days)})"))


def _daily(dates: npt.NDArray[np.datetime64]) -> bool:
    return bool(np.median(np.diff(dates).astype(np.int64)) <= 1)


def _runs(flags: BoolArray) -> list[tuple[int, int]]:
    """Return (start, stop) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


@lru_cache(maxsize=1)
def nyse_sessions() -> npt.NDArray[np.datetime64]:
    """Return the sessions of the New York Stock Exchange that the calendar knows, ascending."""
    first, last = np.datetime64(calendar.FIRST_DAY), np.datetime64(calendar.LAST_DAY)
    days = np.arange(first, last + 1)
    days = days[np.is_busday(days)]
    open_days = days[~np.isin(days, np.array(calendar.closed_days(), dtype="M8[D]"))]
    open_days.flags.writeable = False
    return open_days


def _outside(
    ticker: str,
    dates: npt.NDArray[np.datetime64],
    close: FloatArray,
    rest: dict[str, FloatArray],
    notes: list[Note],
) -> None:
    """Say where open or close lie outside low and high."""
    with np.errstate(invalid="ignore"):
        slack = close * _SAME
        wrong = (close > rest["high"] + slack) | (close < rest["low"] - slack)
        wrong |= (rest["open"] > rest["high"] + slack) | (rest["open"] < rest["low"] - slack)
    rows = np.flatnonzero(wrong)
    if len(rows):
        text = f"{ticker}: open or close lies outside low and high on {len(rows)} days ({_listed(dates[rows])})"
        notes.append(Note("outside_range", text))


def _large(ticker: str, dates: npt.NDArray[np.datetime64], close: FloatArray, notes: list[Note]) -> None:
    """Point out moves that may be errors of the file."""
    with np.errstate(invalid="ignore"):
        moves = np.diff(np.log(close))
        rows = np.flatnonzero(np.abs(moves) > LARGE_MOVE)
    if len(rows):
        named = ", ".join(f"{dates[i + 1]} {np.expm1(moves[i]):+.0%}" for i in rows[:LISTED])
        more = ", ..." if len(rows) > LISTED else ""
        notes.append(Note("large_moves", f"{ticker}: {len(rows)} moves to check, left as they are: {named}{more}"))


def _listed(days: npt.NDArray[np.datetime64]) -> str:
    text = ", ".join(str(day) for day in days[:LISTED])
    return f"{text}, ..." if len(days) > LISTED else text
