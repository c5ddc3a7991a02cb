"""Sectors ranked by relative strength, changed only when the rank is clearly lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import numpy as np

from hedgekit import __version__, units
from hedgekit.errors import DataError, InputError
from hedgekit.leadership.relative_strength import relative_strength
from hedgekit.model import PriceHistory
from hedgekit.results import Note, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A sector's place.

    Attributes
    ----------
    ticker : str
    rank : int or None
        1 is the strongest; None when it cannot be ranked.
    strength_percent : float or None
        Change of its total return relative to the benchmark's over the window, percent.
    held : bool
    action : {"buy", "keep", "sell", "none", "unknown"}
    why : str
    """

    ticker: str
    rank: int | None
    strength_percent: float | None
    held: bool
    action: str
    why: str


@dataclass(frozen=True, kw_only=True)
class RotationResult(Result):
    """What to hold.

    Attributes
    ----------
    asof : date
    benchmark : str
    ranking : tuple of Ranked
    hold : tuple of str
        The sectors to hold after the trades.
    """

    schema_name: ClassVar[str] = "rotate"

    asof: date
    benchmark: str
    ranking: tuple[Ranked, ...]
    hold: tuple[str, ...]

    def body(self) -> dict[str, Any]:
        """Return the ranking and what to hold."""
        return {
            "asof": self.asof,
            "benchmark": self.benchmark,
            "hold": self.hold,
            "buy": [row.ticker for row in self.ranking if row.action == "buy"],
            "sell": [row.ticker for row in self.ranking if row.action == "sell"],
            "ranking": list(self.ranking),
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one row a sector."""
        return [{name: getattr(row, name) for name in Ranked.__slots__} for row in self.ranking]


def rotate(
    prices: PriceHistory,
    *,
    benchmark: str,
    sectors: Sequence[str] | None = None,
    held: Sequence[str] = (),
    top: int = 3,
    band: int = 2,
    window: int = 126,
    asof: date | None = None,
) -> RotationResult:
    """Return the sectors to hold: the `top` strongest, a held one kept until it ranks below `top` + `band`.

    Parameters
    ----------
    prices : PriceHistory
        The sectors' and the benchmark's.
    benchmark : str
    sectors : sequence of str, optional
        Default: every other ticker of the history.
    held : sequence of str
        Sectors held now.
    top : int
        How many to hold.
    band : int
        Ranks a held sector may lose before it is sold: the no-trade band.
    window : int
        Days over which relative strength is measured.
    asof : date, optional

    Returns
    -------
    RotationResult
        A sector without a price today or `window` days ago is not ranked; a held one of those has action
        "unknown" and keeps its place, since selling it would be a guess.

    Raises
    ------
    InputError
        For a ticker without prices, or counts out of range.
    DataError
        When the history is shorter than the window.
    """
    chosen = tuple(sectors) if sectors else tuple(t for t in prices.tickers if t != benchmark)
    if not chosen:
        raise InputError(f"the prices hold {benchmark} alone: give those of the sectors to rank as well")
    for ticker in (*chosen, benchmark, *held):
        if ticker not in prices.tickers:
            raise InputError(f"no prices of {ticker}: the history has {', '.join(prices.tickers[:12])}")
    stray = [ticker for ticker in held if ticker not in chosen]
    if stray:
        raise InputError(f"held {stray[0]} is none of the sectors ranked: {', '.join(chosen)}")
    if top < 1 or band < 0 or window < 1 or top > len(chosen):
        raise InputError(
            f"top {top}, band {band}, window {window} for {len(chosen)} sectors: expected 1 <= top <= sectors, "
            "band >= 0, window >= 1"
        )
    history = prices.until(asof) if asof is not None else prices
    notes = list(history.notes)
    other = history.select((benchmark,)).total_return[:, 0]
    panel = history.select(chosen).total_return
    if not np.isfinite(other).any():
        other, panel = history.select((benchmark,)).close[:, 0], history.select(chosen).close
        notes.append(Note("not_total_return", "no dividend-adjusted prices: the ranking leaves dividends out"))
    known = np.isfinite(other)
    days, other, panel = history.dates[known], other[known], panel[known]
    if len(days) <= window:
        raise DataError(f"{len(days)} days of {benchmark}: relative strength over {window} days needs {window + 1}")
    strength = relative_strength(panel, other)
    change = units.percent(1.0) * (strength[-1] / strength[-1 - window] - 1.0)
    order = sorted((i for i in range(len(chosen)) if np.isfinite(change[i])), key=lambda i: (-change[i], chosen[i]))
    rank = {chosen[i]: place + 1 for place, i in enumerate(order)}
    blind = [ticker for ticker in chosen if ticker not in rank]
    if blind:
        notes.append(Note("not_ranked", f"no price today or {window} days ago, so not ranked: {', '.join(blind)}"))
    hold = [ticker for ticker in held if ticker in blind]
    kept = sorted((t for t in held if t in rank and rank[t] <= top + band), key=lambda t: rank[t])
    # More held than `top` are kept only as far as there is room: the band must not grow the portfolio.
    hold += kept[: max(top - len(hold), 0)]
    for ticker in rank:
        if len(hold) < top and ticker not in hold and rank[ticker] <= top:
            hold.append(ticker)
    rows = []
    for ticker in [*rank, *blind]:
        place = rank.get(ticker)
        action, why = _action(ticker, place, held, hold, top, band)
        at = chosen.index(ticker)
        rows.append(
            Ranked(
                ticker=ticker,
                rank=place,
                strength_percent=float(change[at]) if place else None,
                held=ticker in held,
                action=action,
                why=why,
            )
        )
    return RotationResult(
        asof=days[-1].astype(date),
        benchmark=benchmark,
        ranking=tuple(rows),
        hold=tuple(hold),
        inputs={
            "prices": prices.source,
            "prices_sha256": prices.source_sha256,
            "window": window,
            "top": top,
            "band": band,
            "from": days[-1 - window].astype(date),
            "version": __version__,
        },
        warnings=tuple(notes),
    )


def _action(
    ticker: str, place: int | None, held: Sequence[str], hold: Sequence[str], top: int, band: int
) -> tuple[str, str]:
    if place is None:
        return ("unknown", "held, cannot be ranked: look yourself") if ticker in held else ("none", "cannot be ranked")
    if ticker in held:
        if ticker in hold:
            return "keep", f"rank {place} is within {top} + {band}"
        return "sell", f"rank {place} is below {top + band}" if place > top + band else f"more than {top} were held"
    if ticker in hold:
        return "buy", f"rank {place}, {top} are held"
    return "none", f"rank {place}: the {top} places are taken" if place <= top else f"rank {place}"
