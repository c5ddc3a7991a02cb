"""Times ours against a named rival in the same run; only the ratio is quoted, the machine being noisy."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table: nanoseconds an option for us and for the rival, and our error."""

    work: str
    rival: str
    ours_ns: float
    rival_ns: float
    error: str

    @property
    def ratio(self) -> float:
        return self.ours_ns / self.rival_ns


def best_of(call: Callable[[], object], *, size: int, repeats: int = 5) -> float:
    """Nanoseconds an element, the best of `repeats` after one warm-up call."""
    call()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times) / size * 1e9


def interleaved(
    ours: Callable[[], object], rival: Callable[[], object], *, ours_size: int, rival_size: int, repeats: int = 5
) -> tuple[float, float]:
    """Time both in turn, A B A B, so that a drift of the machine's speed hits both; best of each, ns an element."""
    ours()
    rival()
    ours_times, rival_times = [], []
    for _ in range(repeats):
        for call, times in ((ours, ours_times), (rival, rival_times)):
            start = time.perf_counter()
            call()
            times.append(time.perf_counter() - start)
    return min(ours_times) / ours_size * 1e9, min(rival_times) / rival_size * 1e9
