"""Recorded market moves applied to today's position: real paths of price and vol from files, never numbers baked in.

Only the windows' dates are kept here. Each begins at the last close before it and runs day by day to its end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hedgekit import units
from hedgekit.errors import DataError, InputError
from hedgekit.results import Note
from hedgekit.scenarios.grid import LEAST_VOL, SmileRule, option_values
from hedgekit.scenarios.holding import Holding, Underlying, exercise_of

if TYPE_CHECKING:
    from hedgekit.model import PriceHistory

# name -> (the first day after the starting close, last day)
REPLAYS: dict[str, tuple[date, date]] = {
    "2008-09/10": (date(2008, 9, 1), date(2008, 10, 31)),
    "2018-02": (date(2018, 2, 1), date(2018, 2, 28)),
    "2020-02/03": (date(2020, 2, 1), date(2020, 3, 31)),
    "2022": (date(2022, 1, 1), date(2022, 12, 31)),
    "2024-08": (date(2024, 8, 1), date(2024, 8, 31)),
    "2025-04": (date(2025, 4, 1), date(2025, 4, 30)),
}

INDEX_DAYS = 30.0
"""Days to expiry of the vol index's own options: VIX and its kin look thirty days ahead."""

LONGEST_GAP = 7
"""A window whose starting close is older than this, or that ends this much early, is not in the file."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replay:
    """One recorded window applied to a position, a row a day.

    Attributes
    ----------
    name : str
    start, end : date
        The starting close and the last day.
    dates : tuple of date, length d
        Days of the window after the start.
    spot_moves : mapping of str to ndarray, shape (d,)
        Each ticker's move since the start, fractions.
    mapped : mapping of str to str
        Tickers moved by beta because they have no history, in words.
    vol_ratio : ndarray, shape (d,)
        The vol index over its starting close.
    pnl_usd : ndarray, shape (d,)
        At mid: value on that day less value now.
    exit_usd : ndarray, shape (d,)
        What closing the options that day would cost in half spreads, widened as the vol index rose.
    """

    name: str
    start: date
    end: date
    dates: tuple[date, ...]
    spot_moves: Mapping[str, Floats]
    mapped: Mapping[str, str]
    vol_ratio: Floats
    pnl_usd: Floats
    exit_usd: Floats
    warnings: tuple[Note, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the replay as the JSON of the public contract."""
        known = bool(len(self.pnl_usd)) and bool(np.isfinite(self.pnl_usd).all())
        low = int(np.argmin(self.pnl_usd)) if known else None
        worst = (
            None
            if low is None
            else {
                "date": self.dates[low],
                "pnl_usd": float(self.pnl_usd[low]),
                "exit_usd": float(self.exit_usd[low]),
                "pnl_after_exit_usd": float(self.pnl_usd[low] - self.exit_usd[low]),
                "spot_moves": {t: float(m[low]) for t, m in self.spot_moves.items()},
                "vol_ratio": float(self.vol_ratio[low]),
            }
        )
        return {
            "name": self.name,
            "start": self.start,
            "end": self.end,
            "worst": worst,
            "end_pnl_usd": float(self.pnl_usd[-1]) if known else None,
            "largest_spot_fall": {t: float(m.min()) for t, m in self.spot_moves.items()},
            "highest_vol_ratio": float(self.vol_ratio.max()) if len(self.vol_ratio) else None,
            "mapped": dict(self.mapped),
            "dates": self.dates,
            "pnl_usd": self.pnl_usd,
        }


def replay(
    holdings: Sequence[Holding],
    underlyings: Mapping[str, Underlying],
    prices: PriceHistory,
    vol_index: PriceHistory,
    *,
    window: str | tuple[date, date],
    betas: Mapping[str, float] | None = None,
    benchmark: str | None = None,
    tenor_scaling: bool = True,
    smile: SmileRule = "sticky_strike",
    days_pass: bool = True,
) -> Replay:
    """Apply a recorded window to today's position, day by day, with full revaluation.

    On each day every ticker stands at today's spot times its recorded close over the starting close, every vol is
    multiplied by the vol index's ratio, and as many calendar days have passed as in the window. An option that expires
    on the way is settled at the exercise value of its last day and stays there. Dividends received are left out.

    Parameters
    ----------
    holdings, underlyings
        As in `revalue`.
    prices : PriceHistory
        Closes that cover the window; as traded, consistent across splits.
    vol_index : PriceHistory
        One column: VIX or another index of implied vol.
    window : str or (date, date)
        A name of `REPLAYS`, or first and last day.
    betas : mapping, optional
        For tickers without history: their daily move is ``beta`` times the benchmark's.
    benchmark : str, optional
        The ticker those betas refer to; it must be in `prices`.
    tenor_scaling : bool
        Vols of options with more than thirty days left take ``ratio ** sqrt(30 / days)``: the index looks thirty days
        ahead, and vols move less the longer they run. False gives every option the full ratio.
    smile : {"sticky_strike", "sticky_delta"}
    days_pass : bool
        False holds the calendar still.

    Raises
    ------
    InputError
        An unknown window, or a ticker with neither history nor beta.
    DataError
        A file that does not cover the window, naming what it covers.
    """
    name, first, last = _window(window)
    start, days, closes = _closes(prices, first, last)
    ratio = _vol_ratio(vol_index, start, days)
    moves, mapped = _paths(holdings, prices, closes, betas, benchmark, name)
    elapsed = np.array([units.years((day - start).days) if days_pass else 0.0 for day in days])
    pnl, leave = np.zeros(len(days)), np.zeros(len(days))
    for ticker, path in moves.items():
        market = underlyings[ticker]
        held = [h for h in holdings if h.ticker == ticker]
        shares = sum(h.quantity for h in held if h.option is None)
        pnl += shares * market.spot * path
        for holding in held:
            if holding.option is None:
                continue
            values, alive = _option_path(
                holding, market, market.spot * (1.0 + path), ratio, elapsed, tenor_scaling, smile
            )
            pnl += values
            leave += np.where(alive, abs(holding.units) * holding.half_spread * np.maximum(1.0, ratio), 0.0)
    return Replay(
        name=name,
        start=start,
        end=days[-1],
        dates=tuple(days),
        spot_moves=moves,
        mapped=mapped,
        vol_ratio=ratio,
        pnl_usd=pnl,
        exit_usd=leave,
        warnings=_short_window(name, days[-1], last),
    )


def _option_path(
    holding: Holding,
    market: Underlying,
    spots: Floats,
    ratio: Floats,
    elapsed: Floats,
    tenor_scaling: bool,
    smile: SmileRule,
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return an option's P/L on each day, and whether it still runs."""
    option = holding.option
    assert option is not None
    life = market.years_to(option.expiry)
    style = exercise_of(option)
    still = np.zeros(1)

    def value(spot: Floats, shock: float, when: float) -> float:
        done = option_values([holding], market, spot, np.array([shock]), when, smile=smile, exercise=style)
        return float(done[0, 0, 0])

    base = float(
        option_values([holding], market, np.array([market.spot]), still, 0.0, smile=smile, exercise=style)[0, 0, 0]
    )
    out, alive = np.empty(len(spots)), np.ones(len(spots), dtype=bool)
    settled: float | None = None
    for i, (spot, when) in enumerate(zip(spots, elapsed, strict=True)):
        if settled is None:
            left = units.days(life - when)
            power = math.sqrt(INDEX_DAYS / left) if tenor_scaling and left > INDEX_DAYS else 1.0
            worth = value(np.array([spot]), max(float(ratio[i]) ** power - 1.0, LEAST_VOL - 1.0), float(when))
            if left <= 0.5:  # the day's close is the exercise cut-off
                settled = float(holding.units * max(0.0, option.sign * (spot - option.strike)))
                worth, alive[i] = settled, False
        else:
            worth, alive[i] = settled, False
        out[i] = worth - base
    return out, alive


def _window(window: str | tuple[date, date]) -> tuple[str, date, date]:
    if isinstance(window, str):
        if window not in REPLAYS:
            raise InputError(f"replay {window!r}: known are {', '.join(REPLAYS)}")
        return (window, *REPLAYS[window])
    first, last = window
    if not first < last:
        raise InputError(f"replay {first} to {last}: the first day must come before the last")
    return f"{first}/{last}", first, last


def _closes(prices: PriceHistory, first: date, last: date) -> tuple[date, list[date], Floats]:
    """Return the starting day, the days after it, and the closes of both, shape (d + 1, k)."""
    days = prices.dates.astype("M8[D]")
    before = np.flatnonzero(days < np.datetime64(first))
    inside = np.flatnonzero((days >= np.datetime64(first)) & (days <= np.datetime64(last)))
    covered = f"{days[0]} to {days[-1]}" if len(days) else "nothing"
    if not len(before) or not len(inside) or (first - days[before[-1]].item()) > timedelta(days=LONGEST_GAP):
        raise DataError(f"{prices.source}: does not cover the replay from {first} to {last}: it has {covered}")
    rows = np.concatenate([before[-1:], inside])
    # a file of adjusted prices alone knows no traded close: its dividend-adjusted path stands in
    traded = np.isfinite(prices.close[rows]).all(axis=0)
    levels = np.where(traded, prices.close[rows], prices.total_return[rows])
    return days[rows[0]].item(), days[inside].tolist(), np.asarray(levels, dtype=float)


def _vol_ratio(vol_index: PriceHistory, start: date, days: Sequence[date]) -> Floats:
    """Return the vol index over its starting close; a day it lacks takes the last known before it."""
    if len(vol_index.tickers) != 1:
        raise InputError(f"{vol_index.source}: {len(vol_index.tickers)} columns, expected one vol index")
    dates, level = vol_index.dates.astype("M8[D]"), np.asarray(vol_index.close[:, 0], dtype=float)
    good = np.isfinite(level) & (level > 0.0)
    dates, level = dates[good], level[good]
    wanted = np.array([start, *days], dtype="M8[D]")
    at = np.searchsorted(dates, wanted, side="right") - 1
    if (at < 0).any() or (wanted - dates[np.maximum(at, 0)] > np.timedelta64(LONGEST_GAP, "D")).any():
        covered = f"{dates[0]} to {dates[-1]}" if len(dates) else "nothing"
        raise DataError(f"{vol_index.source}: does not cover {start} to {days[-1]}: it has {covered}")
    path = level[at]
    return np.asarray(path[1:] / path[0])


def _paths(
    holdings: Sequence[Holding],
    prices: PriceHistory,
    closes: Floats,
    betas: Mapping[str, float] | None,
    benchmark: str | None,
    name: str,
) -> tuple[dict[str, Floats], dict[str, str]]:
    """Return each held ticker's move since the start, and which were mapped by beta."""
    moves: dict[str, Floats] = {}
    mapped: dict[str, str] = {}
    for ticker in sorted({h.ticker for h in holdings}):
        path = _path(prices, closes, ticker)
        if path is None:
            base = None if benchmark is None else _path(prices, closes, benchmark)
            if base is None or betas is None or ticker not in betas:
                raise InputError(
                    f"replay {name}: {ticker} has no history then in {prices.source}; give its beta to a benchmark "
                    "that has"
                )
            daily = np.diff(np.concatenate([[1.0], base])) / np.concatenate([[1.0], base[:-1]])
            path = np.cumprod(np.maximum(0.0, 1.0 + betas[ticker] * daily))
            mapped[ticker] = f"beta {betas[ticker]:.2f} x {benchmark}"
        moves[ticker] = path - 1.0
    return moves, mapped


def _path(prices: PriceHistory, closes: Floats, ticker: str) -> Floats | None:
    """Return a ticker's closes over its starting close; None when it has no start or a gap."""
    if ticker not in prices.tickers:
        return None
    column = closes[:, prices.tickers.index(ticker)]
    if not np.isfinite(column).all() or not (column > 0.0).all():
        return None
    return np.asarray(column[1:] / column[0])


def _short_window(name: str, end: date, last: date) -> tuple[Note, ...]:
    if (last - end).days <= LONGEST_GAP:
        return ()
    return (Note("replay_cut_short", f"replay {name}: the price file ends on {end}, the window on {last}"),)


def outlasting(found: Sequence[Replay], days_left: Iterable[int]) -> tuple[Note, ...]:
    """Say which windows outlast options of a position: a floor that ends inside one does not hold to its end.

    Parameters
    ----------
    found : sequence of Replay
    days_left : iterable of int
        Calendar days to expiry of each option held.
    """
    first = min(days_left, default=None)
    longer = [one.name for one in found if first is not None and (one.end - one.start).days > first]
    if not longer:
        return ()
    message = (
        f"options expire inside replay {', '.join(longer)}, the first after {first:,} days: from then on what is left "
        "moves without them, unless they are rolled"
    )
    return (Note("expired_in_replay", message),)
