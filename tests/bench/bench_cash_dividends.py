"""American options under cash dividends: price, greeks and implied vol against QuantLib's finite differences."""

from __future__ import annotations

import importlib.util
import sys

import numpy as np
from harness import Row, interleaved

from hedgekit.core import _cash_dividends as engine

COUNT = 2_000
DAYS, DIV_DAYS, AMOUNTS = 383, (50, 141, 232, 323), (0.55, 0.6, 0.65, 0.6)
SPOT, RATE, VOL = 220.0, 0.04, 0.28


def columns() -> dict[str, np.ndarray]:
    """A chain of one expiry: both kinds, strikes from 70% to 130% of the spot."""
    sign = np.tile(np.array([-1, 1], np.int8), COUNT // 2)
    return {
        "sign": sign,
        "spot": np.full(COUNT, SPOT),
        "strike": np.linspace(0.7 * SPOT, 1.3 * SPOT, COUNT),
        "t_years": np.full(COUNT, DAYS / 365),
        "rate": np.full(COUNT, RATE),
        "div_yield": np.zeros(COUNT),
    }


def quantlib_prices(strikes: np.ndarray, signs: np.ndarray, grid: tuple[int, int]) -> np.ndarray:
    """QuantLib's FdBlackScholesVanillaEngine with the dividends taken off the spot."""
    import QuantLib as ql

    today, count = ql.Date(2, 1, 2026), ql.Actual365Fixed()
    ql.Settings.instance().evaluationDate = today
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(SPOT)),
        ql.YieldTermStructureHandle(ql.FlatForward(today, 0.0, count)),
        ql.YieldTermStructureHandle(ql.FlatForward(today, RATE, count)),
        ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), VOL, count)),
    )
    schedule = ql.DividendVector([today + day for day in DIV_DAYS], list(AMOUNTS))
    out = []
    for strike, sign in zip(strikes, signs, strict=True):
        payoff = ql.PlainVanillaPayoff(ql.Option.Call if sign > 0 else ql.Option.Put, float(strike))
        option = ql.VanillaOption(payoff, ql.AmericanExercise(today, today + DAYS))
        option.setPricingEngine(ql.FdBlackScholesVanillaEngine(process, schedule, *grid))
        out.append(option.NPV())
    return np.array(out)


def rows() -> list[Row]:
    """Price, greeks and implied vol; the rival's work is one price each time."""
    if importlib.util.find_spec("QuantLib") is None:
        print("QuantLib is not installed: American options with cash dividends are not compared", file=sys.stderr)
        return []
    book = columns()
    times, amounts = np.array(DIV_DAYS) / 365, np.array(AMOUNTS)
    vol, price, status = np.full(COUNT, VOL), np.empty(COUNT), np.empty(COUNT, np.int8)
    greeks, found, upper = np.empty((9, COUNT)), np.empty(COUNT), np.empty(COUNT)
    some = slice(None, None, COUNT // 8)

    def ours() -> None:
        engine.price_into(True, *book.values(), vol, times, amounts, price, status)

    def ours_greeks() -> None:
        engine.greeks_into(True, *book.values(), vol, times, amounts, *greeks, status)

    def ours_vol() -> None:
        engine.implied_vol_into(True, price, *book.values(), times, amounts, found, upper, status)

    def rival() -> np.ndarray:
        return quantlib_prices(book["strike"][some], book["sign"][some], (400, 400))

    fine = quantlib_prices(book["strike"][some], book["sign"][some], (2400, 1200))
    out = []
    ours()
    error = f"max difference {np.abs(price[some] - fine).max():.1e} (QuantLib 2400x1200)"
    for work, call in (("price", ours), ("price and 8 greeks", ours_greeks), ("implied vol", ours_vol)):
        ours_ns, rival_ns = interleaved(call, rival, ours_size=COUNT, rival_size=8, repeats=3)
        out.append(
            Row(
                work=f"American, cash dividends: {work}",
                rival="QuantLib FD 400x400, spot model, price",
                ours_ns=ours_ns,
                rival_ns=rival_ns,
                error=error if call is ours else "",
            )
        )
    identified = status == 0
    assert np.allclose(found[identified], VOL, rtol=1e-2)
    return out
