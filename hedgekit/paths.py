"""Why a file that was named cannot be read, and what was probably meant."""

from __future__ import annotations

import re
from pathlib import Path

_QUOTES = "\u2018\u2019\u201c\u201d\u00ab\u00bb"
_WINDOWS = re.compile(r"([A-Za-z]):\\(.*)")


def unreadable(path: Path, error: OSError | ValueError) -> str:
    r"""Say why a path cannot be read; for one that is not there, what was probably meant.

    Parameters
    ----------
    path : Path
        As it was given.
    error : OSError or ValueError
        What reading it raised; a NUL in a path is a ValueError.

    Examples
    --------
    >>> unreadable(Path("C:\\Users\\me\\IWM.json"), FileNotFoundError(2, "No such file or directory"))
    'no such file (in WSL a Windows disk is /mnt: /mnt/c/Users/me/IWM.json)'
    """
    if isinstance(error, FileNotFoundError):
        return f"no such file{_meant(path)}"
    if isinstance(error, IsADirectoryError):
        return "a directory, not a file: give the file itself"
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"cannot be read: {reason}"


def _meant(path: Path) -> str:
    """Return a remedy in brackets, or nothing."""
    text = str(path)
    if text[:1] in _QUOTES or text[-1:] in _QUOTES:
        return " (typographic quotes belong to the name here: write straight ones)"
    if found := _WINDOWS.fullmatch(text):
        disk, below = found.groups()
        return ascii(f" (in WSL a Windows disk is /mnt: /mnt/{disk.lower()}/{below.replace(chr(92), '/')})")[1:-1]
    from difflib import get_close_matches

    try:
        beside = {one.name.lower(): one.name for one in path.parent.iterdir()}
    except OSError:
        return ""
    near = get_close_matches(path.name.lower(), beside, n=1, cutoff=0.75)
    return f" (did you mean {ascii(str(path.parent / beside[near[0]]))[1:-1]}?)" if near else ""
