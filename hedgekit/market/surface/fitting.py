"""From a chain to its surface: one smile after another, each above the last and below what later ones ask."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np

from hedgekit import units
from hedgekit.errors import InputError
from hedgekit.market import calendar
from hedgekit.market.carry import Forward, forwards, infer_dividends
from hedgekit.market.inputs import Given, MarketInputs, resolve
from hedgekit.market.surface.mixture import FloatArray, Mixture, total_vol
from hedgekit.market.surface.quotes import Bands, SmileQuotes, bands_of, quotes_of
from hedgekit.market.surface.smile import Ceiling, fit_smile
from hedgekit.market.surface.surface import Slice, Surface
from hedgekit.market.vols import solve
from hedgekit.model import Chain
from hedgekit.results import Note

Cash: TypeAlias = Sequence[tuple[float, float]]

GOOD_SHARE, BETTER = 0.97, 0.005
"""Below this share of liquid quotes inside their bands, dividends in cash are tried; taken when they add so much."""

LONGEST = 4  # years ahead that dividends are looked for
HIGHEST_DIVIDEND = 0.02  # of the spot, a quarter
AMOUNT_ROUNDS = 3
SESSION = units.years(6.5 / 24.0)  # an ex-date begins at the open, an expiry ends at the close

CEILING_POINTS = 90  # to either side of the forward


def fit(chain: Chain, *, rate: Given = None, dividends: Given = None, market: MarketInputs | None = None) -> Surface:
    """Fit a surface free of static arbitrage to a chain's quotes.

    Parameters
    ----------
    chain : Chain
    rate, dividends : float or path, optional
        As in `hedgekit.market.inputs.resolve`. Without dividends, the yield that parity implies is used; where calls
        and puts then disagree, equal quarterly dividends fitted to the quotes, if these reconcile them better.
    market : MarketInputs, optional
        What `resolve` gave before, instead of `rate` and `dividends`.

    Returns
    -------
    Surface

    Raises
    ------
    InputError
        No expiry of the chain lies ahead, or a number that cannot be a rate or a yield.
    DataError
        A file that cannot be read.

    Notes
    -----
    Vols are implied from American prices; the European prices at those vols, over the forward, make the bands. Each
    expiry's smile is the mixture of lognormals of `hedgekit.market.surface.smile`.
    """
    ahead = tuple(day for day in chain.expiries if chain.years_to(day) > 0.0)
    if not ahead:
        raise InputError(f"{chain.source}: every expiry has passed at {chain.asof:%Y-%m-%d %H:%M} New York")
    settled = market or resolve(chain, ahead, rate=rate, dividends=dividends, with_forwards=True)
    surface = _fitted(chain, settled)
    told = market is not None or dividends is not None or chain.exercise == "european"
    if told or not surface.inside_share < GOOD_SHARE:
        return surface
    for cash in _dividends_tried(chain, surface):
        if cash and surface.inside_share < GOOD_SHARE:
            other = _fitted(chain, _to_parity(chain, _with_cash(settled, cash)))
            surface = other if other.inside_share >= surface.inside_share + BETTER else surface
    return surface


def _dividends_tried(chain: Chain, surface: Surface) -> Iterator[Cash]:
    """Offer quarterly dividends: at third Fridays, when the large funds go ex, then at the dates that parity tells."""
    year = chain.asof.year
    last = max(of.t_years for of in surface.slices)
    quarters = [_third_friday(of, month) for of in range(year, year + LONGEST) for month in (3, 6, 9, 12)]
    ahead = [day for day in quarters if chain.asof.date() < day < calendar.LAST_DAY]
    when = [t for t in (calendar.t_years(chain.asof, day) - SESSION for day in ahead) if 0.0 < t <= last]
    cash: Cash = ()
    for _ in range(AMOUNT_ROUNDS):
        # early exercise, and with it the forwards, depends on what is paid
        amount = _amount(forwards(chain, surface.market.rates, dividends=cash), surface.market, when)
        cash = tuple((t, amount) for t in when) if 0.0 < amount < HIGHEST_DIVIDEND * chain.spot else ()
    yield cash
    yield infer_dividends(chain, float(np.median([of.quotes.rate for of in surface.slices])))


def _amount(found: list[Forward], market: MarketInputs, when: list[float]) -> float:
    """Return the dividend that takes discounted forwards down by a stair; NaN when none steps."""
    known = [of for of in found if np.isfinite(of.forward) and of.expiry in market.rates]
    t_years = np.array([of.t_years for of in known])
    count = np.array([sum(t <= end for t in when) for end in t_years], dtype=np.float64)
    if len(np.unique(count)) < 2:
        return math.nan
    present = np.array([of.forward * math.exp(-market.rates[of.expiry] * of.t_years) for of in known])
    trust = 1.0 / (t_years + 0.05)  # far forwards are told worse, and carry what a wrong rate does
    columns = np.stack([np.ones(len(count)), -count], axis=1) * trust[:, None]
    return float(np.linalg.lstsq(columns, present * trust, rcond=None)[0][1])


def _third_friday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(4 - first.weekday()) % 7 + 14)


def _with_cash(market: MarketInputs, cash: Cash) -> MarketInputs:
    message = (
        f"quarterly cash dividends of ${cash[0][1]:.2f} fitted to the quotes reconcile calls and puts better than a "
        "yield: give --dividends if they are known"
    )
    return replace(
        market,
        cash=tuple(cash),
        dividends_source=f"dividends: ${cash[0][1]:.2f} a quarter, fitted to the quotes",
        warnings=(*market.warnings, Note("dividends_fitted", message)),
    )


def _to_parity(chain: Chain, market: MarketInputs) -> MarketInputs:
    """Add to cash dividends the yield that takes the forward to parity's: borrow fees and what else carries."""
    found = {forward.expiry: forward for forward in forwards(chain, market.rates, dividends=market.cash)}
    yields = dict(market.div_yields)
    for day in yields:
        if day in found and np.isfinite(found[day].residual_yield):
            yields[day] = found[day].residual_yield
    return replace(market, div_yields=yields)


def _fitted(chain: Chain, market: MarketInputs) -> Surface:
    vols = solve(chain, market)
    quotes = quotes_of(chain, market, vols)
    bands = [bands_of(of) if len(of.k) else None for of in quotes]
    ceilings = _ceilings(quotes, bands)
    slices: list[Slice] = []
    before: Mixture | None = None
    for of, band, ceiling in zip(quotes, bands, ceilings, strict=True):
        if band is None:
            continue
        found = fit_smile(band, before=before, ceiling=ceiling)
        slices.append(Slice.of(of, band, found))
        before = found or before
    notes = []
    unfitted = [f"{of.expiry}" for of in slices if of.mixture is None]
    if unfitted:
        message = f"no smile could be fitted to {', '.join(unfitted)}: the quotes themselves are used there"
        notes.append(Note("slice_not_fitted", message))
    return Surface(
        chain=chain,
        market=market,
        band=vols,
        slices=tuple(slices),
        spot=chain.spot,
        warnings=(*market.warnings, *notes),
    )


def _ceilings(quotes: list[SmileQuotes], bands: list[Bands | None]) -> list[Ceiling]:
    """Return, for each expiry, the least total variance that liquid quotes of later ones ask."""
    reach = max((float(np.abs(of.k).max()) for of in quotes if len(of.k)), default=1.0)
    side = np.geomspace(0.002, max(reach, 0.01), CEILING_POINTS)
    k = np.concatenate([-side[::-1], [0.0], side])
    total, width = np.full(len(k), np.inf), np.full(len(k), np.inf)
    found: list[Ceiling] = []
    for band in reversed(bands):
        found.append(Ceiling(k=k, total=total, width=width))
        if band is None:
            continue
        rows = band.both & (band.liquid > 0.0)
        if rows.sum() < 2:
            continue
        ask, bid = (_total_variance(band.k[rows], side[rows]) for side in (band.high, band.low))
        asked = np.interp(k, band.k[rows], ask, left=np.inf, right=np.inf)
        lower = asked < total
        width = np.where(lower, asked - np.interp(k, band.k[rows], bid), width)
        total = np.where(lower, asked, total)
    return found[::-1]


def _total_variance(k: FloatArray, otm: FloatArray) -> FloatArray:
    return np.asarray(total_vol(k, otm) ** 2)
