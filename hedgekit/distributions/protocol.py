"""What every distribution of the spot at a date can say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt

from hedgekit.payoff import PiecewiseLinear

FloatArray: TypeAlias = npt.NDArray[np.float64]
SpotFunction: TypeAlias = Callable[[FloatArray], npt.ArrayLike]


@runtime_checkable
class Distribution(Protocol):
    """The spot at one date in the future, under one stated measure.

    All methods are pure: the same answer, bit for bit, for the same input. Spots are dollars a share.

    Attributes
    ----------
    name : str
        ``"lognormal"``, ``"historical"`` or ``"implied"``.
    statement : str
        Measure, vol and drift in words: to be printed beside every number that rests on it.
    mean : float
        Expected spot, dollars a share.
    """

    @property
    def name(self) -> str:
        """Short name for outputs."""

    @property
    def statement(self) -> str:
        """Measure, vol and drift in words."""

    @property
    def mean(self) -> float:
        """Expected spot, dollars a share."""

    def cdf(self, spots: npt.ArrayLike) -> FloatArray:
        """Return the probability that the spot ends at or below each spot."""

    def quantile(self, p: npt.ArrayLike) -> FloatArray:
        """Return the least spot that the spot stays at or below with probability `p`."""

    def probability(self, low: float = 0.0, high: float = np.inf) -> float:
        """Return the probability that the spot ends between two spots, neither included."""

    def probability_above(self, payoff: PiecewiseLinear, level: float = 0.0) -> float:
        """Return the probability that a payoff ends above `level`, exact from its crossings."""

    def expect(self, payoff: PiecewiseLinear) -> float:
        """Return the expected payoff, exact."""

    def expect_function(self, f: SpotFunction, spots: npt.ArrayLike | None = None) -> float:
        """Return the expectation of a function of the spot, taken as linear between `spots`."""

    def cvar(self, payoff: PiecewiseLinear, level: float = 0.95) -> float:
        """Return the mean payoff over the worst ``1 - level`` of outcomes, signed as the payoff is."""

    def sample(self, n: int, seed: int) -> FloatArray:
        """Return `n` spots drawn at random, shape (n,)."""
