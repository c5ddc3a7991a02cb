"""A small convex quadratic programme whose constraints may be broken at a price, by Mehrotra's interior point method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]

STEPS = 60
GAP = 1e-9
"""Mean complementarity at which the search ends; penalties are of size one."""
FEASIBLE = 1e-8
BACK = 0.995  # of the way to the nearest bound
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
    from scipy.linalg import LinAlgError, lu_factor, lu_solve

    q = programme
    soft = np.isfinite(q.price)
    cost = np.where(soft, q.price, 0.0)
    x, y = start.copy(), np.zeros(len(q.level))
    pull = np.where(soft, 0.5 * cost, 1.0)  # multipliers of the rows
    rest = np.where(soft, cost - pull, 1.0)  # multipliers of s >= 0
    room = np.maximum(q.bound - q.rows @ x, 0.0) + 1.0
    breach = np.where(soft, np.maximum(q.rows @ x - q.bound, 0.0) + 1.0, 0.0)
    pairs = len(q.bound) + int(soft.sum())
    for _ in range(STEPS):
        dual = q.curve @ x + q.slope + q.rows.T @ pull + q.equal.T @ y
        short = q.bound - q.rows @ x + breach - room
        off = q.level - q.equal @ x
        gap = (room @ pull + breach @ (rest * soft)) / pairs
        if gap < GAP and np.abs(short).max() < FEASIBLE and np.abs(off).max() < FEASIBLE * FEASIBLE**0.5:
            break
        lean = 1.0 / (breach / rest + room / pull)
        normal = q.curve + (q.rows.T * lean) @ q.rows
        normal[np.diag_indices(len(x))] += RIDGE * np.trace(normal) / len(x)
        system = np.block([[normal, q.equal.T], [q.equal, np.zeros((len(y), len(y)))]])
        if not np.isfinite(system).all():
            return x, False
        try:
            factors = lu_factor(system, check_finite=False)
        except LinAlgError:
            return x, False

        def direction(aim: float, first: FloatArray, second: FloatArray) -> tuple[FloatArray, ...]:
            to_room = aim - room * pull - first
            to_rest = np.where(soft, aim - breach * rest - second, 0.0)
            drift = -short - to_rest / rest + to_room / pull
            both = lu_solve(factors, np.concatenate([-dual - q.rows.T @ (lean * drift), off]), check_finite=False)
            dx, dy = both[: len(x)], both[len(x) :]
            d_pull = lean * (q.rows @ dx + drift)
            d_rest = np.where(soft, -d_pull, 0.0)
            d_breach = np.where(soft, (to_rest - breach * d_rest) / rest, 0.0)
            return dx, dy, d_pull, (to_room - room * d_pull) / pull, d_rest, d_breach

        def longest(move: tuple[FloatArray, ...]) -> float:
            ways = ((pull, move[2]), (room, move[3]), (rest, move[4]), (breach, move[5]))
            return min(1.0, *(float((-at[way < 0.0] / way[way < 0.0]).min(initial=1.0)) for at, way in ways))

        zero = np.zeros_like(room)
        ahead = direction(0.0, zero, zero)
        far = longest(ahead)
        left = (room + far * ahead[3]) @ (pull + far * ahead[2])
        left += (breach + far * ahead[5]) @ ((rest + far * ahead[4]) * soft)
        move = direction((left / pairs / gap) ** 3 * gap, ahead[3] * ahead[2], ahead[5] * ahead[4])
        far = BACK * longest(move)
        x, y, pull, room, rest, breach = (
            at + far * way for at, way in zip((x, y, pull, room, rest, breach), move, strict=True)
        )
    hard = q.rows[~soft] @ x - q.bound[~soft]
    return x, bool(np.isfinite(x).all() and hard.max(initial=0.0) < 1e-6 and np.abs(q.equal @ x - q.level).max() < 1e-6)
