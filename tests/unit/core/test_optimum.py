import numpy as np
import pytest

from hedgekit.core import _optimum

# 300 shares at 100.00, money in cents: puts 95 and 90 bought, put 90 sold; growth 1.
LEGS = {
    "kind": [-1, -1, -1],
    "side": [1, 1, -1],
    "strike": [9500, 9000, 9000],
    "cost": [250_65, 150_65, -140_00],
    "limit": [3, 3, 3],
}
POSITION = {
    "shares": 300,
    "multiplier": 100,
    "most_puts": 3,
    "most_calls": 3,
    "lowest_spot": 0,
    "mantissa": 1 << 52,
    "exponent": 52,
}


def columns(**changes):
    legs = {**LEGS, **changes}
    return [np.array(legs["kind"], np.int8), np.array(legs["side"], np.int8)] + [
        np.array(legs[name], np.int64) for name in ("strike", "cost", "limit")
    ]


def search(**changes):
    return _optimum.Search(*columns(**changes), **POSITION)


def cents(amount):
    return amount << 52


def test_one_strike_then_two():
    # 92.00 a share: three puts at 95 keep 95 - 2.5065; swapping one for a 90 keeps 280 - 6.5195 at zero.
    tickets, by_legs, work = search().run(target=cents(27_300_00), max_legs=2)
    assert by_legs[0] == ((0,), (3,), 751_95, cents(28_500_00 - 751_95))
    assert tickets == [((0, 1), (2, 1), 651_95, cents(28_000_00 - 651_95))]
    assert work["programmes"] > 0


def test_the_target_is_kept_to_the_unit():
    floor = 28_000_00 - 651_95
    assert search().run(target=cents(floor), max_legs=2)[0][0][2] == 651_95
    assert search().run(target=cents(floor) + 1, max_legs=2)[0][0][2] == 751_95


def test_infeasible_is_empty_and_the_highest_floor_is_found():
    assert search().run(target=cents(29_000_00), max_legs=3)[:2] == ([], [None, None, None])
    tickets, _, _ = search().run(target=None, max_legs=3)
    assert tickets[0][3] == cents(28_500_00 - 751_95)


def test_a_budget_bounds_the_highest_floor():
    tickets, _, _ = search().run(target=None, max_legs=2, budget=700_00)
    assert tickets[0][2:] == (651_95, cents(28_000_00 - 651_95))
    assert search().run(target=None, max_legs=2, budget=120_00)[0][0][2] == 250_65 - 140_00
    assert search().run(target=None, max_legs=1, budget=100_00)[0] == []


def test_searches_in_a_row_do_not_change_each_other():
    fresh = [
        search().run(target=cents(t), max_legs=3, keep=3, margin=1000_00)[:2] for t in (27_300_00, 27_748_05, 26_000_00)
    ]
    one = search()
    one.run(target=None, max_legs=3, budget=500_00)
    again = [
        one.run(target=cents(t), max_legs=3, keep=3, margin=1000_00)[:2] for t in (27_300_00, 27_748_05, 26_000_00)
    ]
    assert again == fresh


def test_any_stride_is_read():
    spaced = []
    for column in columns():
        wide = np.zeros(2 * len(column), dtype=column.dtype)
        wide[::2] = column
        spaced.append(wide[::2])
    strided = _optimum.Search(*spaced, **POSITION).run(target=cents(27_300_00), max_legs=3)
    assert strided[:2] == search().run(target=cents(27_300_00), max_legs=3)[:2]


def test_no_legs_is_no_ticket():
    empty = search(kind=[], side=[], strike=[], cost=[], limit=[])
    assert empty.run(target=0, max_legs=3)[0] == []


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="differ in length"):
        search(limit=[3, 3])
    for count in (0, _optimum.MAX_LEGS + 1):
        with pytest.raises(ValueError, match=f"max_legs {count}"):
            search().run(target=0, max_legs=count)


def test_the_order_of_the_legs_does_not_change_cost_or_floor():
    forward = search().run(target=cents(27_300_00), max_legs=3)[0][0]
    reverse = search(**{name: column[::-1] for name, column in LEGS.items()}).run(target=cents(27_300_00), max_legs=3)[
        0
    ][0]
    assert forward[2:] == reverse[2:]


def test_multipliers_name_rows_of_the_set():
    one = search()
    with pytest.raises(ValueError, match="after a run"):
        one.multipliers([0], [1], [3])
    one.run(target=cents(27_300_00), max_legs=2)
    ray, rows, x = one.multipliers([0, 1], [1, 1], [3, 3])
    assert not ray
    assert all(weight > 0 and family <= 3 for family, _, weight in rows)
    assert x[0] + x[1] == pytest.approx(3.0)
    ray, rows, x = one.multipliers([1], [1], [3])
    assert ray
    assert np.isnan(x).all()
    with pytest.raises(ValueError, match="leg 3"):
        one.multipliers([3], [1], [3])
