"""Where the spot may end, at given spots: what a picture of a position is shaded with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy.typing as npt

from hedgekit import units
from hedgekit.distributions.protocol import Distribution

MIDDLE = (1.0 / 6.0, 5.0 / 6.0)
"""The ends of the middle two thirds, about one standard deviation either way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """A distribution of the spot, read at given spots.

    Attributes
    ----------
    measure : str
        Name of the distribution.
    statement : str
        What it assumes.
    low, high : float
        The spot ends between them with a probability of two thirds, below and above with one sixth each.
    below : tuple of float
        Probability of ending at or below each spot.
    gain_pct : float
        Probability that the position gains, percent.
    """

    measure: str
    statement: str
    low: float
    high: float
    below: tuple[float, ...]
    gain_pct: float


def odds_at(distribution: Distribution, spots: npt.ArrayLike, *, gain: float) -> Odds:
    """Read a distribution at some spots.

    Parameters
    ----------
    distribution : Distribution
    spots : array_like of float64, shape (n,)
        Dollars a share, ascending.
    gain : float
        Probability that the position gains under it, 0 to 1.
    """
    low, high = (float(end) for end in distribution.quantile(MIDDLE))
    return Odds(
        measure=distribution.name,
        statement=distribution.statement,
        low=low,
        high=high,
        below=tuple(float(p) for p in distribution.cdf(spots)),
        gain_pct=units.percent(gain),
    )
