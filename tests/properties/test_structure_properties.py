"""Random structures against brute force on dense rational grids."""

from datetime import date, datetime
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from hedgekit.model import NEW_YORK, Leg, Option, Shares
from hedgekit.structures.outcome import exact_outcome, gaining, where

EXPIRY = date(2026, 9, 18)
NOW = datetime(2026, 6, 17, 16, tzinfo=NEW_YORK)

cents = st.integers(1, 4000).map(lambda n: n / 100)
options = st.builds(
    lambda n, kind, strike, premium: Leg(
        contracts=n, option=Option(root="XYZ", expiry=EXPIRY, kind=kind, strike=strike / 2), premium=premium
    ),
    st.integers(-5, 5).filter(bool),
    st.sampled_from(["call", "put"]),
    st.integers(20, 60),
    cents,
)
shares = st.builds(
    lambda n, price: Shares(shares=n, ticker="XYZ", price=price), st.integers(-300, 300).filter(bool), cents
)
structures = st.tuples(st.lists(options, min_size=1, max_size=5), st.lists(shares, max_size=1)).map(
    lambda x: [*x[0], *x[1]]
)

# Strikes are multiples of 1/2: every kink lies on this grid, and everything beyond 60 is one straight line.
GRID = [Fraction(n, 8) for n in range(8 * 80 + 1)]


def profit_cents(held, spot):
    """Profit in cents by the definition, without the code under test."""
    total = Fraction(0)
    for one in held:
        if isinstance(one, Shares):
            total += one.shares * (spot - Fraction(round(one.price * 100), 100))
            continue
        sign = 1 if one.option.kind == "call" else -1
        worth = max(Fraction(0), sign * (spot - Fraction(one.option.strike)))
        total += one.contracts * 100 * (worth - Fraction(round(one.premium * 100), 100))
    return total * 100


@settings(max_examples=60)
@given(structures)
def test_extremes_equal_a_dense_grid(held):
    outcome = exact_outcome(held, 0.0)
    values = [profit_cents(held, spot) for spot in GRID]
    slope = values[-1] - values[-2]
    assert outcome.low == (None if slope < 0 else min(values) / 100)
    assert outcome.high == (None if slope > 0 else max(values) / 100)
    if outcome.low is not None:
        assert profit_cents(held, outcome.low_spot) == outcome.low * 100


@settings(max_examples=60)
@given(structures)
def test_breakevens_are_zeros_and_none_is_missed(held):
    outcome = exact_outcome(held, 0.0)
    for spot in outcome.breakevens:
        assert profit_cents(held, spot) == 0
    grid = [*GRID, Fraction(10**6)]
    values = [profit_cents(held, spot) for spot in grid]
    for i in range(len(grid) - 1):
        if values[i] * values[i + 1] < 0:
            assert any(grid[i] < spot < grid[i + 1] for spot in outcome.breakevens)


@settings(max_examples=60)
@given(structures)
def test_there_is_a_profit_on_the_gaining_intervals_and_nowhere_else(held):
    gains = gaining(exact_outcome(held, 0.0).profit)
    for spot in [*GRID, Fraction(10**6)]:
        inside = any(low < spot and (high is None or spot < high) for low, high in gains)
        if profit_cents(held, spot) > 0:
            assert inside or (spot == 0 and gains[0][0] == 0)
        else:
            assert not inside


@settings(max_examples=60)
@given(structures)
def test_an_extreme_is_reached_where_it_is_said_to_be(held):
    outcome = exact_outcome(held, 0.0)
    if outcome.low is None:
        return
    places = where(outcome.profit, outcome.low)
    for spot in GRID:
        inside = any(low <= spot and (high is None or spot <= high) for low, high in places)
        assert inside == (profit_cents(held, spot) == outcome.low * 100)


@settings(max_examples=30)
@given(structures, st.integers(2, 50))
def test_everything_scales_with_quantity_and_spots_do_not_move(held, n):
    from dataclasses import replace

    many = [
        replace(one, shares=n * one.shares) if isinstance(one, Shares) else replace(one, contracts=n * one.contracts)
        for one in held
    ]
    one, all_ = exact_outcome(held, 0.65), exact_outcome(many, 0.65)
    assert all_.breakevens == one.breakevens and all_.gains == one.gains
    assert all_.low == (None if one.low is None else n * one.low)
    assert all_.high == (None if one.high is None else n * one.high)
