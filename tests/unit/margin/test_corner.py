"""The exact corner against HiGHS on random programmes of the kind that margin accounts make."""

import random
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

from hedgekit.margin.corner import Row, least_corner


def programme(seed):
    """Shorts that are uncovered or covered by longs, and losses that are no less than at some spots."""
    rng = random.Random(seed)
    shorts, longs, spots = rng.randint(1, 4), rng.randint(1, 4), rng.randint(1, 5)
    naked = list(range(shorts))
    sold = [shorts + n for n in range(shorts)]
    bought = [2 * shorts + n for n in range(longs)]
    loss = 2 * shorts + longs
    cost = [Fraction(rng.randint(500, 9000), 7) for _ in naked] + [Fraction(0)] * (shorts + longs) + [Fraction(1)]
    rows = [Row({naked[n]: 1, sold[n]: 1}, count, count) for n in range(shorts) for count in [rng.randint(1, 50)]]
    rows += [Row({column: 1}, 0, rng.randint(1, 50)) for column in bought]
    rows.append(Row({**dict.fromkeys(bought, 1), **dict.fromkeys(sold, -1)}, 0, 0))
    for _ in range(spots):
        value = {column: rng.randint(0, 900) for column in bought}
        rows.append(Row({**value, **{column: -rng.randint(0, 900) for column in sold}, loss: 1}, 0, None))
    return cost, rows


@pytest.mark.parametrize("seed", range(60))
def test_no_corner_costs_less(seed):
    cost, rows = programme(seed)
    found = least_corner(cost, rows)
    assert found is not None and min(found) >= 0
    for row in rows:
        total = sum(factor * found[column] for column, factor in row.terms.items())
        assert row.low <= total and (row.high is None or total <= row.high)
    equal, limits = [], []
    for row in rows:
        line = np.zeros(len(cost))
        for column, factor in row.terms.items():
            line[column] = float(factor)
        if row.low == row.high:
            equal.append((line, float(row.high)))
        else:
            limits.append((-line, 0.0) if row.high is None else (line, float(row.high)))
    best = linprog(
        [float(value) for value in cost],
        A_ub=[line for line, _ in limits], b_ub=[most for _, most in limits],
        A_eq=[line for line, _ in equal], b_eq=[level for _, level in equal],
    )  # fmt: skip
    assert float(sum(value * count for value, count in zip(cost, found, strict=True))) == pytest.approx(best.fun)


def test_an_equality_that_no_column_meets_alone_is_left_to_others():
    assert least_corner([1, 1], [Row({0: 1, 1: 1}, 2, 2), Row({0: 1, 1: -1}, 1, 1)]) is None
