"""A file as a table of cells: CSV of any usual delimiter, parquet, or a JSON list of objects."""

from __future__ import annotations

import csv
import re
from typing import Any

from hedgekit.market.delimited import header_at, read_delimited
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.rows import Rows

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
    lines = content.document.splitlines()
    start, delimiter = header_at(lines)
    return next(csv.reader([lines[start]], delimiter=delimiter, skipinitialspace=True)) if start >= 0 else []


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
    table = read_delimited(content.label, content.document)
    if table is None or len(table.names) < 2 or len(table.names) * len(table.rows) > MOST_CELLS:
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
