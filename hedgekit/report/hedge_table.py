"""Hedge candidates for a terminal: the answer, the evidence, what it rests on."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from rich.table import Table
from rich.text import Text

from hedgekit import units
from hedgekit.hedges.candidate import Candidate, tail_loss
from hedgekit.hedges.comparison import HedgeResult
from hedgekit.hedges.outlook import wealth_of
from hedgekit.hedges.portfolio import PortfolioView
from hedgekit.hedges.problem import Problem
from hedgekit.hedges.recommend import sells_calls
from hedgekit.model import Option
from hedgekit.report.console import (
    ACCENT,
    TEN_THOUSAND,
    columns,
    console,
    dollars,
    drawn,
    number,
    percent,
    short_dollars,
    short_number,
    warning_lines,
)
from hedgekit.report.order_words import orders
from hedgekit.report.proof import proven
from hedgekit.report.what_if_lines import what_if_footer, what_if_tables

SHORT_NAMES = {
    "put-spread collar": "p-s collar",
    "holding less (same delta)": "hold less",
    "holding less (cash floor)": "hold cash",
}


def table(result: HedgeResult, *, terminal: bool = False) -> str:
    """Return the comparison as text of at most 80 columns."""
    out = console(terminal=terminal)
    problem, inputs = result.problem, result.inputs
    noun = "share" if problem.shares == 1 else "shares"
    noun = noun if result.portfolio is None else f"index {noun}"
    out.print(
        f"{inputs['ticker']} {problem.spot:.2f}   {problem.shares:,} {noun} = {dollars(problem.value_usd)}   "
        f"{asked(problem)}"
    )
    out.print(f"{problem.expiry:%a %d %b %Y}, {problem.days} days")
    for line in [] if result.portfolio is None else portfolio_lines(result.portfolio, inputs["ticker"]):
        out.print(line)
    out.print()
    for line in textwrap.wrap(headline(result), 76):
        out.print(Text(f"  {line}", style=ACCENT if result.recommended else ""))
    out.print()
    grid = columns("", "cost", "%/yr", "floor", "worst", "cap", "delta", "-20%", "goal", left=(0, 8))
    grid.padding = (0, 1, 0, 0)
    for candidate in result.candidates:
        chosen = candidate.name == result.recommended
        grid.add_row(*_cells(candidate, chosen, problem), style="bold" if chosen else "")
    out.print(grid)
    if result.portfolio is not None:
        out.print(Text("  percentages below the answer are of the index shares", style="dim"))
    for line in unequal(result):
        out.print(Text(f"  {line}", style="dim"))
    out.print()
    out.print(today(result))
    if result.inputs["details"]:
        out.print()
        out.print(outlook(result))
        out.print()
        out.print(account(result))
        out.print()
        for line in [*assignments(result), *textwrap.wrap(ex_dates(result), 76, subsequent_indent="  ")]:
            out.print(f"  {line}")
    if result.what_if is not None:
        for block in what_if_tables(result.what_if):
            out.print()
            out.print(block)
    out.print()
    if (why := result.why) and result.recommended:
        for line in textwrap.wrap(why, 78):
            out.print(f"  {line}")
        out.print()
    for text in proof(result):
        for line in textwrap.wrap(text, 78):
            out.print(f"  {line}")
    if proof(result):
        out.print()
    for text in [*footer(result), *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)


def asked(problem: Problem) -> str:
    """Return the goal in a few words."""
    goal = problem.goal
    floor = f"floor {units.percent(problem.floor):g}% = {dollars(problem.target_usd)}"
    until = f" down to {goal.until:g}" if goal.until > 0.0 else ""
    money = dollars(float(problem.budget or 0))
    if goal.preset is not None:
        return f"{goal.preset}{until}"
    return {
        "budget": f"budget {units.percent(goal.budget or 0):g}% = {money}{until}",
        "cap": f"{floor}{until} for {money}",
        "delta": f"delta {goal.delta} a share",
        "cvar": f"worst 5% lose {percent(units.percent(goal.cvar or 0.0))} at most, {goal.measure}",
    }.get(goal.kind, f"{floor}{until}")


def headline(result: HedgeResult) -> str:
    """Return the answer in one or two sentences."""
    if result.recommended is None:
        return f"{result.why[0].upper()}{result.why[1:]}."
    chosen, problem = result.named(result.recommended), result.problem
    if chosen.cost_usd < 0:
        money = f"collect {dollars(-chosen.cost_usd)}"
    else:
        yearly = "" if chosen.cost_annualised_pct is None else f", {percent(chosen.cost_annualised_pct)} a year"
        share, of = chosen.cost_pct, ""
        if result.portfolio is not None:
            share, of = result.portfolio.cost_pct or 0.0, " of the holdings"
            yearly = ""
        money = f"pay {dollars(chosen.cost_usd)} ({percent(share, places=2)}{of}{yearly})"
    purpose = _purpose(problem, chosen)
    if result.portfolio is not None:
        purpose = _portfolio_purpose(result.portfolio, problem, purpose)
    text = f"{purpose}, {money}: {orders(chosen.legs)}."
    sold = [leg for leg in chosen.legs if leg.contracts < 0 and leg.option.kind == "call"]
    if chosen.cap_pct is not None:
        text += f" You give up gains above {percent(chosen.cap_pct - units.PERCENT, sign=True)}."
    elif sold:
        covered = sum(-leg.contracts * leg.option.multiplier for leg in sold)
        strike = min(leg.option.strike for leg in sold)
        text += f" You give up gains above {strike:g} on {covered:,} of the {chosen.shares:,} shares."
    if problem.goal.until > 0.0 and chosen.floor_usd < (chosen.floor_until_usd or 0.0):
        text += (
            f" Below {chosen.holds_from_spot or problem.goal.until:.2f} that does not hold: at {chosen.worst_spot:g} "
            f"{percent(chosen.floor_pct)} is left."
        )
    return text


def _purpose(problem: Problem, chosen: Candidate) -> str:
    """Say what the recommended hedge does."""
    goal = problem.goal
    where = f"down to {goal.until:g}" if goal.until > 0.0 else "whatever happens"
    if goal.preset is not None:
        kept = chosen.floor_usd if chosen.floor_until_usd is None else chosen.floor_until_usd
        down = math.floor(units.percent(units.percent(kept / problem.value_usd)))
        return f"{goal.preset}, which holds {units.fraction(down):.2f}% {where}"
    if goal.kind == "cvar":
        lost = percent(units.percent(tail_loss(problem, wealth_of(problem, chosen))), places=2)
        return f"To lose {lost} on average in the worst 5% ({goal.measure})"
    if goal.kind == "delta":
        per_share = (chosen.greeks["delta_shares"] or 0.0) / problem.shares
        return f"To bring the delta to {per_share:.2f} a share, keeping {percent(chosen.floor_pct)} at least"
    if goal.kind == "budget":
        kept = chosen.floor_usd if chosen.floor_until_usd is None else chosen.floor_until_usd
        down = math.floor(units.percent(units.percent(kept / problem.value_usd)))  # a promise is not rounded up
        return f"To hold {units.fraction(down):.2f}% {where}, the most for the money"
    held = f"To hold {units.percent(problem.floor):g}% {where}"
    return f"{held} under the highest cap for the money" if goal.kind == "cap" and problem.calls_allowed else held


def _portfolio_purpose(view: PortfolioView, problem: Problem, purpose: str) -> str:
    """Say what the recommended hedge of the index shares does for the holdings."""
    if view.floor_usd is None or problem.goal.kind == "delta":
        return purpose
    kept = math.floor(units.percent(units.percent(view.floor_usd / view.portfolio.value_usd)))  # not rounded up
    where = f" down to {problem.goal.until:g}" if problem.goal.until > 0.0 else ""
    if view.floor is not None:
        return f"To keep {units.percent(view.floor):g}% of the holdings{where}, as far as beta tells"
    name = f"{problem.goal.preset}, which keeps" if problem.goal.preset else "To keep"
    most = ", the most for the money" if problem.goal.kind == "budget" else ""
    return f"{name} {units.fraction(kept):.2f}% of the holdings{where}, as far as beta tells{most}"


def portfolio_lines(view: PortfolioView, ticker: str) -> list[str]:
    """Say what the shares stand for, what beta leaves open, and what it leaves out."""
    held = view.portfolio
    puts = "-" if view.puts is None else f"{view.puts:,}"
    spread = " to ".join("none" if count is None else f"{count:,}" for count in (view.puts_low, view.puts_high))
    none = "nothing for certain (calls sold on more than it covers)"
    low, high = (none if usd is None else dollars(usd) for usd in (view.floor_low_beta_usd, view.floor_high_beta_usd))
    own = "not known"
    if view.basis_risk_usd is not None:
        own = f"{dollars(view.basis_risk_usd)} (one standard deviation), {dollars(view.basis_risk_95_usd)} (95%)"
    known = held.beta_low == held.beta_high
    count = f"{puts} puts (beta V/100S = {view.contracts:.1f})"
    if not known:
        count += f", {spread} over beta's interval ({view.contracts_low:.1f} to {view.contracts_high:.1f})"
    level = ""
    if view.floor is not None and view.index_level is not None:
        level = f"their floor of {units.percent(view.floor):g}% is {ticker} at {view.index_level:.2f} by the CAPM; "
    where = f" with {ticker} at {view.until:g} or above" if view.until > 0.0 else ""
    lines = [
        f"stands for {held.holdings:,} holdings worth {dollars(held.value_usd)}, beta {held.beta:.2f} to {ticker}, "
        + ("taken as known exactly" if known else f"95% interval {held.beta_low:.2f} to {held.beta_high:.2f}")
        + f" ({held.beta_basis})",
        f"{level}{count}",
        f"with the recommended hedge the holdings are expected to keep {dollars(view.floor_usd)}{where}"
        + ("" if known else f"; were beta at either end, {low} or {high}"),
        f"what they may move on their own until expiry comes on top: {own}",
    ]
    return [part for line in lines for part in textwrap.wrap(line, 78, subsequent_indent="  ")]


def unequal(result: HedgeResult) -> list[str]:
    """Say the contracts of the hedges whose legs differ in number, or do not cover the shares."""
    full = {result.problem.most_puts, result.problem.most_calls}
    return [
        f"{_label(row, result.problem.shares)}: {' / '.join(f'{leg.contracts:+,d}' for leg in row.legs)} contracts"
        for row in result.candidates
        if (counts := {abs(leg.contracts) for leg in row.legs}) and (len(counts) > 1 or not counts <= full)
    ]


def today(result: HedgeResult) -> Table:
    """Return cost, break-even and greeks of each hedged position as it stands today."""
    grid = columns("today", "cost %", "break-even", "delta", "gamma", "vega/pt", "theta/day", "rho/pt")
    grid.padding = (0, 1, 0, 0)
    for row in result.candidates:
        numbers = row.greeks
        grid.add_row(
            _label(row, result.problem.shares),
            percent(row.cost_pct, places=2) if row.legs else "-",
            number(row.breakeven_spot),
            short_number(numbers["delta_shares"], 0),
            short_number(numbers["gamma_shares"], 1),
            short_dollars(numbers["vega_usd_per_point"], most=TEN_THOUSAND),
            short_dollars(numbers["theta_usd_per_day"], most=TEN_THOUSAND),
            short_dollars(numbers["rho_usd_per_point"], most=TEN_THOUSAND),
        )
    return grid


def outlook(result: HedgeResult) -> Table:
    """Return what each hedge gives up and leaves in the tail, under each distribution."""
    past = "historical" in result.inputs["distributions"]
    heads = ["outlook", "given up", *(["past"] if past else []), "worst 5%", *(["past"] if past else [])]
    grid = columns(*heads)
    grid.padding = (0, 1, 0, 0)
    names = ["implied", *(["historical"] if past else [])]
    for row in result.candidates:
        seen = row.outlook or {}
        costs = [short_dollars(_seen(seen, name, "expected_cost_usd"), most=TEN_THOUSAND) for name in names]
        tails = [percent(_negative(_seen(seen, name, "cvar_loss_pct")), sign=True) for name in names]
        grid.add_row(_label(row, result.problem.shares), *costs, *tails)
    return grid


def account(result: HedgeResult) -> Table:
    """Return what each hedge asks of the account: the cost financed to expiry, margin, and the price of leaving."""
    grid = columns("account", "financed", "exit now", "margin", "maint.")
    grid.padding = (0, 1, 0, 0)
    for row in result.candidates:
        margin = row.margin or {}
        grid.add_row(
            _label(row, result.problem.shares),
            short_dollars(row.carried_usd, most=TEN_THOUSAND) if row.legs else "-",
            short_dollars(row.exit_now_usd, most=TEN_THOUSAND),
            short_dollars(margin.get("initial_usd"), most=TEN_THOUSAND),
            short_dollars(margin.get("maintenance_usd"), most=TEN_THOUSAND),
        )
    return grid


def ex_dates(result: HedgeResult) -> str:
    """Say which ex-dividend dates lie before expiry: a short call may be exercised for them."""
    problem, asof = result.problem, result.inputs["asof"]
    ahead = [(when, amount) for when, amount in problem.dividends if 0.0 < when <= problem.t_years]
    if ahead:
        days = ", ".join(
            f"{(asof + timedelta(days=units.days(when))).date()} (${amount:.2f})" for when, amount in ahead
        )
        return f"ex-dividend before expiry: {days}"
    if problem.dividends or not problem.div_yield:
        return "no ex-dividend date before expiry is known of"
    return "ex-dividend dates are not known, dividends being a yield: --dividends FILE names them"


def _seen(seen: Mapping[str, Mapping[str, float]], name: str, field: str) -> float | None:
    return seen.get(name, {}).get(field)


def _negative(value: float | None) -> float | None:
    return None if value is None else -value


def assignments(result: HedgeResult) -> list[str]:
    """Say of the recommended hedge's short legs when they may be assigned."""
    chosen = next((row for row in result.candidates if row.name == result.recommended), None)
    lines = [
        f"{Option.parse(line['symbol'])}: {line['why']}" for line in (() if chosen is None else chosen.assignment or ())
    ]
    return [part for line in lines for part in textwrap.wrap(line, 76, subsequent_indent="  ")]


def proof(result: HedgeResult) -> list[str]:
    """Say what the exact search proved, and what more floor or fewer legs would cost."""
    optimum = result.optimum
    if optimum is None and result.recommended is not None:
        number = "delta" if result.problem.goal.kind == "delta" else "tail loss"
        return [
            f"searched: every strike and count of each kind of hedge above, not tickets of more strikes; a {number} is "
            "a model's number, so nothing is proven of it"
        ]
    if optimum is None or optimum.best is None:
        return []
    return [
        proven(
            optimum.goal,
            costs=optimum.cost_by_legs,
            floors=optimum.floor_by_legs,
            next_point_usd=optimum.next_point_usd,
            cap=result.problem.cap,
            calls_allowed=result.problem.calls_allowed,
        )
    ]


def _says(spot: float | None) -> str:
    return "has none" if spot is None else f"says {number(spot)}"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _cells(candidate: Candidate, chosen: bool, problem: Problem) -> list[str]:
    shares = problem.shares
    is_stop = candidate.stop_level is not None
    delta = candidate.greeks["delta_shares"]
    verdict = "meets" if candidate.meets_goal else _failure(candidate, problem)
    return [
        _label(candidate, shares),
        short_dollars(candidate.cost_usd),
        percent(candidate.cost_annualised_pct) if candidate.legs and candidate.shares_sold is None else "-",
        "none" if is_stop else percent(candidate.floor_pct),
        "gaps" if is_stop else f"{candidate.worst_spot:g}",
        "part" if candidate.cap_pct is None and sells_calls(candidate) else percent(candidate.cap_pct),
        number(None if delta is None else delta / shares),
        percent(candidate.risk["wealth_at_-20%_pct"] - units.PERCENT, sign=True),  # type: ignore[operator]
        f"{verdict}{' <-' if chosen else ''}",
    ]


def _failure(candidate: Candidate, problem: Problem) -> str:
    if candidate.stop_level is not None:
        return "no promise"
    if problem.goal.kind in ("delta", "cvar"):
        return "above"
    if problem.budget is not None and candidate.cost_usd > problem.budget:
        return "costs more"
    if candidate.holds_from_spot is None:
        return "fails"
    return f"fails<{candidate.holds_from_spot:.0f}"


def _label(candidate: Candidate, shares: int) -> str:
    name = SHORT_NAMES.get(candidate.name, candidate.name)
    if candidate.stop_level is not None:
        return f"stop at {candidate.stop_level:.2f}"
    if candidate.shares_sold is not None and candidate.legs:
        return f"all cash, {candidate.legs[0].option.strike:g} calls"
    if candidate.shares_sold is not None:
        return f"{name}: sell {units.percent(candidate.shares_sold / shares):.0f}%"
    return f"{name} {'/'.join(f'{leg.option.strike:g}' for leg in candidate.legs)}".rstrip()


def footer(result: HedgeResult) -> list[str]:
    """Return what the numbers rest on."""
    problem = result.problem
    exits = [c for c in result.candidates if c.name == result.recommended and c.exit_now_usd is not None]
    lines = [
        "worst: the spot of the least wealth; delta: of the hedged position, per share owned; -20%: gain or loss at "
        "expiry if the spot is 20% lower; fails<: below that spot",
        "today: delta shares, gamma shares per $1, vega and rho dollars a point, theta dollars a calendar day; vols at "
        "the mid",
        f"calls are sold at {units.percent(problem.cap):.5g}% of spot or above (cap part: of the covered shares only); "
        "hold cash and hold less sell at spot and earn nothing; a stop is shown as if it filled at its level",
    ]
    if result.inputs["details"]:
        shown = "historical" in result.inputs["distributions"]
        past = "; past: the same under the historical distribution" if shown else ""
        lines += [
            "given up: expected wealth at expiry of the shares alone less that of the hedge; worst 5%: average gain or "
            f"loss there{past}",
            "financed: the cost with interest to expiry; exit now: what opening and closing at once would lose; "
            "margin, maint.: Reg T of shares and hedge",
            *result.inputs["distributions"].values(),
        ]
    if exits:
        lines.append(
            f"closing the recommended hedge at once, markets unchanged, would lose {dollars(exits[0].exit_now_usd)}"
            f"{displayed(exits[0])}"
        )
    if result.what_if is not None:
        lines += what_if_footer(result.what_if)
    return [*lines, *rests_on(result.inputs, problem)]


def displayed(hedge: Candidate) -> str:
    """Say how many contracts are displayed at the touch of each leg, and how many are needed."""
    sizes = [hedge.displayed.get(leg.option.compact) for leg in hedge.legs]
    if not sizes or any(size is None for size in sizes):
        return "; displayed sizes are not in the file"
    said = ", ".join(
        f"{size:,.0f} for {abs(leg.contracts):,} x {leg.option.strike:g} {leg.option.kind}"
        for size, leg in zip(sizes, hedge.legs, strict=True)
    )
    return f"; displayed at the touch: {said}"


def rests_on(inputs: Mapping[str, Any], problem: Problem) -> list[str]:
    """Return what every table of hedges rests on: floors, prices, engine, file."""
    spot = {
        "file": "spot from the file, inside put-call parity",
        "parity": f"spot from put-call parity (the file {_says(_finite(inputs['file_spot']))})",
        "given": "spot as given",
    }[inputs["spot_source"]]
    asof, sha = inputs["asof"], inputs["source_sha256"][:8]
    return [
        f"floor: least wealth at expiry over every spot from 0 up, less the cost financed at "
        f"{units.percent(problem.rate):.2f}% ({inputs['rate_source']}); dividends received are left out",
        f"at the touch (buy at the ask, sell at the bid) + ${problem.fee:g} a contract; %/yr: if rolled at the same "
        "price",
        f"{inputs['engine']}; {inputs['dividends_source']}; {spot}",
        f"traded on: two-sided unflagged quotes with a spread up to {units.percent(inputs['max_spread']):g}% of mid",
        f"{inputs['source']} as of {asof:%Y-%m-%d %H:%M %Z}, sha256 {sha}; hedgekit {inputs['version']}",
    ]
