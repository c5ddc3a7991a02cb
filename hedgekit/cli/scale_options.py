"""Options of the commands whose work is split, and how far they are, said on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

MINUTE = 60
TERMINAL_SECONDS, LOG_SECONDS = 0.5, 30.0
"""A terminal's line is rewritten this often; a log gets a line this often."""


def scale_options(command: F, *, workers: str = "Processes of this machine.  [default: every core allowed]") -> F:
    """Add where the work is done; `workers` is the help of that option."""
    decorators = [
        click.option("--workers", type=int, metavar="N", help=workers),
        click.option(
            "--scheduler",
            metavar="ADDRESS|FILE",
            help="A Dask cluster instead: tcp://HOST:PORT or its scheduler file; needs the extra `scale`.",
        ),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def progress(noun: str, *, quiet: bool, least_seconds: float = 0.0) -> Callable[[int, int, int], None]:
    """Return what is to be called with done, total and failed: a line with time left, or a log's lines.

    Nothing is said of what takes no longer than `least_seconds`.
    """
    from hedgekit.cli.progress import clear_line

    start = time.monotonic()
    terminal = sys.stderr is not None and sys.stderr.isatty()
    state = {"said": start if not terminal else 0.0, "first": -1}

    def watch(done: int, total: int, failed: int) -> None:
        if quiet or sys.stderr is None:
            return
        clear_line()  # this one says more than the common line
        now = time.monotonic()
        if state["first"] < 0:
            state["first"] = done  # kept from an earlier run: they took no time in this one
        over = done >= total
        if now - start < least_seconds:
            return
        if not over and now - state["said"] < (TERMINAL_SECONDS if terminal else LOG_SECONDS):
            return
        state["said"] = now
        fresh = done - state["first"]
        left = "" if over or not fresh else f", {_span((now - start) / fresh * (total - done))} left"
        bad = f", {failed} failed" if failed else ""
        line = f"{done:,} of {total:,} {noun}{bad}, {_span(now - start)}{left}"
        if terminal:
            click.echo(f"\r\x1b[K{line}", err=True, nl=over)
        else:
            click.echo(line, err=True)

    return watch


def _span(seconds: float) -> str:
    """Write a time: "42 s", "12 min", "3 h 20 min"."""
    minutes = round(seconds / MINUTE)
    if minutes < 2:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // MINUTE} h {minutes % MINUTE} min"
