"""How far a search is, said on the terminal alone; and its time limit."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import click

FIRST_SECONDS, EVERY_SECONDS = 1.0, 0.5
"""Nothing is said of what takes no longer; afterwards a line is rewritten this often."""


def search_watch(*, quiet: bool, limit_seconds: float) -> Callable[[int, float], bool]:
    """Return what a search is to call: it says how far it is on a terminal, and stops it after a time.

    Parameters
    ----------
    quiet : bool
    limit_seconds : float
        The search is stopped after so long.
    """
    start = time.monotonic()
    said = start + FIRST_SECONDS - EVERY_SECONDS
    shown = not quiet and sys.stderr is not None and sys.stderr.isatty()

    def watch(legs: int, done: float) -> bool:
        nonlocal said
        now = time.monotonic()
        if shown and now - said >= EVERY_SECONDS:
            said = now
            click.echo(f"\rsearching tickets of {legs} legs: {done:4.0%}, {now - start:.0f} s", err=True, nl=False)
        return now - start < limit_seconds

    return watch


def clear_line(*, quiet: bool) -> None:
    """Wipe the line that a watch has left on the terminal."""
    if not quiet and sys.stderr is not None and sys.stderr.isatty():
        click.echo("\r\x1b[K", err=True, nl=False)
