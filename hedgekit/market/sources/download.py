"""One document over HTTP, with time-outs, retries that back off, and a copy in the user's cache.

This is the only place that opens a network connection (`yahoo_live` lets yfinance do so).
"""

from __future__ import annotations

import codecs
import http.client
import math
import os
import random
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path

from hedgekit.errors import DataError
from hedgekit.market.files import unpacked

TIMEOUT = 10.0
"""Seconds without a byte after which a server is given up on."""

DEADLINE = 45.0
"""Seconds that one try may take in all: a server that drips is given up on too."""

PAUSES = (0.5, 1.5, 4.0)
"""Seconds between tries, each lengthened at random by up to a half so that many clients do not come back at once."""

LONGEST_WAIT = 10.0
"""Seconds that a server may ask to wait before the next try; asked for longer, we say so and end."""

LARGEST = 1 << 28  # bytes
_CHUNK = 1 << 16
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_ABSENT = frozenset({403, 404, 410})
_HALF = 0.5
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What came, and how old it is.

    Parameters
    ----------
    data : bytes
    age_seconds : float
        Since it was fetched; 0 when it just was.
    trouble : str
        Why the network did not give a newer one; empty when it was not asked, or did.
    """

    data: bytes
    age_seconds: float = 0.0
    trouble: str = ""


class Absent(DataError):
    """The server says that there is no such document."""


def cache_folder() -> Path:
    """Return where copies are kept: ``HEDGEKIT_CACHE``, or hedgekit's folder in the user's cache."""
    if named := os.environ.get("HEDGEKIT_CACHE"):
        return Path(named)
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "hedgekit" / "cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hedgekit"


def download(label: str, url: str, *, cached_as: str, fresh_seconds: float, holds: bytes = b"") -> Download:
    """Fetch a document, or take the copy of it that is fresh, or the old one when the network fails.

    Parameters
    ----------
    label : str
        What the user asked for, for messages.
    url : str
        ``http`` or ``https``.
    cached_as : str
        Name of the copy in the cache.
    fresh_seconds : float
        A copy younger than this is taken without asking.
    holds : bytes
        What the JSON asked for holds somewhere; an answer without it is none, and never kept.

    Raises
    ------
    DataError
        When the network fails and there is no copy.
    Absent
        When the server says that there is no such document.
    """
    if not url.startswith(("http://", "https://")):
        raise DataError(f"{label}: the address {url!r} is not an http or https address")
    path = cache_folder() / cached_as
    copy = kept(path, holds)
    if copy is not None and copy.age_seconds <= fresh_seconds:
        return copy
    try:
        data = fetch(label, url, holds=holds)
    except Absent:
        raise
    except DataError as error:
        if copy is None:
            raise
        return Download(data=copy.data, age_seconds=copy.age_seconds, trouble=str(error).removeprefix(f"{label}: "))
    keep(path, data)
    return Download(data=data)


def fetch(label: str, url: str, *, holds: bytes = b"") -> bytes:
    """Fetch a JSON document that holds something, trying again where that may help.

    A server that says when to come back (``Retry-After``) is asked again then, if it is soon.

    Raises
    ------
    DataError
        When every try failed; says how the last one did.
    Absent
        When the server says that there is no such document.
    """
    trouble = ""
    for pause in (*PAUSES, None):
        wait = 0.0
        try:
            data = _once(url)
        except urllib.error.HTTPError as error:
            trouble = f"the server answers {error.code} {str(error.reason).splitlines()[0]}".rstrip()
            if error.code in _ABSENT:
                raise Absent(f"{label}: {trouble} at {url}: is the ticker right?") from None
            if error.code not in _RETRIED:
                break
            wait = _asked_to_wait(error.headers.get("Retry-After"))
            if wait > LONGEST_WAIT:
                trouble += f" and asks to come back in {spoken_age(wait)}"
                break
        except TimeoutError:
            trouble = f"no answer within {TIMEOUT:g} seconds"
        except (
            urllib.error.URLError,
            http.client.HTTPException,
            OSError,
            ValueError,
        ) as error:  # ValueError: no address
            reason = getattr(error, "reason", error)
            trouble = f"no answer within {TIMEOUT:g} seconds" if isinstance(reason, TimeoutError) else _plain(reason)
        else:
            trouble = trouble_with(data, holds)
            if not trouble:
                return unpacked(label, data)
        if pause is not None:
            time.sleep(max(pause * (1.0 + _HALF * random.random()), wait))
    raise DataError(f"{label}: could not be fetched from {url}: {trouble}. Try again later, or give a downloaded file.")


def trouble_with(data: bytes, holds: bytes) -> str:
    """Say why an answer is not the JSON asked for; empty when it looks so."""
    try:
        data = unpacked("", data)
    except DataError:
        return "the answer breaks off"
    text = data.removeprefix(codecs.BOM_UTF8).strip()
    if not text:
        return "the answer is empty"
    if text[:1] == b"<":
        return "the server answers with a web page instead of quotes"
    if text[-1:] not in (b"}", b"]"):
        return "the answer breaks off"
    if holds not in text:
        return "the server answers without quotes of options"
    return ""


def _asked_to_wait(text: str | None) -> float:
    """Return the seconds of a ``Retry-After`` header, which may be a date; 0 without one that can be read."""
    if not text:
        return 0.0
    try:
        return max(float(text), 0.0) if math.isfinite(float(text)) else 0.0
    except ValueError:
        pass
    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
    except (TypeError, ValueError, OverflowError):
        return 0.0


def _plain(reason: object) -> str:
    if isinstance(reason, http.client.IncompleteRead):
        return "the answer breaks off"
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror
    return str(reason) or type(reason).__name__


def _once(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"User-Agent": "hedgekit", "Accept": "application/json"})
    ends = time.monotonic() + DEADLINE
    pieces: list[bytes] = []
    size = 0
    # an opener of its own: the shared one keeps the proxies of the first call
    with urllib.request.build_opener().open(request, timeout=TIMEOUT) as answer:
        wanted = answer.headers.get("Content-Length")
        while piece := answer.read1(_CHUNK):
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST:
                raise OSError(f"the answer is longer than {LARGEST:,} bytes")
            if time.monotonic() > ends:
                raise TimeoutError
    if wanted is not None and wanted.isdigit() and size < int(wanted):
        raise http.client.IncompleteRead(b"", int(wanted) - size)
    return b"".join(pieces)


def kept(path: Path, holds: bytes) -> Download | None:
    """Return the copy in the cache; None when there is none that can be read, or something broke it."""
    try:
        copy = Download(data=path.read_bytes(), age_seconds=max(time.time() - path.stat().st_mtime, 0.0))
    except OSError:
        return None
    return None if trouble_with(copy.data, holds) else copy


def keep(path: Path, data: bytes) -> None:
    """Put a copy into the cache, whole or not at all; a cache that cannot be written is done without."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError:
        return


def spoken_age(seconds: float) -> str:
    """Say an age in words.

    Examples
    --------
    >>> spoken_age(42), spoken_age(600), spoken_age(7300), spoken_age(200_000)
    ('42 seconds', '10 minutes', '2.0 hours', '2.3 days')
    """
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} seconds"
    if seconds < 2 * _HOUR:
        return f"{seconds / _MINUTE:.0f} minutes"
    return f"{seconds / _HOUR:.1f} hours" if seconds < 2 * _DAY else f"{seconds / _DAY:.1f} days"
