"""One call's options shared among threads, the answers the same bits for any number of them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from hedgekit.errors import InputError

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

PIECES = 16
"""Pieces that a call is cut into, unless its options are too few for that or very many."""


def threads() -> int:
    """Return how many threads large arrays are shared among.

    ``HEDGEKIT_THREADS`` when it is set, else the cores this process may use.

    Raises
    ------
    InputError
        When ``HEDGEKIT_THREADS`` is not a positive whole number.
    """
    text = os.environ.get("HEDGEKIT_THREADS", "").strip()
    if not text:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not text.isdigit() or int(text) < 1:
        raise InputError(f"HEDGEKIT_THREADS is {text!r}: give a whole number of 1 or more")
    return int(text)


def share(run: Callable[[slice], None], size: int, grain: int) -> None:
    """Run a kernel over slices of the columns, in threads when there is enough to share.

    Parameters
    ----------
    run : callable
        Solves the options of one slice; releases the GIL while it does.
    size : int
        How many options there are.
    grain : int
        Fewest options in a slice.

    Notes
    -----
    Options that share a kernel's lanes do the same number of steps, so the last bits of one depend on which others are
    in its slice: the slices depend on the count of options alone, never on the threads.

    Each thread walks a run of neighbouring slices of its own, and takes from the far end of another's once it is
    through. The pages of fresh outputs come from the system at the first touch, many slices in one (2 MB) page: were
    neighbours solved at the same time, every page would be waited for, or cleared, twice.
    """
    pieces = max(1, size // max(grain, min(size // PIECES, PIECES * grain)))
    slices = [slice(a, b) for a, b in pairwise(size * i // pieces for i in range(pieces + 1))]
    hands = min(threads(), pieces)
    if hands == 1:
        for piece in slices:
            run(piece)
        return
    lanes = [deque(slices[pieces * i // hands : pieces * (i + 1) // hands]) for i in range(hands)]
    helpers: list[Future[None]] = []
    try:
        with suppress(RuntimeError):  # no more threads to be had, or Python is shutting down: this one does it all
            helpers.extend(_pool(hands - 1, os.getpid()).submit(_work, run, lanes, own) for own in range(1, hands))
        _work(run, lanes, 0)
    finally:
        for lane in lanes:
            lane.clear()  # after an error nothing new is begun
        begun = [helper for helper in helpers if not helper.cancel()]
        errors = [helper.exception() for helper in begun]  # waits: the outputs are theirs until they are done
    for error in errors:
        if error is not None:
            raise error


def _work(run: Callable[[slice], None], lanes: list[deque[slice]], own: int) -> None:
    """Solve the slices of one's own lane from its start, then those of others from their ends."""
    for turn in range(len(lanes)):
        lane = lanes[(own + turn) % len(lanes)]
        take = lane.pop if turn else lane.popleft
        while True:
            try:
                piece = take()
            except IndexError:
                break
            run(piece)


@lru_cache(maxsize=1)
def _pool(helpers: int, _process: int) -> ThreadPoolExecutor:
    """Return the threads beside the caller's own; a forked child, having none of them, makes its own."""
    from concurrent.futures import ThreadPoolExecutor  # costs more than the first price

    return ThreadPoolExecutor(helpers, thread_name_prefix="hedgekit")
