"""Keep what C code prints out of the answer on standard output."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_ALONE = threading.Lock()  # standard output is the whole process's: two threads must not restore each other's


@contextmanager
def stdout_kept() -> Iterator[None]:
    """Send what is printed below Python, while this lasts, to standard error.

    HiGHS writes a line of its own to standard output when it mends a rounded solution, whatever its options say; in the
    midst of an answer in JSON that line would break it.

    Examples
    --------
    >>> with stdout_kept():
    ...     pass
    """
    with _ALONE:
        try:
            kept = os.dup(1)
        except OSError:  # closed: nothing printed can reach it
            yield
            return
        libc = ctypes.CDLL(None)
        try:
            if sys.stdout is not None:
                sys.stdout.flush()
            libc.fflush(None)
            with suppress(OSError):  # no standard error to send it to
                os.dup2(2, 1)
            yield
        finally:
            libc.fflush(None)  # C keeps lines back until its own buffer is full
            os.dup2(kept, 1)
            os.close(kept)
