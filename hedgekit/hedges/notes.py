"""What must be known before a hedge is traded: quotes left out, size, odd lots, an assumed rate."""

from __future__ import annotations

from datetime import date

from hedgekit import units
from hedgekit.hedges.candidate import Candidate
from hedgekit.hedges.optimum import LEAST_SAVING_USD, Optimum
from hedgekit.hedges.presets import PRESETS
from hedgekit.hedges.problem import Problem, left_out
from hedgekit.hedges.sizing import size_puts
from hedgekit.market.contract_terms import cutoff
from hedgekit.market.inputs import MarketInputs
from hedgekit.market.parity import NEUTRAL_RATE, RATE_MARGIN
from hedgekit.model import Chain, Option
from hedgekit.payoff import carried, total_cost
from hedgekit.results import Note

LARGE_BUDGET = 0.25
"""Fraction of the position: nobody means to spend more on a hedge than this, while 0.9 for 0.9% is an old slip."""


def quotes_left_out(chain: Chain, day: date, max_spread: float) -> list[Note]:
    """Say how many quotes of the expiry are not traded on, and why."""
    counts = left_out(chain.at(day), max_spread=max_spread)
    if not counts:
        return []
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in counts.items())
    return [Note("quotes_left_out", f"quotes of {day} not traded on: {reasons}")]


def cheaper_but_wide(problem: Problem, wide: Problem) -> list[Note]:
    """Say when a put that is quoted too wide to be traded on would hold the floor for less."""
    if problem.goal.kind != "floor":
        return []
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


def no_cap(problem: Problem) -> list[Note]:
    """Say why there is no collar."""
    if (
        not problem.calls_allowed
        or not problem.most_calls
        or problem.calls.first_at_or_above(problem.level(problem.cap)) is not None
    ):
        return []
    level = units.percent(problem.cap)
    return [Note("no_call_to_sell", f"no call at {level:g}% of the spot or above can be traded on: no collar")]


def settled_in_cash(chain: Chain, day: date) -> list[Note]:
    """Say what options on an index do not do: deliver, or wait for the close of their last day."""
    if chain.exercise == "american":
        return []
    when = sorted({cutoff(Option.parse(symbol).root, day) for symbol in chain.at(day).symbol.tolist()})
    moments = " or ".join(f"{moment:%H:%M} on {moment:%a %d %b %Y}" for moment in when)
    message = (
        f"{chain.ticker} options are European and settled in cash at the level of {moments}, New York: the shares "
        "stand for a holding that follows the index, and nothing is delivered against it"
    )
    return [Note("settled_in_cash", message)]


def preset_horizon(problem: Problem) -> list[Note]:
    """Say when a preset is built on an expiry that its rule would not take."""
    name = problem.goal.preset
    if name is None:
        return []
    low, high = PRESETS[name].days
    if low <= problem.days <= high:
        return []
    message = f"{name} takes options of {low} to {high} days; those of {problem.expiry} have {problem.days}"
    return [Note("preset_horizon", message)]


def large_budget(problem: Problem) -> list[Note]:
    """Say when a budget is so large that a percent number may have been written as a fraction."""
    budget = problem.goal.budget
    if budget is None or budget <= LARGE_BUDGET:
        return []
    percent = units.percent(budget)
    message = f"the budget is {percent:g}% of the position: {budget:g}% of it is written {budget:g}%"
    return [Note("large_budget", message)]


def search_stopped(optimum: Optimum | None) -> list[Note]:
    """Say when the search was stopped before it had gone through all the legs asked for."""
    if optimum is None or optimum.legs_asked in (None, optimum.max_legs):
        return []
    return stopped_at(optimum.max_legs, optimum.legs_asked)


def stopped_at(legs: int, asked: int | None) -> list[Note]:
    """Say for how many legs an answer is proven when more were asked for."""
    message = (
        f"the search for {asked} legs was stopped: what is shown is proven for up to {legs}, and a ticket of more may "
        "be cheaper (--time-limit)"
    )
    return [Note("search_stopped", message)]


def of_the_chosen(problem: Problem, chosen: Candidate, market: MarketInputs) -> list[Note]:
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
