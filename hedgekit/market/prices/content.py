"""A file of prices: its bytes once, unpacked, as a sheet of columns or a decoded JSON document."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from hedgekit.errors import DataError, MissingExtra
from hedgekit.market.sources.content import shown
from hedgekit.paths import unreadable

FileKind: TypeAlias = Literal["json", "parquet", "text"]

LARGEST_BYTES = 2_000_000_000  # unpacked; a packed file that swells beyond this is no price history
_DELIMITERS = ",;\t|"
_COMMENT = "#"
_FOOTER = "downloaded from "  # the last line of Barchart's tables
_MARKUP = re.compile(r"\s*<(?!(ticker|date)>)", re.IGNORECASE)  # Stooq's header is in such brackets
_CUT = "The file may be cut off: download it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Rows under a header, by column.

    Parameters
    ----------
    names : tuple of str
        The header's cells, stripped; empty strings when the file has no header.
    lines : sequence of int
        Line number in the file (row number in parquet) of each row, for messages.
    columns : tuple of sequences
        One sequence of cells a name, each as long as `lines`.
    has_header : bool
        Whether the first line names columns.
    """

    names: tuple[str, ...]
    lines: Sequence[int]
    columns: tuple[Sequence[Any], ...]
    has_header: bool = True

    def from_row(self, start: int) -> Sheet:
        """Return the sheet without its first rows."""
        return Sheet(
            names=self.names,
            lines=self.lines[start:],
            columns=tuple(column[start:] for column in self.columns),
            has_header=self.has_header,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFile:
    """One file of prices.

    Parameters
    ----------
    label : str
        The path as the caller wrote it (and the member of a zip), for messages.
    path : Path
        Where it lies: the folder is searched for files that belong to it.
    stem : str
        The name without folder and endings, from which a ticker may be read.
    sha256 : str
        Of the file's bytes, hexadecimal.
    kind : {"json", "parquet", "text"}
    document : object
        The decoded JSON; None otherwise.
    sheet : Sheet or None
        The rows of text and parquet.
    packed : bool
        Whether it came out of a zip.
    """

    label: str
    path: Path
    stem: str
    sha256: str
    kind: FileKind
    document: Any = None
    sheet: Sheet | None = None
    packed: bool = False

    @property
    def name(self) -> str:
        """The file's name without folders, for notes."""
        return Path(self.label).name

    def error(self, message: str) -> DataError:
        """Make the error that says what is wrong with this file."""
        return DataError(f"{self.label}: {message}")

    def bad(self, row: int, column: str, value: object, expected: str) -> DataError:
        """Make the error about one cell: names line, column and value."""
        word = "row" if self.kind == "parquet" else "line"
        place = f"{word} {self.sheet.lines[row]}" if self.sheet else f"rows[{row}]"
        return self.error(f"{place}: {shown(column)[1:-1]} is {shown(value)}, expected {expected}")


def read_files(source: str | os.PathLike[str]) -> Iterator[PriceFile]:
    """Read one path: a file, or every member of a zip.

    Raises
    ------
    DataError
        When it cannot be read, is empty, a web page, broken or of no kind known here.
    """
    label = ascii(os.fspath(source))[1:-1]
    path = Path(source)
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise DataError(f"{label}: {unreadable(path, error)}") from None
    sha256 = hashlib.sha256(data).hexdigest()
    name = path.name
    for inner_label, inner_name, inner in _unpacked(label, name, data):
        yield _decoded(inner_label, path, inner_name, inner, sha256, packed=inner_label != label)


def _unpacked(label: str, name: str, data: bytes) -> Iterator[tuple[str, str, bytes]]:
    if data.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(io.BytesIO(data)) as stream:
                inner = stream.read(LARGEST_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"{label}: broken gzip ({error}). {_CUT}") from None
        yield label, name, _within(label, inner)
    elif data.startswith(b"PK\x03\x04"):
        yield from _members(label, data)
    else:
        yield label, name, data


def _members(label: str, data: bytes) -> Iterator[tuple[str, str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                if not member.is_dir() and not Path(member.filename).name.startswith((".", "_")):
                    with archive.open(member) as stream:
                        inner = _within(label, stream.read(LARGEST_BYTES + 1))
                    shown_name = ascii(member.filename)[1:-1]
                    yield f"{label}({shown_name})", Path(member.filename).name, inner
    except DataError:
        raise
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise DataError(f"{label}: broken zip ({error}). {_CUT}") from None


def _within(label: str, data: bytes) -> bytes:
    if len(data) > LARGEST_BYTES:
        raise DataError(f"{label}: unpacks to more than {LARGEST_BYTES:,} bytes: no price history")
    return data


def _decoded(label: str, path: Path, name: str, data: bytes, sha256: str, *, packed: bool) -> PriceFile:
    facts: dict[str, Any] = {"label": label, "path": path, "stem": stem(name), "sha256": sha256, "packed": packed}
    if data.startswith(b"PAR1"):
        return PriceFile(kind="parquet", sheet=_parquet_sheet(label, data), **facts)
    text = _text(label, data)
    if text.lstrip()[:1] in ("{", "["):
        return PriceFile(kind="json", document=_json(label, text), **facts)
    return PriceFile(kind="text", sheet=_text_sheet(label, text), **facts)


def stem(name: str) -> str:
    """Return a file's name without the endings of prices and archives."""
    for ending in (".gz", ".zip", ".csv", ".txt", ".tsv", ".json", ".parquet", ".pq"):
        name = name[: -len(ending)] if name.lower().endswith(ending) else name
    return name


def _text(label: str, data: bytes) -> str:
    if not data.strip():
        raise DataError(f"{label}: the file is empty. Download it again.")
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{label}: neither text nor parquet (byte 0x{data[error.start]:02x} at position {error.start:,}): "
            "give CSV, JSON, parquet or a zip of them"
        ) from None
    if "\0" in text:
        raise DataError(f"{label}: not a text file (it holds NUL bytes): give CSV, JSON, parquet or a zip of them")
    if _MARKUP.match(text):
        raise DataError(f"{label}: a web page or XML, not prices. The download went wrong: fetch it again.")
    return text


def _json(label: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(
            f"{label}: broken JSON at line {error.lineno}, column {error.colno}: {error.msg}. {_CUT}"
        ) from None
    except (RecursionError, ValueError) as error:
        raise DataError(f"{label}: broken JSON: {shown(str(error))[1:-1]}") from None


def _text_sheet(label: str, text: str) -> Sheet:
    lines = text.splitlines()
    first = next((line for line in lines if line.strip() and not line.startswith(_COMMENT)), "")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    try:
        read = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise DataError(f"{label}: line {reader.line_num}: {error}: expected CSV") from None
    numbers, rows = [], []
    for number, row in read:
        if any(cell.strip() for cell in row) and not row[0].startswith(_COMMENT):
            numbers.append(number)
            rows.append(row)
    if rows and rows[-1][0].strip().lower().startswith(_FOOTER):
        rows.pop()
        numbers.pop()
    if not rows:
        raise DataError(f"{label}: no rows in it")
    has_header = not rows[0][0][:1].isdigit()
    width = len(rows[0])
    rows = [_fitted(label, number, row, width) for number, row in zip(numbers, rows, strict=True)]
    start = 1 if has_header else 0
    if len(rows) == start:
        raise DataError(f"{label}: no rows below its header")
    names = tuple(cell.strip() for cell in rows[0]) if has_header else ("",) * width
    return Sheet(
        names=names,
        lines=numbers[start:],
        columns=tuple(zip(*rows[start:], strict=True)),
        has_header=has_header,
    )


def _fitted(label: str, number: int, row: list[str], width: int) -> list[str]:
    """Return a row of exactly `width` cells; blanks may be missing or too many at its end."""
    if len(row) == width:
        return row
    if len(row) > width and not any(cell.strip() for cell in row[width:]):
        return row[:width]
    raise DataError(f"{label}: line {number}: {len(row)} cells, the header has {width}. {_CUT}")


def _parquet_sheet(label: str, data: bytes) -> Sheet:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise MissingExtra(f"{label}: reading parquet needs pyarrow: pip install pyarrow") from None
    broken = (pyarrow.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError)
    try:
        table = pyarrow.parquet.read_table(io.BytesIO(data))
        columns = tuple(_arrow_cells(column) for column in table.itercolumns())
    except broken as error:
        raise DataError(f"{label}: broken parquet: {shown(str(error))[1:-1]}. Download it again.") from None
    if not table.num_rows:
        raise DataError(f"{label}: no rows in it")
    return Sheet(names=tuple(table.column_names), lines=range(1, table.num_rows + 1), columns=columns)


def _arrow_cells(column: Any) -> Sequence[Any]:
    import numpy as np
    import pyarrow

    if pyarrow.types.is_floating(column.type) or pyarrow.types.is_integer(column.type):
        values: Sequence[Any] = np.asarray(column.to_numpy(), dtype=np.float64)  # type: ignore[assignment]
        return values
    cells: Iterable[Any] = column.to_pylist()
    return list(cells)
