from datetime import date

import numpy as np
import pytest

from hedgekit.errors import InfeasibleError, InputError
from hedgekit.hedges import compare
from hedgekit.hedges.presets import PRESETS

TERMS = {"rate": 0.04, "dividends": 0.01, "expiry": date(2026, 9, 18), "details": False}


def quotes(spot, step, count):
    """Time value that falls off on both sides, two-sided everywhere."""
    rows = []
    middle = round(spot / step) * step
    for n in range(-count, count + 1):
        strike = middle + n * step
        value = 0.03 * spot * np.exp(-12 * abs(strike / spot - 1))
        for kind, sign in (("put", -1), ("call", 1)):
            bid = round(max(sign * (spot - strike), 0.0) + value, 2)
            rows.append((kind, float(strike), bid, round(bid * 1.01 + 0.02, 2)))
    return rows


@pytest.fixture(scope="module")
def chain(make_chain):
    return make_chain(quotes(201.3, 2.5, 30), spot=201.3)


def strikes(result, name):
    return {(leg.option.kind, leg.contracts > 0): leg.option.strike for leg in result.named(name).legs}


def test_the_published_roll_takes_the_first_strike_at_or_below(make_chain):
    """Cboe's roll of the 10% put on 2025-03-21: reference 5643.67, strike 5075 of a 25-point ladder."""
    chain = make_chain(quotes(5643.67, 25, 40), spot=5643.67)
    assert strikes(compare(chain, shares=100, preset="PPUT3M", **TERMS), "PPUT3M") == {("put", True): 5075.0}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("PPUT", {("put", True): 190.0}),  # 191.235
        ("pput3m", {("put", True): 180.0}),  # 181.17
        ("CLL", {("put", True): 190.0, ("call", False): 222.5}),  # 221.43
    ],
)
def test_strikes_follow_the_rule(chain, name, expected):
    result = compare(chain, shares=500, preset=name, **TERMS)
    assert strikes(result, name.upper()) == expected
    assert result.recommended == name.upper()
    assert all(abs(leg.contracts) == 5 for leg in result.require().legs)


@pytest.mark.parametrize(("name", "puts"), [("CLLZ", (195.0, 190.0)), ("CLLR", (195.0, 190.0)), ("JHEQX", (190.0, 160.0))])  # fmt: skip
def test_the_call_pays_and_the_next_one_up_does_not(chain, name, puts):
    result = compare(chain, shares=500, preset=name, **TERMS)
    chosen = result.named(name)
    found = strikes(result, name)
    assert (found["put", True], found["put", False]) == puts
    assert chosen.cost_usd <= 0
    calls = result.problem.calls
    above = calls.first_at_or_above(found["call", False] + 1.0)
    if above is not None:
        sold = 5 * (100 * calls.bid[calls.first_at_or_above(found["call", False])] - 0.65)
        dearer = 5 * (100 * calls.bid[above] - 0.65)
        assert chosen.cost_usd + sold - dearer > 0


@pytest.mark.parametrize("name", PRESETS)
def test_as_much_for_less_keeps_the_preset_s_own_floor(chain, name):
    result = compare(chain, shares=500, preset=name, **TERMS)
    chosen, best = result.named(name), result.optimum.best
    promised = chosen.floor_usd if chosen.floor_until_usd is None else chosen.floor_until_usd
    assert chosen.meets_goal
    assert best is not None and best.cost_usd <= chosen.cost_usd
    assert best.floor >= promised - 0.01
    assert result.problem.calls_allowed == (chosen.cap_pct is not None)


def test_a_strike_that_cannot_be_traded_on_is_named(make_chain):
    rows = [row if row[:2] != ("put", 190.0) else ("put", 190.0, 0.5, 5.0) for row in quotes(201.3, 2.5, 30)]
    with pytest.raises(InputError, match=r"takes the 190 put.*--max-spread"):
        compare(make_chain(rows, spot=201.3), shares=500, preset="PPUT", **TERMS)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"preset": "PUTT"}, "did you mean PPUT"),
        ({"preset": "PPUT", "floor": 0.9}, "--floor and --preset are two goals"),
        ({"preset": "PPUT", "until": 180}, "--until weakens a floor"),
        ({"preset": "PPUT", "shares": 60}, "fewer than one contract"),
    ],
)
def test_bad_presets_are_named(chain, asked, message):
    with pytest.raises(InputError, match=message):
        compare(chain, **{"shares": 500, **asked, **TERMS})


def test_a_call_that_cannot_pay_is_said(make_chain):
    rows = [row if row[0] == "put" else (row[0], row[1], row[2] / 50, row[3] / 45) for row in quotes(201.3, 2.5, 30)]
    with pytest.raises(InfeasibleError, match="no call at or above the spot pays"):
        compare(make_chain(rows, spot=201.3), shares=500, preset="JHEQX", **TERMS)
