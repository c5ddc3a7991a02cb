"""A file as a table of cells: CSV of any usual delimiter, parquet, or a JSON list of objects."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from typing import Any

from hedgekit.market.delimited import header_at, read_below
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.rows import Rows

_HEAD = 1 << 16  # characters in which a header stands
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
    lines = head_of(content.document)
    start, delimiter = header_at(lines)
    return next(csv.reader([lines[start]], delimiter=delimiter, skipinitialspace=True)) if start >= 0 else []


def head_of(text: str) -> list[str]:
    """Return the first lines of a text: a large file is not cut into lines for the sake of a few."""
    lines = text[:_HEAD].splitlines()
    return lines[:-1] if len(text) > _HEAD and len(lines) > 1 else text.splitlines()


def first_line(text: str) -> str:
    """Return the first line that is not blank."""
    return next((line for line in head_of(text) if line.strip()), "")


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
    lines = content.document.splitlines()
    start, delimiter = header_at(lines)
    return None if start < 0 else _rows(content, lines, start, delimiter)


def _rows(content: Content, lines: Sequence[str], start: int, delimiter: str) -> Rows | None:
    """Return the rows below a header line; None when there are none.

    Raises
    ------
    DataError
        When a line has other than the header's number of cells, or quotes that do not close; or there are more than
        `MOST_CELLS`.
    """
    width = lines[start].count(delimiter) + 1
    most = MOST_CELLS // width
    if len(lines) > most and sum(map(bool, lines[start + 1 :])) > most:
        raise content.error(
            f"more than {most:,} lines of {width} columns, too many to read at once: give --ticker, or keep the lines "
            "of one day"
        )
    table = read_below(content.label, lines, start, delimiter)
    if table is None or len(table.names) < 2:
        return None
    content.memo["remarks"] = table.remarks
    columns = list(zip(*table.rows, strict=True))
    place = {name: at for at, name in reversed(list(enumerate(table.names)))}
    content.memo["disputed"] = {
        key(name) for at, name in enumerate(table.names) if name and columns[at] != columns[place[name]]
    }
    where = table.numbers
    return Rows(
        content,
        "line",
        len(where),
        table.names,
        lambda name: list(columns[place[name]]),
        where=lambda row: where[row],
    )
