"""Prices, greeks and implied vols: nouns and arrays in, the right engine, statuses to exceptions.

The only caller of `hedgekit.core`. Which engine answers:

=========  ==================  ==============================================
exercise   cash dividends      engine
=========  ==================  ==============================================
european   none before expiry  closed form (Black-Scholes-Merton)
american   none before expiry  spectral collocation of the exercise boundary
either     some before expiry  spot model: the spot falls on each ex-date
=========  ==================  ==============================================
"""

from hedgekit.pricing.columns import Dividends, Exercise, Kind
from hedgekit.pricing.engines import engine_name, instruction_sets
from hedgekit.pricing.implied import BAND, ImpliedVol, implied_vol, implied_vol_band
from hedgekit.pricing.prices import GREEK_NAMES, Greeks, greeks, price
from hedgekit.pricing.workers import threads

__all__ = [
    "BAND",
    "GREEK_NAMES",
    "Dividends",
    "Exercise",
    "Greeks",
    "ImpliedVol",
    "Kind",
    "engine_name",
    "greeks",
    "implied_vol",
    "implied_vol_band",
    "instruction_sets",
    "price",
    "threads",
]
