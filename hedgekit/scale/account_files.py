"""Accounts by the thousand: a folder of books, or one parquet file of positions with an account each."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hedgekit.errors import DataError, HedgekitError, InputError
from hedgekit.model import Option
from hedgekit.paths import unreadable
from hedgekit.risk.book import Book, Position, book_of, load_book
from hedgekit.risk.readers.columns import fields_of
from hedgekit.risk.readers.statement import Row, Statement
from hedgekit.risk.readers.symbols import is_cash, read_symbol
from hedgekit.scale.runner import Failure

if TYPE_CHECKING:
    import pyarrow

CHUNK = 1000
"""Accounts one worker takes at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Some accounts, ready to travel: paths of books, or rows of one table with those of an account together.

    Attributes
    ----------
    label : str
        The file the rows are of.
    paths : tuple of str
        Of books; empty for rows.
    names : tuple of str
        Of the accounts; for books the path below the folder.
    rows : pyarrow.Table or None
        Columns by field, and ``row``: the row in the file.
    ends : tuple of int
        Row after each account's last.
    """

    label: str
    names: tuple[str, ...]
    paths: tuple[str, ...] = ()
    rows: pyarrow.Table | None = None
    ends: tuple[int, ...] = ()

    def books(self) -> list[tuple[str, Book | str]]:
        """Return each account's name and its book, or why it cannot be read."""
        if self.rows is None:
            return [(name, _book(path)) for name, path in zip(self.names, self.paths, strict=True)]
        columns = self.rows.to_pydict()
        numbers = columns.pop("row")
        found: list[tuple[str, Book | str]] = []
        start = 0
        for name, end in zip(self.names, self.ends, strict=True):
            book = _plain_book(columns, numbers, range(start, end), self.label)
            if book is None:
                cells = [
                    {field: cell for field, cells in columns.items() if (cell := cells[at]) not in (None, "")}
                    for at in range(start, end)
                ]
                rows = (Row(where=f"row {numbers[start + i]}", cells=one) for i, one in enumerate(cells))
                try:
                    book = book_of(Statement(rows=tuple(rows)), label=self.label)
                except HedgekitError as error:
                    found.append((name, str(error)))
                    start = end
                    continue
            found.append((name, book))
            start = end
        return found


_PLAIN = {"account", "symbol", "quantity", "price", "cost", "stop"}


def _plain_book(columns: Mapping[str, list[Any]], numbers: Sequence[int], rows: range, label: str) -> Book | None:
    """Return the book of rows that hold only symbols and numbers; None when `book_of` has to judge them."""
    if not columns.keys() <= _PLAIN:
        return None
    symbols, quantities, accounts = columns["symbol"], columns["quantity"], columns["account"]
    others = [(name, columns[name]) for name in ("price", "cost", "stop") if name in columns]
    positions, cash = [], []
    for at in rows:
        symbol, quantity = symbols[at], quantities[at]
        if not isinstance(symbol, str) or not isinstance(quantity, float | int) or not 0.0 < abs(quantity) < 1e15:
            return None
        ticker, option = _instrument(symbol)
        if ticker is None:
            if option is None and is_cash(symbol):
                cash.append((str(accounts[at]), float(quantity)))
                continue
            return None
        if option is not None and quantity != round(quantity):
            return None
        more = {name: float(cell) for name, column in others if (cell := column[at]) is not None and cell == cell}
        if any(not 0.0 <= number < 1e15 for number in more.values()):
            return None
        positions.append(
            Position(
                where=f"{label}: row {numbers[at]}",
                account=str(accounts[at]),
                symbol=symbol.strip(),
                ticker=ticker,
                quantity=float(quantity),
                option=option,
                **more,
            )
        )
    if not positions or not cash:
        return None
    return Book(positions=tuple(positions), cash=tuple(cash), source=label, source_sha256="")


@lru_cache(maxsize=100_000)
def _instrument(symbol: str) -> tuple[str | None, Option | None]:
    """Return what a symbol names; None for cash and for what cannot be read."""
    if is_cash(symbol):
        return None, None
    try:
        return read_symbol(symbol)
    except InputError:
        return None, None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """What a source holds.

    Attributes
    ----------
    chunks : tuple of Chunk
    count : int
    unread : tuple of Failure
        Rows without an account.
    symbols : frozenset of str or None
        Those of a table, as written; None for a folder of books, which have to be opened for them.
    source, source_sha256 : str
        For a folder, the hash is left to the books.
    """

    chunks: tuple[Chunk, ...]
    count: int
    unread: tuple[Failure, ...]
    symbols: frozenset[str] | None
    source: str
    source_sha256: str


def read_accounts(source: str | os.PathLike[str], *, chunk: int = CHUNK) -> Accounts:
    """Find the accounts of a folder of books or of a parquet file.

    Parameters
    ----------
    source : path
        A folder: each file in it is a book of any kind `hedgekit.risk.book.load_book` reads. A parquet file: a row a
        position with at least account, symbol and quantity, named as brokers do; cash is a row with the symbol CASH.

    Raises
    ------
    DataError
        When it cannot be read, or lacks a column.
    InputError
        When it is neither, or holds no account.
    """
    path = Path(source)
    label = ascii(os.fspath(source))[1:-1]
    if path.is_dir():
        files = [one for one in sorted(path.rglob("*")) if one.is_file() and not one.name.startswith((".", "_"))]
        if not files:
            raise InputError(f"--books {label}: no file in this folder")
        chunks = tuple(
            Chunk(
                label=label,
                names=tuple(str(one.relative_to(path)) for one in files[at : at + chunk]),
                paths=tuple(map(str, files[at : at + chunk])),
            )
            for at in range(0, len(files), chunk)
        )
        return Accounts(chunks=chunks, count=len(files), unread=(), symbols=None, source=label, source_sha256="")
    return _of_table(path, label, chunk)


def _of_table(path: Path, label: str, chunk: int) -> Accounts:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet

    try:
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"--books {label}: {unreadable(path, error)}") from None
    try:
        schema = pyarrow.parquet.read_schema(path)
        fields = fields_of(schema.names)
        missing = [name for name in ("account", "symbol", "quantity") if name not in fields]
        if missing:
            raise DataError(
                f"{label}: no column of {' or '.join(missing)} (columns: {', '.join(map(ascii, schema.names[:8]))})"
            )
        names = {field: schema.names[at] for field, at in fields.items()}
        table = pyarrow.parquet.read_table(path, columns=list(dict.fromkeys(names.values())))
    except (pa.ArrowException, OSError) as error:
        message = ascii(str(error).splitlines()[0])[1:-1]
        raise DataError(
            f"--books {label}: expected a folder of books or a parquet file of positions: {message}"
        ) from None
    told = table.column(names["account"]).cast(pa.string()).combine_chunks().dictionary_encode()
    codes = told.indices.to_numpy(zero_copy_only=False)
    blank = np.array([one is None or not one.strip() for one in told.dictionary.to_pylist()], dtype=bool)
    known = np.isfinite(np.asarray(codes, dtype=float))
    known[known] = ~blank[np.asarray(codes, dtype=float)[known].astype(int)] if len(blank) else False
    unread = []
    if not known.all():
        first = int(np.flatnonzero(~known)[0]) + 1
        reason = f"{int((~known).sum())} rows name no account: nobody can be checked for them"
        unread.append(Failure(key=f"{label}: row {first}", reason=reason))
    at = np.flatnonzero(known)
    if not len(at):
        raise InputError(f"--books {label}: no account in it")
    texts = told.dictionary.to_pylist()
    rank = np.empty(len(texts), dtype=np.int64)
    rank[sorted(range(len(texts)), key=lambda code: str(texts[code]))] = np.arange(len(texts))
    own = rank[np.asarray(codes, dtype=float)[at].astype(np.int64)]
    order = np.argsort(own, kind="stable")
    at, own = at[order], own[order]
    ends = np.flatnonzero(np.append(np.diff(own) != 0, True)) + 1
    by_rank = sorted(map(str, texts))
    accounts = [by_rank[one] for one in own[ends - 1]]
    kept = pa.table({field: table.column(name) for field, name in names.items()})
    kept = kept.append_column("row", pa.array(np.arange(1, table.num_rows + 1)))
    starts = np.append(0, ends[:-1])
    chunks = []
    for first in range(0, len(accounts), chunk):
        last = min(first + chunk, len(accounts))
        rows = kept.take(pa.array(at[starts[first] : ends[last - 1]]))
        chunks.append(
            Chunk(
                label=label,
                names=tuple(accounts[first:last]),
                rows=rows.combine_chunks(),
                ends=tuple(int(end - starts[first]) for end in ends[first:last]),
            )
        )
    symbols = frozenset(one for one in kept.column("symbol").unique().to_pylist() if isinstance(one, str))
    return Accounts(
        chunks=tuple(chunks),
        count=len(accounts),
        unread=tuple(unread),
        symbols=symbols,
        source=label,
        source_sha256=sha256,
    )


def options_of(chunk: Chunk, common: Any) -> set[Option]:
    """Return the contracts of some books."""
    return {
        position.option
        for _, book in chunk.books()
        if isinstance(book, Book)
        for position in book.positions
        if position.option is not None
    }


def options_named(symbols: Sequence[str] | frozenset[str]) -> set[Option]:
    """Return the contracts among symbols; what cannot be read is left to the account that holds it."""
    found = set()
    for symbol in symbols:
        if is_cash(symbol):
            continue
        try:
            option = read_symbol(symbol)[1]
        except InputError:
            continue
        if option is not None:
            found.add(option)
    return found


def _book(path: str) -> Book | str:
    try:
        return load_book(path)
    except HedgekitError as error:
        return str(error)
