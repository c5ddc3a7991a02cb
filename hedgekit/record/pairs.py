"""Signals of ``pair status`` walked forward: the odds and the gain it promised, and what the spread then did."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np

from hedgekit import units
from hedgekit.errors import HedgekitError
from hedgekit.model import PriceHistory
from hedgekit.pairs.gate import LEVEL, gate_pvalue, gate_statistics
from hedgekit.pairs.odds import HORIZON, WITHIN
from hedgekit.pairs.status import FILLS, WINDOW, pair_status
from hedgekit.record.archive import Archive
from hedgekit.record.chapter import Chapter, Claim, Column, Table, nothing, split
from hedgekit.record.evidence import mean_of
from hedgekit.record.intervals import pairs_of

EVERY = 10
"""Sessions between looks while no position is held."""

COST_BPS = 2.0
LONGEST = HORIZON
"""Sessions after which a position is closed: as far as odds are told."""
TITLE = "Pairs: signals, their odds and what the spread then did"


def tasks(archive: Archive) -> Sequence[tuple[str, str]]:
    """Return the pairs."""
    return pairs_of(archive)


def work(archive: Archive, task: tuple[str, str]) -> list[Claim | str]:
    """Return what became of every signal of one pair."""
    long, short = task
    spells = archive.pair(long, short)
    claims: list[Claim] = []
    for spell in spells:
        free = claims[-1].until if claims else date.min
        fresh = claims_of(spell.prices, long, short)
        claims += [claim for claim in fresh if spell.holds(claim.asof) and claim.asof >= free]
    if not any(len(spell.prices) > WINDOW + 1 + LONGEST for spell in spells):
        return [f"{long}/{short}: too few days with both prices"]
    return list(claims)


def told(archive: Archive, found: Sequence[Claim | str]) -> Chapter:
    """Return the chapter."""
    claims, limits = split(found)
    pairs = len(pairs_of(archive)) - len(limits)
    if not claims:
        why = (
            f"no pair gave a signal ({pairs} looked at)"
            if pairs
            else "no two tickers have prices long enough in common"
        )
        return nothing("pairs", TITLE, why, list(limits))
    return _told(claims, list(limits), pairs)


def claims_of(prices: PriceHistory, long: str, short: str) -> Iterator[Claim]:
    """Act on every signal at the next close, and follow its line until the exit, the stop or the time limit.

    Notes
    -----
    The line of the day of the signal is kept: the spread is measured against what was promised, not against a line
    that follows it. Gains are of the long leg's dollar hedged by the elasticity, less four fills at `COST_BPS`.
    """
    days, levels = prices.levels(total=True)
    y, x = np.log(levels).T
    n, now = len(days), WINDOW + 1
    while now < n - LONGEST:
        # what the status itself would find before anything else: most looks end here
        known = gate_statistics(y[now - WINDOW : now + 1], x[now - WINDOW : now + 1], WINDOW)[-2:]
        if not all(gate_pvalue(float(one)) < LEVEL for one in known):
            now += EVERY
            continue
        try:
            status = pair_status(prices.until(days[now]), long, short, cost_bps=COST_BPS)
        except HedgekitError:
            now += EVERY
            continue
        ahead = status.odds
        if status.action not in ("buy_spread", "sell_spread") or ahead is None:
            now += EVERY
            continue
        slope, sd, side = status.elasticity, status.residual_sd, 1.0 if status.action == "buy_spread" else -1.0
        # the spread in deviations of the line of that day, which the status itself does not tell
        z = status.z + ((y - y[now]) - slope * (x - x[now])) / sd
        end, why = _end(z, now, side, status.exit_z, status.stop_z)
        half = _first(np.abs(z[now + 1 : now + LONGEST + 1]) <= 0.5 * abs(status.z))
        crossed = _first(side * z[now + 1 : now + LONGEST + 1] >= 0.0)
        cost = FILLS * units.fraction_of_basis_points(COST_BPS) * (1.0 + abs(slope))
        entry, leave = now + 1, min(end + 1, n - 1)
        gain = side * ((y[leave] - y[entry]) - slope * (x[leave] - x[entry])) - cost
        low, high = status.half_life_ci90
        yield Claim(
            key=(f"{long}/{short}", status.action),
            asof=days[now].item(),
            until=days[leave].item(),
            promised={
                "z": status.z,
                "half_life": status.half_life_days,
                "half_life_low": low,
                "half_life_high": high,
                "never": ahead.never,
                **{f"within_{days}": share for days, share in ahead.within.items()},
                **{f"walk_{days}": share for days, share in ahead.within_if_never.items()},
                "half_days": ahead.half_days,
                "exit_first": ahead.exit_first,
                "stop_first": ahead.stop_first,
                "exit_days": ahead.exit_days,
                "gain": ahead.gain,
            },
            realised={
                "half_days": half,
                "crossed_days": crossed,
                "days": float(end - now),
                "why": why,
                "gain": gain,
                "z": float(z[end]),
            },
        )
        now = leave + 1


def _end(z: np.ndarray, now: int, side: float, leave: float, stop: float) -> tuple[int, str]:
    """Return the day of the closing signal and its reason."""
    for day in range(now + 1, now + LONGEST + 1):
        against = -side * float(z[day])
        if against >= stop:
            return day, "stop"
        if against <= leave:
            return day, "exit"
    return now + LONGEST, "time"


def _first(reached: np.ndarray) -> float:
    at = np.flatnonzero(reached)
    return float(at[0] + 1) if len(at) else math.inf


def _told(claims: Sequence[Claim], limits: list[str], pairs: int) -> Chapter:
    rows = []
    for pair in dict.fromkeys(claim.key[0] for claim in claims):
        own = [claim for claim in claims if claim.key[0] == pair]
        rows.append(_row(pair, own))
    whole = _row("all", list(claims))
    odds = [_odds(claims, days) for days in WITHIN]
    last = odds[-1]
    answer = (
        f"{len(claims)} signals on {len(rows)} of {pairs} pairs: {last['happened']:.0%} crossed their line within "
        f"{LONGEST} sessions ({last['happened_low']:.0%} to {last['happened_high']:.0%}) where {last['promised']:.0%} "
        f"were promised to; {whole['exited']:.0%} reached the exit before the stop, "
        f"{whole['exit_first']:.0%} promised; mean gain {units.percent(whole['gain']):+.2f}% of the long leg against "
        f"{units.percent(whole['gain_promised']):+.2f}% promised."
    )
    limits = [
        f"a look every {EVERY} sessions, filled at the next close, {COST_BPS:g} basis points a fill, no borrow fee; "
        f"closed at the exit, the stop or after {LONGEST} sessions; in the market one position a pair",
        "within: the line of the signal's day crossed at a close; promised is the mean of the odds told on the days",
        "half way: median sessions until half the signal's distance is left, the longest when never; half said: the "
        "median of the medians told; exit said: the mean odds of exit before stop; exit, stop, time: how many ended "
        "so; gain: of the long leg's dollars, after costs",
        *(["fewer than 30 signals: their mean gain says little"] if len(claims) < 30 else []),
        *limits,
    ]
    return Chapter(
        name="pairs",
        title=TITLE,
        answer=answer,
        tables=(
            Table(
                title="Line crossed within",
                columns=(
                    Column("days", "sessions", "count"), Column("promised", "promised", "share"),
                    Column("walk", "were it a walk", "share"), Column("happened", "happened", "share"),
                    Column("happened_low", "from", "share"), Column("happened_high", "to", "share"),
                    Column("signals", "n", "count"),
                ),
                rows=tuple(odds),
            ),
            Table(
                title="By pair",
                columns=(
                    Column("pair", "pair", "text"), Column("signals", "n", "count"),
                    Column("half_said", "half said", "count"), Column("half_days", "half way", "count"),
                    Column("exit_first", "exit said", "share"), Column("exits", "exit", "count"),
                    Column("stops", "stop", "count"), Column("timed", "time", "count"),
                    Column("gain_promised", "gain said", "share"), Column("gain", "gain", "share"),
                ),
                rows=(whole, *rows),
            ),
        ),
        limits=tuple(limits),
        claims=tuple(claims),
    )  # fmt: skip


def _odds(claims: Sequence[Claim], days: int) -> dict[str, Any]:
    """Return the share of signals that crossed their line in so many sessions, and the mean of their odds."""
    came = [float(claim.realised["crossed_days"] <= days) for claim in claims]
    return {
        "days": days,
        "promised": float(np.mean([claim.promised[f"within_{days}"] for claim in claims])),
        "walk": float(np.mean([claim.promised[f"walk_{days}"] for claim in claims])),
        **mean_of(came, [claim.asof.year for claim in claims], share=True).row("happened"),
        "signals": len(claims),
    }


def _row(pair: str, own: Sequence[Claim]) -> dict[str, Any]:
    gain = mean_of([claim.realised["gain"] for claim in own], [claim.asof.year for claim in own])
    exits = sum(claim.realised["why"] == "exit" for claim in own)
    return {
        "pair": pair,
        "signals": len(own),
        "half_said": float(np.median([min(claim.promised["half_days"], LONGEST) for claim in own])),
        "half_days": float(np.median([min(claim.realised["half_days"], LONGEST) for claim in own])),
        "exit_first": float(np.mean([claim.promised["exit_first"] for claim in own])),
        "exited": exits / len(own),
        "exits": exits,
        "stops": sum(claim.realised["why"] == "stop" for claim in own),
        "timed": sum(claim.realised["why"] == "time" for claim in own),
        "gain_promised": float(np.mean([claim.promised["gain"] for claim in own])),
        **gain.row("gain"),
    }
