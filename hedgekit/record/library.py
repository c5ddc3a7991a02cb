"""What a folder holds, found by content: chains by day, prices, dividends, rates; and what could not be read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from hedgekit.errors import DataError, HedgekitError, InputError
from hedgekit.market.dividends import read_dividends
from hedgekit.market.prices import load_prices
from hedgekit.market.rates import STALE_DAYS, read_rate
from hedgekit.market.sources import chain_of
from hedgekit.market.sources.content import Content, read_content
from hedgekit.market.sources.want import SeveralChains
from hedgekit.market.tables import Table, read_table
from hedgekit.model import Chain, PriceHistory
from hedgekit.record.chapter import Tell

LEAST_DAYS = 60
"""Prices of fewer days are too few to check anything with."""

SAME = 0.03
"""A chain's spot and the close of its day within this fraction of each other: the strikes are of the same shares."""

_RATE_NAMES = re.compile(r"(^|[^a-z])(irx|t?bills?|rates?|sofr|treasury|yields?)([^a-z]|$)", re.IGNORECASE)
_LEFT_OUT = (".md", ".py", ".toml", ".html", ".pdf", ".png", ".jpg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A file that was not used, and why."""

    file: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """One day's chain of one underlying."""

    file: str
    ticker: str
    day: date
    chain: Chain


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What there is to check promises with.

    Attributes
    ----------
    root : str
    chains : tuple of Quoted
        Ascending by day; one a ticker and day, that with most quotes.
    histories : mapping of ticker to tuple of PriceHistory
        Each of that ticker alone.
    dividends : mapping of ticker to tuple of (ex-date, dollars)
    rates : tuple of path
    failures : tuple of Failure
    files : int
        All that were looked at.
    memo : dict
        The rates file of each day asked for.
    """

    root: str
    chains: tuple[Quoted, ...]
    histories: Mapping[str, tuple[PriceHistory, ...]]
    dividends: Mapping[str, tuple[tuple[date, float], ...]] = field(default_factory=dict)
    rates: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    files: int = 0
    memo: dict[date, str | None] = field(default_factory=dict, repr=False, compare=False)

    def until(self, day: date) -> Library:
        """Return what was known on a day: later chains, prices and ex-dates are gone."""
        histories: dict[str, tuple[PriceHistory, ...]] = {}
        for ticker, found in self.histories.items():
            kept = tuple(one.until(day) for one in found if one.dates[0] <= np.datetime64(day))
            if kept:
                histories[ticker] = kept
        dividends = {t: tuple(pay for pay in paid if pay[0] <= day) for t, paid in self.dividends.items()}
        chains = tuple(quoted for quoted in self.chains if quoted.day <= day)
        return replace(self, chains=chains, histories=histories, dividends=dividends)

    def closes(self, ticker: str) -> PriceHistory | None:
        """Return the history of traded prices of a ticker that covers most days; None without one."""
        return self._best(ticker, "close")

    def total_returns(self, ticker: str) -> PriceHistory | None:
        """Return the history with dividends of a ticker that covers most days; None without one."""
        return self._best(ticker, "total_return")

    def bars(self, ticker: str) -> PriceHistory | None:
        """Return the history with opens, highs and lows of a ticker that covers most days."""
        found = [one for one in self.histories.get(ticker, ()) if one.open is not None and one.low is not None]
        return max(found, key=lambda one: int(np.isfinite(one.close).sum()), default=None)

    def _best(self, ticker: str, name: str) -> PriceHistory | None:
        found = [one for one in self.histories.get(ticker, ()) if np.isfinite(getattr(one, name)).any()]
        return max(found, key=lambda one: int(np.isfinite(getattr(one, name)).sum()), default=None)

    def close(self, ticker: str, day: date) -> float:
        """Return the traded close of a day; NaN where none of the longest history is known."""
        history = self.closes(ticker)
        if history is None:
            return float("nan")
        at = int(np.searchsorted(history.dates, np.datetime64(day)))
        here = at < len(history) and history.dates[at] == np.datetime64(day)
        return float(history.close[at, 0]) if here else float("nan")

    def fits(self, quoted: Quoted) -> bool:
        """Whether a chain's spot is the close of its day, give or take: else a split lies between."""
        close = self.close(quoted.ticker, quoted.day)
        return bool(np.isfinite(close) and abs(quoted.chain.spot / close - 1.0) <= SAME)

    def rate(self, day: date) -> str | None:
        """Return the freshest rates file that has a line of a day or shortly before; None without one."""
        if day in self.memo:
            return self.memo[day]
        best: tuple[int, str] | None = None
        for path in self.rates:
            try:
                age = read_rate(path, day).age_days
            except HedgekitError:
                continue  # it starts later
            if age <= STALE_DAYS and (best is None or age < best[0]):
                best = (age, path)
        self.memo[day] = None if best is None else best[1]
        return self.memo[day]

    def trailing_yield(self, ticker: str, day: date, spot: float) -> float:
        """Return the dividends of the year before a day over the spot; 0 where none are known."""
        start = day - timedelta(days=365)
        return sum(amount for when, amount in self.dividends.get(ticker, ()) if start < when <= day) / spot

    def paid(self, ticker: str, start: date, end: date) -> list[tuple[date, float]]:
        """Return the dividends that went ex after a day, up to another."""
        return [pay for pay in self.dividends.get(ticker, ()) if start < pay[0] <= end]

    def pair(self, long: str, short: str) -> PriceHistory | None:
        """Return both tickers' dividend-adjusted prices side by side on the days both have; None without them."""
        best: tuple[PriceHistory, PriceHistory] | None = None
        days = np.array([], dtype="M8[D]")
        for one in self.histories.get(long, ()):
            for other in self.histories.get(short, ()):
                both = np.intersect1d(_known(one), _known(other))
                if len(both) > len(days):
                    best, days = (one, other), both
        if best is None or len(days) < LEAST_DAYS:
            return None
        rows = [np.searchsorted(part.dates, days) for part in best]
        columns: dict[str, Any] = {
            name: np.column_stack([getattr(part, name)[at, 0] for part, at in zip(best, rows, strict=True)])
            for name in ("close", "total_return")
        }
        return PriceHistory(tickers=(long, short), dates=days, source=f"{long} and {short}", **columns)


def _known(history: PriceHistory) -> Any:
    """Return the days on which a ticker's price with dividends is known."""
    return history.dates[np.isfinite(history.total_return[:, 0])]


def open_library(root: str | os.PathLike[str], *, tell: Tell | None = None) -> Library:
    """Read every file of a folder and those inside it.

    Parameters
    ----------
    root : path
    tell : callable, optional

    Raises
    ------
    InputError
        When it is no folder.
    DataError
        When there is nothing in it that can be read.
    """
    folder = Path(root)
    if not folder.is_dir():
        raise InputError(f"{ascii(os.fspath(root))[1:-1]}: no such folder: give one with chains and daily prices")
    paths = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix.lower() not in _LEFT_OUT]
    paths = [p for p in paths if not p.name.startswith(".")]
    chains: dict[tuple[str, date], Quoted] = {}
    histories: dict[str, list[PriceHistory]] = {}
    dividends: dict[str, tuple[tuple[date, float], ...]] = {}
    rates: list[str] = []
    failures: list[Failure] = []
    for at, path in enumerate(paths):
        label = str(path.relative_to(folder))
        if tell is not None:
            tell("reading files", at + 1, len(paths))
        try:
            for one in _read(path, label):
                if isinstance(one, Quoted):
                    rival = chains.get((one.ticker, one.day))
                    if rival is None or len(one.chain) > len(rival.chain):
                        chains[one.ticker, one.day] = one
                elif isinstance(one, PriceHistory):
                    histories.setdefault(one.tickers[0].upper(), []).append(one)
                elif isinstance(one, Failure):
                    failures.append(replace(one, why=one.why.replace(str(path), label)))
                elif isinstance(one, str):
                    rates.append(one)
                else:
                    ticker, paid = one
                    dividends[ticker] = max(dividends.get(ticker, ()), paid, key=len)
        except HedgekitError as error:
            failures.append(Failure(file=label, why=str(error).replace(str(path), label)))
    if not chains and not histories:
        why = f"; {failures[0].file}: {failures[0].why}" if failures else ""
        raise DataError(f"{folder}: none of its {len(paths)} files holds option quotes or daily prices{why}")
    return Library(
        root=folder.name or str(folder),
        chains=tuple(sorted(chains.values(), key=lambda one: (one.day, one.ticker))),
        histories={ticker: tuple(found) for ticker, found in sorted(histories.items())},
        dividends=dividends,
        rates=tuple(rates),
        failures=tuple(failures),
        files=len(paths),
    )


Found = Quoted | Failure | PriceHistory | str | tuple[str, tuple[tuple[date, float], ...]]


def _read(path: Path, label: str) -> Iterator[Found]:
    """Tell what a file is, and return what it holds."""
    table = _table(path)
    if table is not None:
        if _is_dividends(table):
            yield _dividends(path, table)
            return
        if _is_rates(path, table):
            # a line of its last day must be readable
            read_rate(str(path), date(2099, 1, 1))
            yield str(path)
            return
    content: Content | None = None
    try:
        content = read_content(path)
        yield from _chains(content, label)
        return
    except HedgekitError as error:
        no_chain = error
    try:
        yield from _prices(path)
    except HedgekitError as no_prices:
        # of the two complaints the one that knows the layout says more
        plain = content is None or "not a chain in any known format" in str(no_chain)
        raise (no_prices if plain else no_chain) from None


def _chains(content: Content, label: str, ticker: str | None = None) -> Iterator[Quoted | Failure]:
    try:
        chain = chain_of(content, ticker=ticker)
        yield _quoted(chain, label)
    except SeveralChains as several:
        for name in several.tickers:
            yield from _chains(content, label, name)
        for day in several.days:
            try:
                yield _quoted(chain_of(content, asof=day, ticker=ticker), label)
            except HedgekitError as error:  # the other days of the file are still good
                yield Failure(file=f"{label}, {day}", why=str(error))


def _quoted(chain: Chain, label: str) -> Quoted:
    if chain.market_closed:
        raise DataError(f"{label}: quoted on {chain.asof.date()}, when the market was shut ({chain.closed_reason})")
    return Quoted(file=label, ticker=chain.ticker, day=chain.asof.date(), chain=chain)


def _prices(path: Path) -> Iterator[PriceHistory]:
    history = load_prices(path)
    if len(history) < LEAST_DAYS:
        raise DataError(f"{path}: prices of {len(history)} days, fewer than {LEAST_DAYS}")
    for ticker in history.tickers:
        if np.isfinite(history.close[:, (at := history.column(ticker))]).any() or (
            np.isfinite(history.total_return[:, at]).any()
        ):
            yield history.select([ticker])


def _table(path: Path) -> Table | None:
    if path.suffix.lower() not in (".csv", ".txt", ".tsv"):
        return None
    try:
        return read_table(str(path))
    except HedgekitError:
        return None


def _is_dividends(table: Table) -> bool:
    names = set(table.names)
    return bool(names & {"amount", "dividend", "dividends"}) and not names & {"close", "open", "strike"}


def _is_rates(path: Path, table: Table) -> bool:
    """Whether a table is of rates: of tenors, or of one rate by its own name or the file's."""
    names = set(table.names)
    if not names & {"date", "day"}:
        return False
    tenors = [name for name in names if re.fullmatch(r"\d+\s*(mo|yr|month|year)s?|y\d+m?", name)]
    single = names <= {"date", "day", "close", "rate"} and _RATE_NAMES.search(path.stem) is not None
    return bool(tenors) or "rate" in names or single


def _dividends(path: Path, table: Table) -> tuple[str, tuple[tuple[date, float], ...]]:
    read_dividends(str(path), datetime.fromisoformat("1990-01-02T16:00:00-05:00"))  # its own checks
    ticker = re.split(r"[^A-Za-z^]", path.stem)[0].upper()
    amount_at = table.column("amount", "dividends", "dividend")
    day_at = table.column("ex_date", "date", "day", "exdate", "ex-date")
    rows: list[tuple[date, float]] = []
    for line, cells in table.lines:
        rows.append((table.day(line, cells[day_at]), table.number(line, "amount", cells[amount_at])))
    return ticker, tuple(sorted(rows))


def described(library: Library) -> dict[str, Any]:
    """Return what the folder holds, in counts."""
    days = sorted({quoted.day for quoted in library.chains})
    return {
        "data": library.root,
        "files": library.files,
        "chains": len(library.chains),
        "chain_tickers": sorted({quoted.ticker for quoted in library.chains}),
        "first_chain": days[0] if days else None,
        "last_chain": days[-1] if days else None,
        "price_tickers": len(library.histories),
        "last_price": max(
            (one.dates[-1].item() for found in library.histories.values() for one in found), default=None
        ),
        "not_used": [{"file": failure.file, "why": failure.why} for failure in library.failures],
    }
