from datetime import date
from fractions import Fraction

import pytest

from hedgekit.model import Leg, Option
from hedgekit.payoff import PiecewiseLinear, carried, exact, expiry_wealth, net_premium, total_cost


def leg(contracts, kind, strike, premium=1.0, expiry=date(2026, 9, 18)):
    return Leg(contracts=contracts, option=Option(root="IWM", expiry=expiry, kind=kind, strike=strike), premium=premium)


def test_protective_put_is_flat_below_the_strike():
    wealth = expiry_wealth(100, [leg(1, "put", 95.0)])
    assert wealth.at(0.0) == 9500
    assert wealth.at(50.0) == 9500
    assert wealth.at(120.0) == 12000
    assert wealth.minimum().value == 9500
    assert wealth.maximum() is None


def test_odd_lot_is_uncovered_at_zero():
    wealth = expiry_wealth(150, [leg(1, "put", 95.0)])
    assert wealth.minimum().value == 9500
    assert wealth.minimum().spot == 0


def test_too_many_puts_are_worst_at_the_strike():
    wealth = expiry_wealth(50, [leg(1, "put", 95.0)])
    assert (wealth.minimum().value, wealth.minimum().spot) == (50 * 95, 95)


def test_collar_maximum_is_found_from_the_spot_up():
    wealth = expiry_wealth(100, [leg(1, "put", 95.0), leg(-1, "call", 110.0)])
    top = wealth.maximum(low=100.0)
    assert (top.value, top.spot) == (11000, 110)


def test_maximum_above_today_ignores_what_is_below():
    # More puts than shares: worth most at 0, which is not a gain of the upside.
    wealth = expiry_wealth(0, [leg(1, "put", 95.0)])
    assert wealth.maximum(low=100.0).value == 0
    assert wealth.maximum().value == 9500


def test_naked_call_has_no_minimum():
    assert expiry_wealth(0, [leg(-1, "call", 110.0)]).minimum() is None


def test_put_spread_holds_down_to_the_short_strike_only():
    wealth = expiry_wealth(100, [leg(1, "put", 95.0), leg(-1, "put", 80.0)])
    assert wealth.holds_from(Fraction(9500)) == 80
    assert wealth.holds_from(Fraction(9000)) == 75
    assert wealth.holds_from(Fraction(1500)) == 0


def test_holds_from_reaches_into_the_last_slope():
    wealth = expiry_wealth(100, [])
    assert wealth.holds_from(Fraction(9000)) == 90


def test_a_capped_position_never_holds_above_its_cap():
    wealth = expiry_wealth(100, [leg(-1, "call", 110.0)])
    assert wealth.holds_from(Fraction(11001)) is None


def test_crossings_are_exact():
    wealth = expiry_wealth(0, [leg(-1, "call", 205.0), leg(1, "call", 210.0)]).minus(Fraction(-350))
    assert wealth.crossings(Fraction(0)) == (exact(208.5),)


def test_two_expiries_are_refused():
    with pytest.raises(ValueError, match="different days"):
        expiry_wealth(100, [leg(1, "put", 95.0), leg(-1, "put", 90.0, expiry=date(2026, 12, 18))])


def test_costs_are_exact_in_cents():
    # 17 x 4.10 x 100 is 6969.999999999999 in doubles.
    legs = [leg(17, "put", 95.0, 4.10), leg(-17, "call", 110.0, 1.15)]
    assert net_premium(legs) == 17 * 295
    assert total_cost(legs, 0.65) == 17 * 295 + Fraction("22.1")


def test_a_credit_earns_nothing_and_a_debit_is_financed():
    assert carried(-100.0, 0.05, 1.0) == -100.0
    assert carried(100.0, 0.05, 1.0) == pytest.approx(105.1271096, rel=1e-9)


def test_piecewise_function_of_one_knot():
    line = PiecewiseLinear((Fraction(0),), (Fraction(-5),), Fraction(1))
    assert line.holds_from(Fraction(0)) == 5
    assert line.crossings(Fraction(0)) == (5,)
