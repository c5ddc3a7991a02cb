"""Probabilities of finishing below, between and above levels, by three distributions, against what happened."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np

from hedgekit.distributions import Distribution, historical, implied, lognormal
from hedgekit.errors import HedgekitError
from hedgekit.market.calendar import is_session, next_session
from hedgekit.market.surface import fit
from hedgekit.market.surface.surface import Surface
from hedgekit.record.archive import Archive, Quoted
from hedgekit.record.chapter import Chapter, Claim, Column, Table, nothing, split
from hedgekit.record.evidence import FEW, mean_of, reliability
from hedgekit.record.markets import chosen, market_of, settled, unsettled

MEASURES = ("lognormal", "implied", "historical")
LEVELS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5)
"""Deviations of the log of the spot, at the chain's own vol, at which the levels stand."""

LEAST_AHEAD = 2  # days: nearer expiries are decided by the hour
HISTORY = 1260
"""Daily returns before the day that the bootstrap draws from: five years."""

BLOCK = 10.0
DRAWS = 10_000
TITLE = "Probabilities: promised against what happened"


def tasks(archive: Archive) -> Sequence[int]:
    """Return the numbers of the chains."""
    return range(len(archive.chains))


def work(archive: Archive, task: int) -> list[Claim | str]:
    """Return how often what each distribution of one chain gave a chance came true."""
    quoted = archive.chains[task]
    return list(claims_of(archive, quoted))


def told(archive: Archive, found: Sequence[Claim | str]) -> Chapter:
    """Return the chapter."""
    claims, refused = split(found)
    limits = [f"{count} left out: {why}" for why, count in refused.items()][:4]
    if not claims:
        why = "every expiry was left out" if refused else unsettled(archive)
        return nothing("probabilities", TITLE, why, limits)
    return _told(claims, limits)


def claims_of(archive: Archive, quoted: Quoted) -> Iterator[Claim | str]:
    """Make the promises of one chain: one for each expiry and level, with the probabilities that can be told."""
    ahead = tuple(sorted(chosen(quoted, least=LEAST_AHEAD)))
    known = [(day, close) for day, close in settled(archive, quoted) if day in ahead]
    if not known:
        return
    chain = quoted.chain
    part = chain.select(np.isin(chain.expiry, np.array(ahead, dtype="M8[D]")))
    try:
        surface = fit(part, market=market_of(archive, quoted, ahead))
    except HedgekitError:
        yield "chains to which no surface could be fitted"
        return
    history = archive.closes(quoted.ticker, quoted.day)
    past = np.array([]) if history is None else _returns(history.until(quoted.day).log_returns(total=False)[:, 0])
    for day, close in known:
        made = distributions_of(surface, day, past)
        if isinstance(made, str):
            yield made
            continue
        forward, t_years = surface.forward(day), surface.years_to(day)
        vol = float(surface.vol(forward, day))
        levels = [forward * math.exp(level * vol * math.sqrt(t_years)) for level in LEVELS]
        for number, level in enumerate(levels):
            yield Claim(
                key=(quoted.ticker, str(day), "below", f"{LEVELS[number]:+g}"),
                asof=quoted.day,
                until=day,
                promised={**{name: float(one.cdf(level)) for name, one in made.items()}, "level": level},
                realised={"happened": float(close <= level), "close": close},
            )
        for low, high in ((2, 6), (3, 5)):
            yield Claim(
                key=(quoted.ticker, str(day), "between", f"{LEVELS[low]:+g} {LEVELS[high]:+g}"),
                asof=quoted.day,
                until=day,
                promised={
                    **{name: one.probability(levels[low], levels[high]) for name, one in made.items()},
                    "low": levels[low],
                    "high": levels[high],
                },
                realised={"happened": float(levels[low] < close < levels[high]), "close": close},
            )


def distributions_of(surface: Surface, day: date, past: np.ndarray) -> dict[str, Distribution] | str:
    """Return the distributions of an expiry, the bootstrap only with years enough; the reason where none can be had."""
    chain = surface.chain
    forward, t_years = surface.forward(day), surface.years_to(day)
    vol = float(surface.vol(forward, day))
    if not vol > 0.0:
        return "expiries without a vol at the money"
    try:
        made: dict[str, Distribution] = {
            "lognormal": lognormal(forward, t_years, 0.0, 0.0, vol),
            "implied": implied(surface, day),
        }
    except HedgekitError:
        return "expiries without a smile"
    if len(past) >= HISTORY:
        sessions = _sessions(chain.asof.date(), day)
        made["historical"] = historical(chain.spot, past[-HISTORY:], sessions, block=BLOCK, draws=DRAWS, seed=0)
    return made


def _returns(column: np.ndarray) -> np.ndarray:
    return np.asarray(column[np.isfinite(column)])


def _sessions(start: date, end: date) -> int:
    count, day = 0, start
    while day < end:
        day = next_session(day)
        count += int(day <= end or not is_session(end))
    return max(count, 1)


def _told(claims: Sequence[Claim], limits: list[str]) -> Chapter:
    # expiries of one month share their fate, whatever the ticker and the day they were quoted
    months = [f"{claim.until:%Y-%m}" for claim in claims]
    happened = np.array([claim.realised["happened"] for claim in claims])
    rows: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    base_name = MEASURES[0]
    base = (np.array([claim.promised[base_name] for claim in claims]) - happened) ** 2
    for name in MEASURES:
        at = [i for i, claim in enumerate(claims) if name in claim.promised]
        if len(at) < len(claims):
            limits.append(
                f"{name}: {len(claims) - len(at):,} probabilities have not {HISTORY:,} daily returns before them"
            )
        if not at:
            continue
        promised, came, own = np.array([claims[i].promised[name] for i in at]), happened[at], [months[i] for i in at]
        score = (promised - came) ** 2
        for row in reliability(promised, came, own):
            inside = row["happened_low"] <= row["promised"] <= row["happened_high"]
            rows += [{"measure": name, **row, "inside": inside}]
        found, less, bias = (mean_of(one, own) for one in (score, score - base[at], came - promised))
        marks.append(
            {
                "measure": name,
                **found.row("brier"),
                **less.row("less"),
                **bias.row("bias"),
                "inside": sum(row["inside"] for row in rows if row["measure"] == name),
                "bins": sum(row["measure"] == name for row in rows),
            }
        )
    n = len(set(months))
    best = min(marks, key=lambda row: row["brier"])
    marked = ", ".join(f"{row['measure']} {row['brier']:.4f}" for row in marks)
    apart = best["measure"] != base_name and best["less_high"] < 0.0
    told_apart = (
        f"{best['measure']} the best"
        if apart
        else "differences within their error"
        if n >= FEW
        else "too few to compare"
    )
    expiries = len({(claim.key[0], claim.until) for claim in claims})
    kept = ", ".join(f"{row['measure']} {row['inside']} of {row['bins']}" for row in marks)
    answer = (
        f"{len(claims):,} probabilities at {expiries} expiries: ranges whose 95% interval holds what was "
        f"promised: {kept}. Brier scores: {marked} ({told_apart})."
    )
    tail = _tail(claims, months)
    limits = [
        f"the cases are far from independent: intervals count {n} months of expiries, each with all its tickers and "
        "days of quotes as one case; the six weeks before neighbouring months' expiries overlap",
        "lognormal and implied are pricing measures, historical five years of daily returns with their drift: none is "
        "a forecast, and one rising market flatters every drift",
        *limits,
    ]
    return Chapter(
        name="probabilities",
        title=TITLE,
        answer=answer,
        tables=(
            Table(
                title="Scores (Brier: mean squared error of the probabilities, 0 best)",
                columns=(
                    Column("measure", "measure", "text"),
                    Column("brier", "Brier", "ratio"), Column("brier_low", "low", "ratio"),
                    Column("brier_high", "high", "ratio"),
                    Column("less", "less logn.", "ratio"), Column("less_low", "low", "ratio"),
                    Column("less_high", "high", "ratio"),
                    Column("inside", "kept", "count"), Column("bins", "of", "count"),
                ),
                rows=tuple(marks),
            ),
            Table(
                title="The downside: finishing 1, 1.5 and 2 deviations below the forward",
                columns=(
                    Column("level", "level", "text"), Column("measure", "measure", "text"),
                    Column("promised", "promised", "share"), Column("happened", "happened", "share"),
                    Column("happened_low", "low", "share"), Column("happened_high", "high", "share"),
                    Column("cases", "cases", "count"), Column("clusters", "months", "count"),
                ),
                rows=tuple(tail),
            ),
            Table(
                title="Reliability: what was promised, and how often it came true",
                columns=(
                    Column("measure", "measure", "text"),
                    Column("from", "from", "share"), Column("to", "to", "share"),
                    Column("promised", "promised", "share"), Column("happened", "happened", "share"),
                    Column("happened_low", "low", "share"), Column("happened_high", "high", "share"),
                    Column("cases", "cases", "count"), Column("clusters", "months", "count"),
                ),
                rows=tuple(rows),
            ),
        ),
        limits=tuple(limits),
        claims=tuple(claims),
    )  # fmt: skip


def _tail(claims: Sequence[Claim], months: Sequence[str]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for level in LEVELS[:3]:
        below = [i for i, claim in enumerate(claims) if claim.key[2:] == ("below", f"{level:+g}")]
        for name in MEASURES:
            at = [i for i in below if name in claims[i].promised]
            if not at:
                continue
            happened = mean_of([claims[i].realised["happened"] for i in at], [months[i] for i in at], share=True)
            promised = float(np.mean([claims[i].promised[name] for i in at]))
            rows.append(
                {
                    "level": f"{level:+g} sd", "measure": name, "promised": promised, **happened.row("happened"),
                    "cases": happened.cases, "clusters": happened.clusters,
                }
            )  # fmt: skip
    return rows
