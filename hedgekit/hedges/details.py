"""The rest of each hedge's page: margin, assignment, and what it gives up under the named distributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hedgekit.hedges.candidate import Candidate
from hedgekit.hedges.outlook import outlooks
from hedgekit.hedges.problem import Problem
from hedgekit.model import Chain
from hedgekit.results import plain

if TYPE_CHECKING:
    from hedgekit.distributions import Distribution


def with_details(
    problem: Problem, candidates: Sequence[Candidate], chain: Chain, found: dict[str, Distribution]
) -> tuple[Candidate, ...]:
    """Return the hedges with margin, assignment and outlook filled in.

    Parameters
    ----------
    problem : Problem
    candidates : sequence of Candidate
    chain : Chain
    found : dict of Distribution
        Of the spot at expiry, by name.
    """
    seen = outlooks(problem, candidates, found)
    made = []
    for candidate, row in zip(candidates, seen, strict=True):
        margin = margin_of(problem, candidate, chain)
        made.append(
            replace(
                candidate,
                margin=margin,
                margin_usd=margin["initial_usd"],
                outlook=row,
                assignment=assignment_of(problem, candidate, chain),
            )
        )
    return tuple(made)


def margin_of(problem: Problem, candidate: Candidate, chain: Chain) -> dict[str, Any]:
    """Return the Reg T requirement of the shares kept with the hedge, as JSON's own types."""
    from hedgekit.margin import hedge_margin

    found = hedge_margin(
        candidate.legs, ticker=chain.ticker, shares=candidate.shares, spot=problem.spot, asof=chain.asof
    )
    return found.to_dict()


def assignment_of(problem: Problem, candidate: Candidate, chain: Chain) -> tuple[dict[str, Any], ...]:
    """Return for each short leg whether and when a holder should exercise; empty without short legs."""
    if not any(leg.contracts < 0 for leg in candidate.legs):
        return ()
    from hedgekit.margin.assignment import assignment_ledger

    lines = assignment_ledger(
        candidate.legs,
        spot=problem.spot,
        asof=chain.asof,
        rate=problem.rate,
        div_yield=problem.div_yield,
        dividends=problem.dividends or None,
        shares=candidate.shares,
        chain=chain,
    )
    return tuple(plain(line) for line in lines)
