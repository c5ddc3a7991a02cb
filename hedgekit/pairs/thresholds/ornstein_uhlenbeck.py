"""The Ornstein-Uhlenbeck process of a spread: exact likelihood, how sure it is, and how long a return takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgekit.errors import InfeasibleError, InputError
from hedgekit.pairs.series import column, finite

LEAST_DAYS = 30
"""Values below which no process is fitted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrnsteinUhlenbeck:
    """``dX = speed (mean - X) dt + vol dW``, time in the unit of the data (days).

    Attributes
    ----------
    speed : float
        Of reversion, a day; positive.
    mean : float
        What it reverts to, in units of the spread.
    vol : float
        In units of the spread, a root day; positive.
    """

    speed: float
    mean: float
    vol: float

    def __post_init__(self) -> None:
        """Check that it reverts and moves."""
        if not (0.0 < self.speed < math.inf and 0.0 < self.vol < math.inf and math.isfinite(self.mean)):
            raise InputError(
                f"speed {self.speed:g}, mean {self.mean:g}, vol {self.vol:g}: expected a reverting process"
            )

    @property
    def sd(self) -> float:
        """Standard deviation in the long run, ``vol / sqrt(2 speed)``."""
        return self.vol / math.sqrt(2.0 * self.speed)

    @property
    def half_life(self) -> float:
        """Days in which half of a deviation is expected to go, ``ln 2 / speed``."""
        return math.log(2.0) / self.speed

    def days_to_mean(self, z: float, share: float) -> float:
        """Return the days within which `share` of all paths that start `z` deviations away have touched the mean.

        Notes
        -----
        ``P(T <= t) = 2 Phi(-|z| e^(-speed t) / sqrt(1 - e^(-2 speed t)))``: by reflection of the time-changed Brownian
        motion (Ricciardi and Sato, J. Appl. Probab. 25, 1988).

        Examples
        --------
        >>> round(OrnsteinUhlenbeck(speed=0.1, mean=0.0, vol=1.0).days_to_mean(2.0, 0.95), 1)
        34.6
        """
        from scipy.special import ndtri

        if not 0.0 < share < 1.0:
            raise InputError(f"share {share:g}: expected a number between 0 and 1")
        edge = -float(ndtri(0.5 * share))
        return math.log1p((z / edge) ** 2) / (2.0 * self.speed)


def fit(spread: Any) -> OrnsteinUhlenbeck:
    """Fit the process by its exact conditional likelihood.

    Parameters
    ----------
    spread : array_like, shape (n,)
        Equally spaced values; the unit of time is one step.

    Returns
    -------
    OrnsteinUhlenbeck

    Raises
    ------
    InputError
        A gap, or fewer than `LEAST_DAYS` values.
    InfeasibleError
        The carried-over share is not between 0 and 1: nothing pulls the spread back, or all of it is back in a day.

    Notes
    -----
    ``X_t = mean + b (X_{t-1} - mean) + e``: ``b`` by least squares, ``speed = -ln b``,
    ``vol^2 = 2 speed Var(e) / (1 - b^2)``. In small samples the speed comes out too high.

    Examples
    --------
    >>> e = np.random.default_rng(1).normal(size=4000)
    >>> x = [0.0]
    >>> for shock in e:
    ...     x.append(0.9 * x[-1] + shock)
    >>> found = fit(x)
    >>> round(found.speed, 3), round(found.half_life, 2)
    (0.107, 6.46)
    """
    values = finite("spread", column("spread", spread))
    if len(values) < LEAST_DAYS:
        raise InputError(f"spread has {len(values)} values: a process needs {LEAST_DAYS} or more")
    carried, mean, variance = _regress(values[None, :])
    if not 0.0 < carried[0] < 1.0:
        why = "nothing pulls the spread back" if carried[0] >= 1.0 else "the spread is back within a day"
        raise InfeasibleError(
            f"{why}: {carried[0]:.4f} of a deviation is carried to the next day; there are no levels to trade at"
        )
    return _process(float(carried[0]), float(mean[0]), float(variance[0]))


def refits(process: OrnsteinUhlenbeck, days: int, *, count: int, seed: int) -> list[OrnsteinUhlenbeck]:
    """Return what a fit would have found on other histories of the same process: parametric bootstrap.

    Histories whose fit does not revert are left out; their share is ``1 - len(result) / count``.
    """
    random = np.random.default_rng(seed)
    carried = math.exp(-process.speed)
    shock = process.sd * math.sqrt(-math.expm1(-2.0 * process.speed))
    paths = np.empty((count, days))
    paths[:, 0] = process.mean + process.sd * random.standard_normal(count)
    for t in range(1, days):
        paths[:, t] = process.mean + carried * (paths[:, t - 1] - process.mean) + shock * random.standard_normal(count)
    found = zip(*_regress(paths), strict=True)
    return [_process(float(b), float(m), float(v)) for b, m, v in found if 0.0 < b < 1.0 and v > 0.0]


def _regress(
    paths: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    before, after = paths[:, :-1], paths[:, 1:]
    x, y = before.mean(axis=1, keepdims=True), after.mean(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        carried = ((before - x) * (after - y)).sum(axis=1) / ((before - x) ** 2).sum(axis=1)
        mean = (y[:, 0] - carried * x[:, 0]) / (1.0 - carried)
    error = (after - y) - carried[:, None] * (before - x)
    return carried, mean, (error**2).mean(axis=1)


def _process(carried: float, mean: float, variance: float) -> OrnsteinUhlenbeck:
    speed = -math.log(carried)
    return OrnsteinUhlenbeck(speed=speed, mean=mean, vol=math.sqrt(2.0 * speed * variance / -math.expm1(-2.0 * speed)))
