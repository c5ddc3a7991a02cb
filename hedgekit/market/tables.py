"""Small tables by line and column, for rates, dividends and the like: CSV of any usual delimiter, plain or packed."""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass, field
from datetime import date

from hedgekit.errors import DataError
from hedgekit.market.delimited import read_delimited
from hedgekit.market.files import PARQUET, decoded, label_of, read_bytes, unpacked
from hedgekit.market.moments import read_day, writes_day_first

BLANKS = frozenset({"", ".", "-", "--", "n/a", "#n/a", "na", "nan", "nd", "none", "null"})
"""How files write that there is nothing, in small letters."""

MOST_NAMED = 3
"""Of more names that a column may have, a message gives the first and the last."""

LISTED = 8  # columns that a message names
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)


def plain(name: str) -> str:
    """Return a column's name as it is compared: small letters and digits alone.

    Examples
    --------
    >>> plain("Ex/EFF DATE"), plain("1.5 Month"), plain("Rate (%)")
    ('exeffdate', '15month', 'rate')
    """
    return re.sub(r"[^a-z0-9]", "", name.lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with a header: lines as tuples, with what messages need.

    Parameters
    ----------
    label : str
        The path, for messages.
    names : tuple of str
        Column names in small letters without blanks around them.
    lines : tuple of (number, cells)
        Line number in the file, and its cells in the order of `names`.
    kind : str
        The key of `hedgekit.market.mistaken.WANTED` that it was given for; empty when nobody says.
    data : bytes
        Of the file, to say what it is when it is something else.
    day_first : bool
        Whether ``3/4/2026`` is the third of April, as some day of the file shows.
    """

    label: str
    names: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]
    kind: str = ""
    data: bytes = field(default=b"", repr=False)
    day_first: bool = False

    def column(self, *wanted: str) -> int:
        """Return the position of the first of several names that the file has, whatever its blanks and signs.

        Raises
        ------
        DataError
            When it has none of them; says what the file is where that is known.
        """
        keys = [plain(name) for name in self.names]
        for name in wanted:
            if name in self.names:
                return self.names.index(name)
            if plain(name) in keys:
                return keys.index(plain(name))
        named = wanted if len(wanted) <= MOST_NAMED else (wanted[0], wanted[-1])
        raise self.lacks(f"no column {' or '.join(map(repr, named))}")

    def lacks(self, what: str) -> DataError:
        """Make the error of a file that lacks what it needs: says what it is instead, or lists its columns."""
        if told := self._instead():
            return DataError(f"{self.label}: {told} ({what})")
        columns = ", ".join(map(ascii, self.names[:LISTED])) + (", ..." if len(self.names) > LISTED else "")
        return DataError(f"{self.label}: {what} (columns: {columns})")

    def _instead(self) -> str:
        from hedgekit.market.mistaken import instead

        return instead(self.data, self.kind) if self.kind else ""

    def day(self, line: int, cell: str) -> date:
        """Read a day: ISO, month/day/year (or day/month/year where some day of the file shows it), or in words.

        Raises
        ------
        DataError
            When it is none; names file, line and value.
        """
        try:
            return read_day(cell, day_first=self.day_first)
        except (ValueError, OverflowError, OSError):
            raise DataError(f"{self.label}: line {line}: {cell!a} is no day like 2026-09-18") from None

    def number(self, line: int, name: str, cell: str) -> float:
        """Read a finite number; a dollar sign before it and commas between thousands may be there.

        Raises
        ------
        DataError
            When it is none; names file, line, column and value.
        """
        text = ungrouped(cell)
        try:
            number = math.nan if "_" in text else float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise DataError(f"{self.label}: line {line}: {name} is {cell!a}, expected a number")
        return number


def read_table(path: str | os.PathLike[str], kind: str = "") -> Table:
    """Read a table with a header.

    Parameters
    ----------
    path : path
    kind : str
        What it is given for: a key of `hedgekit.market.mistaken.WANTED`.

    Raises
    ------
    DataError
        When it cannot be read, is empty, or a line has other than the header's number of cells.
    """
    from hedgekit.market.mistaken import WANTED, instead

    label = label_of(path)
    data = unpacked(label, read_bytes(path))
    wanted = WANTED.get(kind, "a table")
    if data.startswith(PARQUET) or data.lstrip()[:1] in (b"{", b"["):
        form = "parquet" if data.startswith(PARQUET) else "JSON"
        told = instead(data, kind) if kind else ""
        raise DataError(f"{label}: {told or f'{form}: {wanted} are read from CSV with a header'}")
    text = decoded(label, data, wanted)
    text = "\n".join("" if line.startswith("#") else line for line in text.splitlines())
    try:
        table = read_delimited(label, text)
    except DataError:
        if kind and (told := instead(data, kind)):
            raise DataError(f"{label}: {told}") from None
        raise
    if table is None:
        told = instead(data, kind) if kind else ""
        raise DataError(f"{label}: {told or 'no lines below a header: expected CSV with a header'}")
    lines = tuple(
        (number, tuple(cell.strip() for cell in cells)) for number, cells in zip(table.numbers, table.rows, strict=True)
    )
    return Table(
        label=label,
        names=tuple(name.lower() for name in table.names),
        lines=lines,
        kind=kind,
        data=data,
        day_first=any(writes_day_first(column) for column in zip(*table.rows, strict=True)),
    )


def ungrouped(text: str) -> str:
    """Return a number without its dollar sign and thousands separators; anything else as it is.

    Examples
    --------
    >>> ungrouped("$25,000"), ungrouped("1,700"), ungrouped("0,90")
    ('25000', '1700', '0,90')
    """
    bare = re.sub(r"^([+-]?)\$", r"\1", text.strip())
    return bare.replace(",", "") if _THOUSANDS.fullmatch(bare) else bare


def decimal(text: str) -> float | None:
    """Read a number, with or without a percent sign; None when the text is none.

    Examples
    --------
    >>> decimal("0.0375"), decimal("3.75%"), decimal("curve.csv")
    (0.0375, 0.0375, None)
    """
    try:
        return float(text.strip().removesuffix("%")) * (0.01 if text.strip().endswith("%") else 1.0)
    except ValueError:
        return None
