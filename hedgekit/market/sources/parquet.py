"""Parquet files as rows of one day."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from hedgekit.errors import InputError, MissingExtra
from hedgekit.market.files import shown
from hedgekit.market.snapshot import AsOf
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.rows import Rows
from hedgekit.market.sources.want import SeveralChains

DAYS_LISTED = 30


def column_names(content: Content) -> list[str]:
    """Return the columns of a parquet file; none for a file of another kind.

    Raises
    ------
    DataError
        When the file is broken.
    MissingExtra
        When pyarrow is not installed.
    """
    return list(_opened(content).schema_arrow.names) if content.kind == "parquet" else []


def rows_of_day(
    content: Content, names: Sequence[str], stamp: str, to_moment: Callable[[object], datetime], asof: AsOf | None
) -> tuple[Rows, datetime]:
    """Return the rows that were quoted at one moment.

    Parameters
    ----------
    content : Content
    names : sequence of str
        Columns to read; those the file lacks are left out.
    stamp : str
        The column with the time of the quote.
    to_moment : callable
        Turns a cell of it into a datetime in New York.
    asof : date or datetime, optional
        Picks the day where there are several.

    Raises
    ------
    DataError
        When the file is broken, empty, or lacks the column `stamp`.
    InputError
        When there are several days and `asof` names none of them; lists them.
    """
    file = _opened(content)
    present = file.schema_arrow.names
    if stamp not in present:
        raise content.error(f"no column {stamp!r} (columns: {', '.join(map(shown, present[:8]))})")
    try:
        table = file.read(columns=[name for name in dict.fromkeys([stamp, *names]) if name in present])
    except _errors() as error:
        raise content.error(f"broken parquet: {shown(str(error))[1:-1]}. Download it again.") from None
    stamps = _decoded(content, table, stamp)
    if not stamps:
        raise content.error("no options in it (no rows)")
    if not all(isinstance(cell, str | datetime) for cell in stamps):
        odd = next(cell for cell in stamps if not isinstance(cell, str | datetime))
        raise content.error(f"{stamp} is {shown(odd)}, expected a time like 2026-06-17 20:32:30")
    moments = {cell: to_moment(cell) for cell in dict.fromkeys(stamps)}
    chosen = _chosen(content, moments, asof)
    kept = [row for row, cell in enumerate(stamps) if cell == chosen]
    part = table.take(kept)
    rows = Rows(content, "row", len(kept), present, lambda name: _decoded(content, part, name))
    return rows, moments[chosen]


def all_rows(content: Content, keys: frozenset[str]) -> Rows:
    """Return the rows of a parquet file, columns decoded when they are asked for.

    Parameters
    ----------
    content : Content
    keys : frozenset of str
        Columns to read, compared as `frame.key`; an empty set reads all.

    Raises
    ------
    DataError
        When the file is broken or empty.
    """
    from hedgekit.market.sources.frame import key

    file = _opened(content)
    names = [name for name in file.schema_arrow.names if not keys or key(name) in keys]
    try:
        table = file.read(columns=names)
    except _errors() as error:
        raise content.error(f"broken parquet: {shown(str(error))[1:-1]}. Download it again.") from None
    if not table.num_rows:
        raise content.error("no options in it (no rows)")
    return _ArrowRows(content, table, range(table.num_rows))


def _decoded(content: Content, table: Any, name: str) -> list[Any]:
    """Return a column's cells; bytes that are no text show only now."""
    try:
        return list(table.column(name).to_pylist())
    except _errors() as error:
        raise content.error(f"broken parquet: {name}: {shown(str(error))[1:-1]}") from None


class _ArrowRows(Rows):
    """Rows that stay in Arrow until their cells are asked for."""

    def __init__(self, content: Content, table: Any, numbers: Sequence[int]) -> None:
        super().__init__(
            content, "row", table.num_rows, table.column_names, self._column, where=lambda row: numbers[row]
        )
        self._numbered = False
        self._table, self._numbers = table, numbers

    def _column(self, name: str) -> list[Any]:
        return _decoded(self.content, self._table, name)

    def take(self, kept: Sequence[int]) -> Rows:
        """Return some of the rows."""
        return _ArrowRows(self.content, self._table.take(list(kept)), [self._numbers[row] for row in kept])


def _chosen(content: Content, moments: dict[Any, datetime], asof: AsOf | None) -> Any:
    """Return the stamp of the day asked for, the last one of that day."""
    if len(moments) == 1 and asof is None:
        return next(iter(moments))
    wanted: date | None = asof.date() if isinstance(asof, datetime) else asof
    of_day = [stamp for stamp, moment in moments.items() if wanted is None or moment.date() == wanted]
    if wanted is not None and of_day:
        return max(of_day, key=lambda stamp: moments[stamp])
    days = sorted({moment.date() for moment in moments.values()})
    listed = ", ".join(map(str, days[:DAYS_LISTED])) + (", ..." if len(days) > DAYS_LISTED else "")
    if wanted is None:
        raise SeveralChains(
            f"{content.label}: holds {len(days)} days ({listed}): choose one with --asof", days=tuple(days)
        )
    raise InputError(f"{content.label}: no quotes of {wanted}; it holds {listed}")


def _opened(content: Content) -> Any:
    try:
        import pyarrow.parquet
    except ImportError:
        raise MissingExtra(f"{content.label}: reading parquet needs pyarrow: pip install pyarrow") from None
    try:
        return pyarrow.parquet.ParquetFile(io.BytesIO(content.data))
    except _errors() as error:
        raise content.error(f"broken parquet: {shown(str(error))[1:-1]}. Download it again.") from None


def _errors() -> tuple[type[Exception], ...]:
    """Return what pyarrow raises for a broken file."""
    import pyarrow

    return (pyarrow.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError)
