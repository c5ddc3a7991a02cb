"""Least-requirement pairing against every way there is to pair small accounts, with the rules written a second time."""

import random
from collections import Counter
from datetime import date
from functools import cache
from itertools import product

import pytest

from hedgekit.margin import reg_t
from hedgekit.model import Leg, Option

SPOT, RATE = 100.0, 0.20
DAYS = (date(2026, 7, 17), date(2026, 8, 21))
SPREADS = [(day, kind) for day in DAYS for kind in (None, "call", "put")]
"""Last short expiry; of both kinds all short ones share it, of one kind they may end before."""


def naked(option, premium):
    away = max(0.0, option.strike - SPOT if option.kind == "call" else SPOT - option.strike)
    least = 0.1 * (SPOT if option.kind == "call" else option.strike)
    return 100 * (premium + max(RATE * SPOT - away, least))


def intrinsic(option, spot):
    return max(0.0, spot - option.strike if option.kind == "call" else option.strike - spot)


def spread_loss(longs, shorts):
    """None when the rules know no such spread."""
    if Counter(o.kind for o in longs) != Counter(o.kind for o in shorts):
        return None
    worst = 0.0
    for spot in {o.strike for o in (*longs, *shorts)}:
        worst = max(worst, sum(intrinsic(o, spot) for o in shorts) - sum(intrinsic(o, spot) for o in longs))
    return 100 * worst


def strangles(calls, puts):
    """Least requirement of uncovered calls and puts, each (requirement, premium): every matching is tried."""
    if not calls:
        return sum(asked for asked, _ in puts)
    (asked, premium), rest = calls[0], calls[1:]
    best = asked + strangles(rest, puts)
    for n, (other, other_premium) in enumerate(puts):
        both = asked + other_premium if asked >= other else other + premium
        best = min(best, both + strangles(rest, puts[:n] + puts[n + 1 :]))
    return best


def stock(shares, alone):
    if shares >= 0:
        return 0.25 * shares * SPOT
    return 0.30 * -shares * SPOT


def brute_force(longs, shorts, premiums, shares, *, maintenance):
    """Every short contract goes to: nothing, shares, or a spread that ends no earlier; every long to one or to shares."""
    best = float("inf")
    lots = abs(shares) // 100
    side_short, side_long = ("call", "put") if shares > 0 else ("put", "call")
    for placed in product(
        *[
            [
                "naked",
                (o.expiry, None),
                *((day, o.kind) for day in DAYS if day >= o.expiry),
                *(["shares"] if o.kind == side_short and lots else []),
            ]
            for o in shorts
        ]
    ):
        covering = [o for o, place in zip(shorts, placed, strict=True) if place == "shares"]
        if len(covering) > lots:
            continue
        open_ = [o for o, place in zip(shorts, placed, strict=True) if place == "naked"]
        total = strangles(
            tuple((naked(o, premiums[o]), 100 * premiums[o]) for o in open_ if o.kind == "call"),
            tuple((naked(o, premiums[o]), 100 * premiums[o]) for o in open_ if o.kind == "put"),
        )
        if total >= best + 3000 * lots:
            continue
        spreads = {key: [o for o, p in zip(shorts, placed, strict=True) if p == key] for key in SPREADS}
        choices = [
            ["idle", *[key for key in SPREADS if spreads[key] and key[0] <= o.expiry and key[1] in (None, o.kind)]]
            + (["shares"] if maintenance and o.kind == side_long and lots else [])
            for o in longs
        ]
        for tasks in product(*choices):
            helping = [o for o, task in zip(longs, tasks, strict=True) if task == "shares"]
            losses = [
                spread_loss([o for o, t in zip(longs, tasks, strict=True) if t == key], spreads[key]) for key in SPREADS
            ]
            if None in losses:
                continue
            held = with_shares(tuple(covering), tuple(helping), shares, maintenance)
            if held is not None:
                best = min(best, total + sum(losses) + held)
    return best


@cache
def with_shares(covering, helping, shares, maintenance):
    """Least requirement of the shares with options against them; each lot takes one sold, one bought, or a collar."""
    if not maintenance:
        return 0.5 * shares * SPOT if shares >= 0 else 1.5 * -shares * SPOT
    plain = 0.25 * SPOT if shares >= 0 else 0.30 * SPOT
    if not covering:
        used = sum(
            min(plain, 0.1 * o.strike + max(0.0, SPOT - o.strike if o.kind == "put" else o.strike - SPOT))
            for o in helping
        )
        left = abs(shares) - 100 * len(helping)
        return None if left < 0 else 100 * used + plain * left
    sold, rest = covering[0], covering[1:]
    alone = 0.25 * min(SPOT, sold.strike) if sold.kind == "call" else 0.30 * max(SPOT, sold.strike)
    step = 100 if shares > 0 else -100
    best = with_shares(rest, helping, shares - step, maintenance) if abs(shares) >= 100 else None
    best = None if best is None else best + 100 * alone
    for n, bought in enumerate(helping):
        if bought.expiry != sold.expiry:
            continue
        if sold.kind == "call" and bought.strike < sold.strike:
            asked = min(0.1 * bought.strike + max(0.0, SPOT - bought.strike), 0.25 * sold.strike)
        elif bought.strike == sold.strike:
            asked = 0.1 * sold.strike + (max(0.0, sold.strike - SPOT) if sold.kind == "put" else 0.0)
        else:
            continue
        other = with_shares(rest, helping[:n] + helping[n + 1 :], shares - step, maintenance)
        if other is not None:
            best = min(best if best is not None else float("inf"), other + 100 * asked)
    return best


def account(rng):
    longs, shorts = [], []
    for pile, most in ((longs, 3), (shorts, 4)):
        for _ in range(rng.randint(0 if pile is longs else 1, most)):
            pile.append(
                Option(
                    root="XYZ",
                    expiry=rng.choice(DAYS),
                    kind=rng.choice(("call", "put")),
                    strike=float(rng.choice(range(80, 121, 5))),
                )
            )
    longs = [o for o in longs if o not in shorts]
    premiums = {o: round(rng.uniform(0.05, 15.0), 2) for o in (*longs, *shorts)}
    return longs, shorts, premiums, rng.choice((0, 0, 100, 250, -100, -200))


@pytest.mark.parametrize("seed", range(120))
def test_no_other_pairing_asks_for_less(seed):
    longs, shorts, premiums, shares = account(random.Random(seed))
    legs = [Leg(contracts=1, option=o, premium=premiums[o]) for o in longs]
    legs += [Leg(contracts=-1, option=o, premium=premiums[o]) for o in shorts]
    asked = reg_t(legs, spot=SPOT, shares={"XYZ": shares})
    paid = sum(100 * premiums[o] for o in longs)
    # both add the same cents, one in fractions, the other in doubles
    assert asked.initial_usd - paid == pytest.approx(
        brute_force(longs, shorts, premiums, shares, maintenance=False), abs=1e-6
    )
    assert asked.maintenance_usd == pytest.approx(
        brute_force(longs, shorts, premiums, shares, maintenance=True), abs=1e-6
    )
