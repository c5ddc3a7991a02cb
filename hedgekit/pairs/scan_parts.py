"""The pairs of a scan cut into parts, which threads, processes or a cluster test; the answer is the same for all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hedgekit.errors import DataError, Status
from hedgekit.pairs.stationarity import Criterion, engle_granger_pairs

LEAST_DAYS = 252
"""Days of common history below which a pair is not tested: a year."""

CHUNK = 8_192
"""Pairs in one part."""

DIRECTIONS = 2

Floats: TypeAlias = NDArray[np.float64]
Columns: TypeAlias = NDArray[np.int64]
Work: TypeAlias = Callable[[Any, Any], Any]


class Spread(Protocol):
    """What hands parts to workers: an engine of `hedgekit.scale.engines`."""

    def map(self, work: Work, items: Iterable[Any], common: Any = None) -> Iterator[tuple[int, Any]]:
        """Yield (number of the item, ``work(item, common)``) in any order."""


class InThisProcess:
    """One part after the other, each on every core by the kernel's threads."""

    def map(self, work: Work, items: Iterable[Any], common: Any = None) -> Iterator[tuple[int, Any]]:
        """Yield (number of the item, ``work(item, common)``)."""
        for number, item in enumerate(items):
            yield number, work(item, common)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some pairs, as columns of the log prices.

    Attributes
    ----------
    pairs : ndarray, shape (m,)
        Their places in the scan.
    first, second : ndarray, shape (m,)
        Columns.
    span : (int, int) or None
        Rows that all of them have without a gap; None: each pair is tested on the days that both have.
    """

    pairs: Columns
    first: Columns
    second: Columns
    span: tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tests:
    """What tests of pairs say, both ways.

    Attributes
    ----------
    statistic, slope : ndarray, shape (2, pairs)
        NaN where there is no test.
    lags : ndarray, shape (2, pairs)
    days : ndarray, shape (pairs,)
        Days both have.
    """

    statistic: Floats
    slope: Floats
    lags: NDArray[np.int32]
    days: Columns

    @classmethod
    def none(cls, count: int) -> Tests:
        """Return those of pairs that have not been tested."""
        return cls(
            statistic=np.full((DIRECTIONS, count), np.nan),
            slope=np.full((DIRECTIONS, count), np.nan),
            lags=np.zeros((DIRECTIONS, count), dtype=np.int32),
            days=np.zeros(count, dtype=np.int64),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What every part needs: log prices, shape (n, k), and how long the tests' memory is."""

    logs: Floats
    lags: int | None
    criterion: Criterion | None


def run_tests(
    bench: Bench, first: Columns, second: Columns, engine: Spread, progress: Callable[[int, int], None] | None
) -> Tests:
    """Test pairs of columns both ways.

    Parameters
    ----------
    bench : Bench
    first, second : ndarray, shape (m,)
        Columns of each pair.
    engine : Spread
    progress : callable, optional
        Called with the tests done and the tests to do.

    Raises
    ------
    DataError
        When a part was lost with its worker: a rate of false discoveries is over all pairs or over none.
    """
    out = Tests.none(len(first))
    jobs = _parts(bench.logs, first, second, out.days)
    total, done = DIRECTIONS * sum(len(part.pairs) for part in jobs), 0
    answers = engine.map(tested, jobs, bench)
    for number, found in answers:
        part = jobs[number]
        if not isinstance(found, Tests):
            raise DataError(f"{len(part.pairs):,} pairs were not tested: {getattr(found, 'reason', found)}")
        out.statistic[:, part.pairs] = found.statistic
        out.slope[:, part.pairs] = found.slope
        out.lags[:, part.pairs] = found.lags
        out.days[part.pairs] = found.days
        done += DIRECTIONS * len(part.pairs)
        if progress is not None:
            progress(done, total)
    return out


def tested(part: Part, bench: Bench) -> Tests:
    """Test the pairs of a part, in whatever process this is."""
    count = len(part.pairs)
    out = Tests.none(count)
    if part.span is not None:
        names, places = np.unique(np.concatenate([part.first, part.second]), return_inverse=True)
        rows = bench.logs[slice(*part.span), names]
        _both_ways(bench, rows, places[:count], places[count:], out, slice(None))
        return out
    for at in range(count):
        both = bench.logs[:, [part.first[at], part.second[at]]]
        both = both[np.isfinite(both).all(axis=1)]
        if len(both) >= LEAST_DAYS:
            _both_ways(bench, both, np.array([0]), np.array([1]), out, slice(at, at + 1))
        out.days[at] = len(both)
    return out


def _both_ways(bench: Bench, rows: Floats, a: Columns, b: Columns, out: Tests, members: slice) -> None:
    for direction, (y, x) in enumerate(((a, b), (b, a))):
        tests = engle_granger_pairs(rows, y, x, lags=bench.lags, criterion=bench.criterion)
        good = tests.status == Status.OK
        out.statistic[direction, members] = np.where(good, tests.statistic, np.nan)
        out.slope[direction, members] = tests.slope
        out.lags[direction, members] = tests.lags
    out.days[members] = len(rows)


def _parts(logs: Floats, first: Columns, second: Columns, days: Columns) -> list[Part]:
    """Cut the pairs that can be tested into parts: all of one span together; fills in the days of the rest."""
    known = np.isfinite(logs)
    n = len(logs)
    count = known.sum(axis=0)
    start = np.where(count > 0, known.argmax(axis=0), n)
    stop = np.where(count > 0, n - known[::-1].argmax(axis=0), 0)
    gapless = count == np.maximum(stop - start, 0)
    low, high = np.maximum(start[first], start[second]), np.minimum(stop[first], stop[second])
    days[:] = np.maximum(high - low, 0)
    enough, even = days >= LEAST_DAYS, gapless[first] & gapless[second]
    spans = np.unique(np.column_stack([low, high])[enough & even], axis=0)
    groups: list[tuple[tuple[int, int] | None, Columns]] = [
        ((int(begin), int(end)), np.flatnonzero(enough & even & (low == begin) & (high == end))) for begin, end in spans
    ]
    groups.append((None, np.flatnonzero(enough & ~even)))
    return [
        Part(pairs=pairs, first=first[pairs], second=second[pairs], span=span)
        for span, members in groups
        for begin in range(0, len(members), CHUNK)
        if len(pairs := members[begin : begin + CHUNK])
    ]
