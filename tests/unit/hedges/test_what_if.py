"""The recommended hedge before expiry: the grid, recorded moves and rolls against what its legs say."""

import math
from datetime import date, timedelta

import numpy as np
import pytest

import hedgekit as hk
from hedgekit.hedges.what_if import what_if
from hedgekit.model import PriceHistory

TERMS = {"rate": 0.036, "dividends": 0.011}
BY = date(2027, 1, 15)


def history(ticker, levels, *, end):
    """A made history of business days that ends on a day."""
    days, day = [], end
    while len(days) < len(levels):
        if day.weekday() < 5:
            days.append(day)
        day -= timedelta(days=1)
    close = np.array(levels, dtype=float)[:, None]
    dates = np.array(days[::-1], dtype="M8[D]")
    return PriceHistory(tickers=(ticker,), dates=dates, close=close, total_return=close, source=f"made {ticker}")


@pytest.fixture(scope="module")
def chain(example):
    return hk.load_chain(example)


@pytest.fixture(scope="module")
def hedge(chain):
    return hk.compare(chain, shares=1700, floor=0.9, by=BY, details=False, **TERMS)


@pytest.fixture(scope="module")
def replayed(chain, hedge):
    # a window of 2018-02 in which the shares halve evenly and vols double
    falls = np.linspace(200.0, 100.0, 20)
    prices = history("IWM", [200.0] * 30 + falls.tolist(), end=date(2018, 2, 28))
    vix = history("VIX", [15.0] * 30 + np.linspace(15.0, 30.0, 20).tolist(), end=date(2018, 2, 28))
    return what_if(chain, hedge, prices=prices, vol_index=vix, with_rolls=True, **TERMS)


def test_at_expiry_the_grid_is_the_wealth_of_the_legs(chain, hedge):
    found = what_if(chain, hedge, **TERMS)
    chosen = hedge.require()
    paid = chosen.cost_usd * math.exp(0.036 * hedge.inputs["t_years"])
    for i, move in enumerate(found.grid.spot_moves):
        spot = chain.spot * (1.0 + move)
        wealth = 1700 * spot - paid
        wealth += sum(100 * leg.contracts * max(0.0, leg.option.strike - spot) for leg in chosen.legs)
        assert found.pnl_usd[-1, i] == pytest.approx(wealth - 1700 * chain.spot, abs=0.01)
    assert np.nanmin(found.pnl_usd[-1]) >= chosen.floor_usd - 1700 * chain.spot - 0.01


def test_a_recorded_fall_is_held_where_the_shares_alone_are_not(replayed):
    (one,) = replayed.replays
    row = one.to_dict()
    assert one.hedged.name == "2018-02"
    assert row["unhedged_worst_usd"] == pytest.approx(-0.5 * replayed.value_usd, rel=1e-9)
    assert row["worst"]["pnl_usd"] > -0.1 * replayed.value_usd
    assert row["worst"]["exit_usd"] > 0 and row["highest_vol_ratio"] == pytest.approx(2.0)
    assert {note.slug for note in replayed.warnings} >= {"replay_not_covered"}


def test_rolls_buy_the_same_tenor_for_every_leg(replayed, hedge):
    assert len(replayed.rolls) == len(hedge.require().legs)
    for plan in replayed.rolls.values():
        assert [roll.days_left for roll in plan] == sorted((roll.days_left for roll in plan), reverse=True)
        assert all(roll.roll_usd == pytest.approx(roll.open_usd - roll.close_usd) for roll in plan)
        assert plan[0].close_usd > plan[-1].close_usd


def test_absolute_shocks_and_a_sticky_smile_are_other_answers_and_labelled(chain, hedge):
    asked = {"spot_moves": (-0.1, 0.0), "vol_shocks": (0.0, 0.05), "steps": 1, **TERMS}
    relative, absolute = (what_if(chain, hedge, vol_rule=rule, **asked) for rule in ("relative", "absolute"))
    moved = what_if(chain, hedge, smile="sticky_delta", **asked)
    assert absolute.pnl_usd[0, 1, 1] > relative.pnl_usd[0, 1, 1] + 100  # 5 points are more than 5% of the vol
    assert abs(moved.pnl_usd[0, 0, 0] - relative.pnl_usd[0, 0, 0]) > 1
    assert "absolute" in absolute.inputs["vols"] and "sticky delta" in moved.inputs["vols"]
