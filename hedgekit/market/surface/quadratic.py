"""A small convex quadratic programme with constraints that may be broken at a price, by an interior point method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]

STEPS = 100  # most take 15 to 25; far more where the grid cannot follow the bands at all
GAP = 1e-9
"""Mean complementarity at which the search ends; penalties are of size one."""
FEASIBLE, LEVEL = 1e-8, 1e-12  # of the rows, and of the equalities
MET = 1e-6  # an answer that breaks what must hold by more is none
BACK = 0.995  # of the way to the nearest bound
BLOCK = 200_000  # multiplications of a product that one thread does
RIDGE = 1e-13  # keeps the normal equations definite to rounding


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Programme:
    """``min x'Px/2 + q'x + sum price_j s_j`` subject to ``Ax = b``, ``Gx <= h + s``, ``s >= 0``.

    Attributes
    ----------
    curve, slope : ndarray of float64, shapes (n, n), (n,)
        P, positive semidefinite, and q.
    equal, level : ndarray of float64, shapes (p, n), (p,)
        A and b.
    rows, bound : ndarray of float64, shapes (m, n), (m,)
        G and h.
    price : ndarray of float64, shape (m,)
        What a unit of breach costs; infinite for a constraint that must hold.
    """

    curve: FloatArray
    slope: FloatArray
    equal: FloatArray
    level: FloatArray
    rows: FloatArray
    bound: FloatArray
    price: FloatArray


def _gram(rows: FloatArray, lean: FloatArray) -> FloatArray:
    """Return ``rows' diag(lean) rows`` a few rows at a time.

    BLAS would share a product of this size among threads, which on a busy machine wait for each other a hundred times
    as long as they work; parts below its threshold it does at once.
    """
    step = max(BLOCK // rows.shape[1] ** 2, 1)
    parts = (slice(at, at + step) for at in range(0, len(rows), step))
    return np.asarray(sum((rows[part].T * lean[part]) @ rows[part] for part in parts))


def _times(rows: FloatArray, x: FloatArray) -> FloatArray:
    """Return ``rows x`` without BLAS, for the same reason."""
    return np.asarray(np.einsum("ij,j->i", rows, x))


def _pulled(rows: FloatArray, pull: FloatArray) -> FloatArray:
    """Return ``rows' pull`` without BLAS, for the same reason."""
    return np.asarray(np.einsum("ij,i->j", rows, pull))


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def minimise(programme: Programme, start: FloatArray) -> tuple[FloatArray, bool]:
    """Return the minimiser, shape (n,), and whether the constraints that must hold do.

    Parameters
    ----------
    programme : Programme
    start : ndarray of float64, shape (n,)
        Need not be feasible.

    Notes
    -----
    Predictor and corrector share one factorisation of the reduced system (Nocedal and Wright, *Numerical Optimization*,
    2006, algorithm 16.4). Breaches are eliminated: a soft row only caps its multiplier at its price.
    """
    at = _Iterate.of(programme, start)
    for _ in range(STEPS):
        if at.ended() or not at.advance():
            break
    q, x = programme, at.x
    hard = ~np.isfinite(q.price)
    met = (q.rows[hard] @ x - q.bound[hard]).max(initial=0.0) < MET
    met = met and np.abs(q.equal @ x - q.level).max(initial=0.0) < MET
    return x, bool(np.isfinite(x).all() and met)


@dataclass(slots=True, kw_only=True, eq=False)
class _Iterate:
    """Where the search stands: every room, breach and multiplier strictly positive."""

    q: Programme
    soft: npt.NDArray[np.bool_]
    x: FloatArray
    y: FloatArray  # multipliers of the equalities
    pull: FloatArray  # of the rows
    rest: FloatArray  # of s >= 0
    room: FloatArray  # h + s - Gx
    breach: FloatArray  # s

    @classmethod
    def of(cls, q: Programme, start: FloatArray) -> _Iterate:
        soft = np.isfinite(q.price)
        cost = np.where(soft, q.price, 0.0)
        pull, over = np.where(soft, 0.5 * cost, 1.0), _times(q.rows, start) - q.bound
        return cls(
            q=q,
            soft=soft,
            x=start.copy(),
            y=np.zeros(len(q.level)),
            pull=pull,
            rest=np.where(soft, cost - pull, 1.0),
            room=np.maximum(-over, 0.0) + 1.0,
            breach=np.where(soft, np.maximum(over, 0.0) + 1.0, 0.0),
        )

    @property
    def gap(self) -> float:
        return self._gap_after(0.0, (np.zeros_like(self.room),) * 4)

    @property
    def short(self) -> FloatArray:
        return np.asarray(self.q.bound - _times(self.q.rows, self.x) + self.breach - self.room)

    @property
    def off(self) -> FloatArray:
        return np.asarray(self.q.level - self.q.equal @ self.x)

    def ended(self) -> bool:
        """Whether the answer is good enough."""
        return self.gap < GAP and np.abs(self.short).max() < FEASIBLE and np.abs(self.off).max(initial=0.0) < LEVEL

    def advance(self) -> bool:
        """Take one step; False when there is none to take."""
        from scipy.linalg import LinAlgError, lu_factor

        q, n, gap = self.q, len(self.x), self.gap
        lean = 1.0 / (self.breach / self.rest + self.room / self.pull)
        normal = q.curve + _gram(q.rows, lean)
        normal[np.diag_indices(n)] += RIDGE * np.trace(normal) / n
        system = np.block([[normal, q.equal.T], [q.equal, np.zeros((len(self.y), len(self.y)))]])
        if not np.isfinite(system).all():  # it has run away: nothing meets what must hold
            return False
        try:
            factors = lu_factor(system, check_finite=False)
        except LinAlgError:
            return False
        nothing = np.zeros_like(self.room)
        # what is left of the equations where it stands, the same for both directions
        off = self.short, q.curve @ self.x + q.slope + _pulled(q.rows, self.pull) + q.equal.T @ self.y, self.off
        _, _, *ahead = self._direction(factors, lean, off, 0.0, nothing, nothing)
        left = self._gap_after(self._longest(ahead), ahead)
        aim = (left / gap) ** 3 * gap
        dx, dy, *move = self._direction(factors, lean, off, aim, ahead[1] * ahead[0], ahead[3] * ahead[2])
        far = BACK * self._longest(move)
        self.x, self.y = self.x + far * dx, self.y + far * dy
        self.pull, self.room, self.rest, self.breach = (
            at + far * way for at, way in zip(self._kept, move, strict=True)
        )
        return True

    @property
    def _kept(self) -> tuple[FloatArray, ...]:
        return self.pull, self.room, self.rest, self.breach

    def _direction(
        self,
        factors: object,
        lean: FloatArray,
        off: tuple[FloatArray, FloatArray, FloatArray],
        aim: float,
        first: FloatArray,
        second: FloatArray,
    ) -> tuple[FloatArray, ...]:
        """Solve Newton's equations towards a gap: steps of x, y, pull, room, rest and breach."""
        from scipy.linalg import lu_solve

        q, n = self.q, len(self.x)
        to_room = aim - self.room * self.pull - first
        to_rest = np.where(self.soft, aim - self.breach * self.rest - second, 0.0)
        short, dual, level = off
        drift = -short - to_rest / self.rest + to_room / self.pull
        both = lu_solve(factors, np.concatenate([-dual - _pulled(q.rows, lean * drift), level]), check_finite=False)
        d_pull = lean * (_times(q.rows, both[:n]) + drift)
        d_rest = np.where(self.soft, -d_pull, 0.0)
        d_breach = np.where(self.soft, (to_rest - self.breach * d_rest) / self.rest, 0.0)
        return both[:n], both[n:], d_pull, (to_room - self.room * d_pull) / self.pull, d_rest, d_breach

    def _longest(self, move: Sequence[FloatArray]) -> float:
        """Return how far, of one, every kept number stays positive."""
        ways = zip(self._kept, move, strict=True)
        return min(1.0, *(float((-at[way < 0.0] / way[way < 0.0]).min(initial=1.0)) for at, way in ways))

    def _gap_after(self, far: float, move: Sequence[FloatArray]) -> float:
        pull, room, rest, breach = (at + far * way for at, way in zip(self._kept, move, strict=True))
        return float((room @ pull + breach @ (rest * self.soft)) / (len(room) + int(self.soft.sum())))
