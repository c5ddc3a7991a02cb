"""Two price histories as one pair: the days both have, levels with dividends, returns, and today's prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hedgekit.errors import DataError, InputError
from hedgekit.results import Note

if TYPE_CHECKING:
    from hedgekit.model import FloatArray, PriceHistory

LEAST_DAYS = 30
"""Days both legs must have for anything to be estimated."""

MOST_DAYS_APART = 3
"""Calendar days between most neighbouring prices, beyond which they are not daily."""

SAME = 1.0 - 1e-12
"""Correlation from which two legs are one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Window:
    """What an estimator may see: the days up to some day.

    Parameters
    ----------
    y, x : ndarray, shape (n,)
        Levels of the long and the short leg, dollars a share with dividends put back (total return).
    ry, rx : ndarray, shape (n - 1,)
        Their log returns; NaN over a gap in the files.
    """

    y: FloatArray
    x: FloatArray
    ry: FloatArray
    rx: FloatArray

    def last(self, days: int | None) -> Window:
        """Return the last `days` returns and the levels that make them; None is all."""
        if days is None or days >= len(self.ry):
            return self
        return Window(y=self.y[-days - 1 :], x=self.x[-days - 1 :], ry=self.ry[-days:], rx=self.rx[-days:])

    def returns(self) -> tuple[FloatArray, FloatArray]:
        """Return the log returns without those over a gap."""
        known = np.isfinite(self.ry) & np.isfinite(self.rx)
        return (self.ry, self.rx) if known.all() else (self.ry[known], self.rx[known])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """A long and a short leg.

    Parameters
    ----------
    long, short : str
        Tickers.
    dates : ndarray of datetime64[D], shape (n,)
        Days on which both have a price.
    window : Window
        All of them.
    long_close, short_close : float
        Last traded prices, dollars a share; NaN where the files hold adjusted prices alone.
    source, source_sha256 : str
    notes : tuple of Note
    """

    long: str
    short: str
    dates: npt.NDArray[np.datetime64]
    window: Window
    long_close: float
    short_close: float
    source: str
    source_sha256: str
    notes: tuple[Note, ...] = ()

    def __len__(self) -> int:
        return len(self.dates)

    def upto(self, stop: int) -> Window:
        """Return the first `stop` days."""
        whole = self.window
        return Window(y=whole.y[:stop], x=whole.x[:stop], ry=whole.ry[: stop - 1], rx=whole.rx[: stop - 1])

    @property
    def inputs(self) -> dict[str, object]:
        """What every answer about the pair rests on."""
        from hedgekit import __version__

        return {
            "long": self.long,
            "short": self.short,
            "asof": self.dates[-1].item(),
            "first_day": self.dates[0].item(),
            "days": len(self),
            "long_close": self.long_close,
            "short_close": self.short_close,
            "prices": "total return (dividends put back) for estimates; traded closes for share counts",
            "source": self.source,
            "source_sha256": self.source_sha256,
            "version": __version__,
        }


def pair_of(
    prices: PriceHistory, long: str | None = None, short: str | None = None, *, least_days: int = LEAST_DAYS
) -> Pair:
    """Take two tickers of a price history as a pair.

    Parameters
    ----------
    prices : PriceHistory
    long, short : str, optional
        Tickers; both may be left out when the history holds exactly two: the first is then long.
    least_days : int
        Days both must have.

    Raises
    ------
    InputError
        When a ticker is not there, both are the same, or it is not clear which are meant.
    DataError
        When they have fewer than `least_days` days in common, prices that are not daily, or one never moves.
    """
    long, short = _tickers(prices, long, short)
    both = prices.select((long, short))
    dates, levels = both.levels()
    if len(dates) < least_days:
        raise DataError(
            f"{prices.source}: {both.tickers[0]} and {both.tickers[1]} have {len(dates)} days in common, "
            f"at least {least_days} are needed"
        )
    apart = int(np.median(np.diff(dates).astype(np.int64)))
    if apart > MOST_DAYS_APART:
        raise DataError(
            f"{prices.source}: {both.tickers[0]} and {both.tickers[1]} have prices {apart} days apart: half-lives, "
            "vols and windows are counted in trading days, so give daily prices"
        )
    returns = both.log_returns()
    for at, ticker in enumerate(both.tickers):
        if not np.nanstd(returns[:, at]) > 0.0:
            raise DataError(f"{prices.source}: the price of {ticker} never changes")
    known = np.isfinite(returns).all(axis=1)
    if abs(float(np.asarray(np.corrcoef(returns[known].T))[0, 1])) > SAME:
        raise DataError(
            f"{prices.source}: {both.tickers[0]} and {both.tickers[1]} move exactly together: one is the other in "
            "disguise, there is nothing to hedge"
        )
    y, x = (np.ascontiguousarray(levels[:, at]) for at in (0, 1))
    ry, rx = (np.ascontiguousarray(returns[:, at]) for at in (0, 1))
    closes = [_close_on(both, at, dates[-1]) for at in (0, 1)]
    return Pair(
        long=both.tickers[0],
        short=both.tickers[1],
        dates=dates,
        window=Window(y=y, x=x, ry=ry, rx=rx),
        long_close=closes[0],
        short_close=closes[1],
        source=prices.source,
        source_sha256=prices.source_sha256,
        notes=(*_about(prices, both.tickers), *_notes(both, dates, closes)),
    )


def _tickers(prices: PriceHistory, long: str | None, short: str | None) -> tuple[str, str]:
    if long is None and short is None and len(prices.tickers) == 2:
        return prices.tickers
    if long is None or short is None:
        others = [t for t in prices.tickers if t.upper() != (long or short or "").strip().upper()]
        if len(others) != 1 or long is short is None:
            held = ", ".join(prices.tickers[:12]) + (", ..." if len(prices.tickers) > 12 else "")
            raise InputError(f"name both legs (--long, --short): the prices hold {held}")
        long, short = (long, others[0]) if long is not None else (others[0], short)
    assert long is not None
    assert short is not None
    if long.strip().upper() == short.strip().upper():
        raise InputError(f"both legs are {long}: a pair needs two tickers")
    return long, short


def _close_on(prices: PriceHistory, at: int, day: np.datetime64) -> float:
    row = int(np.searchsorted(prices.dates, day))
    return float(prices.close[row, at])


def _about(prices: PriceHistory, tickers: tuple[str, ...]) -> list[Note]:
    """Return the notes of the files that concern the two legs, or all tickers."""
    held = {ticker.upper() for ticker in tickers}
    others = {ticker.upper() for ticker in prices.tickers} - held
    return [note for note in prices.notes if note.message.partition(":")[0].strip().upper() not in others]


def _notes(prices: PriceHistory, dates: npt.NDArray[np.datetime64], closes: list[float]) -> list[Note]:
    notes = []
    for ticker, close in zip(prices.tickers, closes, strict=True):
        if not np.isfinite(close):
            text = f"{ticker}: no traded price on {dates[-1]}: ratios in shares and share counts are unknown"
            notes.append(Note("no_traded_price", text))
    late = prices.dates[prices.dates > dates[-1]]
    if len(late):
        text = f"{len(late)} days after {dates[-1]} have a price of one leg only and are left out"
        notes.append(Note("one_leg_at_end", text))
    inside = prices.dates[(prices.dates > dates[0]) & (prices.dates < dates[-1])]
    lost = inside[~np.isin(inside, dates)]
    if len(lost):
        listed = ", ".join(str(day) for day in lost[:5]) + (", ..." if len(lost) > 5 else "")
        notes.append(Note("one_leg_days", f"{len(lost)} days have a price of one leg only and are left out ({listed})"))
    return notes
