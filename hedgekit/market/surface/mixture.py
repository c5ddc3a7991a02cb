"""A mixture of lognormals with mean one: the spot at expiry over its forward, free of butterflies by construction.

Every price is a positive sum of Black prices, so calls fall and bend upwards in the strike whatever the weights, the
density is never negative, and mass and mean are exact. Two mixtures blend into a third, and a mixture raised to a
power (its log stretched) is a mixture again; both keep the order in time that rules out calendar arbitrage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from hedgekit.pricing import implied_vol, price

FloatArray: TypeAlias = npt.NDArray[np.float64]

FARTHEST = 8.0  # widths beyond the outermost component that answers reach: a share of 1e-15
STEPS, BRACKETS = 60, 512  # of the search for quantiles
LEAST_PRICE = 1e-280
"""Prices over the forward below this have lost digits: their vol is taken where it was last told."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mixture:
    """``X = S / F``; arrays of shape (n,), one element a component.

    Attributes
    ----------
    weight : ndarray of float64
        Zero or more, sum one.
    centre : ndarray of float64
        Log of each component's mean; ``sum(weight exp(centre)) = 1``.
    width : ndarray of float64
        Standard deviation of each component's log.
    """

    weight: FloatArray
    centre: FloatArray
    width: FloatArray

    @classmethod
    def of(cls, weight: FloatArray, centre: FloatArray, width: FloatArray) -> Mixture:
        """Make mass and mean exactly one: scale the weights, then move every centre alike."""
        share = np.maximum(weight, 0.0)
        share = share / share.sum()
        return cls(weight=share, centre=centre - np.log(share @ np.exp(centre)), width=width)

    def otm(self, k: npt.ArrayLike) -> FloatArray:
        """Return prices over the forward, undiscounted, at strikes ``F exp(k)``: puts below the forward, calls above.

        Relative accuracy holds far into the tails, where an in-the-money price would drown the digits.
        """
        where = np.atleast_1d(np.asarray(k, dtype=np.float64))
        # row by row: a price must not depend on which others are asked for with it, as it would by BLAS
        return np.asarray(np.einsum("ij,j->i", otm_matrix(where, self.centre, self.width), self.weight))

    def call(self, k: npt.ArrayLike) -> FloatArray:
        """Return calls over the forward, undiscounted."""
        where = np.atleast_1d(np.asarray(k, dtype=np.float64))
        return self.otm(where) + np.where(where < 0.0, -np.expm1(where), 0.0)

    def cdf(self, k: npt.ArrayLike) -> FloatArray:
        """Return ``P(ln X <= k)``."""
        from scipy.special import ndtr

        return np.asarray(np.clip(ndtr(self._deviations(k)) @ self.weight, 0.0, 1.0))

    def density(self, k: npt.ArrayLike) -> FloatArray:
        """Return the density of ``ln X``."""
        deviation = self._deviations(k)
        return np.asarray(np.exp(-0.5 * deviation**2) @ (self.weight / self.width) / np.sqrt(2.0 * np.pi))

    def quantile(self, p: npt.ArrayLike) -> FloatArray:
        """Return the ``ln X`` that is not passed with probability `p`: Newton's steps kept within a bracket."""
        share = np.atleast_1d(np.asarray(p, dtype=np.float64))
        low_end, high_end = self.reach
        grid = np.linspace(low_end, high_end, BRACKETS)
        place = np.clip(np.searchsorted(self.cdf(grid), share), 1, BRACKETS - 1)
        low, high = grid[place - 1], grid[place]
        found = 0.5 * (low + high)
        for _ in range(STEPS):
            gap = self.cdf(found) - share
            low, high = np.where(gap < 0.0, found, low), np.where(gap < 0.0, high, found)
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                step = found - gap / self.density(found)
            following = np.where((step > low) & (step < high), step, 0.5 * (low + high))
            if np.abs(following - found).max() <= 1e-15 * (1.0 + np.abs(found).max()):
                break
            found = following
        return np.where(share <= 0.0, -np.inf, np.where(share >= 1.0, np.inf, found))

    def total_vol(self, k: npt.ArrayLike) -> FloatArray:
        """Return ``vol sqrt(t)`` of Black's formula at strikes ``F exp(k)``."""
        where = np.atleast_1d(np.asarray(k, dtype=np.float64))
        return total_vol(where, self.otm(where))

    @property
    def reach(self) -> tuple[float, float]:
        """Log moneyness beyond which nothing is left to double precision."""
        middle = self.centre - 0.5 * self.width**2
        away = FARTHEST * self.width
        return float((middle - away).min()), float((middle + away).max())

    def stretched(self, power: float) -> Mixture:
        """Return the mixture of ``X^power`` with its mean brought back to one.

        In `power` these are ordered: more stretched means dearer options at every strike (Hirsch, Profeta, Roynette and
        Yor, *Peacocks and Associated Martingales*, 2011, chapter 1).
        """
        middle = power * (self.centre - 0.5 * self.width**2)
        width = power * self.width
        return Mixture.of(self.weight, middle + 0.5 * width**2, width)

    def blended(self, other: Mixture, share: float) -> Mixture:
        """Return a mixture of this one and a share of another: its prices are the same mixture of theirs."""
        return Mixture(
            weight=np.concatenate([(1.0 - share) * self.weight, share * other.weight]),
            centre=np.concatenate([self.centre, other.centre]),
            width=np.concatenate([self.width, other.width]),
        )

    def _deviations(self, k: npt.ArrayLike) -> FloatArray:
        where = np.atleast_1d(np.asarray(k, dtype=np.float64))
        return np.asarray((where[:, None] - self.centre + 0.5 * self.width**2) / self.width)


def otm_matrix(k: FloatArray, centre: FloatArray, width: FloatArray) -> FloatArray:
    """Return each component's out-of-the-money price over the forward, shape (strikes, components).

    ``sign (m N(sign d1) - x N(sign d2))`` with ``m = exp(centre)``, ``x = exp(k)``: calls from the forward up.
    """
    from scipy.special import ndtr

    sign = np.where(k >= 0.0, 1.0, -1.0)[:, None]
    upper = (centre - k[:, None]) / width + 0.5 * width
    worth = sign * (np.exp(centre) * ndtr(sign * upper) - np.exp(k)[:, None] * ndtr(sign * (upper - width)))
    return np.asarray(np.maximum(worth, 0.0))


def black(k: FloatArray, deviation: FloatArray | float) -> FloatArray:
    """Return Black's out-of-the-money prices over the forward, undiscounted, at strikes ``F exp(k)``."""
    sign = np.where(k >= 0.0, 1, -1)
    return np.asarray(price(sign, 1.0, np.exp(k), 1.0, 0.0, 0.0, np.asarray(deviation), exercise="european"))


def total_vol(k: FloatArray, otm: FloatArray) -> FloatArray:
    """Return ``vol sqrt(t)`` of out-of-the-money prices over the forward; NaN where there is none."""
    sign = np.where(k >= 0.0, 1, -1)
    told = otm > LEAST_PRICE
    worth = np.where(told, otm, np.nan)
    found = np.asarray(implied_vol(worth, sign, 1.0, np.exp(k), 1.0, 0.0, 0.0, exercise="european"))
    if told.any() and not told.all():
        order = np.argsort(k)
        known = order[told[order]]
        found[~told] = np.interp(k[~told], k[known], found[known])
    return found
