"""Constituents through every rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

import numpy as np

from hedgekit import __version__
from hedgekit.errors import InputError
from hedgekit.leadership.screen.facts import Facts
from hedgekit.leadership.screen.predicates import PREDICATES, Answer, Row
from hedgekit.leadership.screen.tuning import tuned
from hedgekit.model import PriceHistory
from hedgekit.results import Note, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """One ticker's answers.

    Attributes
    ----------
    ticker : str
    sector : str or None
    verdict : {"pass", "fail", "unknown"}
        "fail" when a rule says no, else "unknown" when a rule cannot know, else "pass".
    answers : dict of str to Answer
    """

    ticker: str
    sector: str | None
    verdict: str
    answers: Mapping[str, Answer]


@dataclass(frozen=True, kw_only=True)
class ScreenResult(Result):
    """Every constituent's verdict, and what failed where.

    Attributes
    ----------
    screened : tuple of Screened
        In the order of the file.
    rules : dict of str to dict
        The rules applied and their parameters.
    """

    schema_name: ClassVar[str] = "screen"

    screened: tuple[Screened, ...]
    rules: Mapping[str, Mapping[str, Any]]

    def count(self, passed: bool | None) -> dict[str, int]:
        """Return how many tickers got this answer, a rule."""
        return {rule: sum(row.answers[rule].passed is passed for row in self.screened) for rule in self.rules}

    def body(self) -> dict[str, Any]:
        """Return who passed, who cannot be judged, and counts."""
        return {
            "passed": [self._row(row) for row in self.screened if row.verdict == "pass"],
            "unknown": [self._row(row) for row in self.screened if row.verdict == "unknown"],
            "screened": len(self.screened),
            "failed_counts": self.count(False),
            "unknown_counts": self.count(None),
            "passed_counts": self.count(True),
            "rules": self.rules,
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one row a ticker, with each rule's answer and value."""
        words = {True: "pass", False: "fail", None: "unknown"}
        return [
            {
                "ticker": row.ticker,
                "sector": row.sector,
                "verdict": row.verdict,
                **{rule: words[answer.passed] for rule, answer in row.answers.items()},
                **{f"{rule}_value": answer.value for rule, answer in row.answers.items()},
            }
            for row in self.screened
        ]

    @staticmethod
    def _row(row: Screened) -> dict[str, Any]:
        return {
            "ticker": row.ticker,
            "sector": row.sector,
            "values": {rule: answer.value for rule, answer in row.answers.items()},
            "unknown": [rule for rule, answer in row.answers.items() if answer.passed is None],
            "why": {rule: answer.why for rule, answer in row.answers.items()},
        }


def screen(
    facts: Facts,
    *,
    prices: PriceHistory | None = None,
    index: str | None = None,
    rules: Mapping[str, Mapping[str, Any]] | None = None,
    asof: date | None = None,
) -> ScreenResult:
    """Return who passes every rule.

    Parameters
    ----------
    facts : Facts
    prices : PriceHistory, optional
        The tickers' and the index's; rules on prices are unknown for tickers without.
    index : str, optional
        Ticker of the index in `prices`.
    rules : mapping, optional
        From `tuned`; default: every rule with its defaults.
    asof : date, optional
        Cut prices after this day.

    Raises
    ------
    InputError
        When the index is not in the prices.
    """
    chosen = tuned(None) if rules is None else rules
    if index is not None and prices is not None and index not in prices.tickers:
        raise InputError(f"no prices of the index {index}: the history has {', '.join(prices.tickers[:12])}")
    history = prices.until(asof) if prices is not None and asof is not None else prices
    notes = [*facts.notes, *(history.notes if history else ())]
    screened = []
    for i, ticker in enumerate(facts.tickers):
        row = Row(facts={fact: values[i] for fact, values in facts.numbers.items()}, **_prices(history, ticker, index))
        answers = {rule: PREDICATES[rule](row, **chosen[rule]) for rule in chosen}
        said = {answer.passed for answer in answers.values()}
        verdict = "fail" if False in said else "unknown" if None in said else "pass"
        sector = facts.sector[i] if facts.sector else None
        screened.append(Screened(ticker=ticker, sector=sector, verdict=verdict, answers=answers))
    result = ScreenResult(
        screened=tuple(screened),
        rules=chosen,
        inputs={
            "source": facts.source,
            "source_sha256": facts.source_sha256,
            "columns": facts.columns,
            "prices": history.source if history else None,
            "prices_sha256": history.source_sha256 if history else None,
            "index": index,
            "asof": history.dates[-1].astype(date) if history and len(history.dates) else None,
            "version": __version__,
        },
    )
    if behind := _behind(history, index, facts.tickers):
        notes.append(Note("prices_end_early", behind))
    for rule, count in result.count(None).items():
        if count == len(screened):
            notes.append(
                Note(
                    "rule_unknown",
                    f"{rule} is unknown for every ticker: nothing can pass; give its data or leave it out",
                )
            )
    return replace(result, warnings=tuple(notes))


def _behind(history: PriceHistory | None, index: str | None, tickers: Sequence[str]) -> str:
    """Say when every ticker's prices end before the history does: each of its rules on prices is then unknown."""
    if history is None or not len(history.dates):
        return ""
    held = [history.tickers.index(ticker) for ticker in tickers if ticker in history.tickers and ticker != index]
    known = np.isfinite(history.close[:, held]) | np.isfinite(history.total_return[:, held])
    days = np.flatnonzero(known.any(axis=1))
    if not len(days) or days[-1] == len(history.dates) - 1:
        return ""
    last = history.dates[days[-1]].astype(date)
    return (
        f"the tickers' prices end on {last}, the history on {history.dates[-1].astype(date)}: --asof {last} judges then"
    )


def _prices(history: PriceHistory | None, ticker: str, index: str | None) -> dict[str, Any]:
    """Return one ticker's series for `Row`: total return where known, highs and lows as traded."""
    if history is None or ticker not in history.tickers:
        return {}
    at = history.tickers.index(ticker)
    total = history.total_return if np.isfinite(history.total_return[:, at]).any() else history.close
    out: dict[str, Any] = {"close": total[:, at]}
    for name in ("high", "low", "volume"):
        column = getattr(history, name)
        out[name] = None if column is None else column[:, at]
    if index is not None:
        of = history.tickers.index(index)
        out["index"] = (history.total_return if total is history.total_return else history.close)[:, of]
    return out
