"""A file of prices: its bytes once, unpacked, as a sheet of columns or a decoded JSON document."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from hedgekit.errors import DataError, MissingExtra
from hedgekit.market.delimited import header_at, in_points, take_remarks
from hedgekit.market.files import PARQUET, ZIP, decoded, label_of, read_bytes, refuse_workbook, shown, unpacked

FileKind: TypeAlias = Literal["json", "parquet", "text"]

LARGEST_BYTES = 2_000_000_000  # unpacked; a packed file that swells beyond this is no price history
_COMMENT = "#"
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
    label, path = label_of(source), Path(source)
    data = read_bytes(source)
    sha256 = hashlib.sha256(data).hexdigest()
    if data.startswith(ZIP):
        for member, inner in _members(label, data):
            inner_label = f"{label}({ascii(member)[1:-1]})"
            yield _decoded(inner_label, path, Path(member).name, inner, sha256, packed=True)
    else:
        yield _decoded(label, path, path.name, unpacked(label, data), sha256)


def _members(label: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            refuse_workbook(label, archive.namelist())
            for member in archive.infolist():
                if not member.is_dir() and not Path(member.filename).name.startswith((".", "_")):
                    with archive.open(member) as stream:
                        yield member.filename, _within(label, stream.read(LARGEST_BYTES + 1))
    except DataError:
        raise
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise DataError(f"{label}: broken zip ({error}). {_CUT}") from None


def _within(label: str, data: bytes) -> bytes:
    if len(data) > LARGEST_BYTES:
        raise DataError(f"{label}: unpacks to more than {LARGEST_BYTES:,} bytes: no price history")
    return data


def _decoded(label: str, path: Path, name: str, data: bytes, sha256: str, *, packed: bool = False) -> PriceFile:
    facts: dict[str, Any] = {"label": label, "path": path, "stem": stem(name), "sha256": sha256, "packed": packed}
    if data.startswith(PARQUET):
        return PriceFile(kind="parquet", sheet=_parquet_sheet(label, data), **facts)
    text = decoded(label, data, "prices")
    if text.lstrip()[:1] in ("{", "["):
        return PriceFile(kind="json", document=_json(label, text), **facts)
    return PriceFile(kind="text", sheet=_text_sheet(label, text), **facts)


def stem(name: str) -> str:
    """Return a file's name without the endings of prices and archives."""
    for ending in (".gz", ".zip", ".csv", ".txt", ".tsv", ".json", ".parquet", ".pq"):
        name = name[: -len(ending)] if name.lower().endswith(ending) else name
    return name


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
    lines = ["" if line.startswith(_COMMENT) else line for line in text.splitlines()]
    start, delimiter = header_at(lines)
    lines = lines[max(start, 0) :]
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    numbers: list[int] = []
    rows: list[list[str]] = []
    try:
        for row in reader:
            # files joined end to end repeat their header
            if any(cell.strip() for cell in row) and not (rows and row == rows[0]):
                numbers.append(reader.line_num + max(start, 0))
                rows.append(row)
    except csv.Error as error:
        raise DataError(f"{label}: line {reader.line_num + max(start, 0)}: {error}: expected CSV") from None
    take_remarks(rows, numbers)
    if not rows:
        raise DataError(f"{label}: no rows in it")
    has_header = not rows[0][0][:1].isdigit()
    width = len(rows[0])
    rows = [_fitted(label, number, row, width) for number, row in zip(numbers, rows, strict=True)]
    start = 1 if has_header else 0
    rows[start:] = in_points(label, numbers[start:], rows[start:], delimiter)
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
