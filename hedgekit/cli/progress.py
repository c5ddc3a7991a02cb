"""What is going on, said on the terminal alone once it takes longer than a second; and a search's time limit."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

FIRST_SECONDS = 1.0
"""Nothing is said of what takes no longer."""


class Line:
    """One line at the foot of the terminal: what is being done, how far it is and how long is left.

    Drawn on standard error from a thread of its own, so that an answer which takes less than a second neither waits
    for it nor loads what draws it.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._done: float | None = None
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self._thread.start()

    def tell(self, what: str, done: float | None = None) -> None:
        """Say what is being done, and which fraction of it is (None: not known)."""
        with self._lock:
            again = what != self._what
            self._what, self._done = what, done
            self._show(again=again)

    def close(self) -> None:
        """Wipe the line: what follows on the terminal is the answer."""
        self._ended.set()
        with self._lock:
            if self._progress is not None:
                self._progress.stop()
                self._progress = None

    def _wait(self) -> None:
        if self._ended.wait(FIRST_SECONDS):
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
        from rich.progress import TimeElapsedColumn as Elapsed
        from rich.progress import TimeRemainingColumn as Left

        words, bar = TextColumn("{task.description}", markup=False), BarColumn(bar_width=24)
        console = Console(stderr=True)
        shown = Progress(words, bar, TaskProgressColumn(), Elapsed(), Left(), console=console, transient=True)
        with self._lock:
            if self._ended.is_set():
                return
            self._progress = shown
            self._task = shown.add_task(self._what, total=None)
            shown.start()
            self._show(again=False)

    def _show(self, *, again: bool) -> None:
        if self._progress is None or self._task is None:
            return
        if again:
            self._progress.reset(self._task, description=self._what, total=None)
        if self._done is not None:
            self._progress.update(self._task, description=self._what, completed=self._done, total=1.0)


_line: Line | None = None


@contextmanager
def working(what: str, *, quiet: bool) -> Iterator[None]:
    """Show a line while something is computed: on a terminal, unless quiet, once it takes longer than a second."""
    global _line
    if quiet or _line is not None or sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    _line = Line(what)
    try:
        yield
    finally:
        clear_line()


def tell(what: str, done: float | None = None) -> None:
    """Say on the line, if there is one, what is being done and which fraction of it is."""
    if _line is not None:
        _line.tell(what, done)


def clear_line() -> None:
    """Wipe the line: what follows on the terminal is the answer."""
    global _line
    if _line is not None:
        _line.close()
        _line = None


def search_watch(*, limit_seconds: float) -> Callable[[int, float], bool]:
    """Return what a search is to call: it says how far it is, and stops the search after `limit_seconds`."""
    start = time.monotonic()

    def watch(legs: int, done: float) -> bool:
        tell(f"tickets of {legs} legs", done)
        return time.monotonic() - start < limit_seconds

    return watch
