"""Types that users of the public API rely on; checked by mypy, never run."""

from datetime import date
from typing import assert_type

import numpy as np
from numpy.typing import NDArray

import hedgekit as hk
from hedgekit.hedges.comparison import HedgeResult
from hedgekit.hedges.frontier import FrontierResult
from hedgekit.hedges.stop_study import StopResult
from hedgekit.market.surface.result import SurfaceResult
from hedgekit.pairs.ratio import PairRatioResult
from hedgekit.pricing import Greeks, ImpliedVol
from hedgekit.structures.analysis import StructureResult

assert_type(hk.price("put", 220.0, 200.0, 0.25, 0.04, 0.01, 0.2), float)
assert_type(hk.price("put", np.array([220.0]), 200.0, 0.25, 0.04, 0.01, 0.2), NDArray[np.float64])
assert_type(hk.implied_vol(3.5, "put", 220.0, 200.0, 0.25, 0.04, 0.01), float)
assert_type(hk.implied_vol(3.5, "put", 220.0, 200.0, 0.25, 0.04, 0.01, full=True), ImpliedVol)
assert_type(hk.greeks("put", 220.0, 200.0, 0.25, 0.04, 0.01, 0.2), Greeks)
chain = hk.load_chain("iwm.json")
assert_type(chain, hk.Chain)
assert_type(hk.load_prices(["IWM.csv", "SPY.csv"], tickers=("IWM", "SPY")), hk.PriceHistory)
assert_type(hk.compare(chain, shares=1700, floor=0.9, by=date(2026, 9, 18)), HedgeResult)
assert_type(hk.hedge_frontier(chain, shares=1700, by=date(2026, 9, 18)), FrontierResult)
assert_type(hk.hedge_stop(chain, shares=1700, by=date(2026, 9, 18)), StopResult)
assert_type(hk.structure("iron-condor", chain, by=date(2026, 9, 18)), StructureResult)
assert_type(hk.surface(chain), SurfaceResult)
assert_type(hk.pair_ratio(hk.load_prices(["IWM.csv", "SPY.csv"])), PairRatioResult)
