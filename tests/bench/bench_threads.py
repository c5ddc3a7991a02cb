"""The public calls on every core that the process may use against one thread, by the clock."""

from __future__ import annotations

import os
from collections.abc import Callable

import bench_american
import numpy as np
from bench_european import SIZE, Book
from harness import Row, interleaved

import hedgekit as hk

CASH = ((0.1, 0.69), (0.35, 0.69), (0.6, 0.69))
CASH_SIZE = 2_000


def with_threads(call: Callable[[], object], threads: int) -> Callable[[], None]:
    """The call with so many threads."""

    def run() -> None:
        before = os.environ.get("HEDGEKIT_THREADS")
        os.environ["HEDGEKIT_THREADS"] = str(threads)
        try:
            call()
        finally:
            if before is None:
                del os.environ["HEDGEKIT_THREADS"]
            else:
                os.environ["HEDGEKIT_THREADS"] = before

    return run


def rows() -> list[Row]:
    """Time each work on all cores and on one; nothing where there is one core."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores < 2:
        print("skipped: threads, on one core")
        return []
    book, columns = Book(SIZE), bench_american.book(bench_american.SIZE)
    sign, spot, strike, *_, vol = (column[:CASH_SIZE] for column in columns)
    strike = 100.0 * strike / spot
    draw = np.random.default_rng(3)
    t_years = draw.uniform(0.05, 1.0, CASH_SIZE)
    works = {
        "European price": (SIZE, lambda: hk.price(*book.terms, book.vol, exercise="european")),
        "European price and 8 greeks": (SIZE, lambda: hk.greeks(*book.terms, book.vol, exercise="european")),
        "European implied vol": (SIZE, lambda: hk.implied_vol(book.premium, *book.terms, exercise="european")),
        "American price, yield": (bench_american.SIZE, lambda: hk.price(*columns)),
        "American price, cash dividends": (
            CASH_SIZE,
            lambda: hk.price(sign, 100.0, strike, t_years, 0.04, 0.0, vol, dividends=CASH),
        ),
    }
    table = []
    for work, (size, call) in works.items():
        ours, alone = interleaved(with_threads(call, cores), with_threads(call, 1), ours_size=size, rival_size=size)
        error = f"{alone / ours:.2f} times as fast"
        name = f"{work}, {cores} threads"
        table.append(Row(work=name, rival="one thread", ours_ns=ours, rival_ns=alone, error=error))
    return table
