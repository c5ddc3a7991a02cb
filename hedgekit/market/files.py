"""The bytes of a file that somebody names: read, unpacked, decoded, and sentences for what can be none of ours."""

from __future__ import annotations

import io
import os
import re
import zipfile
import zlib
from pathlib import Path

from hedgekit.errors import DataError
from hedgekit.paths import unreadable

GZIP, ZIP, PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"PAR1"
LARGEST = 1 << 30
"""Bytes a packed file may unpack to."""

_LISTED = 4  # files of an archive that a message names
_SHOWN = 60  # characters of a bad value that an error message repeats
_AGAIN = "Download it again."
_PACKED = {
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstandard",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "rar",
}
_OTHER = {
    b"%PDF": "a PDF document: fetch the table itself, as CSV",
    b"\x89PNG": "a picture: fetch the table itself, as CSV",
    b"\xff\xd8\xff": "a picture: fetch the table itself, as CSV",
    b"GIF8": "a picture: fetch the table itself, as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: save its sheet as CSV",
    b"SQLite format 3": "a database: export the table as CSV",
    b"ARROW1": "an Arrow (Feather) file: save it as parquet or CSV",
    b"\x89HDF": "an HDF5 file: save the table as parquet or CSV",
}
_WORKBOOKS = {"xl/": "an Excel workbook", "content.xml": "a LibreOffice workbook"}
_MARKUP = re.compile(r"\s*<(?!\w+>\s*[,;\t])")  # a header may be <TICKER>,<DATE>,...
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")  # no text has them


def shown(value: object) -> str:
    """Write a bad value so that any terminal can print it: escaped, and cut when long."""
    text = ascii(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def label_of(source: str | os.PathLike[str]) -> str:
    """Return a path as messages write it."""
    return ascii(os.fspath(source))[1:-1]


def read_bytes(source: str | os.PathLike[str]) -> bytes:
    """Read a file.

    Raises
    ------
    DataError
        When it cannot be read.
    """
    path = Path(source)
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise DataError(f"{label_of(source)}: {unreadable(path, error)}") from None


def unpacked(label: str, data: bytes) -> bytes:
    """Return what a gzip file, or a zip archive of one file, holds; other bytes as they are.

    Raises
    ------
    DataError
        When the archive is broken, unpacks to more than `LARGEST`, or holds several files.
    """
    if data.startswith(GZIP):
        return _gunzipped(label, data)
    return _unzipped(label, data) if data.startswith(ZIP) else data


def decoded(label: str, data: bytes, wanted: str) -> str:
    """Return the text in some bytes: UTF-8 or UTF-16, or the one-byte letters that Excel writes on Windows.

    Parameters
    ----------
    label : str
    data : bytes
    wanted : str
        What they should hold, for messages: "option quotes".

    Raises
    ------
    DataError
        When they are empty, a web page, a picture, a workbook or other binary junk.
    """
    if not data.strip():
        raise DataError(f"{label}: the file is empty. {_AGAIN}")
    for magic, name in _PACKED.items():
        if data.startswith(magic):
            raise DataError(f"{label}: a {name} archive, not {wanted}: unpack it first")
    for magic, what in _OTHER.items():
        if data.startswith(magic):
            raise DataError(f"{label}: {what}")
    text = _text(label, data, wanted)
    if _MARKUP.match(text):
        raise DataError(f"{label}: a web page or XML, not {wanted}. The download went wrong: fetch it again.")
    return text


def _text(label: str, data: bytes, wanted: str) -> str:
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        if wide or _CONTROL.search(data):
            raise DataError(
                f"{label}: neither text nor parquet (byte 0x{data[error.start]:02x} at position {error.start:,}): "
                f"give a file with {wanted}"
            ) from None
        text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        raise DataError(f"{label}: not a text file (it holds NUL bytes): give a file with {wanted}")
    return text


def _gunzipped(label: str, data: bytes) -> bytes:
    pieces: list[bytes] = []
    size = 0
    try:
        while data:  # a gzip file may hold several members
            one = zlib.decompressobj(wbits=31)
            pieces.append(one.decompress(data, LARGEST))
            size += len(pieces[-1])
            if one.unconsumed_tail or size > LARGEST:
                raise DataError(f"{label}: unpacks to more than {LARGEST:,} bytes: is it the right file?")
            if not one.eof:
                raise DataError(f"{label}: a gzip archive that breaks off. {_AGAIN}")
            data = one.unused_data.lstrip(b"\0")
    except zlib.error as error:
        raise DataError(f"{label}: a broken gzip archive: {error}. {_AGAIN}") from None
    return b"".join(pieces)


def _unzipped(label: str, data: bytes) -> bytes:
    """Return the one file in a zip archive; folders and what macOS adds are no files."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = [one for one in archive.infolist() if not (one.is_dir() or one.filename.startswith("__MACOSX/"))]
            refuse_workbook(label, [one.filename for one in files])
            if len(files) != 1:
                names = ", ".join(shown(one.filename)[1:-1] for one in files[:_LISTED])
                raise DataError(
                    f"{label}: a zip archive of {len(files)} files ({names}{', ...' if len(files) > _LISTED else ''}): "
                    "unpack it and give one of them"
                )
            if files[0].file_size > LARGEST:
                raise DataError(f"{label}: unpacks to more than {LARGEST:,} bytes: is it the right file?")
            return archive.read(files[0])
    except DataError:
        raise
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        raise DataError(f"{label}: a broken zip archive: {shown(str(error))[1:-1]}. {_AGAIN}") from None


def refuse_workbook(label: str, names: list[str]) -> None:
    """Refuse an archive that is a workbook.

    Raises
    ------
    DataError
    """
    for part, what in _WORKBOOKS.items():
        if any(name.startswith(part) for name in names):
            raise DataError(f"{label}: {what}: save its sheet as CSV")
