"""A fitted surface: vols at any strike and date, moved with the spot, and the distributions behind them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from hedgekit.errors import InputError
from hedgekit.market import calendar
from hedgekit.market.inputs import MarketInputs
from hedgekit.market.surface.mixture import FloatArray, Mixture, total_vol
from hedgekit.market.surface.quotes import Bands, SmileQuotes
from hedgekit.market.vols import VolBand
from hedgekit.model import BoolArray, Chain
from hedgekit.pricing import implied_vol
from hedgekit.results import Note

When: TypeAlias = date | float
Rule: TypeAlias = Literal["sticky_strike", "sticky_delta"]

ROUNDING = 1e-9  # of a price: a fit on the edge of a band is inside it


@dataclass(frozen=True, kw_only=True, eq=False)
class Slice:
    """One expiry of a surface.

    Attributes
    ----------
    quotes : SmileQuotes
    bands : Bands
    mixture : Mixture or None
        None where no smile could be fitted: total variance is then linear between the mids of the quotes' bands, level
        beyond the outermost.
    inside : ndarray of bool, shape (n,)
        For each quote, whether the smile's vol lies within its bid and ask.
    """

    quotes: SmileQuotes
    bands: Bands
    mixture: Mixture | None
    inside: BoolArray

    @classmethod
    def of(cls, quotes: SmileQuotes, bands: Bands, mixture: Mixture | None) -> Slice:
        """Compare a smile with its quotes."""
        if mixture is None:
            return cls(quotes=quotes, bands=bands, mixture=None, inside=np.ones(len(quotes.k), dtype=np.bool_))
        worth = mixture.otm(quotes.k)
        inside = (worth >= quotes.low * (1.0 - ROUNDING)) & (worth <= quotes.high * (1.0 + ROUNDING))
        return cls(quotes=quotes, bands=bands, mixture=mixture, inside=inside)

    @property
    def expiry(self) -> date:
        """Listed expiry."""
        return self.quotes.expiry

    @property
    def t_years(self) -> float:
        """Years of 365 days to the exercise cut-off."""
        return self.quotes.t_years

    @property
    def forward(self) -> float:
        """Dollars a share."""
        return self.quotes.forward

    @property
    def method(self) -> str:
        """``"mixture"``, ``"quotes"`` where no smile could be fitted, or ``"none"`` where the quotes tell no vol."""
        if self.mixture is not None:
            return "mixture"
        return "quotes" if self.bands.both.any() else "none"

    def total_vol(self, k: FloatArray) -> FloatArray:
        """Return Black's ``vol sqrt(t)`` at strikes ``F exp(k)``; NaN where the quotes tell nothing."""
        if self.mixture is not None:
            return self.mixture.total_vol(k)
        rows = self.bands.both
        if not rows.any():
            return np.full(len(k), np.nan)
        return np.asarray(np.sqrt(np.interp(k, self.bands.k[rows], self._mid_variance)))

    @cached_property
    def _mid_variance(self) -> FloatArray:
        rows = self.bands.both
        middle = 0.5 * (self.bands.low + np.where(rows, self.bands.high, 0.0))[rows]
        return np.asarray(total_vol(self.bands.k[rows], middle) ** 2)


@dataclass(frozen=True, kw_only=True, eq=False)
class Surface:
    """Vols of one underlying at one moment, at any strike and date.

    Attributes
    ----------
    chain : Chain
        The quotes it was fitted to.
    market : MarketInputs
        Rates, yields and cash dividends: vols are to be used with these.
    band : VolBand
        Of the chain's quotes, American, solved in this market.
    slices : tuple of Slice
        Ascending in expiry.
    spot : float
        Dollars a share; other than the chain's once moved.
    rule : {"sticky_strike", "sticky_delta"} or None
        How vols followed the spot.
    warnings : tuple of Note

    Examples
    --------
    >>> from datetime import date
    >>> import hedgekit as hk
    >>> from hedgekit.market.surface import fit
    >>> surface = fit(hk.load_chain("examples/data/iwm.json"))  # doctest: +SKIP
    >>> surface.vol(270.0, date(2027, 1, 15))  # doctest: +SKIP
    0.2281
    """

    chain: Chain
    market: MarketInputs
    band: VolBand
    slices: tuple[Slice, ...]
    spot: float
    rule: Rule | None = None
    warnings: tuple[Note, ...] = ()

    @property
    def liquid(self) -> int:
        """Count of liquid quotes whose vol is told at one end at least."""
        return sum(int(of.quotes.liquid.sum()) for of in self.slices)

    @property
    def inside_share(self) -> float:
        """Share of the liquid quotes whose band holds the fitted vol; NaN without any."""
        fitted = [of for of in self.slices if of.mixture is not None]
        count = sum(int(of.quotes.liquid.sum()) for of in fitted)
        return sum(int((of.inside & of.quotes.liquid).sum()) for of in fitted) / count if count else math.nan

    def at(self, expiry: date) -> Slice:
        """Return the slice of one listed expiry.

        Raises
        ------
        InputError
            When there is none.
        """
        for of in self.slices:
            if of.expiry == expiry:
                return of
        listed = ", ".join(str(of.expiry) for of in self.slices) or "none"
        raise InputError(f"{self.chain.source}: no smile for {expiry}; there are: {listed}")

    def years_to(self, when: When) -> float:
        """Return years of 365 days to the exercise cut-off of a day; a number is taken as years.

        Raises
        ------
        InputError
            When it does not lie ahead.
        """
        if isinstance(when, date):
            listed = {of.expiry: of.t_years for of in self.slices}
            t_years = listed[when] if when in listed else calendar.t_years(self.chain.asof, when)
        else:
            t_years = float(when)
        if not 0.0 < t_years < math.inf:
            raise InputError(f"{when}: expected a time after {self.chain.asof:%Y-%m-%d %H:%M} New York")
        return t_years

    def beyond(self, when: When) -> bool:
        """Whether a date lies after the last expiry with a smile: vols there keep its shape, they are not quoted."""
        return self.years_to(when) > self._known[-1].t_years

    def rate(self, when: When) -> float:
        """Return the rate to a date, linear in time between expiries."""
        return self._terms(self.years_to(when))[0]

    def div_yield(self, when: When) -> float:
        """Return the dividend yield to a date, linear in time between expiries."""
        return self._terms(self.years_to(when))[1]

    def forward(self, when: When) -> float:
        """Return the forward to a date at the surface's spot, dollars a share."""
        return self._forward(self.years_to(when), self.spot)

    def vol(self, strike: npt.ArrayLike, when: When) -> npt.NDArray[np.float64]:
        """Return vols at strikes for one date.

        Parameters
        ----------
        strike : array_like
            Dollars a share; scalars come back as arrays of no dimension.
        when : date or float
            An expiry, any other day ahead, or years of 365 days.

        Returns
        -------
        ndarray of float64
            Decimal a year; with the surface's `market` they price its options. NaN where the quotes tell nothing.

        Notes
        -----
        Between expiries the distribution of ``S / F`` is a mixture of its neighbours', shared so that the total
        variance at the forward is linear in time: prices at every moneyness then rise with time and bend upwards in the
        strike (Gatheral and Jacquier, 2014, lemma 5.1). Before the first expiry and beyond the last its log is
        stretched with the square root of time.
        """
        t_years = self.years_to(when)
        strikes = np.asarray(strike, dtype=np.float64)
        flat = np.atleast_1d(strikes).ravel()
        if not ((flat > 0.0) & np.isfinite(flat)).all():
            raise InputError(f"strike {strike!r}: expected positive numbers of dollars a share")
        # a sticky strike keeps its vol: it is read where it was when the quotes were made
        spot = self.chain.spot if self.rule == "sticky_strike" else self.spot
        forward = self._forward(t_years, spot)
        k = np.log(flat / forward)
        total = self._total_vol(k, t_years)
        cash = tuple((when_, amount) for when_, amount in self.market.cash if 0.0 < when_ <= t_years)
        if not cash:
            return np.asarray((total / math.sqrt(t_years)).reshape(strikes.shape))
        return self._model_vol(flat, k, total, t_years, spot, forward).reshape(strikes.shape)

    def moved(self, spot: float, rule: Rule = "sticky_delta") -> Self:
        """Return the surface after the spot has moved.

        Parameters
        ----------
        spot : float
            Dollars a share.
        rule : {"sticky_strike", "sticky_delta"}
            Each strike keeps its vol, or each moneyness (strike over forward, and so delta) does. Moves count from the
            spot of the quotes.
        """
        if not 0.0 < spot < math.inf:
            raise InputError(f"spot {spot!r}: expected a positive number of dollars a share")
        if rule not in ("sticky_strike", "sticky_delta"):
            raise InputError(f"rule {rule!r}: expected 'sticky_strike' or 'sticky_delta'")
        return replace(self, spot=float(spot), rule=rule)

    def mixture(self, when: When) -> Mixture:
        """Return the distribution of the spot over its forward at a date.

        Raises
        ------
        InputError
            Where no smile could be fitted to an expiry it rests on, or the vols were moved at sticky strikes.
        """
        if self.rule == "sticky_strike" and self.spot != self.chain.spot:
            raise InputError("vols kept by strike while the spot moves are no distribution: use sticky_delta")
        t_years = self.years_to(when)
        first, second, share = self._neighbours(t_years)
        if first.mixture is None or second.mixture is None:
            bad = first if first.mixture is None else second
            raise InputError(f"{self.chain.source}: no smile could be fitted to {bad.expiry}: it tells no distribution")
        if first is second:
            power = math.sqrt(t_years / first.t_years)
            return first.mixture if power == 1.0 else first.mixture.stretched(power)
        return first.mixture.blended(second.mixture, _share(first.mixture, second.mixture, share))

    @cached_property
    def _known(self) -> tuple[Slice, ...]:
        known = tuple(of for of in self.slices if of.method != "none")
        if not known:
            raise InputError(f"{self.chain.source}: no quote tells a vol: there is no surface")
        return known

    def _neighbours(self, t_years: float) -> tuple[Slice, Slice, float]:
        """Return the slices to either side of a time and how far it is between; one slice twice at or outside them."""
        times = np.array([of.t_years for of in self._known])
        place = int(np.searchsorted(times, t_years))
        if place == len(times) or times[place] == t_years or place == 0:
            only = self._known[min(place, len(times) - 1)]
            return only, only, 0.0
        low, high = times[place - 1], times[place]
        return self._known[place - 1], self._known[place], float((t_years - low) / (high - low))

    def _total_vol(self, k: FloatArray, t_years: float) -> FloatArray:
        first, second, share = self._neighbours(t_years)
        if first.mixture is not None and second.mixture is not None:
            return replace(self, rule=None).mixture(t_years).total_vol(k)
        if first is second:
            return first.total_vol(k) * math.sqrt(t_years / first.t_years)
        return np.asarray(np.sqrt((1.0 - share) * first.total_vol(k) ** 2 + share * second.total_vol(k) ** 2))

    def _terms(self, t_years: float) -> tuple[float, float]:
        times = [of.t_years for of in self._known]
        rate, div_yield = (
            float(np.interp(t_years, times, [getattr(of.quotes, name) for of in self._known]))
            for name in ("rate", "div_yield")
        )
        return rate, div_yield

    def _forward(self, t_years: float, spot: float) -> float:
        rate, div_yield = self._terms(t_years)
        growth = rate - div_yield
        paid = sum(a * math.exp(growth * (t_years - when)) for when, a in self.market.cash if 0.0 < when <= t_years)
        forward = spot * math.exp(growth * t_years) - paid
        if not forward > 0.0:
            raise InputError(f"spot {spot:g}: the dividends before then are worth more")
        return forward

    def _model_vol(
        self, strike: FloatArray, k: FloatArray, total: FloatArray, t_years: float, spot: float, forward: float
    ) -> FloatArray:
        """Turn Black's vol of the forward into that of the spot between cash dividends, by way of European prices."""
        from hedgekit.market.surface.mixture import black

        rate, div_yield = self._terms(t_years)
        sign = np.where(k >= 0.0, 1, -1)
        premium = forward * math.exp(-rate * t_years) * black(k, total)
        terms = (sign, spot, strike, t_years, rate, div_yield)
        found = np.asarray(implied_vol(premium, *terms, exercise="european", dividends=self.market.cash))
        # so far out that the price has no digits left, the two vols differ by less than either is known
        return np.where(np.isfinite(found), found, total / math.sqrt(t_years))


def _share(first: Mixture, second: Mixture, way: float) -> float:
    """Return the share of the later mixture at which total variance at the forward is a way between both."""
    from hedgekit.market.surface.mixture import black

    at = np.zeros(1)
    before, after = first.otm(at)[0], second.otm(at)[0]
    variance = [of.total_vol(at)[0] ** 2 for of in (first, second)]
    wanted = black(at, math.sqrt((1.0 - way) * variance[0] + way * variance[1]))[0]
    return float(np.clip((wanted - before) / (after - before), 0.0, 1.0)) if after > before else way
