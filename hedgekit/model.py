"""The nouns of hedgekit: what is held, quoted and priced.

Every noun is frozen and checked when it is made; `dataclasses.replace` makes variants.

Units: strikes, quotes and spots are dollars a share, sizes and open interest are contracts, times are years of 365 days
to the exercise cut-off in New York.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import IntFlag
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from hedgekit.errors import InputError
from hedgekit.results import Note
from hedgekit.units import MULTIPLIER

if TYPE_CHECKING:
    import pandas as pd

Kind: TypeAlias = Literal["call", "put"]
SpotSource: TypeAlias = Literal["file", "parity", "given"]
ExerciseStyle: TypeAlias = Literal["american", "european"]
FloatArray: TypeAlias = npt.NDArray[np.float64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

NEW_YORK = ZoneInfo("America/New_York")

_CALL, _PUT = 1, -1
_STRIKE_UNITS = 1000  # an OSI strike counts thousandths of a dollar
_CENTURY = 2000  # OSI years have two digits; the format is younger than 2000
_OSI_TAIL = 15  # yymmdd, C or P, eight digits of strike
_TAIL = re.compile(r"(\d\d)(\d\d)(\d\d)([CP])(\d{8})", re.ASCII)
_ROOT = re.compile(r"[A-Z^][A-Z0-9.^/-]{0,5}", re.ASCII)
_SHORT = re.compile(r"(\S+)\s+(\d{4}-\d\d-\d\d)\s+(\d+(?:\.\d*)?|\.\d+)\s*(C|P|CALL|PUT)", re.ASCII)
_FORMS = '"IWM   260918P00270000", "IWM260918P00270000" or "IWM 2026-09-18 270 P"'


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Option:
    """One listed option contract.

    Parameters
    ----------
    root : str
        The option root, 1 to 6 characters ("IWM"; "SPXW" and "SPX" are different roots, "IWM1" an adjusted contract).
    expiry : datetime.date
        Listed expiry, years 2000 to 2099.
    kind : {"call", "put"}
    strike : float
        Dollars a share, a positive multiple of 0.001 below 100,000.
    multiplier : int
        Shares a contract delivers.

    Examples
    --------
    >>> put = Option.parse("IWM   260918P00270000")
    >>> put.kind, put.strike, put.expiry.isoformat()
    ('put', 270.0, '2026-09-18')
    >>> put.compact, put.short
    ('IWM260918P00270000', 'IWM 2026-09-18 270 P')
    """

    root: str
    expiry: date
    kind: Kind
    strike: float
    multiplier: int = MULTIPLIER

    def __post_init__(self) -> None:
        """Check every field."""
        if not _ROOT.fullmatch(self.root):
            raise InputError(f"option root {self.root!r}: expected 1 to 6 capital letters or digits, like IWM")
        if isinstance(self.expiry, datetime) or not isinstance(self.expiry, date):
            raise InputError(f"option expiry {self.expiry!r}: expected a datetime.date")
        if not _CENTURY <= self.expiry.year < _CENTURY + 100:
            raise InputError(f"option expiry {self.expiry}: an option symbol can only hold the years 2000 to 2099")
        if self.kind not in ("call", "put"):
            raise InputError(f'option kind {self.kind!r}: expected "call" or "put"')
        thousandths = self.strike * _STRIKE_UNITS
        if not (0.5 <= thousandths < 99_999_999.5 and abs(thousandths - round(thousandths)) < 1e-4):
            raise InputError(f"option strike {self.strike!r}: expected a multiple of 0.001 from 0.001 to 99999.999")
        object.__setattr__(self, "strike", round(thousandths) / _STRIKE_UNITS)
        if self.multiplier < 1:
            raise InputError(f"option multiplier {self.multiplier!r}: expected a positive number of shares")

    @property
    def sign(self) -> int:
        """+1 for a call, -1 for a put, as the kernels take it."""
        return _CALL if self.kind == "call" else _PUT

    @property
    def osi(self) -> str:
        """The 21-character OSI symbol, root padded with blanks: ``"IWM   260918P00270000"``."""
        return f"{self.root:<6}{self._tail}"

    @property
    def compact(self) -> str:
        """The OSI symbol without blanks, as chains are keyed: ``"IWM260918P00270000"``."""
        return f"{self.root}{self._tail}"

    @property
    def short(self) -> str:
        """The form people read: ``"IWM 2026-09-18 270 P"``."""
        return f"{self.root} {self.expiry} {self.strike:.10g} {self.kind[0].upper()}"

    @property
    def _tail(self) -> str:
        # written out: strftime takes a third of the time to read a chain
        day = self.expiry
        date_part = f"{day.year - _CENTURY:02d}{day.month:02d}{day.day:02d}"
        return f"{date_part}{'C' if self.kind == 'call' else 'P'}{round(self.strike * _STRIKE_UNITS):08d}"

    def __str__(self) -> str:
        return self.short

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an option symbol in OSI, compact or short form.

        Parameters
        ----------
        text : str
            ``"IWM   260918P00270000"``, ``"IWM260918P00270000"``, ``"O:IWM260918P00270000"`` or
            ``"IWM 2026-09-18 270 P"``; small letters are taken as capitals.

        Raises
        ------
        InputError
            When the text is none of these, or names a day that does not exist.
        """
        wanted = text.strip().upper().removeprefix("O:")
        tail = _TAIL.fullmatch(wanted[-_OSI_TAIL:])
        root = wanted[:-_OSI_TAIL].rstrip()
        if tail and _ROOT.fullmatch(root):
            year, month, day, letter, thousandths = tail.groups()
            when = f"{_CENTURY + int(year)}-{month}-{day}"
            return cls._checked(text, root, when, letter, int(thousandths) / _STRIKE_UNITS)
        short = _SHORT.fullmatch(wanted)
        if short and _ROOT.fullmatch(short[1]):
            return cls._checked(text, short[1], short[2], short[4], float(short[3]))
        raise InputError(f"option symbol {text!r} is not readable: expected {_FORMS}")

    @classmethod
    def _checked(cls, text: str, root: str, when: str, letter: str, strike: float) -> Self:
        try:
            expiry = date.fromisoformat(when)
        except ValueError:
            raise InputError(f"option symbol {text!r}: {when} is not a day of the calendar") from None
        try:
            return cls(root=root, expiry=expiry, kind="call" if letter[0] == "C" else "put", strike=strike)
        except InputError as error:
            raise InputError(f"option symbol {text!r}: {error}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A number of one option contract at a price.

    Parameters
    ----------
    contracts : int
        Signed, + is bought; not zero.
    option : Option
    premium : float
        Dollars a share, zero or more: the ask when bought at the touch, the bid when sold.

    Examples
    --------
    >>> leg = Leg(contracts=17, option=Option.parse("IWM 2026-09-18 272 P"), premium=5.45)
    >>> str(leg)
    '+17 IWM 2026-09-18 272 P @5.45'
    """

    contracts: int
    option: Option
    premium: float

    def __post_init__(self) -> None:
        """Check every field."""
        if isinstance(self.contracts, bool) or not isinstance(self.contracts, int) or self.contracts == 0:
            raise InputError(f"leg contracts {self.contracts!r}: expected a whole number other than 0")
        if not 0.0 <= self.premium < np.inf:
            raise InputError(f"leg premium {self.premium!r}: expected zero or more dollars a share")

    def __str__(self) -> str:
        return f"{self.contracts:+d} {self.option} @{self.premium:.10g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """A number of shares of the underlying at a price, beside options.

    Parameters
    ----------
    shares : int
        Signed, + is long; not zero.
    ticker : str
    price : float
        Dollars a share paid (or received when sold short), zero or more.

    Examples
    --------
    >>> str(Shares(shares=100, ticker="IWM", price=297.78))
    '+100 IWM @297.78'
    """

    shares: int
    ticker: str
    price: float

    def __post_init__(self) -> None:
        """Check every field."""
        if isinstance(self.shares, bool) or not isinstance(self.shares, int) or self.shares == 0:
            raise InputError(f"shares {self.shares!r}: expected a whole number other than 0")
        if not _ROOT.fullmatch(self.ticker):
            raise InputError(f"ticker {self.ticker!r}: expected 1 to 6 capital letters or digits, like IWM")
        if not 0.0 <= self.price < np.inf:
            raise InputError(f"share price {self.price!r}: expected zero or more dollars a share")

    def __str__(self) -> str:
        return f"{self.shares:+d} {self.ticker} @{self.price:.10g}"


Holding: TypeAlias = Leg | Shares
"""One line of a position: options or shares."""


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
        columns["kind"] = np.where(self.kind == _CALL, "call", "put")
        columns["flags"] = [" ".join(flag.slug for flag in Flag(int(bits))) for bits in self.flags]
        return pd.DataFrame(columns)

    def _rows_of(self, expiry: date) -> npt.NDArray[np.intp]:
        rows = np.flatnonzero(self.expiry == np.datetime64(expiry))
        if not len(rows):
            listed = ", ".join(str(day) for day in self.expiries) or "none"
            raise InputError(f"{self.source}: no expiry {expiry}; listed: {listed}")
        return rows

    def _unlisted(self, option: Option) -> str:
        same = (self.expiry == np.datetime64(option.expiry)) & (self.kind == option.sign)
        if not same.any():
            listed = ", ".join(str(day) for day in self.expiries) or "none"
            return f"{self.source}: {option} is not in this chain; its expiries: {listed}"
        strikes = self.strike[same]
        nearest = float(strikes[np.argmin(np.abs(strikes - option.strike))])
        return f"{self.source}: {option} is not in this chain; the nearest {option.kind} there is {nearest:.10g}"


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
