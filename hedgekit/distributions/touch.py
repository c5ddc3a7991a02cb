"""Whether a lognormal spot reaches a level before a date: watched all the time, or at each day's close."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hedgekit.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """What happens at a level and beyond.

    Attributes
    ----------
    probability : float
        That the spot reaches the level in time.
    discounted : float
        Expected value today of one dollar paid when it does: ``E[e^(-r tau); tau <= T]``.
    touched_mean : float
        ``E[S_tau; tau <= T]``, dollars a share: the level times `probability` when watched all the time, beyond it at
        closes.
    touched_discounted : float
        The same, each discounted from its moment: ``E[e^(-r tau) S_tau; tau <= T]``.
    untouched_mean : float
        ``E[S_T; tau > T]``, dollars a share.
    """

    probability: float
    discounted: float
    touched_mean: float
    touched_discounted: float
    untouched_mean: float


def touch(spot: float, level: float, t_years: float, drift: float, vol: float, *, rate: float = 0.0) -> Touch:
    """Return the chance that a lognormal spot, watched all the time, reaches a level.

    Parameters
    ----------
    spot, level : float
        Dollars a share, positive; the level may be below or above.
    t_years : float
        Positive.
    drift : float
        Growth of the expected spot, continuously compounded: rate less dividend yield under the pricing measure.
    vol : float
        Decimal a year, positive.
    rate : float
        For what is discounted.

    Raises
    ------
    InputError
        A number out of its range.

    Notes
    -----
    With ``b = ln(H / S)``, ``m = drift - vol^2 / 2`` and ``s = vol sqrt(T)``, for a level below:
    ``P = N((b - m T) / s) + exp(2 m b / vol^2) N((b + m T) / s)`` (Harrison 1985, chapter 1); a level above by
    reflection.

    Examples
    --------
    >>> round(touch(249.78, 236.02, 10 / 252, 0.049 - 0.011, 0.141528254957984).probability, 6)
    0.04104
    """
    from scipy.special import erfc, log_ndtr, ndtr

    _check(spot, level, t_years, drift, vol, rate)
    side = 1.0 if level < spot else -1.0
    b = -abs(math.log(level / spot))
    deviation = vol * math.sqrt(t_years)
    variance = vol * vol

    def reached(m: float, n: float) -> float:
        """Return ``e^(b (m - n) / vol^2) N((b - n T) / s) + e^(b (m + n) / vol^2) N((b + n T) / s)``."""
        logs = (
            b * (m - n) / variance + float(log_ndtr((b - n * t_years) / deviation)),
            b * (m + n) / variance + float(log_ndtr((b + n * t_years) / deviation)),
        )
        return min(sum(math.exp(x) for x in logs), 1.0)

    m = side * (drift - 0.5 * variance)
    if b == 0.0:
        return Touch(probability=1.0, discounted=1.0, touched_mean=level, touched_discounted=level, untouched_mean=0.0)
    square = m * m + 2.0 * rate * variance
    probability = reached(m, m)
    if square >= 0.0:
        discounted = reached(m, math.sqrt(square))
    else:  # a rate far below zero: both terms are complex, each the other's conjugate
        n = 1j * math.sqrt(-square)
        root_half = math.sqrt(0.5)
        term = np.exp(b * (m - n) / variance) * erfc(-(b - n * t_years) / deviation * root_half)
        discounted = float(term.real)
    # with the spot as the unit of account the drift of its log is higher by the variance
    shifted = m + side * variance
    above = float(ndtr((shifted * t_years - b) / deviation))
    back = math.exp(2.0 * shifted * b / variance + float(log_ndtr((b + shifted * t_years) / deviation)))
    return Touch(
        probability=probability,
        discounted=discounted,
        touched_mean=level * probability,
        touched_discounted=level * discounted,
        untouched_mean=spot * math.exp(drift * t_years) * max(above - back, 0.0),
    )


PANEL, POINTS = 2.0, 12  # width in daily deviations, and Gauss points: the density is known to about 1e-14
REACH = 9.0  # deviations beyond which a normal density is below 1e-18


def touch_at_closes(
    spot: float, level: float, t_years: float, drift: float, vol: float, *, closes: int, rate: float = 0.0
) -> Touch:
    """Return the chance that a lognormal spot is at or beyond a level at one of several evenly spaced closes.

    Parameters
    ----------
    spot, level, t_years, drift, vol, rate
        As for `touch`.
    closes : int
        Number of closes, the last at `t_years`; now is not one of them.

    Raises
    ------
    InputError
        A number out of its range.

    Notes
    -----
    The density of the paths that have not touched is carried from close to close by Gauss-Legendre quadrature; panels
    of equal width make the transition a short convolution. Nothing is corrected or simulated.

    Examples
    --------
    >>> found = touch_at_closes(249.78, 236.02, 10 / 252, 0.049 - 0.011, 0.141528254957984, closes=10)
    >>> round(found.probability, 6)
    0.027807
    """
    from scipy.special import ndtr

    _check(spot, level, t_years, drift, vol, rate)
    if isinstance(closes, bool) or int(closes) != closes or closes < 1:
        raise InputError(f"closes {closes!r}: expected a whole number, 1 or more")
    side = 1.0 if level < spot else -1.0
    step = t_years / closes
    scale = vol * math.sqrt(step)
    start = abs(math.log(spot / level)) / scale
    move = side * (drift - 0.5 * vol * vol) * step / scale
    # the mean of the spot itself moves by one more deviation's worth: leave room for it
    room = start + closes * max(move, move + side * scale, 0.0) + REACH * math.sqrt(closes) + PANEL
    panels = math.ceil(room / PANEL)
    x, w = np.polynomial.legendre.leggauss(POINTS)
    inside, weight = 0.5 * PANEL * (x + 1.0), 0.5 * PANEL * w
    nodes = (PANEL * np.arange(panels)[:, None] + inside).ravel()
    weights = np.tile(weight, panels)
    reach = math.ceil((REACH + abs(move)) / PANEL) + 1
    offsets = PANEL * np.arange(-reach, reach + 1)
    source = (offsets[:, None] + inside).ravel()
    kernel = _density(inside[None, :] - source[:, None] - move) * np.tile(weight, len(offsets))[:, None]
    crossing = ndtr(-nodes - move) * weights
    beyond = np.exp(side * scale * (nodes + move) + 0.5 * scale * scale) * weights
    beyond *= ndtr(-nodes - move - side * scale)
    first = start + move
    hit = [float(ndtr(-first))]
    fill = [math.exp(side * scale * first + 0.5 * scale * scale) * float(ndtr(-first - side * scale))]
    density = np.zeros((panels + 2 * reach) * POINTS)
    middle = slice(reach * POINTS, (reach + panels) * POINTS)
    density[middle] = _density(nodes - first)
    windows = np.lib.stride_tricks.sliding_window_view(density, len(source))[::POINTS]
    for _ in range(1, closes):
        hit.append(float(crossing @ density[middle]))
        fill.append(float(beyond @ density[middle]))
        density[middle] = (windows @ kernel).ravel()
    paid = np.exp(-rate * step * np.arange(1, closes + 1))
    survived = float((density[middle] * weights) @ np.exp(side * scale * nodes))
    return Touch(
        probability=min(math.fsum(hit), 1.0),
        discounted=float(paid @ np.array(hit)),
        touched_mean=level * math.fsum(fill),
        touched_discounted=level * float(paid @ np.array(fill)),
        untouched_mean=level * survived,
    )


def _density(z: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi))


def _check(spot: float, level: float, t_years: float, drift: float, vol: float, rate: float) -> None:
    for name, value in {"spot": spot, "level": level, "t_years": t_years, "vol": vol}.items():
        if not 0.0 < value < math.inf:
            raise InputError(f"{name} {value!r}: expected a positive number")
    for name, value in {"drift": drift, "rate": rate}.items():
        if not math.isfinite(value):
            raise InputError(f"{name} {value!r}: expected a number, decimal a year")
