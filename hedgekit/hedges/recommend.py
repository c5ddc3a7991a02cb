"""Which of the hedges to take, and why, in one sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hedgekit import units
from hedgekit.hedges.candidate import Candidate
from hedgekit.hedges.optimum import Optimum, least_saving
from hedgekit.hedges.problem import Problem
from hedgekit.model import Leg


def recommend(
    problem: Problem, candidates: Sequence[Candidate], optimum: Optimum | None, *, max_legs: int
) -> tuple[str | None, str]:
    """Return the name of the best option hedge that meets the goal, or None, and why.

    One that sells calls is only taken when the user named a cap or asked for one; a further leg must earn its keep.

    Parameters
    ----------
    problem : Problem
    candidates : sequence of Candidate
    optimum : Optimum or None
        What the exact search found; None for a goal that it does not answer.
    max_legs : int
        Most distinct contracts.
    """
    if problem.goal.preset is not None:
        return problem.goal.preset, _of_the_preset(problem, candidates, optimum)
    hedges = [c for c in candidates if c.legs]
    charge = float(least_saving(problem))

    def score(candidate: Candidate) -> tuple[float, float, int]:
        legs = len(candidate.legs)
        if problem.goal.kind == "budget":
            return -_promised(candidate) + charge * legs, candidate.cost_usd, legs
        return candidate.cost_usd + charge * legs, 0.0, legs

    few = [c for c in hedges if len(c.legs) <= max_legs and c.shares_sold is None]
    allowed = [c for c in few if problem.calls_allowed or not sells_calls(c)]
    meeting = sorted((c for c in allowed if c.meets_goal), key=score)
    others = sorted((c for c in hedges if c.meets_goal and sells_calls(c) and not problem.calls_allowed), key=score)
    if meeting:
        chosen = meeting[0]
        why = f"{chosen.name}: {_criterion(problem)}, when a further leg must {_earn(problem)} ${charge:,.0f}"
        if problem.goal.kind == "cap" and not problem.calls_allowed:
            why += "; no call has to be sold for it"
        if others and score(others[0]) < score(chosen):
            why += f"; a {others[0].name} would {_better(others[0], chosen, problem)}"
        return chosen.name, why
    return None, _why_none(problem, optimum, others, max_legs=max_legs)


def _of_the_preset(problem: Problem, candidates: Sequence[Candidate], optimum: Optimum | None) -> str:
    """Say what a preset keeps, and what the same would cost without its rule."""
    chosen = next(c for c in candidates if c.name == problem.goal.preset)
    text = f"{chosen.name} by its strike rule keeps {units.percent(_promised(chosen) / problem.value_usd):.1f}% "
    text += _where(problem)
    if optimum is None or optimum.best is None or optimum.best.cost_usd >= chosen.cost_usd:
        return f"{text}; no ticket of up to {optimum.max_legs if optimum else 0} legs keeps as much for less"
    saved = chosen.cost_usd - optimum.best.cost_usd
    under = " under no lower a cap" if problem.calls_allowed else ""
    return f"{text}; {ticket_text(optimum.best.legs)} keeps as much{under} for ${saved:,.0f} less"


def _promised(candidate: Candidate) -> float:
    """Least wealth from the level up to which the floor was asked for."""
    return candidate.floor_usd if candidate.floor_until_usd is None else candidate.floor_until_usd


def _earn(problem: Problem) -> str:
    return "add" if problem.goal.kind == "budget" else "save"


def _where(problem: Problem) -> str:
    return f"down to {problem.goal.until:g}" if problem.goal.until > 0.0 else "at every spot"


def _criterion(problem: Problem) -> str:
    """Say what the chosen hedge is the best of."""
    goal, money = problem.goal, f"at most ${float(problem.budget or 0):,.0f}"
    if goal.kind == "budget":
        sold = (
            f" when calls are sold from {units.percent(problem.cap):g}% of the spot up" if problem.calls_allowed else ""
        )
        return f"the option hedge with the highest floor {_where(problem)} for {money}{sold}"
    if goal.kind == "cap":
        paid = money if problem.budget else "nothing"
        return (
            f"the option hedge with the highest cap at which {units.percent(problem.floor):g}% {_where(problem)} costs "
            f"{paid}"
        )
    if goal.kind == "cvar":
        return f"the cheapest option hedge that loses {units.percent(goal.cvar or 0.0):g}% or less in the worst 5%"
    if goal.kind == "delta":
        return f"the cheapest option hedge with a delta of {goal.delta:g} a share or less"
    return f"the cheapest option hedge whose floor holds {_where(problem)}"


def _better(other: Candidate, chosen: Candidate, problem: Problem) -> str:
    """Say what a hedge that sells calls would do better, and what it gives up."""
    if problem.goal.kind == "budget":
        gain = f"keep {units.percent(_promised(other) / problem.value_usd):.1f}%"
    else:
        gain = f"save ${chosen.cost_usd - other.cost_usd:,.0f}"
    return f"{gain} and {_given_up(other, problem)}"


def _why_none(problem: Problem, optimum: Optimum | None, others: Sequence[Candidate], *, max_legs: int) -> str:
    limit = f"of up to {max_legs} leg{'s' if max_legs > 1 else ''} "
    hedge = f"no option hedge of {problem.expiry} {limit}"
    goal, paid = problem.goal, f"${float(problem.budget or 0):,.0f}"
    held = f"holds {units.percent(problem.floor):g}%{'' if goal.until == 0 else f' {_where(problem)}'}"
    if goal.kind == "budget":
        return f"{hedge}can be had at the touch for {paid}: raise --budget, or hold less"
    if goal.kind == "cvar":
        return (
            f"{hedge}brings the {goal.measure} average loss in the worst 5% down to "
            f"{units.percent(goal.cvar or 0.0):g}% at the touch: ask for more, or hold less"
        )
    if goal.kind == "delta":
        return f"{hedge}brings the delta down to {goal.delta:g} a share at the touch: ask for more, or hold less"
    if goal.kind == "cap":
        why = f"{hedge}that sells calls at {units.percent(problem.cap):g}% of the spot or above {held} for {paid}"
    else:
        upside = "" if problem.calls_allowed else "that keeps the upside "
        why = f"{hedge}{upside}{held} at the touch"
    best = None if optimum is None else optimum.highest
    cheapest = None if optimum is None else optimum.by_legs[-1]
    if cheapest is not None:
        why += f": the least it costs is ${cheapest.cost_usd:,.2f} ({ticket_text(cheapest.legs)})"
    if best is None:
        return why if cheapest is not None else f"{why}: nothing can be built from this chain"
    nearest = math.floor(best.kept_pct * units.PERCENT) / units.PERCENT
    why += (
        f"{';' if cheapest is not None else ':'} the nearest feasible floor is {nearest:.2f}% "
        f"({ticket_text(best.legs)}, cost ${best.cost_usd:,.0f}); "
        f"ask for --floor {units.fraction(nearest):.4f} or less, or hold cash"
    )
    if others:
        why += f"; a {others[0].name} holds it for ${others[0].cost_usd:,.0f} and would {_given_up(others[0], problem)}"
    return why


def sells_calls(candidate: Candidate) -> bool:
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
