"""`book`: what is held, in dollars: lines, greeks by ticker and expiry, beta-weighted with an interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from hedgekit.market.inputs import Given
from hedgekit.model import Chain
from hedgekit.results import Note, Result
from hedgekit.risk.betas import Beta
from hedgekit.risk.book import Book
from hedgekit.risk.line import Line
from hedgekit.risk.valued import GivenByTicker, ValuedBook, value_book

if TYPE_CHECKING:
    from hedgekit.model import PriceHistory


@dataclass(frozen=True, kw_only=True)
class BookResult(Result):
    """A valued book; a sum over a line that is not known is null.

    Attributes
    ----------
    valued : ValuedBook
    """

    schema_name: ClassVar[str] = "book"

    valued: ValuedBook

    @property
    def unknown(self) -> tuple[Line, ...]:
        """The lines that cannot be valued."""
        return self.valued.problems

    @property
    def known_usd(self) -> float:
        """What the other lines and the cash come to at the touch, dollars."""
        return math.fsum([self.valued.book.cash_usd, *(x.value_usd for x in self.valued.lines if not x.problem)])

    def body(self) -> dict[str, Any]:
        """Return lines, totals and groups."""
        valued = self.valued
        return {
            "benchmark": valued.benchmark,
            "cash_usd": valued.book.cash_usd,
            "net_usd": valued.net_usd,
            "mid_usd": valued.mid_usd,
            "unknown_lines": len(self.unknown),
            "known_usd": self.known_usd,
            "totals": valued.totals(),
            "by_ticker": self.groups("ticker"),
            "by_expiry": self.groups("expiry"),
            "by_account": {
                name: {**row, "cash_usd": valued.book.cash_by_account[name]}
                for name, row in self.groups("account").items()
            },
            "lines": self.records(),
        }

    def groups(self, what: str) -> dict[str, dict[str, Any]]:
        """Return totals by ticker, expiry ("shares" for shares) or account."""
        keys = {
            "ticker": lambda line: line.ticker,
            "expiry": lambda line: line.option.expiry if line.option else "shares",
            "account": lambda line: line.position.account,
        }
        return {str(key): self.valued.totals(lines) for key, lines in self.valued.groups(keys[what]).items()}

    def records(self) -> list[dict[str, Any]]:
        """Return one row a line."""
        return [line.to_dict() for line in self.valued.lines]


def survey_book(
    book: Book,
    *,
    chains: Sequence[Chain] = (),
    prices: PriceHistory | None = None,
    betas: Mapping[str, Beta] | None = None,
    benchmark: str = "IWM",
    rate: Given = None,
    dividends: GivenByTicker = None,
    now: datetime,
) -> BookResult:
    """Value a book and sum it up.

    Parameters
    ----------
    book, chains, prices, betas, benchmark, rate, dividends
        As in `hedgekit.risk.valued.value_book`.
    now : datetime
        Used when no chain says a moment.
    """
    from hedgekit import __version__

    asof = max((chain.asof for chain in chains), default=now)
    valued = value_book(
        book,
        chains=chains,
        prices=None if prices is None else prices.until(asof.date()),
        betas=betas,
        benchmark=benchmark,
        rate=rate,
        dividends=dividends,
        asof=asof,
    )
    unknown = [Note("line_unknown", f"{line.position.where}: {line.problem}") for line in valued.problems]
    without = [ticker for ticker in book.tickers if ticker not in valued.betas]
    if without:
        unknown.append(Note("no_beta", f"no beta to {benchmark}: {', '.join(without)}: give --betas or --prices"))
    return BookResult(
        valued=valued,
        inputs={
            "asof": asof,
            "book": book.source,
            "book_sha256": book.source_sha256,
            "chains": [
                {
                    "ticker": ticker,
                    "source": chain.source,
                    "source_sha256": chain.source_sha256,
                    "asof": chain.asof,
                    "spot": chain.spot,
                    "rate_source": valued.underlyings[ticker].rate_source if ticker in valued.underlyings else None,
                }
                for ticker, chain in sorted(valued.chains.items())
            ],
            "betas": {
                ticker: {"beta": beta.value, "low": beta.low, "high": beta.high, "basis": beta.basis}
                for ticker, beta in sorted(valued.betas.items())
            },
            "marks": "the bid of what is long, the ask of what is short; greeks at the mid",
            "version": __version__,
        },
        warnings=(*unknown, *valued.notes),
    )
