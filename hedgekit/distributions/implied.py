"""The distribution that a chain's prices imply: what its surface says of the spot at a date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hedgekit import units
from hedgekit.distributions.priced import Priced, probabilities
from hedgekit.distributions.protocol import FloatArray

if TYPE_CHECKING:
    from hedgekit.market.surface.mixture import Mixture
    from hedgekit.market.surface.surface import Surface, When


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Implied(Priced):
    """The spot as its forward times a mixture of lognormals; the mean is the forward and the mass one.

    Attributes
    ----------
    mixture : Mixture
    lowest, highest : float
        The outermost strikes quoted at that date, dollars a share; NaN between expiries. Beyond them the tails are the
        fit's.
    """

    mixture: Mixture
    lowest: float
    highest: float

    def calls(self, strikes: npt.ArrayLike) -> FloatArray:
        """Return ``E[max(S - K, 0)]`` at each strike."""
        strike = np.asarray(strikes, dtype=np.float64)
        inside = (strike > 0.0) & np.isfinite(strike)
        worth = np.where(strike > 0.0, 0.0, self.mean)
        worth[inside] = self.mean * self.mixture.call(np.log(strike[inside] / self.mean))
        return worth

    def cdf(self, spots: npt.ArrayLike) -> FloatArray:
        """Return ``P(S <= s)`` at each spot."""
        spot = np.asarray(spots, dtype=np.float64)
        with np.errstate(divide="ignore"):
            k = np.log(np.maximum(spot, 0.0)) - np.log(self.mean)
        return self.mixture.cdf(k.ravel()).reshape(spot.shape)

    def quantile(self, p: npt.ArrayLike) -> FloatArray:
        """Return the spot that is not passed with probability `p`; 0 for 0 and infinity for 1."""
        share = probabilities(p)
        return self.mean * np.exp(self.mixture.quantile(share.ravel()).reshape(share.shape))


def implied(surface: Surface, when: When) -> Implied:
    """Return the distribution of the spot that a surface implies for a date.

    Parameters
    ----------
    surface : Surface
        As `hedgekit.market.surface.fit` gives it; moved at sticky delta it moves along.
    when : date or float
        An expiry, any other day ahead, or years of 365 days.

    Raises
    ------
    InputError
        Where no smile could be fitted, or the surface was moved at sticky strikes.

    Notes
    -----
    The pricing measure: these are prices of probabilities, not forecasts. Bad outcomes weigh more than they occur.
    """
    mixture = surface.mixture(when)
    forward, t_years = surface.forward(when), surface.years_to(when)
    quoted = [of for of in surface.slices if of.t_years == t_years]
    lowest, highest = (quoted[0].quotes.strike[[0, -1]] if quoted else np.array([np.nan, np.nan])).tolist()
    made = Implied(
        name="implied", statement="", mean=forward, mixture=mixture, lowest=float(lowest), highest=float(highest)
    )
    if quoted:
        below, above = made.probability(0.0, lowest), made.probability(highest)
        reach = (
            f"strikes {lowest:g} to {highest:g}; the tails beyond them, {units.percent(below):.2g}% below and "
            f"{units.percent(above):.2g}% above, are the fit's"
        )
    elif surface.beyond(when):
        reach = f"beyond the last expiry {surface.slices[-1].expiry}: its shape, stretched with the root of time"
    else:
        reach = "between expiries: a mixture of both neighbours"
    statement = (
        f"implied by the chain, {units.days(t_years):.0f} days, mean at the forward {forward:.2f}: the pricing "
        f"measure; {reach}"
    )
    return Implied(
        name="implied", statement=statement, mean=forward, mixture=mixture, lowest=made.lowest, highest=made.highest
    )
