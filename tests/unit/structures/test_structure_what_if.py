"""A structure before it expires: the cube agrees with the structure's own numbers and with payoffs by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

import hedgekit as hk
from hedgekit.structures.what_if import what_if


@pytest.fixture(scope="module")
def condor(example):
    return hk.structure("iron-condor", hk.load_chain(example), by=date(2026, 12, 18))


def test_the_last_date_is_the_payoff_by_hand_at_every_vol(condor):
    cube = what_if(condor)
    legs = [(row["quantity"], row["kind"], row["strike"], row["price"]) for row in condor.to_dict()["legs"]]
    for i, spot in enumerate(cube.spots):
        worth = sum(
            100 * n * (max(spot - strike, 0.0) if kind == "call" else max(strike - spot, 0.0)) - 100 * n * price
            for n, kind, strike, price in legs
        )
        assert cube.pnl_usd[-1, i] == pytest.approx(np.full(len(cube.vol_shocks), worth), abs=1e-6)


def test_today_is_what_the_structure_says_and_vols_move_it(condor):
    cube = what_if(condor)
    by_date = condor.by_date
    still = cube.vol_shocks.index(0.0)
    own = {spot: row[0] for spot, row in zip(by_date.spots, by_date.profit_usd, strict=True)}
    shared = [i for i, spot in enumerate(cube.spots) if float(spot) in own]
    assert len(shared) >= 5
    for i in shared:
        assert cube.pnl_usd[0, i, still] == pytest.approx(own[float(cube.spots[i])], abs=1e-6)
    # A condor is short vega between its strikes: higher vols cost it money.
    middle = int(np.argmin(abs(cube.spots - cube.spot)))
    assert np.all(np.diff(cube.pnl_usd[0, middle]) < 0.0)


def test_odds_are_the_distribution_the_structure_was_judged_by(condor):
    odds = what_if(condor).odds
    assert odds.measure == "implied"
    assert odds.gain_pct == pytest.approx(100.0 * condor.to_dict()["probability"]["implied"])
    below = np.array(odds.below)
    assert np.all(np.diff(below) >= 0.0) and 0.0 <= below[0] < below[-1] <= 1.0
    assert odds.low < condor.setting.spot < odds.high
    spots = what_if(condor).spots
    assert np.interp(odds.low, spots, below) == pytest.approx(1 / 6, abs=0.01)
