"""The record of pair signals: each promise is what the status said that day, each outcome what the closes then did."""

import math

import numpy as np
import pytest

from hedgekit.model import PriceHistory
from hedgekit.pairs.status import pair_status
from hedgekit.record.pairs import LONGEST, claims_of


@pytest.fixture(scope="module")
def prices():
    random, n = np.random.default_rng(11), 900
    x, u = np.cumsum(0.01 * random.normal(size=n)), np.zeros(n)
    for t in range(1, n):
        u[t] = 0.9 * u[t - 1] + 0.007 * random.normal()
    both = np.exp(np.column_stack([0.9 * x + u, x])) * [50.0, 80.0]
    days = np.datetime64("2020-01-01") + np.arange(n)
    return PriceHistory(tickers=("A", "B"), dates=days, close=both, total_return=both, source="made")


def test_promises_are_the_statuses_and_outcomes_the_closes(prices):
    claims = list(claims_of(prices, "A", "B"))
    assert claims
    for claim in claims:
        now = pair_status(prices.until(claim.asof), "A", "B")
        assert now.action == claim.key[1] and claim.promised["z"] == now.z
        assert claim.promised["within_21"] == now.odds.within[21] and claim.promised["gain"] == now.odds.gain
        assert claim.promised["walk_126"] == now.odds.within_if_never[126]
        # by hand, from prices alone: the spread's change since that day over its deviation
        at = int(np.searchsorted(prices.dates, np.datetime64(claim.asof)))
        a, b = (np.log(column[at : at + LONGEST + 1] / column[at]) for column in prices.close.T)
        z = np.abs(now.z) + np.sign(now.z) * (a - now.elasticity * b) / now.residual_sd
        crossed = [day for day in range(1, LONGEST + 1) if z[day] <= 0.0]
        assert claim.realised["crossed_days"] == (crossed[0] if crossed else math.inf)
        exits = next(day for day in range(1, LONGEST + 1) if z[day] <= 0.5 or z[day] >= 4.0 or day == LONGEST)
        assert claim.realised["days"] == exits
