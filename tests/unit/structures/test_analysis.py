"""Extremes, break-evens and value of structures whose numbers are known by hand."""

import json
import math
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from hedgekit.errors import InfeasibleError, InputError
from hedgekit.model import NEW_YORK, Leg, Shares
from hedgekit.report import render
from hedgekit.structures.analysis import analyze
from hedgekit.structures.revaluation import option_values

P, C = "XYZ260918P00{}000", "XYZ260918C00{}000"
FAR_C = "XYZ261218C00{}000"

KNOWN = [
    # legs, max loss, max gain, break-evens
    ([f"-1 {C.format(205)} @5", f"+1 {C.format(210)} @1.5"], 150.0, 350.0, [208.5]),
    ([f"-1 {C.format(103)} @2.00", f"+1 {C.format(104)} @1.50"], 50.0, 50.0, [103.5]),
    ([f"+1 {P.format(195)} @6"], 600.0, 18900.0, [189.0]),
    ([f"+1 {C.format(205)} @6"], 600.0, None, [211.0]),
    ([f"-1 {C.format(205)} @6"], None, 600.0, [211.0]),
    ([f"-1 {P.format(195)} @6"], 18900.0, 600.0, [189.0]),
    (["+100 XYZ @200", f"-1 {C.format(210)} @4"], 19600.0, 1400.0, [196.0]),
    (["+100 XYZ @200", f"+1 {P.format(190)} @4", f"-1 {C.format(210)} @4"], 1000.0, 1000.0, [200.0]),
    (["-100 XYZ @200", f"+1 {C.format(210)} @4"], 1400.0, 19600.0, [196.0]),
    ([f"+1 {P.format(175)} @1.2", f"-1 {P.format(180)} @2", f"-1 {C.format(220)} @2.5", f"+1 {C.format(230)} @1"], 770.0, 230.0, [177.7, 222.3]),
    ([f"+1 {C.format(190)} @1", f"-1 {C.format(200)} @2"], -100.0, 1100.0, []),
]  # fmt: skip


@pytest.mark.parametrize(("legs", "loss", "gain", "breakevens"), KNOWN, ids=[" ".join(case[0]) for case in KNOWN])
def test_extremes_and_breakevens(holdings, given, legs, loss, gain, breakevens):
    held = holdings(*legs)
    result = analyze(held, given(held))
    assert result.max_loss_usd == loss
    assert result.max_gain_usd == gain
    assert [float(spot) for spot in result.outcome.breakevens] == breakevens
    assert result.defined_risk is (loss is not None)
    assert result.outcome.is_exact


def test_probability_does_not_depend_on_quantity(holdings, given):
    answers = []
    for n in (1, 7, 100):
        held = holdings(f"-{n} {C.format(205)} @5.05", f"+{n} {C.format(210)} @1.47")
        answers.append(analyze(held, given(held)).outlooks["lognormal"])
    assert len({answer.profit_probability for answer in answers}) == 1
    assert answers[2].expected_value_usd == pytest.approx(100 * answers[0].expected_value_usd, rel=1e-12)
    assert answers[2].kelly_fraction == pytest.approx(answers[0].kelly_fraction, abs=1e-9)


@pytest.mark.parametrize("exercise", ["american", "european"])
@pytest.mark.parametrize("cash", [(), ((0.1, 1.0), (50 / 365, 1.0), (0.4, 1.1))], ids=["yield", "cash"])
@pytest.mark.parametrize(
    "legs",
    [
        [f"-1 {P.format(180)} @1", f"+1 {P.format(175)} @1", f"-1 {C.format(220)} @1", f"+1 {C.format(225)} @1"],
        ["+100 XYZ @200", f"-1 {C.format(210)} @1"],
        [f"-1 {P.format(220)} @1"],
        [f"-1 {C.format(200)} @1", f"+1 {FAR_C.format(200)} @1"],
        [f"-2 {C.format(200)} @1", f"+1 {FAR_C.format(210)} @1", f"+1 {FAR_C.format(190)} @1"],
    ],
    ids=["condor", "covered call", "put", "calendar", "double"],
)
def test_at_fair_prices_the_expected_value_is_zero(holdings, given, legs, cash, exercise):
    held = holdings(*legs)
    setting = replace(given(held, exercise=exercise), cash=cash)

    def fair(leg):
        if isinstance(leg, Shares):
            return leg
        return replace(leg, premium=float(option_values(leg.option, setting, np.array([setting.spot]), 0.0)[0]))

    result = analyze([fair(leg) for leg in held], setting)
    # nothing but rounding: the curve of a later leg is joined between the same spots on both sides
    assert result.expected_value_usd == pytest.approx(0.0, abs=1e-7)


def test_the_two_point_shortcut_is_not_used(holdings, given):
    held = holdings(f"-1 {C.format(205)} @5", f"+1 {C.format(215)} @1.5")
    result = analyze(held, given(held))
    p = result.outlooks["lognormal"].profit_probability
    assert abs(result.expected_value_usd - (p * result.max_gain_usd - (1 - p) * result.max_loss_usd)) > 10.0


def test_a_drift_is_a_view_and_says_so(holdings, given):
    held = holdings(f"+1 {C.format(205)} @6")
    plain, viewed = analyze(held, given(held)), analyze(held, given(held), drift=0.10)
    assert viewed.expected_value_usd > plain.expected_value_usd
    assert "view" in viewed.outlooks["lognormal"].statement
    assert "pricing measure" in plain.outlooks["lognormal"].statement


def test_fees_count_in_every_profit(holdings, given):
    held = holdings(f"-1 {C.format(205)} @5", f"+1 {C.format(210)} @1.5")
    result = analyze(held, given(held), fee=0.65)
    assert (result.max_loss_usd, result.max_gain_usd) == (151.3, 348.7)
    assert result.outlay_usd == pytest.approx(-348.7) and result.net_premium_usd == -350.0


def test_json_holds_the_contract(holdings, given):
    held = holdings("+100 XYZ @200", f"-1 {C.format(210)} @4")
    answer = json.loads(analyze(held, given(held)).to_json())
    for name in ("legs", "net_premium_usd", "max_loss_usd", "max_gain_usd", "breakevens", "expected_value_usd", "greeks", "margin", "assignment", "defined_risk"):  # fmt: skip
        assert name in answer
    assert set(answer["probability"]) == {"lognormal", "implied", "historical"}
    assert {"initial_usd", "maintenance_usd", "derivation"} <= set(answer["margin"])
    assert answer["schema"] == "hedgekit.structure/1"
    assert answer["legs"][0]["shares"] == 100 and answer["legs"][1]["contracts"] == -1


def test_unlimited_loss_is_said_and_refused(holdings, given):
    held = holdings(f"-2 {C.format(205)} @6", f"+1 {C.format(200)} @8")
    result = analyze(held, given(held))
    assert result.max_loss_usd is None and not result.defined_risk
    assert "unlimited_loss" in [note.slug for note in result.warnings]
    result.require(defined_risk_only=False)
    with pytest.raises(InfeasibleError, match="above 205 it grows by \\$100 for each dollar"):
        result.require(defined_risk_only=True)


def test_shares_alone_have_no_expiry(holdings, given):
    with pytest.raises(InputError, match="needs an option leg"):
        given(holdings("+100 XYZ @200"))


def test_expired_legs_are_refused(holdings, given):
    held = holdings("+1 XYZ260618C00200000 @4")
    given(held)
    with pytest.raises(InputError, match="past at 2026-06-19"):
        given(held, asof=datetime(2026, 6, 19, 10, tzinfo=NEW_YORK))


def test_a_later_leg_needs_a_vol(holdings, given):
    held = holdings(f"-1 {C.format(200)} @4", f"+1 {FAR_C.format(200)} @0")
    setting = given(held, vol=None)
    assert "vol_borrowed" in [note.slug for note in setting.warnings]
    blind = replace(setting, vols=dict.fromkeys(setting.vols, math.nan))
    with pytest.raises(InputError, match="give --vol"):
        analyze(held, blind)


def test_each_expiry_has_its_own_vol(holdings, given):
    held = holdings(f"-1 {C.format(200)} @8", f"+1 {FAR_C.format(200)} @12")
    near, far = (leg.option.expiry for leg in held)
    calm = analyze(held, given(held, vol={near: 0.25, far: 0.15}))
    wild = analyze(held, given(held, vol={near: 0.25, far: 0.35}))
    assert wild.max_gain_usd > calm.max_gain_usd + 500
    with pytest.raises(InputError, match="not for the expiry 2026-12-18"):
        given(held, vol={near: 0.25})


def test_profit_by_date_ends_in_the_exact_profit(holdings, given):
    held = holdings(f"-1 {C.format(205)} @5", f"+1 {C.format(210)} @1.5")
    result = analyze(held, given(held))
    table = result.by_date
    for spot, row in zip(table.spots, table.profit_usd, strict=True):
        assert row[-1] == float(result.outcome.profit.at(spot))
    assert [str(day) for day in table.dates] == ["2026-06-17", "2026-07-17", "2026-08-18", "2026-09-18"]


def test_profit_now_is_the_american_value_less_the_cost(holdings, given):
    import hedgekit as hk

    held = holdings(f"+1 {P.format(220)} @21", f"-1 {P.format(200)} @10")
    setting = given(held)
    result = analyze(held, setting)
    now = dict(zip(result.by_date.spots, (row[0] for row in result.by_date.profit_usd), strict=True))
    value = sum(
        leg.contracts * 100 * hk.price("put", 200.0, leg.option.strike, setting.t_horizon, 0.04, 0.01, 0.25)
        for leg in held
    )
    assert now[200.0] == pytest.approx(value - 1100.0, abs=1e-6)


def test_kelly_of_a_two_sided_bet(holdings, given):
    # at a drift that makes the spread a good bet the fraction lies strictly inside
    held = holdings(f"+1 {C.format(200)} @8", f"-1 {C.format(210)} @4")
    fraction = analyze(held, given(held), drift=0.30).outlooks["lognormal"].kelly_fraction
    assert 0.0 < fraction < 1.0
    assert analyze(held, given(held), drift=-0.30).outlooks["lognormal"].kelly_fraction == 0.0


def test_kelly_needs_a_limit(holdings, given):
    held = holdings(f"-1 {C.format(205)} @6")
    assert analyze(held, given(held)).outlooks["lognormal"].kelly_fraction is None


def test_sentences(holdings, given):
    def says(*legs):
        held = holdings(*legs)
        return analyze(held, given(held)).pays

    assert (
        says(f"+1 {C.format(205)} @6")
        == "Pays if XYZ is above 211.00 (+5.5%) at the close of Fri 18 Sep 2026 (now 200.00)."
    )
    assert "below 188.00 (-6.0%) or above 212.00 (+6.0%)" in says(f"+1 {C.format(200)} @6", f"+1 {P.format(200)} @6")
    assert "Nothing pays" in says(f"+1 {C.format(200)} @12", f"-1 {C.format(210)} @1")
    assert "wherever" in says(f"+1 {C.format(190)} @1", f"-1 {C.format(200)} @2")


def test_adjusted_contracts_are_refused(given):
    from hedgekit.model import Option

    leg = Leg(contracts=1, option=Option.parse("XYZ1  260918C00200000"), premium=4.0)
    with pytest.raises(InputError, match="adjusted or mini"):
        analyze([leg], given([leg]))


def test_early_exercise_is_the_american_premium_alone(holdings, given):
    import hedgekit as hk

    held = holdings(f"-1 {C.format(190)} @16")
    cash = ((80 / 365, 1.5),)
    for style in ("american", "european"):
        setting = replace(given(held, exercise=style, dividends=0.0), cash=cash)
        place = ("call", 200.0, 190.0, setting.t_horizon, 0.04, 0.0, 0.25)
        premium = hk.price(*place, exercise=style, dividends=cash) - hk.price(
            *place, exercise="european", dividends=cash
        )
        assert analyze(held, setting).early_exercise_usd == pytest.approx(-100 * premium, abs=1e-9)
    assert premium == 0.0


def test_cash_dividends_correct_the_lognormal_outlook_alone(holdings, given):
    from hedgekit.structures.outlook import dividend_model_gap

    held = holdings(f"+1 {C.format(210)} @5", f"-1 {P.format(180)} @2", f"+1 {FAR_C.format(200)} @10")
    setting = given(held, dividends=0.0)
    outcome = analyze(held, setting).outcome
    assert dividend_model_gap(held, outcome, setting) == 0.0
    cash = replace(setting, cash=((30 / 365, 2.0),))
    outcome = analyze(held, cash).outcome
    # until it falls by dollars the spot is higher, and moves by more dollars, than one that pays a yield
    assert 0.5 < dividend_model_gap(held, outcome, cash) < 60.0


@pytest.mark.parametrize("kind", [C, P])
def test_a_later_leg_is_valued_at_the_forwards_of_both_expiries(holdings, given, kind):
    far = kind.replace("260918", "261218")
    held = holdings(f"-1 {kind.format(200)} @8", f"+1 {far.format(200)} @12")
    near_day, far_day = (leg.option.expiry for leg in held)
    setting = given(held, exercise="european")
    bent = replace(
        setting, rates={near_day: 0.02, far_day: 0.05}, div_yields={near_day: 0.03, far_day: -0.01}, exercise="european"
    )
    # a European option has no right to exercise early: what is left is the gap between its value now and then
    assert analyze(held, bent).early_exercise_usd == pytest.approx(0.0, abs=0.02)


def test_a_fair_bet_has_no_kelly_fraction_though_early_exercise_is_in_the_price(holdings, given):
    held = holdings(f"-1 {P.format(210)} @0")
    setting = given(held, rate=0.08)
    premium = float(option_values(held[0].option, setting, np.array([200.0]), 0.0)[0])
    fair = [Leg(contracts=-1, option=held[0].option, premium=premium)]
    outlook = analyze(fair, setting).outlooks["lognormal"]
    assert outlook.expected_value_usd == pytest.approx(0.0, abs=1e-6)
    assert outlook.kelly_fraction == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("legs", "defined"),
    [
        ([f"+1 {C.format(200)} @9", f"-1 {FAR_C.format(200)} @14"], False),
        ([f"-1 {C.format(200)} @9", f"+1 {FAR_C.format(200)} @14"], True),
        (["+100 XYZ @200", f"+1 {P.format(190)} @5", f"-1 {FAR_C.format(200)} @14"], True),
        ([f"+1 {P.format(190)} @5", f"-1 {FAR_C.format(200)} @14", f"+1 {FAR_C.format(220)} @6"], True),
    ],
    ids=["reverse calendar", "calendar", "shares", "later spread"],
)
def test_calls_that_outlive_their_cover_are_no_defined_risk(holdings, given, legs, defined):
    held = holdings(*legs)
    result = analyze(held, given(held))
    assert result.defined_risk is defined and result.max_loss_usd is not None
    if defined:
        result.require(defined_risk_only=True)
        return
    assert [note.slug for note in result.warnings] == ["unlimited_loss"]
    assert "NO LIMIT" in render(result, "table")
    with pytest.raises(InfeasibleError, match="are covered neither by shares nor by calls that last as long"):
        result.require(defined_risk_only=True)
