"""What a pair's spread may do next, with everything that is not known about it left unknown.

A half-life read off one window is too short: a fitted line hugs its own days, the carried share comes out too low near
one, and a signal is a window that happened to look as if it reverted. Whether the spread reverts at all, how fast,
around which line and with what noise are therefore drawn from what the data leave possible, and the odds are counted
over paths of all of it. Such odds need no correction for the signal having been chosen by the same data, for they
condition on all of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hedgekit.model import FloatArray

NEVER = 0.5
"""Probability, before the data, that nothing pulls the spread back: an even chance."""

SHORTEST, LONGEST, LIVES = 1.0, 252.0, 56
"""Half-lives in days that a reverting spread may have: any factor of two as likely as another, from a day to a year."""

PATHS, SEED = 10_000, 20260617

HORIZON = 126
"""Trading days looked ahead: half a year."""

WITHIN = (10, 21, 42, 63, 126)
"""Days for which odds are told."""

SURE = 0.95
"""Share of all paths that is called sure."""

TIMELY = 0.8
"""Share of the paths that reach the exit which has done so by the time stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What the days seen leave possible about ``y = a + b x + u``, ``u`` carrying a share of itself on each day.

    Attributes
    ----------
    lives : ndarray, shape (k,)
        Half-lives in days, ascending; the last is infinite.
    weight : ndarray, shape (k,)
        Probability of each.
    level, slope : ndarray, shape (k,)
        Best line for each; the level is 0 for the infinite one, where it has no meaning.
    root : ndarray, shape (k, 2, 2)
        Of the line's covariance in units of the noise's variance: ``root @ root.T``.
    squares : ndarray, shape (k,)
        Of the line's residual shocks, summed.
    freedom : int
        Days that tell the noise.
    """

    lives: FloatArray
    weight: FloatArray
    level: FloatArray
    slope: FloatArray
    root: FloatArray
    squares: FloatArray
    freedom: int

    @property
    def never(self) -> float:
        """Probability that nothing pulls the spread back."""
        return float(self.weight[-1])

    def quantile(self, share: float) -> float:
        """Return the half-life that `share` of the probability lies at or below; may be infinite."""
        below = np.cumsum(self.weight[:-1])
        if share > below[-1]:
            return math.inf
        return float(np.exp(np.interp(share, below, np.log(self.lives[:-1]))))


def believe(y: FloatArray, x: FloatArray, *, never: float = NEVER) -> Belief:
    """Weigh every half-life by how likely it makes the days seen.

    Parameters
    ----------
    y, x : ndarray, shape (n,)
        Log levels of the long and of the short leg.
    never : float
        Probability before the data that nothing pulls the spread back.

    Returns
    -------
    Belief

    Notes
    -----
    Flat in level and slope, ``1 / sigma`` in the noise, both integrated out: the restricted likelihood (Harville, 1974)
    ``(1 - r^2)^(1/2) |X'X|^(-1/2) RSS^(-(n - 2) / 2)`` of data transformed by ``1 - r L``, whose first day has the
    spread's own variance. It stays finite at ``r = 1``, where it is the likelihood of the changes, so that a walk is
    weighed on the same scale, and its estimates of ``r`` near one are far less short than those of least squares
    (Cheang and Reinsel, 2000; Chen and Deo, 2009).

    Examples
    --------
    >>> random = np.random.default_rng(3)
    >>> x, u = np.cumsum(0.01 * random.normal(size=253)), np.zeros(253)
    >>> for t in range(1, 253):
    ...     u[t] = 0.8 * u[t - 1] + 0.01 * random.normal()
    >>> found = believe(0.9 * x + u, x)
    >>> found.never < 0.01, 2.0 < found.quantile(0.5) < 5.0
    (True, True)
    """
    # far from zero the two columns of the line are nearly the same
    y, x = y - y[-1], x - x[-1]
    lives = np.append(np.geomspace(SHORTEST, LONGEST, LIVES), np.inf)
    carried = np.exp2(-1.0 / lives)[:, None]
    first = np.sqrt(1.0 - carried * carried)
    one, dx, dy = (
        np.hstack([first * column[0], column[1:] - carried * column[:-1]]) for column in (np.ones_like(x), x, y)
    )
    freedom = len(y) - 2
    a, b, c = (one * one).sum(axis=1), (one * dx).sum(axis=1), (dx * dx).sum(axis=1)
    # a walk has no level: its column is zero, and so must be what is told of it
    a[-1] = 1.0
    along = (one * dy).sum(axis=1), (dx * dy).sum(axis=1)
    det = a * c - b * b
    level, slope = (c * along[0] - b * along[1]) / det, (a * along[1] - b * along[0]) / det
    squares = ((dy - level[:, None] * one - slope[:, None] * dx) ** 2).sum(axis=1)
    fallen = np.append(1.0 - carried[:-1, 0] ** 2, 1.0)
    log = 0.5 * np.log(fallen) - 0.5 * np.log(det) - 0.5 * freedom * np.log(squares)
    prior = np.append(np.full(LIVES, (1.0 - never) / LIVES), never)
    weight = prior * np.exp(log - log.max())
    root = np.zeros((len(lives), 2, 2))
    root[:, 1, 1] = np.sqrt(a / det)
    root[:, 0, 0] = 1.0 / np.sqrt(a)
    root[:, 0, 1] = -b / a * root[:, 1, 1]
    root[-1, 0, :] = 0.0
    return Belief(
        lives=lives,
        weight=weight / weight.sum(),
        level=level,
        slope=slope,
        root=root,
        squares=squares,
        freedom=freedom,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """What the spread may do from today, told against today's line.

    Attributes
    ----------
    never : float
        Probability that nothing pulls it back: it is a walk.
    within : dict of int to float
        Probability that it has crossed the line by so many trading days.
    within_if_never : dict of int to float
        The same, were it a walk: the part of `within` that does not rest on reversion, or on the prior for it.
    not_back : float
        Probability that it has not within the horizon.
    sure_days : float
        Days by which 95% of paths have crossed it; infinite when they do not within the horizon.
    half_days : float
        Median days until half the distance has gone; infinite beyond the horizon.
    exit_first, stop_first, neither : float
        Probability that the exit comes before the stop, the stop before the exit, and neither within the horizon.
    exit_days : float
        Days by which four of five of the paths that reach the exit first have; NaN when none does.
    late_never : float
        Probability, for a spread then still between exit and stop, that nothing pulls it back; NaN when none is.
    gain : float
        Mean gain over all paths of the trade to exit, stop or horizon, filled a day after each signal, after costs: a
        fraction of the long leg's dollars.
    loss_share : float
        Probability that the trade loses money after costs.
    """

    never: float
    within: dict[int, float]
    within_if_never: dict[int, float]
    not_back: float
    sure_days: float
    half_days: float
    exit_first: float
    stop_first: float
    neither: float
    exit_days: float
    late_never: float
    gain: float
    loss_share: float


def odds(
    belief: Belief,
    y: FloatArray,
    x: FloatArray,
    *,
    slope: float,
    sd: float,
    z: float,
    leave: float,
    stop: float,
    cost: float,
    paths: int = PATHS,
) -> Odds:
    """Count over paths of what is possible when the spread crosses its line, the exit and the stop.

    Parameters
    ----------
    belief : Belief
        Of the same days.
    y, x : ndarray, shape (n,)
        Log levels, today's last.
    slope, sd : float
        Of the line in use, and its deviation.
    z : float
        Today's spread against that line, in deviations; not zero.
    leave, stop : float
        Exit and stop, in deviations on the side of `z`; ``leave < |z| < stop``.
    cost : float
        Of a round trip, a fraction of the long leg's dollars.
    paths : int
        Their number: at 10,000 a probability is off by half a point or less, one standard error.

    Returns
    -------
    Odds
        The same for the same data: the paths are seeded.

    Notes
    -----
    A path draws a half-life by its weight, the noise from its inverse gamma, the line around its best one, and walks
    the short leg without drift by the deviation of its own changes: a line that is off costs as the short leg moves.
    What is not in it: a ratio that moves, and days wilder than the window's.

    Examples
    --------
    >>> random = np.random.default_rng(3)
    >>> x, u = np.cumsum(0.01 * random.normal(size=253)), np.zeros(253)
    >>> for t in range(1, 253):
    ...     u[t] = 0.8 * u[t - 1] + 0.01 * random.normal()
    >>> u[252] = -0.04
    >>> y = 0.9 * x + u
    >>> line = {"slope": 0.9, "sd": 0.017, "z": u[-1] / 0.017}
    >>> ahead = odds(believe(y, x), y, x, **line, leave=0.5, stop=4.0, cost=0.001)
    >>> ahead.within[63] > 0.9, ahead.within_if_never[63] < ahead.within[63]
    (True, True)
    """
    dice = np.random.default_rng(SEED)
    # evenly spaced draws: no half-life is over- or underrepresented by luck
    ranks = (np.arange(paths) + dice.random()) / paths
    walk = len(belief.lives) - 1
    kind = np.minimum(np.searchsorted(np.cumsum(belief.weight), ranks), walk)
    line = Line(slope=slope, sd=sd, step=float(np.diff(x).std()))
    marks = Marks(z=abs(z), leave=leave, stop=stop, sd=sd, cost=cost)
    out = marks.z + math.copysign(1.0, z) * _moves(belief, kind, line, dice)
    # paths of their own, for few of the others are walks when the data speak against it
    walks = marks.z + math.copysign(1.0, z) * _moves(belief, np.full(paths // 2, walk), line, dice)
    return _counted(out, marks, kind == walk, belief.never, _crossed(walks))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Slope and deviation of the line in use, and the deviation of the short leg's daily changes."""

    slope: float
    sd: float
    step: float


def _moves(belief: Belief, kind: NDArray[np.intp], line: Line, dice: np.random.Generator) -> FloatArray:
    """Return how far the spread moves from today in deviations of the line in use, shape (days, paths)."""
    paths, carried = len(kind), np.exp2(-1.0 / belief.lives[kind])
    noise = np.sqrt(belief.squares[kind] / dice.chisquare(belief.freedom, paths))
    off = np.einsum("kij,kj->ki", belief.root[kind], dice.standard_normal((paths, 2))) * noise[:, None]
    level, tilt = belief.level[kind] + off[:, 0], belief.slope[kind] + off[:, 1]
    moved = np.cumsum(line.step * dice.standard_normal((HORIZON + 1, paths)), axis=0)
    out = noise * dice.standard_normal((HORIZON + 1, paths))
    # the belief counts from today's levels, so that today's residual is less the level alone
    now = -level
    for day in range(HORIZON + 1):
        now = carried * now + out[day]
        out[day] = now
    out += level + (tilt - line.slope) * moved
    return out / line.sd


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What paths are counted against: start, exit and stop in deviations of `sd`, and the cost of a round trip."""

    z: float
    leave: float
    stop: float
    sd: float
    cost: float


def _counted(out: FloatArray, marks: Marks, walk: NDArray[np.bool_], never: float, if_never: dict[int, float]) -> Odds:
    """Return the odds of paths that start above the line, shape (days, paths); the last day is for fills alone."""
    seen = out[:HORIZON]
    crossed, half = _first(seen <= 0.0), _first(seen <= 0.5 * marks.z)
    left, broken = _first(seen <= marks.leave), _first(seen >= marks.stop)
    end = np.minimum(left, broken)
    gain = (out[0] - out[np.minimum(end, HORIZON), np.arange(out.shape[1])]) * marks.sd - marks.cost
    done = left < broken
    exit_days = float(np.quantile(left[done], TIMELY, method="higher")) if done.any() else math.nan
    late = end > exit_days
    return Odds(
        never=never,
        within=_crossed(out),
        within_if_never=if_never,
        not_back=float((crossed > HORIZON).mean()),
        sure_days=_within(np.quantile(crossed, SURE, method="higher")),
        half_days=_within(np.quantile(half, 0.5, method="higher")),
        exit_first=float(done.mean()),
        stop_first=float((broken < left).mean()),
        neither=float((end > HORIZON).mean()),
        exit_days=exit_days,
        late_never=float(walk[late].mean()) if late.any() else math.nan,
        gain=float(gain.mean()),
        loss_share=float((gain < 0.0).mean()),
    )


def _crossed(out: FloatArray) -> dict[int, float]:
    """Return the share of paths that have crossed the line by each of `WITHIN`."""
    return {days: float((out[:days] <= 0.0).any(axis=0).mean()) for days in WITHIN}


def _first(reached: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the first day, from 1, on which each path is there; one beyond the horizon when on none."""
    return np.where(reached.any(axis=0), reached.argmax(axis=0) + 1, HORIZON + 1)


def _within(days: float) -> float:
    return float(days) if days <= HORIZON else math.inf
