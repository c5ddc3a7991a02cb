"""The assignment ledger: dividends against what holding is worth, what the account then holds, and the deadlines."""

import math
from datetime import date, datetime

import pytest

from hedgekit.errors import InputError
from hedgekit.margin import assignment_ledger
from hedgekit.market.calendar import session_open, t_years, years_between
from hedgekit.model import NEW_YORK, Leg, Option
from hedgekit.pricing import price

ASOF = datetime(2026, 6, 8, 15, 0, tzinfo=NEW_YORK)
EX_DATE = date(2026, 6, 16)
WHEN = years_between(ASOF, session_open(EX_DATE))
EXPIRY = "2026-07-17"


def leg(contracts, name, premium, root="IWM", expiry=EXPIRY):
    return Leg(contracts=contracts, option=Option.parse(f"{root} {expiry} {name}"), premium=premium)


def ledger(*legs, spot=290.0, rate=0.04, dividends=((WHEN, 0.9),), **given):
    return assignment_ledger(legs, spot=spot, asof=ASOF, rate=rate, dividends=dividends, **given)


def test_a_dividend_above_the_put_is_exercised_for():
    # SPY before an ex-date: short 319 call, same-strike put .37, dividend 1.53
    asof = datetime(2019, 12, 19, 15, 0, tzinfo=NEW_YORK)
    when = years_between(asof, session_open(date(2019, 12, 20)))
    call = leg(-1, "319 C", 1.9, "SPY", "2019-12-27")
    quotes = {"SPY191227P00319000": 0.37}
    (line,) = assignment_ledger([call], spot=320.5, asof=asof, rate=0.0, dividends=[(when, 1.53)], quotes=quotes)
    (ex,) = line.ex_dates
    assert ex.optimal and ex.other_source == "quote" and ex.advantage == pytest.approx(1.53 - 0.37)
    assert line.optimal_now and line.early_risk == "high"
    assert ex.exercise_by == datetime(2019, 12, 19, 16, 0, tzinfo=NEW_YORK)
    assert line.dividend_owed_usd == pytest.approx(153.0)
    assert "expect assignment" in line.why


@pytest.mark.parametrize("strike", range(200, 290, 5))
def test_the_verdict_is_that_of_the_value_after_the_ex_date(strike):
    vol, rate = 0.22, 0.04
    left = t_years(ASOF, date(2026, 7, 17))
    value = price("call", 290.0, strike, left, rate, 0.0, vol, dividends=((WHEN, 0.9),))
    (line,) = ledger(leg(-1, f"{strike} C", round(value, 2)), quotes={f"IWM260717C{strike * 1000:08d}": value})
    # after the last dividend an American call is a European one: an independent closed form
    held = price("call", 290.0 - 0.9, strike, left - WHEN, rate, 0.0, vol, exercise="european")
    exercised = 290.0 - strike
    (ex,) = line.ex_dates
    if line.vol is None:  # the premium is the exercise value: no vol, so nothing tells the put
        assert ex.optimal is None and line.early_risk == "unknown"
    else:
        # the ledger's put is American, worth a little more than the European one of parity
        assert ex.advantage == pytest.approx(exercised - held, abs=0.06)
        if abs(exercised - held) > 0.06:
            assert ex.optimal == (exercised > held)


def test_interest_counts_against_a_call():
    (line,) = ledger(leg(-1, "250 C", 41.0), quotes={"IWM260717P00250000": 0.05, "IWM260717C00250000": 41.0})
    (ex,) = line.ex_dates
    left = t_years(ASOF, date(2026, 7, 17)) - WHEN
    assert ex.interest == pytest.approx(250.0 * (1.0 - math.exp(-0.04 * left)))
    assert ex.advantage == pytest.approx(0.9 - ex.interest - 0.05)
    assert ex.optimal == (ex.advantage > 0.0)


def test_unknown_ex_dates_are_never_low_risk():
    call = leg(-1, "250 C", 41.0)
    for dividends, div_yield in ((None, 0.0), ((), 0.011)):
        (line,) = ledger(call, dividends=dividends, div_yield=div_yield)
        assert line.early_risk == "unknown" and line.optimal_now is None
        assert "ex-dates are not known" in line.why
    (line,) = ledger(call, dividends=())
    assert line.early_risk == "low"


def test_a_put_at_its_exercise_value_is_exercised_now():
    (line,) = ledger(leg(-3, "350 P", 60.0), dividends=())
    assert line.optimal_now and line.early_risk == "high" and line.extrinsic == 0.0
    assert (line.shares_delta, line.cash_usd) == (300, -105_000.0)
    (line,) = ledger(leg(-3, "300 P", 15.0), dividends=())
    assert not line.optimal_now and line.early_risk == "low"


def test_a_holder_of_a_put_waits_for_the_dividend():
    value = price("put", 290.0, 330.0, t_years(ASOF, date(2026, 7, 17)), 0.04, 0.0, 0.2, dividends=((WHEN, 0.9),))
    (line,) = ledger(leg(-1, "330 P", round(value, 2)), quotes={"IWM260717P00330000": value})
    assert not line.optimal_now and line.extrinsic > 0.05
    assert line.ex_dates[0].optimal and line.early_risk == "high"
    assert "waits for the ex-date" in line.why


def test_out_of_the_money_is_no_early_risk():
    lines = ledger(leg(-1, "320 C", 1.0), leg(-1, "260 P", 1.0))
    assert [line.early_risk for line in lines] == ["none", "none"]


def test_what_the_account_holds_and_owes():
    call = leg(-3, "280 C", 14.0)
    (line,) = ledger(call, shares=200)
    assert (line.shares_delta, line.shares_after, line.cash_usd) == (-300, -100, 84_000.0)
    assert line.dividend_owed_usd == pytest.approx(90.0)
    assert line.dividend_lost_usd == pytest.approx(180.0)
    (line,) = ledger(call, shares=-100)
    assert line.dividend_owed_usd == pytest.approx(270.0)
    (line,) = ledger(leg(-3, "280 P", 4.0), shares=-100)
    assert (line.shares_after, line.dividend_owed_usd) == (200, 0.0)


def test_deadlines_are_new_york_sessions():
    # Juneteenth 2026-06-19 is a Friday without session: the monthly options end on the Thursday
    (line,) = ledger(leg(-1, "280 C", 14.0, expiry="2026-06-19"))
    assert line.cutoff == datetime(2026, 6, 18, 16, 0, tzinfo=NEW_YORK)
    assert line.delivery == date(2026, 6, 22)
    assert line.ex_dates[0].exercise_by == datetime(2026, 6, 15, 16, 0, tzinfo=NEW_YORK)


def test_the_pin_band_matters_in_the_last_days():
    near = leg(-1, "290 C", 3.0, expiry="2026-06-12")
    far = leg(-1, "290 C", 8.0)
    lines = ledger(near, far)
    assert [line.pin_now for line in lines] == [True, False]
    assert lines[0].pin_low < 290.0 < lines[0].pin_high
    day = 290.0 * lines[0].vol * math.sqrt(1 / 365)
    assert lines[0].pin_high == pytest.approx(290.0 + day)


def test_index_options_are_settled_in_cash():
    (line,) = ledger(leg(-1, "2800 C", 200.0, "RUT"), spot=2900.0)
    assert (line.style, line.early_risk, line.shares_delta, line.cash_usd) == ("european", "none", 0, -10_000.0)


def test_long_legs_and_shares_are_passed_over():
    assert ledger(leg(1, "280 C", 14.0)) == ()


@pytest.mark.parametrize(
    ("legs", "given", "words"),
    [
        ([leg(-1, "280 C", 14.0), leg(-1, "700 C", 14.0, "SPY")], {}, "IWM, SPY: one ledger"),
        ([leg(-1, "280 C", 14.0)], {"spot": -1.0}, "expected a positive number"),
        ([leg(-1, "280 C", 14.0, expiry="2026-06-05")], {}, "past its exercise cut-off"),
    ],
)
def test_bad_arguments_are_refused(legs, given, words):
    with pytest.raises(InputError, match=words):
        ledger(*legs, **given)


def test_a_time_without_zone_is_refused():
    with pytest.raises(InputError, match="no time zone"):
        assignment_ledger([leg(-1, "280 C", 14.0)], spot=290.0, asof=datetime(2026, 6, 8, 15, 0), rate=0.04)


def test_lines_are_plain_data():
    (line,) = ledger(leg(-1, "280 C", 14.0))
    row = line.to_dict()
    assert row["ex_dates"][0]["ex_date"] == EX_DATE and row["symbol"] == "IWM260717C00280000"


def test_a_put_at_its_exercise_value_is_kept_for_a_dividend_that_beats_the_interest_until_then():
    put = Leg(contracts=-1, option=Option.parse("XYZ 2026-07-17 360 P"), premium=35.0)
    terms = {"spot": 325.0, "asof": datetime(2026, 6, 22, 15, 0, tzinfo=NEW_YORK), "rate": 0.02}
    (line,) = assignment_ledger([put], **terms, dividends=[(3 / 365, 1.53)])
    assert line.optimal_now is False and "a holder waits" in line.why
    # with the vol of the setting the price just after the dividend is known too
    (line,) = assignment_ledger([put], **terms, dividends=[(3 / 365, 1.53)], vols={"XYZ260717P00360000": 0.13})
    assert line.ex_dates[0].optimal and line.early_risk == "high" and line.pin_low is not None
    (line,) = assignment_ledger([put], **terms, dividends=[(3 / 365, 0.03)])
    assert line.optimal_now is True
