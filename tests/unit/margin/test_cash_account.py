"""What a cash account needs, and what it may not hold."""

import pytest

from hedgekit.errors import InfeasibleError
from hedgekit.margin import cash_account
from hedgekit.model import Leg, Option


def leg(contracts, name, premium, root="XYZ", expiry="2026-09-18"):
    return Leg(contracts=contracts, option=Option.parse(f"{root} {expiry} {name}"), premium=premium)


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


def test_european_spreads_settled_in_cash_keep_their_greatest_loss():
    condor = [("4900 P", 1, 10.0), ("5000 P", -1, 20.0), ("5200 C", -1, 25.0), ("5250 C", 1, 15.0)]
    asked = cash_account([leg(count, name, price, "SPX") for name, count, price in condor], spot=5100.0)
    assert (asked.deposit_usd, asked.maintenance_usd) == (10_000.0 - 2000.0, 10_000.0)
    put = cash_account([leg(-1, "5000 P", 20.0, "SPX")], spot=5100.0)
    assert put.maintenance_usd == 500_000.0


@pytest.mark.parametrize("later", ["2026-09-18", "2026-10-16"])
def test_an_index_call_is_covered_by_one_that_expires_with_it_alone(later):
    legs = [leg(-1, "5200 C", 25.0, "SPX"), leg(1, "5250 C", 35.0, "SPX", later)]
    if later == "2026-09-18":
        assert cash_account(legs, spot=5100.0).maintenance_usd == 5000.0
        return
    with pytest.raises(InfeasibleError, match="buy as many calls"):
        cash_account(legs, spot=5100.0)


def test_american_spreads_cover_nothing():
    legs = [leg(-1, "50 P", 1.5), leg(1, "45 P", 0.5)]
    assert cash_account(legs, spot=52.0).maintenance_usd == 5000.0
