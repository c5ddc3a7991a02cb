"""The embedded example: made again by its generator, and its prices checked by QuantLib."""

import json
import sys
from datetime import date
from importlib import util
from pathlib import Path

import numpy as np
import pytest

from hedgekit.market.chain import defects
from hedgekit.market.parity import parity_spot
from hedgekit.market.sources import load
from hedgekit.model import Flag

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "data"


@pytest.fixture(scope="module")
def generator():
    spec = util.spec_from_file_location("make_iwm_chain", FOLDER / "make_iwm_chain.py")
    module = util.module_from_spec(spec)
    sys.modules["make_iwm_chain"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def shipped():
    return json.loads((FOLDER / "iwm.json").read_text(encoding="ascii"))


@pytest.fixture(scope="module")
def chain():
    return load(FOLDER / "iwm.json")


def test_the_generator_makes_the_shipped_file(generator, shipped):
    made = json.loads(generator.text(generator.document()))
    rows, ours = made["data"].pop("options"), shipped["data"]["options"]
    assert made == {**shipped, "data": {k: v for k, v in shipped["data"].items() if k != "options"}}
    assert [row["option"] for row in rows] == [row["option"] for row in ours]
    # exp and log differ in their last bit between processors, which may turn a rounding here and there
    for name, step in (("bid", 0.01), ("ask", 0.01), ("theo", 0.001), ("delta", 0.0001), ("iv", 0.0001)):
        theirs, mine = (np.array([row[name] for row in both]) for both in (rows, ours))
        off = np.abs(theirs - mine)
        assert (off > 1e-9).mean() < 0.01, name
        if name != "iv":  # an extrinsic value near half a cent turns an iv into "none"
            assert off.max() < 1.5 * step, name


def test_it_is_labelled_as_made_and_small(shipped):
    assert shipped["made"] is True
    assert "not market data" in shipped["note"]
    assert (FOLDER / "iwm.json").stat().st_size < 700_000


def test_it_loads_as_a_clean_chain(chain):
    assert [slug for slug, _ in chain.warnings] == ["made_data"]
    assert (chain.ticker, chain.spot, chain.spot_source) == ("IWM", 248.12, "file")
    assert 1500 <= len(chain) <= 3000
    assert {defect.slug for defect in defects(chain)} <= {"zero_bid", "wide"}
    assert 100 < (chain.flags & Flag.ZERO_BID != 0).sum() < 600


def test_every_kind_of_expiry_is_listed(chain):
    listed = set(chain.expiries)
    assert {date(2026, 10, 15), date(2026, 10, 28)} <= listed  # each session for two weeks
    assert {date(2026, 11, 6), date(2026, 11, 27)} <= listed  # Fridays
    assert {date(2026, 11, 20), date(2026, 12, 18), date(2027, 6, 17)} <= listed  # third Fridays; 06-18 is a holiday
    assert {date(2026, 12, 31), date(2027, 3, 31)} <= listed  # quarter ends
    assert {date(2028, 1, 21), date(2028, 9, 15)} <= listed  # LEAPS


def test_its_parity_tells_its_spot(chain):
    assert parity_spot(chain, rate=0.036).spot == pytest.approx(248.12, abs=0.02)


def test_quotes_stand_around_the_value(shipped):
    rows = shipped["data"]["options"]
    bid, ask, value = (np.array([row[name] for row in rows]) for name in ("bid", "ask", "theo"))
    assert (bid <= value + 5e-4).all()  # theo is rounded to a tenth of a cent
    assert (value <= ask + 5e-4).all()
    np.testing.assert_allclose(bid * 100, np.round(bid * 100), atol=1e-9)
    np.testing.assert_allclose(ask * 100, np.round(ask * 100), atol=1e-9)


@pytest.mark.parametrize("expiry", [date(2026, 10, 16), date(2026, 12, 18), date(2027, 3, 19), date(2028, 9, 15)])
def test_values_agree_with_quantlib(generator, expiry):
    ql = pytest.importorskip("QuantLib", reason="QuantLib is not installed")
    from hedgekit.market import calendar

    t_years, rate, cash = (
        calendar.t_years(generator.ASOF, expiry),
        generator.financed_rate(expiry),
        generator.cash_to(expiry),
    )
    # QuantLib counts whole days: a day of its calendar stands for a hundredth of one of ours
    stretch = 100
    scale = stretch * 365
    today = ql.Date(1, 1, 1902)
    ql.Settings.instance().evaluationDate = today
    counter = ql.Actual365Fixed()
    worst = 0.0
    for sign, kind in ((1, ql.Option.Call), (-1, ql.Option.Put)):
        for strike in (200.0, 240.0, 250.0, 280.0):
            vol = 0.22
            value, _ = generator.american(sign, np.array([strike]), np.array([vol]), t_years, rate, cash)
            days = round(t_years * scale)
            process = ql.BlackScholesProcess(
                ql.QuoteHandle(ql.SimpleQuote(generator.SPOT)),
                ql.YieldTermStructureHandle(ql.FlatForward(today, rate / stretch, counter)),
                ql.BlackVolTermStructureHandle(
                    ql.BlackConstantVol(today, ql.NullCalendar(), vol / stretch**0.5, counter)
                ),
            )
            dividends = ql.DividendVector([today + round(t * scale) for t, _ in cash], [amount for _, amount in cash])
            option = ql.VanillaOption(ql.PlainVanillaPayoff(kind, strike), ql.AmericanExercise(today, today + days))
            option.setPricingEngine(ql.FdBlackScholesVanillaEngine(process, dividends, 400, 800))
            worst = max(worst, abs(option.NPV() - value[0]))
    assert worst < 0.012  # both grids are good to about half a cent
