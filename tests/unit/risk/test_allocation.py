"""Bands, share counts and which rule binds."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgekit.errors import DataError, InputError
from hedgekit.risk.allocation import BANDS, allocate, choose_band, read_bands


@pytest.mark.parametrize(
    ("age", "tolerance", "horizon", "new", "band"),
    [
        (55, "medium", None, False, "usual"),
        (49, "high", 10, False, "growth"),
        (50, "high", 30, False, "usual"),
        (49, "high", 9.9, False, "usual"),
        (49, "high", None, False, "usual"),
        (49, "medium", 30, False, "usual"),
        (60, "high", 30, False, "usual"),
        (61, "high", 30, False, "cautious"),
        (30, "low", 30, False, "cautious"),
        (30, "high", 30, True, "new"),
    ],
)
def test_who_gets_which_band(age, tolerance, horizon, new, band):
    found, why = choose_band(age=age, tolerance=tolerance, horizon_years=horizon, new_investor=new)
    assert found is BANDS[band] and why


@given(
    spot=st.floats(5, 900),
    portfolio=st.floats(1_000, 5e6),
    stop=st.floats(0.05, 0.4),
    budget=st.floats(0.001, 0.1),
    age=st.integers(20, 90),
)
def test_the_count_is_the_most_that_both_rules_allow(spot, portfolio, stop, budget, age):
    found = allocate(spot=spot, portfolio_usd=portfolio, age=age, stop=stop, loss_budget=budget)
    for count, allowed in ((found.shares, True), (found.shares + 1, False)):
        fits = count * spot <= found.band.high * portfolio * (1 + 1e-9)
        fits = fits and count * spot * stop <= budget * portfolio * (1 + 1e-9)
        assert fits is allowed
    assert found.binding in found.why
    assert (found.shares_high < found.shares_budget) == (found.binding == "band")


def test_against_the_present_book():
    found = allocate(spot=250.0, portfolio_usd=500_000.0, age=55, stop=0.15, loss_budget=0.02, held=400)
    assert found.shares == 266 and found.trade == -134
    body = found.to_dict()
    assert body["schema"] == "hedgekit.allocate/1" and body["band"] == {"name": "usual", "low": 0.10, "high": 0.15}


def test_below_the_band_is_said():
    found = allocate(spot=250.0, portfolio_usd=500_000.0, age=40, tolerance="high", horizon_years=20)
    assert found.shares < found.shares_low and "below_band" in {note.slug for note in found.warnings}


@pytest.mark.parametrize(
    "change",
    [
        {"spot": 0.0}, {"spot": math.nan}, {"portfolio_usd": -1.0}, {"age": 0}, {"age": 200}, {"stop": 20.0}, {"stop": 0.0},
        {"loss_budget": 1.0}, {"tolerance": "none"}, {"horizon_years": -1.0}, {"loss_budget": math.nan},
        {"held": math.nan}, {"held": math.inf}, {"ticker": " "},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_is_refused(change):
    with pytest.raises(InputError):
        allocate(**{"spot": 250.0, "portfolio_usd": 1e5, "age": 40, **change})


def test_bands_of_ones_own(write):
    bands = read_bands(write("b.toml", "[bands]\nusual = [0.08, 0.12]\n"))
    assert bands["usual"].high == 0.12 and bands["growth"] == BANDS["growth"]
    for text in (
        "[bands]\nusal = [0.1, 0.2]\n",
        "[bands]\nusual = [0.2, 0.1]\n",
        "[bands]\nusual = 3\n",
        "x = 1\n",
        "[",
    ):
        with pytest.raises(DataError, match=r"b\.toml"):
            read_bands(write("b.toml", text))
