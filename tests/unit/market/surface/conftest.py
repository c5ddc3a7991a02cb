"""Made chains of several expiries from SVI smiles, priced American, quoted to the cent or finer."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from hedgekit.market.calendar import t_years as years_to
from hedgekit.model import Chain, Option
from hedgekit.pricing import price

ASOF = datetime(2026, 6, 17, 16, 0, tzinfo=ZoneInfo("America/New_York"))
SMILES = {
    # a, b, rho, m, sigma: total variance rises at every moneyness, no butterfly
    date(2026, 7, 17): (0.0008, 0.030, -0.4, 0.010, 0.06),
    date(2026, 9, 18): (0.0035, 0.055, -0.4, 0.015, 0.10),
    date(2026, 12, 18): (0.0090, 0.085, -0.4, 0.020, 0.14),
    date(2027, 6, 17): (0.0220, 0.120, -0.4, 0.020, 0.20),
}
RATE, DIV_YIELD = 0.04, 0.012


def svi(five, k):
    a, b, rho, m, sigma = five
    return a + b * (rho * (k - m) + np.sqrt((k - m) ** 2 + sigma**2))


@pytest.fixture(scope="session")
def smiles():
    return SMILES


@pytest.fixture(scope="session")
def made() -> Callable[..., Chain]:
    """Quote a made market: mids from SVI vols and American prices, bids and asks a fraction of the price away."""

    def make(*, spot=250.0, width=0.004, tick=0.0, step=0.02, smiles=SMILES, held=100.0, dividends=()) -> Chain:
        options, bids, asks, left = [], [], [], []
        for day, five in smiles.items():
            t = years_to(ASOF, day)
            growth = RATE - (0.0 if dividends else DIV_YIELD)
            forward = spot * np.exp(growth * t) - sum(d * np.exp(growth * (t - w)) for w, d in dividends if w <= t)
            deviation = float(np.sqrt(svi(five, np.zeros(1)))[0])
            reach = np.arange(-4.0 * deviation, 3.0 * deviation, step)
            strike = np.round(spot * np.exp(reach) * 1000) / 1000
            vol = np.sqrt(svi(five, np.log(strike / forward)) / t)
            for kind in (1, -1):
                q = 0.0 if dividends else DIV_YIELD
                worth = price(np.full(len(strike), kind), spot, strike, t, RATE, q, vol, dividends=dividends)
                half = np.maximum(0.5 * width * worth, 1e-5 * spot)
                low, high = worth - half, worth + half
                if tick:
                    low, high = np.floor(low / tick) * tick, np.ceil(high / tick) * tick
                word = "call" if kind == 1 else "put"
                options += [Option(root="IWM", expiry=day, kind=word, strike=float(x)) for x in strike]
                bids.append(np.maximum(low, 0.0))
                asks.append(high)
                left.append(np.full(len(strike), t))
        n = len(options)
        return Chain(
            symbol=np.array([option.compact for option in options]),
            kind=np.array([option.sign for option in options]),
            strike=np.array([option.strike for option in options]),
            expiry=np.array([option.expiry for option in options], dtype="M8[D]"),
            t_years=np.concatenate(left),
            bid=np.concatenate(bids),
            ask=np.concatenate(asks),
            bid_size=np.full(n, 50.0),
            ask_size=np.full(n, 50.0),
            open_interest=np.full(n, held),
            volume=np.zeros(n),
            last=np.full(n, np.nan),
            last_time=np.full(n, np.datetime64("NaT", "s")),
            vendor_iv=np.full(n, np.nan),
            flags=np.zeros(n, dtype=np.int64),
            ticker="IWM",
            spot=spot,
            spot_source="given",
            file_spot=spot,
            asof=ASOF,
            source="made",
        )

    return make


@pytest.fixture(scope="session")
def surface(made):
    from hedgekit.market.surface import fit

    return fit(made(), rate=RATE, dividends=DIV_YIELD)
