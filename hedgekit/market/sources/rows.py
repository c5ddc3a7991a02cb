"""Cells of a source into typed columns; a bad cell is named with its row, column and value."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, tzinfo
from typing import Any

import numpy as np
import numpy.typing as npt

from hedgekit.errors import InputError
from hedgekit.market.files import shown
from hedgekit.market.moments import day_order, read_day, read_moment
from hedgekit.market.sources.content import Content
from hedgekit.model import NEW_YORK, FloatArray, Kind, Option
from hedgekit.units import fraction

GREATEST_NUMBER = 1e12  # no price, size or open interest comes near it
_LISTED = 8  # column names a message repeats
BLANKS = frozenset({"", "-", "--", "\u2013", "\u2014", "n/a", "#n/a", "na", "nan", "nat", "none", "null", "<na>"})
"""How files write that there is nothing, in small letters."""

_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("C", "CALL", "CALLS", "CE"), "call"),
    **dict.fromkeys(("P", "PUT", "PUTS", "PE"), "put"),
}


def is_blank(cell: object) -> bool:
    """Whether a cell says nothing."""
    return cell is None or (isinstance(cell, str) and cell.strip().lower() in BLANKS) or cell != cell


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
    where : callable, optional
        Position of a row in the file, for messages: its line, or the whole path to it (``results[0].calls[3]``).
        Default: the row's number in brackets.
    """

    def __init__(
        self,
        content: Content,
        place: str,
        count: int,
        names: Sequence[str],
        cells: Callable[[str], list[Any]],
        *,
        where: Callable[[int], int | str] | None = None,
    ) -> None:
        self.content = content
        self.place = place
        self.count = count
        self.names = list(names)
        self._cells = cells
        self._where = where
        self._numbered = where is not None
        self._symbols: list[str] = []

    @classmethod
    def of_records(cls, content: Content, place: str, records: object, *, paths: Sequence[str] = ()) -> Rows:
        """Take a JSON list of objects, whose `paths` are told where they come from several places.

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
                at = paths[row] if paths else f"{place}[{row}]"
                raise content.error(f"{at} is {shown(record)}, expected an object with a quote")
        names = dict.fromkeys(name for record in records for name in record)
        where = paths.__getitem__ if paths else None
        return cls(
            content,
            place,
            len(records),
            list(names),
            lambda name: [record.get(name) for record in records],
            where=where,
        )

    def take(self, kept: Sequence[int]) -> Rows:
        """Return some of the rows."""

        def picked(name: str) -> list[Any]:
            cells = self._cells(name)
            return [cells[row] for row in kept]

        where = self._where or (lambda row: row)
        part = Rows(self.content, self.place, len(kept), self.names, picked, where=lambda row: where(kept[row]))
        part._numbered = self._where is not None
        return part

    def with_columns(self, columns: Mapping[str, list[Any]]) -> Rows:
        """Return the same rows with more columns, or with others in place of those of the same name."""

        def cells(name: str) -> list[Any]:
            return columns[name] if name in columns else self._cells(name)

        more = Rows(self.content, self.place, self.count, list(dict.fromkeys([*self.names, *columns])), cells)
        more._where, more._numbered = self._where, self._numbered
        return more

    def settle_order(self, names: Sequence[str]) -> None:
        """Decide by all of some columns whether numeric days come before months, for those that show it not alone."""
        self.content.memo["day_first"] = any(day_order(self.cells(name)) is True for name in names)

    def day_first(self, cells: Sequence[Any]) -> bool:
        """Whether numeric days of a column come before months, as it shows or else the rest of the file does."""
        own = day_order(cells)
        return bool(self.content.memo.get("day_first")) if own is None else own

    def at(self, row: int) -> str:
        """Say where a row stands in the file."""
        where = row if self._where is None else self._where(row)
        if isinstance(where, str):
            return where
        return f"{self.place} {where}" if self._numbered else f"{self.place}[{where}]"

    def cells(self, name: str, *, required: bool = False) -> list[Any]:
        """Return one column; of None when the file has no such column and it is not required.

        Raises
        ------
        DataError
            When a required column is missing; lists those there are.
        """
        if name not in self.names and required:
            raise self.content.error(f"no column {name!r} (columns: {self.listed()})")
        # a column without a name is the row numbers that a frame was saved with: nothing is asked of it
        return self._cells(name) if name and name in self.names else [None] * self.count

    def listed(self, leave_out: Sequence[str] = ()) -> str:
        """List the columns the file has, for a message."""
        names = [name for name in self.names if name not in leave_out]
        text = ", ".join(shown(name)[1:-1] for name in names[:_LISTED])
        return f"{text}, ..." if len(names) > _LISTED else text

    def numbers(
        self, name: str, *, least: float = -math.inf, none: Sequence[float] = (), percent: bool = False
    ) -> FloatArray:
        """Return a column as numbers, NaN where blank.

        Parameters
        ----------
        name : str
        least : float
            Smallest number that makes sense.
        none : sequence of float
            Numbers that mean "no value" here.
        percent : bool
            Whether a cell may end with a percent sign, and is then a hundredth.

        Raises
        ------
        DataError
            For a cell that is no number, too small, or absurdly large.
        """
        cells = self.cells(name)
        if bool in set(map(type, cells)):  # Python would count True as 1
            raise self.bad(next(i for i, cell in enumerate(cells) if type(cell) is bool), name, True, "a number")
        try:
            column = np.array(cells if str not in set(map(type, cells)) else _decimals(cells), dtype=np.float64)
        except (TypeError, ValueError, OverflowError):
            told = [self._number(row, name, cell, percent) for row, cell in enumerate(cells)]
            column = np.array(told, dtype=np.float64)
        if column.ndim != 1:
            raise self.bad(0, name, cells[0], "a number")
        for sentinel in none:
            column[column == sentinel] = np.nan
        for row in np.flatnonzero((column < least) | (np.abs(column) > GREATEST_NUMBER)):
            wanted = f"a number of {least:g} or more" if column[row] < least else f"a number below {GREATEST_NUMBER:g}"
            raise self.bad(int(row), name, cells[row], wanted)
        return column

    def times(self, name: str, zone: tzinfo = NEW_YORK) -> npt.NDArray[np.datetime64]:
        """Return a column of times on New York's wall clock as datetime64[s], NaT where blank.

        Parameters
        ----------
        name : str
        zone : tzinfo
            Of times that do not say theirs.

        Raises
        ------
        DataError
            For a cell that is no time.
        """
        cells = self.cells(name)
        day_first = self.day_first(cells)
        moments = np.full(self.count, "NaT", dtype="M8[s]")
        known: dict[Any, np.datetime64] = {}
        for row, cell in enumerate(cells):
            try:
                if cell not in known:
                    known[cell] = _wall(cell, zone, day_first)
            except (TypeError, ValueError, OverflowError, OSError):
                raise self.bad(row, name, cell, "a time like 2026-06-17T15:59:00") from None
            moments[row] = known[cell]
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

    def options_of_parts(
        self, root: str | Sequence[str], kind: str, expiry: Sequence[date], strike: str
    ) -> list[Option]:
        """Return the options of a file that gives kind, expiry and strike instead of symbols.

        Raises
        ------
        DataError
            For a cell that is no such thing.
        """
        kinds = self.kinds(kind)
        strikes = self.cells(strike, required=True)
        roots = [root] * self.count if isinstance(root, str) else root
        made: list[Option] = []
        for row in range(self.count):
            number = self._number(row, strike, strikes[row])
            try:
                made.append(Option(root=roots[row], expiry=expiry[row], kind=kinds[row], strike=number))
            except (InputError, ValueError, OverflowError) as error:  # ValueError: no number
                said = error if isinstance(error, InputError) else f"strike is {shown(strikes[row])}"
                raise self.content.error(f"{self.at(row)}: {said}") from None
        self._symbols = [option.compact for option in made]
        return made

    def kinds(self, name: str) -> list[Kind]:
        """Return a column that says call or put.

        Raises
        ------
        DataError
            For a cell that says neither.
        """
        kinds = []
        for row, cell in enumerate(self.cells(name, required=True)):
            kind = _KINDS.get(cell.upper().replace("OPTION", "").strip()) if isinstance(cell, str) else None
            if kind is None:
                raise self.bad(row, name, cell, "C or P")
            kinds.append(kind)
        return kinds

    def days(self, name: str) -> list[date]:
        """Return a column of days.

        Raises
        ------
        DataError
            For a cell that is no day.
        """
        cells = self.cells(name, required=True)
        day_first = self.day_first(cells)
        known: dict[Any, date] = {}
        made = []
        for row, cell in enumerate(cells):
            try:
                if cell not in known:
                    known[cell] = read_day(cell, day_first=day_first)
                made.append(known[cell])
            except (TypeError, ValueError, OverflowError, OSError):
                raise self.bad(row, name, cell, "a day like 2026-09-18") from None
        return made

    def bad(self, row: int, name: str, cell: object, wanted: str) -> Exception:
        """Make the error that names a bad cell."""
        symbol = f" ({self._symbols[row]})" if row < len(self._symbols) else ""
        return self.content.error(f"{self.at(row)}{symbol}: {name} is {shown(cell)}, expected {wanted}")

    def _number(self, row: int, name: str, cell: Any, percent: bool = False) -> float:
        if cell is None:
            return math.nan
        try:
            return float(cell) if not isinstance(cell, str) else _told(cell, percent)
        except (TypeError, ValueError, OverflowError):
            raise self.bad(row, name, cell, "a number") from None


def _told(cell: str, percent: bool) -> float:
    """Read a number as text writes it; NaN where it says nothing."""
    text = cell.strip().removeprefix("$")
    if text.lower() in BLANKS:
        return math.nan
    if "_" in text or not text.isascii():  # Python would read over it, and other scripts' digits
        raise ValueError
    if percent and text.endswith("%"):
        return fraction(_told(text[:-1], False))
    if _THOUSANDS.fullmatch(text.lstrip("+-")):
        text = text.replace(",", "")
    return float(text)


def _decimals(cells: Sequence[Any]) -> list[float]:
    """Read plain decimals fast; anything else raises and is read with care."""
    if any(isinstance(cell, str) and ("_" in cell or not cell.isascii()) for cell in cells):
        raise ValueError
    return [float(cell) if cell else math.nan for cell in cells]


def _wall(cell: Any, zone: tzinfo, day_first: bool) -> np.datetime64:
    if is_blank(cell):
        return np.datetime64("NaT", "s")
    moment = read_moment(cell, zone, day_first=day_first)
    # New York's own times stay as they are: near year 1 or 9999 changing the zone overflows
    local = moment if moment.tzinfo is NEW_YORK else moment.astimezone(NEW_YORK)
    return np.datetime64(local.replace(tzinfo=None), "s")
