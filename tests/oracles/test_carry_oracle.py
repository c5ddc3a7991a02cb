"""Rate and forwards against chains of known making, and against real chains where Treasury yields are known."""

import math
import sys
from datetime import date
from importlib import util
from pathlib import Path

import pytest

from hedgekit.errors import DataError
from hedgekit.market.carry import better_dividends, forwards, infer_dividends, infer_rate
from hedgekit.market.inputs import resolve
from hedgekit.market.rates import read_rate
from hedgekit.market.sources import load
from hedgekit.pricing import implied_vol, price

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = ROOT.parent / "shared" / "data" / "options"
NINE_DAYS = OPTIONS / "iwm_chain_daily_2026-06-15_2026-06-26.parquet"
needs_data = pytest.mark.skipif(not OPTIONS.is_dir(), reason=f"real chains are not at {OPTIONS}")


@pytest.fixture(scope="module")
def generator():
    path = ROOT / "examples" / "data" / "make_iwm_chain.py"
    spec = util.spec_from_file_location("make_iwm_chain", path)
    module = util.module_from_spec(spec)
    sys.modules["make_iwm_chain"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def example():
    return load(ROOT / "examples" / "data" / "iwm.json")


def test_the_rate_of_the_example_is_told_without_its_dividends(generator, example):
    estimate = infer_rate(example)
    assert estimate.low <= generator.RATE <= estimate.high
    # its dividends are not equal, as the fitted ones are
    assert estimate.rate == pytest.approx(generator.RATE, abs=1e-3)
    # the true first one is due after 62 days, the true mean is 0.65
    assert estimate.dividends[0][0] * 365 == pytest.approx(62, abs=7)
    assert estimate.dividends[0][1] == pytest.approx(0.65, abs=0.1)


def test_the_rate_of_the_example_is_told_better_with_its_dividends(generator, example):
    estimate = infer_rate(example, dividends=generator.cash_to(date(2028, 9, 15)))
    assert estimate.rate == pytest.approx(generator.RATE, abs=7e-4)
    assert estimate.low <= generator.RATE <= estimate.high


def forward_errors(generator, example, dividends):
    """Error of each forward, and half of its own interval."""
    for forward in forwards(example, generator.RATE, dividends=dividends):
        rate, cash = generator.financed_rate(forward.expiry), generator.cash_to(forward.expiry)
        left = generator.SPOT - sum(amount * math.exp(-rate * t) for t, amount in cash)
        truth = left * math.exp(rate * forward.t_years)
        yield abs(forward.forward - truth), 0.5 * (forward.forward_high - forward.forward_low)


def test_forwards_are_within_their_quotes_when_dividends_are_known(generator, example):
    errors = list(forward_errors(generator, example, generator.cash_to(date(2028, 9, 15))))
    assert len(errors) == 29
    assert all(error <= half for error, half in errors)


def test_forwards_are_near_when_dividends_are_fitted_or_a_yield(generator, example):
    fitted = infer_dividends(example, generator.RATE)
    # the true first one is due after 62 days, the true mean is 0.65
    assert fitted[0][0] * 365 == pytest.approx(62, abs=7)
    assert fitted[0][1] == pytest.approx(0.65, abs=0.1)
    by_fit = max(error for error, _ in forward_errors(generator, example, fitted))
    by_yield = max(error for error, _ in forward_errors(generator, example, ()))
    assert by_fit < 0.0008 * generator.SPOT
    assert by_yield < 0.0025 * generator.SPOT


def test_an_engine_given_the_forward_gives_the_quotes_back(generator, example):
    dividends = generator.cash_to(date(2028, 9, 15))
    expiry = date(2027, 3, 19)
    told = next(
        forward for forward in forwards(example, generator.RATE, dividends=dividends) if forward.expiry == expiry
    )
    rate = generator.financed_rate(expiry)
    put, call = (example.quote(f"IWM {expiry} 250 {side}") for side in "PC")
    terms = (generator.SPOT, 250.0, told.t_years, rate, told.residual_yield + rate - generator.RATE)
    vol = implied_vol(put.mid, "put", *terms, dividends=dividends)
    assert call.bid <= price("call", *terms, vol, dividends=dividends) <= call.ask


@pytest.mark.reference
@needs_data
def test_a_real_chain_tells_a_rate_near_treasury_yields():
    estimate = infer_rate(load(OPTIONS / "cboe_json" / "IWM_2026-06-17.json"))
    # Treasury yields of the day, continuous: 3.81% for three months to 4.16% for two years
    assert estimate.rate == pytest.approx(0.039, abs=0.003)
    assert estimate.high - estimate.low < 0.01


@pytest.mark.reference
@needs_data
@pytest.mark.parametrize("day", [15, 16, 17, 18, 22, 23, 24, 25, 26])
def test_nine_real_days_tell_a_rate_or_say_that_they_cannot(day):
    # six expiries to 200 days only, most of their strikes five dollars apart
    try:
        estimate = infer_rate(load(NINE_DAYS, asof=f"2026-06-{day}"))
    except DataError as error:
        message = str(error)
        assert "Give --rate" in message
        return
    assert estimate.low < 0.039 < estimate.high


@pytest.mark.reference
@needs_data
@pytest.mark.parametrize("day", [15, 16, 17, 18, 22, 23, 24, 25, 26])
def test_real_forwards_carry_as_rate_less_dividends(day):
    chain = load(NINE_DAYS, asof=f"2026-06-{day}")
    for forward in forwards(chain, 0.0385):
        assert forward.pairs > 0
        if forward.t_years > 0.2:
            # the field note beside the data: +2.6% to +3.4% on these days
            assert math.log(forward.forward_high / chain.spot) / forward.t_years > 0.026
            assert math.log(forward.forward_low / chain.spot) / forward.t_years < 0.036


def test_cash_dividends_are_inferred_where_they_tell_the_quotes_better(generator, example):
    cash = better_dividends(example, generator.RATE)
    assert cash == infer_dividends(example, generator.RATE)
    market = resolve(example, example.expiries)
    assert market.cash and "a quarter from" in market.dividends_source
    # beside them little is left as a yield: under half a point beyond two months, where dates are off by days
    assert all(abs(market.div_yields[day]) < 0.005 for day in example.expiries if example.years_to(day) > 0.17)


def test_few_expiries_infer_no_cash_dividends(example):
    few = example.select(example.expiry <= example.expiry.min() + 120)
    assert better_dividends(few, 0.036) == ()


@pytest.mark.reference
@needs_data
def test_the_dividends_of_a_real_year_are_told():
    # SPY went ex on 2015-03-20 with $0.931, and paid $4.21 over that year
    cash = resolve(chain := load(OPTIONS / "vendor_csv" / "SPY_2015-01-05.csv"), chain.expiries[1:]).cash
    assert cash[0][0] * 365 == pytest.approx(74, abs=4)
    assert cash[0][1] == pytest.approx(0.93, abs=0.05)


@pytest.mark.reference
@needs_data
def test_projected_dividends_and_treasury_yields_explain_the_forwards():
    chain = load(OPTIONS / "cboe_json" / "IWM_2026-06-17.json")
    data = OPTIONS.parent
    rate, dividends = (
        data / "rates" / "treasury_nominal_5pt_2025_2026-08-21.csv",
        data / "dividends" / "IWM_dividends.csv",
    )
    open_ = [day for day in chain.expiries if chain.years_to(day) > 0.05]
    market = resolve(chain, open_, rate=rate, dividends=dividends, with_forwards=True)
    assert "projected to" in market.dividends_source
    assert {note.slug for note in market.warnings} == {"dividends_projected"}
    # half a point a year at three weeks, where a dollar of width is half a point; a fifth beyond two months
    assert all(abs(told.residual_yield) < 0.002 for told in market.forwards.values() if told.t_years > 0.2)


@pytest.mark.reference
@needs_data
def test_european_quotes_tell_the_rate_that_the_file_beside_them_says():
    chain = load(OPTIONS / "vendor_csv" / "SPX_2024-11-11_european_no_greeks.csv", ticker="SPX")
    estimate = infer_rate(chain)
    curve = read_rate(OPTIONS / "vendor_csv" / "SPX_2024-11-11_sofr_discount_factors.csv", chain.asof.date())
    assert estimate.low < curve.at(0.25) < estimate.high


def test_early_exercise_at_few_strikes_tells_the_same_rate_as_at_every_one(example, monkeypatch):
    from hedgekit.market import carry

    few = infer_rate(example)
    monkeypatch.setattr(carry, "POINTS", 0)
    monkeypatch.setattr(carry, "FEW_POINTS", 0)
    every = infer_rate(example)
    assert few.rate == pytest.approx(every.rate, abs=1e-4)
    assert few.high - few.low == pytest.approx(every.high - every.low, rel=0.2)
    assert few.dividends[0] == pytest.approx(every.dividends[0], rel=1e-3)
