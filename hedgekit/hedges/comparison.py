"""Every candidate side by side, and the one to take."""

from __future__ import annotations

import importlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from hedgekit import units
from hedgekit.errors import DataError, InfeasibleError, InputError
from hedgekit.hedges import CANDIDATES
from hedgekit.hedges.candidate import Candidate
from hedgekit.hedges.optimum import DEFAULT_LEGS, LEAST_SAVING_USD, Optimum, least_saving, optimise
from hedgekit.hedges.problem import (
    ANY_SPREAD,
    DEFAULT_FEE,
    STANDARD_FLOOR,
    WIDEST_SPREAD,
    Problem,
    left_out,
    make_problem,
    pick_expiry,
)
from hedgekit.hedges.sizing import size_puts
from hedgekit.market.calendar import previous_session
from hedgekit.market.inputs import Given, MarketInputs, resolve
from hedgekit.market.parity import NEUTRAL_RATE, RATE_MARGIN
from hedgekit.model import Chain, Leg
from hedgekit.payoff import carried, total_cost
from hedgekit.pricing import engine_name
from hedgekit.results import Note, Result


@dataclass(frozen=True, kw_only=True)
class HedgeResult(Result):
    """Candidates for one goal.

    Attributes
    ----------
    problem : Problem
    candidates : tuple of Candidate
        In the order of `hedgekit.hedges.CANDIDATES`; first the optimum where none of them is the same ticket.
    optimum : Optimum
        The certified cheapest ticket of at most so many legs.
    recommended : str or None
        Name of the one to take; None when no option hedge meets the goal.
    why : str
        One sentence.
    """

    schema_name: ClassVar[str] = "hedge"

    problem: Problem
    candidates: tuple[Candidate, ...]
    optimum: Optimum
    recommended: str | None
    why: str

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        return {
            "position": {
                "shares": self.problem.shares,
                "value_usd": self.problem.value_usd,
                "floor_goal_usd": self.problem.target_usd,
            },
            "candidates": [candidate.to_dict() for candidate in self.candidates],
            "recommended": self.recommended,
            "why": self.why,
            "optimum": self.optimum.to_dict(),
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one flat row a candidate."""
        rows = []
        for candidate in self.candidates:
            row = candidate.to_dict()
            row["legs"] = "; ".join(
                f"{leg.contracts:+d} {leg.option.compact} @{leg.premium:g}" for leg in candidate.legs
            )
            row.update({f"hedged_{name}": value for name, value in row.pop("greeks").items()})
            row.update(row.pop("risk"))
            row["shares_sold"], row["stop_level"] = candidate.shares_sold, candidate.stop_level
            row["recommended"] = candidate.name == self.recommended
            rows.append(row)
        return rows

    def __repr__(self) -> str:
        names = ", ".join(candidate.name for candidate in self.candidates)
        return f"HedgeResult(recommended={self.recommended!r}, candidates: {names})"

    def named(self, name: str) -> Candidate:
        """Return one candidate.

        Raises
        ------
        KeyError
            When the chain had nothing to build it from.
        """
        for candidate in self.candidates:
            if candidate.name == name:
                return candidate
        raise KeyError(name)

    def require(self) -> Candidate:
        """Return the recommended candidate.

        Raises
        ------
        InfeasibleError
            When no option hedge meets the goal; names the nearest floor that can be had.
        """
        if self.recommended is None:
            raise InfeasibleError(self.why)
        return self.named(self.recommended)


def compare(
    chain: Chain,
    *,
    shares: int,
    floor: float = STANDARD_FLOOR,
    by: date | str | None = None,
    expiry: date | str | None = None,
    rate: Given = None,
    dividends: Given = None,
    fee: float = DEFAULT_FEE,
    min_cap: float | None = None,
    max_legs: int = DEFAULT_LEGS,
    max_spread: float = WIDEST_SPREAD,
) -> HedgeResult:
    """Size every hedge of a long share position at one expiry, at the touch.

    Parameters
    ----------
    chain : Chain
        As `hedgekit.load_chain` gives it.
    shares : int
        Shares owned.
    floor : float
        Fraction of today's value to keep at expiry whatever the spot, net of the financed cost.
    by, expiry : datetime.date
        The first listed expiry on or after `by`, or exactly `expiry`.
    rate : float or path, optional
        Continuously compounded a year, or a Treasury curve file; inferred from the chain when not given.
    dividends : float or path, optional
        Yield a year, or a CSV of cash dividends; the yield the chain implies when not given.
    fee : float
        Dollars a contract.
    min_cap : float, optional
        Calls may be sold at this fraction of the spot or above, and a hedge that sells them recommended.
    max_legs : int
        Most distinct contracts of the optimum.
    max_spread : float
        Quotes with a spread above this fraction of their mid are not traded on.

    Returns
    -------
    HedgeResult

    Raises
    ------
    InputError
        A bad argument.
    DataError
        A chain taken while the market was closed, or with nothing to trade.

    Examples
    --------
    >>> import hedgekit as hk
    >>> from datetime import date
    >>> chain = hk.load_chain("examples/data/iwm.json")  # doctest: +SKIP
    >>> hk.compare(chain, shares=1700, floor=0.9, by=date(2027, 1, 15)).recommended  # doctest: +SKIP
    'optimum'
    """
    if not isinstance(chain, Chain):
        raise InputError(f"chain {chain!r}: expected a Chain, as hedgekit.load_chain gives it")
    refuse_closed(chain)
    day = pick_expiry(chain, by=by, expiry=expiry)
    market = resolve(chain, (day,), rate=rate, dividends=dividends)
    goal: dict[str, Any] = {
        "shares": shares,
        "expiry": day,
        "floor": floor,
        "rate": market.rates[day],
        "div_yield": market.div_yields[day],
        "dividends": market.cash,
        "fee": fee,
        "min_cap": min_cap,
    }
    problem = make_problem(chain, **goal, max_spread=max_spread)
    candidates = tuple(built for built in map(_build, CANDIDATES.values(), [problem] * len(CANDIDATES)) if built)
    optimum = optimise(problem, max_legs=max_legs)
    best = optimum.candidate(problem)
    if best is not None and all(set(best.legs) != set(other.legs) for other in candidates):
        candidates = (best, *candidates)
    recommended, why = _recommend(problem, candidates, optimum)
    chosen = next((candidate for candidate in candidates if candidate.name == recommended), None)
    return HedgeResult(
        problem=problem,
        candidates=candidates,
        optimum=optimum,
        recommended=recommended,
        why=why,
        inputs={**_inputs(chain, problem, market), "max_spread": max_spread},
        warnings=(
            *market.warnings,
            *_left_out(chain, day, max_spread),
            *_cheaper_but_wide(problem, make_problem(chain, **goal, max_spread=ANY_SPREAD)),
            *_no_cap(problem),
            *(() if chosen is None else _of_the_chosen(problem, chosen, market)),
        ),
    )


def refuse_closed(chain: Chain) -> None:
    """Refuse to size a trade on quotes of a day without trading.

    Raises
    ------
    DataError
        Names the day, why the market was shut, and how to use the quotes all the same.
    """
    if chain.market_closed:
        last = previous_session(chain.asof.date())
        raise DataError(
            f"{chain.source}: quoted on {chain.asof:%a %Y-%m-%d}, when the market was shut ({chain.closed_reason}): "
            f"these are the quotes of {last:%a %Y-%m-%d}. Bring a newer file, or use them as of then: --asof {last}"
        )


def _build(home: str, problem: Problem) -> Candidate | None:
    module, function = home.split(":")
    built: Candidate | None = getattr(importlib.import_module(module), function)(problem)
    return built


def _recommend(problem: Problem, candidates: Sequence[Candidate], optimum: Optimum) -> tuple[str | None, str]:
    """Cheapest option hedge that meets the goal; one that sells calls only when a cap was named."""
    hedges = [c for c in candidates if c.legs]
    charge = float(least_saving(problem))

    def charged(candidate: Candidate) -> tuple[float, int]:
        return candidate.cost_usd + charge * len(candidate.legs), len(candidate.legs)

    few = [c for c in hedges if len(c.legs) <= optimum.max_legs]
    allowed = [c for c in few if problem.calls_allowed or not _sells_calls(c)]
    meeting = sorted((c for c in allowed if c.meets_goal), key=charged)
    others = sorted((c for c in hedges if c.meets_goal and _sells_calls(c) and not problem.calls_allowed), key=charged)
    if meeting:
        chosen = meeting[0]
        why = (
            f"{chosen.name}: the cheapest option hedge whose floor holds at every spot, when a further leg must save "
            f"${charge:,.0f}"
        )
        if others and others[0].cost_usd < chosen.cost_usd:
            saved = chosen.cost_usd - others[0].cost_usd
            why += f"; a {others[0].name} would save ${saved:,.0f} and {_given_up(others[0], problem)}"
        return chosen.name, why
    limit = f"of up to {optimum.max_legs} leg{'s' if optimum.max_legs > 1 else ''} "
    upside = "" if problem.calls_allowed else "that keeps the upside "
    why = f"no option hedge of {problem.expiry} {limit}{upside}holds "
    why += f"{units.percent(problem.floor):g}% at the touch"
    best = optimum.highest
    if best is None:
        return None, f"{why}: nothing can be built from this chain"
    nearest = math.floor(best.floor_pct * units.PERCENT) / units.PERCENT
    why += (
        f": the nearest feasible floor is {nearest:.2f}% ({ticket_text(best.legs)}, cost ${best.cost_usd:,.0f}); "
        f"ask for --floor {units.fraction(nearest):.4f} or less, or hold cash"
    )
    if others:
        why += f"; a {others[0].name} holds it for ${others[0].cost_usd:,.0f} and would {_given_up(others[0], problem)}"
    return None, why


def _sells_calls(candidate: Candidate) -> bool:
    """Whether gains are given up: recommended only to those who named the cap."""
    return any(leg.contracts < 0 and leg.option.kind == "call" for leg in candidate.legs)


def _given_up(candidate: Candidate, problem: Problem) -> str:
    """Say what selling the calls gives up, and how to allow it."""
    gains = (
        "sell the gains of its covered shares"
        if candidate.cap_pct is None
        else f"cap wealth at {candidate.cap_pct:.1f}%"
    )
    return f"{gains}: allow it with --min-cap {problem.cap:g}"


def ticket_text(legs: Sequence[Leg]) -> str:
    """Say legs as orders: "buy 17 x 272 put, sell 17 x 318 call"."""
    return ", ".join(
        f"{'buy' if leg.contracts > 0 else 'sell'} {abs(leg.contracts)} x {leg.option.strike:g} {leg.option.kind}"
        for leg in legs
    )


def _left_out(chain: Chain, day: date, max_spread: float) -> list[Note]:
    """Say how many quotes of the expiry are not traded on, and why."""
    counts = left_out(chain.at(day), max_spread=max_spread)
    if not counts:
        return []
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in counts.items())
    return [Note("quotes_left_out", f"quotes of {day} not traded on: {reasons}")]


def _cheaper_but_wide(problem: Problem, wide: Problem) -> list[Note]:
    """Say when a put that is quoted too wide to be traded on would hold the floor for less."""
    ours, theirs = size_puts(problem), size_puts(wide)
    if theirs is None or not theirs.meets:
        return []
    leg = wide.puts.bought(theirs.row, theirs.contracts)
    cost = float(total_cost([leg], wide.fee))
    if ours is not None and ours.meets:
        present = float(total_cost([problem.puts.bought(ours.row, ours.contracts)], problem.fee))
        if cost > present - LEAST_SAVING_USD:
            return []
    bid = float(wide.puts.bid[theirs.row])
    message = (
        f"{leg.contracts} x {leg.option.strike:g} put at {leg.premium:g} would hold the floor for ${cost:,.0f}, but is "
        f"quoted {bid:g}/{leg.premium:g}, too wide to trade on: --max-spread allows it"
    )
    return [Note("wide_quote_cheaper", message)]


def _no_cap(problem: Problem) -> list[Note]:
    """Say why there is no collar."""
    if (
        not problem.calls_allowed
        or not problem.most_calls
        or problem.calls.first_at_or_above(problem.cap * problem.spot) is not None
    ):
        return []
    level = units.percent(problem.cap)
    return [Note("no_call_to_sell", f"no call at {level:g}% of the spot or above can be traded on: no collar")]


def _of_the_chosen(problem: Problem, chosen: Candidate, market: MarketInputs) -> list[Note]:
    """Return what must be known of the recommended hedge."""
    return [*_more_than_owned(chosen), *_size_warnings(chosen), *_at_a_higher_rate(problem, chosen, market)]


def _more_than_owned(chosen: Candidate) -> list[Note]:
    """Say when the puts cover more shares than are owned: then they also bet on a fall."""
    bought = sum(leg.contracts * leg.option.multiplier for leg in chosen.legs if leg.option.kind == "put")
    if bought <= chosen.shares:
        return []
    owned = f"{chosen.shares:,} {'is' if chosen.shares == 1 else 'are'} owned"
    message = f"the puts bought cover {bought:,} shares, {owned}: they also bet on a fall"
    return [Note("more_puts_than_shares", message)]


def _at_a_higher_rate(problem: Problem, chosen: Candidate, market: MarketInputs) -> list[Note]:
    """Say what the floor is when the assumed rate is at the upper end of its range."""
    if "rate_assumed" not in [note.slug for note in market.warnings]:
        return []
    high = NEUTRAL_RATE + RATE_MARGIN
    floor = chosen.floor_usd + chosen.carried_usd - carried(chosen.cost_usd, high, problem.t_years)
    kept = units.percent(floor / problem.value_usd)
    message = f"financed at {units.percent(high):g}%, not the assumed rate, the recommended hedge keeps {kept:.2f}%"
    return [Note("floor_at_higher_rate", message)]


def _size_warnings(chosen: Candidate) -> list[Note]:
    """Say where the recommended hedge needs more than is displayed."""
    short = [
        f"{shown:.0f} of {abs(leg.contracts)} x {leg.option.strike:g} {leg.option.kind}"
        for leg in chosen.legs
        if (shown := chosen.displayed[leg.option.compact]) is not None and shown < abs(leg.contracts)
    ]
    if not short:
        return []
    message = f"displayed size at the touch covers {', '.join(short)}: the rest may cost more"
    return [Note("displayed_size", message)]


def _inputs(chain: Chain, problem: Problem, market: MarketInputs) -> dict[str, Any]:
    from hedgekit import __version__

    day = problem.expiry
    return {
        "ticker": chain.ticker,
        "spot": chain.spot,
        "spot_source": chain.spot_source,
        "file_spot": chain.file_spot,
        "rate": problem.rate,
        "rate_source": market.rate_source,
        "div_yield": problem.div_yield,
        "dividends": problem.dividends,
        "dividends_source": market.dividends_source,
        "t_years": problem.t_years,
        "days": problem.days,
        "expiry": day,
        "floor": problem.floor,
        "fee": problem.fee,
        "min_cap": problem.cap if problem.calls_allowed else None,
        "cap_for_collars": problem.cap,
        "asof": chain.asof,
        "source": chain.source,
        "source_sha256": chain.source_sha256,
        "exercise": "american",
        "day_count": "ACT/365 to the exercise cut-off in New York",
        "price_basis": "bought at the ask, sold at the bid",
        "engine": engine_name("american", problem.dividends, problem.t_years),
        "version": __version__,
    }
