"""Random structures with legs that outlive the first expiry: no valued spot lies beyond the stated bounds."""

from dataclasses import replace
from datetime import date, datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hedgekit.model import NEW_YORK, Leg, Option, Shares
from hedgekit.payoff import exact
from hedgekit.structures.envelope import living_outcome
from hedgekit.structures.outcome import outlay
from hedgekit.structures.revaluation import position_values
from hedgekit.structures.setting import as_given

NOW = datetime(2026, 6, 17, 12, tzinfo=NEW_YORK)
NEAR, FAR, FARTHER = date(2026, 7, 17), date(2026, 9, 18), date(2027, 1, 15)


@st.composite
def legs_around(draw, spot):
    days = [NEAR, FAR, *draw(st.lists(st.sampled_from([NEAR, FAR, FARTHER]), max_size=3))]
    return [
        Leg(
            contracts=draw(st.integers(-4, 4).filter(bool)),
            option=Option(
                root="XYZ",
                expiry=day,
                kind=draw(st.sampled_from(["call", "put"])),
                strike=round(spot * draw(st.integers(60, 150)) / 100, 1),
            ),
            premium=draw(st.integers(0, 500)) / 100,
        )
        for day in days
    ]


@settings(max_examples=25)
@given(st.data())
def test_bounds_hold_and_breakevens_are_zeros(data):
    spot = data.draw(st.sampled_from([5.0, 200.0, 5900.0]))
    held = data.draw(legs_around(spot))
    if data.draw(st.booleans()):
        held = [*held, Shares(shares=100, ticker="XYZ", price=spot)]
    setting = as_given(
        held,
        asof=NOW,
        spot=spot,
        rate=data.draw(st.sampled_from([0.0, 0.04])),
        dividends=data.draw(st.sampled_from([0.0, 0.015])),
        vol=data.draw(st.sampled_from([0.1, 0.3, 1.0])),
        exercise=data.draw(st.sampled_from(["american", "european"])),
    )
    if data.draw(st.integers(0, 3)) == 0:
        setting = replace(setting, cash=((50 / 365, spot * 0.004),))
    outcome = living_outcome(held, setting, 0.0)
    spots = np.linspace(0.05 * spot, 3.0 * spot, 60)
    profit = position_values(held, setting, spots, setting.t_horizon) - float(outlay(held, 0.0))
    slack = outcome.error_usd + 1e-9 * float(np.abs(profit).max())
    assert outcome.low is None or float(outcome.low) <= profit.min() + slack
    assert outcome.high is None or float(outcome.high) >= profit.max() - slack
    roots = np.array([float(root) for root in outcome.breakevens if 0 < root < exact(3.0 * spot)])
    if len(roots):
        there = position_values(held, setting, roots, setting.t_horizon) - float(outlay(held, 0.0))
        assert np.abs(there).max() <= slack
    for i in np.flatnonzero(profit[:-1] * profit[1:] < 0.0):
        assert ((spots[i] <= roots) & (roots <= spots[i + 1])).any()
