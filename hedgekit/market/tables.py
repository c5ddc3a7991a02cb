"""Small CSV files by line and column, for rates and dividends."""

from __future__ import annotations

import csv
import math
import os
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from hedgekit.errors import DataError
from hedgekit.paths import unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A CSV file with a header: lines as dicts, with what messages need.

    Parameters
    ----------
    label : str
        The path, for messages.
    names : tuple of str
        Column names in small letters without blanks around them.
    lines : tuple of (number, cells)
        Line number in the file, and its cells in the order of `names`.
    """

    label: str
    names: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]

    def column(self, *wanted: str) -> int:
        """Return the position of the first of several names that the file has.

        Raises
        ------
        DataError
            When it has none of them.
        """
        for name in wanted:
            if name in self.names:
                return self.names.index(name)
        raise DataError(
            f"{self.label}: no column {' or '.join(map(repr, wanted))} (columns: {', '.join(map(ascii, self.names))})"
        )

    def day(self, line: int, cell: str) -> date:
        """Read a day: ISO, month/day/year or "Jun 16, 2026".

        Raises
        ------
        DataError
            When it is none; names file, line and value.
        """
        try:
            return date.fromisoformat(cell[:10])
        except ValueError:
            pass
        for form in ("%m/%d/%Y", "%b %d, %Y"):
            try:
                return datetime.strptime(cell, form).date()
            except ValueError:
                continue
        raise DataError(f"{self.label}: line {line}: {cell!a} is no day like 2026-09-18")

    def number(self, line: int, name: str, cell: str) -> float:
        """Read a finite number, with or without a dollar sign.

        Raises
        ------
        DataError
            When it is none; names file, line, column and value.
        """
        try:
            number = float(cell.removeprefix("$"))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise DataError(f"{self.label}: line {line}: {name} is {cell!a}, expected a number")
        return number


def read_table(path: str | os.PathLike[str]) -> Table:
    """Read a CSV file with a header.

    Raises
    ------
    DataError
        When it cannot be read, is empty, or a line has other than the header's number of cells.
    """
    label = ascii(os.fspath(path))[1:-1]
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{label}: not a text file: expected CSV") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{label}: {unreadable(Path(path), error)}") from None
    reader = csv.reader(text.splitlines())
    try:
        read = [(reader.line_num, tuple(cell.strip() for cell in cells)) for cells in reader]
    except csv.Error as error:
        raise DataError(f"{label}: line {reader.line_num}: {error}: expected CSV") from None
    lines = [(number, cells) for number, cells in read if any(cells) and not cells[0].startswith("#")]
    if len(lines) < 2:
        raise DataError(f"{label}: no lines below a header: expected CSV with a header")
    names = tuple(name.lower() for name in lines[0][1])
    for number, cells in lines[1:]:
        if len(cells) != len(names):
            raise DataError(f"{label}: line {number}: {len(cells)} cells, the header has {len(names)}")
    return Table(label=label, names=names, lines=tuple(lines[1:]))


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
