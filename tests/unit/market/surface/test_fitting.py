"""Smiles fitted to made quotes: inside the bands, no arbitrage, the truth recovered."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from hedgekit.errors import InputError
from hedgekit.market.chain import inspect
from hedgekit.market.surface import fit
from hedgekit.market.surface.arbitrage import arbitrage
from hedgekit.market.surface.mixture import Mixture, black
from hedgekit.market.surface.quotes import Bands
from hedgekit.market.surface.result import describe
from hedgekit.market.surface.smile import fit_smile
from hedgekit.market.surface.svi import fit_svi
from hedgekit.model import Flag
from tests.unit.market.surface.conftest import DIV_YIELD, RATE, svi


def test_every_quote_holds_the_fit(surface):
    # a grid of components cannot follow every bend to 0.4% of a price; nearly all
    assert surface.inside_share > 0.99
    assert [of.method for of in surface.slices] == ["mixture"] * 4


def test_fitted_vols_are_the_true_ones(surface, smiles):
    for of in surface.slices:
        k = np.linspace(-2.5, 2.0, 37) * float(of.total_vol(np.zeros(1))[0])
        true = np.sqrt(svi(smiles[of.expiry], k) / of.t_years)
        # bands are 0.4% of the price wide: up to half a vol point in the wings
        np.testing.assert_allclose(surface.vol(of.forward * np.exp(k), of.expiry), true, atol=4e-3)


def test_svi_parameters_are_recovered(surface, smiles):
    for of in surface.slices:
        found = fit_svi(of.bands, of.t_years)
        true = smiles[of.expiry]
        assert found is not None
        assert found.inside == 1.0
        assert found.rms_points < 0.01
        np.testing.assert_allclose([found.b, found.rho, found.m, found.sigma], true[1:], rtol=0.02, atol=5e-4)
        assert found.a == pytest.approx(true[0], abs=2e-4)


def test_there_is_no_arbitrage_by_prices_on_a_fine_grid(surface):
    strikes = np.linspace(60.0, 700.0, 6401)
    before = None
    for of in surface.slices:
        x = strikes / of.forward
        calls = of.mixture.call(np.log(x))
        slopes = np.diff(calls) / np.diff(x)
        # prices are good to 1e-16 and steps are 4e-4: slopes to 1e-12
        assert (np.diff(slopes) >= -1e-11).all()
        assert (slopes >= -1.0 - 1e-11).all() and (slopes <= 1e-11).all()
        k = np.linspace(-1.0, 0.8, 901)
        now = of.mixture.total_vol(k)
        if before is not None:
            assert (now >= before).all()
        before = now
    left = arbitrage(surface)
    assert left.fit_butterflies == left.fit_calendars == 0
    assert left.least_density > 0.0 and left.least_rise > 0.0
    assert left.quote_butterflies == left.quote_calendars == 0


def test_a_surface_does_not_know_the_currency(made):
    small, large = (fit(made(spot=spot), rate=RATE, dividends=DIV_YIELD) for spot in (50.0, 5000.0))
    for day in (date(2026, 9, 18), date(2026, 11, 3)):
        m = np.array([0.8, 0.95, 1.0, 1.1])
        # strikes are whole thousandths of a dollar: they differ by 1e-5 at a spot of 50
        np.testing.assert_allclose(small.vol(50.0 * m, day), large.vol(5000.0 * m, day), atol=2e-5)


def test_quotes_in_cents_are_fitted_too(made):
    found = describe(made(tick=0.01, width=0.02), rate=RATE, dividends=DIV_YIELD)
    assert found.surface.inside_share > 0.99
    assert found.left.fit_butterflies == found.left.fit_calendars == 0


def test_cash_dividends_are_priced_as_the_model_does(made):
    dividends = ((0.2, 0.8), (0.45, 0.8), (0.7, 0.8), (0.95, 0.8))
    chain = made(dividends=dividends)
    from hedgekit.market.inputs import MarketInputs
    from hedgekit.pricing import price

    rates = dict.fromkeys(chain.expiries, RATE)
    market = MarketInputs(
        rates=rates,
        div_yields=dict.fromkeys(chain.expiries, 0.0),
        cash=dividends,
        rate_source="made",
        dividends_source="made",
    )
    found = fit(chain, market=market)
    assert found.inside_share > 0.99
    near = chain.at(date(2026, 12, 18))
    rows = np.abs(near.strike / chain.spot - 1.0) < 0.1
    vols = found.vol(near.strike[rows], date(2026, 12, 18))
    worth = price(
        near.kind[rows], chain.spot, near.strike[rows], near.t_years[rows], RATE, 0.0, vols, dividends=dividends
    )
    assert ((worth >= near.bid[rows]) & (worth <= near.ask[rows])).mean() > 0.95


def test_dividends_are_fitted_where_a_yield_does_not_reconcile_calls_and_puts(made):
    third_fridays = (0.0020, 0.2541, 0.5035, 0.7527)
    chain = made(dividends=tuple((when, 1.6) for when in third_fridays), width=0.001)
    found = fit(chain, rate=RATE)
    assert any(note.slug == "dividends_fitted" for note in found.warnings)
    assert "a quarter, fitted to the quotes" in found.market.dividends_source
    # three rounds from below leave a few percent
    assert found.market.cash[0][1] == pytest.approx(1.6, rel=0.1)
    assert found.inside_share > fit(chain, rate=RATE, dividends=0.0244).inside_share


def test_quotes_that_cross_in_time_are_reported_and_not_followed(made, smiles):
    crossed = {**smiles, date(2026, 12, 18): (0.0090 * 0.2, 0.085 * 0.4, -0.4, 0.02, 0.14)}
    found = describe(made(smiles=crossed), rate=RATE, dividends=DIV_YIELD)
    assert found.left.quote_calendars > 5
    assert found.left.fit_calendars == 0
    assert found.surface.inside_share < 0.9
    assert any(note.slug == "poor_fit" for note in found.warnings)


def test_a_quote_bid_above_its_neighbours_is_blamed_and_not_followed(made):
    chain = made(tick=0.01, width=0.02)
    row = int(np.flatnonzero((chain.strike > 245.0) & (chain.kind > 0))[0])
    bid, ask = chain.bid.copy(), chain.ask.copy()
    bid[row] += 2.0
    ask[row] += 2.0
    found = fit(inspect(replace(chain, bid=bid, ask=ask)), rate=RATE, dividends=DIV_YIELD)
    left = arbitrage(found)
    assert left.quote_butterflies == 1
    assert left.butterflies == (chain.symbol[row],)
    straight = fit(chain, rate=RATE, dividends=DIV_YIELD)
    day = chain.expiry[row].item()
    # a tenth of a vol point; the bad print is two dollars away
    assert found.vol(chain.strike[row], day) == pytest.approx(float(straight.vol(chain.strike[row], day)), abs=1e-3)


def test_an_expiry_with_few_quotes_falls_back_on_them_and_says_so(made):
    chain = made()
    thin = chain.expiry == np.datetime64("2026-09-18")
    keep = ~thin
    keep[np.flatnonzero(thin)[[5, 6, 7]]] = True
    found = fit(chain.select(keep), rate=RATE, dividends=DIV_YIELD)
    of = found.at(date(2026, 9, 18))
    assert of.method == "quotes"
    note = next(note for note in found.warnings if note.slug == "slice_not_fitted")
    assert "2026-09-18" in note.message
    strike = float(of.quotes.strike[1])
    rows = chain.rows_of(str(chain.symbol[np.flatnonzero(thin)[6]]))
    assert found.band.bid[of.quotes.row[1]] <= found.vol(strike, of.expiry) <= found.band.ask[of.quotes.row[1]]
    assert len(rows) == 1
    with pytest.raises(InputError, match="no smile could be fitted to 2026-09-18"):
        found.mixture(date(2026, 9, 18))
    assert np.isfinite(found.vol([240.0, 250.0], date(2026, 8, 20))).all()
    left = arbitrage(found)
    # straight lines between three mids bend where they meet, and that is not said of the smiles
    assert left.fit_butterflies == left.fit_calendars == 0 < left.unfitted


def test_only_fit_quotes_are_used(made):
    chain = made()
    flags = chain.flags.copy()
    bid = chain.bid.copy()
    bid[10], flags[10] = chain.ask[10] + 5.0, Flag.CROSSED
    found = fit(replace(chain, bid=bid, flags=flags), rate=RATE, dividends=DIV_YIELD)
    assert 10 not in np.concatenate([of.quotes.row for of in found.slices])
    assert found.inside_share > 0.99


def test_without_open_interest_anywhere_none_is_asked_for(made):
    assert fit(made(held=np.nan), rate=RATE, dividends=DIV_YIELD).liquid > 100
    assert fit(made(held=0.0), rate=RATE, dividends=DIV_YIELD).liquid == 0


def test_a_chain_of_the_past_is_refused(made):
    chain = made()
    with pytest.raises(InputError, match="every expiry has passed"):
        fit(replace(chain, t_years=-chain.t_years))


def test_quotes_that_contradict_each_other_are_counted_and_the_rest_held(surface):
    """Every ninth call of one expiry is of another moment: the smile drops those and holds the others."""
    chain = surface.chain
    rows = np.flatnonzero((chain.expiry == chain.expiry[len(chain) // 2]) & (chain.kind == 1))[::9]
    moved = np.zeros(len(chain))
    moved[rows] = 0.25 * chain.mid[rows] + 2.0
    mixed = fit(inspect(replace(chain, bid=chain.bid + moved, ask=chain.ask + moved)), rate=RATE, dividends=DIV_YIELD)
    left = arbitrage(mixed)
    missed = round((1.0 - mixed.inside_share) * mixed.liquid)
    assert 0 < left.quote_disputes <= missed <= len(rows) + 0.02 * mixed.liquid
    assert left.fit_butterflies == left.fit_calendars == 0
    assert arbitrage(surface).quote_disputes == 0


def test_a_price_does_not_depend_on_those_asked_for_with_it(surface):
    k = np.linspace(-0.3, 0.3, 61)
    for of in surface.slices:
        prices = of.mixture.otm(k)
        np.testing.assert_array_equal(prices[[0, 30, 60]], [of.mixture.otm(one)[0] for one in k[[0, 30, 60]]])


@pytest.fixture(scope="module")
def jittered(made, smiles):
    """Tight quotes of which three in five are of a moment with another spot, a few cents away."""
    chain = made(width=0.002, step=0.004)
    dice = np.random.default_rng(11)
    off = np.where(dice.uniform(size=len(chain)) < 0.6, dice.standard_t(3, len(chain)) * 0.02, 0.0)
    delta = np.empty(len(chain))
    for day, five in smiles.items():
        rows = chain.expiry == np.datetime64(day)
        deviation = float(np.sqrt(svi(five, np.zeros(1)))[0])
        delta[rows] = 0.5 - 0.5 * np.tanh(0.8 * np.log(chain.strike[rows] / chain.spot) / deviation)
    move = off * np.where(chain.kind > 0, delta, delta - 1.0)
    bid = np.maximum(np.round(chain.bid + move, 2), 0.0)
    ask = np.maximum(np.round(chain.ask + move, 2), bid + 0.01)
    return inspect(replace(chain, bid=bid, ask=ask))


def test_quotes_of_several_moments_do_not_bend_the_smile(jittered, smiles):
    found = fit(jittered, rate=RATE, dividends=DIV_YIELD)
    true_inside = peaks = 0
    for of in found.slices:
        deviation = float(of.total_vol(np.zeros(1))[0])
        density = of.mixture.density(np.linspace(-4.0, 3.5, 600) * deviation)
        high = (density[1:-1] > density[:-2]) & (density[1:-1] >= density[2:]) & (density[1:-1] > 0.02 * density.max())
        peaks += high.sum()
        k = np.linspace(-2.0, 1.5, 36) * deviation
        # a third of a percent of the vol at the forward
        np.testing.assert_allclose(of.total_vol(k), np.sqrt(svi(smiles[of.expiry], k)), atol=0.0035 * deviation)
        worth = black(of.quotes.k, np.sqrt(svi(smiles[of.expiry], of.quotes.k)))
        true_inside += (of.quotes.liquid & (worth >= of.quotes.low) & (worth <= of.quotes.high)).sum()
    assert peaks <= len(found.slices) + 2
    # noise alone keeps even the true smile out of more bands
    assert true_inside / found.liquid < found.inside_share < 0.97


def test_the_warning_says_how_far_the_missed_quotes_are(made):
    chain = made(width=0.002)
    # a ninth of the dear quotes two dollars up or down: not one of them can hold what the others do
    away = np.where(np.arange(len(chain)) % 2, 2.0, -2.0)
    moved = np.where((np.arange(len(chain)) % 9 == 0) & (chain.mid > 3.0), away, 0.0)
    found = describe(replace(chain, bid=chain.bid + moved, ask=chain.ask + moved), rate=RATE, dividends=DIV_YIELD)
    note = next(note for note in found.warnings if note.slug == "poor_fit")
    told = float(note.message.split("within $")[1].split(" ")[0])
    assert told == pytest.approx(2.0, abs=0.1)


def test_two_humps_are_followed_where_the_usual_grid_cannot():
    """A step of 5% up or down is due: a bell of the vol at the forward is far too wide for either side of it."""
    true = Mixture.of(np.array([0.5, 0.5]), np.array([-0.05, 0.05]), np.array([0.013, 0.013]))
    k = np.log(np.arange(0.85, 1.15, 0.0025))
    worth = true.otm(k)
    k, worth = k[worth > 2e-5], worth[worth > 2e-5]
    bands = Bands(k=k, low=worth - 1e-5, high=worth + 1e-5, liquid=np.ones(len(k)))
    found = fit_smile(bands, before=None, ceiling=None)
    assert found is not None
    # of the forward: a cent on a hundred dollars
    np.testing.assert_allclose(found.otm(k), worth, atol=1e-4)
    assert ((found.otm(k) >= bands.low) & (found.otm(k) <= bands.high)).mean() > 0.7
