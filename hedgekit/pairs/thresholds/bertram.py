"""Bertram's levels: in and out around the mean so that return a day, or its Sharpe ratio, is greatest after costs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hedgekit.errors import InfeasibleError, InputError
from hedgekit.pairs.thresholds.ornstein_uhlenbeck import OrnsteinUhlenbeck

FARTHEST = 6.0
"""Levels beyond this many deviations are not looked at: the wait would be longer than any history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BertramLevels:
    """Buy the spread at `entry`, sell it at `exit`, wait for `entry` again.

    Attributes
    ----------
    entry, exit : float
        Levels of the spread, symmetric around the mean.
    distance_z : float
        Of each from the mean, in long-run standard deviations.
    cycle_days, cycle_variance : float
        Expected days from one entry to the next, and their variance.
    return_per_day, variance_per_day : float
        Of the spread's units earned, after costs, buying only; selling at `exit` as well doubles the return.
    sharpe : float
        ``(return - rate / cycle) / sqrt(variance)`` a root day; NaN when no rate was given.
    """

    entry: float
    exit: float
    distance_z: float
    cycle_days: float
    cycle_variance: float
    return_per_day: float
    variance_per_day: float
    sharpe: float


def bertram(process: OrnsteinUhlenbeck, cost: float, *, rate: float | None = None) -> BertramLevels:
    """Find the levels of greatest return a day, or of greatest Sharpe ratio when a rate is given.

    Parameters
    ----------
    process : OrnsteinUhlenbeck
    cost : float
        Of a round trip, in units of the spread (of a log spread: a fraction of the long leg's value); zero or more.
    rate : float, optional
        Return forgone a round trip, in units of the spread: the levels then maximise the Sharpe ratio.

    Returns
    -------
    BertramLevels

    Raises
    ------
    InputError
        A cost below zero; or a rate that is not positive: without it the Sharpe ratio does not contain the cost, and
        its best levels are the same at any cost.
    InfeasibleError
        The cost is so large that no level within `FARTHEST` deviations pays.

    Notes
    -----
    With levels ``mean -+ d`` and ``u = d sqrt(speed) / vol``: a cycle takes ``E[T] = 2 pi / speed erfi(u)`` on average,
    and earns ``2 d - cost``; its variance is that of the two first passages. W. K. Bertram, "Analytic solutions for
    optimal statistical arbitrage trading", Physica A 389 (2010), eqs. 9 to 12; the variance here is integrated, not
    summed.

    Examples
    --------
    >>> best = bertram(OrnsteinUhlenbeck(speed=180.9670, mean=0.0, vol=0.1538), 0.0010)
    >>> round(best.exit, 8), round(best.return_per_day, 7), round(best.cycle_days, 7)
    (0.00471518, 0.4923583, 0.0171224)
    """
    from scipy.optimize import minimize_scalar

    if not 0.0 <= cost < math.inf:
        raise InputError(f"cost {cost!r}: expected zero or more")
    if rate is not None and not 0.0 < rate < math.inf:
        raise InputError(
            f"rate {rate!r}: a Sharpe ratio without a positive rate does not contain the cost, so its best levels mean "
            "nothing; give a rate, or maximise the return"
        )
    unit = process.vol / math.sqrt(process.speed)
    relative = cost / unit
    farthest = FARTHEST / math.sqrt(2.0)
    if rate is None:
        u = best_distance(process, cost) / unit
    else:
        forgone = rate / unit
        low = 0.5 * (relative + forgone)
        if low >= farthest:
            raise _too_dear(cost, process)

        def objective(u: float) -> float:
            return -_sharpe(u, relative, forgone)

        grid = np.linspace(low, farthest, 66)[1:-1]
        start = float(grid[int(np.argmin([objective(float(u)) for u in grid]))])
        step = float(grid[1] - grid[0])
        u = float(
            minimize_scalar(
                objective, bounds=(start - step, start + step), method="bounded", options={"xatol": 1e-10}
            ).x
        )
    return _levels(process, cost, rate, float(u), unit)


def best_distance(process: OrnsteinUhlenbeck, cost: float) -> float:
    """Return how far from the mean the levels of greatest return a day lie, and nothing else of `bertram`."""
    from scipy.optimize import brentq

    unit = process.vol / math.sqrt(process.speed)
    relative, farthest = cost / unit, FARTHEST / math.sqrt(2.0)
    if relative == 0.0:
        raise InputError("cost 0: without costs the best levels lie on the mean itself, traded without end")
    if _slope(farthest, relative) > 0.0:
        raise _too_dear(cost, process)
    return unit * float(brentq(_slope, 0.5 * relative, farthest, args=(relative,), xtol=1e-15, rtol=1e-14))


def _levels(process: OrnsteinUhlenbeck, cost: float, rate: float | None, u: float, unit: float) -> BertramLevels:
    distance = u * unit
    cycle = _cycle(u) / process.speed
    variance = _cycle_variance(u) / process.speed**2
    earned = 2.0 * distance - cost
    spread = earned**2 * variance / cycle**3
    sharpe = math.nan if rate is None else (earned - rate) / cycle / math.sqrt(spread)
    return BertramLevels(
        entry=process.mean - distance,
        exit=process.mean + distance,
        distance_z=u * math.sqrt(2.0),
        cycle_days=cycle,
        cycle_variance=variance,
        return_per_day=earned / cycle,
        variance_per_day=spread,
        sharpe=sharpe,
    )


def _too_dear(cost: float, process: OrnsteinUhlenbeck) -> InfeasibleError:
    return InfeasibleError(
        f"a round trip costs {cost:.4g} and the spread's standard deviation is {process.sd:.4g}: no level within "
        f"{FARTHEST:g} deviations pays"
    )


def _cycle(u: float) -> float:
    """Return the expected cycle in units of 1 / speed."""
    from scipy.special import erfi

    return 2.0 * math.pi * float(erfi(u))


def _slope(u: float, cost: float) -> float:
    """Return the sign of the derivative of (2 u - cost) / erfi(u), scaled by exp(-u^2)."""
    from scipy.special import dawsn

    # erfi(u) exp(-u^2) is 2 / sqrt(pi) times Dawson's integral: nothing overflows.
    return 2.0 * float(dawsn(u)) - (2.0 * u - cost)


def _sharpe(u: float, cost: float, rate: float) -> float:
    """Return the Sharpe ratio a root of 1 / speed."""
    earned = 2.0 * u - cost
    return (earned - rate) / earned * math.sqrt(_cycle(u) / _cycle_variance(u))


def _cycle_variance(u: float) -> float:
    """Return the variance of the cycle in units of 1 / speed^2.

    With z in long-run deviations and ``h(z) = sqrt(2 pi) exp(z^2/2) Phi(z)``, the passage from -b up to b has variance
    ``2 int_{-b}^{b} exp(y^2/2) int_{-inf}^{y} exp(-z^2/2) h(z)^2 dz dy``, from the backward equation of the second
    moment; the way down is its mirror image.
    """
    from numpy.polynomial import Chebyshev
    from scipy.special import erfcx

    b = u * math.sqrt(2.0)

    def inner(z: np.ndarray) -> np.ndarray:
        h = math.sqrt(0.5 * math.pi) * erfcx(-z / math.sqrt(2.0))
        return np.asarray(np.exp(-0.5 * z * z) * h * h)

    # Below -b - 12 the inner integrand is less than exp(-72) of what counts.
    primitive = Chebyshev.interpolate(inner, 160, domain=[-b - 12.0, b]).integ(lbnd=-b - 12.0)
    nodes, weights = np.polynomial.legendre.leggauss(60)
    y = b * nodes
    return float(2.0 * 2.0 * b * (weights * np.exp(0.5 * y * y) * primitive(y)).sum())
