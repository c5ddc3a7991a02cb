"""`scenario`: a book over spot x vol x date with tickers moving by beta, and under recorded market moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from hedgekit.errors import DataError, InputError
from hedgekit.market.inputs import Given
from hedgekit.model import Chain
from hedgekit.results import Note, Result
from hedgekit.risk.betas import Beta
from hedgekit.risk.book import Book
from hedgekit.risk.valued import GivenByTicker, ValuedBook, value_book
from hedgekit.scenarios.grid import Grid, SmileRule, VolRule, revalue
from hedgekit.scenarios.replays import REPLAYS, Replay, outlasting, replay
from hedgekit.scenarios.roll import Roll, roll_plan

if TYPE_CHECKING:
    from hedgekit.model import PriceHistory

SPOT_MOVES = (-0.30, -0.20, -0.10, -0.05, 0.0, 0.05, 0.10, 0.20)
VOL_SHOCKS = (-0.20, 0.0, 0.50)
DAYS = (0, 30)
MOST_DAYS = 3650


@dataclass(frozen=True, kw_only=True)
class ScenarioResult(Result):
    """A book under scenarios.

    Attributes
    ----------
    valued : ValuedBook
    grid : Grid
        Moves are the benchmark's; every other ticker moves by its beta.
    replays : tuple of Replay
    rolls : mapping of str to tuple of Roll
        By option held, when asked for.
    """

    schema_name: ClassVar[str] = "scenario"

    valued: ValuedBook
    grid: Grid
    replays: tuple[Replay, ...] = ()
    rolls: Mapping[str, tuple[Roll, ...]] | None = None

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        totals = self.valued.totals()
        body: dict[str, Any] = {
            "benchmark": self.valued.benchmark,
            "book": {
                **totals,
                "cash_usd": self.valued.book.cash_usd,
                "net_usd": self.valued.net_usd,
                "by_ticker": {
                    ticker: self.valued.totals(lines)
                    for ticker, lines in self.valued.groups(lambda line: line.ticker).items()
                },
                "by_expiry": {
                    str(day): self.valued.totals(lines)
                    for day, lines in self.valued.groups(
                        lambda line: line.option.expiry if line.option else "shares"
                    ).items()
                },
            },
            "grid": self.grid.to_dict(),
            "replays": [found.to_dict() for found in self.replays],
        }
        if self.rolls is not None:
            body["rolls"] = {name: [row.to_dict() for row in rows] for name, rows in self.rolls.items()}
        return body

    def records(self) -> list[dict[str, Any]]:
        """Return one row a point of the grid."""
        grid = self.grid
        return [
            {
                "date": day,
                "spot_move": float(move),
                "vol_shock": float(shock),
                "vol_rule": grid.vol_rule,
                "value_usd": float(grid.value_usd[d, i, j]),
                "pnl_usd": float(grid.pnl_usd[d, i, j]),
            }
            for d, day in enumerate(grid.dates)
            for i, move in enumerate(grid.spot_moves)
            for j, shock in enumerate(grid.vol_shocks)
        ]


def scenario(
    book: Book,
    *,
    chains: Sequence[Chain] = (),
    prices: PriceHistory | None = None,
    vol_index: PriceHistory | None = None,
    betas: Mapping[str, Beta] | None = None,
    benchmark: str = "IWM",
    rate: Given = None,
    dividends: GivenByTicker = None,
    now: datetime,
    spot_moves: Sequence[float] = SPOT_MOVES,
    vol_shocks: Sequence[float] = VOL_SHOCKS,
    vol_rule: VolRule = "relative",
    days: Sequence[int] = DAYS,
    smile: SmileRule = "sticky_strike",
    replays: Sequence[str] = (),
    roll_days: int | None = None,
) -> ScenarioResult:
    """Revalue a book over moves of a benchmark, vol shocks and days ahead, and under recorded moves.

    Parameters
    ----------
    book : Book
    chains, prices, betas, rate, dividends
        As in `hedgekit.risk.check.check`.
    vol_index : PriceHistory, optional
        Needed for replays: VIX or another index of implied vol.
    benchmark : str
        What `spot_moves` move; each other ticker moves by its beta to it.
    now : datetime
        Used when no chain says a moment.
    days : sequence of int
        Calendar days ahead; 0 is at once.
    replays : sequence of str
        Names of `hedgekit.scenarios.REPLAYS`; "all" for all that the files cover.
    roll_days : int, optional
        Also price rolling every option to a new one with so many days.

    Raises
    ------
    DataError
        A line of the book that cannot be valued, or a file that does not cover a replay that was named.
    InputError
        A ticker without a beta, or an argument out of range.
    """
    asof = max((chain.asof for chain in chains), default=now)
    known = (
        None if prices is None else prices.until(asof.date())
    )  # betas and prices of then; replays see the whole file
    wants_smile = smile == "sticky_delta" or roll_days is not None
    valued = value_book(
        book,
        chains=chains,
        prices=known,
        betas=betas,
        benchmark=benchmark,
        rate=rate,
        dividends=dividends,
        asof=asof,
        with_smiles=wants_smile,
    )
    if valued.problems:
        bad = valued.problems
        more = f"; and {len(bad) - 3} more" if len(bad) > 3 else ""
        raise DataError(
            f"{book.source}: {len(bad)} of {len(valued.lines)} lines cannot be valued: "
            f"{'; '.join(line.problem for line in bad[:3])}{more}"
        )
    if not book.positions:
        raise InputError(f"{book.source}: only cash: no move of spot or vol changes it")
    without = [ticker for ticker in book.tickers if ticker not in valued.betas]
    if without:
        raise InputError(f"{', '.join(without)}: no beta to {benchmark}: give --betas or --prices")
    if any(not 0 <= day <= MOST_DAYS for day in days):
        raise InputError(f"days {', '.join(map(str, days))}: expected 0 to {MOST_DAYS:,} days ahead")
    if roll_days is not None and not 0 < roll_days <= MOST_DAYS:
        raise InputError(f"roll {roll_days}: expected 1 to {MOST_DAYS:,} days")
    own = {ticker: valued.betas[ticker].value for ticker in book.tickers}
    grid = revalue(
        valued.holdings(),
        valued.underlyings,
        spot_moves=list(spot_moves),
        betas=own,
        vol_shocks=list(vol_shocks),
        vol_rule=vol_rule,
        dates=[asof.date() + timedelta(days=day) for day in days],
        smile=smile,
        cash_usd=book.cash_usd,
    )
    found, notes = _replays(valued, prices, vol_index, own, replays, smile)
    return ScenarioResult(
        valued=valued,
        grid=grid,
        replays=found,
        rolls=None if roll_days is None else _rolls(valued, roll_days),
        inputs=_inputs(valued, prices, vol_index, asof),
        warnings=(*valued.notes, *grid.warnings, *notes),
    )


def _replays(
    valued: ValuedBook,
    prices: PriceHistory | None,
    vol_index: PriceHistory | None,
    betas: Mapping[str, float],
    names: Sequence[str],
    smile: SmileRule,
) -> tuple[tuple[Replay, ...], tuple[Note, ...]]:
    """Run the windows asked for; of "all", those the files do not cover are told and left out."""
    if not names:
        return (), ()
    if prices is None or vol_index is None:
        raise InputError("replays need the recorded prices (--prices) and vols (--vol-index, such as VIX)")
    everything = "all" in names
    found, notes = [], []
    for name in REPLAYS if everything else names:
        try:
            found.append(
                replay(
                    valued.holdings(),
                    valued.underlyings,
                    prices,
                    vol_index,
                    window=name,
                    betas=betas,
                    benchmark=valued.benchmark,
                    smile=smile,
                )
            )
        except DataError as error:
            if not everything:
                raise
            notes.append(Note("replay_not_covered", f"replay {name} is left out: {error}"))
    days_left = [
        (line.option.expiry - valued.underlyings[line.ticker].asof.date()).days for line in valued.lines if line.option
    ]
    return tuple(found), (*notes, *outlasting(found, days_left))


def _rolls(valued: ValuedBook, roll_days: int) -> dict[str, tuple[Roll, ...]]:
    plans = {}
    for line, holding in zip(valued.lines, valued.holdings(), strict=True):
        if line.option is not None:
            plans[line.name] = roll_plan(holding, valued.underlyings[line.ticker], tenor_days=roll_days)
    return plans


def _inputs(
    valued: ValuedBook, prices: PriceHistory | None, vol_index: PriceHistory | None, asof: datetime
) -> dict[str, Any]:
    from hedgekit import __version__

    def file(history: PriceHistory | None) -> dict[str, Any] | None:
        if history is None:
            return None
        last: date = history.dates[-1].item()
        return {"source": history.source, "source_sha256": history.source_sha256, "last_day": last}

    return {
        "asof": asof,
        "book": valued.book.source,
        "book_sha256": valued.book.source_sha256,
        "chains": [
            {
                "ticker": ticker,
                "source": chain.source,
                "source_sha256": chain.source_sha256,
                "asof": chain.asof,
                "spot": chain.spot,
            }
            for ticker, chain in sorted(valued.chains.items())
        ],
        "prices": file(prices),
        "vol_index": file(vol_index),
        "betas": {
            ticker: {"beta": beta.value, "low": beta.low, "high": beta.high, "basis": beta.basis}
            for ticker, beta in sorted(valued.betas.items())
        },
        "exercise": "american (index options european)",
        "pnl": "model value at the mid less the same now; nothing discounted",
        "version": __version__,
    }
