"""Touch probabilities of stops and the price they fill at, quarter by quarter, against what happened."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np

from hedgekit import units
from hedgekit.distributions.touch import touch
from hedgekit.errors import HedgekitError
from hedgekit.hedges.stop_paths import days_of, simulate
from hedgekit.model import PriceHistory
from hedgekit.record.archive import Archive
from hedgekit.record.chapter import Chapter, Claim, Column, Table, nothing, split
from hedgekit.record.evidence import mean_of, reliability

HORIZON = 63
"""Sessions a stop stands: a quarter; quarters do not overlap."""

LONGEST_QUARTER = 120
"""Calendar days that `HORIZON` sessions take at most: more is a hole in the file."""

WARM = 1260  # sessions before the first: five years
RECENT = 252
"""Returns that the lognormal's vol comes from."""

STOPS = (0.05, 0.10, 0.15, 0.20)
DRAWS, BLOCK = 4000, 10.0
TRADING_DAYS = 252
EDGES = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 1.0)
TITLE = "Stops: chance of a touch and the fill, promised against what happened"


def tasks(archive: Archive) -> Sequence[str]:
    """Return the underlyings that there are chains of, else all tickers with opens, highs and lows."""
    return sorted({quoted.ticker for quoted in archive.chains} & set(archive.histories)) or [
        ticker for ticker in archive.histories if archive.bars(ticker)
    ]


def work(archive: Archive, task: str) -> list[Claim | str]:
    """Return how often stops on one ticker were touched and where they filled."""
    spells = archive.bars(task)
    if not spells:
        return [f"{task}: no opens, highs and lows"]
    claims: list[Claim] = []
    free = date.min
    for spell in spells:
        # quarters of one file do not overlap; where another file takes over, one that would is left out
        fresh = [claim for claim in claims_of(spell.prices, task) if spell.holds(claim.asof) and claim.asof >= free]
        claims += fresh
        free = max([free, *(claim.until for claim in fresh)])
    return list(claims) or [f"{task}: fewer than {WARM + HORIZON:,} sessions"]


def told(archive: Archive, found: Sequence[Claim | str]) -> Chapter:
    """Return the chapter."""
    claims, limits = split(found)
    if not claims:
        return nothing("stops", TITLE, "no price history with opens, highs and lows is long enough", list(limits))
    return _told(claims, list(limits))


def claims_of(history: PriceHistory, ticker: str) -> Iterator[Claim]:
    """Promise each quarter's touches from the days before it, and add what came."""
    first, lowest = history.open, history.low
    assert first is not None
    assert lowest is not None
    whole = np.isfinite(history.close[:, 0]) & np.isfinite(first[:, 0]) & np.isfinite(lowest[:, 0])
    dates = history.dates[whole]
    close, start, low = (column[whole, 0] for column in (history.close, first, lowest))
    for now in range(WARM, len(dates) - HORIZON, HORIZON):
        today = dates[now]
        if (dates[now + HORIZON] - today).astype(int) > LONGEST_QUARTER:
            continue  # a hole in the file
        spot = float(close[now])
        levels = tuple(spot * (1.0 - stop) for stop in STOPS)
        moves = np.diff(np.log(close[now - RECENT : now + 1]))
        vol = float(np.nanstd(moves) * math.sqrt(TRADING_DAYS))
        try:
            paths = simulate(
                days_of(history.until(today), ticker),
                spot=spot,
                sessions=HORIZON,
                levels=levels,
                draws=DRAWS,
                block=BLOCK,
            )
        except HedgekitError:
            continue
        ahead = slice(now + 1, now + HORIZON + 1)
        for stop, level, drawn in zip(STOPS, levels, paths.stops, strict=True):
            hit = np.flatnonzero(low[ahead] <= level)
            fill = math.nan
            if len(hit):
                at = now + 1 + int(hit[0])
                fill = min(float(start[at]), level)
            below = 1.0 - drawn.fill[drawn.touched] / level
            yield Claim(
                key=(ticker, f"{stop:g}"),
                asof=today.item(),
                until=dates[now + HORIZON].item(),
                promised={
                    "lognormal": touch(spot, level, HORIZON / TRADING_DAYS, 0.0, vol).probability,
                    "historical": float(drawn.touched.mean()),
                    "below": float(below.mean()) if len(below) else math.nan,
                },
                realised={
                    "happened": float(len(hit) > 0),
                    "below": 1.0 - fill / level,
                    "back": float(close[now + HORIZON] > spot) if len(hit) else math.nan,
                },
            )


def _told(claims: Sequence[Claim], limits: list[str]) -> Chapter:
    rows: list[dict[str, Any]] = []
    ranges: list[dict[str, Any]] = []
    # two tickers of one quarter of the calendar share their fate
    quarters = [f"{claim.asof.year}-{(claim.asof.month - 1) // 3 + 1}" for claim in claims]
    for ticker, stop in dict.fromkeys(claim.key for claim in claims):
        own = [claim for claim in claims if claim.key == (ticker, stop)]
        hit = [claim for claim in own if claim.realised["happened"]]
        happened = mean_of([claim.realised["happened"] for claim in own], [c.asof for c in own], share=True)
        below = [claim.realised["below"] for claim in hit]
        promised_below = [c.promised["below"] for c in hit if not math.isnan(c.promised["below"])]
        rows.append(
            {
                "ticker": ticker,
                "stop": float(stop),
                "lognormal": float(np.mean([claim.promised["lognormal"] for claim in own])),
                "historical": float(np.mean([claim.promised["historical"] for claim in own])),
                **happened.row("happened"),
                "quarters": len(own),
                "slip_promised": float(np.mean(promised_below)) if promised_below else None,
                "slip": float(np.mean(below)) if below else None,
                "slip_worst": max(below) if below else None,
                "whipsaw": float(np.mean([claim.realised["back"] for claim in hit])) if hit else None,
            }
        )
    happened_all = np.array([claim.realised["happened"] for claim in claims])
    scores = {}
    for name in ("lognormal", "historical"):
        promised = np.array([claim.promised[name] for claim in claims])
        scores[name] = mean_of((promised - happened_all) ** 2, quarters)
        ranges += [{"measure": name, **row} for row in reliability(promised, happened_all, quarters, EDGES)]
    inside = sum(row["happened_low"] <= row["historical"] <= row["happened_high"] for row in rows)
    worst = max((row["slip_worst"] for row in rows if row["slip_worst"] is not None), default=0.0)
    said = "; ".join(f"{name} {one.value:.4f} ({one.low:.4f} to {one.high:.4f})" for name, one in scores.items())
    answer = (
        f"{len(claims):,} stops over {len(set(quarters))} quarters from {min(claim.asof for claim in claims)}: the "
        f"bootstrap's mean chance of a touch lay inside the 95% interval of what happened "
        f"for {inside} of {len(rows)}; the worst fill was "
        f"{units.percent(worst):.1f}% below its level. Brier: {said}."
    )
    limits = [
        "lognormal: no drift, the vol of the year before; historical: whole days of all the past before, drift kept",
        "a touch is a low at or below the level, the fill the open where the day opened below it; real orders may fill "
        "worse",
        *limits,
    ]
    return Chapter(
        name="stops",
        title=TITLE,
        answer=answer,
        tables=(
            Table(
                title="A quarter ahead, by level",
                columns=(
                    Column("ticker", "ticker", "text"), Column("stop", "stop", "share"),
                    Column("lognormal", "logn.", "share"), Column("historical", "boot.", "share"),
                    Column("happened", "touched", "share"), Column("happened_low", "low", "share"),
                    Column("happened_high", "high", "share"), Column("slip_promised", "said", "share"),
                    Column("slip", "slip", "share"), Column("slip_worst", "worst", "share"),
                    Column("whipsaw", "back up", "share"),
                ),
                rows=tuple(rows),
            ),
            Table(
                title="Reliability of the chance of a touch",
                columns=(
                    Column("measure", "measure", "text"), Column("from", "from", "share"), Column("to", "to", "share"),
                    Column("promised", "promised", "share"), Column("happened", "happened", "share"),
                    Column("happened_low", "low", "share"), Column("happened_high", "high", "share"),
                    Column("cases", "cases", "count"), Column("clusters", "quarters", "count"),
                ),
                rows=tuple(ranges),
            ),
        ),
        limits=tuple(limits),
        claims=tuple(claims),
    )  # fmt: skip
