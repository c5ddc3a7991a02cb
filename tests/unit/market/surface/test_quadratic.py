"""The interior point method against solutions known by hand or found otherwise."""

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from hedgekit.market.surface.quadratic import Programme, minimise


def programme(curve, slope, equal, level, rows, bound, price):
    arrays = (np.asarray(x, dtype=float) for x in (curve, slope, equal, level, rows, bound, price))
    names = ("curve", "slope", "equal", "level", "rows", "bound", "price")
    return Programme(**dict(zip(names, arrays, strict=True)))


def test_the_nearest_point_of_the_simplex():
    wanted = np.array([0.9, 0.5, -0.4])
    one = programme(np.eye(3), -wanted, [[1, 1, 1]], [1], -np.eye(3), np.zeros(3), [np.inf] * 3)
    found, solved = minimise(one, np.full(3, 1 / 3))
    assert solved
    np.testing.assert_allclose(found, [0.7, 0.3, 0.0], atol=1e-8)


def test_a_soft_row_is_broken_when_that_is_cheaper():
    # min x^2/2 + price max(2 - x, 0): broken while the price is below 2
    for price, expected in ((0.5, 0.5), (1.5, 1.5), (9.0, 2.0)):
        one = programme([[1]], [0], np.zeros((0, 1)), [], [[-1]], [-2], [price])
        found, solved = minimise(one, np.zeros(1))
        assert solved
        assert found[0] == pytest.approx(expected, abs=1e-7)


def test_without_curvature_it_is_a_linear_programme():
    rng = np.random.default_rng(4)
    rows, price = rng.normal(size=(30, 6)), rng.uniform(0.5, 2.0, 30)
    bound = rows @ np.full(6, 1 / 6) + rng.normal(size=30) * 0.3
    one = programme(
        np.zeros((6, 6)), np.zeros(6), [np.ones(6)], [1], np.vstack([rows, -np.eye(6)]),
        np.concatenate([bound, np.zeros(6)]), np.concatenate([price, [np.inf] * 6]),
    )  # fmt: skip
    found, solved = minimise(one, np.full(6, 1 / 6))
    cost = np.concatenate([np.zeros(6), price])
    other = linprog(
        cost, A_ub=np.hstack([rows, -np.eye(30)]), b_ub=bound, A_eq=[[1] * 6 + [0] * 30], b_eq=[1], bounds=(0, None)
    )
    assert solved
    assert price @ np.maximum(rows @ found - bound, 0.0) == pytest.approx(other.fun, abs=1e-7)


def test_a_random_programme_agrees_with_a_general_solver():
    rng = np.random.default_rng(5)
    root = rng.normal(size=(5, 5))
    curve, slope, rows = root @ root.T, rng.normal(size=5), rng.normal(size=(8, 5))
    bound = np.abs(rng.normal(size=8))
    one = programme(curve, slope, [np.ones(5)], [0.3], rows, bound, [np.inf] * 8)
    found, solved = minimise(one, np.zeros(5))
    other = minimize(
        lambda x: 0.5 * x @ curve @ x + slope @ x,
        np.full(5, 0.06),
        jac=lambda x: curve @ x + slope,
        constraints=[
            {"type": "eq", "fun": lambda x: x.sum() - 0.3},
            {"type": "ineq", "fun": lambda x: bound - rows @ x},
        ],
        method="SLSQP",
        options={"ftol": 1e-14},
    )
    assert solved
    np.testing.assert_allclose(found, other.x, atol=1e-5)


def test_what_cannot_be_met_is_said():
    one = programme([[1]], [0], np.zeros((0, 1)), [], [[1], [-1]], [-1, -1], [np.inf, np.inf])
    assert not minimise(one, np.zeros(1))[1]
