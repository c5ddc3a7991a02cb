"""One expiry's smile: the smoothest mixture inside the quotes' bands and above the expiry before it.

The mixture's components lie fixed on a grid of log moneyness, fine near the forward and coarse in the wings, each about
as wide as the grid is there. Only the weights are sought, and everything asked of them is linear: prices within the
bands, mass and mean one, no weight negative, no price below that of the same moneyness one expiry earlier. So the best
weights are the one solution of a small quadratic programme.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from hedgekit.market.surface.mixture import FloatArray, Mixture, black, otm_matrix, total_vol
from hedgekit.market.surface.quadratic import Programme, minimise
from hedgekit.market.surface.quotes import Bands

Rows: TypeAlias = tuple[FloatArray, FloatArray, FloatArray]
"""Rows of a programme, their bounds, and what a breach costs."""

GOOD = 0.97
"""Below this share of liquid quotes inside, the fit is made closer, and quotes that contradict others are doubted."""

DOUBT, LEAST_DOUBT, ROUNDS = 0.3, 0.02, 6
"""Half widths outside at which a quote counts half, at first and in the end, and how often it is asked (as reweighted
least absolute values find the most equations that can hold: Candes, Wakin and Boyd 2008)."""

FARTHEST_NODE = 30.0  # standard deviations
MARGIN, NEAREST_NODE = 1.0, 5.0  # the grid goes so far beyond the last quotes, and at least so far, in deviations
FLOOR = 3e-6  # of the forward: bands narrower than this to either side tell no more
UNHELD = 0.3  # weight of quotes that are not liquid
TO_MID = 1e-3  # weight of the distance to the mids
LEAST_STRIKES = 5
TAIL = np.array([1.1, 1.25, 1.45, 1.7, 2.0, 2.5, 3.0])
"""Multiples of the outermost strikes' log moneyness at which the tails are asked to go on as the smile does."""

TOLD = 0.25  # greatest width of a band, relative to its vol, that tells where a tail starts
STEEPEST = 1.9  # of total variance in log moneyness: at 2 the mean is lost (Lee 2004)
NEAR = 4  # strikes that tell the vol at the forward
ORDER_POINTS, ORDER_MARGIN = 80, 0.01  # where the order in time is asked for, and by how many hundredths of the vol
LIGHTEST = 1e-7
"""A component's weight below this is not told: rows are scaled no further."""

CHECK_POINTS = 600
OVER = 8.0  # widths beyond the grid over which the order in time is asked for: farther out nothing is left
REPAIRS = 2
NOTHING = 1e-200  # prices over the forward below this are none
ORDERED = 1e-9
"""A price may lie this fraction below the one before it: rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manner:
    """How closely a smile follows its quotes.

    Attributes
    ----------
    finest : float
        Spacing of the grid at the forward, in standard deviations at the money: a smile bends no faster.
    coarsens : float
        Standard deviations from the forward at which the spacing has grown by 1.4: tails keep their shape.
    smooth : float
        Weight of the bends of the density.
    inner : float
        How far inside the ends of a band a price is asked to be, as a fraction of its half width.
    """

    finest: float
    coarsens: float
    smooth: float
    inner: float


USUAL = _Manner(finest=0.3, coarsens=2.0, smooth=1.0, inner=0.10)
CLOSE = _Manner(finest=0.1, coarsens=2.0 / 3.0, smooth=20.0, inner=0.02)
"""A finer grid follows what bends faster (an event ahead); noise between quotes would bend it too: the greater weight
of bends holds that back."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ceiling:
    """What later expiries ask at the same log moneyness: an earlier price above it would be calendar arbitrage.

    Attributes
    ----------
    k, total, width : ndarray of float64, shape (g,)
        Log moneyness; the least total variance asked later, infinite where nothing is; the width of that band.
    """

    k: FloatArray
    total: FloatArray
    width: FloatArray


def deviation_at_forward(bands: Bands) -> float:
    """Return the median ``vol sqrt(t)`` of the strikes nearest the forward that are quoted on both sides; else NaN."""
    for rows in (np.flatnonzero(bands.both & (bands.liquid > 0)), np.flatnonzero(bands.both)):
        if len(rows):
            near = rows[np.argsort(np.abs(bands.k[rows]), kind="stable")[:NEAR]]
            middle = 0.5 * (bands.low[near] + bands.high[near])
            return float(np.median(total_vol(bands.k[near], middle)))
    return math.nan


def fit_smile(bands: Bands, *, before: Mixture | None, ceiling: Ceiling | None) -> Mixture | None:
    """Return the mixture that fits an expiry's bands, or None where they tell too little.

    Parameters
    ----------
    bands : Bands
    before : Mixture, optional
        The smile of the expiry before; no price may lie below its own at the same log moneyness.
    ceiling : Ceiling, optional
        What later expiries ask.
    """
    deviation = deviation_at_forward(bands)
    if bands.both.sum() < LEAST_STRIKES or not 0.0 < deviation < math.inf:
        return None
    weight = np.where(bands.liquid > 0.0, bands.liquid, UNHELD)
    best = _ordered(bands, weight, deviation, USUAL, before, ceiling)
    held = -1.0 if best is None else _held(best, bands)
    if held >= GOOD * bands.liquid.sum():
        return best
    # where quotes contradict each other, those that most others contradict are believed less and less
    tried, trust = weight, DOUBT
    for _ in range(ROUNDS):
        found = _ordered(bands, tried, deviation, CLOSE, before, ceiling)
        if found is None:
            break
        if _held(found, bands) > held:
            best, held = found, _held(found, bands)
        tried = weight * trust / (trust + _breach(found, bands))
        trust = max(0.5 * trust, LEAST_DOUBT)
    return best


def _ordered(
    bands: Bands, weight: FloatArray, deviation: float, manner: _Manner, before: Mixture | None, ceiling: Ceiling | None
) -> Mixture | None:
    """Return the mixture that fits bands of some weight best and lies above the smile before; None without any."""
    centre, width = _nodes(bands.k, deviation, manner, before)
    asked = [_inside(bands, weight, manner.inner, centre, width)]
    asked += [
        _inside(tail, np.full(len(tail.k), UNHELD), manner.inner, centre, width) for tail in _tails(bands, deviation)
    ]
    if ceiling is not None:
        asked.append(_below(ceiling, centre, width))
    if before is None:
        return _solved(bands, deviation, manner.smooth, centre, width, asked)
    points = _spread(centre, width, deviation, ORDER_POINTS)
    fine = _spread(centre, width, deviation, CHECK_POINTS)
    for _ in range(REPAIRS + 1):
        rows = [*asked, _above(before, points, centre, width)]
        found = _solved(bands, deviation, manner.smooth, centre, width, rows)
        if found is None:
            return None
        lacking = _lacking(found, before, fine)
        if not len(lacking):
            return found
        points, fine = np.union1d(points, lacking), np.union1d(fine, lacking)
    assert found is not None
    return _stretched_above(found, before, fine)


def _breach(found: Mixture, bands: Bands) -> FloatArray:
    """Return how far a smile lies outside each band, in half widths of it; 0 inside."""
    price = found.otm(bands.k)
    return np.asarray(np.maximum(np.maximum(bands.low - price, price - bands.high), 0.0) / _half_width(bands))


def _held(found: Mixture, bands: Bands) -> float:
    """Return how many liquid quotes' bands hold a smile."""
    return float(bands.liquid[_breach(found, bands) <= 0.0].sum())


def _lacking(found: Mixture, before: Mixture, k: FloatArray) -> FloatArray:
    """Return where a smile's prices fall below the one before: at the points, or at the bottom of dips between."""
    least = before.otm(k)
    k, least = k[least > NOTHING], least[least > NOTHING]
    over = np.log(np.maximum(found.otm(k) / least, NOTHING))
    below = k[over < -ORDERED]
    # a parabola through each three points: far out two smiles touch more sharply than any grid can show
    steps = np.diff(k)
    slope = np.diff(over) / steps
    bend = (slope[1:] - slope[:-1]) / (steps[1:] + steps[:-1])
    tilt = (slope[:-1] * steps[1:] + slope[1:] * steps[:-1]) / (steps[1:] + steps[:-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        away = -0.5 * tilt / bend
        bottom = over[1:-1] - 0.25 * tilt**2 / bend
    dips = (bend > 0.0) & (away > -steps[:-1]) & (away < steps[1:]) & (bottom < -ORDERED)
    return np.union1d(below, (k[1:-1] + away)[dips])


def _solved(
    bands: Bands, deviation: float, smooth: float, centre: FloatArray, width: FloatArray, asked: list[Rows]
) -> Mixture | None:
    """Return the mixture whose weights meet the rows best; None when those that must hold cannot."""
    rows, bound, cost = (np.concatenate(parts) for parts in zip(*asked, strict=True))
    programme = _programme(bands, deviation, smooth, centre, width, rows, bound, cost)
    weight, solved = minimise(programme, _normal(centre, width, deviation))
    return Mixture.of(weight, centre, width) if solved else None


def _nodes(k: FloatArray, deviation: float, manner: _Manner, before: Mixture | None) -> tuple[FloatArray, FloatArray]:
    """Lay the grid: beyond the last quotes, and beyond the grid of the expiry before so that its tails can be kept."""
    low = max(min(k.min() / deviation * 1.05 - MARGIN, -NEAREST_NODE), -FARTHEST_NODE)
    high = min(max(k.max() / deviation * 1.05 + MARGIN, NEAREST_NODE), FARTHEST_NODE)
    if before is not None:
        low = min(low, before.centre.min() / deviation - 0.5)
        high = max(high, before.centre.max() / deviation + 0.5)
    coarsens = manner.coarsens
    ends = np.arcsinh(np.array([low, high]) / coarsens) * coarsens
    count = math.ceil((ends[1] - ends[0]) / manner.finest) + 1
    place = np.sinh(np.linspace(ends[0], ends[1], count) / coarsens) * coarsens
    return place * deviation, manner.finest * np.hypot(1.0, place / coarsens) * deviation


def _spread(centre: FloatArray, width: FloatArray, deviation: float, count: int) -> FloatArray:
    """Return points over and beyond the grid, spaced as it is."""
    scale = deviation * USUAL.coarsens
    low, high = centre[0] - OVER * width[0], centre[-1] + OVER * width[-1]
    return np.asarray(np.sinh(np.linspace(np.arcsinh(low / scale), np.arcsinh(high / scale), count)) * scale)


def _normal(centre: FloatArray, width: FloatArray, deviation: float) -> FloatArray:
    """Return weights of a bell: where the search starts."""
    share = np.exp(-0.5 * np.minimum((centre / deviation) ** 2, 50.0)) * width
    return np.asarray(share / share.sum())


def _inside(bands: Bands, weight: FloatArray, inner: float, centre: FloatArray, width: FloatArray) -> Rows:
    """Ask for prices inside the bands; a breach costs its weight times its size in half widths."""
    price = otm_matrix(bands.k, centre, width)
    low, high = bands.low, np.where(np.isfinite(bands.high), bands.high, 0.0)
    half = _half_width(bands)
    margin = np.where(bands.both, inner * 0.5 * (high - low), 0.0)
    capped, floored = np.isfinite(bands.high), bands.low > 0.0
    rows = np.concatenate([(price / half[:, None])[capped], (-price / half[:, None])[floored]])
    bound = np.concatenate([((high - margin) / half)[capped], (-(low + margin) / half)[floored]])
    return rows, bound, np.concatenate([weight[capped], weight[floored]])


def _half_width(bands: Bands) -> FloatArray:
    high = np.where(np.isfinite(bands.high), bands.high, 0.0)
    return np.maximum(np.where(bands.both, 0.5 * (high - bands.low), 0.1 * np.maximum(bands.low, high)), FLOOR)


def _tails(bands: Bands, deviation: float) -> list[Bands]:
    """Return where prices beyond the outermost strikes are looked for: what quotes do not tell, habit does.

    Total variance stays as at the outermost strike, at least, and rises as from the forward to there, at most.
    """
    rows = np.flatnonzero(bands.both)
    low, high = (total_vol(bands.k[rows], side[rows]) for side in (bands.low, bands.high))
    told = (high - low) < TOLD * (high + low) / 2.0
    if told.any():
        rows, low, high = rows[told], low[told], high[told]
    found = []
    for place, side in ((0, -1.0), (-1, 1.0)):
        edge, middle = bands.k[rows[place]], 0.5 * (low[place] + high[place])
        start = max(side * edge, deviation)
        slope = min(max(middle**2 - deviation**2, 0.0) / start, STEEPEST)
        k = side * start * TAIL
        least, most = (np.sqrt(middle**2 + rise * (np.abs(k) - start)) for rise in (0.0, slope))
        near, far = black(k, least * 0.98), black(k, most * 1.02)
        kept = (near > 0.0) & (np.abs(k) > np.abs(bands.k[0 if side < 0.0 else -1]))
        found.append(Bands(k=k[kept], low=near[kept], high=far[kept], liquid=np.zeros(int(kept.sum()))))
    return found


def _below(ceiling: Ceiling, centre: FloatArray, width: FloatArray) -> Rows:
    """Ask for prices no higher than later expiries ask at the same moneyness."""
    asked = np.isfinite(ceiling.total) & (ceiling.k > centre[0]) & (ceiling.k < centre[-1])
    k, total = ceiling.k[asked], ceiling.total[asked]
    most = black(k, np.sqrt(total))
    least = black(k, np.sqrt(np.maximum(total - ceiling.width[asked], 1e-12)))
    half = np.maximum(0.5 * (most - least), 1e-8)
    return otm_matrix(k, centre, width) / half[:, None], most / half, np.ones(len(k))


def _above(before: Mixture, k: FloatArray, centre: FloatArray, width: FloatArray) -> Rows:
    """Demand prices no lower than the expiry before, counted in hundredths of its vol."""
    least = before.otm(k)
    k, least = k[least > NOTHING], least[least > NOTHING]
    told = before.total_vol(np.zeros(1))[0]
    price = otm_matrix(k, centre, width)
    scale = np.maximum(0.01 * least * (1.0 + np.minimum((k / told) ** 2, 100.0)), LIGHTEST * price.max(axis=1))
    return -price / scale[:, None], -least / scale - ORDER_MARGIN, np.full(len(k), np.inf)


def _programme(
    bands: Bands,
    deviation: float,
    smooth: float,
    centre: FloatArray,
    width: FloatArray,
    rows: FloatArray,
    bound: FloatArray,
    cost: FloatArray,
) -> Programme:
    """Put the smile's demands together: no negative weight, mass and mean one, near the mids, a smooth density."""
    count = len(centre)
    spacing = width / deviation
    bends = np.diff(np.eye(count), 2, axis=0) / spacing
    known = bands.both & (bands.liquid > 0.0)
    half = _half_width(bands)[known]
    price = otm_matrix(bands.k[known], centre, width) / half[:, None]
    middle = 0.5 * (bands.low + np.where(bands.both, bands.high, 0.0))[known] / half
    return Programme(
        curve=smooth * bends.T @ bends + TO_MID * price.T @ price,
        slope=-TO_MID * price.T @ middle,
        equal=np.stack([np.ones(count), np.expm1(centre)]),
        level=np.array([1.0, 0.0]),
        rows=np.concatenate([rows, -np.eye(count)]),
        bound=np.concatenate([bound, np.zeros(count)]),
        price=np.concatenate([cost, np.full(count, np.inf)]),
    )


def _stretched_above(found: Mixture, before: Mixture, k: FloatArray) -> Mixture:
    """Stretch a smile by the least power that lifts it above the one before: what is left of rounding."""
    least = before.otm(k) * (1.0 - ORDERED)
    low, high = 1.0, 1.0 + 1e-6
    while (found.stretched(high).otm(k) < least).any() and high < 2.0:
        low, high = high, 1.0 + 2.0 * (high - 1.0)
    for _ in range(20):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if (found.stretched(middle).otm(k) < least).any() else (low, middle)
    return found.stretched(high)
