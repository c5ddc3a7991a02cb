"""A file as a table of cells: CSV of any usual delimiter, parquet, or a JSON list of objects."""

from __future__ import annotations

import csv
import re
from typing import Any

from hedgekit.market.sources.content import Content
from hedgekit.market.sources.rows import Rows

DELIMITERS = (",", ";", "\t", "|")
_HEAD = 1 << 16
MOST_CELLS = 20_000_000
"""A table beyond this is refused rather than read into memory cell by cell."""


def key(name: str) -> str:
    """Return a column's name as it is compared: small letters and digits alone.

    Examples
    --------
    >>> key(" [UNDERLYING_LAST]"), key("Open Interest"), key("put/call")
    ('underlyinglast', 'openinterest', 'putcall')
    """
    return re.sub(r"[^a-z0-9]", "", name.lower())


def table_of(content: Content) -> Rows | None:
    """Return a file's rows; None when it is no table.

    Raises
    ------
    DataError
        When it is one, but broken: names the line.
    """
    if "table" not in content.memo:
        content.memo["table"] = _table(content)
    table: Rows | None = content.memo["table"]
    return table


def lines_of(content: Content) -> Rows:
    """Return a table's rows.

    Raises
    ------
    DataError
        When it has a header alone, or is broken: names the line.
    """
    rows = table_of(content)
    if rows is None:
        raise content.error("no options in it (no lines below the header)")
    return rows


def keys_of(content: Content) -> frozenset[str]:
    """Return the names of a table's columns, compared as `key`; none when the file is no table."""
    if "keys" not in content.memo:
        content.memo["keys"] = frozenset(map(key, _names(content)))
    keys: frozenset[str] = content.memo["keys"]
    return keys


def _names(content: Content) -> list[str]:
    if content.kind == "parquet":
        from hedgekit.market.sources.parquet import column_names

        return column_names(content)
    if content.kind == "json":
        records = _records(content.document)
        return list(records[0]) if records else []
    header = first_line(content.document)
    return next(csv.reader([header], delimiter=delimiter_of(header))) if header else []


def first_line(text: str) -> str:
    """Return the first line that is not blank."""
    for part in (text[:_HEAD], text):  # a large file is not cut into lines for the sake of one
        lines = part.splitlines()
        found = next((line for line in lines if line.strip()), "")
        if found and (found is not lines[-1] or len(part) == len(text)):
            return found
    return ""


def delimiter_of(header: str) -> str:
    """Return the delimiter that cuts a header into most cells."""
    return max(DELIMITERS, key=header.count)


def _records(document: Any) -> list[Any] | None:
    if isinstance(document, list) and document and isinstance(document[0], dict):
        return document
    return None


def _table(content: Content) -> Rows | None:
    if content.kind == "parquet":
        from hedgekit.market.sources.parquet import all_rows

        return all_rows(content, frozenset())
    if content.kind == "json":
        records = _records(content.document)
        return None if records is None else Rows.of_records(content, "row", records)
    header = first_line(content.document)
    return read_csv(content, content.document, delimiter_of(header)) if header else None


def read_csv(content: Content, text: str, delimiter: str, *, first_line_number: int = 1) -> Rows | None:
    """Return the rows of CSV text with one header line; None when there is nothing below a header.

    Raises
    ------
    DataError
        When a line has other than the header's number of cells, or quotes that do not close; or there are more than
        `MOST_CELLS`.
    """
    reader = csv.reader(text.splitlines(), delimiter=delimiter, skipinitialspace=True)
    lines: list[list[str]] = []
    numbers: list[int] = []
    try:
        for cells in reader:
            # files joined end to end repeat their header
            if any(cell.strip() for cell in cells) and not (lines and cells == lines[0]):
                lines.append(cells)
                numbers.append(reader.line_num + first_line_number - 1)
                if len(lines) * len(lines[0]) > MOST_CELLS:
                    raise content.error(
                        f"more than {len(lines) - 1:,} lines of {len(lines[0])} columns, too many to read at once: "
                        "give --ticker, or keep the lines of one day"
                    )
    except csv.Error as error:
        raise content.error(f"line {reader.line_num + first_line_number - 1}: {error}: expected CSV") from None
    if len(lines) < 2:
        return None
    names = [name.strip() for name in lines[0]]
    if len(names) < 2:
        return None
    for number, cells in zip(numbers[1:], lines[1:], strict=True):
        if len(cells) != len(names):
            raise content.error(
                f"line {number}: {len(cells)} cells, the header has {len(names)}: the file may be cut off or mixed"
            )
    columns = list(zip(*lines[1:], strict=True))
    place = {name: at for at, name in reversed(list(enumerate(names)))}
    where = numbers[1:]
    return Rows(
        content, "line", len(lines) - 1, names, lambda name: list(columns[place[name]]), where=lambda row: where[row]
    )
