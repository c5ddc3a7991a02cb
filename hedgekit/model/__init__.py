"""The nouns of hedgekit: what is held, quoted and priced.

Every noun is frozen and checked when it is made; `dataclasses.replace` makes variants.

Units: strikes, quotes and spots are dollars a share, sizes and open interest are contracts, times are years of 365 days
to the exercise cut-off in New York.
"""

from hedgekit.model.chain import Chain, Flag, Quote
from hedgekit.model.leg import Holding, Leg, Shares
from hedgekit.model.option import Option
from hedgekit.model.price_history import PriceHistory
from hedgekit.model.types import NEW_YORK, BoolArray, ExerciseStyle, FloatArray, Kind, SpotSource

__all__ = [
    "NEW_YORK",
    "BoolArray",
    "Chain",
    "ExerciseStyle",
    "Flag",
    "FloatArray",
    "Holding",
    "Kind",
    "Leg",
    "Option",
    "PriceHistory",
    "Quote",
    "Shares",
    "SpotSource",
]
