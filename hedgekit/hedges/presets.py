"""Index option strategies by their published strike rules, on the shares owned and one expiry.

==========  =====================================================================  ==============================
name        rule                                                                   follows
==========  =====================================================================  ==============================
PPUT        put 5% below the spot, monthly                                         Cboe S&P 500 5% Put Protection
PPUT3M      put 10% below, quarterly                                               Cboe S&P 500 Tail Risk
CLL         put 5% below, call 10% above, quarterly                                Cboe S&P 500 95-110 Collar
CLLZ        put spread 2.5%/5% below, paid for by a call, monthly                  Cboe S&P 500 Zero-Cost Put
                                                                                   Spread Collar
CLLR        the same on the Russell 2000                                           Cboe Russell 2000 Zero-Cost Put
                                                                                   Spread Collar
JHEQX       put spread 5%/20% below, paid for by a call, quarterly                 hedged-equity funds
==========  =====================================================================  ==============================

Puts take the first listed strike at or below their target, the collar's call the first at or above; a call that pays
takes the highest strike whose bid covers the cost of the rest, fees included. One contract of each for every full
hundred shares. The index CLL sells its calls monthly under a quarterly put: here both share the one expiry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from hedgekit.errors import InfeasibleError, InputError

if TYPE_CHECKING:
    from hedgekit.hedges.candidate import Candidate
    from hedgekit.hedges.problem import Problem, Quotes
    from hedgekit.model import Chain, Leg


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """The strike rule of one strategy.

    Attributes
    ----------
    put, short_put, call : float or None
        Targets, fractions of the spot.
    call_pays : bool
        Whether a call is sold that pays for the puts, in place of one at a target.
    days : tuple of int
        Calendar days that its options usually have left when they are bought.
    """

    put: float
    short_put: float | None = None
    call: float | None = None
    call_pays: bool = False
    days: tuple[int, int] = (25, 38)


MONTHLY, QUARTERLY = (25, 38), (80, 100)

PRESETS = {
    "PPUT": Preset(put=0.95, days=MONTHLY),
    "PPUT3M": Preset(put=0.90, days=QUARTERLY),
    "CLL": Preset(put=0.95, call=1.10, days=QUARTERLY),
    "CLLZ": Preset(put=0.975, short_put=0.95, call_pays=True, days=MONTHLY),
    "CLLR": Preset(put=0.975, short_put=0.95, call_pays=True, days=MONTHLY),
    "JHEQX": Preset(put=0.95, short_put=0.80, call_pays=True, days=QUARTERLY),
}


def preset_named(name: str) -> str:
    """Return the name of a preset as we write it.

    Raises
    ------
    InputError
        When there is none of that name.

    Examples
    --------
    >>> preset_named("pput3m")
    'PPUT3M'
    """
    if name.upper() in PRESETS:
        return name.upper()
    near = get_close_matches(name.upper(), PRESETS, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise InputError(f"--preset {name}: expected one of {', '.join(PRESETS)}{hint}")


def preset_legs(problem: Problem, name: str, chain: Chain) -> list[Leg]:
    """Return the legs of a preset at the touch.

    Parameters
    ----------
    problem : Problem
    name : str
        Of `PRESETS`.
    chain : Chain
        One expiry with every listed strike, quoted well or not: the rule looks strikes up among all of them.

    Raises
    ------
    InputError
        Fewer than a hundred shares, or a strike of the rule that cannot be traded on.
    InfeasibleError
        When no call pays for the puts.
    """
    rule, contracts = PRESETS[name], problem.most_calls
    if not contracts:
        raise InputError(f"--preset {name}: {problem.shares} shares are fewer than one contract covers")
    legs = [problem.puts.bought(*_row(problem, name, chain, rule.put, contracts))]
    if rule.short_put is not None:
        legs.append(problem.puts.sold(*_row(problem, name, chain, rule.short_put, contracts)))
    if rule.call is not None:
        strike = _first_above(chain, rule.call, name)
        legs.append(problem.calls.sold(_listed(problem.calls, strike, "call", name), contracts))
    if rule.call_pays:
        legs.append(_paying_call(problem, name, legs, contracts))
    return legs


def preset_problem(problem: Problem, legs: Sequence[Leg]) -> Problem:
    """Return the problem whose goal is what a preset gives: its floor, down to its short put, under its call."""
    from hedgekit.hedges.money import CAP_PLACES, FLOOR_PLACES, rounded_down
    from hedgekit.payoff import carried_exact, exact, expiry_wealth, total_cost

    sold = [leg for leg in legs if leg.contracts < 0]
    until = max((leg.option.strike for leg in sold if leg.option.kind == "put"), default=0.0)
    call = next((exact(leg.option.strike) for leg in sold if leg.option.kind == "call"), None)
    cost = total_cost(legs, problem.fee)
    wealth = expiry_wealth(problem.shares, legs).minus(carried_exact(cost, problem.rate, problem.t_years))
    low = wealth.minimum(low=until)
    assert low is not None
    floor = rounded_down(low.value / problem.value, FLOOR_PLACES)
    if not 0.0 < floor <= 1.0:
        floor = problem.floor
    cap = problem.cap if call is None else rounded_down(call / exact(problem.spot), CAP_PLACES)
    return replace(
        problem,
        floor=floor,
        cap=max(cap, 1.0),
        calls_allowed=call is not None,
        goal=replace(problem.goal, floor=floor, until=until),
    )


def build(problem: Problem, name: str, legs: Sequence[Leg]) -> Candidate:
    """Return a preset measured like every other hedge."""
    from hedgekit.hedges.candidate import measure

    strikes = "/".join(f"{leg.option.strike:g}" for leg in legs)
    why = f"{name}: strikes {strikes} by its rule, {abs(legs[0].contracts)} of each; keeps {{floor}} at every spot"
    return measure(problem, name, legs, why=why)


def _row(problem: Problem, name: str, chain: Chain, target: float, contracts: int) -> tuple[int, int]:
    """Row of the first listed put at or below a target."""
    from hedgekit.payoff import exact

    level = exact(target) * exact(problem.spot)
    below = [strike for strike in _strikes(chain, -1) if exact(strike) <= level]
    if not below:
        raise InputError(f"--preset {name}: {chain.source} lists no put at or below {float(level):.2f}")
    return _listed(problem.puts, below[-1], "put", name), contracts


def _first_above(chain: Chain, target: float, name: str) -> float:
    from hedgekit.payoff import exact

    level = exact(target) * exact(chain.spot)
    above = [strike for strike in _strikes(chain, 1) if exact(strike) >= level]
    if not above:
        raise InputError(f"--preset {name}: {chain.source} lists no call at or above {float(level):.2f}")
    return above[0]


def _strikes(chain: Chain, sign: int) -> list[float]:
    """Every standard strike that is listed, ascending."""
    import numpy as np

    from hedgekit.model import Flag

    standard = (chain.kind == sign) & ((chain.flags & Flag.NON_STANDARD.value) == 0)
    strikes: list[float] = np.unique(chain.strike[standard]).tolist()
    return strikes


def _listed(quotes: Quotes, strike: float, kind: str, name: str) -> int:
    rows = [row for row, option in enumerate(quotes.options) if option.strike == strike]
    if not rows:
        raise InputError(
            f"--preset {name}: its rule takes the {strike:g} {kind}, which is not quoted so that it can be traded on: "
            "--max-spread allows wider quotes"
        )
    return rows[0]


def _paying_call(problem: Problem, name: str, legs: Sequence[Leg], contracts: int) -> Leg:
    from hedgekit.payoff import total_cost

    for row in range(len(problem.calls) - 1, -1, -1):
        call = problem.calls.sold(row, contracts)
        if call.option.strike < problem.spot:
            break
        if total_cost([*legs, call], problem.fee) <= 0:
            return call
    cost = float(total_cost(legs, problem.fee))
    raise InfeasibleError(f"--preset {name}: no call at or above the spot pays for the puts, which cost ${cost:,.0f}")
