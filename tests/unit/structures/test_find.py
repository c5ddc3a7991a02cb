"""The finder: what it refuses, what it never touches, its order, its limits, and the view behind it."""

import json
import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from hedgekit.distributions import lognormal
from hedgekit.errors import DataError, InfeasibleError, InputError
from hedgekit.fees import DEFAULT_FEE
from hedgekit.market.sources import load
from hedgekit.model import Chain, Flag, Leg
from hedgekit.payoff import expiry_wealth
from hedgekit.report import render
from hedgekit.structures.find import find
from hedgekit.structures.outcome import exact_outcome
from hedgekit.structures.view import view_of

DAY = date(2027, 1, 15)
MARKET = lognormal(100.0, 0.25, 0.04, 0.01, 0.22)


@pytest.fixture(scope="module")
def chain(example) -> Chain:
    return load(str(example))


@pytest.fixture(scope="module")
def found(chain):
    return find(chain, target=(250.0, 265.0), expiry=DAY)


def view(low=95.0, high=112.0, confidence=0.7):
    return view_of(MARKET, low=low, high=high, confidence=confidence, day=DAY)


@pytest.mark.parametrize(("low", "high"), [(95.0, 112.0), (0.0, 90.0), (104.0, math.inf), (99.0, 101.0)])
@pytest.mark.parametrize("confidence", [0.1, 0.6, 1.0])
def test_a_view_is_a_distribution_and_its_calls_are_integrals_of_it(low, high, confidence):
    mine = view(low, high, confidence)
    strikes = np.array([0.0, 60.0, 90.0, 95.0, 99.5, 100.0, 108.0, 112.0, 150.0])
    edges = np.unique(np.concatenate([np.linspace(1.0, 400.0, 200_001), [low, min(high, 400.0)]]))
    mass, middle = np.diff(mine.cdf(edges)), 0.5 * (edges[1:] + edges[:-1])
    assert (mass >= -1e-15).all()
    # slices of 0.002 dollars: the midpoint of each is right to their square
    direct = [(np.maximum(middle - strike, 0.0) * mass).sum() for strike in strikes]
    assert mine.calls(strikes) == pytest.approx(direct, abs=2e-6)
    assert mine.mean == pytest.approx(float(mine.calls(np.array(0.0))))
    inside = mine.probability(low, high) if low > 0 else float(mine.cdf(np.array(high)))
    assert inside == pytest.approx(confidence, abs=1e-12)


def test_a_view_keeps_the_markets_shape_on_both_sides():
    mine = view()
    assert mine.probability(95.0, 100.0) / mine.probability(100.0, 112.0) == pytest.approx(
        MARKET.probability(95.0, 100.0) / MARKET.probability(100.0, 112.0)
    )
    assert mine.probability(0.0, 90.0) / mine.probability(112.0) == pytest.approx(
        MARKET.probability(0.0, 90.0) / MARKET.probability(112.0)
    )
    same = view(confidence=MARKET.probability(95.0, 112.0))
    strikes = np.linspace(50.0, 150.0, 21)
    assert same.calls(strikes) == pytest.approx(MARKET.calls(strikes), abs=1e-12)


@pytest.mark.parametrize("confidence", [0.3, 1.0])
def test_quantiles_are_the_inverse_of_the_cumulative_probability(confidence):
    mine = view(confidence=confidence)
    shares = np.linspace(0.001, 0.999, 199)
    assert mine.cdf(mine.quantile(shares)) == pytest.approx(shares, abs=1e-9)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"low": 110.0, "high": 90.0}, "two rising spots"),
        ({"confidence": 0.0}, "--confidence"),
        ({"confidence": 1.2}, "--confidence"),
        ({"low": 900.0, "high": 1000.0}, "no shape to go by"),
    ],
)
def test_views_that_cannot_be_are_refused(given, words):
    with pytest.raises(InputError, match=words):
        view(**given)


def test_the_best_come_first_and_no_structure_more_often_than_asked(found):
    scores = [one.value_per_loss for one in found.found]
    assert scores == sorted(scores, reverse=True) and min(scores) > 0.0
    names = [one.name for one in found.found]
    assert max(names.count(name) for name in names) <= 2
    assert len(found.found) <= 16


def test_the_order_is_the_same_every_time(chain, found):
    assert find(chain, target=(250.0, 265.0), expiry=DAY).to_json() == found.to_json()


def test_extremes_are_exact_and_prices_are_the_touch(chain, found):
    for one in found.found:
        for held in one.holdings:
            if isinstance(held, Leg):
                quote = chain.quote(held.option)
                assert held.premium == (quote.ask if held.contracts > 0 else quote.bid)
        if one.name not in ("calendar", "diagonal"):
            assert one.max_loss_usd == -float(exact_outcome(one.holdings, DEFAULT_FEE).low)


def test_flagged_quotes_are_never_used(chain, found):
    used = {held.option.compact for one in found.found for held in one.holdings if isinstance(held, Leg)}
    flags = chain.flags.copy()
    flags[np.isin(chain.symbol, list(used))] |= Flag.STALE
    again = find(replace(chain, flags=flags), target=(250.0, 265.0), expiry=DAY)
    after = {held.option.compact for one in again.found for held in one.holdings if isinstance(held, Leg)}
    assert after and not after & used


def test_market_values_are_about_the_spreads_paid(found):
    for one in found.found:
        # under the market's own distribution nothing is to be had at the touch, and little more than spreads is lost
        assert -3.0 * one.exit_now_usd - 5.0 < one.market_value_usd < 0.5 * one.exit_now_usd


def test_limits_hold(chain):
    result = find(
        chain, target=(250.0, 265.0), expiry=DAY, max_loss=200.0, max_capital=150.0, min_pop=0.5, fee=0.65, each=5
    )
    for one in result.found:
        assert one.max_loss_usd <= 200.0 and one.capital_usd <= 150.0 and one.profit_probability >= 0.5
        assert one.within_max_loss == 200.0 // one.financed_loss_usd


def test_only_the_structures_asked_for_are_searched(chain):
    result = find(chain, not_below=245.0, expiry=DAY, structures=["bull-put-spread", "covered-call"])
    assert {one.name for one in result.found} <= {"bull-put-spread", "covered-call"}
    assert list(result.searched) == ["bull-put-spread", "covered-call"]


def test_when_nothing_pays_it_says_what_stands_in_the_way(chain):
    result = find(chain, target=(250.0, 265.0), expiry=DAY, max_loss=1.0)
    assert not result.found and "raise --max-loss" in result.why
    with pytest.raises(InfeasibleError, match="raise --max-loss"):
        result.require()
    # at the market's own odds only the spreads are left
    own = result.inputs["view"]["market_probability"]
    result = find(chain, target=(250.0, 265.0), expiry=DAY, confidence=own, min_pop=0.2, structures=["iron-condor"])
    assert all(one.value_per_loss < 0.1 for one in result.found)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "give one of --target"),
        ({"target": (1.0, 2.0), "not_below": 1.0}, "give one of --target"),
        ({"target": (260.0, 250.0)}, "expected rising spots"),
        ({"target": (math.nan, 250.0)}, "expected rising spots"),
        ({"not_below": math.inf}, "expected rising spots"),
        ({"target": (250.0, 260.0), "max_loss": 0.0}, "--max-loss"),
        ({"target": (250.0, 260.0), "max_capital": math.nan}, "--max-capital"),
        ({"target": (250.0, 260.0), "min_pop": 1.0}, "--min-pop"),
        ({"target": (250.0, 260.0), "structures": ["iron-condors"]}, "did you mean iron-condor"),
        ({"target": (250.0, 260.0), "each": 0}, "--each"),
        ({"target": (250.0, 260.0), "top": 0}, "--top"),
        ({"target": (250.0, 260.0), "fee": -1.0}, "--fee"),
        ({"target": (250.0, 260.0), "max_spread": 0.0}, "--max-spread"),
        ({"target": (250.0, 260.0), "expiry": date(2031, 1, 1)}, "no such open expiry"),
        ({"target": (2500.0, 2600.0)}, "no shape to go by"),
    ],
)
def test_bad_arguments_are_refused(chain, given, words):
    with pytest.raises(InputError, match=words):
        find(chain, **{"expiry": DAY, **given})


def test_a_chain_with_nothing_to_trade_on_is_refused(chain):
    with pytest.raises(DataError, match="can be traded on"):
        find(replace(chain, flags=np.full(len(chain), int(Flag.STALE))), target=(250.0, 260.0), expiry=DAY)


def test_the_answer_is_json_csv_and_a_table_of_80_columns(found):
    body = json.loads(found.to_json())
    assert body["schema"] == "hedgekit.structure_find/1"
    assert body["found"][0]["legs"][0]["symbol"].startswith("IWM")
    assert body["inputs"]["view"]["confidence"] == 0.8
    text = render(found, "table")
    assert max(map(len, text.splitlines())) <= 80
    assert "combinations looked at" in text
    assert render(found, "csv").count("\n") == len(found.found) + 1


def test_a_payoff_under_a_view_of_everything_is_the_markets(chain):
    whole = view_of(MARKET, low=0.0, high=math.inf, confidence=1.0, day=DAY)
    strike = chain.quote(chain.symbol[0].item()).option
    payoff = expiry_wealth(100, [Leg(contracts=-1, option=replace(strike, strike=100.0), premium=0.0)])
    assert whole.expect(payoff) == pytest.approx(MARKET.expect(payoff))


def test_no_calendar_without_a_later_expiry_to_trade_on(chain):
    alone = chain.select(chain.expiry == np.datetime64(DAY))
    far = chain.select(chain.expiry <= np.datetime64(date(2027, 2, 19)))
    flagged = replace(far, flags=np.where(far.expiry > np.datetime64(DAY), int(Flag.STALE), far.flags))
    for few in (alone, flagged):
        result = find(few, target=(250.0, 265.0), expiry=DAY, rate=0.036)
        assert result.searched["calendar"] == 0 and result.found


def test_strikes_of_four_digits_keep_the_table_narrow():
    from hedgekit.report.find_table import shortened

    assert shortened("5980/5985/6025/6030") == "5980/85/6025/30"
    assert shortened("5980/6000/6100") == "5980/6000/6100"
    assert shortened("6135/6100") == "6135/6100"
    assert shortened("275/290/305") == "275/290/305"
