"""Odds of a spread coming back: against closed forms, and against what made spreads then did."""

import math
from dataclasses import replace

import numpy as np
import pytest

from hedgekit.pairs.gate import ENTRY_Z, EXIT_Z, STOP_Z, critical, gate_statistics
from hedgekit.pairs.odds import HORIZON, LONGEST, NEVER, SHORTEST, WITHIN, believe, odds
from hedgekit.pairs.rolling import rolling_regression

WINDOW, EVERY, PATHS = 252, 10, 800


def history(random, life, n):
    """A pair of `n` days whose spread halves in `life` days."""
    carried = 2.0 ** (-1.0 / life)
    x, u = np.cumsum(0.01 * random.standard_normal(n)), 0.007 * random.standard_normal(n)
    if carried < 1.0:
        u[0] /= math.sqrt(1.0 - carried * carried)
    for t in range(1, n):
        u[t] += carried * u[t - 1]
    return 0.9 * x + u, x


def signals(y, x):
    """Every signal as `pair status` gives it: its odds, and the days until the line was crossed."""
    line, test = rolling_regression(y, x, WINDOW), gate_statistics(y, x, WINDOW)
    free = WINDOW
    for now in range(WINDOW, len(y) - HORIZON, EVERY):
        at = now - 1
        if now < free or not max(test[at], test[now]) < critical() or line.slope[at] <= 0.0:
            continue
        slope, sd = line.slope[at], line.residual_sd[at]
        z = (y - line.intercept[at] - slope * x) / sd
        if not ENTRY_Z <= abs(z[now]) < STOP_Z:
            continue
        seen = slice(now - WINDOW, now + 1)
        belief = believe(y[seen], x[seen])
        marks = {"leave": EXIT_Z, "stop": STOP_Z, "cost": 0.0}
        ahead = odds(belief, y[seen], x[seen], slope=slope, sd=sd, z=z[now], paths=PATHS, **marks)
        back = np.flatnonzero(np.sign(z[now]) * z[now + 1 : now + HORIZON + 1] <= 0.0)
        yield belief, ahead, (int(back[0]) + 1 if len(back) else HORIZON + 1)
        free = now + HORIZON


@pytest.fixture(scope="module")
def followed():
    """Signals on pairs drawn as the prior says: half of them walks, half with any half-life from a day to a year."""
    random, found = np.random.default_rng(20260617), []
    for _ in range(300):
        walk = random.random() < NEVER
        life = math.inf if walk else math.exp(random.uniform(math.log(SHORTEST), math.log(LONGEST)))
        found += [(life, *one) for one in signals(*history(random, life, 1500))]
    return found


def test_what_is_promised_comes(followed):
    """Of signals alone, chosen by the very days the odds rest on."""
    n = len(followed)
    assert n > 150
    for days in WITHIN:
        told = np.array([ahead.within[days] for _, _, ahead, _ in followed])
        came = np.array([crossed <= days for *_, crossed in followed])
        # three standard errors of the share that came
        assert came.mean() == pytest.approx(told.mean(), abs=3.0 * math.sqrt((told * (1.0 - told)).sum()) / n)


def test_what_is_promised_of_walks_comes_to_walks(followed):
    """Whatever the prior: no half-life is in these odds."""
    walks = [(ahead, crossed) for life, _, ahead, crossed in followed if math.isinf(life)]
    assert len(walks) > 15
    for days in (21, 126):
        told = np.array([ahead.within_if_never[days] for ahead, _ in walks])
        came = np.mean([crossed <= days for _, crossed in walks])
        assert came == pytest.approx(told.mean(), abs=3.0 * math.sqrt((told * (1.0 - told)).sum()) / len(told))


def test_half_lives_of_signals_are_inside_their_interval(followed):
    covered = np.mean([belief.quantile(0.05) <= life <= belief.quantile(0.95) for life, belief, *_ in followed])
    never = np.array([belief.never for _, belief, *_ in followed])
    walks = np.array([math.isinf(life) for life, *_ in followed])
    assert covered > 0.9 - 3.0 * math.sqrt(0.09 / len(followed))
    assert walks.mean() == pytest.approx(never.mean(), abs=3.0 * math.sqrt((never * (1 - never)).sum()) / len(walks))


def first_passage(start, carried, noise, days):
    """Probability that an AR(1) from `start` is at 0 or below on one of `days` days: its density carried on a grid."""
    width = 0.05 * noise
    cells = np.arange(0.5 * width, start + 12.0 * noise * math.sqrt(days), width)
    law = np.exp(-0.5 * ((cells - carried * start) / noise) ** 2) * width / (noise * math.sqrt(2.0 * math.pi))
    step = np.exp(-0.5 * ((cells[:, None] - carried * cells) / noise) ** 2) * width / (noise * math.sqrt(2.0 * math.pi))
    for _ in range(days - 1):
        law = step @ law
    return 1.0 - law.sum()


@pytest.mark.parametrize("life", [math.inf, 8.0])
def test_a_spread_known_in_every_part_crosses_as_it_must(life):
    y, x = history(np.random.default_rng(5), life, 253)
    base = believe(y, x)
    at = int(np.argmin(np.abs(base.lives - life))) if math.isfinite(life) else -1
    one = np.zeros_like(base.weight)
    one[at] = 1.0
    sd, z, noise, many = 0.01, 2.0, 0.004, 10**7
    sure = replace(
        base,
        weight=one,
        level=np.full_like(one, -z * sd if math.isfinite(life) else 0.0),
        slope=np.full_like(one, 0.9),
        root=np.zeros_like(base.root),
        squares=np.full_like(one, noise**2 * many),
        freedom=many,
    )
    ahead = odds(sure, y, x, slope=0.9, sd=sd, z=z, leave=EXIT_Z, stop=STOP_Z, cost=0.0)
    for days in (10, 21):
        expected = first_passage(z * sd, 2.0 ** (-1.0 / base.lives[at]), noise, days)
        # three standard errors of ten thousand paths
        assert ahead.within[days] == pytest.approx(expected, abs=0.015)


def test_a_short_history_is_not_taken_at_its_word():
    """Half-lives err on the long side where ordinary ones are short, and the truth is seldom beyond their interval."""
    random, life = np.random.default_rng(3), 22.8
    found = []
    for _ in range(150):
        y, x = history(random, life, 253)
        belief = believe(y, x)
        design = np.column_stack([np.ones_like(x), x])
        spread = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
        carried = np.polyfit(spread[:-1], spread[1:], 1)[0]
        found.append(
            (belief.quantile(0.95) >= life, belief.quantile(0.5) < life, math.log(2.0) / -math.log(carried) < life)
        )
    covered, short, ordinary = np.mean(found, axis=0)
    # 150 draws at 95%: fewer than 134 once in five hundred
    assert covered > 134 / 150 and short < 0.5 and ordinary > 0.9


def test_the_walk_is_weighed_on_the_same_scale():
    """The restricted likelihood goes over into that of the changes: a half-life of a million days weighs like none."""
    y, x = history(np.random.default_rng(9), 30.0, 253)
    found = believe(y, x)
    dy, dx = np.diff(y), np.diff(x)
    slope = (dx @ dy) / (dx @ dx)
    walk = -0.5 * math.log(dx @ dx) - 0.5 * (len(y) - 2) * math.log(((dy - slope * dx) ** 2).sum())
    r = 2.0 ** (-1.0 / 1e6)
    first = math.sqrt(1.0 - r * r)
    design = np.column_stack([np.append(first, np.full(252, 1.0 - r)), np.append(first * x[0], x[1:] - r * x[:-1])])
    target = np.append(first * y[0], y[1:] - r * y[:-1])
    rss = np.linalg.lstsq(design, target, rcond=None)[1][0]
    near = 0.5 * math.log(1 - r * r) - 0.5 * np.linalg.slogdet(design.T @ design)[1] - 0.5 * 251 * math.log(rss)
    assert near == pytest.approx(walk, abs=1e-3)
    assert found.weight.sum() == pytest.approx(1.0) and found.slope[-1] == pytest.approx(slope)
