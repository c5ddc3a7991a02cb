"""The kernel that searches condors and butterflies: against loops in Python, its limits, its checks."""

import math

import numpy as np
import pytest

from hedgekit.core import _finder


def columns(n, seed=0):
    rng = np.random.default_rng(seed)
    strike = np.sort(rng.uniform(50.0, 150.0, n))
    return {
        "value": rng.normal(-5.0, 30.0, n), "cost": rng.uniform(-400.0, -20.0, n), "width": rng.uniform(100.0, 900.0, n),
        "strike": strike,
    }  # fmt: skip


TABLE = {"table_start": 0.0, "table_step": 1.0, "table": np.linspace(0.0, 1.0, 201)}
OPEN = {"multiplier": 100.0, "fees": 0.0, "max_loss": math.inf, "max_capital": math.inf, "min_probability": 0.0}


def test_the_kernel_finds_what_the_same_loop_in_python_finds():
    n = 120
    puts, calls = columns(n, 1), columns(n, 2)
    first, last = np.zeros(n, dtype=np.int64), np.full(n, n, dtype=np.int64)

    best, looked_at, _ = _finder.condors(*puts.values(), *calls.values(), first, last, **OPEN, **TABLE, keep=1)
    score = 0.0
    for i in range(n):
        for j in range(n):
            loss = max(puts["width"][i], calls["width"][j]) + puts["cost"][i] + calls["cost"][j]
            value = puts["value"][i] + calls["value"][j]
            if loss > 0.005 and value > score * loss:
                score = value / loss
    assert looked_at == n * n
    assert best[0][0] == pytest.approx(score, rel=1e-12)


def test_the_kernel_checks_its_input():
    side = columns(4)
    rows = np.zeros(4, dtype=np.int64)
    with pytest.raises(ValueError, match="keep"):
        _finder.condors(*side.values(), *side.values(), rows, rows, **OPEN, **TABLE, keep=0)
    with pytest.raises(ValueError, match="first, last"):
        _finder.condors(*side.values(), *side.values(), rows, rows + 9, **OPEN, **TABLE, keep=1)
    with pytest.raises(ValueError, match="different lengths"):
        _finder.condors(*side.values(), *side.values(), rows[:3], rows, **OPEN, **TABLE, keep=1)
    with pytest.raises(ValueError, match="table"):
        _finder.condors(*side.values(), *side.values(), rows, rows, **OPEN, **{**TABLE, "table_step": 0.0}, keep=1)


def same(found, expected):
    assert [one[1:] for one in found] == [one[1:] for one in expected[: len(found)]]
    assert [one[0] for one in found] == pytest.approx([one[0] for one in expected[: len(found)]])


def test_condors_are_those_of_a_loop_whatever_the_limits():
    puts, calls = columns(40, 3), columns(50, 4)
    first = np.searchsorted(calls["strike"], puts["strike"], side="right").astype(np.int64)
    last = np.full(40, 50, dtype=np.int64)
    limits = {**OPEN, "max_loss": 500.0, "max_capital": 480.0, "fees": 2.6, "min_probability": 0.05}
    found, looked_at, free = _finder.condors(*puts.values(), *calls.values(), first, last, **limits, **TABLE, keep=7)
    expected, count, idle = [], 0, 0
    for i in range(40):
        for j in range(first[i], 50):
            count += 1
            credit = -(puts["cost"][i] + calls["cost"][j])
            loss = max(puts["width"][i], calls["width"][j]) - credit
            if loss <= 0.005:
                idle += 1
                continue
            low = puts["strike"][i] - credit / 100 if credit <= puts["width"][i] else 0.0
            high = calls["strike"][j] + credit / 100 if credit <= calls["width"][j] else 200.0
            score = (puts["value"][i] + calls["value"][j]) / loss
            chance = (min(high, 200.0) - max(low, 0.0)) / 200.0
            if score > 0 and credit > 0 and loss <= 500.0 and loss - 2.6 <= 480.0 and chance >= 0.05:
                expected.append((score, i, j))
    expected.sort(key=lambda one: -one[0])
    assert len(found) == 7
    same(found, expected)
    assert (looked_at, free) == (count, idle)


@pytest.mark.parametrize("kind", [1, -1])
@pytest.mark.parametrize("broken", [False, True])
def test_butterflies_are_those_of_a_loop(kind, broken):
    rng = np.random.default_rng(9)
    strike = np.arange(80.0, 121.0, 2.5)
    n = len(strike)
    value, cost = rng.normal(0.0, 20.0, (2, n)), rng.uniform(50.0, 2000.0, n)
    found, looked_at, _ = _finder.butterflies(
        strike, value[0], cost, value[1], -cost + 4.0, kind=kind, broken=broken, **OPEN, **TABLE, keep=5
    )
    expected, count = [], 0
    spots = np.concatenate([[0.0], strike, [300.0]])
    for i in range(n):
        for j in range(i + 1, n):
            for k in range(j + 1, n):
                if (abs(2 * strike[j] - strike[i] - strike[k]) < 1e-9) == broken:
                    continue
                count += 1
                payoff = sum(q * np.maximum(kind * (spots - strike[r]), 0.0) for q, r in ((1, i), (-2, j), (1, k)))
                profit = 100.0 * payoff - (cost[i] + cost[k] + 2 * (-cost[j] + 4.0))
                worth = value[0][i] + value[0][k] + 2 * value[1][j]
                if profit.min() < -0.005 and profit.max() > 0.0 and worth > 0.0:
                    expected.append((worth / -profit.min(), i, j, k))
    expected.sort(key=lambda one: -one[0])
    assert looked_at == count and len(found) == 5
    same(found, expected)


def test_covered_pairs_are_those_whose_credit_pays_for_the_call_spread():
    puts, calls = columns(60, 5), columns(60, 6)
    first, last = np.zeros(60, dtype=np.int64), np.full(60, 60, dtype=np.int64)
    found, looked_at, _ = _finder.condors(
        *puts.values(), *calls.values(), first, last, **OPEN, **TABLE, keep=256, covered=True
    )
    wanted = []
    for i in range(60):
        for j in range(60):
            credit = -(puts["cost"][i] + calls["cost"][j])
            loss = max(puts["width"][i], calls["width"][j]) - credit
            value = puts["value"][i] + calls["value"][j]
            if loss > 0.005 and value > 0.0 and credit >= calls["width"][j]:
                wanted.append(value / loss)
    assert looked_at == 3600 and len(wanted) > 10
    assert [score for score, _, _ in found] == pytest.approx(sorted(wanted, reverse=True)[:256])
