"""A hedge before expiry: at expiry the cube is the contract's wealth, computed here by hand."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

import hedgekit as hk
from hedgekit.hedges.what_if import what_if
from hedgekit.model import Option


@pytest.fixture(scope="module")
def asked(example):
    chain = hk.load_chain(example)
    return chain, hk.compare(chain, shares=1700, floor=0.90, by=date(2027, 1, 15), min_cap=1.08)


def test_at_expiry_it_is_wealth_as_the_contract_defines_it(asked):
    chain, hedge = asked
    cube, said = what_if(chain, hedge, with_odds=True), hedge.to_dict()
    chosen = next(row for row in said["candidates"] if row["name"] == said["recommended"])
    inputs = said["inputs"]
    cost = chosen["cost_usd"]
    carried = cost * math.exp(inputs["rate"] * inputs["t_years"]) if cost > 0 else cost
    told = cube.to_dict()
    strikes = {Option.parse(leg["symbol"]).strike for leg in chosen["legs"]}
    assert strikes <= {round(spot, 6) for spot in told["spots"]}
    for i, spot in enumerate(told["spots"]):
        wealth = 1700 * spot - carried
        for leg in chosen["legs"]:
            option = Option.parse(leg["symbol"])
            wealth += leg["contracts"] * 100 * max(option.sign * (spot - option.strike), 0.0)
        assert cube.pnl_usd[-1, i] == pytest.approx(
            np.full(len(told["vol_shocks"]), wealth - 1700 * inputs["spot"]), abs=0.01
        )
    assert cube.pnl_usd[-1].min() >= told["floor_usd"] - 0.01


def test_odds_tell_the_break_even(asked):
    chain, hedge = asked
    told = what_if(chain, hedge, with_odds=True).to_dict()
    even = next(mark["spot"] for mark in told["marks"] if mark["name"] == "break-even")
    # A hedge of shares gains above its break-even: the odds of both agree.
    above = 100.0 * (1.0 - np.interp(even, told["spots"], told["odds"]["below"]))
    assert told["odds"]["gain_pct"] == pytest.approx(above, abs=0.2)
    assert told["odds"]["low"] < even
