"""The bytes of a source, read once: what kind of file they are, and sentences for those that are none of ours."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from hedgekit.errors import DataError, InputError
from hedgekit.paths import unreadable

FileKind: TypeAlias = Literal["json", "parquet", "text"]

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
LIVE_FORMS = "cboe:TICKER and yahoo:TICKER"
LARGEST = 1 << 30
"""Bytes a packed file may unpack to."""

_PACKED = {
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstandard",
}
_JSON = re.compile(r'\s*(\{|\[\s*([\[{"\d\]-]|true|false|null|NaN|$))')  # a header may begin with [QUOTE_DATE]
_LISTED = 4  # files of an archive that a message names
_SHOWN = 60  # characters of a bad value that an error message repeats


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A file's bytes and what they are.

    Parameters
    ----------
    label : str
        The path as the caller wrote it, for messages.
    name : str
        The file's name alone.
    data : bytes
    sha256 : str
        SHA-256 of the file's bytes (packed, where it is), hexadecimal.
    kind : {"json", "parquet", "text"}
    document : object
        The decoded JSON, or the text; None for parquet.
    memo : dict
        What format modules worked out of it, so that each need not do so again.
    """

    label: str
    name: str
    data: bytes
    sha256: str
    kind: FileKind
    document: Any
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def error(self, message: str) -> DataError:
        """Make the error that says what is wrong with this file."""
        return DataError(f"{self.label}: {message}")


def shown(value: object) -> str:
    """Write a bad value so that any terminal can print it: escaped, and cut when long."""
    text = ascii(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def read_content(source: str | os.PathLike[str]) -> Content:
    """Read a file and tell what kind it is.

    Raises
    ------
    DataError
        When the file cannot be read, is empty, a web page, packed or binary junk, or is JSON that breaks off (with
        line and column).
    InputError
        When `source` is neither text nor a path.
    """
    if not isinstance(source, str | os.PathLike):
        raise InputError(f"source {shown(source)}: expected the path of a file")
    path = Path(source)
    label = ascii(os.fspath(source))[1:-1]
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise DataError(f"{label}: {_unreadable(path, label, error)}") from None
    return content_of(label, path.name, data)


def content_of(label: str, name: str, data: bytes) -> Content:
    """Tell what kind of file some bytes are.

    Parameters
    ----------
    label, name : str
        What the caller asked for, for messages; and what it is called in results.
    data : bytes

    Raises
    ------
    DataError
        When they are empty, a web page, packed or binary junk, or JSON that breaks off (with line and column).
    """
    facts: dict[str, Any] = {"label": label, "name": name, "data": data}
    facts["sha256"] = hashlib.sha256(data).hexdigest()
    if data.startswith(GZIP):
        data = facts["data"] = _unpacked(label, data)
    elif data.startswith(ZIP):
        data = facts["data"] = _unzipped(label, data)
    if data.startswith(b"PAR1"):
        return Content(kind="parquet", document=None, **facts)
    text = _decoded(label, data)
    if _JSON.match(text):
        return Content(kind="json", document=_json(label, text), **facts)
    return Content(kind="text", document=text, **facts)


def _unpacked(label: str, data: bytes) -> bytes:
    unpacked = b""
    try:
        while data:  # a gzip file may hold several members
            one = zlib.decompressobj(wbits=31)
            unpacked += one.decompress(data, LARGEST)
            if one.unconsumed_tail or len(unpacked) > LARGEST:
                raise DataError(f"{label}: unpacks to more than {LARGEST:,} bytes: is it a chain?")
            if not one.eof:
                raise DataError(f"{label}: a gzip archive that breaks off. Download it again.")
            data = one.unused_data.lstrip(b"\0")
    except zlib.error as error:
        raise DataError(f"{label}: a broken gzip archive: {error}. Download it again.") from None
    return unpacked


def _unzipped(label: str, data: bytes) -> bytes:
    """Return the one file in a zip archive; folders and what macOS adds are no files."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = [one for one in archive.infolist() if not (one.is_dir() or one.filename.startswith("__MACOSX/"))]
            if len(files) != 1:
                names = ", ".join(shown(one.filename)[1:-1] for one in files[:_LISTED])
                raise DataError(
                    f"{label}: a zip archive of {len(files)} files ({names}{', ...' if len(files) > _LISTED else ''}): "
                    "unpack it and give one of them"
                )
            if files[0].file_size > LARGEST:
                raise DataError(f"{label}: unpacks to more than {LARGEST:,} bytes: is it a chain?")
            return archive.read(files[0])
    except DataError:
        raise
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        raise DataError(f"{label}: a broken zip archive: {shown(str(error))[1:-1]}. Download it again.") from None


def _unreadable(path: Path, label: str, error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        live = ":" in label and "/" not in label and "." not in label and "\\" not in label
        if live:
            return f"not a file, and no live source; those are {LIVE_FORMS}"
    return unreadable(path, error)


def _decoded(label: str, data: bytes) -> str:
    if not data.strip():
        raise DataError(f"{label}: the file is empty. Download it again.")
    for magic, name in _PACKED.items():
        if data.startswith(magic):
            raise DataError(f"{label}: a {name} archive, not a chain: unpack it first")
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{label}: neither text nor parquet (byte 0x{data[error.start]:02x} at position {error.start:,}): "
            "give a file with option quotes"
        ) from None
    if text.lstrip()[:1] == "<":
        raise DataError(f"{label}: a web page or XML, not option quotes. The download went wrong: fetch it again.")
    return text


def _json(label: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(
            f"{label}: broken JSON at line {error.lineno}, column {error.colno}: {error.msg}. "
            "The file may be cut off: download it again."
        ) from None
    except RecursionError:
        raise DataError(f"{label}: broken JSON: brackets nested too deep. Download it again.") from None
    except ValueError as error:
        raise DataError(f"{label}: broken JSON: {error}. Download it again.") from None
