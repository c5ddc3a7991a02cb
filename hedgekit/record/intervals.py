"""Hedge ratios a year later: is the next year's in the interval, and did hedges remove what they said."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np

from hedgekit.errors import HedgekitError
from hedgekit.model import PriceHistory
from hedgekit.pairs.effectiveness import Walk, effectiveness, walk_forward
from hedgekit.pairs.ratios import ESTIMATORS, estimator, fitted
from hedgekit.pairs.ratios.fit import Estimator, dollars
from hedgekit.pairs.sample import Pair, pair_of
from hedgekit.record.archive import Archive
from hedgekit.record.chapter import Chapter, Claim, Column, Kind, Table, nothing, split
from hedgekit.record.evidence import mean_of

WINDOW = 252
HOLD = 21
PROMISE_PERIODS = 36
"""Months a promise of effectiveness rests on, and then a year that it is held against."""

YEAR_PERIODS = 12
SECTORS = ("XLB", "XLC", "XLE", "XLF", "XLI", "XLK", "XLP", "XLRE", "XLU", "XLV", "XLY")
PAIRS = (("IWM", "SPY"), ("EWA", "EWC"), ("GLD", "GDX"), ("KO", "PEP"), *((sector, "SPY") for sector in SECTORS))
"""Taken where the folder has both, before pairs of the tickers with most days."""

MOST_PAIRS = 10
TITLE = "Hedge ratios: intervals and effectiveness a year later"


def pairs_of(archive: Archive) -> list[tuple[str, str]]:
    """Return the pairs to look at: the well-known ones, filled up with those of the tickers with most days."""
    tickers = archive.tickers_with_returns()
    pairs = [pair for pair in PAIRS if set(pair) <= set(tickers)]
    for pair in combinations(tickers[:5], 2):
        if len(pairs) < MOST_PAIRS and pair not in pairs and pair[::-1] not in pairs:
            pairs.append(pair)
    return pairs


def tasks(archive: Archive) -> Sequence[tuple[str, str]]:
    """Return the pairs."""
    return pairs_of(archive)


def work(archive: Archive, task: tuple[str, str]) -> list[Claim | str]:
    """Return how each estimator's interval and effectiveness held up on one pair."""
    long, short = task
    spells = archive.pair(long, short)
    claims: list[Claim | str] = []
    why = "too few days in common"
    for spell in spells:
        try:
            claims += [claim for claim in claims_of(spell.prices, long, short) if spell.holds(claim.asof)]
        except HedgekitError as error:
            why = str(error)
    return claims or [f"{long}/{short}: {why}"]


def told(archive: Archive, found: Sequence[Claim | str]) -> Chapter:
    """Return the chapter."""
    claims, limits = split(found)
    if not claims:
        why = "no two tickers have two years of prices with dividends in common"
        return nothing("intervals", TITLE, why, list(limits))
    return _told(claims, list(limits))


def claims_of(prices: PriceHistory, long: str, short: str) -> Iterator[Claim]:
    """Promise each year's ratio from the year before, and each year's effectiveness from the three before.

    Raises
    ------
    HedgekitError
        Too few days.
    """
    pair = pair_of(prices, long, short, least_days=2 * WINDOW + 2)
    modules = {name: estimator(name) for name in ESTIMATORS}
    yield from _ratios(pair, modules)
    yield from _effective(pair, modules)


def _ratios(pair: Pair, modules: Mapping[str, Estimator]) -> Iterator[Claim]:
    """Fit every year by itself: years count from the first day, so that later days change none of them."""
    n = len(pair)
    stops = list(range(WINDOW + 1, n + 1, WINDOW))
    for name, module in modules.items():
        before: tuple[int, float, float, float, float] | None = None
        for stop in stops:
            part = pair.upto(stop).last(WINDOW)
            y, x = float(part.y[-1]), float(part.x[-1])
            try:
                fit = fitted(module, part)
            except HedgekitError:
                before = None
                continue
            # in dollars a year apart, so that prices that drifted do not count as an error
            ratio, low, high = (dollars(v, module.UNIT, y, x) for v in (fit.ratio, fit.low, fit.high))
            se = (high - low) / 3.92
            if before is not None and all(map(math.isfinite, (*before, ratio))):
                was, old, old_low, old_high, old_se = before
                wide = 1.96 * math.hypot(old_se, se) if math.isfinite(se) else math.nan
                yield Claim(
                    key=(f"{pair.long}/{pair.short}", "ratio", name),
                    asof=pair.dates[was - 1].item(),
                    until=pair.dates[stop - 1].item(),
                    promised={"ratio": old, "low": old_low, "high": old_high},
                    realised={
                        "ratio": ratio,
                        "inside": float(old_low <= ratio <= old_high),
                        "equal": float(abs(ratio - old) <= wide) if math.isfinite(wide) else math.nan,
                    },
                )
            before = (stop, ratio, low, high, se)


def _effective(pair: Pair, modules: Mapping[str, Estimator]) -> Iterator[Claim]:
    """Measure effectiveness over three years out of sample, and over the year after."""
    walk = walk_forward(pair, modules, window=WINDOW, hold=HOLD, start=min(2 * WINDOW, len(pair) // 2))
    last = int(walk.period.max()) + 1 if len(walk.period) else 0
    for cut in range(PROMISE_PERIODS, last - YEAR_PERIODS, YEAR_PERIODS):
        past = effectiveness(_part(walk, cut - PROMISE_PERIODS, cut))
        came = effectiveness(_part(walk, cut, cut + YEAR_PERIODS))
        rows = np.flatnonzero(walk.period < cut)
        ahead = np.flatnonzero(walk.period < cut + YEAR_PERIODS)
        for name, promise in past.items():
            if not (math.isfinite(promise.low) and math.isfinite(came[name].value)):
                continue
            yield Claim(
                key=(f"{pair.long}/{pair.short}", "effectiveness", name),
                asof=pair.dates[walk.days[rows[-1]]].item(),
                until=pair.dates[walk.days[ahead[-1]]].item(),
                promised={"value": promise.value, "low": promise.low, "high": promise.high},
                realised={
                    "value": came[name].value,
                    "inside": float(promise.low <= came[name].value <= promise.high),
                },
            )


def _part(walk: Walk, start: int, stop: int) -> Walk:
    kept = (walk.period >= start) & (walk.period < stop)
    return Walk(
        days=walk.days[kept],
        period=walk.period[kept] - start,
        unhedged=walk.unhedged[kept],
        hedged={name: column[kept] for name, column in walk.hedged.items()},
        ratios={name: column[start:stop] for name, column in walk.ratios.items()},
    )


def _told(claims: Sequence[Claim], limits: list[str]) -> Chapter:
    rows: list[dict[str, Any]] = []
    for name in ESTIMATORS:
        ratios = [claim for claim in claims if claim.key[1:] == ("ratio", name)]
        gains = [claim for claim in claims if claim.key[1:] == ("effectiveness", name)]
        inside = mean_of([c.realised["inside"] for c in ratios], _years(ratios), share=True)
        known = [c for c in ratios if math.isfinite(c.realised["equal"])]
        equal = mean_of([c.realised["equal"] for c in known], _years(known), share=True)
        kept = mean_of([c.realised["inside"] for c in gains], _years(gains), share=True)
        rows.append(
            {
                "name": name,
                "years": len(ratios),
                **inside.row("inside"),
                **equal.row("equal"),
                "promised": float(np.median([c.promised["value"] for c in gains])) if gains else None,
                "realised": float(np.median([c.realised["value"] for c in gains])) if gains else None,
                **kept.row("kept"),
            }
        )
    pairs = []
    for pair in dict.fromkeys(claim.key[0] for claim in claims):
        ratios = [c for c in claims if c.key == (pair, "ratio", "return_ols")]
        gains = [c for c in claims if c.key == (pair, "effectiveness", "return_ols")]
        pairs.append(
            {
                "pair": pair,
                "years": len(ratios),
                "inside": mean_of([c.realised["inside"] for c in ratios], _years(ratios), share=True).value,
                "promised": float(np.median([c.promised["value"] for c in gains])) if gains else None,
                "realised": float(np.median([c.realised["value"] for c in gains])) if gains else None,
                "worst": min((c.realised["value"] for c in gains), default=None),
            }
        )
    named = {row["name"]: row for row in rows}
    usual = named["return_ols"]
    answer = (
        f"{len(pairs)} {'pair' if len(pairs) == 1 else 'pairs'}: the next year's return regression lay inside the 95% "
        f"interval {usual['inside']:.0%} of {usual['years']} pair-years ({usual['inside_low']:.0%} to "
        f"{usual['inside_high']:.0%}); 83% would if the ratio never moved."
    )
    if usual["promised"] is not None:
        answer += (
            f" Its hedge was to remove {usual['promised']:.0%} of the variance and removed {usual['realised']:.0%} "
            "(medians)."
        )
    else:
        limits.append("too few years to hold effectiveness against the years before: it takes six")
    limits = [
        "inside: the next year's own estimate in this year's interval, both with errors: of 100 with a constant ratio "
        "83 would be; equal: both years' ratios within their joint 95% error: 95 would be; '-': no interval is claimed",
        "kept: effectiveness over the next year in the interval of that over the three years before: 67 of 100 "
        "would be if nothing moved, for a year is measured less well than three",
        "intervals of these shares count years, pairs of one year being one case; price-level ratios assume "
        "cointegration, which most of these years lack",
        *limits,
    ]
    share: Kind = "share"
    return Chapter(
        name="intervals",
        title=TITLE,
        answer=answer,
        tables=(
            Table(
                title="By estimator: the next year's ratio, and median share of variance removed",
                columns=(
                    Column("name", "estimator", "text"), Column("years", "cases", "count"),
                    Column("inside", "inside", share), Column("inside_low", "low", share),
                    Column("inside_high", "high", share), Column("equal", "equal", share),
                    Column("promised", "promised", share), Column("realised", "realised", share),
                    Column("kept", "kept", share),
                ),
                rows=tuple(rows),
            ),
            Table(
                title="By pair (return regression)",
                columns=(
                    Column("pair", "pair", "text"), Column("years", "years", "count"),
                    Column("inside", "inside", share), Column("promised", "promised", share),
                    Column("realised", "realised", share), Column("worst", "worst year", share),
                ),
                rows=tuple(pairs),
            ),
        ),
        limits=tuple(limits),
        claims=tuple(claims),
    )  # fmt: skip


def _years(claims: Sequence[Claim]) -> list[int]:
    days: list[date] = [claim.until for claim in claims]
    return [day.year for day in days]
