"""American prices against QuantLib's QdFp engine, far outside the ranges of the reference files."""

from __future__ import annotations

import numpy as np
import pytest

from hedgekit.core import _american
from hedgekit.errors import Status

ql = pytest.importorskip("QuantLib")

DAYS = 365.0


def quantlib_price(sign, spot, strike, days, rate, div_yield, vol):
    today = ql.Date(1, 1, 2026)
    ql.Settings.instance().evaluationDate = today
    count = ql.Actual365Fixed()
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(spot)),
        ql.YieldTermStructureHandle(ql.FlatForward(today, div_yield, count)),
        ql.YieldTermStructureHandle(ql.FlatForward(today, rate, count)),
        ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), vol, count)),
    )
    kind = ql.Option.Call if sign > 0 else ql.Option.Put
    option = ql.VanillaOption(ql.PlainVanillaPayoff(kind, strike), ql.AmericanExercise(today, today + days))
    option.setPricingEngine(ql.QdFpAmericanEngine(process, ql.QdFpAmericanEngine.highPrecisionScheme()))
    return option.NPV()


CORNERS = {
    "usual": {},
    "ten years": {"days": (2500, 3650)},
    "one day": {"days": (1, 2), "moneyness": (-0.03, 0.03)},
    "vol to 300%": {"vol": (1.0, 3.0), "days": (200, 2000)},
    "vol from 2%": {"vol": (0.02, 0.05), "moneyness": (-0.1, 0.1)},
    "rate far above yield": {"rate": (0.1, 0.3), "div_yield": (0.0, 0.01)},
    "yield far above rate": {"rate": (0.001, 0.01), "div_yield": (0.05, 0.2)},
    "no yield": {"div_yield": (0.0, 0.0)},
    "strikes 1% to 10000%": {"moneyness": (-4.6, 4.6)},
    "one negative": {"rate": (0.0, 0.08), "div_yield": (-0.05, 0.0), "sign": -1},
}


@pytest.mark.parametrize("corner", CORNERS)
def test_quantlib_agrees(corner):
    ranges = {"days": (20, 1200), "moneyness": (-0.5, 0.5), "rate": (0.005, 0.12), "div_yield": (0.005, 0.12)}
    ranges |= {"vol": (0.08, 0.9), **CORNERS[corner]}
    sides = [ranges.pop("sign")] if "sign" in ranges else [-1, 1]
    n, rng = 25, np.random.default_rng(sorted(CORNERS).index(corner))
    sign = rng.choice(np.array(sides, dtype=np.int8), n)
    spot = np.full(n, 100.0)
    strike = spot * np.exp(rng.uniform(*ranges["moneyness"], n))
    days = rng.integers(*ranges["days"], n, endpoint=True)
    rate, div_yield, vol = (rng.uniform(*ranges[name], n) for name in ("rate", "div_yield", "vol"))
    ours, status = np.empty(n), np.empty(n, dtype=np.int8)
    _american.price_into(sign, spot, strike, days / DAYS, rate, div_yield, vol, ours, status)
    assert (status == Status.OK).all()
    for i in range(n):
        arguments = (int(sign[i]), 100.0, strike[i], int(days[i]), rate[i], div_yield[i], vol[i])
        theirs = quantlib_price(*arguments)
        # QuantLib's own scheme is good to some 1e-7 of the larger of spot and strike, 1e-5 at high vol.
        assert ours[i] == pytest.approx(theirs, abs=2e-6 * max(100.0, strike[i])), arguments
