"""The least cost of whole counts under linear rows: small programmes by a dense simplex, large ones by HiGHS.

An account of a dozen lines is solved in the time that importing HiGHS (`scipy.optimize`) takes, or a hundredth of it.
Both branch on fractional counts until the least is proven; a search that grows too long is handed to HiGHS.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from hedgekit.margin.quiet import stdout_kept

MOST_NODES = 5000
"""HiGHS branches no further; what it has found then is allowed, only not proven least. Books of fifty lines take
fewer than a hundred. Not a time: an answer must not depend on the machine."""

WHOLE = 1e-5
"""A count this near to a whole number is one: HiGHS keeps integers to 1e-6."""

GAP = 1e-9
"""Relative difference from the proven least at which the search ends: below a cent for ten million dollars."""

MOST_CELLS = 40_000
"""A larger table is left to HiGHS, which keeps only what is not zero."""

FEW_NODES = 500
"""The dense search branches no further."""

MOST_PIVOTS = 2000
DANTZIG_PIVOTS = 200
"""Pivots by the steepest cost; after these by the lowest index, which cannot cycle (Bland 1977)."""

ZERO = 1e-9
"""A table entry below this is rounding: rows are scaled to a largest entry of 1."""

Floats = NDArray[np.float64]
Number = int | float | Fraction


class _TooLong(Exception):
    """The dense search does not pay here."""


class Programme:
    """Columns with their cost and rows with their limits, as they come up; columns are never negative.

    Attributes
    ----------
    cost : list of float
    whole : list of int
        1 where the column must be a whole number.
    most : list of float
        Upper bounds; each is also implied by the rows.
    rows : list of (terms, low, high)
        ``low <= sum(value x column) <= high``.
    losses : set of int
        Columns that may stay broken.
    """

    def __init__(self) -> None:
        self.cost: list[float] = []
        self.whole: list[int] = []
        self.most: list[float] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.losses: set[int] = set()

    def column(self, cost: Number, most: float = math.inf, *, whole: bool = True) -> int:
        """Add a column and return its place."""
        self.cost.append(float(cost))
        self.whole.append(int(whole))
        self.most.append(most)
        return len(self.cost) - 1

    def row(self, terms: Mapping[int, Number], low: int, high: int | None) -> None:
        """Add a row; a limit of None is none."""
        self.rows.append(
            ({c: float(v) for c, v in terms.items()}, float(low), math.inf if high is None else float(high))
        )

    def solve(self, *, many: bool = False) -> tuple[list[float], bool]:
        """Return the columns' values, and whether they are proven least; the loss columns alone may be broken.

        With `many` programmes to come loading HiGHS pays: of twenty options it needs a third of the time.

        With every other count whole, strangles are a transport problem, whose corners are whole: no branching needed.
        Should the solver end beside a corner, they are asked to be whole.
        """
        search = highs if many else _solved
        x, proven = search(self)
        if any(abs(value - round(value)) > WHOLE for column, value in enumerate(x) if column not in self.losses):
            self.whole = [int(column not in self.losses) for column in range(len(self.cost))]
            x, proven = search(self)
        return x, proven


def _solved(programme: Programme) -> tuple[list[float], bool]:
    try:
        return dense(programme), True
    except _TooLong:
        return highs(programme)


def highs(programme: Programme) -> tuple[list[float], bool]:
    """Solve by HiGHS; the values are empty when it finds none."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    entries = [(r, c, v) for r, (terms, _, _) in enumerate(programme.rows) for c, v in terms.items()]
    row, column, value = zip(*entries, strict=True)
    shape = (len(programme.rows), len(programme.cost))
    with stdout_kept():
        found = milp(
            np.array(programme.cost),
            integrality=np.array(programme.whole),
            bounds=Bounds(0.0, np.array(programme.most)),
            constraints=LinearConstraint(
                csr_array((value, (np.array(row, np.int32), np.array(column, np.int32))), shape=shape),
                np.array([low for _, low, _ in programme.rows]),
                np.array([high for _, _, high in programme.rows]),
            ),
            options={"mip_rel_gap": GAP, "node_limit": MOST_NODES},
        )
    if found.x is None:
        return [], False
    return found.x.tolist(), found.status == 0


def dense(programme: Programme) -> list[float]:
    """Solve by a dense simplex and branch and bound, depth first.

    Raises
    ------
    _TooLong
        When the table, the pivots or the branches are more than pay.
    """
    root = _Table.of(programme)
    root.primal()
    whole = np.flatnonzero(programme.whole)
    best, least = None, math.inf
    open_ = [root]
    for _ in range(FEW_NODES):
        if not open_:
            break
        table = open_.pop()
        if table.cost >= least - GAP * max(1.0, abs(least)):
            continue
        x = table.values(len(programme.cost))
        broken = np.abs(x[whole] - np.round(x[whole]))
        if not len(broken) or broken.max() <= 0.1 * WHOLE:
            best, least = x, table.cost
            continue
        column = int(whole[int(np.argmax(broken))])
        down = math.floor(x[column])
        nearer_up = x[column] - down > 0.5
        branches = [table.cut(column, down, up=False), table.cut(column, down + 1, up=True)]
        open_ += [branch for branch in (branches if nearer_up else branches[::-1]) if branch is not None]
    if open_ or best is None:
        raise _TooLong
    return [float(value) for value in best]


@dataclass(slots=True)
class _Table:
    """A simplex table: rows ``B^-1 A | B^-1 b``, below them the reduced costs and minus the cost."""

    cells: Floats
    basis: list[int]

    @classmethod
    def of(cls, programme: Programme) -> _Table:
        """Return the table of a programme in a feasible basis: slacks, and artificial columns driven out of it."""
        n, m = len(programme.cost), len(programme.rows)
        equal = [low == high for _, low, high in programme.rows]
        width = n + m + sum(equal) + 1
        if (m + 1) * width > MOST_CELLS:
            raise _TooLong
        cells = np.zeros((m + 1, width))
        basis, artificial = [], n + m
        for r, ((terms, low, high), same) in enumerate(zip(programme.rows, equal, strict=True)):
            scale = max(map(abs, terms.values()))
            sign, limit = (-1.0, -low) if math.isinf(high) else (1.0, high)
            if limit < 0.0 or (not same and low > 0.0 and not math.isinf(high)):
                raise _TooLong
            for c, value in terms.items():
                cells[r, c] = sign * value / scale
            cells[r, -1] = limit / scale
            if same:
                cells[r, artificial] = 1.0
                basis.append(artificial)
                artificial += 1
            else:
                cells[r, n + r] = 1.0
                basis.append(n + r)
        table = cls(cells, basis)
        if any(equal):
            table._feasible(n + m, np.array(equal))
        cells = np.delete(table.cells, range(n + m, width - 1), axis=1)
        cells[-1] = 0.0
        cells[-1, :n] = programme.cost
        for r, c in enumerate(table.basis):
            cells[-1] -= cells[-1, c] * cells[r]
        return cls(cells, table.basis)

    def _feasible(self, first: int, equal: NDArray[np.bool_]) -> None:
        """Drive the artificial columns, from `first` on, out of the basis."""
        self.cells[-1] = -self.cells[:-1][equal].sum(axis=0)
        self.cells[-1, first:-1] = 0.0
        self.primal()
        for r, c in enumerate(self.basis):
            if c < first:
                continue
            if self.cells[r, -1] > ZERO:
                raise _TooLong  # not feasible to within rounding: HiGHS judges
            entering = np.flatnonzero(np.abs(self.cells[r, :first]) > 1e3 * ZERO)
            if not len(entering):
                raise _TooLong  # a row that the others imply
            self._pivot(r, int(entering[0]))

    @property
    def cost(self) -> float:
        """Cost of the present corner."""
        return -float(self.cells[-1, -1])

    def values(self, n: int) -> Floats:
        """Return the first `n` columns' values."""
        x = np.zeros(n)
        for r, c in enumerate(self.basis):
            if c < n:
                x[c] = self.cells[r, -1]
        return x

    def primal(self) -> None:
        """Pivot from a feasible corner to a cheapest one."""
        for step in range(MOST_PIVOTS):
            reduced = self.cells[-1, :-1]
            scale = ZERO * max(1.0, float(np.abs(reduced).max(initial=0.0)))
            able = np.flatnonzero(reduced < -scale)
            if not len(able):
                return
            column = int(able[np.argmin(reduced[able])] if step < DANTZIG_PIVOTS else able[0])
            entries = self.cells[:-1, column]
            rows = np.flatnonzero(entries > ZERO)
            if not len(rows):
                raise _TooLong  # no least: a fault that HiGHS words better
            ratios = self.cells[rows, -1] / entries[rows]
            nearest = rows[ratios <= ratios.min() + ZERO * max(1.0, abs(float(ratios.min())))]
            self._pivot(int(min(nearest, key=lambda r: self.basis[r])), column)
        raise _TooLong

    def cut(self, column: int, limit: int, *, up: bool) -> _Table | None:
        """Return the cheapest corner with a column at most, or at least, a limit; None when there is none."""
        at = self.basis.index(column)
        m, width = self.cells.shape
        cells = np.zeros((m + 1, width + 1))
        cells[: m - 1, : width - 1], cells[: m - 1, -1] = self.cells[:-1, :-1], self.cells[:-1, -1]
        cells[-1, : width - 1], cells[-1, -1] = self.cells[-1, :-1], self.cells[-1, -1]
        sign = 1.0 if up else -1.0
        cells[m - 1] = sign * cells[at]
        cells[m - 1, column] = 0.0
        cells[m - 1, width - 1] = 1.0
        cells[m - 1, -1] -= sign * limit
        table = _Table(cells, [*self.basis, width - 1])
        return table if table._dual() else None

    def _dual(self) -> bool:
        """Pivot from a corner that is cheap but not feasible to one that is both; False when there is none."""
        for _ in range(MOST_PIVOTS):
            limits = self.cells[:-1, -1]
            row = int(np.argmin(limits))
            if limits[row] >= -ZERO:
                return True
            entries = self.cells[row, :-1]
            able = np.flatnonzero(entries < -ZERO)
            if not len(able):
                return False
            ratios = np.maximum(self.cells[-1, able], 0.0) / -entries[able]
            self._pivot(row, int(able[np.argmin(ratios)]))
        raise _TooLong

    def _pivot(self, row: int, column: int) -> None:
        """Bring a column into the basis in place of a row's."""
        cells = self.cells
        cells[row] /= cells[row, column]
        others = cells[:, column].copy()
        others[row] = 0.0
        cells -= others[:, None] * cells[row]
        cells[:, column] = 0.0
        cells[row, column] = 1.0
        self.basis[row] = column
