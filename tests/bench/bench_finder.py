"""The finder's kernel against the same search in NumPy, a million and more condors and butterflies a run.

A row's time is that of one combination looked at; both must find the same best.
"""

from __future__ import annotations

import math

import numpy as np
from harness import Row, interleaved

SPREADS = 1500
STRIKES = 120
OPEN = {"multiplier": 100.0, "fees": 0.0, "max_loss": math.inf, "max_capital": math.inf, "min_probability": 0.0}
TABLE = {"table_start": 0.0, "table_step": 1.0, "table": np.linspace(0.0, 1.0, 201)}


def spreads(seed: int) -> dict[str, np.ndarray]:
    """Make sold spreads: value, outlay, width and sold strike."""
    rng = np.random.default_rng(seed)
    return {
        "value": rng.normal(-5.0, 30.0, SPREADS),
        "cost": rng.uniform(-90.0, -20.0, SPREADS),
        "width": rng.uniform(200.0, 900.0, SPREADS),
        "strike": np.sort(rng.uniform(50.0, 150.0, SPREADS)),
    }


def condors() -> Row:
    """Every pair of two lists of spreads."""
    from hedgekit.core import _finder

    puts, calls = spreads(1), spreads(2)
    first, last = np.zeros(SPREADS, dtype=np.int64), np.full(SPREADS, SPREADS, dtype=np.int64)
    best = {}

    def ours() -> None:
        found, _, _ = _finder.condors(*puts.values(), *calls.values(), first, last, **OPEN, **TABLE, keep=1)
        best["ours"] = found[0][1:]

    def rival() -> None:
        top, at = 0.0, (0, 0)
        for i in range(SPREADS):
            loss = np.maximum(puts["width"][i], calls["width"]) + puts["cost"][i] + calls["cost"]
            score = (puts["value"][i] + calls["value"]) / loss
            j = int(np.argmax(score))
            if score[j] > top:
                top, at = score[j], (i, j)
        best["rival"] = at

    size = SPREADS * SPREADS
    ours_ns, rival_ns = interleaved(ours, rival, ours_size=size, rival_size=size)
    same = "same best" if best["ours"] == best["rival"] else "BESTS DIFFER"
    return Row(work="find: one condor", rival="NumPy", ours_ns=ours_ns, rival_ns=rival_ns, error=same)


def butterflies() -> Row:
    """Every three strikes of calls with unequal wings."""
    from hedgekit.core import _finder

    rng = np.random.default_rng(3)
    strike = np.sort(rng.uniform(50.0, 150.0, STRIKES))
    bought, sold = rng.normal(-5.0, 20.0, (2, STRIKES))
    cost = np.linspace(4000.0, 100.0, STRIKES) + rng.uniform(0.0, 30.0, STRIKES)
    best, size = {}, math.comb(STRIKES, 3)

    def ours() -> None:
        found, _, _ = _finder.butterflies(
            strike, bought, cost, sold, 10.0 - cost, kind=1, broken=True, **OPEN, **TABLE, keep=1
        )
        best["ours"] = found[0][1:]

    def rival() -> None:
        top, at = 0.0, (0, 0, 0)
        for j in range(1, STRIKES - 1):
            left = bought[:j, None] + 2.0 * sold[j] + bought[None, j + 1 :]
            paid = cost[:j, None] + 2.0 * (10.0 - cost[j]) + cost[None, j + 1 :]
            end = 100.0 * (2.0 * strike[j] - strike[:j, None] - strike[None, j + 1 :]) - paid
            loss = np.maximum(paid, -end)
            peak = 100.0 * (strike[j] - strike[:j, None]) - paid
            score = np.where((loss > 0.005) & (peak > 0.0), left / np.where(loss > 0.005, loss, 1.0), -np.inf)
            i, k = np.unravel_index(int(np.argmax(score)), score.shape)
            if score[i, k] > top:
                top, at = score[i, k], (int(i), j, j + 1 + int(k))
        best["rival"] = at

    ours_ns, rival_ns = interleaved(ours, rival, ours_size=size, rival_size=size)
    same = "same best" if best["ours"] == best["rival"] else "BESTS DIFFER"
    return Row(work="find: one butterfly", rival="NumPy", ours_ns=ours_ns, rival_ns=rival_ns, error=same)


def rows() -> list[Row]:
    """Time both searches."""
    return [condors(), butterflies()]
