"""The least-cost corner of a small linear programme in exact arithmetic: a simplex that starts from a known corner.

An account of a few lines needs no solver of thousands of columns, whose import alone takes longer than everything else
that a margin answer does. Corners of these programmes are nearly always whole; where one is not, the caller goes on to
an integer programme.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

Number = int | Fraction


@dataclass(frozen=True, slots=True)
class Row:
    """``low <= sum of factor x column <= high``.

    Attributes
    ----------
    terms : mapping of column to factor
    low : Fraction or int
    high : Fraction, int or None
        None for no limit.
    """

    terms: Mapping[int, Number]
    low: Number
    high: Number | None


def least_corner(cost: Sequence[Number], rows: Sequence[Row]) -> list[Fraction] | None:
    """Minimise a cost over columns of zero or more.

    Parameters
    ----------
    cost : sequence of Fraction
        One a column.
    rows : sequence of Row
        From zero to a limit; from zero up; or equal to a number, which is zero or can be met by a column that is in no
        other row. All columns at zero but those must be a corner.

    Returns
    -------
    list of Fraction or None
        The columns; None when no corner to start from is found.

    Notes
    -----
    Bland's rule (1977), which cannot cycle.

    Examples
    --------
    >>> rows = [Row({0: 1, 1: 1}, 4, 4), Row({1: 1}, 0, 3)]
    >>> [int(count) for count in least_corner([5, 2], rows)]
    [1, 3]
    """
    columns = len(cost)
    slacks = [n for n, row in enumerate(rows) if row.low != row.high]
    width = columns + len(slacks)
    table: list[list[Number]] = []
    basis: list[int] = []
    for n, row in enumerate(rows):
        line: list[Number] = [0] * (width + 1)
        up = row.high is None
        for column, factor in row.terms.items():
            line[column] = -factor if up else factor
        line[width] = 0 if row.high is None else row.high
        if row.low != row.high:
            line[columns + slacks.index(n)] = 1
            basis.append(columns + slacks.index(n))
        else:
            basis.append(-1)
        table.append(line)
    price: list[Number] = [*cost, *([0] * len(slacks)), 0]
    if not _start(table, basis, columns):
        return None
    for line, column in zip(table, basis, strict=True):
        _clear(price, line, column)
    while (enter := next((c for c in range(width) if price[c] < 0), None)) is not None:
        ratios = [(Fraction(line[width], line[enter]), basis[n], n) for n, line in enumerate(table) if line[enter] > 0]
        if not ratios:
            return None
        leave = min(ratios)[2]
        _pivot(table, basis, leave, enter)
        _clear(price, table[leave], enter)
    found = [Fraction(0)] * columns
    for line, column in zip(table, basis, strict=True):
        if column < columns:
            found[column] = Fraction(line[width])
    return found


def _start(table: list[list[Number]], basis: list[int], columns: int) -> bool:
    """Give every equality a column of its own: one of no other row, or any when it is to be zero."""
    for n, line in enumerate(table):
        if basis[n] >= 0:
            continue
        alone = [c for c in range(columns) if line[c] > 0 and all(not other[c] for other in table if other is not line)]
        some = alone or ([c for c in range(columns) if line[c] and c not in basis] if line[-1] == 0 else [])
        if not some:
            return False
        _pivot(table, basis, n, some[0])
    return True


def _pivot(table: list[list[Number]], basis: list[int], row: int, column: int) -> None:
    line = table[row]
    factor = line[column]
    if factor != 1:
        table[row] = line = [_tidy(Fraction(value, factor)) if value else 0 for value in line]
    for n, other in enumerate(table):
        if n != row:
            _clear(other, line, column)
    basis[row] = column


def _clear(line: list[Number], pivot: list[Number], column: int) -> None:
    """Subtract what makes a column of a line zero."""
    factor = line[column]
    if not factor:
        return
    for c, value in enumerate(pivot):
        if value:
            line[c] = _tidy(line[c] - factor * value)


def _tidy(value: Number) -> Number:
    """Return a whole fraction as an integer: its arithmetic is faster."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value
