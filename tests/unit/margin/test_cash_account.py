"""What a cash account needs, and what it may not hold."""

import pytest

from hedgekit.errors import InfeasibleError
from hedgekit.margin import cash_account
from hedgekit.model import Leg, Option


def leg(contracts, name, premium):
    return Leg(contracts=contracts, option=Option.parse(f"XYZ 2026-09-18 {name}"), premium=premium)


def test_a_short_put_needs_its_strike_less_its_premium():
    asked = cash_account([leg(-2, "50 P", 1.5)], spot=52.0)
    assert (asked.initial_usd, asked.deposit_usd, asked.maintenance_usd) == (10_000.0, 9700.0, 10_000.0)


def test_shares_and_long_options_are_paid_in_full_and_cover_calls():
    asked = cash_account([leg(1, "45 P", 1.0), leg(-2, "60 C", 0.5)], spot=50.0, shares=200)
    assert asked.deposit_usd == 200 * 50 + 100 - 100
    assert any("covered by 200 shares" in line for line in asked.derivation)


@pytest.mark.parametrize(
    ("legs", "shares", "words"),
    [
        ([leg(-1, "60 C", 0.5)], 0, "100 shares would cover it and 0 are free"),
        ([leg(-1, "60 C", 0.5), leg(-1, "65 C", 0.3)], 150, "and 50 are free"),
        ([leg(1, "60 C", 0.5)], -100, "cannot be short 100 XYZ"),
    ],
)
def test_uncovered_sales_are_refused(legs, shares, words):
    with pytest.raises(InfeasibleError, match=words):
        cash_account(legs, spot=50.0, shares=shares)
