"""Every structure of the catalogue, built from the example chain and recomputed from its own legs."""

import json
from datetime import date

import pytest

from hedgekit.errors import InfeasibleError, InputError
from hedgekit.market.sources import load
from hedgekit.report import render
from hedgekit.structures import STRUCTURES
from hedgekit.structures.catalogue import home_of, make
from hedgekit.structures.choice import Choice, Distance

BY = date(2026, 12, 18)
CREDITS = {"bull-put-spread", "bear-call-spread", "iron-condor", "iron-butterfly", "cash-secured-put", "jade-lizard"}


@pytest.fixture(scope="module")
def chain(example):
    return load(str(example))


@pytest.fixture(scope="module")
def quotes(example):
    return {row["option"]: row for row in json.loads(example.read_text())["data"]["options"]}


@pytest.fixture(scope="module")
def build(chain):
    return lambda name, **changed: make(name, chain, **({"by": BY, "rate": 0.036, "dividends": 0.009} | changed))


def pays(leg, spot):
    if leg["kind"] == "shares":
        return leg["shares"] * spot
    worth = max(0.0, spot - leg["strike"] if leg["kind"] == "call" else leg["strike"] - spot)
    return leg["contracts"] * leg["multiplier"] * worth


@pytest.mark.parametrize("name", STRUCTURES)
def test_numbers_are_remade_from_the_legs_and_the_table_fits(build, quotes, name):
    result = build(name, contracts=3)
    answer = json.loads(result.to_json())
    spent = 0.0
    for leg in answer["legs"]:
        if leg["kind"] != "shares":
            quote = quotes[leg["symbol"]]
            assert leg["premium"] == (quote["ask"] if leg["contracts"] > 0 else quote["bid"])
            assert leg["contracts"] % 3 == 0
        spent += leg["quantity"] * leg["multiplier"] * leg["price"]
    assert answer["outlay_usd"] == pytest.approx(spent, abs=1e-6)
    assert (spent < 0) is (name in CREDITS)
    assert answer["defined_risk"] is True and answer["max_loss_usd"] > 0
    assert 0.0 < answer["probability"]["lognormal"] < 1.0
    if answer["exact"]:
        strikes = [leg["strike"] for leg in answer["legs"] if leg["strike"]]
        profits = [sum(pays(leg, spot) for leg in answer["legs"]) - spent for spot in [0.0, *strikes, 1e6]]
        assert answer["max_loss_usd"] == pytest.approx(-min(profits), abs=1e-6)
        if answer["max_gain_usd"] is not None:
            assert answer["max_gain_usd"] == pytest.approx(max(profits), abs=1e-6)
        for spot in answer["breakevens"]:
            assert sum(pays(leg, spot) for leg in answer["legs"]) == pytest.approx(spent, abs=1e-6)
    lines = render(result, "table").splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith(name) and lines[2].startswith("  Pays if IWM is")
    assert "Max loss" in " ".join(lines[2:6])


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_file_of_the_catalogue_says_what_it_is(name):
    home = home_of(name)
    title, separator, rest = home.__doc__.partition(": ")
    assert separator and rest.strip().endswith(".") and "\n" not in title
    assert home.STRIKES and isinstance(home.DEFAULT, Choice) and home.strikes.__doc__ and home.legs.__doc__


def strikes_of(result):
    return [leg.option.strike for leg in result.holdings if hasattr(leg, "option")]


def test_strikes_by_number(build):
    assert strikes_of(build("iron-condor", choice=Choice(strikes=(215, 225, 270, 280)))) == [215, 225, 270, 280]


def test_unequal_wings(build):
    result = build("iron-condor", choice=Choice(otm=(0.05,), widths=(Distance(value=5.0), Distance(value=10.0))))
    low, sold_put, sold_call, high = strikes_of(result)
    # the nearest strikes listed in the example
    assert (sold_put - low, high - sold_call) == (6, 9)
    assert result.max_loss_usd == pytest.approx(900 + result.net_premium_usd)


def test_strikes_by_percent_of_the_spot(build):
    put, call = strikes_of(build("strangle", choice=Choice.read(otm="10%")))
    spot = 248.12
    assert abs(put - 0.9 * spot) <= 2.5 and abs(call - 1.1 * spot) <= 2.5


def test_strikes_by_delta(build, chain):
    result = build("strangle", choice=Choice.read(delta="0.30,0.10"))
    import hedgekit as hk

    t, vols = result.setting.t_horizon, result.setting.vols
    deltas = [
        abs(hk.greeks(leg.option.kind, chain.spot, leg.option.strike, t, 0.036, 0.009, vols[leg.option]).delta)
        for leg in result.holdings
    ]
    assert deltas[0] == pytest.approx(0.30, abs=0.06) and deltas[1] == pytest.approx(0.10, abs=0.06)


def test_calendar_takes_a_strike_that_both_expiries_list(build):
    near, far = build("calendar", far_by=date(2027, 1, 15)).holdings
    assert near.option.strike == far.option.strike
    assert (near.contracts, far.contracts) == (-1, 1) and near.option.expiry < far.option.expiry


def test_jade_lizard_never_loses_above(build):
    assert float(build("jade-lizard").outcome.profit.values[-1]) >= 0
    with pytest.raises(InfeasibleError, match="a rise would lose"):
        build("jade-lizard", choice=Choice.read(delta="0.05,0.30", width="10%"))
    capped = build("jade-lizard", choice=Choice.read(width="2", cap="10"))
    assert capped.max_loss_usd < 1200


def test_puts_of_a_ratio_are_finite_and_capped_on_request(build):
    open_ = build("ratio-spread")
    capped = build("ratio-spread", choice=Choice.read(cap="10"))
    assert open_.max_loss_usd > 10 * capped.max_loss_usd > 0


def test_what_has_no_open_side_takes_no_cap(build):
    with pytest.raises(InputError, match="no open side"):
        build("butterfly", choice=Choice.read(cap="10"))


def test_an_unknown_name_lists_the_catalogue(build):
    with pytest.raises(InputError, match="iron-condor"):
        build("iron")


@pytest.mark.parametrize(("name", "choice"), [("diagonal", {"otm": (0.03,)}), ("ratio-spread", {"deltas": (0.3,)})])
def test_one_value_for_two_main_strikes_is_refused_by_what_it_came_to(build, name, choice):
    with pytest.raises(InputError, match=r"the strikes chosen, (\d+), \1, must rise .* a value for each main strike"):
        build(name, choice=Choice(**choice))
