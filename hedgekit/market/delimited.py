"""Delimited text as people and programs write it: any usual delimiter, remarks around the table, decimal commas.

Europe's Excel writes ``290,15`` and parts cells with semicolons; a comma between digits is then the decimal point and a
period stands between thousands. Which of the two a file means is decided once for all its cells, by those that can be
read in one way alone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from hedgekit.errors import DataError

DELIMITERS = (",", ";", "\t", "|")
PREAMBLE_LINES = 20
"""Lines that may stand above a header."""

_SEPARATOR = re.compile(r"\"?sep=(.)\"?\s*", re.IGNORECASE)  # Excel's own first line
_SIGNED = r"[-+]?\s*\$?\s*"
_STARTS_WITH_0 = re.compile(r"[-+$\s]*0")
_COMMA_NUMBER = re.compile(rf"{_SIGNED}(?:\d{{1,3}}(?:\.\d{{3}})*|\d+),\d+\s*[%KMB]?", re.ASCII)
_THOUSANDS = re.compile(rf"{_SIGNED}\d{{1,3}}(?:,\d{{3}})+\s*%?", re.ASCII)
_POINT_NUMBER = re.compile(rf"{_SIGNED}(?:\d{{1,3}}(?:,\d{{3}})+|\d*)\.\d+\s*%?", re.ASCII)
_POINT_THOUSANDS = re.compile(rf"({_SIGNED})(\d{{1,3}}(?:\.\d{{3}})+)(\s*%?)", re.ASCII)
_NUMBER = re.compile(r"[-+$]?\s*[\d.,]+\s*%?", re.ASCII)
_WORD = re.compile(r"[^\W\d]{2,}")
_WORDS = 4  # of a remark; a symbol in words has three, and a line cut off after it is no remark


@dataclass(frozen=True, slots=True, kw_only=True)
class Delimited:
    """A table in text.

    Parameters
    ----------
    delimiter : str
    names : tuple of str
        The header's cells, stripped.
    numbers : list of int
        The line in the file of each row.
    rows : list of list of str
        As many cells each as there are names.
    remarks : tuple of (line, text)
        Below the table: who made it, "as of".
    """

    delimiter: str
    names: tuple[str, ...]
    numbers: list[int]
    rows: list[list[str]]
    remarks: tuple[tuple[int, str], ...] = ()


def delimiter_of(header: str) -> str:
    """Return the delimiter that cuts a header into most cells."""
    return max(DELIMITERS, key=header.count)


def header_at(lines: Sequence[str]) -> tuple[int, str]:
    """Return which line is the header and what delimits its cells; -1 when no line is one.

    The first line of several names over a line of as many cells, among the first lines; else the first of several
    cells, else the first. Titles, comments and Excel's ``sep=;`` are passed over.
    """
    delimiter = ""
    first = -1
    tried = [at for at, line in enumerate(lines[: 2 * PREAMBLE_LINES]) if line.strip()][:PREAMBLE_LINES]
    for place, at in enumerate(tried):
        if place == 0 and (told := _SEPARATOR.fullmatch(lines[at])):
            delimiter = told[1]
            continue
        own = delimiter or delimiter_of(lines[at])
        cells = _cells(lines[at], own)
        filled = [cell for cell in cells if cell]
        if len(filled) < 2:
            continue
        if first < 0:
            first = at
        below = _cells(lines[tried[place + 1]], own) if place + 1 < len(tried) else []
        if not any(_NUMBER.fullmatch(cell) for cell in filled) and len(_trimmed(below)) <= len(cells) <= len(below) + 1:
            return at, own
    if first < 0 and tried:
        first = tried[-1] if delimiter and len(tried) == 1 else tried[1 if delimiter else 0]
    return first, delimiter or (delimiter_of(lines[first]) if first >= 0 else ",")


def read_delimited(label: str, text: str) -> Delimited | None:
    """Return a table with one header line; None when there is none, or nothing below it.

    Raises
    ------
    DataError
        When a line has other than the header's number of cells, or quotes that do not close.
    """
    lines = text.splitlines()
    start, delimiter = header_at(lines)
    if start < 0:
        return None
    return read_below(label, lines, start, delimiter)


def read_below(label: str, lines: Sequence[str], start: int, delimiter: str) -> Delimited | None:
    """Return the table whose header is a given line; see `read_delimited`."""
    reader = csv.reader(lines[start:], delimiter=delimiter, skipinitialspace=True)
    header: list[str] = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = cells
            elif cells != header:  # files joined end to end repeat their header
                rows.append(cells)
                numbers.append(reader.line_num + start)
    except csv.Error as error:
        raise DataError(f"{label}: line {reader.line_num + start}: {error}: expected CSV") from None
    remarks = take_remarks(rows, numbers)
    width = len(header)
    for at, cells in enumerate(rows):
        if len(cells) != width:
            rows[at] = _fitted(label, numbers[at], cells, width)
    if not rows:
        return None
    rows = in_points(label, numbers, rows, delimiter)
    return Delimited(
        delimiter=delimiter,
        names=tuple(name.strip() for name in header),
        numbers=numbers,
        rows=rows,
        remarks=remarks,
    )


def in_points(label: str, numbers: Sequence[int], rows: list[list[str]], delimiter: str) -> list[list[str]]:
    """Return rows with decimal points, whichever way their numbers were written.

    Parameters
    ----------
    label : str
        For messages.
    numbers : sequence of int
        The line of each row.
    rows : list of list of str
    delimiter : str
        A semicolon is what parts cells where the comma is a decimal point: then nothing is taken for granted.

    Raises
    ------
    DataError
        When no number of a file with semicolons tells what 1,700 or 1.700 in it means.

    Examples
    --------
    >>> in_points("t", [2], [["7,25", "1.204"]], ";"), in_points("t", [2], [["7.25", "1,204"]], ";")
    ([['7.25', '1204']], [['7.25', '1,204']])
    """
    commas, doubtful = False, ""
    for number, cells in zip(numbers, rows, strict=True):
        for cell in cells:
            if "," not in cell and "." not in cell:
                continue
            meaning = _meaning(cell.strip())
            if meaning == "point":
                return rows
            commas = commas or meaning == "comma"
            if meaning == "either" and not doubtful:
                doubtful = f"line {number}: {cell.strip()!a}"
    if commas:
        return [[with_point(cell) for cell in cells] for cells in rows]
    if doubtful and delimiter == ";":
        raise DataError(
            f"{label}: {doubtful} can be read in two ways, and no other number of the file tells which sign is its "
            "decimal point: write it without the one between thousands, or with two decimals"
        )
    return rows


def _meaning(text: str) -> str:
    """Return what a cell tells of a file's decimal point: "point", "comma", "either", or nothing."""
    if "," in text:
        if _POINT_NUMBER.fullmatch(text):  # 1,204.5
            return "point"
        if _COMMA_NUMBER.fullmatch(text):
            return "either" if _THOUSANDS.fullmatch(text) and not _STARTS_WITH_0.match(text) else "comma"
        return "point" if _THOUSANDS.fullmatch(text) else ""  # 1,204,000
    if found := _POINT_THOUSANDS.fullmatch(text):
        if found[2].count(".") > 1:  # 1.204.000
            return "comma"
        return "point" if _STARTS_WITH_0.match(text) else "either"
    return "point" if _POINT_NUMBER.fullmatch(text) else ""


def with_point(cell: str) -> str:
    """Return a cell of a file with decimal commas as files with decimal points write it.

    Examples
    --------
    >>> [with_point(cell) for cell in ("290,15", "25.000", "1.204,5", "17.06.2026", "IWM")]
    ['290.15', '25000', '1204.5', '17.06.2026', 'IWM']
    """
    text = cell.strip()
    if _COMMA_NUMBER.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    found = _POINT_THOUSANDS.fullmatch(text)
    return f"{found[1]}{found[2].replace('.', '')}{found[3]}" if found else cell


def take_remarks(rows: list[list[str]], numbers: list[int]) -> tuple[tuple[int, str], ...]:
    """Take lines of a single remark off the end of a table, and return them with their numbers."""
    found: list[tuple[int, str]] = []
    while rows:
        filled = [cell.strip() for cell in rows[-1] if cell.strip()]
        if len(filled) != 1 or len(_WORD.findall(filled[0])) < _WORDS:
            break
        found.append((numbers.pop(), filled[0]))
        rows.pop()
    return tuple(reversed(found))


def _fitted(label: str, number: int, cells: list[str], width: int) -> list[str]:
    """Return a row of exactly `width` cells; some programs end every line with a delimiter."""
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        return cells[:width]
    raise DataError(
        f"{label}: line {number}: {len(cells)} cells, the header has {width}: the file may be cut off or mixed"
    )


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])]
    except csv.Error:
        return []


def _trimmed(cells: Sequence[str]) -> list[str]:
    kept = list(cells)
    while kept and not kept[-1]:
        kept.pop()
    return kept
