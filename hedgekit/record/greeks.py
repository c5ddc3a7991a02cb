"""A day's change of quotes against what the greeks of the day before said of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from hedgekit import units
from hedgekit.errors import HedgekitError
from hedgekit.market.surface import fit
from hedgekit.market.vols import solve
from hedgekit.model import BoolArray, Chain, Flag, FloatArray
from hedgekit.record.archive import Archive, Quoted
from hedgekit.record.chapter import Chapter, Claim, Column, Table, nothing, split
from hedgekit.record.evidence import mean_of
from hedgekit.record.markets import market_of

LONGEST_STEP = 5
"""Calendar days between two chains of an underlying for them to be a day apart: a weekend and a holiday."""

LEAST_DAYS = 4.0
"""Days left below which a quote is mostly noise to a Taylor series."""

REACH = 0.15
"""Strikes within this fraction of the spot."""

BAD = Flag.CROSSED | Flag.ZERO_BID | Flag.NO_ASK | Flag.WIDE | Flag.DUPLICATE | Flag.EXPIRED | Flag.NON_STANDARD
BAD |= Flag.BELOW_INTRINSIC | Flag.ABOVE_MAXIMUM | Flag.STALE

MONEYNESS = ((-REACH, -0.05), (-0.05, -0.02), (-0.02, 0.02), (0.02, 0.05), (0.05, REACH))
TENORS = ((LEAST_DAYS, 14.0), (14.0, 45.0), (45.0, 120.0), (120.0, 1000.0))
ENOUGH_DAYS = 60
UNTOLD = "days left out: their vols or surface could not be told"
TITLE = "Greeks and surface: a day's change of quotes explained"

RULES = {
    "delta": "delta alone",
    "sticky strike": "delta, gamma, theta; each strike keeps its vol",
    "sticky delta": "the same and vega: each delta keeps its vol",
    "own vol": "the same with the vol the quote then had (after the fact)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Quotes of two chains a day apart, shape (n,): dollars a share.

    Attributes
    ----------
    moneyness, days : ndarray
        Strike over spot less one (the first day's); days left.
    change, spread : ndarray
        Of the mid; the first day's ask less bid.
    said : mapping of rule to ndarray
    """

    ticker: str
    start: date
    end: date
    symbols: tuple[str, ...]
    moneyness: FloatArray
    days: FloatArray
    change: FloatArray
    spread: FloatArray
    said: dict[str, FloatArray]


def tasks(archive: Archive) -> Sequence[tuple[Quoted, Quoted]]:
    """Return the chains of an underlying that are a day apart."""
    return _pairs(archive.chains)


def work(archive: Archive, task: tuple[Quoted, Quoted]) -> list[Step | str]:
    """Return how much of one day's change of quotes the greeks explain."""
    try:
        step = step_of(archive, *task)
    except HedgekitError:
        return [UNTOLD]
    return [] if step is None else [step]


def told(archive: Archive, found: Sequence[Step | str]) -> Chapter:
    """Return the chapter."""
    steps, refused = split(found)
    limits = [f"{count} {why}" for why, count in refused.items()]
    if not steps:
        return nothing("greeks", TITLE, "no two chains of an underlying are a day apart", limits)
    return _told(steps, limits)


def _pairs(chains: Sequence[Quoted]) -> list[tuple[Quoted, Quoted]]:
    last: dict[str, Quoted] = {}
    found = []
    for quoted in chains:
        before = last.get(quoted.ticker)
        if before is not None and 0 < (quoted.day - before.day).days <= LONGEST_STEP:
            found.append((before, quoted))
        last[quoted.ticker] = quoted
    return found


def step_of(archive: Archive, before: Quoted, after: Quoted) -> Step | None:
    """Return what the greeks of one day said of the next, and what came; None without quotes in both.

    Raises
    ------
    HedgekitError
        Where the first day's vols cannot be told.

    Notes
    -----
    ``delta dS + gamma dS^2 / 2 + theta dt + vega dvol``: dvol is 0 (sticky strike), what the first day's surface moved
    to the new spot says of the strike (sticky delta), or what the quote's own vol then did (own vol).
    """
    old, new = _usable(before.chain), _usable(after.chain)
    old = old.select(np.isin(old.symbol, new.symbol))
    if not len(old):
        return None
    expiries = tuple(old.expiries)
    full = before.chain.select(np.isin(before.chain.expiry, np.array(expiries, dtype="M8[D]")))
    market = market_of(archive, before, expiries)
    band = solve(old, market)
    moved = fit(full, market=market)
    order = np.argsort(new.symbol)
    rows = order[np.searchsorted(new.symbol[order], old.symbol)]
    ds = after.chain.spot - before.chain.spot
    dt = old.t_years - new.t_years[rows]
    change = new.mid[rows] - old.mid
    now = solve(new.select(rows), market_of(archive, after, tuple(new.select(rows).expiries)))
    shift = np.full(len(old), np.nan)
    there = moved.moved(after.chain.spot, "sticky_delta")
    for day in expiries:
        at = np.flatnonzero(old.expiry == np.datetime64(day))
        shift[at] = there.vol(old.strike[at], day) - moved.vol(old.strike[at], day)
    g = band.greeks
    plain = g.delta * ds + 0.5 * g.gamma * ds * ds + g.theta * dt
    said = {
        "delta": g.delta * ds,
        "sticky strike": plain,
        "sticky delta": plain + g.vega * shift,
        "own vol": plain + g.vega * (now.mid - band.mid),
    }
    good = np.isfinite(change) & np.all([np.isfinite(column) for column in said.values()], axis=0)
    if not good.any():
        return None
    return Step(
        ticker=before.ticker,
        start=before.day,
        end=after.day,
        symbols=tuple(old.symbol[good].tolist()),
        moneyness=(old.strike / before.chain.spot - 1.0)[good],
        days=np.array([units.days(t) for t in old.t_years[good]]),
        change=change[good],
        spread=(old.ask - old.bid)[good],
        said={name: column[good] for name, column in said.items()},
    )


def _usable(chain: Chain) -> Chain:
    """Return the quotes that can be compared: two-sided, unflagged, near the spot, out of the money."""
    near = np.abs(chain.strike / chain.spot - 1.0) <= REACH
    out = chain.kind * (chain.strike - chain.spot) >= -0.02 * chain.spot
    good: BoolArray = near & out & ((chain.flags & BAD) == 0) & (chain.t_years > units.years(LEAST_DAYS))
    good &= (chain.bid > 0.0) & (chain.ask > chain.bid)
    return chain.select(good)


def explained(change: FloatArray, said: FloatArray) -> float:
    """Return the share of the squared change that was said: 1 - sum (change - said)^2 / sum change^2."""
    whole = float(np.sum(change * change))
    return 1.0 - float(np.sum((change - said) ** 2)) / whole if whole > 0.0 else math.nan


def _told(steps: Sequence[Step], limits: list[str]) -> Chapter:
    change = np.concatenate([step.change for step in steps])
    spread = np.concatenate([step.spread for step in steps])
    said = {rule: np.concatenate([step.said[rule] for step in steps]) for rule in RULES}
    moneyness = np.concatenate([step.moneyness for step in steps])
    days = np.concatenate([step.days for step in steps])
    # two tickers of one day share their fate
    cluster = [f"{step.end}" for step in steps for _ in step.symbols]
    rules: list[dict[str, Any]] = []
    for rule, words in RULES.items():
        left = change - said[rule]
        by_day = [explained(step.change, step.said[rule]) for step in steps]
        inside = mean_of((np.abs(left) <= 0.5 * spread).astype(float), cluster, share=True)
        bias = mean_of(left, cluster)
        rules.append(
            {
                "rule": rule, "words": words, "explained": explained(change, said[rule]),
                "worst_day": min(by_day), "median_day": float(np.median(by_day)),
                "rms": float(np.sqrt(np.mean(left * left))), "bias": bias.value, "bias_low": bias.low,
                "bias_high": bias.high, **inside.row("within_half_spread"),
            }
        )  # fmt: skip
    cells = []
    for low, high in TENORS:
        for left_edge, right_edge in MONEYNESS:
            at = (days >= low) & (days < high) & (moneyness >= left_edge) & (moneyness < right_edge)
            if not at.any():
                continue
            cells.append(
                {
                    "days": f"{low:g} to {high:g}" if high < 1000.0 else f"{low:g} on",
                    "strike": f"{units.percent(left_edge):+.0f} to {units.percent(right_edge):+.0f}%",
                    "quotes": int(at.sum()),
                    "change": float(np.sqrt(np.mean(change[at] ** 2))),
                    **{
                        rule.replace(" ", "_"): float(np.sqrt(np.mean((change - said[rule])[at] ** 2)))
                        for rule in RULES
                    },
                    "spread": float(np.median(spread[at])),
                }
            )
    named = {row["rule"]: row for row in rules}
    strike, delta, own = (named[name]["explained"] for name in ("sticky strike", "sticky delta", "own vol"))
    tickers = ", ".join(sorted({step.ticker for step in steps}))
    answer = (
        f"{len(change):,} changes of {tickers} quotes, {len(steps)} pairs of days: sticky strike explains "
        f"{units.percent(strike):.1f}% of their square, sticky delta {units.percent(delta):.1f}%; with each quote's "
        f"own new vol {units.percent(own):.1f}% (what is left is the greeks' own error)."
    )
    claims = tuple(
        Claim(
            key=(step.ticker, symbol),
            asof=step.start,
            until=step.end,
            # the new spot is given to the rules: what they promise is the change for that spot
            promised={rule: float(step.said[rule][i]) for rule in ("sticky strike", "sticky delta")},
            realised={"change": float(step.change[i])},
        )
        for step in steps
        for i, symbol in enumerate(step.symbols)
    )
    days_seen = len({step.end for step in steps})
    if days_seen < ENOUGH_DAYS:
        limits.append(f"{days_seen} days of {tickers}: too few to say which rule holds in a fall")
    limits.append("median, worst: of days; rms and mean: dollars a share left unexplained; half spread: left within it")
    limits.append("the next day's spot is given to every rule; vols, greeks and surface are those of the day before")
    limits.append("mids of unflagged two-sided quotes within 15% of the spot, out of the money, 4 days or more left")
    return Chapter(
        name="greeks",
        title=TITLE,
        answer=answer,
        tables=(
            Table(
                title="Share of the squared change explained",
                columns=(
                    Column("rule", "rule", "text"), Column("explained", "all days", "share"),
                    Column("median_day", "median", "share"), Column("worst_day", "worst", "share"),
                    Column("rms", "rms $"), Column("bias", "mean $"),
                    Column("within_half_spread", "half spread", "share"),
                ),
                rows=tuple(rules),
            ),
            Table(
                title="What is left (rms, dollars a share) by days left and strike",
                columns=(
                    Column("days", "days", "text"), Column("strike", "strike", "text"),
                    Column("quotes", "quotes", "count"), Column("change", "change"),
                    Column("delta", "delta"), Column("sticky_strike", "st.str."),
                    Column("sticky_delta", "st.del."), Column("own_vol", "own vol"), Column("spread", "spread"),
                ),
                rows=tuple(cells),
            ),
        ),
        limits=tuple(limits),
        claims=claims,
    )  # fmt: skip
