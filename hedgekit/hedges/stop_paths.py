"""Paths of a stock drawn from its own days, and what a stop does on each of them.

A day is kept whole: the overnight gap to the open, and the high, the low and the close after it. Days are drawn
in blocks (the stationary bootstrap of Politis and Romano, 1994), so a gap comes with the days around it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hedgekit.errors import DataError, InputError
from hedgekit.model import PriceHistory

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

DRAWS: Final = 20_000
"""Paths: a probability of 5% is then known to about 0.15 points."""

BLOCK: Final = 10.0
"""Mean sessions a block lasts: two weeks keep a storm together."""

LEAST_DAYS: Final = 250
"""Sessions below which a history says little of gaps."""

LONGEST_STEP: Final = 10
"""Calendar days between two rows beyond which the step is a hole in the file and no overnight gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Whole days of one stock, as log moves, in order.

    Attributes
    ----------
    gap : ndarray of float64, shape (n,)
        Open over the close before.
    high, low, close : ndarray of float64, shape (n,)
        Over the open; NaN for `high` and `low` where the file has closes alone.
    first, last : numpy.datetime64
    left_out : int
        Rows that are no whole day: a price is missing, or the high and low do not enclose it.
    """

    gap: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    first: np.datetime64
    last: np.datetime64
    left_out: int

    def __len__(self) -> int:
        return len(self.gap)


def days_of(history: PriceHistory, ticker: str) -> Days:
    """Return the days of one ticker as log moves, in prices as traded: an ex-date's fall can hit a stop too.

    Raises
    ------
    DataError
        When opens, highs and lows are missing, or fewer than `LEAST_DAYS` whole days are left.
    """
    at = history.column(ticker)
    if history.open is None or history.high is None or history.low is None:
        raise DataError(
            f"{history.source}: no open, high and low of {ticker}: a stop's fill cannot be told from closes alone"
        )
    close = history.close[:, at]
    known = np.isfinite(close)
    if not known.any():
        raise DataError(f"{history.source}: no traded close of {ticker}: only dividend-adjusted prices are there")
    dates, close = history.dates[known], close[known]
    start, high, low = (column[known, at] for column in (history.open, history.high, history.low))
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = np.log(start[1:] / close[:-1])
        moves = [np.log(column[1:] / start[1:]) for column in (high, low, close)]
    # Vendors round each price for itself: a high below the close by that much is not a wrong day.
    rounding = 1e-4
    whole = np.isfinite(gap) & np.isfinite(moves[0]) & np.isfinite(moves[1])
    with np.errstate(invalid="ignore"):
        whole &= (moves[0] >= np.maximum(moves[2], 0.0) - rounding) & (moves[1] <= np.minimum(moves[2], 0.0) + rounding)
    whole &= np.diff(dates).astype(np.int64) <= LONGEST_STEP
    if whole.sum() < LEAST_DAYS:
        raise DataError(
            f"{history.source}: {int(whole.sum())} whole days of {ticker} (open, high, low and close): at least "
            f"{LEAST_DAYS} are needed to say anything of gaps"
        )
    return Days(
        gap=gap[whole],
        high=np.maximum(moves[0], np.maximum(moves[2], 0.0))[whole],
        low=np.minimum(moves[1], np.minimum(moves[2], 0.0))[whole],
        close=moves[2][whole],
        first=dates[1:][whole][0],
        last=dates[-1],
        left_out=int((~whole).sum()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """What a stop at one level does on each path; every array has shape (paths,).

    Attributes
    ----------
    level : float
    touched : ndarray of bool
        The low of some day is at or below the level.
    by_gap : ndarray of bool
        The fill is an open below the level.
    fill : ndarray of float64
        Where a stop order sells: the level, or the open when the market opens below; NaN when not touched.
    touched_close : ndarray of bool
        Some close is at or below the level.
    fill_close : ndarray of float64
        The first such close.
    day_close : ndarray of int64
        Its session, from 0; the number of sessions when there is none.
    limit_same_day : ndarray of bool
        A stop-limit order at the level is filled on the day it is triggered.
    limit_fill : ndarray of float64
        Where it fills by the horizon; NaN when it never does, or is never triggered.
    """

    level: float
    touched: BoolArray
    by_gap: BoolArray
    fill: FloatArray
    touched_close: BoolArray
    fill_close: FloatArray
    day_close: npt.NDArray[np.int64]
    limit_same_day: BoolArray
    limit_fill: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Simulated paths.

    Attributes
    ----------
    final : ndarray of float64, shape (paths,)
        Spot at the horizon.
    stops : tuple of Stopped
    sessions : int
    statement : str
        Where the paths come from.
    """

    final: FloatArray
    stops: tuple[Stopped, ...]
    sessions: int
    statement: str


def simulate(
    days: Days,
    *,
    spot: float,
    sessions: int,
    levels: tuple[float, ...],
    mean: float | None = None,
    draws: int = DRAWS,
    block: float = BLOCK,
    seed: int = 0,
) -> Paths:
    """Draw paths from past days, and run a stop at each level along every one.

    Parameters
    ----------
    days : Days
    spot : float
        Dollars a share.
    sessions : int
        Days drawn a path.
    levels : tuple of float
        Stops, dollars a share, below the spot.
    mean : float, optional
        A mean for the final spot, such as the forward: each overnight gap is moved by one small number so that it is
        met. Default: the drift of the past is kept.
    draws, seed : int
    block : float
        Mean length of the blocks in sessions; 1 draws days independently.

    Returns
    -------
    Paths

    Raises
    ------
    InputError
        An argument out of range.
    """
    if sessions < 1 or draws < 1000 or not 1.0 <= block <= len(days):
        raise InputError(
            f"{sessions} sessions, {draws} paths, blocks of {block:g}: expected at least one session, 1,000 paths, "
            f"and blocks of 1 to {len(days)} sessions"
        )
    for level in levels:
        if not 0.0 < level < spot:
            raise InputError(f"a stop at {level:g}: expected a level below the spot of {spot:g}")
    chosen = _days_drawn(len(days), sessions, draws, block, seed)
    move = days.gap + days.close
    total = np.zeros(draws)
    for row in chosen:
        total += move[row]
    shift = 0.0 if mean is None else (math.log(mean / spot) - math.log(float(np.mean(np.exp(total))))) / sessions
    walkers = [_Walker(level, draws, sessions) for level in levels]
    price = np.full(draws, spot)
    for day, row in enumerate(chosen):
        start = price * np.exp(days.gap[row] + shift)
        high, low = start * np.exp(days.high[row]), start * np.exp(days.low[row])
        price = start * np.exp(days.close[row])
        for walker in walkers:
            walker.step(day, start, high, low, price)
    centre = "past drift kept" if mean is None else f"recentred to a mean of {mean:.2f}"
    return Paths(
        final=price,
        stops=tuple(walker.result() for walker in walkers),
        sessions=sessions,
        statement=(
            f"{draws:,} paths of {sessions} sessions from {len(days):,} days {days.first} to {days.last}, whole days "
            f"in blocks of {block:g} on average, seed {seed}, {centre}"
        ),
    )


def _days_drawn(n: int, sessions: int, draws: int, block: float, seed: int) -> npt.NDArray[np.int32]:
    """Return the day drawn for each session and path: the next one after the last, or with 1/block a fresh one."""
    rng = np.random.default_rng(seed)
    out = np.empty((sessions, draws), dtype=np.int32)
    day = rng.integers(0, n, draws)
    for session in range(sessions):
        if session:
            # the history is a ring, so that its ends are drawn as often as its middle
            fresh = rng.random(draws) * block < 1.0
            day = np.where(fresh, rng.integers(0, n, draws), (day + 1) % n)
        out[session] = day
    return out


class _Walker:
    """A stop carried along every path at once."""

    def __init__(self, level: float, draws: int, sessions: int) -> None:
        self.level = level
        self.touched = np.zeros(draws, dtype=np.bool_)
        self.by_gap = np.zeros(draws, dtype=np.bool_)
        self.fill = np.full(draws, np.nan)
        self.touched_close = np.zeros(draws, dtype=np.bool_)
        self.fill_close = np.full(draws, np.nan)
        self.day_close = np.full(draws, sessions, dtype=np.int64)
        self.limit_same_day = np.zeros(draws, dtype=np.bool_)
        self.limit_fill = np.full(draws, np.nan)

    def step(self, day: int, start: FloatArray, high: FloatArray, low: FloatArray, close: FloatArray) -> None:
        """Take one session."""
        level = self.level
        waiting = self.touched & np.isnan(self.limit_fill)
        now = ~self.touched & (low <= level)
        gapped = now & (start <= level)
        self.fill[now] = np.minimum(start[now], level)
        self.by_gap |= gapped & (start < level)
        self.touched |= now
        # An order at the level sells on the way down through it; after a gap only if the market comes back up to it.
        sold_now = now & ((start >= level) | (high >= level))
        self.limit_same_day |= sold_now
        self.limit_fill[sold_now] = level
        late = waiting & (high >= level)
        self.limit_fill[late] = np.maximum(start[late], level)
        closed = ~self.touched_close & (close <= level)
        self.touched_close |= closed
        self.fill_close[closed] = close[closed]
        self.day_close[closed] = day

    def result(self) -> Stopped:
        """Return what the stop did."""
        return Stopped(
            level=self.level,
            touched=self.touched,
            by_gap=self.by_gap,
            fill=self.fill,
            touched_close=self.touched_close,
            fill_close=self.fill_close,
            day_close=self.day_close,
            limit_same_day=self.limit_same_day,
            limit_fill=self.limit_fill,
        )
