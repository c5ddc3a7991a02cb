"""What every fitted surface must satisfy, whatever the smile the quotes were made from."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hedgekit.distributions import implied
from hedgekit.market.calendar import t_years as years_to
from hedgekit.market.inputs import MarketInputs
from hedgekit.market.surface import fit
from hedgekit.model import Chain, Option
from hedgekit.pricing import price

ASOF = datetime(2026, 6, 17, 16, 0, tzinfo=ZoneInfo("America/New_York"))
DAYS = (date(2026, 6, 26), date(2026, 8, 21), date(2027, 1, 15))


def quoted(spot, vol, skew, smile, rate, noise, seed):
    """Quote three expiries in cents around a quadratic smile in standard deviations, some mids pushed about."""
    rng = np.random.default_rng(seed)
    columns = {name: [] for name in ("symbol", "kind", "strike", "expiry", "t_years", "bid", "ask")}
    for day in DAYS:
        t = years_to(ASOF, day)
        forward = spot * np.exp(rate * t)
        z = np.linspace(-3.5, 2.5, 25)
        strike = np.unique(np.round(forward * np.exp(z * vol * np.sqrt(t)), 1))
        z = np.log(strike / forward) / (vol * np.sqrt(t))
        vols = vol * np.maximum(1.0 + skew * z + smile * z * z, 0.4)
        for kind in (1, -1):
            worth = price(np.full(len(strike), kind), spot, strike, t, rate, 0.0, vols)
            worth = worth * (1.0 + noise * rng.standard_normal(len(strike)))
            half = 0.01 + 0.01 * worth
            word = "call" if kind == 1 else "put"
            columns["symbol"] += [Option(root="IWM", expiry=day, kind=word, strike=float(x)).compact for x in strike]
            columns["kind"] += [kind] * len(strike)
            columns["strike"] += strike.tolist()
            columns["expiry"] += [day] * len(strike)
            columns["t_years"] += [t] * len(strike)
            columns["bid"] += np.maximum(np.floor((worth - half) * 100) / 100, 0.0).tolist()
            columns["ask"] += (np.ceil((worth + half) * 100) / 100).tolist()
    n = len(columns["symbol"])
    nothing = {
        name: np.full(n, np.nan) for name in ("bid_size", "ask_size", "open_interest", "volume", "last", "vendor_iv")
    }
    chain = Chain(
        **{name: np.array(column) for name, column in columns.items() if name != "expiry"},
        expiry=np.array(columns["expiry"], dtype="M8[D]"),
        last_time=np.full(n, np.datetime64("NaT", "s")),
        flags=np.zeros(n, dtype=np.int64),
        ticker="IWM",
        spot=spot,
        spot_source="given",
        file_spot=spot,
        asof=ASOF,
        source="made",
        **nothing,
    )
    market = MarketInputs(
        rates=dict.fromkeys(DAYS, rate),
        div_yields=dict.fromkeys(DAYS, 0.0),
        cash=(),
        rate_source="made",
        dividends_source="made",
    )
    return chain, market


worlds = st.builds(
    quoted,
    st.sampled_from([40.0, 250.0, 600.0]),
    st.floats(0.08, 0.9),
    st.floats(-0.2, 0.1),
    st.floats(0.0, 0.05),
    st.floats(-0.01, 0.08),
    st.sampled_from([0.0, 0.01, 0.1]),
    st.integers(0, 1000),
)


@settings(max_examples=40)
@given(worlds)
def test_no_arbitrage_mass_one_and_the_forward_as_mean(world):
    chain, market = world
    surface = fit(chain, market=market)
    k = np.linspace(-1.0, 0.8, 361)
    x = np.exp(k)
    before = None
    for when in (*DAYS, date(2026, 7, 10), date(2026, 10, 16), date(2027, 6, 17)):
        t = surface.years_to(when)
        if any(of.mixture is None for of in surface.slices):
            continue
        mixture = surface.mixture(when)
        calls = mixture.call(k)
        slopes = np.diff(calls) / np.diff(x)
        assert (np.diff(slopes) >= -1e-11).all()
        assert mixture.weight.sum() == pytest.approx(1.0, abs=1e-14)
        assert mixture.weight @ np.exp(mixture.centre) == pytest.approx(1.0, abs=1e-13)
        assert (np.diff(mixture.cdf(k)) >= -5e-16).all()
        assert implied(surface, when).mean == pytest.approx(chain.spot * np.exp(surface.rate(when) * t), rel=1e-12)
    for when in sorted((*DAYS, date(2026, 7, 10), date(2026, 10, 16), date(2027, 6, 17))):
        now = surface.vol(surface.forward(when) * x, when) * np.sqrt(surface.years_to(when))
        if before is not None and all(of.mixture is not None for of in surface.slices):
            # the order is asked for to one part in 1e9 of a price
            assert (now >= before * (1.0 - 1e-6)).all()
        before = now


@settings(max_examples=15)
@given(worlds)
def test_a_fit_is_repeated_bit_for_bit(world):
    chain, market = world
    first, second = (fit(chain, market=market) for _ in range(2))
    for one, other in zip(first.slices, second.slices, strict=True):
        assert (one.mixture is None) == (other.mixture is None)
        if one.mixture is not None:
            assert one.mixture.weight.tobytes() == other.mixture.weight.tobytes()


@settings(max_examples=25)
@given(worlds)
def test_every_expiry_has_a_slice_and_every_strike_a_vol(world):
    chain, market = world
    surface = fit(chain, market=market)
    assert [of.expiry for of in surface.slices] == list(DAYS)
    for day in (*DAYS, date(2026, 10, 16)):
        assert (surface.vol(chain.spot * np.linspace(0.5, 2.0, 31), day) > 0.0).all()
