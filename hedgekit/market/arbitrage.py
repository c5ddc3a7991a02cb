"""Quotes that pay at once against each other, and which of them is to blame.

Bought at the ask and sold at the bid, strikes K1 < K2 < K3 of one expiry and expiries T1 < T2 of one strike must not
give money away::

    vertical    call bid(K2) <= call ask(K1)        call bid(K1) - call ask(K2) <= K2 - K1        puts mirrored
    butterfly   bid(K2) <= w ask(K1) + (1 - w) ask(K3)        w = (K3 - K2) / (K3 - K1)
    calendar    bid(T1) <= ask(T2)        American exercise only: the later option can be exercised when the earlier can

(Carr and Madan, "A note on sufficient conditions for no arbitrage", 2005, in terms of bids and asks.) One bad print
breaks these with many good quotes. Blamed is the quote in most violations, then, with those gone, the one in most of
what is left: the greedy cover of the graph of violations. Where two or three quotes dispute a single violation nobody
knows which is wrong, and all are blamed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from hedgekit.model import BoolArray, Chain, Flag, FloatArray

HALF_CENT = 0.005
"""Quotes are whole cents: a breach by less may be rounding."""

WINGS = 6  # strikes to either side that a butterfly's wings are looked for

Rows: TypeAlias = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Board:
    """Usable quotes in order of series (root, expiry, kind) and strike; columns of shape (m,)."""

    rows: Rows
    series: npt.NDArray[np.intp]
    book: npt.NDArray[np.intp]  # root and kind
    kind: npt.NDArray[np.int8]
    expiry: npt.NDArray[np.datetime64]
    strike: FloatArray
    bid: FloatArray  # minus infinity where nobody bids
    ask: FloatArray  # infinity where nobody offers


def blame(chain: Chain, root: npt.NDArray[np.str_], usable: BoolArray) -> npt.NDArray[np.int64]:
    """Return VERTICAL, BUTTERFLY and CALENDAR flags of the quotes to blame, shape (n,).

    Parameters
    ----------
    chain : Chain
    root : ndarray of str, shape (n,)
        The root of each symbol: different roots are never compared.
    usable : ndarray of bool, shape (n,)
        Quotes that take part: not crossed, expired, repeated or of another deliverable.
    """
    flags = np.zeros(len(chain), dtype=np.int64)
    if not usable.any():
        return flags
    board = _board(chain, root, usable)
    edges = [(Flag.VERTICAL, _verticals(board)), (Flag.BUTTERFLY, _butterflies(board))]
    if chain.exercise == "american":
        edges.append((Flag.CALENDAR, _calendars(board)))
    found = np.zeros(len(board.rows), dtype=np.int64)
    _cover(found, edges)
    flags[board.rows] = found
    return flags


def _board(chain: Chain, root: npt.NDArray[np.str_], usable: BoolArray) -> _Board:
    roots = np.unique(root, return_inverse=True)[1]
    book = roots * 2 + (chain.kind > 0)
    days = np.unique(chain.expiry, return_inverse=True)[1]
    series = book * (int(days.max()) + 1) + days
    order = np.lexsort((chain.strike, series))
    order = order[usable[order]]
    return _Board(
        rows=order,
        series=series[order],
        book=book[order],
        kind=chain.kind[order],
        expiry=chain.expiry[order],
        strike=chain.strike[order],
        bid=np.where(chain.bid[order] > 0.0, chain.bid[order], -np.inf),
        ask=np.where(np.isnan(chain.ask[order]), np.inf, chain.ask[order]),
    )


def _verticals(board: _Board) -> Rows:
    """Return pairs of positions whose vertical spread pays at once, shape (k, 2)."""
    found = []
    starts = np.flatnonzero(np.diff(board.series, prepend=-1))
    for first, last in zip(starts, [*starts[1:], len(board.series)], strict=True):
        # a put's strikes are taken from above: then, as for a call, each option is worth more than those after it
        down = slice(first, last) if board.kind[first] > 0 else slice(last - 1, first - 1 if first else None, -1)
        place = np.arange(len(board.series))[down]
        bid, ask = board.bid[down], board.ask[down]
        moneyness = board.strike[down] * board.kind[first]
        for rich, cheap, order in (
            (bid, ask, place),
            ((bid + moneyness)[::-1], (ask + moneyness)[::-1], place[::-1]),
        ):
            below = np.minimum.accumulate(cheap)
            for later in np.flatnonzero(rich[1:] > below[:-1] + HALF_CENT) + 1:
                earlier = np.flatnonzero(rich[later] > cheap[:later] + HALF_CENT)
                found.append(np.stack([np.full(len(earlier), order[later]), order[earlier]], axis=1))
    return np.concatenate(found) if found else np.empty((0, 2), dtype=np.intp)


def _calendars(board: _Board) -> Rows:
    """Return pairs of positions whose calendar spread pays at once, shape (k, 2)."""
    found = []
    order = np.lexsort((board.expiry, board.strike, board.book))
    same = (np.diff(board.strike[order]) == 0.0) & (np.diff(board.book[order]) == 0)
    starts = np.concatenate([[0], np.flatnonzero(~same) + 1])
    for first, last in zip(starts, [*starts[1:], len(order)], strict=True):
        if last - first < 2:
            continue
        place = order[first:last]
        bid, ask = board.bid[place], board.ask[place]
        later = np.minimum.accumulate(ask[::-1])[::-1]
        for early in np.flatnonzero(bid[:-1] > later[1:] + HALF_CENT):
            late = early + 1 + np.flatnonzero(bid[early] > ask[early + 1 :] + HALF_CENT)
            found.append(np.stack([np.full(len(late), place[early]), place[late]], axis=1))
    return np.concatenate(found) if found else np.empty((0, 2), dtype=np.intp)


def triples(strike: FloatArray, reach: int) -> Iterator[tuple[Rows, Rows, Rows, FloatArray]]:
    """Yield a low wing, a middle and a high wing of every butterfly, all those of one shape at a time.

    Parameters
    ----------
    strike : ndarray, shape (n,)
        Ascending within a series.
    reach : int
        Places to either side that wings are looked for.

    Yields
    ------
    low, middle, high : ndarray of int, shape (k,)
        Positions; their strikes ascend.
    share : ndarray, shape (k,)
        Weight of the low wing, ``(K3 - K2) / (K3 - K1)``.

    Examples
    --------
    >>> [[part.tolist() for part in parts] for parts in triples(np.array([1.0, 2.0, 5.0]), 2)]
    [[[0], [1], [2], [0.75]]]
    """
    for left in range(1, reach + 1):
        for right in range(1, reach + 1):
            middle = np.arange(left, len(strike) - right)
            if not len(middle):
                break
            low, high = middle - left, middle + right
            kept = (strike[low] < strike[middle]) & (strike[middle] < strike[high])
            low, middle, high = low[kept], middle[kept], high[kept]
            yield low, middle, high, (strike[high] - strike[middle]) / (strike[high] - strike[low])


def _butterflies(board: _Board) -> Rows:
    """Return (middle, low wing, high wing) positions whose butterfly pays at once, shape (k, 3)."""
    found = []
    for low, middle, high, share in triples(board.strike, WINGS):
        pays = board.bid[middle] > share * board.ask[low] + (1.0 - share) * board.ask[high] + HALF_CENT
        pays &= board.series[low] == board.series[high]
        if pays.any():
            found.append(np.stack([middle, low, high], axis=1)[pays])
    return np.concatenate(found) if found else np.empty((0, 3), dtype=np.intp)


def _cover(found: npt.NDArray[np.int64], edges: list[tuple[Flag, Rows]]) -> None:
    """Flag the quotes in most violations, drop what they explain, and so on until nothing is left."""
    while any(len(pairs) for _, pairs in edges):
        degree = np.zeros(len(found), dtype=np.intp)
        for _, pairs in edges:
            degree += np.bincount(pairs.ravel(), minlength=len(found))
        worst = degree == degree.max()
        for flag, pairs in edges:
            found[np.unique(pairs[worst[pairs]])] |= flag
        edges = [(flag, pairs[~worst[pairs].any(axis=1)]) for flag, pairs in edges]
