"""What an estimator answers, and the three units a hedge ratio can be in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from hedgekit.model import FloatArray
    from hedgekit.pairs.sample import Window

Unit: TypeAlias = Literal["shares_per_share", "dollars_per_dollar", "elasticity"]
"""Of the short leg per one of the long; an elasticity is the percent the long leg moves per percent of the short."""

NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """One estimate, in its estimator's own unit.

    Parameters
    ----------
    ratio : float
    se : float
        Standard error; NaN when it has none that holds.
    low, high : float
        95% interval; NaN likewise.
    intercept : float
        Of the regression line; NaN when there is none.
    why : str
        Why there is no interval.
    """

    ratio: float
    se: float = NAN
    low: float = NAN
    high: float = NAN
    intercept: float = NAN
    why: str = ""


class Estimator(Protocol):
    """What an estimator module offers.

    ``LABEL`` its name in tables; ``UNIT`` that of the ratio; ``LEVELS`` whether it fits price levels, which needs a
    cointegrated pair; ``DAYS`` the returns it looks at (None: all; 0: the window asked for).
    """

    LABEL: str
    UNIT: Unit
    LEVELS: bool
    DAYS: int | None

    def fit(self, window: Window, *, interval: bool = True) -> Fit:
        """Return the estimate; without its interval where only the value is needed."""


@runtime_checkable
class Path(Protocol):
    """What an estimator may offer besides: its walk forward at once, the same as refitting where it matters."""

    def path(self, y: FloatArray, x: FloatArray, stops: npt.NDArray[np.intp]) -> FloatArray:
        """Return shares of the short leg per share of the long leg, fitted on the first `stops` days."""


def dollars(ratio: float, unit: Unit, y_price: float, x_price: float) -> float:
    """Turn a ratio into dollars of the short leg per dollar of the long leg.

    Parameters
    ----------
    ratio : float
    unit : Unit
    y_price, x_price : float
        Prices of the long and the short leg in the units of the fit, dollars a share.

    Examples
    --------
    >>> dollars(0.5, "shares_per_share", 200.0, 500.0), dollars(1.2, "elasticity", 200.0, 500.0)
    (1.25, 1.2)
    """
    return ratio * x_price / y_price if unit == "shares_per_share" else ratio


def shares(ratio: float, unit: Unit, y_price: float, x_price: float) -> float:
    """Turn a ratio into shares of the short leg per share of the long leg.

    Examples
    --------
    >>> shares(1.25, "dollars_per_dollar", 200.0, 500.0)
    0.5
    """
    return ratio if unit == "shares_per_share" else ratio * y_price / x_price
