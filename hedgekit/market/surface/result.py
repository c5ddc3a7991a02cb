"""What ``hedgekit surface`` answers: smiles, the arbitrage left, and the distribution behind them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import numpy as np

from hedgekit import units
from hedgekit.market.inputs import Given
from hedgekit.market.surface.arbitrage import Arbitrage, arbitrage
from hedgekit.market.surface.fitting import fit
from hedgekit.market.surface.surface import Slice, Surface
from hedgekit.market.surface.svi import Svi, fit_svi
from hedgekit.model import Chain
from hedgekit.results import Note, Result

SHARES = (0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)
"""Probabilities whose quantiles are shown."""

WINGS = (0.90, 1.10)
"""Strikes over the forward at which the wings' vols are shown."""

POOR_SHARE = 0.95
"""Below this share of liquid quotes inside their bands the reader is warned."""


@dataclass(frozen=True, kw_only=True)
class SurfaceResult(Result):
    """A fitted surface, its slices as asked for.

    Attributes
    ----------
    surface : Surface
    shown : tuple of Slice
    svi : tuple of (Svi or None)
        One a shown slice.
    left : Arbitrage
        Of the whole surface.
    """

    schema_name: ClassVar[str] = "surface"

    surface: Surface
    shown: tuple[Slice, ...]
    svi: tuple[Svi | None, ...]
    left: Arbitrage

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        chain = self.surface.chain
        return {
            "ticker": chain.ticker,
            "spot": chain.spot,
            "spot_source": chain.spot_source,
            "asof": chain.asof,
            "liquid": self.surface.liquid,
            "inside_pct": units.percent(self.surface.inside_share),
            "slices": self.slices(),
            "arbitrage": {
                "quotes": {
                    "butterflies": self.left.quote_butterflies,
                    "calendars": self.left.quote_calendars,
                    "disputes": self.left.quote_disputes,
                    "most_inside_pct": self._most_inside_pct,
                    "butterfly_symbols": self.left.butterflies,
                    "worst_calendars": [
                        {"what": x.what, "vol_pct": units.percent(x.gain)} for x in self.left.worst_calendars
                    ],
                },
                "fit": {
                    "butterflies": self.left.fit_butterflies,
                    "calendars": self.left.fit_calendars,
                    "unfitted": self.left.unfitted,
                    "least_density": self.left.least_density,
                    "least_rise": self.left.least_rise,
                    "points": self.left.points,
                },
            },
            "quantiles": self.quantiles(),
            "quotes": self.records(),
        }

    @property
    def _most_inside_pct(self) -> float:
        """Greatest share of the liquid quotes that any surface without arbitrage holds, percent; NaN without any."""
        liquid = self.surface.liquid
        return units.percent(1.0 - self.left.quote_disputes / liquid) if liquid else math.nan

    def slices(self) -> list[dict[str, Any]]:
        """Return one row a shown expiry: forward, vols, and how well the smile fits."""
        rows = []
        for of, svi in zip(self.shown, self.svi, strict=True):
            quotes = of.quotes
            strikes = quotes.forward * np.array([1.0, *WINGS])
            at, low, high = self.surface.vol(strikes, of.expiry).tolist() if of.method != "none" else [None] * 3
            held = int(quotes.liquid.sum())
            inside = int((of.inside & quotes.liquid).sum())
            fitted = of.mixture is not None and held > 0
            rows.append(
                {
                    "expiry": of.expiry,
                    "t_years": of.t_years,
                    "days": units.days(of.t_years),
                    "forward": quotes.forward,
                    "rate": quotes.rate,
                    "div_yield": quotes.div_yield,
                    "method": of.method,
                    "atm_vol": at,
                    "vol_90": low,
                    "vol_110": high,
                    "lowest_strike": float(quotes.strike[0]),
                    "highest_strike": float(quotes.strike[-1]),
                    "quotes": len(quotes.k),
                    "liquid": held,
                    "inside": inside if fitted else None,
                    "inside_pct": units.percent(inside / held) if fitted else None,
                    "worst_points": self._worst_points(of),
                    "svi": svi,
                }
            )
        return rows

    def quantiles(self) -> list[dict[str, Any]]:
        """Return one row a shown expiry with a smile: its mean and quantiles, dollars a share."""
        rows = []
        for of in self.shown:
            if of.mixture is None:
                continue
            forward, k = of.forward, of.quotes.k
            spots = forward * np.exp(of.mixture.quantile(np.array(SHARES)))
            below, up_to = of.mixture.cdf(np.array([k[0], k[-1]])).tolist()
            rows.append(
                {
                    "expiry": of.expiry,
                    "mean": forward,
                    **{f"p{round(units.percent(p)):02d}": s for p, s in zip(SHARES, spots.tolist(), strict=True)},
                    "below_lowest_strike": below,
                    "above_highest_strike": 1.0 - up_to,
                }
            )
        return rows

    def records(self) -> list[dict[str, Any]]:
        """Return one row a usable quote of the shown expiries: its band and the fitted vol."""
        chain, band = self.surface.chain, self.surface.band
        found: list[dict[str, Any]] = []
        for of in self.shown:
            quotes = of.quotes
            columns: dict[str, list[Any]] = {
                "symbol": chain.symbol[quotes.row].tolist(),
                "kind": ["call" if sign == 1 else "put" for sign in quotes.kind.tolist()],
                "strike": quotes.strike.tolist(),
                "expiry": [of.expiry] * len(quotes.k),
                "log_moneyness": quotes.k.tolist(),
                "bid": chain.bid[quotes.row].tolist(),
                "ask": chain.ask[quotes.row].tolist(),
                "iv_bid": band.bid[quotes.row].tolist(),
                "iv_fit": self._vols(of).tolist(),
                "iv_ask": band.ask[quotes.row].tolist(),
                "liquid": quotes.liquid.tolist(),
                "inside": (of.inside if of.mixture is not None else np.full(len(quotes.k), None)).tolist(),
            }
            found += [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        return found

    def _vols(self, of: Slice) -> Any:
        if of.method == "none":
            return np.full(len(of.quotes.k), np.nan)
        return self.surface.vol(of.quotes.strike, of.expiry)

    def _worst_points(self, of: Slice) -> float | None:
        """Return how far the smile lies outside the band of a liquid quote at worst, vol points."""
        rows = of.quotes.liquid & ~of.inside
        if of.mixture is None or not of.quotes.liquid.any():
            return None
        if not rows.any():
            return 0.0
        at, vol = of.quotes.row[rows], self._vols(of)[rows]
        below, above = self.surface.band.bid[at] - vol, vol - self.surface.band.ask[at]
        return units.percent(float(np.nanmax(np.fmax(np.fmax(below, above), 0.0))))


def describe(chain: Chain, *, rate: Given = None, dividends: Given = None, expiry: date | None = None) -> SurfaceResult:
    """Fit a chain's surface and say how well it fits, what arbitrage is left, and what it implies.

    Parameters
    ----------
    chain : Chain
    rate, dividends : float or path, optional
        As in `hedgekit.compare`.
    expiry : datetime.date, optional
        Show this expiry only; the surface is fitted to all.

    Raises
    ------
    InputError
        No expiry ahead, or none such.
    """
    surface = fit(chain, rate=rate, dividends=dividends)
    left = arbitrage(surface)
    shown = surface.slices if expiry is None else (surface.at(expiry),)
    notes = list(surface.warnings)
    share = surface.inside_share
    if share < POOR_SHARE:
        message = (
            f"the surface lies inside the bid and ask of {units.percent(share):.1f}% of the liquid quotes, half of the "
            f"others within ${_median_miss(surface):.2f} of it; {left.quote_disputes:,} or more of them contradict "
            "others of their expiry, and no surface without arbitrage holds more than "
            f"{units.percent(1.0 - left.quote_disputes / surface.liquid):.1f}%, a smooth one fewer: quotes of several "
            "moments are mixed, or --rate and --dividends, which set calls against puts, are off"
        )
        notes.append(Note("poor_fit", message))
    if math.isnan(share):
        notes.append(Note("nothing_liquid", "no quote is liquid: the surface rests on indicative quotes"))
    return SurfaceResult(
        surface=surface,
        shown=shown,
        svi=tuple(fit_svi(of.bands, of.t_years) for of in shown),
        left=left,
        inputs=_inputs(surface),
        warnings=tuple(notes),
    )


def _median_miss(surface: Surface) -> float:
    """Return how far liquid quotes that do not hold the smile are from it, dollars a share, the median."""
    far = []
    for of in surface.slices:
        if of.mixture is not None:
            rows = of.quotes.liquid & ~of.inside
            worth, low, high = of.mixture.otm(of.quotes.k[rows]), of.quotes.low[rows], of.quotes.high[rows]
            today = of.forward * math.exp(-of.quotes.rate * of.t_years)
            far.append(today * np.maximum(low - worth, worth - high))
    return float(np.median(np.concatenate(far)))


def _early(chain: Chain) -> str:
    return "de-Americanised " if chain.exercise == "american" else ""


def _inputs(surface: Surface) -> dict[str, Any]:
    from hedgekit import __version__

    chain, market = surface.chain, surface.market
    return {
        "ticker": chain.ticker,
        "spot": chain.spot,
        "spot_source": chain.spot_source,
        "file_spot": chain.file_spot,
        "rate_source": market.rate_source,
        "dividends": market.cash,
        "dividends_source": market.dividends_source,
        "asof": chain.asof,
        "source": chain.source,
        "source_sha256": chain.source_sha256,
        "exercise": chain.exercise,
        "method": f"mixture of lognormals on a grid, inside the {_early(chain)}bands, ordered in time",
        "day_count": "ACT/365 to the exercise cut-off in New York",
        "version": __version__,
    }
