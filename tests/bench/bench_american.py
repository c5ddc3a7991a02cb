"""American options with a continuous yield against QuantLib's QdFp engines."""

from __future__ import annotations

import numpy as np
from harness import Row, interleaved

from hedgekit.core import _american

SIZE = 20_000
RIVAL_SIZE = 40
DAYS = 365.0


def book(n: int, seed: int = 11) -> list[np.ndarray]:
    """Listed options as they come: days to three years, strikes around the spot, ordinary rates and vols."""
    rng = np.random.default_rng(seed)
    vol = np.exp(rng.normal(-1.3, 0.5, n)).clip(0.05, 1.5)
    days = np.exp(rng.uniform(0, np.log(1095), n)).round().clip(1)
    spot = rng.uniform(50, 400, n).round(2)
    strike = (spot * np.exp(rng.normal(0, 1, n) * vol * np.sqrt(days / DAYS))).round(2)
    sign = rng.choice(np.array([-1, 1], dtype=np.int8), n)
    rate, div_yield = rng.uniform(0.0, 0.08, n), rng.uniform(0.0, 0.07, n)
    return [sign, spot, strike, days / DAYS, rate, div_yield, vol]


def engine(scheme, columns):
    """A QuantLib option and its vol quote for each element."""
    import QuantLib as ql

    today = ql.Date(1, 1, 2026)
    ql.Settings.instance().evaluationDate = today
    count = ql.Actual365Fixed()
    made = []
    for sign, spot, strike, t, rate, div_yield, vol in zip(*(column[:RIVAL_SIZE] for column in columns), strict=True):
        quote = ql.SimpleQuote(float(vol))
        process = ql.BlackScholesMertonProcess(
            ql.QuoteHandle(ql.SimpleQuote(float(spot))),
            ql.YieldTermStructureHandle(ql.FlatForward(today, float(div_yield), count)),
            ql.YieldTermStructureHandle(ql.FlatForward(today, float(rate), count)),
            ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), ql.QuoteHandle(quote), count)),
        )
        payoff = ql.PlainVanillaPayoff(ql.Option.Call if sign > 0 else ql.Option.Put, float(strike))
        option = ql.VanillaOption(payoff, ql.AmericanExercise(today, today + round(t * DAYS)))
        option.setPricingEngine(ql.QdFpAmericanEngine(process, scheme))
        made.append((option, quote, float(vol)))
    return made


def rows() -> list[Row]:
    try:
        import QuantLib as ql
        from scipy.optimize import brentq
    except ImportError as absent:
        print(f"skipped: {absent.name} is not installed")
        return []
    columns = book(SIZE)
    price, status = np.empty(SIZE), np.empty(SIZE, dtype=np.int8)
    greeks = [np.empty(SIZE) for _ in range(9)]

    def ours() -> None:
        _american.price_into(*columns, price, status)

    def our_greeks() -> None:
        _american.greeks_into(*columns, *greeks, status)

    accurate = engine(ql.QdFpAmericanEngine.accurateScheme(), columns)

    def theirs() -> list[float]:
        found = []
        for option, quote, vol in accurate:
            quote.setValue(vol * 1.0000001)  # or QuantLib would answer from its cache
            quote.setValue(vol)
            found.append(option.NPV())
        return found

    timing = interleaved(ours, theirs, ours_size=SIZE, rival_size=RIVAL_SIZE)
    worst = np.max(np.abs(price[:RIVAL_SIZE] - theirs()) / np.maximum(columns[1], columns[2])[:RIVAL_SIZE])
    found = [
        Row(
            work="American price, yield",
            rival="QuantLib QdFp accurate",
            ours_ns=timing[0],
            rival_ns=timing[1],
            error=f"{worst:.1e} of the larger of spot and strike between the two",
        )
    ]
    greek_time, price_time = interleaved(our_greeks, ours, ours_size=SIZE, rival_size=SIZE, repeats=3)
    found.append(
        Row(work="American greeks, yield", rival="our price alone", ours_ns=greek_time, rival_ns=price_time, error="")
    )

    held = price - np.maximum(columns[0] * (columns[1] - columns[2]), 0.0) > 1e-4 * columns[1]
    chosen = [column[held] for column in columns]
    premium = price[held]
    n = len(premium)
    vol, upper, state = np.empty(n), np.empty(n), np.empty(n, dtype=np.int8)

    def our_vols() -> None:
        _american.implied_vol_into(premium, *chosen[:-1], vol, upper, state)

    fast = engine(ql.QdFpAmericanEngine.fastScheme(), chosen)

    def their_vols() -> None:
        for (option, quote, _), paid in zip(fast, premium, strict=False):

            def miss(sigma: float, option=option, quote=quote, paid=paid) -> float:
                quote.setValue(sigma)
                return option.NPV() - paid

            if miss(0.01) < 0.0 < miss(4.0):
                brentq(miss, 0.01, 4.0, xtol=1e-8)

    timing = interleaved(our_vols, their_vols, ours_size=n, rival_size=RIVAL_SIZE, repeats=3)
    found.append(
        Row(
            work="American implied vol, yield",
            rival="QuantLib QdFp fast and brentq",
            ours_ns=timing[0],
            rival_ns=timing[1],
            error=f"{np.nanmax(np.abs(vol / chosen[-1] - 1.0)):.1e} relative round trip",
        )
    )
    return found


if __name__ == "__main__":
    for row in rows():
        print(f"{row.work:30} {row.ours_ns:9.0f} {row.rival:32} {row.rival_ns:9.0f} {row.ratio:7.4f}  {row.error}")
