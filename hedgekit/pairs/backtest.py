"""A pair traded through its history: signal on one day, fill on the next, everything estimated on days before.

`simulate` is a function of the past: a value of day t does not change when later days are added or taken away. `prove`
recomputes the whole history on every prefix and compares every value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from hedgekit import units
from hedgekit.errors import DataError, InputError
from hedgekit.pairs.carry import dividends_paid
from hedgekit.pairs.gate import ENTRY_Z, EXIT_Z, STOP_Z, critical, gate_statistics
from hedgekit.pairs.rolling import rolling_regression
from hedgekit.pairs.sample import pair_of
from hedgekit.pairs.series import window_of
from hedgekit.results import Note, Result

if TYPE_CHECKING:
    from hedgekit.model import PriceHistory

Floats = NDArray[np.float64]

LEAST_WINDOW = 30
TRADING_DAYS = 252

SIGNALLED, STOPPED, TIMED = 0, 1, 2
REASONS = {SIGNALLED: "exit", STOPPED: "stop", TIMED: "time"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is traded, when and at what cost.

    Attributes
    ----------
    window : int
        Days the line comes from.
    refit : int
        Days between re-estimations.
    entry_z, exit_z, stop_z : float
        Deviations at which to enter, to leave and to give up; exit < entry < stop.
    max_days : int
        Trading days after which a position is closed.
    gate : bool
        Enter only when the window of the line was cointegrated and the one up to the signal still is:
        `hedgekit.pairs.gate`, the same as for today's status.
    gross_usd : float
        Dollars of both legs at entry.
    cost_bps : float
        Of every fill.
    borrow : float
        Fee a year on the leg sold, a fraction of its value.
    """

    window: int = 252
    refit: int = 21
    entry_z: float = ENTRY_Z
    exit_z: float = EXIT_Z
    stop_z: float = STOP_Z
    max_days: int = 63
    gate: bool = True
    gross_usd: float = 100_000.0
    cost_bps: float = 2.0
    borrow: float = 0.005

    def __post_init__(self) -> None:
        """Check every rule."""
        window_of("window", self.window, LEAST_WINDOW)
        window_of("refit", self.refit, 1)
        window_of("max_days", self.max_days, 1)
        if not (self.exit_z < self.entry_z < self.stop_z and self.entry_z > 0.0 and math.isfinite(self.stop_z)):
            raise InputError(
                f"exit {self.exit_z:g}, entry {self.entry_z:g}, stop {self.stop_z:g}: expected exit < entry < stop, "
                "entry above 0, in deviations from the line"
            )
        for name, value in (("gross_usd", self.gross_usd),):
            if not 0.0 < value < math.inf:
                raise InputError(f"{name} {value!r}: expected a number above 0")
        for name, value in (("cost_bps", self.cost_bps), ("borrow", self.borrow)):
            if not 0.0 <= value < math.inf:
                raise InputError(f"{name} {value!r}: expected zero or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Two legs day by day, shape (n,): dividend-adjusted levels, traded closes, and day numbers."""

    y_level: Floats
    x_level: Floats
    y_close: Floats
    x_close: Floats
    day: NDArray[np.int64]

    def until(self, stop: int) -> Market:
        """Return the first `stop` days."""
        return Market(**{field.name: getattr(self, field.name)[:stop] for field in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What happened on each day, shape (n,); element t rests on days up to t.

    Attributes
    ----------
    z, elasticity : ndarray
        Spread against the line in use, which comes from days before t; and that line's slope.
    z_held : ndarray
        Spread against the line of the position's signal, which the position keeps; NaN while flat.
    target : ndarray of int8
        Signal of day t's close: +1 long the spread, -1 short, 0 flat; it is filled at the close of t + 1.
    reason : ndarray of int8
        Why the target became 0.
    y_shares, x_shares : ndarray
        Held after the close of t.
    price_usd, dividends_usd : ndarray
        Gain of what was held over the day; dividends received less paid.
    cost_usd, borrow_usd : ndarray
        Of the day's fills; of the leg sold. Positive is paid.
    y_traded_usd, x_traded_usd : ndarray
        Dollars filled.
    """

    z: Floats
    elasticity: Floats
    z_held: Floats
    target: NDArray[np.int8]
    reason: NDArray[np.int8]
    y_shares: Floats
    x_shares: Floats
    price_usd: Floats
    dividends_usd: Floats
    cost_usd: Floats
    borrow_usd: Floats
    y_traded_usd: Floats
    x_traded_usd: Floats

    @property
    def pnl_usd(self) -> Floats:
        """Gain of each day after all costs."""
        return self.price_usd + self.dividends_usd - self.cost_usd - self.borrow_usd


def simulate(market: Market, rules: Rules) -> Track:
    """Trade the pair day by day.

    Parameters
    ----------
    market : Market
    rules : Rules

    Returns
    -------
    Track

    Notes
    -----
    On refit days r = window - 1, window - 1 + refit, ... the line of log levels is fitted to the `window` days up to
    r; it serves days r + 1 to r + refit. Whole shares are sized at the close of the signal and filled at the next
    close; a position keeps its shares, and the line and deviation it was entered by, until it is closed: a newer line
    would move its z without a dollar gained or lost. After a stop the spread must cross the line in use before the
    next entry.
    """
    n = len(market.day)
    y, x = np.log(market.y_level), np.log(market.x_level)
    slope, intercept, sd, tested = _lines(y, x, rules)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(sd > 0.0, (y - intercept - slope * x) / sd, np.nan)
    allowed = tested & (slope > 0.0)
    target, reason, z_held = _signals(Lines(y=y, x=x, slope=slope, intercept=intercept, sd=sd, z=z), allowed, rules)
    y_shares, x_shares = _shares(target, slope, market, rules)

    y_before, x_before = _lagged(y_shares), _lagged(x_shares)
    y_fill, x_fill = np.abs(y_shares - y_before), np.abs(x_shares - x_before)
    y_traded, x_traded = y_fill * market.y_close, x_fill * market.x_close
    price = y_before * _change(market.y_close) + x_before * _change(market.x_close)
    dividends = y_before * dividends_paid(market.y_close, market.y_level)
    dividends += x_before * dividends_paid(market.x_close, market.x_level)
    sold = np.maximum(-y_before, 0.0) * _lagged(market.y_close) + np.maximum(-x_before, 0.0) * _lagged(market.x_close)
    elapsed = np.diff(market.day, prepend=market.day[:1]).astype(np.float64)
    return Track(
        z=z,
        elasticity=slope,
        z_held=z_held,
        target=target,
        reason=reason,
        y_shares=y_shares,
        x_shares=x_shares,
        price_usd=price,
        dividends_usd=dividends,
        cost_usd=(y_traded + x_traded) * units.fraction_of_basis_points(rules.cost_bps),
        borrow_usd=sold * rules.borrow * units.years(1.0) * elapsed if n else sold,
        y_traded_usd=y_traded,
        x_traded_usd=x_traded,
    )


def prove(market: Market, rules: Rules, *, progress: Callable[[int, int], None] | None = None) -> Proof:
    """Recompute the history on every prefix and compare every value of every day, bit for bit.

    Returns
    -------
    Proof
    """
    whole = simulate(market, rules)
    names = [field.name for field in fields(Track)]
    n = len(market.day)
    for stop in range(1, n):
        part = simulate(market.until(stop), rules)
        for name in names:
            ours, theirs = getattr(part, name), getattr(whole, name)[:stop]
            if not np.array_equal(ours, theirs, equal_nan=ours.dtype.kind == "f"):
                return Proof(prefixes=stop, values=0, identical=False, difference=f"{name} on a prefix of {stop} days")
        if progress is not None and stop % 50 == 0:
            progress(stop, n - 1)
    return Proof(prefixes=n - 1, values=len(names) * n * (n - 1) // 2, identical=True, difference="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What `prove` found.

    Attributes
    ----------
    prefixes, values : int
        Histories recomputed, and values compared.
    identical : bool
    difference : str
        Where the first one was.
    """

    prefixes: int
    values: int
    identical: bool
    difference: str


def _lines(y: Floats, x: Floats, rules: Rules) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
    """Return slope, intercept, deviation and whether cointegrated, of the line that each day uses."""
    n = len(y)
    fit = rolling_regression(y, x, rules.window)
    days = np.arange(n)
    # The last refit day before today.
    used = rules.window - 1 + (days - rules.window) // rules.refit * rules.refit
    ready = days >= rules.window
    at = np.where(ready, used, 0)
    slope, intercept, sd = (
        np.where(ready, column[at] if n else column, np.nan) for column in (fit.slope, fit.intercept, fit.residual_sd)
    )
    if not rules.gate:
        return slope, intercept, sd, ready
    statistic = gate_statistics(y, x, rules.window)
    return slope, intercept, sd, ready & ((statistic[at] < critical()) & (statistic < critical()) if n else ready)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Log levels, the line each day is judged by and its deviation, and the spread in deviations, shape (n,)."""

    y: Floats
    x: Floats
    slope: Floats
    intercept: Floats
    sd: Floats
    z: Floats

    def against(self, signal: int, day: int) -> float:
        """Return the spread of `day` against the line of `signal`."""
        return float((self.y[day] - self.intercept[signal] - self.slope[signal] * self.x[day]) / self.sd[signal])


def _signals(
    lines: Lines, allowed: NDArray[np.bool_], rules: Rules
) -> tuple[NDArray[np.int8], NDArray[np.int8], Floats]:
    """Return each day's target; where it turned flat, the reason; and the spread a position is judged by."""
    n = len(lines.z)
    target, reason, z_held = np.zeros(n, dtype=np.int8), np.zeros(n, dtype=np.int8), np.full(n, np.nan)
    held, age, barred, signal = 0, 0, 0, 0
    entry, leave, stop, longest = rules.entry_z, rules.exit_z, rules.stop_z, rules.max_days
    for t, (now, may) in enumerate(zip(lines.z.tolist(), allowed.tolist(), strict=True)):
        if barred and now * barred < 0.0:
            barred = 0
        if held:
            age += 1
            z_held[t] = lines.against(signal, t)
            against = -held * z_held[t]
            if against >= stop:
                held, barred, reason[t] = 0, -held, STOPPED
            elif against <= leave:
                held, reason[t] = 0, SIGNALLED
            elif age >= longest:
                held, barred, reason[t] = 0, -held, TIMED
        elif may and not barred and entry <= abs(now) < stop:
            held, age, signal, z_held[t] = (-1 if now > 0.0 else 1), 0, t, now
        target[t] = held
    return target, reason, z_held


def _shares(target: NDArray[np.int8], slope: Floats, market: Market, rules: Rules) -> tuple[Floats, Floats]:
    """Return whole shares held after each close: yesterday's signal, sized at yesterday's prices."""
    n = len(target)
    y_shares, x_shares = np.zeros(n), np.zeros(n)
    before = np.concatenate([[0], target[:-1]])[:n]
    wanted = np.concatenate([[0], before[:-1]])[:n]
    opened = np.flatnonzero((before != 0) & (before != wanted))
    for start in opened:
        signal = start - 1
        ended = np.flatnonzero(before[start:] != before[start])
        stop = start + int(ended[0]) if len(ended) else n
        y_usd = rules.gross_usd / (1.0 + slope[signal])
        side = float(before[start])
        y_held = np.round(y_usd / market.y_close[signal])
        x_held = np.round(slope[signal] * y_usd / market.x_close[signal])
        if y_held and x_held:  # one leg alone is no pair
            y_shares[start:stop], x_shares[start:stop] = side * y_held, -side * x_held
    return y_shares, x_shares


def _lagged(values: Floats) -> Floats:
    return np.concatenate([[0.0], values[:-1]])[: len(values)]


def _change(close: Floats) -> Floats:
    return np.diff(close, prepend=close[:1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One round trip, or the one still open.

    Attributes
    ----------
    side : str
        ``long`` or ``short`` the spread.
    signal_day, entry_day, exit_day : date
        `exit_day` is None while it is open.
    days : int
        Trading days held.
    z_in, z_out : float
        Of the signals, both against the line of the first.
    long_shares, short_shares : int
        Signed shares of the pair's long and short leg.
    pnl_usd, cost_usd : float
        After costs; of the fills.
    reason : str
        ``exit``, ``stop``, ``time`` or ``open``.
    """

    side: str
    signal_day: Any
    entry_day: Any
    exit_day: Any
    days: int
    z_in: float
    z_out: float
    long_shares: int
    short_shares: int
    pnl_usd: float
    cost_usd: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class PairBacktestResult(Result):
    """A pair's walk-forward history.

    Attributes
    ----------
    summary : dict
        P&L and its parts, a year's return on gross dollars with its standard error, Sharpe ratio with its standard
        error, worst fall, turnover of each leg.
    trades : tuple of Trade
    dates : ndarray of datetime64[D], shape (n,)
    track : Track
    proof : Proof or None
        Whether every prefix of the history gave the same values.
    """

    schema_name: ClassVar[str] = "pair_backtest"

    summary: dict[str, float]
    trades: Sequence[Trade]
    dates: NDArray[np.datetime64]
    track: Track
    proof: Proof | None = None

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        columns = {field.name: getattr(self.track, field.name) for field in fields(Track) if field.name != "reason"}
        daily = {"date": [str(day) for day in self.dates], **columns, "pnl_usd": self.track.pnl_usd}
        return {"summary": self.summary, "trades": list(self.trades), "prove": self.proof, "daily": daily}

    def records(self) -> list[dict[str, Any]]:
        """Return one row a trade."""
        return [{field.name: getattr(trade, field.name) for field in fields(Trade)} for trade in self.trades]


def pair_backtest(
    prices: PriceHistory,
    long: str | None = None,
    short: str | None = None,
    *,
    rules: Rules | None = None,
    proved: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> PairBacktestResult:
    """Trade a pair through its history without look-ahead.

    Parameters
    ----------
    prices : PriceHistory
    long, short : str, optional
        Tickers; may be left out when there are two.
    rules : Rules, optional
    proved : bool
        Recompute on every prefix and compare.
    progress : callable, optional
        Called with the prefixes done and to do.

    Returns
    -------
    PairBacktestResult

    Raises
    ------
    InputError, DataError
        Unknown tickers, or fewer days than the window and a quarter.

    Notes
    -----
    Cash earns and costs nothing beyond the borrow fee. One rule on one pair is one draw: its standard error is printed
    beside the return, and rules chosen after looking deserve less.

    Examples
    --------
    >>> from hedgekit.model import PriceHistory
    >>> random = np.random.default_rng(4)
    >>> x, e = np.cumsum(0.01 * random.normal(size=700)), np.zeros(700)
    >>> for t in range(1, 700):
    ...     e[t] = 0.9 * e[t - 1] + 0.01 * random.normal()
    >>> both = 50 * np.exp(np.column_stack([0.9 * x + e, x]))
    >>> days = np.datetime64("2024-01-01") + np.arange(700)
    >>> made = PriceHistory(tickers=("A", "B"), dates=days, close=both, total_return=both, source="made")
    >>> done = pair_backtest(made, proved=True)
    >>> done.proof.identical, done.summary["pnl_usd"] > 0
    (True, True)
    """
    rules = rules or Rules()
    pair = pair_of(prices, long, short, least_days=rules.window + TRADING_DAYS // 4)
    notes = list(pair.notes)
    market = _market(prices, pair, notes)
    track = simulate(market, rules)
    trades = _trades(track, pair.dates)
    small = _unfilled(track)
    if small:
        text = (
            f"{small} of {small + len(trades)} signals were not traded: {rules.gross_usd:,.0f} dollars gross do not "
            "buy a share of each leg"
        )
        notes.append(Note("gross_too_small", text))
    elif not trades:
        notes.append(Note("no_trades", _why_none(track, rules)))
    return PairBacktestResult(
        summary=_summary(track, trades, market, rules),
        trades=trades,
        dates=pair.dates,
        track=track,
        proof=prove(market, rules, progress=progress) if proved else None,
        inputs={**pair.inputs, **{field.name: getattr(rules, field.name) for field in fields(Rules)}},
        warnings=tuple(notes),
    )


def _unfilled(track: Track) -> int:
    """Return the signals for which a leg rounded to no share."""
    before = np.concatenate([[0], track.target[:-1]])
    signals = np.flatnonzero((track.target != 0) & (before == 0))
    return int((track.y_shares[signals[signals + 1 < len(before)] + 1] == 0.0).sum())


def _why_none(track: Track, rules: Rules) -> str:
    """Say what kept every signal away."""
    distance = np.abs(track.z[rules.window :])
    out = (distance >= rules.entry_z) & (distance < rules.stop_z)
    if not out.any():
        return f"no signal: on none of {len(distance):,} days was the spread between the entry and the stop"
    falling = int((out & (track.elasticity[rules.window :] <= 0.0)).sum())
    text = f"no signal: the spread was between the entry and the stop on {int(out.sum()):,} days"
    if falling:
        text += f"; on {falling:,} of them the line fell, so that the legs did not hedge one another"
    if rules.gate and falling < out.sum():
        days = "the others" if falling else "all of them"
        text += f"; on {days} the window was not cointegrated, without the day or with it (--no-gate)"
    return text


def _market(prices: PriceHistory, pair: Any, notes: list[Note]) -> Market:
    both = prices.select((pair.long, pair.short))
    rows = np.searchsorted(both.dates, pair.dates)
    closes = []
    for at, (ticker, level) in enumerate(((pair.long, pair.window.y), (pair.short, pair.window.x))):
        close = np.ascontiguousarray(both.close[rows, at])
        known = np.isfinite(close)
        if not known.all():
            if known.sum() > 1:
                first = pair.dates[int(np.argmin(known))]
                raise DataError(
                    f"{prices.source}: {ticker} has no traded price on {first} but on other days: fill the gap"
                )
            text = f"{ticker}: no traded prices; adjusted ones stand in, so share counts and dividends are not real"
            notes.append(Note("adjusted_as_traded", text))
            close = level
        closes.append(close)
    return Market(
        y_level=pair.window.y,
        x_level=pair.window.x,
        y_close=closes[0],
        x_close=closes[1],
        day=pair.dates.astype(np.int64),
    )


def _trades(track: Track, dates: NDArray[np.datetime64]) -> tuple[Trade, ...]:
    """Return the round trips; the exit's fill belongs to its trade."""
    n = len(dates)
    held = np.sign(track.y_shares) + np.sign(track.x_shares) * 1e-3
    side = np.sign(held)
    edges = np.flatnonzero(np.diff(side, prepend=0.0) != 0.0)
    pnl = track.pnl_usd
    out = []
    for place, start in enumerate(edges):
        if side[start] == 0.0:
            continue
        stop = int(edges[place + 1]) if place + 1 < len(edges) else n
        last = min(stop, n - 1)
        gone = stop < n
        # A position that turned over at once would share its last day's cost with the next: signals never do.
        out.append(
            Trade(
                side="long" if side[start] > 0 else "short",
                signal_day=dates[start - 1].item(),
                entry_day=dates[start].item(),
                exit_day=dates[stop].item() if gone else None,
                days=last - int(start),
                z_in=float(track.z[start - 1]),
                z_out=float(track.z_held[stop - 1]),
                long_shares=int(track.y_shares[start]),
                short_shares=int(track.x_shares[start]),
                pnl_usd=float(pnl[start : last + 1].sum()),
                cost_usd=float(track.cost_usd[start : last + 1].sum()),
                reason=REASONS[int(track.reason[stop - 1])] if gone else "open",
            )
        )
    return tuple(out)


def _summary(track: Track, trades: Sequence[Trade], market: Market, rules: Rules) -> dict[str, float]:
    live = slice(rules.window, None)
    pnl = track.pnl_usd[live]
    days = len(pnl)
    years = units.years(float(market.day[-1] - market.day[rules.window]))
    daily = pnl / rules.gross_usd
    mean, sd = float(daily.mean()), float(daily.std(ddof=1)) if days > 1 else math.nan
    ratio = mean / sd if sd > 0.0 else math.nan
    equity = np.concatenate([[0.0], np.cumsum(pnl)])
    closed = [trade for trade in trades if trade.reason != "open"]
    in_market = float((track.y_shares[live] != 0.0).mean())
    return {
        "pnl_usd": float(pnl.sum()),
        "price_usd": float(track.price_usd.sum()),
        "dividends_usd": float(track.dividends_usd.sum()),
        "cost_usd": float(track.cost_usd.sum()),
        "borrow_usd": float(track.borrow_usd.sum()),
        "years": years,
        "return_per_year": mean * TRADING_DAYS,
        "return_se": sd * TRADING_DAYS / math.sqrt(days),
        "vol_per_year": sd * math.sqrt(TRADING_DAYS),
        "sharpe": ratio * math.sqrt(TRADING_DAYS),
        "sharpe_se": math.sqrt((1.0 + 0.5 * ratio**2) / days * TRADING_DAYS) if math.isfinite(ratio) else math.nan,
        "worst_fall_usd": float((np.maximum.accumulate(equity) - equity).max()),
        "trades": len(trades),
        "wins": sum(trade.pnl_usd > 0.0 for trade in closed),
        "closed": len(closed),
        "time_in_market": in_market,
        "long_leg_turnover": float(track.y_traded_usd.sum()) / rules.gross_usd / years,
        "short_leg_turnover": float(track.x_traded_usd.sum()) / rules.gross_usd / years,
    }
