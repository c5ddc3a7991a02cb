"""The cheapest hedge that keeps the floor at every spot, found by exact search over whole contracts.

The goal is the least cost now subject to the floor for every spot at expiry from zero up; what is given up is
reported, never optimised. Without further rules that always sells all the upside, or borrows through boxes, so:

* calls are sold only when the user named a cap, struck there or above, never more than the shares cover; calls
  bought never exceed calls sold;
* at every strike no more puts are sold than are bought there or above, and puts net of puts sold never exceed the
  contracts that cover the shares: a hedge, not a bet;
* at most `max_legs` distinct contracts; a further leg must save at least the larger of $25 and a basis point of the
  position;
* of equal costs, the fewest legs, then the fewest contracts, then the highest floor, then the order of the chain.

"optimal" means that no ticket under these rules is cheaper, not by the smallest unit of money: the search is a proof,
and every ticket it returns has been measured again from its legs in exact fractions.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from hedgekit import units
from hedgekit.errors import ConvergenceError, InputError
from hedgekit.hedges.dominance import needed
from hedgekit.hedges.goal import Kind
from hedgekit.hedges.problem import Problem
from hedgekit.hedges.tickets import MAX_LEGS, Watch, WholeNumbers, candidate_legs
from hedgekit.model import Leg
from hedgekit.payoff import carried_exact, exact, expiry_wealth, total_cost

if TYPE_CHECKING:
    from hedgekit.hedges.candidate import Candidate

DEFAULT_LEGS = 3
"""Two put strikes often beat the best single put, a third rarely pays, a call for the cap needs its own."""

RUNNERS_UP = 3

QUICK_LEGS = 4
"""Searches of no more legs take a second or two at most."""

LEAST_SAVING_USD = 25.0
LEAST_SAVING = Fraction(1, 10_000)
"""A further leg must save at least the larger of these: dollars, and a fraction of the position."""

RUNNER_MARGIN = Fraction(1, 200)
"""Runners-up cost at most this fraction of the position more than the cheapest ticket."""

POINT = Fraction(1, 100)
"""A point of floor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Legs that keep the rules, measured exactly.

    Attributes
    ----------
    legs : tuple of Leg
    cost_usd : float
        Premium and fees, positive when paid.
    floor_usd, floor_pct : float
        Least wealth at expiry over every spot, after the financed cost, dollars and percent of today's value.
    cap_pct : float or None
        Most wealth at or above today's spot, percent of today's value; None when there is no limit.
    cost, floor : Fraction
        Exact dollars; the floor from the level up that the search holds it to.
    floor_until_usd, floor_until_pct : float or None
        That floor, where the level is above 0; None where it is the floor over every spot.
    """

    legs: tuple[Leg, ...]
    cost_usd: float
    floor_usd: float
    floor_pct: float
    cap_pct: float | None
    cost: Fraction
    floor: Fraction
    floor_until_usd: float | None = None
    floor_until_pct: float | None = None

    @property
    def kept_pct(self) -> float:
        """What the ticket was chosen for: the floor down to the level asked for, percent of today's value."""
        return self.floor_pct if self.floor_until_pct is None else self.floor_until_pct

    def to_dict(self) -> dict[str, Any]:
        """Return the ticket as JSON-ready numbers."""
        row: dict[str, Any] = {
            "legs": [
                {"symbol": leg.option.compact, "contracts": leg.contracts, "premium": leg.premium} for leg in self.legs
            ],
            "cost_usd": self.cost_usd,
            "floor_usd": self.floor_usd,
            "floor_pct": self.floor_pct,
            "cap_pct": self.cap_pct,
        }
        if self.floor_until_usd is not None:
            row.update(floor_until_usd=self.floor_until_usd, floor_until_pct=self.floor_until_pct)
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum:
    """The answer of the exact search.

    Attributes
    ----------
    status : {"optimal", "infeasible"}
    best : Ticket or None
        The cheapest ticket (for a budget: the one with the highest floor), but for legs that save too little; None
        when no ticket meets the goal.
    runners_up : tuple of Ticket
        The next cheapest, one a set of contracts, none a superset of one before it or of `best`.
    by_legs : tuple of Ticket or None
        The cheapest (for a budget: the highest floor) of at most 1, 2, ... legs.
    next_point_usd : float or None
        What a floor one percent of today's value higher would cost more; None when it cannot be had.
    highest : Ticket or None
        When infeasible: the ticket with the highest floor that can be had.
    max_legs : int
    least_saving_usd : float
        A further leg is taken when it saves this or more, dollars.
    seconds : float
        Spent searching.
    work : dict
        What the search went through: leg sets looked at, linear programmes, dual vectors...
    goal : str
        The kind of goal, as in `hedgekit.hedges.goal`.
    legs_asked : int or None
        More than `max_legs` when the search was stopped before it was through.
    """

    status: Literal["optimal", "infeasible"]
    best: Ticket | None
    runners_up: tuple[Ticket, ...]
    by_legs: tuple[Ticket | None, ...]
    next_point_usd: float | None
    highest: Ticket | None
    max_legs: int
    least_saving_usd: float
    seconds: float
    work: dict[str, int]
    goal: Kind = "floor"
    legs_asked: int | None = None

    @property
    def legs(self) -> tuple[Leg, ...]:
        """Legs of the best ticket; empty when infeasible."""
        return self.best.legs if self.best is not None else ()

    @property
    def cost_usd(self) -> float | None:
        """Cost of the best ticket, dollars; None when infeasible."""
        return self.best.cost_usd if self.best is not None else None

    @property
    def cost_by_legs(self) -> dict[int, float | None]:
        """Least cost with at most so many legs, dollars; None where that many cannot keep the floor."""
        return {i + 1: None if ticket is None else ticket.cost_usd for i, ticket in enumerate(self.by_legs)}

    @property
    def floor_by_legs(self) -> dict[int, float | None]:
        """Floor kept with at most so many legs, percent of today's value; None where that many cannot meet the goal."""
        return {i + 1: None if ticket is None else ticket.kept_pct for i, ticket in enumerate(self.by_legs)}

    def candidate(self, problem: Problem) -> Candidate | None:
        """Return the best ticket measured like every other hedge, greeks and risk included."""
        if self.best is None:
            return None
        from hedgekit.hedges.candidate import measure

        none = f"no ticket of at most {self.max_legs} legs"
        why = {
            "budget": f"keeps {{floor}}: {none} within the budget keeps more, by what a further leg must add",
            "cap": f"keeps {{floor}}: {none} that sells calls higher costs so little",
        }.get(self.goal, f"keeps {{floor}}: {none} is cheaper by what a further leg must save")
        return measure(problem, "optimum", self.best.legs, why=why)

    def to_dict(self) -> dict[str, Any]:
        """Return the optimum as the JSON of the public contract."""
        best = self.best.to_dict() if self.best is not None else None
        return {
            "legs": [] if best is None else best["legs"],
            "cost_usd": None if best is None else best["cost_usd"],
            "floor_usd": None if best is None else best["floor_usd"],
            "floor_pct": None if best is None else best["floor_pct"],
            "cap_pct": None if best is None else best["cap_pct"],
            **{name: best[name] for name in ("floor_until_usd", "floor_until_pct") if best and name in best},
            "status": self.status,
            "seconds": self.seconds,
            "runners_up": [ticket.to_dict() for ticket in self.runners_up],
            "goal": self.goal,
            "cost_by_legs": {str(count): cost for count, cost in self.cost_by_legs.items()},
            "floor_by_legs": {str(count): floor for count, floor in self.floor_by_legs.items()},
            "next_point_usd": self.next_point_usd,
            "highest_floor": None if self.highest is None else self.highest.to_dict(),
            "max_legs": self.max_legs,
            "least_saving_usd": self.least_saving_usd,
            "work": dict(self.work),
        }


class HedgeSearch:
    """One problem, searched for several goals; what one search learns speeds up the next.

    Parameters
    ----------
    problem : Problem
    counts_within_display : bool
        Trade at most the displayed size of each contract, where the file says it.
    until : float, optional
        The floor is to hold from this spot up, dollars a share; the goal's own when not given. 0 is every spot.
    watch : callable, optional
        Told the legs being searched and the share of them done. When it returns False the search stops, and its answer
        is that for the fewer legs that were finished.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        counts_within_display: bool = False,
        until: float | None = None,
        watch: Watch | None = None,
    ) -> None:
        self.problem = problem
        self.watch = watch
        self.until = problem.until if until is None else exact(until)
        if not 0 <= self.until < exact(problem.spot):
            level = float(self.until)
            raise InputError(f"--until {level:g}: expected dollars a share from 0 to below the spot, {problem.spot:g}")
        legs = needed(candidate_legs(problem, within_display=counts_within_display), self.until, most=problem.most_puts)
        self._whole = WholeNumbers(problem, legs, lowest_spot=self.until)
        self._measured: dict[tuple[Leg, ...], Ticket] = {}

    def cheapest(
        self, *, floor: Fraction | None = None, max_legs: int = DEFAULT_LEGS, keep: int = 1
    ) -> tuple[list[Ticket], list[Ticket | None], dict[str, int]]:
        """Return the cheapest tickets that keep a floor, and the cheapest of at most 1, 2, ... legs.

        Parameters
        ----------
        floor : Fraction, optional
            Fraction of today's value; the problem's own when not given.
        max_legs, keep : int
            Most distinct legs; tickets to return.
        """
        target = self.problem.target if floor is None else floor * self.problem.value
        margin = RUNNER_MARGIN * self.problem.value
        try:
            found, by_legs, work = self._whole.run(
                target=target, max_legs=max_legs, keep=keep, margin=margin, watch=self.watch
            )
        except MemoryError:
            raise InputError(
                f"--max-legs {max_legs}: the search for {self.problem.shares:,} shares ran out of room; allow fewer "
                "legs, or split the position"
            ) from None
        best = [None if legs is None else self.ticket(legs, target=target) for legs in by_legs]
        return [self.ticket(legs, target=target) for legs in found], best, work

    def highest_floor(
        self, *, max_legs: int = DEFAULT_LEGS, budget_usd: float | Fraction | None = None
    ) -> Ticket | None:
        """Return the ticket with the highest floor, to a hundredth of a unit of money.

        Parameters
        ----------
        max_legs : int
        budget_usd : float or Fraction, optional
            Most to pay, dollars.
        """
        return self.highest_floors(max_legs=max_legs, budget_usd=budget_usd)[0][-1]

    def highest_floors(
        self, *, max_legs: int = DEFAULT_LEGS, budget_usd: float | Fraction | None = None
    ) -> tuple[list[Ticket | None], dict[str, int]]:
        """Return the tickets with the highest floor of at most 1, 2, ... legs, and the counts of the search.

        Parameters
        ----------
        max_legs : int
        budget_usd : float or Fraction, optional
            Most to pay, dollars.
        """
        budget = exact(budget_usd) if isinstance(budget_usd, float | int) else budget_usd
        _, by_legs, work = self._whole.run(target=None, max_legs=max_legs, budget=budget, watch=self.watch)
        return [None if legs is None else self.ticket(legs, target=None) for legs in by_legs], work

    def ticket(self, legs: Sequence[Leg], *, target: Fraction | None) -> Ticket:
        """Measure legs in exact fractions.

        Raises
        ------
        ConvergenceError
            When they miss the target: an error of the search, never passed on.
        """
        ticket = self._measured.get(tuple(legs)) or self._measure(tuple(legs))
        if target is not None and ticket.floor < target:
            raise ConvergenceError(f"the search returned a ticket that misses the floor: {', '.join(map(str, legs))}")
        return ticket

    def _measure(self, legs: tuple[Leg, ...]) -> Ticket:
        problem = self.problem
        cost = total_cost(legs, problem.fee)
        wealth = expiry_wealth(problem.shares, legs).minus(carried_exact(cost, problem.rate, problem.t_years))
        low, high = wealth.minimum(low=self.until), wealth.maximum(low=problem.spot)
        least = wealth.minimum()
        if low is None or least is None:
            raise ConvergenceError(f"the search returned a ticket without a floor: {', '.join(map(str, legs))}")
        ticket = Ticket(
            legs=legs,
            cost_usd=float(cost),
            floor_usd=float(least.value),
            floor_pct=units.percent(float(least.value / problem.value)),
            floor_until_usd=float(low.value) if self.until > 0 else None,
            floor_until_pct=units.percent(float(low.value / problem.value)) if self.until > 0 else None,
            cap_pct=None if high is None else units.percent(float(high.value / problem.value)),
            cost=cost,
            floor=low.value,
        )
        self._measured[legs] = ticket
        return ticket


def optimise(
    problem: Problem,
    *,
    max_legs: int = DEFAULT_LEGS,
    counts_within_display: bool = False,
    until: float | None = None,
    runners_up: int = RUNNERS_UP,
    watch: Watch | None = None,
) -> Optimum:
    """Return the cheapest ticket that keeps the problem's floor at every spot, with proof.

    Parameters
    ----------
    problem : Problem
    max_legs : int
        Most distinct contracts, 1 to 6; the time grows steeply with it.
    counts_within_display : bool
        Trade at most the displayed size of each contract, where the file says it.
    until : float, optional
        Hold the floor only from this spot up, dollars a share: a clearly weaker goal. 0 is every spot; the goal's own
        when not given.
    runners_up : int
        How many next cheapest tickets to name.
    watch : callable, optional
        As for `HedgeSearch`.

    Returns
    -------
    Optimum

    Raises
    ------
    InputError
        `max_legs` or `until` out of range.
    """
    check_legs(max_legs)
    start = time.perf_counter()
    search = HedgeSearch(problem, counts_within_display=counts_within_display, until=until, watch=watch)
    tickets, by_legs, work = search.cheapest(max_legs=max_legs, keep=runners_up + 1 + max_legs)
    asked, max_legs = max_legs, len(by_legs)
    budget = problem.budget
    affordable = [t for t in by_legs if t is not None and (budget is None or t.cost <= budget)]
    best = preferred(problem, affordable)
    if max_legs <= QUICK_LEGS:
        search.watch = None  # what is left takes no time worth stopping
    if best is None:
        highest = search.highest_floor(max_legs=max_legs, budget_usd=budget)
        next_point = None
    else:
        highest = None
        dearer = preferred(problem, search.cheapest(floor=exact(problem.floor) + POINT, max_legs=max_legs)[1])
        next_point = None if dearer is None else float(dearer.cost - best.cost)
    return Optimum(
        status="infeasible" if best is None else "optimal",
        best=best,
        runners_up=() if best is None else tuple(_others(best, tickets))[:runners_up],
        by_legs=tuple(by_legs),
        next_point_usd=next_point,
        highest=highest,
        max_legs=max_legs,
        least_saving_usd=float(least_saving(problem)),
        seconds=time.perf_counter() - start,
        work=work,
        goal=problem.goal.kind,
        legs_asked=asked,
    )


def check_legs(max_legs: int) -> None:
    """Refuse a number of legs that the search does not know.

    Raises
    ------
    InputError
    """
    if isinstance(max_legs, bool) or not 1 <= max_legs <= MAX_LEGS:
        raise InputError(f"--max-legs {max_legs}: expected a whole number from 1 to {MAX_LEGS}")


def least_saving(problem: Problem) -> Fraction:
    """Return what a further leg must save, dollars."""
    return max(exact(LEAST_SAVING_USD), LEAST_SAVING * problem.value)


def preferred(problem: Problem, by_legs: Iterable[Ticket | None]) -> Ticket | None:
    """Return the cheapest ticket when every further leg is charged the least that it must save.

    Parameters
    ----------
    problem : Problem
    by_legs : iterable of Ticket or None
        The cheapest of at most 1, 2, ... legs.
    """
    charge = least_saving(problem)
    chosen: Ticket | None = None
    for ticket in by_legs:
        if ticket is None or (chosen is not None and len(ticket.legs) <= len(chosen.legs)):
            continue
        if chosen is None or ticket.cost + charge * (len(ticket.legs) - len(chosen.legs)) <= chosen.cost:
            chosen = ticket
    return chosen


def _others(best: Ticket, tickets: Iterable[Ticket]) -> Iterable[Ticket]:
    """Leave out the best ticket and whatever only adds legs to it."""
    contracts = _contracts(best)
    return (ticket for ticket in tickets if not contracts <= _contracts(ticket))


def _contracts(ticket: Ticket) -> set[tuple[str, bool]]:
    return {(leg.option.compact, leg.contracts > 0) for leg in ticket.legs}
