"""What arbitrage is left: between the quotes themselves, and in the surface on a fine grid."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from hedgekit.market.arbitrage import triples
from hedgekit.market.surface.mixture import FloatArray, total_vol
from hedgekit.market.surface.quotes import SmileQuotes
from hedgekit.market.surface.surface import Slice, Surface
from hedgekit.model import Flag

Rows: TypeAlias = npt.NDArray[np.intp]

EXAMPLES = 3
POINTS = 401
"""Log moneyness at which a slice is looked at, over its quoted strikes and half as far again."""

BEYOND = 1.5
REACH, CLEAR = 8, 1e-6
"""Quotes this far apart in order of strike are compared, and contradict each other when by more than this fraction."""

NEARLY_NONE = 1e-3  # of Durrleman's g, which is one for a lognormal: where it is looked at more closely
ROUNDING = 1e-7
"""Relative to total variance: what differences of vols solved to 1e-13 cannot tell from nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One calendar arbitrage between quotes.

    Attributes
    ----------
    what : str
        In words.
    gain : float
        Vol bid above the vol asked later, as a fraction of the latter.
    """

    what: str
    gain: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Arbitrage:
    """Static arbitrage, counted; the worst few of each kind.

    Attributes
    ----------
    quote_butterflies : int
        Quotes to blame for butterflies that pay at once (see `hedgekit.market.arbitrage`).
    quote_calendars : int
        Liquid strikes whose European-equivalent bid lies above what a later expiry asks at the same moneyness.
    quote_disputes : int
        Liquid quotes that no surface free of arbitrage can hold, at least: sets of quotes that contradict each other,
        no quote in two of them. In each, one must be missed.
    fit_butterflies, fit_calendars : int
        Points of the grid where the fitted smiles bend down or fall with time.
    unfitted : int
        Points where an expiry whose quotes are used in place of a smile bends down or falls with time.
    least_density : float
        Least of Durrleman's ``g(k)`` over the grid: negative would be a butterfly.
    least_rise : float
        Least relative rise of total variance from an expiry to the next at the same moneyness.
    points : int
        Points looked at.
    butterflies : tuple of str
        Symbols of the first few.
    worst_calendars : tuple of Violation
        The largest gain first.
    """

    quote_butterflies: int
    quote_calendars: int
    quote_disputes: int
    fit_butterflies: int
    fit_calendars: int
    unfitted: int
    least_density: float
    least_rise: float
    points: int
    butterflies: tuple[str, ...]
    worst_calendars: tuple[Violation, ...]


def arbitrage(surface: Surface) -> Arbitrage:
    """Look for static arbitrage in a surface and in its quotes.

    Parameters
    ----------
    surface : Surface
        Not moved.
    """
    chain = surface.chain
    blamed = chain.symbol[(chain.flags & Flag.BUTTERFLY) != 0].tolist()
    calendars = quote_calendars(surface)
    bent, fallen, unfitted, points, density, rise = 0, 0, 0, 0, np.inf, np.inf
    told = [of for of in surface.slices if of.method != "none"]
    for of in told:
        g = durrleman(of, _grid(of, of))
        bad = int((g < -ROUNDING).sum())
        if of.mixture is None:
            unfitted += bad
            continue
        points += len(g)
        bent += bad
        density = min(density, float(g.min()))
    smiles = [of for of in told if of.mixture is not None]
    for first, second in pairwise(smiles):
        step = _rise(first, second)
        points += len(step)
        fallen += int((step < -ROUNDING).sum())
        rise = min(rise, float(step.min()))
    for first, second in pairwise(told):
        if first.mixture is None or second.mixture is None:
            unfitted += int((_rise(first, second) < -ROUNDING).sum())
    return Arbitrage(
        quote_butterflies=len(blamed),
        quote_calendars=len(calendars),
        quote_disputes=sum(disputes(of.quotes) for of in surface.slices if of.mixture is not None),
        fit_butterflies=bent,
        fit_calendars=fallen,
        unfitted=unfitted,
        least_density=density if np.isfinite(density) else np.nan,
        least_rise=rise if np.isfinite(rise) else np.nan,
        points=points,
        butterflies=tuple(blamed[:EXAMPLES]),
        worst_calendars=tuple(sorted(calendars, key=lambda one: -one.gain)[:EXAMPLES]),
    )


def _rise(first: Slice, second: Slice) -> FloatArray:
    """Return by how much total variance rises from an expiry to another at the same moneyness, relative."""
    k = _grid(first, second)
    return np.asarray(second.total_vol(k) ** 2 / first.total_vol(k) ** 2 - 1.0)


def durrleman(of: Slice, k: FloatArray) -> FloatArray:
    """Return ``g(k) = (1 - k w'/2w)^2 - w'^2/4 (1/w + 1/4) + w''/2`` of total variance w, by differences.

    Zero or more everywhere means no butterfly arbitrage (Gatheral and Jacquier, 2014, lemma 2.2).
    """
    step = 0.02 * float(of.total_vol(np.zeros(1))[0])
    below, at, above = (of.total_vol(k + side * step) ** 2 for side in (-1.0, 0.0, 1.0))
    found = _g(k, at, (above - below) / (2.0 * step), (above - 2.0 * at + below) / step**2)
    doubtful = found < NEARLY_NONE
    if doubtful.any():  # between two humps of a density three points are not enough
        k, at, below, above = k[doubtful], at[doubtful], below[doubtful], above[doubtful]
        far_below, far_above = (of.total_vol(k + side * step) ** 2 for side in (-2.0, 2.0))
        slope = (8.0 * (above - below) - far_above + far_below) / (12.0 * step)
        bend = (16.0 * (above + below) - 30.0 * at - far_above - far_below) / (12.0 * step**2)
        found[doubtful] = _g(k, at, slope, bend)
    return found


def _g(k: FloatArray, at: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
    return np.asarray((1.0 - k * first / (2.0 * at)) ** 2 - 0.25 * first**2 * (1.0 / at + 0.25) + 0.5 * second)


def disputes(quotes: SmileQuotes) -> int:
    """Count disjoint sets of an expiry's liquid quotes that no smile can hold together.

    Notes
    -----
    In terms of European calls over the forward: two quotes between which calls would rise with the strike, or fall by
    more than the strikes differ; three between which they would bend down. Sets that share quotes with few others are
    taken first, so that many fit beside each other.
    """
    rows = np.flatnonzero(quotes.liquid)
    x = quotes.strike[rows] / quotes.forward
    floor = np.maximum(1.0 - x, 0.0)
    low, high = quotes.low[rows] + floor, quotes.high[rows] + floor
    found = [*_pairs(x, low, high), *_bends(x, low, high)]
    sets = [tuple(one) for part in found for one in part.tolist()]
    if not sets:
        return 0
    degree = np.bincount(np.concatenate([part.ravel() for part in found]), minlength=len(rows))
    taken: set[int] = set()
    count = 0
    for one in sorted(sets, key=lambda one: (int(degree[list(one)].sum()), one)):
        if taken.isdisjoint(one):
            taken.update(one)
            count += 1
    return count


def _pairs(x: FloatArray, low: FloatArray, high: FloatArray) -> list[Rows]:
    """Return pairs of quotes of which each shuts the other out."""
    found = []
    for apart in range(1, REACH + 1):
        first, second = np.arange(len(x) - apart), np.arange(apart, len(x))
        rises = low[second] > high[first] * (1.0 + CLEAR)
        falls = low[first] + x[first] > (high[second] + x[second]) * (1.0 + CLEAR)
        found.append(np.stack([first, second], axis=1)[rises | falls])
    return found


def _bends(x: FloatArray, low: FloatArray, high: FloatArray) -> list[Rows]:
    """Return triples of quotes of which the middle one lies above what the others allow."""
    found = []
    for first, middle, last, share in triples(x, REACH):
        over = low[middle] > (share * high[first] + (1.0 - share) * high[last]) * (1.0 + CLEAR)
        found.append(np.stack([first, middle, last], axis=1)[over])
    return found


def quote_calendars(surface: Surface) -> list[Violation]:
    """Find liquid strikes bid above what a later expiry's liquid quotes ask at the same moneyness, European-equivalent.

    Between a later expiry's strikes its asks are joined in total variance.
    """
    found: list[Violation] = []
    told = []
    for of in surface.slices:
        rows = (of.bands.liquid > 0.0) & of.bands.both
        k, low, high = of.bands.k[rows], of.bands.low[rows], of.bands.high[rows]
        told.append((of, k, total_vol(k, low) ** 2, total_vol(k, high) ** 2))
    for place, (of, k, bid, _) in enumerate(told):
        for later, at, _, ask in told[place + 1 :]:
            if len(at) < 2 or not len(k):
                continue
            over = np.flatnonzero(bid > np.interp(k, at, ask, left=np.inf, right=np.inf) * (1.0 + ROUNDING))
            for row in over:
                asked = np.sqrt(np.interp(k[row], at, ask))
                strike = of.forward * np.exp(k[row])
                points = float(np.sqrt(bid[row]) - asked)
                what = f"{of.expiry} {strike:.10g} bid above the same moneyness of {later.expiry}"
                found.append(Violation(what=what, gain=points / float(asked)))
            k, bid = np.delete(k, over), np.delete(bid, over)
    return found


def _grid(first: Slice, second: Slice) -> FloatArray:
    low = min(first.quotes.k.min(), second.quotes.k.min()) * BEYOND
    high = max(first.quotes.k.max(), second.quotes.k.max()) * BEYOND
    return np.linspace(min(low, -0.01), max(high, 0.01), POINTS)
