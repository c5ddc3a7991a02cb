"""Rate and forwards against chains of known making, and against real chains where Treasury yields are known."""

import math
import sys
from datetime import date
from importlib import util
from pathlib import Path

import pytest

from hedgekit.errors import DataError
from hedgekit.market.carry import forwards, infer_rate
from hedgekit.market.sources import load

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
    # its dividends are neither equal nor evenly spaced, as the fitted ones are
    assert estimate.rate == pytest.approx(generator.RATE, abs=1.5e-3)


def test_the_rate_of_the_example_is_told_better_with_its_dividends(generator, example):
    estimate = infer_rate(example, dividends=generator.cash_to(date(2028, 9, 15)))
    assert estimate.rate == pytest.approx(generator.RATE, abs=7e-4)
    assert estimate.low <= generator.RATE <= estimate.high


@pytest.mark.parametrize("known", [False, True])
def test_the_forwards_of_the_example_are_told(generator, example, known):
    dividends = generator.cash_to(date(2028, 9, 15)) if known else ()
    for forward in forwards(example, generator.RATE, dividends=dividends):
        rate, cash = generator.financed_rate(forward.expiry), generator.cash_to(forward.expiry)
        left = generator.SPOT - sum(amount * math.exp(-rate * t) for t, amount in cash)
        truth = left * math.exp(rate * forward.t_years)
        spread = forward.forward_high - forward.forward_low
        # half the interval, and 0.05 a year for what early exercise near an ex-date is worth
        assert abs(forward.forward - truth) <= 0.5 * spread + 0.05 + (0.0 if known else 0.1), forward


@pytest.mark.reference
@needs_data
def test_a_real_chain_tells_a_rate_near_treasury_yields():
    estimate = infer_rate(load(OPTIONS / "cboe_json" / "IWM_2026-06-17.json"))
    # Treasury yields of the day, continuous: 3.81% for three months to 4.16% for two years
    assert estimate.rate == pytest.approx(0.039, abs=0.003)
    assert estimate.high - estimate.low < 0.008


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
    assert estimate.low - 0.001 < 0.039 < estimate.high + 0.001


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
            assert math.log(forward.forward_low / chain.spot) / forward.t_years < 0.034
