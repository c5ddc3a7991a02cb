"""A smile as its quotes draw it: out-of-the-money mid vols by strike, straight lines between, flat beyond.

For two uses only: to move a leg's vol when the smile moves with the spot, and to give a vol to a leg whose own quote
sits at its exercise value. Nothing is fitted, so a leg's own vol is never changed by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from hedgekit.market.inputs import MarketInputs
from hedgekit.model import Chain, Flag
from hedgekit.pricing import implied_vol

MOST_STRIKES = 31
"""Strikes solved for one smile; more say nothing new of a curve this smooth."""

FLAWED = Flag.CROSSED | Flag.ZERO_BID | Flag.NO_ASK | Flag.BELOW_INTRINSIC | Flag.EXPIRED | Flag.NON_STANDARD


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Smile:
    """Vols of one expiry.

    Attributes
    ----------
    spot : float
        Spot at which it was seen.
    log_strike : ndarray of float64, shape (n,)
        Natural logarithms of the strikes, ascending.
    vol : ndarray of float64, shape (n,)
        Decimal a year.
    """

    spot: float
    log_strike: npt.NDArray[np.float64]
    vol: npt.NDArray[np.float64]

    def at(self, strike: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the vol at strikes: linear in the logarithm of the strike, flat beyond the last quotes."""
        return np.asarray(np.interp(np.log(np.asarray(strike, dtype=float)), self.log_strike, self.vol))

    def shift(self, strike: npt.ArrayLike, spot: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return how a strike's vol changes when the smile keeps its shape by strike/spot and the spot moves.

        ``vol(K S0 / S) - vol(K)``: zero at today's spot.

        Parameters
        ----------
        strike, spot : array
            Dollars a share, broadcast; a spot of zero gives zero.
        """
        moved = np.asarray(spot, dtype=float)
        scale = np.where(moved > 0.0, self.spot / np.where(moved > 0.0, moved, 1.0), 1.0)
        return self.at(np.asarray(strike) * scale) - self.at(strike)


def smiles(chain: Chain, market: MarketInputs, expiries: Sequence[date]) -> dict[date, Smile]:
    """Return the smile of each expiry that has at least two usable quotes.

    Parameters
    ----------
    chain : Chain
    market : MarketInputs
        With terms for each of `expiries`.
    expiries : sequence of datetime.date
    """
    found = {}
    for day in expiries:
        smile = _smile(chain, market, day)
        if smile is not None:
            found[day] = smile
    return found


def _smile(chain: Chain, market: MarketInputs, day: date) -> Smile | None:
    with np.errstate(invalid="ignore"):
        usable = (chain.bid > 0.0) & (chain.ask > chain.bid) & ((chain.flags & FLAWED.value) == 0)
        outside = chain.kind * (chain.strike - chain.spot) >= 0.0
    rows = np.flatnonzero(usable & outside & (chain.expiry == np.datetime64(day)))
    rows = rows[np.argsort(chain.strike[rows], kind="stable")]
    _, first = np.unique(chain.strike[rows], return_index=True)
    rows = rows[first]
    if len(rows) > MOST_STRIKES:
        rows = rows[np.unique(np.linspace(0, len(rows) - 1, MOST_STRIKES).round().astype(int))]
    if len(rows) < 2:
        return None
    terms = market.terms(day)
    solved = implied_vol(
        chain.mid[rows],
        chain.kind[rows],
        chain.spot,
        chain.strike[rows],
        chain.t_years[rows],
        terms.rate,
        terms.div_yield,
        exercise=chain.exercise,
        dividends=terms.cash,
    )
    known = np.isfinite(solved)
    if known.sum() < 2:
        return None
    return Smile(spot=chain.spot, log_strike=np.log(chain.strike[rows][known]), vol=solved[known])
