"""Implied vol of every quote as a band: at the bid, the mid and the ask, with greeks at the mid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hedgekit.errors import Status
from hedgekit.market.inputs import MarketInputs
from hedgekit.model import Chain
from hedgekit.pricing import BAND, Greeks, greeks, implied_vol_band


@dataclass(frozen=True, slots=True, kw_only=True)
class VolBand:
    """Vols and greeks of a chain's quotes, one element a quote, in the chain's order.

    Attributes
    ----------
    bid, mid, ask : ndarray of float64, shape (n,)
        Vol at which the price, American or European as the chain is, equals that side; NaN where `status` says why
        there is none.
    status : dict of ndarray of int8, shape (n,)
        For each side, values of `hedgekit.Status`; a side that is not quoted is INVALID_INPUT.
    greeks : Greeks
        At the mid vol, arrays of shape (n,). Where the mid is the exercise value, those of the shares.
    """

    bid: npt.NDArray[np.float64]
    mid: npt.NDArray[np.float64]
    ask: npt.NDArray[np.float64]
    status: dict[str, npt.NDArray[np.int8]]
    greeks: Greeks


def solve(chain: Chain, market: MarketInputs) -> VolBand:
    """Return the vol band and greeks of every quote whose expiry lies ahead.

    Parameters
    ----------
    chain : Chain
    market : MarketInputs
        With a rate and a yield for each open expiry of the chain.
    """
    rate, div_yield = market.columns(chain)
    place = (chain.kind, chain.spot, chain.strike, chain.t_years, rate, div_yield)
    premiums = {"bid": np.where(chain.bid > 0, chain.bid, np.nan), "mid": chain.mid, "ask": chain.ask}
    solved = implied_vol_band([premiums[side] for side in BAND], *place, exercise=chain.exercise, dividends=market.cash)
    vols = {side: answer.vol for side, answer in zip(BAND, solved, strict=True)}
    status = {side: answer.status for side, answer in zip(BAND, solved, strict=True)}
    values = greeks(*place, vols["mid"], exercise=chain.exercise, dividends=market.cash)
    exercised = status["mid"] == Status.NOT_IDENTIFIED
    for name in Greeks.__slots__:
        column = getattr(values, name)
        column[exercised] = {"price": chain.mid[exercised], "delta": chain.kind[exercised]}.get(name, 0.0)
    return VolBand(bid=vols["bid"], mid=vols["mid"], ask=vols["ask"], status=status, greeks=values)
