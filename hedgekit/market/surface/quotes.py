"""The quotes of each expiry as bands of European prices over the forward: what a smile is fitted to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from hedgekit.market.inputs import MarketInputs
from hedgekit.market.surface.mixture import FloatArray, black
from hedgekit.market.vols import VolBand
from hedgekit.model import BoolArray, Chain, Flag
from hedgekit.pricing import price

UNFIT = Flag.CROSSED | Flag.EXPIRED | Flag.NON_STANDARD | Flag.DUPLICATE
BLAMED = Flag.VERTICAL | Flag.BUTTERFLY | Flag.BELOW_INTRINSIC | Flag.ABOVE_MAXIMUM
"""Quotes that pay at once against others, or against exercise: counted, but trusted less than those."""

LIQUID_SPREAD = 0.20
"""A quote is liquid when its spread is below this fraction of its mid and somebody holds the contract."""

SYMBOL_TAIL = 15  # what follows the root in a compact symbol
WIDEST_VOL = 20.0  # a band's end above this is no information, and no price


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SmileQuotes:
    """The usable quotes of one expiry, ascending in strike; arrays of shape (n,), one element a quote.

    Attributes
    ----------
    expiry : date
    t_years, forward, rate, div_yield : float
        `forward` is the market's: spot, rate, yield and cash dividends together.
    strike, k : ndarray of float64
        Dollars a share, and ``ln(strike / forward)``.
    kind : ndarray of int8
    row : ndarray of int
        Where each quote stands in the chain.
    low, high : ndarray of float64
        European out-of-the-money prices over the forward, undiscounted, at the vols of bid and ask; 0 and infinity
        where that side tells nothing.
    liquid : ndarray of bool
    trusted : ndarray of bool
        Not to blame for an arbitrage with other quotes.
    """

    expiry: date
    t_years: float
    forward: float
    rate: float
    div_yield: float
    strike: FloatArray
    k: FloatArray
    kind: npt.NDArray[np.int8]
    row: npt.NDArray[np.intp]
    low: FloatArray
    high: FloatArray
    liquid: BoolArray
    trusted: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bands:
    """One band a strike, from the call and the put there; arrays of shape (m,).

    Attributes
    ----------
    k, low, high : ndarray of float64
        As in `SmileQuotes`; call and put met, or where they exclude each other the out-of-the-money one.
    liquid : ndarray of float64
        Liquid and trusted quotes behind it: 0, 1 or 2.
    """

    k: FloatArray
    low: FloatArray
    high: FloatArray
    liquid: FloatArray

    @property
    def both(self) -> BoolArray:
        """Where both ends are told."""
        return (self.low > 0.0) & np.isfinite(self.high)


def quotes_of(chain: Chain, market: MarketInputs, band: VolBand) -> list[SmileQuotes]:
    """Return the usable quotes of each open expiry, ascending.

    Parameters
    ----------
    chain : Chain
    market : MarketInputs
    band : VolBand
        Of the chain's quotes, American, solved in this market.
    """
    known = np.isfinite(chain.open_interest)
    held = (chain.open_interest > 0.0) | (not known.any())
    spread = chain.ask - chain.bid
    liquid = held & (chain.bid > 0.0) & (spread > 0.0) & (spread < LIQUID_SPREAD * chain.mid)
    told = [np.isfinite(side) & (side > 0.0) & (side < WIDEST_VOL) for side in (band.bid, band.ask)]
    usable = ((chain.flags & UNFIT) == 0) & (told[0] | told[1]) & _usual_root(chain)
    low = _worth(chain, market, band.bid, told[0] & usable)
    high = _worth(chain, market, band.ask, told[1] & usable)
    found = []
    for day in chain.expiries:
        t_years = chain.years_to(day)
        if t_years <= 0.0 or day not in market.rates:
            continue
        rows = np.flatnonzero((chain.expiry == np.datetime64(day)) & usable)
        rows = rows[np.argsort(chain.strike[rows], kind="stable")]
        forward = forward_of(chain.spot, market, day, t_years)
        under = np.where(told[0][rows], low[rows] / forward, 0.0)
        over = np.where(told[1][rows], high[rows] / forward, np.inf)
        kept = under < over
        rows, under, over = rows[kept], under[kept], over[kept]
        found.append(
            SmileQuotes(
                expiry=day,
                t_years=t_years,
                forward=forward,
                rate=market.rates[day],
                div_yield=market.div_yields[day],
                strike=chain.strike[rows],
                k=np.log(chain.strike[rows] / forward),
                kind=chain.kind[rows],
                row=rows,
                low=under,
                high=over,
                liquid=liquid[rows],
                trusted=(chain.flags[rows] & BLAMED) == 0,
            )
        )
    return found


def forward_of(spot: float, market: MarketInputs, day: date, t_years: float) -> float:
    """Return ``S exp((r - q) t) - sum(D exp((r - q)(t - t_D)))``, the mean of the model that prices the chain."""
    growth = market.rates[day] - market.div_yields[day]
    paid = sum(amount * math.exp(growth * (t_years - when)) for when, amount in market.cash if 0.0 < when <= t_years)
    return float(spot * math.exp(growth * t_years) - paid)


def bands_of(quotes: SmileQuotes) -> Bands:
    """Join the call and the put of each strike into one band."""
    strikes, start = np.unique(quotes.strike, return_index=True)
    # a quote to blame is left out of its strike unless it stands alone there
    alone = ~np.repeat(np.logical_or.reduceat(quotes.trusted, start), np.diff([*start, len(quotes.strike)]))
    heard = quotes.trusted | alone
    low = np.maximum.reduceat(np.where(heard, quotes.low, 0.0), start)
    high = np.minimum.reduceat(np.where(heard, quotes.high, np.inf), start)
    liquid = np.add.reduceat((quotes.liquid & quotes.trusted).astype(np.float64), start)
    ends = np.append(start[1:], len(quotes.strike))
    for place in np.flatnonzero(low >= high):
        rows = np.arange(start[place], ends[place])
        # of two that exclude each other the liquid one counts, and of two such the one free of early exercise
        best = max(rows[heard[rows]], key=lambda row: (quotes.liquid[row], quotes.kind[row] * quotes.k[row] >= 0.0))
        low[place], high[place] = quotes.low[best], quotes.high[best]
    return Bands(k=np.log(strikes / quotes.forward), low=low, high=high, liquid=liquid)


def _worth(chain: Chain, market: MarketInputs, vol: FloatArray, rows: BoolArray) -> FloatArray:
    """Return undiscounted European out-of-the-money prices at the vols that the American quotes imply."""
    worth = np.full(len(chain), np.nan)
    for day in chain.expiries:
        at = np.flatnonzero(rows & (chain.expiry == np.datetime64(day)))
        t_years = chain.years_to(day)
        if not len(at) or t_years <= 0.0 or day not in market.rates:
            continue
        forward = forward_of(chain.spot, market, day, t_years)
        k = np.log(chain.strike[at] / forward)
        if not any(0.0 < when <= t_years for when, _ in market.cash):
            worth[at] = forward * black(k, vol[at] * math.sqrt(t_years))
            continue
        terms = (t_years, market.rates[day], market.div_yields[day], vol[at])
        sign = np.where(k >= 0.0, 1, -1)
        european = price(sign, chain.spot, chain.strike[at], *terms, exercise="european", dividends=market.cash)
        worth[at] = european * math.exp(market.rates[day] * t_years)
    return worth


def _usual_root(chain: Chain) -> BoolArray:
    """Mark the quotes of the commonest root of each expiry: SPX and SPXW of one day settle at different times."""
    root = np.array([symbol[:-SYMBOL_TAIL] for symbol in chain.symbol.tolist()])
    names, which = np.unique(root, return_inverse=True)
    if len(names) < 2:
        return np.ones(len(chain), dtype=np.bool_)
    days, day = np.unique(chain.expiry, return_inverse=True)
    count = np.zeros((len(days), len(names)), dtype=np.intp)
    np.add.at(count, (day, which), 1)
    return np.asarray(count.argmax(axis=1)[day] == which)
