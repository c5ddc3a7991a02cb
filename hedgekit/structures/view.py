"""A view of where the spot will be, as a distribution: the market's own, with the odds of a range changed.

Someone who says "between 240 and 260, and I am 80% sure" has told one probability. Of all distributions that give the
range that probability, the one nearest to the market's (least relative entropy) keeps the market's shape within the
range and outside it and changes the two weights only (Jeffrey, 1983; Csiszar, 1975)::

    f_view(s) = c / P(range) f_market(s)              inside
                (1 - c) / (1 - P(range)) f_market(s)  outside

With c equal to the market's own probability of the range the view is the market.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from hedgekit.distributions.priced import Priced
from hedgekit.distributions.protocol import FloatArray
from hedgekit.errors import InputError
from hedgekit.units import percent

LEAST_PROBABILITY = 1e-6
"""A range that the market gives less than this tells nothing of the shape within it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View(Priced):
    """The market's distribution with the weight of a range changed.

    Attributes
    ----------
    market : Priced
    low, high : float
        The range, dollars a share; infinity is allowed.
    confidence : float
        Probability of the range.
    market_probability : float
        What the market gives it.
    """

    market: Priced
    low: float
    high: float
    confidence: float
    market_probability: float

    @property
    def inside(self) -> float:
        """What the market's density is multiplied with inside the range."""
        return self.confidence / self.market_probability

    @property
    def outside(self) -> float:
        """What it is multiplied with outside."""
        rest = 1.0 - self.market_probability
        return (1.0 - self.confidence) / rest if rest > 0.0 else 0.0

    def calls(self, strikes: npt.ArrayLike) -> FloatArray:
        """Return ``E[max(S - K, 0)]`` at each strike, dollars a share."""
        strike = np.asarray(strikes, dtype=np.float64)
        whole = self.market.calls(strike)
        return np.asarray(self.outside * whole + (self.inside - self.outside) * self._calls_inside(strike))

    def _calls_inside(self, strike: FloatArray) -> FloatArray:
        """``E[max(S - K, 0); low < S < high]`` under the market."""
        start = np.clip(strike, self.low, self.high)
        total = self.market.calls(start) + (start - strike) * (1.0 - self.market.cdf(start))
        if math.isinf(self.high):
            return np.asarray(total)
        end = np.full(strike.shape, self.high)
        return np.asarray(total - self.market.calls(end) - (self.high - strike) * (1.0 - self.market.cdf(end)))

    def cdf(self, spots: npt.ArrayLike) -> FloatArray:
        """Return ``P(S <= s)`` at each spot."""
        spot = np.asarray(spots, dtype=np.float64)
        below = self.market.cdf(np.clip(spot, self.low, self.high)) - self._below()
        return np.asarray(self.outside * self.market.cdf(spot) + (self.inside - self.outside) * below)

    def quantile(self, p: npt.ArrayLike) -> FloatArray:
        """Return the spot that is not passed with probability `p`."""
        share = np.asarray(p, dtype=np.float64)
        below = self._below()
        first = self.outside * below
        with np.errstate(divide="ignore", invalid="ignore"):
            left = share / self.outside if self.outside > 0.0 else np.zeros_like(share)
            middle = below + (share - first) / self.inside
            right = 1.0 - (1.0 - share) / self.outside if self.outside > 0.0 else np.ones_like(share)
        place = np.where(share < first, left, np.where(share <= first + self.confidence, middle, right))
        return self.market.quantile(np.clip(place, 0.0, 1.0))

    def _below(self) -> float:
        return float(self.market.cdf(np.array(self.low)))


def view_of(market: Priced, *, low: float, high: float, confidence: float, day: date) -> View:
    """Return the market's distribution with another probability of a range.

    Parameters
    ----------
    market : Priced
        Of the spot on that day.
    low, high : float
        Dollars a share, 0 <= low < high; infinity for no upper end.
    confidence : float
        Probability of the range, above 0 and up to 1.
    day : datetime.date
        For the statement.

    Raises
    ------
    InputError
        A bad range or confidence, or a range that the market all but excludes.

    Examples
    --------
    >>> from hedgekit.distributions import lognormal
    >>> market = lognormal(100.0, 0.25, 0.04, 0.0, 0.2)
    >>> view = view_of(market, low=105.0, high=115.0, confidence=0.8, day=date(2026, 9, 18))
    >>> round(view.market_probability, 3), round(view.probability(105.0, 115.0), 3), round(view.mean, 2)
    (0.242, 0.8, 107.09)
    """
    if not (0.0 <= low < high and math.isfinite(low) and not math.isnan(high)):
        raise InputError(f"--target {low:g}:{high:g}: expected two rising spots, dollars a share, zero or more")
    if not 0.0 < confidence <= 1.0:
        raise InputError(f"--confidence {confidence:g}: expected a probability above 0 and up to 1 (0.8)")
    given = market.probability(low, high) if low > 0.0 else float(market.cdf(np.array(high)))
    where = f"{low:g} to {high:g}" if math.isfinite(high) else f"{low:g} or above"
    if given < LEAST_PROBABILITY:
        raise InputError(
            f"the market gives {where} on {day} a probability of {given:.1g} ({market.statement}): a view so far out "
            "has no shape to go by; widen the range or take a later day"
        )
    if 1.0 - given < LEAST_PROBABILITY and confidence < 1.0:
        raise InputError(f"the market is already sure of {where} on {day}: narrow the range or give --confidence 1")
    draft = View(
        name="view",
        statement=(
            f"{percent(confidence):g}% on {where} on {day} (the market: {percent(given):.1f}%), inside and outside "
            f"shaped as the market's"
        ),
        mean=math.nan,
        market=market,
        low=low,
        high=high,
        confidence=confidence,
        market_probability=given,
    )
    return View(
        name=draft.name,
        statement=draft.statement,
        mean=float(draft.calls(np.array(0.0))),
        market=market,
        low=low,
        high=high,
        confidence=confidence,
        market_probability=given,
    )
