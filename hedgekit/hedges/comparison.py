"""Every candidate side by side, and the one to take."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from hedgekit import units
from hedgekit.errors import DataError, InfeasibleError, InputError
from hedgekit.fees import DEFAULT_FEE
from hedgekit.hedges import CANDIDATES
from hedgekit.hedges.candidate import Candidate
from hedgekit.hedges.details import with_details
from hedgekit.hedges.goal import choose_goal
from hedgekit.hedges.money import highest_cap, highest_floor
from hedgekit.hedges.notes import (
    cheaper_but_wide,
    large_budget,
    no_cap,
    of_the_chosen,
    preset_horizon,
    quotes_left_out,
    search_stopped,
    settled_in_cash,
)
from hedgekit.hedges.optimum import DEFAULT_LEGS, Optimum, check_legs, optimise
from hedgekit.hedges.outlook import distributions, statements
from hedgekit.hedges.presets import build as build_preset
from hedgekit.hedges.presets import preset_legs, preset_problem
from hedgekit.hedges.problem import ANY_SPREAD, WIDEST_SPREAD, Problem, make_problem, pick_expiry
from hedgekit.hedges.recommend import recommend
from hedgekit.hedges.tickets import Watch
from hedgekit.market.calendar import previous_session
from hedgekit.market.inputs import Given, MarketInputs, resolve
from hedgekit.model import Chain
from hedgekit.pricing import engine_name
from hedgekit.results import Note, Result

if TYPE_CHECKING:
    from hedgekit.distributions import Distribution
    from hedgekit.hedges.portfolio import PortfolioView
    from hedgekit.hedges.what_if import WhatIfResult
    from hedgekit.model import PriceHistory


@dataclass(frozen=True, kw_only=True)
class HedgeResult(Result):
    """Candidates for one goal.

    Attributes
    ----------
    problem : Problem
    candidates : tuple of Candidate
        In the order of `hedgekit.hedges.CANDIDATES`; first the optimum where none of them is the same ticket.
    optimum : Optimum or None
        The certified best ticket of at most so many legs; None for a goal that rests on a model (delta, tail loss).
    recommended : str or None
        Name of the one to take; None when no option hedge meets the goal.
    why : str
        One sentence.
    portfolio : PortfolioView or None
        Where the shares stand for a portfolio that moves with them.
    what_if : WhatIfResult or None
        The recommended hedge before expiry, where that was asked for (`hedgekit.hedges.what_if`).
    """

    schema_name: ClassVar[str] = "hedge"

    problem: Problem
    candidates: tuple[Candidate, ...]
    optimum: Optimum | None
    recommended: str | None
    why: str
    portfolio: PortfolioView | None = None
    what_if: WhatIfResult | None = None

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        return {
            "position": {
                "shares": self.problem.shares,
                "value_usd": self.problem.value_usd,
                "floor_goal_usd": self.problem.target_usd if self.problem.goal.kind in ("floor", "cap") else None,
            },
            **({} if self.portfolio is None else {"portfolio": self.portfolio.to_dict()}),
            "candidates": [candidate.to_dict() for candidate in self.candidates],
            "recommended": self.recommended,
            "why": self.why,
            "optimum": None if self.optimum is None else self.optimum.to_dict(),
            **({} if self.what_if is None else {"what_if": self.what_if.body()}),
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one flat row a candidate."""
        rows = []
        for candidate in self.candidates:
            row = candidate.to_dict()
            row["legs"] = "; ".join(leg.written for leg in candidate.legs)
            row.update({f"hedged_{name}": value for name, value in row.pop("greeks").items()})
            row.update(row.pop("risk"))
            row["shares_sold"], row["stop_level"] = candidate.shares_sold, candidate.stop_level
            row["recommended"] = candidate.name == self.recommended
            rows.append(row)
        return rows

    def orders(self) -> list[dict[str, Any]]:
        """Return the recommended hedge as the rows of an order ticket, as `hedgekit.hedges.orders` says them.

        Raises
        ------
        InfeasibleError
            When nothing is recommended.
        """
        from hedgekit.hedges.orders import orders

        return orders(self.problem, self.require())

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
    floor: float | None = None,
    budget: float | None = None,
    zero_cost: bool = False,
    until: float | None = None,
    delta_target: float | None = None,
    cvar: float | None = None,
    measure: str = "implied",
    preset: str | None = None,
    prices: PriceHistory | None = None,
    details: bool = True,
    by: date | str | None = None,
    expiry: date | str | None = None,
    rate: Given = None,
    dividends: Given = None,
    fee: float = DEFAULT_FEE,
    min_cap: float | None = None,
    max_legs: int = DEFAULT_LEGS,
    max_spread: float = WIDEST_SPREAD,
    market: MarketInputs | None = None,
    watch: Watch | None = None,
) -> HedgeResult:
    """Size every hedge of a long share position at one expiry, at the touch.

    Parameters
    ----------
    chain : Chain
        As `hedgekit.load_chain` gives it.
    shares : int
        Shares owned.
    floor : float, optional
        Fraction of today's value to keep at expiry whatever the spot, net of the financed cost; a standard one (0.90)
        when no goal is given.
    budget : float, optional
        Most to pay, fraction of today's value: the highest floor is looked for, calls sold only at `min_cap` or above;
        with a `floor` and `min_cap` the highest cap, of that or more, at which the floor costs no more.
    zero_cost : bool
        The highest cap at which the floor costs nothing.
    until : float, optional
        The floor is to hold from this spot up only, dollars a share (below 1: fraction of the spot).
    delta_target : float, optional
        The cheapest hedge whose delta is at most this fraction of the shares'.
    cvar : float, optional
        The cheapest hedge whose average loss in the worst 5% of outcomes is at most this fraction of today's value.
    measure : {"implied", "historical"}
        The distribution for `cvar`.
    preset : str, optional
        An index strategy by its strike rule (`hedgekit.hedges.presets`), and the cheapest ticket that gives as much.
    prices : PriceHistory, optional
        Daily prices of the underlying (`hedgekit.load_prices`), for the historical distribution.
    details : bool
        Also tell each hedge's margin, assignment, and cost and tail under the implied and historical distribution.
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
    market : MarketInputs, optional
        What `hedgekit.market.inputs.resolve` gave before for this expiry, instead of `rate` and `dividends`.
    watch : callable, optional
        Told the legs being searched and the share of them done, 0 to 1. When it returns False the search stops, and
        the answer is proven for the fewer legs that were finished; a warning says so.

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
    refuse_unfit(chain)
    day = pick_expiry(chain, by=by, expiry=expiry)
    market = market or resolve(chain, (day,), rate=rate, dividends=dividends)
    check_legs(max_legs)
    goal = choose_goal(
        spot=chain.spot,
        floor=floor,
        budget=budget,
        zero_cost=zero_cost,
        until=until,
        delta_target=delta_target,
        cvar=cvar,
        measure=measure,
        preset=preset,
        min_cap=min_cap,
    )
    terms: dict[str, Any] = {
        "shares": shares,
        "expiry": day,
        "floor": goal.floor,
        "rate": market.rates[day],
        "div_yield": market.div_yields[day],
        "dividends": market.cash,
        "fee": fee,
        "min_cap": min_cap,
        "goal": goal,
    }
    problem = make_problem(chain, **terms, max_spread=max_spread)
    named: tuple[Candidate, ...] = ()
    if goal.preset is not None:
        legs = preset_legs(problem, goal.preset, chain.at(day))
        problem = preset_problem(problem, legs)
        named = (build_preset(problem, goal.preset, legs),)
    found: dict[str, Distribution] = {}
    told: list[Note] = []
    if details or goal.kind == "cvar":
        found, told = distributions(problem, chain, market, prices)
    if goal.kind == "cvar":
        if measure not in found:
            why = told[0].message if told else "give the history of the shares' prices, --prices FILE"
            raise InputError(f"--measure {measure}: {why}")
        problem = replace(problem, distribution=found[measure])
    problem, optimum = _search(problem, min_cap, max_legs, watch)
    candidates = tuple(built for built in map(_build, CANDIDATES.values(), [problem] * len(CANDIDATES)) if built)
    best = None if optimum is None else optimum.candidate(problem)
    if best is not None and all(set(best.legs) != set(other.legs) for other in candidates):
        candidates = (best, *candidates)
    candidates = (*named, *candidates)
    if details:
        candidates = with_details(problem, candidates, chain, found)
    most = max_legs if optimum is None else optimum.max_legs
    recommended, why = recommend(problem, candidates, optimum, max_legs=most)
    chosen = next((candidate for candidate in candidates if candidate.name == recommended), None)
    return HedgeResult(
        problem=problem,
        candidates=candidates,
        optimum=optimum,
        recommended=recommended,
        why=why,
        inputs={
            **problem_inputs(chain, problem, market),
            "details": details,
            "distributions": statements(found),
            "prices_source": None if prices is None else prices.source,
            "prices_sha256": None if prices is None else prices.source_sha256,
        },
        warnings=(
            *market.warnings,
            *told,
            *search_stopped(optimum),
            *settled_in_cash(chain, day),
            *preset_horizon(problem),
            *large_budget(problem),
            *quotes_left_out(chain, day, max_spread),
            *cheaper_but_wide(problem, make_problem(chain, **terms, max_spread=ANY_SPREAD)),
            *no_cap(problem),
            *(() if chosen is None else of_the_chosen(problem, chosen, market)),
        ),
    )


def _search(
    problem: Problem, min_cap: float | None, max_legs: int, watch: Watch | None
) -> tuple[Problem, Optimum | None]:
    """Answer the goal by the exact search where it can; the problem comes back with the floor or cap it found."""
    if problem.goal.kind == "budget":
        return highest_floor(problem, max_legs=max_legs, watch=watch)
    if problem.goal.kind == "cap":
        return highest_cap(problem, min_cap=min_cap, max_legs=max_legs, watch=watch)
    if problem.goal.kind == "floor":
        return problem, optimise(problem, max_legs=max_legs, watch=watch)
    return problem, None


def refuse_unfit(chain: Chain) -> None:
    """Refuse to size a trade on quotes of a day without trading, or on contracts that deliver something else.

    Raises
    ------
    DataError
        Names the day, why the market was shut, and how to use the quotes all the same; or the root of the contracts.
    """
    if chain.ticker[-1:].isdigit():
        raise DataError(
            f"{chain.source}: {chain.ticker} are adjusted or mini contracts, which deliver something else than "
            f"{units.MULTIPLIER} shares: a hedge cannot be sized in them; bring the chain of the standard contracts"
        )
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


def problem_inputs(chain: Chain, problem: Problem, market: MarketInputs) -> dict[str, Any]:
    """Return what the numbers of a problem rest on."""
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
        "floor": problem.floor if problem.goal.kind in ("floor", "cap") else None,
        "goal": problem.goal.to_dict(),
        "fee": problem.fee,
        "min_cap": problem.cap if problem.calls_allowed else None,
        "cap_for_collars": problem.cap,
        "asof": chain.asof,
        "source": chain.source,
        "source_sha256": chain.source_sha256,
        "exercise": problem.exercise,
        "day_count": "ACT/365 to the exercise cut-off in New York",
        "price_basis": "bought at the ask, sold at the bid",
        "engine": engine_name(problem.exercise, problem.dividends, problem.t_years),
        "max_spread": problem.max_spread,
        "version": __version__,
    }
