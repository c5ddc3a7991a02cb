"""Cells of a source into typed columns; a bad cell is named with its row, column and value."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from hedgekit.errors import InputError
from hedgekit.market.sources.content import Content, shown
from hedgekit.model import FloatArray, Option

GREATEST_NUMBER = 1e12  # no price, size or open interest comes near it
_LISTED = 8  # column names a message repeats


class Rows:
    """The rows of one file, cell by cell.

    Parameters
    ----------
    content : Content
        For messages.
    place : str
        What a row is called there: ``"options"`` makes ``options[3]``.
    count : int
        Number of rows.
    names : list of str
        Columns the file has.
    cells : callable
        Column name to the list of its `count` cells; None where a row has no such cell.
    """

    def __init__(
        self, content: Content, place: str, count: int, names: Sequence[str], cells: Callable[[str], list[Any]]
    ) -> None:
        self.content = content
        self.place = place
        self.count = count
        self.names = list(names)
        self._cells = cells
        self._symbols: list[str] = []

    @classmethod
    def of_records(cls, content: Content, place: str, records: object) -> Rows:
        """Take a JSON list of objects.

        Raises
        ------
        DataError
            When it is no list, empty, or holds something else than objects.
        """
        if not isinstance(records, list):
            raise content.error(f"{place} is {shown(records)}, expected a list of options")
        if not records:
            raise content.error(f"no options in it ({place} is an empty list)")
        for row, record in enumerate(records):
            if not isinstance(record, dict):
                raise content.error(f"{place}[{row}] is {shown(record)}, expected an object with a quote")
        names = dict.fromkeys(name for record in records for name in record)
        return cls(content, place, len(records), list(names), lambda name: [record.get(name) for record in records])

    def cells(self, name: str, *, required: bool = False) -> list[Any]:
        """Return one column; of None when the file has no such column and it is not required.

        Raises
        ------
        DataError
            When a required column is missing; lists those there are.
        """
        if name not in self.names and required:
            raise self.content.error(f"no column {name!r} (columns: {self.listed()})")
        return self._cells(name) if name in self.names else [None] * self.count

    def listed(self, leave_out: Sequence[str] = ()) -> str:
        """List the columns the file has, for a message."""
        names = [name for name in self.names if name not in leave_out]
        text = ", ".join(shown(name)[1:-1] for name in names[:_LISTED])
        return f"{text}, ..." if len(names) > _LISTED else text

    def numbers(self, name: str, *, least: float = -math.inf, none: Sequence[float] = ()) -> FloatArray:
        """Return a column as numbers, NaN where blank.

        Parameters
        ----------
        name : str
        least : float
            Smallest number that makes sense.
        none : sequence of float
            Numbers that mean "no value" here.

        Raises
        ------
        DataError
            For a cell that is no number, too small, or absurdly large.
        """
        cells = self.cells(name)
        if bool in set(map(type, cells)):  # Python would count True as 1
            raise self.bad(next(i for i, cell in enumerate(cells) if type(cell) is bool), name, True, "a number")
        try:
            column = np.array(cells, dtype=np.float64)
        except (TypeError, ValueError, OverflowError):
            column = np.array([self._number(row, name, cell) for row, cell in enumerate(cells)], dtype=np.float64)
        if column.ndim != 1:
            raise self.bad(0, name, cells[0], "a number")
        for sentinel in none:
            column[column == sentinel] = np.nan
        for row in np.flatnonzero((column < least) | (np.abs(column) > GREATEST_NUMBER)):
            wanted = f"a number of {least:g} or more" if column[row] < least else f"a number below {GREATEST_NUMBER:g}"
            raise self.bad(int(row), name, cells[row], wanted)
        return column

    def times(self, name: str) -> npt.NDArray[np.datetime64]:
        """Return a column of ISO times on the wall clock as datetime64[s], NaT where blank.

        Raises
        ------
        DataError
            For a cell that is no time.
        """
        moments = np.full(self.count, "NaT", dtype="M8[s]")
        for row, cell in enumerate(self.cells(name)):
            if cell is None or cell == "":
                continue
            try:
                moment = cell if isinstance(cell, datetime) else datetime.fromisoformat(cell)
                moments[row] = moment.replace(tzinfo=None)
            except (TypeError, ValueError):
                raise self.bad(row, name, cell, "a time like 2026-06-17T15:59:00") from None
        return moments

    def options(self, name: str) -> list[Option]:
        """Return a column of OSI symbols as options.

        Raises
        ------
        DataError
            For a cell that is no option symbol.
        """
        made: list[Option] = []
        for row, cell in enumerate(self.cells(name, required=True)):
            try:
                made.append(Option.parse(cell))
            except (AttributeError, TypeError, InputError):
                raise self.bad(row, name, cell, "an option symbol like IWM260918P00270000") from None
        self._symbols = [option.compact for option in made]
        return made

    def options_of_parts(self, root: str, kind: str, expiry: list[date], strike: str) -> list[Option]:
        """Return the options of a file that gives kind, expiry and strike instead of symbols.

        Raises
        ------
        DataError
            For a cell that is no such thing.
        """
        kinds = self.cells(kind, required=True)
        strikes = self.cells(strike, required=True)
        made: list[Option] = []
        for row in range(self.count):
            letter = kinds[row].strip().upper() if isinstance(kinds[row], str) else ""
            if letter not in ("C", "P", "CALL", "PUT"):
                raise self.bad(row, kind, kinds[row], "C or P")
            number = self._number(row, strike, strikes[row])
            try:
                side: Any = "call" if letter[0] == "C" else "put"
                made.append(Option(root=root, expiry=expiry[row], kind=side, strike=number))
            except InputError as error:
                raise self.content.error(f"{self.place}[{row}]: {error}") from None
        self._symbols = [option.compact for option in made]
        return made

    def days(self, name: str) -> list[date]:
        """Return a column of ISO days.

        Raises
        ------
        DataError
            For a cell that is no day.
        """
        made = []
        for row, cell in enumerate(self.cells(name, required=True)):
            try:
                made.append(date.fromisoformat(cell))
            except (TypeError, ValueError):
                raise self.bad(row, name, cell, "a day like 2026-09-18") from None
        return made

    def bad(self, row: int, name: str, cell: object, wanted: str) -> Exception:
        """Make the error that names a bad cell."""
        symbol = f" ({self._symbols[row]})" if row < len(self._symbols) else ""
        return self.content.error(f"{self.place}[{row}]{symbol}: {name} is {shown(cell)}, expected {wanted}")

    def _number(self, row: int, name: str, cell: Any) -> float:
        if cell is None or cell == "":
            return math.nan
        try:
            return float(cell)
        except (TypeError, ValueError, OverflowError):
            raise self.bad(row, name, cell, "a number") from None
