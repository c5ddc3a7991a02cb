"""What a hedge gives up and what it leaves in the tail, under each named distribution of the spot at expiry.

``expected cost = E[wealth of the shares alone] - E[wealth of the hedged position]`` and ``CVaR`` the average wealth in
the worst 5% of outcomes, both exact over the piecewise-linear payoff. Neither is ever optimised for the floor: under
the distribution that the chain itself implies every hedge costs about its friction, so that one says what the quotes
charge, and the historical one what the past would have paid back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from hedgekit import units
from hedgekit.errors import DataError, HedgekitError, InputError
from hedgekit.hedges.candidate import Candidate
from hedgekit.hedges.goal import CVAR_LEVEL
from hedgekit.hedges.problem import Problem
from hedgekit.market.calendar import is_session
from hedgekit.market.inputs import MarketInputs
from hedgekit.model import Chain
from hedgekit.payoff import PiecewiseLinear, carried_exact, exact, expiry_wealth, total_cost
from hedgekit.results import Note

if TYPE_CHECKING:
    from hedgekit.distributions import Distribution
    from hedgekit.model import PriceHistory

BLOCK = 10.0
"""Mean sessions of a block of the bootstrap: calm and stormy spells stay together."""

SEED = 20_260_617
LEAST_RETURNS = 250
STALE_DAYS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """One hedge under one distribution.

    Attributes
    ----------
    expected_cost_usd : float
        Expected wealth of the shares alone less that of the hedged position, dollars at expiry.
    cvar_loss_usd, cvar_loss_pct : float
        Average loss against today's value in the worst 5% of outcomes, dollars and percent; negative for a gain.
    """

    expected_cost_usd: float
    cvar_loss_usd: float
    cvar_loss_pct: float


def wealth_of(problem: Problem, hedge: Candidate) -> PiecewiseLinear:
    """Return wealth at expiry of the shares kept, the cash of those sold and the legs, after the financed cost."""
    sold = problem.shares - hedge.shares
    paid = carried_exact(total_cost(hedge.legs, problem.fee), problem.rate, problem.t_years)
    return expiry_wealth(hedge.shares, hedge.legs).minus(paid - sold * exact(problem.spot))


def outlook(problem: Problem, wealth: PiecewiseLinear, distribution: Distribution) -> Outlook:
    """Return what a position gives up, and its tail, under one distribution.

    Parameters
    ----------
    problem : Problem
    wealth : PiecewiseLinear
        Of the hedged position at expiry, dollars.
    distribution : Distribution
        Of the spot at expiry.
    """
    alone = problem.shares * distribution.mean
    loss = problem.value_usd - distribution.cvar(wealth, CVAR_LEVEL)
    return Outlook(
        expected_cost_usd=alone - distribution.expect(wealth),
        cvar_loss_usd=loss,
        cvar_loss_pct=units.percent(loss / problem.value_usd),
    )


def distributions(
    problem: Problem, chain: Chain, market: MarketInputs, prices: PriceHistory | None
) -> tuple[dict[str, Distribution], list[Note]]:
    """Return the distributions of the spot at expiry by name, and what must be known of them.

    Parameters
    ----------
    problem : Problem
    chain : Chain
        For the one that the quotes imply.
    market : MarketInputs
    prices : PriceHistory or None
        Daily prices of the underlying, for the historical one.

    Raises
    ------
    DataError
        A history too short to tell.
    InputError
        A history without the underlying.
    """
    found: dict[str, Distribution] = {}
    notes: list[Note] = []
    try:
        found["implied"] = implied_of(problem, chain, market)
    except HedgekitError as error:
        # too few quotes: what a hedge costs and keeps does not rest on them
        notes.append(Note("no_implied_distribution", str(error)))
    if prices is not None:
        found["historical"], told = historical_of(problem, chain, prices)
        notes += told
    return found, notes


def implied_of(problem: Problem, chain: Chain, market: MarketInputs) -> Distribution:
    """Return the distribution that the quotes of the expiry imply."""
    from hedgekit.distributions import implied
    from hedgekit.market.surface import fit

    return implied(fit(chain.at(problem.expiry), market=market), problem.expiry)


def historical_of(problem: Problem, chain: Chain, prices: PriceHistory) -> tuple[Distribution, list[Note]]:
    """Return the stationary bootstrap of past daily price returns over the sessions to expiry.

    Raises
    ------
    DataError
        A history too short to tell.
    InputError
        A history without the underlying.
    """
    from hedgekit.distributions import historical

    day = chain.asof.date()
    past = prices.select([chain.ticker]).until(day)
    returns = past.log_returns(total=False)[:, 0]
    returns = returns[returns == returns]
    sessions = max(1, _sessions(day, problem.expiry))
    if len(returns) < max(LEAST_RETURNS, sessions):
        raise DataError(
            f"{prices.source}: {len(returns)} daily returns of {chain.ticker} up to {day}; the historical distribution "
            f"of {sessions} sessions needs {max(LEAST_RETURNS, sessions)} or more"
        )
    notes = []
    age = (day - past.dates[-1].astype(object)).days
    if age > STALE_DAYS:
        message = f"the price history ends on {past.dates[-1]}, {age} days before the quotes"
        notes.append(Note("history_old", message))
    made = historical(problem.spot, returns, sessions, seed=SEED, block=BLOCK)
    return made, notes


def _sessions(start: date, end: date) -> int:
    """Count the sessions after a day up to and including another."""
    if end < start:
        raise InputError(f"expiry {end} lies before {start}")
    return sum(is_session(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def statements(found: dict[str, Distribution]) -> dict[str, str]:
    """Return what each distribution is, in words."""
    return {name: distribution.statement for name, distribution in found.items()}


def outlooks(
    problem: Problem, hedges: Sequence[Candidate], found: dict[str, Distribution]
) -> list[dict[str, dict[str, Any]]]:
    """Return every hedge under every distribution; a stop ends on the way and has none."""
    rows = []
    for hedge in hedges:
        row: dict[str, dict[str, Any]] = {}
        if hedge.stop_level is None:
            wealth = wealth_of(problem, hedge)
            for name, distribution in found.items():
                seen = outlook(problem, wealth, distribution)
                row[name] = {field: getattr(seen, field) for field in Outlook.__slots__}
        rows.append(row)
    return rows
