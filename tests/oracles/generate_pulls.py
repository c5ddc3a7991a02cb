"""Write `hedgekit/pairs/pulls.csv`: how unit-root statistics of reverting spreads are distributed.

Run it from the top of the project: ``python tests/oracles/generate_pulls.py`` (some minutes). Rows: a kind of
statistic and a pull; columns: the statistic at normal scores.
"""

import math
from pathlib import Path

import numpy as np

from hedgekit.pairs.stationarity import adf, engle_granger_pairs

TABLE = Path(__file__).parents[2] / "hedgekit/pairs/pulls.csv"
SEED, SPREADS, BATCH, DAYS = 20250117, 20_000, 2_000, 600
PULLS = [0.0, *np.geomspace(0.5, 8.0, 25).round(3).tolist()]
SCORES = np.linspace(-3.0, 3.0, 25)
KINDS = ("pair", "series")


def spreads_of(pull, shocks, start):
    """Return spreads, shape (days, count), that carry ``(1 - s^2/n) / (1 + s^2/n)`` of themselves on each day."""
    days = len(shocks)
    share = pull * pull / days
    rho = (1.0 - share) / (1.0 + share)
    level = start / math.sqrt(1.0 - rho * rho) if rho < 1.0 else np.zeros_like(start)
    out = np.empty_like(shocks)
    for day, shock in enumerate(shocks):
        level = rho * level + shock
        out[day] = level
    return out


def dickey_fuller(spread):
    """Return Dickey and Fuller's t with a constant and Akaike's lags, of each column."""
    return np.array([adf(column).statistic for column in np.ascontiguousarray(spread.T)])


def better_direction(spread, x):
    """Return Engle and Granger's t with Akaike's lags, the lesser of both directions, of ``x + spread`` on ``x``."""
    count = spread.shape[1]
    levels, a, b = np.hstack([x + spread, x]), np.arange(count), np.arange(count, 2 * count)
    return np.minimum(*(engle_granger_pairs(levels, y, z).statistic for y, z in ((a, b), (b, a))))


def statistics(kind, spread, x):
    """Return the statistic of each column."""
    return better_direction(spread, x) if kind == "pair" else dickey_fuller(spread)


def main():
    """Simulate and write."""
    from scipy.special import ndtr

    dice = np.random.default_rng(SEED)
    found = {(kind, pull): [] for kind in KINDS for pull in PULLS}
    for _ in range(SPREADS // BATCH):
        shocks, start = dice.standard_normal((DAYS, BATCH)), dice.standard_normal(BATCH)
        x = np.cumsum(dice.standard_normal((DAYS, BATCH)), axis=0)
        for pull in PULLS:
            spread = spreads_of(pull, shocks, start)
            for kind in KINDS:
                found[kind, pull].append(statistics(kind, spread, x))
    lines = ["statistic,pull," + ",".join(f"{score:g}" for score in SCORES)]
    for kind in KINDS:
        rows = np.array([np.quantile(np.concatenate(found[kind, pull]), ndtr(SCORES)) for pull in PULLS])
        # a stronger pull lowers every point: what is left of chance in the outermost ones must not say otherwise
        rows = np.minimum.accumulate(rows, axis=0)
        for pull, row in zip(PULLS, rows, strict=True):
            lines.append(f"{kind},{pull:g}," + ",".join(f"{value:.3f}" for value in row))
    TABLE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
