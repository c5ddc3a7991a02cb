"""What a folder of real data holds: chains by day, prices, dividends and rates, each asked for as of a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from hedgekit.errors import HedgekitError
from hedgekit.market.rates import STALE_DAYS, RateCurve, RateFile
from hedgekit.model import BoolArray, Chain, PriceHistory
from hedgekit.results import Note

Days: TypeAlias = npt.NDArray[np.datetime64]

LEAST_DAYS = 60
"""Prices of fewer days are too few to check anything with."""

_FORWARD = (1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0)
SPLITS = (*_FORWARD, *(1.0 / split for split in _FORWARD))
SAME_SPLIT = 0.005
"""The same, where a split is to explain the rest: a spot parity tells is this near to the close, chance seldom is."""

ENDED_DAYS = 10
"""Calendar days without a price after which a file is taken to have ended."""

SAME = 0.03
"""A chain's spot and the close of its day within this fraction of each other: the strikes are of the same shares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A file, or a day of one, that was not used, and why."""

    file: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A file that was used.

    Attributes
    ----------
    file : str
        Its path inside the folder.
    sha256 : str
        Of its bytes.
    holds : str
        What it was taken for: ``chains``, ``prices``, ``dividends``, ``rates``.
    """

    file: str
    sha256: str
    holds: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """One day's chain of one underlying."""

    file: str
    ticker: str
    day: date
    chain: Chain


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """Days on which one file of prices, or one pair of them, knew more days up to then than any other.

    Attributes
    ----------
    prices : PriceHistory
        All its days, also those outside the spell.
    first, last : date
    """

    prices: PriceHistory
    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether a promise of a day rests on these prices."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """What there is to check promises with.

    Where several files have the prices of a ticker, each day's promise rests on the one that knew most days up to
    then, of those that had not ended: what is known later does not choose.

    Attributes
    ----------
    root : str
    chains : tuple of Quoted
        Ascending by day; one a ticker and day.
    histories : mapping of ticker to tuple of PriceHistory
        Each of that ticker alone.
    dividends : mapping of ticker to tuple of (ex-date, dollars)
    rates : tuple of RateFile
    used : tuple of Used
    failures : tuple of Failure
    notes : tuple of Note
        What was found odd in files that were used all the same.
    files : int
        All that were looked at.
    """

    root: str
    chains: tuple[Quoted, ...]
    histories: Mapping[str, tuple[PriceHistory, ...]]
    dividends: Mapping[str, tuple[tuple[date, float], ...]] = field(default_factory=dict)
    rates: tuple[RateFile, ...] = ()
    used: tuple[Used, ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[Note, ...] = ()
    files: int = 0

    def until(self, day: date) -> Archive:
        """Return what was known on a day: later chains, prices and ex-dates are gone."""
        histories: dict[str, tuple[PriceHistory, ...]] = {}
        for ticker, found in self.histories.items():
            kept = tuple(one.until(day) for one in found if one.dates[0] <= np.datetime64(day))
            if kept:
                histories[ticker] = kept
        dividends = {t: tuple(pay for pay in paid if pay[0] <= day) for t, paid in self.dividends.items()}
        chains = tuple(quoted for quoted in self.chains if quoted.day <= day)
        return replace(self, chains=chains, histories=histories, dividends=dividends)

    def closes(self, ticker: str, day: date) -> PriceHistory | None:
        """Return the history of traded prices that knew most days up to a day; None where none knew any."""
        best, most = None, (False, 0)
        for one in self.histories.get(ticker, ()):
            until = int(np.searchsorted(one.dates, np.datetime64(day), side="right"))
            known = np.flatnonzero(np.isfinite(one.close[:until, 0]))
            if len(known):
                fresh = bool(np.datetime64(day) - one.dates[known[-1]] <= np.timedelta64(ENDED_DAYS))
                if (fresh, len(known)) > most:
                    best, most = one, (fresh, len(known))
        return best

    def close(self, ticker: str, day: date) -> float:
        """Return the traded close of a day, from the history `closes` names if it has the day; NaN where none has."""
        first = self.closes(ticker, day)
        for one in (first, *self.histories.get(ticker, ())) if first is not None else ():
            at = int(np.searchsorted(one.dates, np.datetime64(day)))
            if at < len(one) and one.dates[at] == np.datetime64(day) and np.isfinite(one.close[at, 0]):
                return float(one.close[at, 0])
        return float("nan")

    def scale(self, quoted: Quoted) -> float:
        """Return by what the file's closes are to be multiplied for a chain's shares; NaN where they are of others.

        Closes are split-consistent: those before a split are a plain fraction of what was quoted then. The factor says
        nothing of what came after: a promise does not rest on it.
        """
        if self.fits(quoted):
            return 1.0
        ratio = quoted.chain.spot / self.close(quoted.ticker, quoted.day)
        return next((split for split in SPLITS if abs(ratio / split - 1.0) <= SAME_SPLIT), float("nan"))

    def fits(self, quoted: Quoted) -> bool:
        """Whether a chain's spot is the close of its day, give or take: else a split lies between."""
        close = self.close(quoted.ticker, quoted.day)
        return bool(np.isfinite(close) and abs(quoted.chain.spot / close - 1.0) <= SAME)

    def bars(self, ticker: str) -> list[Spell]:
        """Return the histories with opens and lows of a ticker, each with the days for which it is the one to use."""
        found = [one for one in self.histories.get(ticker, ()) if one.open is not None and one.low is not None]
        runs = _runs([one.dates[_bars(one)] for one in found])
        return [Spell(prices=found[at], first=first, last=last) for at, first, last in runs]

    def bars_on(self, ticker: str, day: date) -> PriceHistory | None:
        """Return the history with opens and lows to use on a day; None without one."""
        found = [spell.prices for spell in self.bars(ticker) if spell.first <= day]
        return found[-1] if found else None

    def rate(self, day: date) -> RateCurve | None:
        """Return the freshest rates of a day or shortly before; None without any."""
        best: RateCurve | None = None
        for file in self.rates:
            try:
                curve = file.on(day)
            except HedgekitError:
                continue  # it starts later
            if curve.age_days <= STALE_DAYS and (best is None or curve.age_days < best.age_days):
                best = curve
        return best

    def trailing_yield(self, ticker: str, day: date, spot: float) -> float:
        """Return the dividends of the year up to a day over the spot, decimal a year; 0 where none are known."""
        paid = self.paid(ticker, day - timedelta(days=365), day)
        return sum(amount for _, amount in paid) / spot

    def paid(self, ticker: str, start: date, end: date) -> list[tuple[date, float]]:
        """Return the dividends that went ex after a day, up to another."""
        return [pay for pay in self.dividends.get(ticker, ()) if start < pay[0] <= end]

    def dividends_until(self, ticker: str) -> date | None:
        """Return the last ex-date that is known of a ticker; None without any."""
        return max((day for day, _ in self.dividends.get(ticker, ())), default=None)

    def tickers_with_returns(self) -> list[str]:
        """Return the tickers with dividend-adjusted prices, those with most days first."""
        days = {
            ticker: max(int(np.isfinite(one.total_return[:, 0]).sum()) for one in found)
            for ticker, found in self.histories.items()
        }
        return sorted((t for t in days if days[t] >= LEAST_DAYS), key=lambda ticker: (-days[ticker], ticker))

    def pair(self, long: str, short: str) -> list[Spell]:
        """Return both tickers' dividend-adjusted prices side by side on the days both have, by the files to use."""
        pairs, days = [], []
        for one in self.histories.get(long, ()):
            for other in self.histories.get(short, ()):
                common = np.intersect1d(one.dates[_returns(one)], other.dates[_returns(other)])
                if len(common) >= LEAST_DAYS:
                    pairs.append((one, other))
                    days.append(common)
        return [
            Spell(prices=_beside(long, short, pairs[at], days[at]), first=first, last=last)
            for at, first, last in _runs(days)
        ]


def _bars(history: PriceHistory) -> BoolArray:
    assert history.open is not None
    assert history.low is not None
    return np.isfinite(history.close[:, 0]) & np.isfinite(history.open[:, 0]) & np.isfinite(history.low[:, 0])


def _returns(history: PriceHistory) -> BoolArray:
    return np.isfinite(history.total_return[:, 0])


def _runs(known: Sequence[Days]) -> Iterator[tuple[int, date, date]]:
    """Yield runs of days and which candidate knew most days up to each of them, the first of equals.

    One whose last day then lay more than `ENDED_DAYS` back has ended.
    """
    numbers = [number for number, days in enumerate(known) if len(days)]
    known = [known[number] for number in numbers]
    if not known:
        return
    every = np.unique(np.concatenate(known))
    counts = np.stack([np.searchsorted(days, every, side="right") for days in known])
    lasts = np.stack([days[np.maximum(count - 1, 0)] for days, count in zip(known, counts, strict=True)])
    best = np.where(every - lasts > np.timedelta64(ENDED_DAYS), 0, counts).argmax(axis=0)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(best)) + 1])
    ends = np.concatenate([starts[1:] - 1, [len(every) - 1]])
    for a, b in zip(starts.tolist(), ends.tolist(), strict=True):
        yield numbers[best[a]], every[a].item(), every[b].item()


def _beside(long: str, short: str, pair: tuple[PriceHistory, PriceHistory], days: Days) -> PriceHistory:
    rows = [np.searchsorted(part.dates, days) for part in pair]
    columns: dict[str, Any] = {
        name: np.column_stack([getattr(part, name)[at, 0] for part, at in zip(pair, rows, strict=True)])
        for name in ("close", "total_return")
    }
    return PriceHistory(tickers=(long, short), dates=days, source=f"{long} and {short}", **columns)


def described(archive: Archive) -> dict[str, Any]:
    """Return what the folder holds, in counts and file by file."""
    days = sorted({quoted.day for quoted in archive.chains})
    ends = [(one.dates[0].item(), one.dates[-1].item()) for found in archive.histories.values() for one in found]
    return {
        "data": archive.root,
        "files": archive.files,
        "chains": len(archive.chains),
        "chain_tickers": sorted({quoted.ticker for quoted in archive.chains}),
        "first_chain": days[0] if days else None,
        "last_chain": days[-1] if days else None,
        "price_tickers": len(archive.histories),
        "first_price": min((first for first, _ in ends), default=None),
        "last_price": max((last for _, last in ends), default=None),
        "used": [{"file": one.file, "sha256": one.sha256, "holds": one.holds} for one in archive.used],
        "not_used": [{"file": failure.file, "why": failure.why} for failure in archive.failures],
    }
