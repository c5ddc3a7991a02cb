"""The surface of real chains: inside the quotes, and no arbitrage by an independent look at prices."""

import numpy as np
import pytest
from scipy.integrate import trapezoid

from hedgekit.distributions import implied
from hedgekit.market.sources import load
from hedgekit.market.surface import fit

DAILY = "iwm_chain_daily_2026-06-15_2026-06-26.parquet"
CHAINS = {
    "IWM 06-17": ("cboe_json/IWM_2026-06-17.json", {}, {}),
    "IWM 06-24": (DAILY, {"asof": "2026-06-24"}, {}),
    "IWM 06-26, reconstitution": (DAILY, {"asof": "2026-06-26"}, {}),
    "IWM holiday": ("cboe_json/IWM_2026-06-19_market_holiday.json", {}, {}),
    "IWM flat": ("flat_json/IWM_2026-07-20.json", {}, {}),
    "IWM compact": ("compact_json/IWM_2026-08-07.json", {}, {}),
    "SPY 2022": ("cboe_json/SPY_2022-07-12.json", {}, {}),
    "SPY 2022, dividends known": ("cboe_json/SPY_2022-07-12.json", {}, {"dividends": "SPY_dividends.csv"}),
}


@pytest.fixture(scope="module", params=CHAINS)
def surface(request, shared):
    name, how, given = CHAINS[request.param]
    if "dividends" in given:
        given = {"dividends": shared / "data" / "dividends" / given["dividends"]}
    return fit(load(shared / "data" / "options" / name, **how), **given)


def test_the_fit_lies_inside_the_liquid_quotes(surface):
    """Counted anew: vols of the surface against the vols of bid and ask, quote by quote."""
    inside = total = 0
    for of in surface.slices:
        rows = of.quotes.row[of.quotes.liquid]
        low, high = surface.band.bid[rows], surface.band.ask[rows]
        vols = surface.vol(of.quotes.strike[of.quotes.liquid], of.expiry)
        inside += int((~(vols < low - 1e-9) & ~(vols > high + 1e-9)).sum())
        total += len(rows)
    assert total > 400
    assert inside / total >= 0.95
    assert surface.inside_share == pytest.approx(inside / total, abs=2e-3)


def test_no_butterfly_and_no_calendar_by_prices(surface):
    k = np.linspace(-0.6, 0.6, 1201)
    x = np.exp(k)
    before = None
    for of in surface.slices:
        calls = of.mixture.call(k)
        slopes = np.diff(calls) / np.diff(x)
        # prices are good to 2e-16 and steps are 5e-4 or more
        assert (np.diff(slopes) >= -2e-12).all(), of.expiry
        now = of.mixture.otm(k)
        if before is not None:
            assert (now >= before * (1.0 - 1e-6)).all(), of.expiry
        before = now


def test_every_implied_distribution_has_mass_one_and_the_forward_as_mean(surface):
    for of in surface.slices:
        spot = implied(surface, of.expiry)
        k = np.linspace(*spot.mixture.reach, 20_001)
        density = spot.mixture.density(k)
        # trapezoids, 20,000 of them, over bells with 40 or more points each
        assert trapezoid(density, k) == pytest.approx(1.0, abs=1e-6)
        assert trapezoid(np.exp(k) * density, k) * of.forward == pytest.approx(spot.mean, rel=1e-6)
        # sums of a few dozen shares round in the last digit
        assert (np.diff(spot.cdf(np.linspace(1.0, 1000.0, 999))) >= -5e-16).all()
