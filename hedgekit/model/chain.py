"""The quotes of one underlying at one moment, in columns, and what is wrong with each."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import IntFlag
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hedgekit.errors import InputError
from hedgekit.model.option import Option
from hedgekit.model.types import CALL, NEW_YORK, BoolArray, ExerciseStyle, FloatArray, SpotSource

if TYPE_CHECKING:
    import pandas as pd


class Flag(IntFlag):
    """What is wrong, or only noteworthy, with one quote; a quote may carry several.

    Examples
    --------
    >>> [flag.slug for flag in Flag(5)]
    ['crossed', 'no_ask']
    """

    CROSSED = 1
    """The bid is above the ask."""
    ZERO_BID = 2
    """Nobody bids: the bid is zero or missing."""
    NO_ASK = 4
    """Nobody offers: the ask is zero or missing."""
    BELOW_INTRINSIC = 8
    """The ask is below the exercise value at the chain's spot."""
    WIDE = 16
    """The spread is wide for the quote's size."""
    DUPLICATE = 32
    """The same symbol was listed before in the file."""
    EXPIRED = 64
    """The exercise cut-off has passed at the as-of time."""
    STALE = 128
    """The quote dates from an earlier session than the as-of time."""
    NON_STANDARD = 256
    """Another deliverable: a mini or adjusted contract."""
    VERTICAL = 512
    """With another strike of its expiry: buying one at the ask and selling the other at the bid pays at once."""
    ABOVE_MAXIMUM = 1024
    """The bid is above the most the option can be worth: the spot for a call, the strike for a put."""
    BUTTERFLY = 2048
    """With two other strikes of its expiry: buying the outer and selling the middle pays at once."""
    CALENDAR = 4096
    """With the same strike of another expiry: the earlier one is bid above the later one's ask."""

    @property
    def slug(self) -> str:
        """The flag's name in outputs: ``"zero_bid"``."""
        return (self.name or "").lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One row of a chain; numbers are NaN where the file has none."""

    option: Option
    bid: float
    ask: float
    bid_size: float
    ask_size: float
    open_interest: float
    volume: float
    last: float
    vendor_iv: float
    t_years: float
    flags: Flag

    @property
    def mid(self) -> float:
        """Middle of bid and ask, dollars a share; NaN unless both are there."""
        return 0.5 * (self.bid + self.ask)


ROUNDING = 1e-9  # dollars: finer than any quote, coarser than what doubles round away

# dtype of each column of a Chain
_COLUMNS: dict[str, str] = {
    "symbol": "U",
    "kind": "i1",
    "strike": "f8",
    "expiry": "M8[D]",
    "t_years": "f8",
    "bid": "f8",
    "ask": "f8",
    "bid_size": "f8",
    "ask_size": "f8",
    "open_interest": "f8",
    "volume": "f8",
    "last": "f8",
    "last_time": "M8[s]",
    "vendor_iv": "f8",
    "flags": "i8",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Chain:
    """The quotes of one underlying at one moment, in columns.

    Every column is a contiguous read-only array of shape (n,), one element a quote, in the order of the file. Nothing
    is left out because it looks wrong: `flags` says so instead.

    Parameters
    ----------
    symbol : ndarray of str
        Compact symbols (``"IWM260918P00270000"``).
    kind : ndarray of int8
        +1 for a call, -1 for a put.
    strike : ndarray of float64
        Dollars a share.
    expiry : ndarray of datetime64[D]
        Listed expiry.
    t_years : ndarray of float64
        Years of 365 days from `asof` to the exercise cut-off, to the second; zero or negative once it has passed.
    bid, ask : ndarray of float64
        Dollars a share. A bid of 0 is one nobody makes; an ask of NaN is one nobody makes; NaN also where the file is
        blank.
    bid_size, ask_size, open_interest, volume : ndarray of float64
        Contracts; NaN where the file does not say.
    last : ndarray of float64
        Last trade, dollars a share; NaN when there was none.
    last_time : ndarray of datetime64[s]
        Its time on New York's clock, without zone; NaT when there was none.
    vendor_iv : ndarray of float64
        The file's own implied vol, decimal a year; NaN where it says 0, -999 or nothing. For comparison only.
    flags : ndarray of int64
        Bits of `Flag`.
    ticker : str
        The underlying.
    spot : float
        Price of the underlying to use, dollars a share.
    spot_source : {"file", "parity", "given"}
        Where `spot` comes from: the file, put-call parity near the money, or the caller.
    file_spot : float
        The file's own spot; NaN when it has none.
    asof : datetime.datetime
        Moment of the quotes, New York time.
    source, source_sha256 : str
        Name of the file and the SHA-256 of its bytes.
    closed_reason : str
        Why the market did not trade on the day of `asof` ("Juneteenth", "a Saturday"); empty when it did.
    warnings : tuple of (slug, message)
        What the user must be told.
    exercise : {"american", "european"}
        Whether the options can be exercised early: those on shares and funds can, those on most indices cannot.
    """

    symbol: npt.NDArray[np.str_]
    kind: npt.NDArray[np.int8]
    strike: FloatArray
    expiry: npt.NDArray[np.datetime64]
    t_years: FloatArray
    bid: FloatArray
    ask: FloatArray
    bid_size: FloatArray
    ask_size: FloatArray
    open_interest: FloatArray
    volume: FloatArray
    last: FloatArray
    last_time: npt.NDArray[np.datetime64]
    vendor_iv: FloatArray
    flags: npt.NDArray[np.int64]
    ticker: str
    spot: float
    spot_source: SpotSource
    file_spot: float
    asof: datetime
    source: str
    source_sha256: str = ""
    closed_reason: str = ""
    warnings: tuple[tuple[str, str], ...] = field(default=())
    exercise: ExerciseStyle = "american"

    def __post_init__(self) -> None:
        """Make every column contiguous and read-only; check lengths, spot and clock."""
        length = len(self.symbol)
        for name, dtype in _COLUMNS.items():
            column = np.ascontiguousarray(getattr(self, name), dtype=dtype).view()
            if column.shape != (length,):
                raise InputError(f"chain column {name!r} has shape {column.shape}, expected ({length},)")
            column.flags.writeable = False
            object.__setattr__(self, name, column)
        if not 0.0 < self.spot < np.inf:
            raise InputError(f"chain spot {self.spot!r}: expected a positive number of dollars a share")
        if self.asof.tzinfo is None:
            raise InputError(f"chain as-of time {self.asof} has no time zone: expected New York time")
        object.__setattr__(self, "asof", self.asof.astimezone(NEW_YORK))

    def __len__(self) -> int:
        return len(self.symbol)

    def __repr__(self) -> str:
        return (
            f"Chain({self.ticker} {self.spot:.2f} ({self.spot_source}), {len(self)} quotes, "
            f"{len(self.expiries)} expiries, {self.asof:%Y-%m-%d %H:%M} New York, {self.source})"
        )

    @property
    def mid(self) -> FloatArray:
        """Middle of bid and ask, dollars a share, shape (n,); NaN unless both are there."""
        return 0.5 * (self.bid + self.ask)

    def wider_than(self, fraction: float) -> BoolArray:
        """Whether each spread is above a fraction of its mid, shape (n,); 1.19/1.61 is not wider than 0.30.

        Parameters
        ----------
        fraction : float
            Of the mid. A spread that equals it as the decimals it was quoted in is not above.
        """
        with np.errstate(invalid="ignore"):
            wide: BoolArray = self.ask - self.bid > fraction * self.mid + ROUNDING
        return wide

    @property
    def expiries(self) -> tuple[date, ...]:
        """The listed expiries, ascending."""
        return tuple(np.unique(self.expiry).tolist())

    @property
    def market_closed(self) -> bool:
        """Whether the snapshot was taken on a day without a session, so that its quotes are from an earlier day."""
        return bool(self.closed_reason)

    def years_to(self, expiry: date) -> float:
        """Years of 365 days from the as-of time to the exercise cut-off of one listed expiry.

        Raises
        ------
        InputError
            When the chain does not list that expiry.
        """
        return float(self.t_years[self._rows_of(expiry)[0]])

    def at(self, expiry: date) -> Chain:
        """Return the quotes of one listed expiry, in the order of the file.

        Raises
        ------
        InputError
            When the chain does not list that expiry.
        """
        return self.select(self._rows_of(expiry))

    def select(self, rows: BoolArray | npt.NDArray[np.intp]) -> Chain:
        """Return the chain with only the quotes asked for.

        Parameters
        ----------
        rows : ndarray
            A mask of shape (n,), or row numbers.
        """
        return replace(self, **{name: getattr(self, name)[rows] for name in _COLUMNS})

    def rows_of(self, symbol: str | Option) -> npt.NDArray[np.intp]:
        """Row numbers of one contract: none, one, or several where the file repeats it."""
        option = Option.parse(symbol) if isinstance(symbol, str) else symbol
        return np.flatnonzero(self.symbol == option.compact)

    def quote(self, symbol: str | Option) -> Quote:
        """Return the quote of one contract, the first where the file repeats it.

        Parameters
        ----------
        symbol : str or Option
            Any form that `Option.parse` reads.

        Raises
        ------
        InputError
            When the chain does not list it; names the nearest strike that it does list.
        """
        option = Option.parse(symbol) if isinstance(symbol, str) else symbol
        rows = self.rows_of(option)
        if not len(rows):
            raise InputError(self._unlisted(option))
        row = int(rows[0])
        return Quote(
            option=option,
            flags=Flag(int(self.flags[row])),
            **{f.name: float(getattr(self, f.name)[row]) for f in fields(Quote) if f.name not in ("option", "flags")},
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the quotes as a pandas DataFrame, one row a quote."""
        import pandas as pd

        columns: dict[str, Any] = {name: getattr(self, name) for name in _COLUMNS}
        columns["kind"] = np.where(self.kind == CALL, "call", "put")
        columns["flags"] = [" ".join(flag.slug for flag in Flag(int(bits))) for bits in self.flags]
        return pd.DataFrame(columns)

    def _rows_of(self, expiry: date) -> npt.NDArray[np.intp]:
        rows = np.flatnonzero(self.expiry == np.datetime64(expiry))
        if not len(rows):
            listed = ", ".join(str(day) for day in self.expiries) or "none"
            raise InputError(f"{self.source}: no expiry {expiry}; listed: {listed}")
        return rows

    def _unlisted(self, option: Option) -> str:
        roots = sorted({str(symbol)[:-15] for symbol in self.symbol})  # compact: the date, C or P and the strike are 15
        if roots and option.root not in roots:
            return f"{self.source}: {option} is not in this chain: it holds options of {', '.join(roots)}"
        same = (self.expiry == np.datetime64(option.expiry)) & (self.kind == option.sign)
        if not same.any():
            listed = ", ".join(str(day) for day in self.expiries) or "none"
            return f"{self.source}: {option} is not in this chain; its expiries: {listed}"
        strikes = self.strike[same]
        nearest = float(strikes[np.argmin(np.abs(strikes - option.strike))])
        return f"{self.source}: {option} is not in this chain; the nearest {option.kind} there is {nearest:.10g}"
