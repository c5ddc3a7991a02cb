"""The recommended hedge before expiry: wealth over spot, vol and date, recorded moves and rolls, beside the shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import numpy.typing as npt

from hedgekit.distributions.odds import Odds, odds_at
from hedgekit.errors import DataError, HedgekitError, InputError
from hedgekit.hedges.candidate import Candidate
from hedgekit.hedges.comparison import HedgeResult
from hedgekit.hedges.outlook import implied_of, wealth_of
from hedgekit.hedges.problem import Problem
from hedgekit.market.inputs import Given, MarketInputs, resolve
from hedgekit.model import Chain
from hedgekit.payoff import growth
from hedgekit.results import Note, Result
from hedgekit.scenarios import (
    REPLAYS,
    Grid,
    Holding,
    Replay,
    Roll,
    Underlying,
    holdings_of,
    replay,
    revalue,
    roll_plan,
    underlying_of,
)
from hedgekit.scenarios.grid import SmileRule, VolRule, elapsed_years
from hedgekit.scenarios.replays import outlasting

if TYPE_CHECKING:
    from hedgekit.model import PriceHistory

SPOT_MOVES: Final = tuple(round(0.025 * step, 3) for step in range(-16, 11))
"""From 40% down to 25% up; the strikes are added, where the lines bend."""

VOL_SHOCKS: Final = (-0.40, -0.20, 0.0, 0.25, 0.50, 1.0)
"""Relative: 0.25 takes a vol of 20% to 25%."""

FEW_MOVES: Final = (-0.30, -0.20, -0.10, -0.05, 0.0, 0.05, 0.10, 0.20)
FEW_SHOCKS: Final = (-0.20, 0.0, 0.50)
FEW_STEPS: Final = 2
"""What a table has room for."""

STEPS: Final = 4
"""Dates between now and expiry, both shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One recorded window applied to the hedged position and to the shares alone.

    Attributes
    ----------
    hedged, alone : Replay
        At the mid, from today's mid: what the hedge cost above its mid is not in it.
    """

    hedged: Replay
    alone: Replay

    def to_dict(self) -> dict[str, Any]:
        """Return the hedged replay, with the shares alone beside it."""
        hedged, alone = self.hedged.to_dict(), self.alone.to_dict()
        worst = alone["worst"]
        hedged["unhedged_worst_usd"] = None if worst is None else worst["pnl_usd"]
        hedged["unhedged_end_usd"] = alone["end_pnl_usd"]
        hedged["unhedged_usd"] = alone["pnl_usd"]
        return hedged


@dataclass(frozen=True, kw_only=True)
class WhatIfResult(Result):
    """Gain or loss of a hedged position over spot x vol x date.

    Attributes
    ----------
    name : str
        The candidate.
    spot : float
    value_usd : float
        Today's value of the shares: what gains and losses are measured from.
    grid : Grid
        Shares and options revalued.
    pnl_usd : ndarray of float64, shape (dates, spots, vols)
        Value of shares and options, less today's value of the shares, less the cost carried to the date.
    unhedged_usd : ndarray of float64, shape (spots,)
        The shares alone.
    replays : tuple of Replayed
        Recorded windows, where histories of price and vol were given.
    rolls : mapping of str to tuple of Roll
        For each leg, what rolling it costs at several days left.
    marks : tuple of (str, float)
        Spots worth knowing: the strikes, and where the hedged position breaks even at expiry.
    floor_usd : float or None
        Gain or loss at the candidate's floor; None for a stop, which promises none.
    odds : Odds or None
        Where the quotes say the spot may end at expiry; None where it was not asked or they imply no distribution.
    """

    schema_name: ClassVar[str] = "hedge_what_if"

    name: str
    spot: float
    value_usd: float
    grid: Grid
    pnl_usd: Any
    unhedged_usd: Any
    replays: tuple[Replayed, ...] = ()
    rolls: Mapping[str, tuple[Roll, ...]] | None = None
    marks: tuple[tuple[str, float], ...] = ()
    floor_usd: float | None = None
    odds: Odds | None = None

    def body(self) -> dict[str, Any]:
        """Return the cube and its axes."""
        return {
            "name": self.name,
            "spot": self.spot,
            "value_usd": self.value_usd,
            "says": "Gain or loss of the hedged position against today's value of the shares, its cost paid.",
            "spot_moves": self.grid.spot_moves,
            "spots": [self.spot * (1.0 + float(move)) for move in self.grid.spot_moves],
            "marks": [{"name": name, "spot": spot} for name, spot in self.marks],
            "floor_usd": self.floor_usd,
            "vol_shocks": self.grid.vol_shocks,
            "vol_rule": self.grid.vol_rule,
            "smile_rule": self.grid.smile,
            "dates": self.grid.dates,
            "pnl_usd": self.pnl_usd,
            "unhedged_usd": self.unhedged_usd,
            "odds": self.odds,
            "replays": [found.to_dict() for found in self.replays],
            "rolls": {name: [roll.to_dict() for roll in plan] for name, plan in (self.rolls or {}).items()},
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one row a point."""
        return [
            {
                "date": day,
                "spot_move": float(move),
                "vol_shock": float(shock),
                "pnl_usd": float(self.pnl_usd[d, i, j]),
                "unhedged_usd": float(self.unhedged_usd[i]),
            }
            for d, day in enumerate(self.grid.dates)
            for i, move in enumerate(self.grid.spot_moves)
            for j, shock in enumerate(self.grid.vol_shocks)
        ]


def what_if(
    chain: Chain,
    result: HedgeResult,
    *,
    name: str | None = None,
    rate: Given = None,
    dividends: Given = None,
    spot_moves: tuple[float, ...] | None = None,
    vol_shocks: tuple[float, ...] = VOL_SHOCKS,
    vol_rule: VolRule = "relative",
    smile: SmileRule = "sticky_strike",
    steps: int = STEPS,
    prices: PriceHistory | None = None,
    vol_index: PriceHistory | None = None,
    with_rolls: bool = False,
    with_odds: bool = False,
) -> WhatIfResult:
    """Revalue one candidate over spot, vol and date by full pricing, under recorded moves, and when rolled.

    Parameters
    ----------
    chain : Chain
    result : HedgeResult
        From `hedgekit.compare` on that chain.
    name : str, optional
        The candidate; the recommended one when not given.
    rate, dividends
        As given to `hedgekit.compare`.
    spot_moves : tuple of float
        Fractions of the spot, ascending.  [default: `SPOT_MOVES` and the strikes]
    vol_shocks : tuple of float
    vol_rule : {"relative", "absolute"}
    smile : {"sticky_strike", "sticky_delta"}
    steps : int
        Stretches of time to expiry whose ends are shown.
    prices, vol_index : PriceHistory, optional
        Recorded closes of the underlying and of a vol index such as VIX: with both, every window of
        `hedgekit.scenarios.REPLAYS` that they cover is replayed.
    with_rolls : bool
        Also price rolling each leg to a new one of as many days.
    with_odds : bool
        Also fit the smile of the expiry for where the spot may end.

    Returns
    -------
    WhatIfResult
        Gains and losses are after the cost at the touch, carried at the rate; dividends received are left out, as in
        the floor.

    Raises
    ------
    InputError
        When no candidate is recommended and none is named.
    """
    chosen = name or result.recommended
    if chosen is None:
        raise InputError("no hedge meets the goal: name the candidate to revalue")
    candidate = result.named(chosen)
    problem = result.problem
    smiles = with_rolls or smile == "sticky_delta"
    marks = _marks(candidate)
    moves = spot_moves or tuple(sorted({*SPOT_MOVES, *(at / problem.spot - 1.0 for _, at in marks)}))
    inputs = resolve(chain, [problem.expiry], rate=rate, dividends=dividends)
    market = underlying_of(chain, [problem.expiry], market=inputs, with_smiles=smiles)
    holdings = holdings_of(chain, market, candidate.legs, shares=candidate.shares)
    start = chain.asof.date()
    days = sorted({start + timedelta(days=round(problem.days * step / steps)) for step in range(steps + 1)})
    grid = revalue(
        holdings,
        {chain.ticker: market},
        spot_moves=list(moves),
        vol_shocks=list(vol_shocks),
        vol_rule=vol_rule,
        smile=smile,
        dates=days,
        cash_usd=(candidate.shares_sold or 0) * problem.spot,
    )
    elapsed = [elapsed_years({chain.ticker: market}, day) for day in days]
    cost = candidate.cost_usd
    carried = np.array([cost * growth(problem.rate, t) if cost > 0.0 else cost for t in elapsed])
    received = np.array([candidate.shares * sum(amount for when, amount in market.cash if when <= t) for t in elapsed])
    pnl = grid.value_usd - problem.value_usd - (carried + received)[:, None, None]
    notes = list(grid.warnings)
    replays: tuple[Replayed, ...] = ()
    if prices is not None and vol_index is not None:
        replays, told = _replays(holdings, market, problem.shares, prices, vol_index, smile)
        notes += told
        notes += outlasting([one.hedged for one in replays], [problem.days for _ in candidate.legs])
    rolls = None
    if with_rolls:
        rolls = {
            str(held): roll_plan(held, market, tenor_days=problem.days, fee=problem.fee)
            for held in holdings
            if held.option is not None and held.vol == held.vol
        }
    if grid.unknown:
        notes.append(Note("not_valued", f"no vol and so no value before expiry: {', '.join(grid.unknown)}"))
    odds = None
    if with_odds:
        odds, told = _odds(problem, candidate, chain, inputs, problem.spot * (1.0 + np.array(grid.spot_moves)))
        notes += told
    return WhatIfResult(
        name=chosen,
        spot=problem.spot,
        value_usd=problem.value_usd,
        grid=grid,
        pnl_usd=pnl,
        unhedged_usd=np.array([problem.shares * problem.spot * move for move in grid.spot_moves]),
        replays=replays,
        rolls=rolls,
        marks=marks,
        floor_usd=None if candidate.stop_level is not None else candidate.floor_usd - problem.value_usd,
        odds=odds,
        inputs={
            **result.inputs,
            "vols": f"each option at the vol of its own mid; shocks {vol_rule}; {smile.replace('_', ' ')}",
            "cost": "at the touch with fees, carried to the date at the rate when paid",
        },
        warnings=tuple(notes),
    )


def _replays(
    holdings: tuple[Holding, ...],
    market: Underlying,
    shares: int,
    prices: PriceHistory,
    vol_index: PriceHistory,
    smile: SmileRule,
) -> tuple[tuple[Replayed, ...], list[Note]]:
    """Replay every window that the files cover; the others are told."""
    alone = (Holding(ticker=market.ticker, quantity=shares),)
    found, notes = [], []
    for window in REPLAYS:
        try:
            hedged, bare = (
                replay(held, {market.ticker: market}, prices, vol_index, window=window, smile=smile)
                for held in (holdings, alone)
            )
        except DataError as error:
            notes.append(Note("replay_not_covered", f"replay {window} is left out: {error}"))
            continue
        found.append(Replayed(hedged=hedged, alone=bare))
        notes += hedged.warnings
    return tuple(found), notes


def _marks(candidate: Candidate) -> tuple[tuple[str, float], ...]:
    """Return the strikes, and where the hedged position breaks even at expiry."""
    marks = [("strike", strike) for strike in sorted({leg.option.strike for leg in candidate.legs})]
    if candidate.breakeven_spot is not None:
        marks.append(("break-even", candidate.breakeven_spot))
    return tuple(marks)


def _odds(
    problem: Problem, candidate: Candidate, chain: Chain, market: MarketInputs, spots: npt.NDArray[np.float64]
) -> tuple[Odds | None, list[Note]]:
    """Return where the quotes say the spot may end, or why they do not tell."""
    try:
        ends = implied_of(problem, chain, market)
    except HedgekitError as error:
        return None, [Note("no_implied_distribution", str(error))]
    gain = ends.probability_above(wealth_of(problem, candidate), problem.value_usd)
    return odds_at(ends, spots, gain=gain), []
