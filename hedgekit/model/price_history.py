"""Daily prices of tickers side by side, as traded and with dividends kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hedgekit.errors import InputError
from hedgekit.model.types import BoolArray, FloatArray
from hedgekit.results import Note

if TYPE_CHECKING:
    import pandas as pd

# a return over more than this many days, and this many times the usual step, is one over a gap
_GAP_DAYS = 10
_GAP_STEPS = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PriceHistory:
    """Daily prices of one or more tickers, side by side.

    Every array is contiguous and read-only; rows are days, columns tickers.

    Parameters
    ----------
    tickers : tuple of str
    dates : ndarray of datetime64[D], shape (n,)
        Ascending, each once.
    close : ndarray, shape (n, k)
        Dollars a share as traded, split-consistent, not dividend-adjusted; NaN where unknown. Where a file holds
        adjusted prices alone only the last one is known.
    total_return : ndarray, shape (n, k)
        Dividend-adjusted close; NaN where unknown.
    open, high, low, volume : ndarray of shape (n, k) or None
        Split-consistent; NaN where unknown, None where no ticker has any.
    source, source_sha256 : str
        Names of the files, and the SHA-256 of the bytes (of several files: of their hashes).
    notes : tuple of Note
        What was found wrong with the files and what was done about it.
    """

    tickers: tuple[str, ...]
    dates: npt.NDArray[np.datetime64]
    close: FloatArray
    total_return: FloatArray
    open: FloatArray | None = None
    high: FloatArray | None = None
    low: FloatArray | None = None
    volume: FloatArray | None = None
    source: str
    source_sha256: str = ""
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        """Make every array contiguous and read-only; check shapes and order."""
        object.__setattr__(self, "tickers", tuple(self.tickers))
        if not self.tickers or len(set(self.tickers)) < len(self.tickers):
            raise InputError(f"price history tickers {self.tickers!r}: expected at least one, each once")
        dates = np.ascontiguousarray(self.dates, dtype="M8[D]").view()
        if dates.ndim != 1 or not len(dates) or (np.diff(dates) <= np.timedelta64(0)).any():
            raise InputError("price history dates: expected at least one day, ascending, each once")
        dates.flags.writeable = False
        object.__setattr__(self, "dates", dates)
        shape = (len(dates), len(self.tickers))
        for name in ("close", "total_return", "open", "high", "low", "volume"):
            given = getattr(self, name)
            if given is None:
                continue
            column = np.ascontiguousarray(given, dtype="f8").view()
            if column.shape != shape:
                raise InputError(f"price history {name} has shape {column.shape}, expected {shape}")
            column.flags.writeable = False
            object.__setattr__(self, name, column)

    def __len__(self) -> int:
        return len(self.dates)

    def __repr__(self) -> str:
        names = ", ".join(self.tickers[:8]) + (", ..." if len(self.tickers) > 8 else "")
        return f"PriceHistory({names}; {len(self):,} days {self.dates[0]} to {self.dates[-1]}, {self.source})"

    def column(self, ticker: str) -> int:
        """Return the position of a ticker; capitals do not matter.

        Raises
        ------
        InputError
            When it is not there; lists those that are.
        """
        for at, name in enumerate(self.tickers):
            if name.upper() == ticker.strip().upper():
                return at
        held = ", ".join(self.tickers[:12]) + (", ..." if len(self.tickers) > 12 else "")
        raise InputError(f"{self.source}: no ticker {ticker!r}; it holds {held}")

    def select(self, tickers: Sequence[str]) -> PriceHistory:
        """Return the history of some tickers in the order given, without days on which none has a price.

        Raises
        ------
        InputError
            When one is not there.
        """
        at = [self.column(ticker) for ticker in tickers]
        known = np.isfinite(self.close[:, at]) | np.isfinite(self.total_return[:, at])
        return self._part(np.asarray(known.any(axis=1)), at)

    def until(self, day: date | np.datetime64 | str) -> PriceHistory:
        """Return the history up to and including a day.

        Raises
        ------
        InputError
            When it starts later.
        """
        return self._part(np.asarray(self.dates <= _day64(day)), None)

    def since(self, day: date | np.datetime64 | str) -> PriceHistory:
        """Return the history from a day on.

        Raises
        ------
        InputError
            When it ends before.
        """
        return self._part(np.asarray(self.dates >= _day64(day)), None)

    def log_returns(self, total: bool = True, every: int = 1) -> FloatArray:
        """Return log returns between days on which every ticker has a price.

        Parameters
        ----------
        total : bool
            With dividends, where a ticker's dividend-adjusted prices are known; a ticker without any has the returns
            of its close (the notes say which). False: of the close for all.
        every : int
            Days a return spans: 5 for weekly returns, not overlapping, the last one ending on the last day.

        Returns
        -------
        ndarray, shape (m, k)
            Oldest first. A return over a gap in the file (more than ten days, and four times the usual step) is NaN.

        Examples
        --------
        >>> prices = PriceHistory(tickers=("A",), dates=np.array(["2026-06-01", "2026-06-02"], "M8[D]"), source="made",
        ...     close=np.array([[100.0], [101.0]]), total_return=np.array([[100.0], [101.0]]))
        >>> prices.log_returns().round(6)
        array([[0.00995]])
        """
        if every < 1:
            raise InputError(f"every {every}: expected one day or more")
        days, levels = self.levels(total=total)
        days, levels = days[(len(days) - 1) % every :: every], levels[(len(days) - 1) % every :: every]
        returns = np.diff(np.log(levels), axis=0)
        steps = np.diff(days).astype(np.int64)
        if len(steps):
            returns[steps > max(_GAP_DAYS, _GAP_STEPS * int(np.median(steps)))] = np.nan
        return returns

    def levels(self, total: bool = True) -> tuple[npt.NDArray[np.datetime64], FloatArray]:
        """Return the days on which every ticker has a price, and those prices.

        Parameters
        ----------
        total : bool
            As in `log_returns`.

        Returns
        -------
        dates : ndarray of datetime64[D], shape (m,)
        levels : ndarray, shape (m, k)
        """
        held = np.isfinite(self.total_return).any(axis=0)
        levels = np.where(held, self.total_return, self.close) if total else np.asarray(self.close)
        complete = np.isfinite(levels).all(axis=1)
        return self.dates[complete], levels[complete]

    def last_close(self, ticker: str) -> float:
        """Return the last known traded price of a ticker, dollars a share; NaN when there is none."""
        column = self.close[:, self.column(ticker)]
        known = np.flatnonzero(np.isfinite(column))
        return float(column[known[-1]]) if len(known) else float("nan")

    def to_frame(self) -> pd.DataFrame:
        """Return closes and dividend-adjusted closes as a pandas DataFrame, columns (field, ticker)."""
        import pandas as pd

        parts = {
            name: pd.DataFrame(getattr(self, name), index=self.dates, columns=list(self.tickers))
            for name in ("close", "total_return")
        }
        return pd.concat(parts, axis=1)

    def _part(self, rows: BoolArray, at: Sequence[int] | None) -> PriceHistory:
        if not rows.any():
            span = f"{self.dates[0]} to {self.dates[-1]}"
            raise InputError(f"{self.source}: no prices in that time; it holds {span}")
        columns = list(range(len(self.tickers))) if at is None else list(at)
        cut: dict[str, Any] = {
            name: None if (grid := getattr(self, name)) is None else grid[rows][:, columns]
            for name in ("close", "total_return", "open", "high", "low", "volume")
        }
        return replace(self, tickers=tuple(self.tickers[i] for i in columns), dates=self.dates[rows], **cut)


def _day64(day: date | np.datetime64 | str) -> np.datetime64:
    try:
        return np.datetime64(str(day)[:10], "D")
    except ValueError:
        raise InputError(f"{day!r} is not a day of the calendar: write YYYY-MM-DD, like 2026-09-18") from None
