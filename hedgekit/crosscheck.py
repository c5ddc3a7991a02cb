"""The same numbers from vollib (py_vollib's present name); the only file that imports it.

vollib reports theta a day and vega and rho a point of one percent: they are converted here, once, to
the raw derivatives hedgekit uses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hedgekit import units
from hedgekit.errors import MissingExtra
from hedgekit.pricing import greeks, implied_vol

PRICE_LIMIT = 1e-12
"""Scaled by max(spot, strike): vollib's erf-based normal is good to about 1e-12."""

GREEK_LIMIT = 1e-10
"""Relative to the largest of its kind: some of vollib's greeks use rounded constants."""

VOL_LIMIT = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The largest disagreement found in one quantity."""

    quantity: str
    options: int
    largest: float
    limit: float

    @property
    def holds(self) -> bool:
        """Whether every option agreed within the limit; a disagreement that is not a number does not."""
        return self.largest <= self.limit


def cross_check(options: int = 400, seed: int = 20260917) -> list[Agreement]:
    """Compare European prices, greeks and implied vols with vollib on random options.

    Parameters
    ----------
    options : int
        How many.
    seed : int
        Of the random draw.

    Returns
    -------
    list of Agreement
        One for the price, each of five greeks, and the implied vol.

    Raises
    ------
    MissingExtra
        vollib is not installed.
    """
    try:
        from vollib.black_scholes_merton import black_scholes_merton
        from vollib.black_scholes_merton.greeks import analytical
        from vollib.black_scholes_merton.implied_volatility import implied_volatility
    except ImportError as error:
        raise MissingExtra(f"vollib is not installed ({error}): pip install py_vollib") from None
    draw = np.random.default_rng(seed)
    sign = draw.choice([-1, 1], options)
    spot = draw.uniform(50.0, 500.0, options)
    t_years = draw.uniform(0.02, 2.0, options)
    vol = draw.uniform(0.08, 0.8, options)
    strike = spot * np.exp(draw.uniform(-1.5, 1.5, options) * vol * np.sqrt(t_years))
    rate, div_yield = draw.uniform(0.0, 0.08, options), draw.uniform(0.0, 0.05, options)
    ours = greeks(sign, spot, strike, t_years, rate, div_yield, vol, exercise="european")
    rows = list(
        zip(
            sign.tolist(),
            spot.tolist(),
            strike.tolist(),
            t_years.tolist(),
            rate.tolist(),
            vol.tolist(),
            div_yield.tolist(),
            strict=True,
        )
    )
    flags = ["c" if row[0] == 1 else "p" for row in rows]
    theirs = {"price": np.array([black_scholes_merton(f, *row[1:]) for f, row in zip(flags, rows, strict=True)])}
    convert = {
        "delta": 1.0,
        "gamma": 1.0,
        "vega": units.PERCENT,
        "theta": units.DAYS_PER_YEAR,
        "rho": units.PERCENT,
    }
    for name, factor in convert.items():
        function = getattr(analytical, name)
        theirs[name] = factor * np.array([function(f, *row[1:]) for f, row in zip(flags, rows, strict=True)])
    found = [
        Agreement(
            quantity="price",
            options=options,
            largest=_worst((ours.price - theirs["price"]) / np.maximum(spot, strike)),
            limit=PRICE_LIMIT,
        )
    ]
    for name in convert:
        scale = float(np.max(np.abs(theirs[name])))
        difference = (getattr(ours, name) - theirs[name]) / scale
        found.append(Agreement(quantity=name, options=options, largest=_worst(difference), limit=GREEK_LIMIT))
    solved = implied_vol(theirs["price"], sign, spot, strike, t_years, rate, div_yield, exercise="european")
    peers = np.array(
        [
            implied_volatility(float(price), *row[1:5], row[6], f)
            for price, f, row in zip(theirs["price"], flags, rows, strict=True)
        ]
    )
    found.append(Agreement(quantity="implied vol", options=options, largest=_worst(solved - peers), limit=VOL_LIMIT))
    return found


def _worst(differences: np.ndarray) -> float:
    """Largest absolute difference; infinite when any is not a number."""
    worst = float(np.max(np.abs(differences)))
    return worst if math.isfinite(worst) else math.inf
