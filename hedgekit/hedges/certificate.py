"""A proof that no cheaper ticket exists, and its check in exact arithmetic, apart from the search that found it.

A certificate holds the candidate legs, the rules' numbers, the ticket, and lists of row multipliers ``w >= 0``. For a
set of legs with counts ``1 <= x_j <= limit_j`` every ticket that keeps the rows ``sum a_ij x_j >= b_i`` costs at least

``sum w_i b_i + sum over the set of min { (c_j - sum w_i a_ij) x : 1 <= x <= limit_j }``

so a set is settled when this exceeds the ticket's cost less one unit for one of the lists; with the ``c_j`` left out
(a ray) a positive value says that no counts keep the rows at all. The few sets that no list settles carry a tree that
splits the counts until each box is settled by its own multipliers or is a single ticket, measured exactly.

The check goes through all sets of up to `max_legs` legs with whole numbers only: it needs neither the compiled search
nor a linear programme. Rows are those of ``core/c/optimum_problem.h``.

Where a debit grows until expiry every ticket keeps both the growth rows and the plain rows, and one proof may use both.
At a negative rate it shrinks: a ticket that costs keeps the growth rows alone, one that brings money the plain rows
alone. The certificate then holds two proofs, each of which settles every set with its own rows.

References
----------
A. M. Geoffrion, "Lagrangean relaxation for integer programming", Math. Programming Study 2 (1974), 82-114.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hedgekit import units
from hedgekit.errors import DataError
from hedgekit.hedges.dominance import needed
from hedgekit.hedges.optimum import DEFAULT_LEGS
from hedgekit.hedges.problem import Problem
from hedgekit.hedges.tickets import CandidateLeg, WholeNumbers, candidate_legs
from hedgekit.model import Leg
from hedgekit.payoff import exact

SCHEMA = "hedgekit.certificate/1"

WEIGHT_BITS = 48
"""Multipliers are whole numbers of 2^-48."""

GROWTH, PLAIN, COVER, NET, SOLD, BOUGHT = range(6)

BOTH, GROWTH_ALONE, PLAIN_ALONE = "both", "growth", "plain"
"""Which floor rows a proof may use."""

ROOM_BITS = 54
"""Bounds are rounded down to this many bits before they are summed in 64."""

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Bound:
    """One list of multipliers in whole numbers: a constant and, for each leg, what one contract adds."""

    ray: bool
    constant: int
    reduced: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a certificate was found to prove.

    Attributes
    ----------
    status : {"optimal", "infeasible"}
    cost_usd : float or None
        The least cost; None when no ticket keeps the floor.
    recommended_usd : float or None
        Cost of the recommended ticket, which keeps the floor and every rule; None when the certificate states none.
    sets : int
        Leg sets settled, all there are.
    by_tree : int
        Those that needed their counts split.
    multipliers : int
    """

    status: str
    cost_usd: float | None
    recommended_usd: float | None
    sets: int
    by_tree: int
    multipliers: int


class Statement:
    """The problem as a certificate states it, in whole numbers, with exact bounds and measures.

    Parameters
    ----------
    stated : dict
        The certificate.

    Raises
    ------
    DataError
        When a number is missing or out of range.
    """

    def __init__(self, stated: dict[str, Any]) -> None:
        try:
            self.max_legs = int(stated["goal"]["max_legs"])
            self.shares, self.most_puts, self.most_calls = (
                int(stated[name]) for name in ("shares", "most_puts", "most_calls")
            )
            self.per_dollar, self.lowest = int(stated["units_per_dollar"]), int(stated["lowest_spot"])
            self.mantissa, self.exponent = (int(number) for number in stated["growth"])
            self.target = int(stated["target"])
            columns = [
                [int(leg[name]) for leg in stated["legs"]] for name in ("kind", "side", "strike", "cost", "limit")
            ]
            self.bits = int(stated["weight_bits"])
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"certificate: {type(error).__name__}: {error}; expected the form {SCHEMA}") from None
        self.kind, self.side, self.strike, self.cost, self.limit = columns
        if {*self.kind, *self.side} - {1, -1} or any(limit < 1 for limit in self.limit):
            raise DataError("certificate: a leg has a kind or side other than 1 and -1, or a limit below 1")

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def parts(self) -> tuple[str, ...]:
        """The proofs that are needed, by the floor rows that each may use."""
        return (GROWTH_ALONE, PLAIN_ALONE) if self.mantissa < 1 << self.exponent else (BOTH,)

    def payoff(self, leg: int, spot: int) -> int:
        """Return what one contract pays in its direction, units of money."""
        return self.side[leg] * units.MULTIPLIER * max(0, self.kind[leg] * (spot - self.strike[leg]))

    def _row(self, family: int, level: int) -> tuple[int, list[int]]:
        """Return side and coefficients of a row, times 2^exponent."""
        one, legs = 1 << self.exponent, range(len(self))
        if family in (GROWTH, PLAIN):
            if level < self.lowest:
                raise DataError(f"certificate: a floor row at {level}, below the lowest spot {self.lowest}")
            cost = self.mantissa if family == GROWTH else one
            side = self.target - self.shares * level * one
            return side, [self.payoff(j, level) * one - cost * self.cost[j] for j in legs]
        if family == COVER:
            return 0, [one * self.side[j] if self.kind[j] < 0 and self.strike[j] >= level else 0 for j in legs]
        if family == NET:
            return -one * self.most_puts, [-one * self.side[j] if self.kind[j] < 0 else 0 for j in legs]
        if family == SOLD:
            return -one * self.most_calls, [-one if self.kind[j] > 0 and self.side[j] < 0 else 0 for j in legs]
        if family == BOUGHT:
            return 0, [-one * self.side[j] if self.kind[j] > 0 else 0 for j in legs]
        raise DataError(f"certificate: row family {family} is unknown")

    def bound(self, multipliers: dict[str, Any], part: str) -> Bound:
        """Return one list of multipliers as an exact bound, times 2^(exponent + bits)."""
        barred = {GROWTH_ALONE: PLAIN, PLAIN_ALONE: GROWTH}.get(part)
        ray = bool(multipliers["ray"])
        constant = 0
        reduced = [0 if ray else cost << (self.exponent + self.bits) for cost in self.cost]
        for family, level, weight in multipliers["rows"]:
            if not isinstance(weight, int) or weight < 0:
                raise DataError(f"certificate: the multiplier {weight!r} is not a whole number of 0 or more")
            if int(family) == barred:
                raise DataError(f"certificate: a proof by {part} rows uses a row of the other kind")
            side, coefficients = self._row(int(family), int(level))
            constant += weight * side
            reduced = [have - weight * a for have, a in zip(reduced, coefficients, strict=True)]
        return Bound(ray, constant, tuple(reduced))

    def limit_of(self, ray: bool, cost: int | None) -> int | None:
        """Return what a bound must exceed to settle a set: `cost` less one unit, or zero for a ray."""
        if ray:
            return 0
        return None if cost is None else (cost - 1) << (self.exponent + self.bits)

    def settles(
        self, bound: Bound, cost: int | None, legs: Sequence[int], low: Sequence[int], high: Sequence[int]
    ) -> bool:
        """Whether a bound rules out every ticket cheaper than `cost` within a box of counts."""
        limit = self.limit_of(bound.ray, cost)
        if limit is None:
            return False
        sides = zip(legs, low, high, strict=True)
        return bound.constant + sum(min(bound.reduced[j] * a, bound.reduced[j] * b) for j, a, b in sides) > limit

    def measure(self, legs: Sequence[int], contracts: Sequence[int]) -> int | None:
        """Return the cost of a ticket in units of money; None when it breaks a rule or the floor."""
        held = list(zip(legs, contracts, strict=True))
        if any(not 1 <= x <= self.limit[j] for j, x in held) or len(
            {(self.kind[j], self.strike[j]) for j in legs}
        ) < len(legs):
            return None
        puts = [(self.strike[j], self.side[j] * x) for j, x in held if self.kind[j] < 0]
        calls = [self.side[j] * x for j, x in held if self.kind[j] > 0]
        if any(sum(x for strike, x in puts if strike >= level) < 0 for level, _ in puts):
            return None
        if (
            sum(x for _, x in puts) > self.most_puts
            or sum(calls) > 0
            or -sum(x for x in calls if x < 0) > self.most_calls
        ):
            return None
        cost = sum(self.cost[j] * x for j, x in held)
        spots = {self.lowest, *(self.strike[j] for j in legs if self.strike[j] > self.lowest)}
        least = min(self.shares * s + sum(self.payoff(j, s) * x for j, x in held) for s in spots)
        carried = cost * self.mantissa if cost > 0 else cost << self.exponent
        slope = self.shares + units.MULTIPLIER * sum(calls)
        return cost if (least << self.exponent) - carried >= self.target and slope >= 0 else None


class Walk:
    """All leg sets, thinned out by bounds that are added as they are found.

    Bounds are rounded down to 64-bit whole numbers, so that sums of them never say too much.
    """

    def __init__(self, stated: Statement, cost: int | None) -> None:
        self.stated, self.cost = stated, cost
        self._room: list[int] = []
        self._prices: list[Integers] = []
        self._fewest: list[list[Integers]] = []
        self._hits: list[int] = []

    def add(self, bound: Bound) -> None:
        """Use one more bound; one that can settle nothing is left out."""
        limit = self.stated.limit_of(bound.ray, self.cost)
        if limit is None:
            return
        adds = [r if r >= 0 else r * most for r, most in zip(bound.reduced, self.stated.limit, strict=True)]
        size = max(abs(bound.constant - limit), *map(abs, adds), 1)
        shift = max(0, size.bit_length() - ROOM_BITS)
        prices = np.array([add >> shift for add in adds], dtype=np.int64)
        self._room.append((bound.constant - limit - 1) >> shift)
        self._prices.append(prices)
        self._fewest.append([self._completions(prices, left) for left in range(self.stated.max_legs)])
        self._hits.append(0)

    def _completions(self, prices: Integers, left: int) -> Integers:
        """Least that `left` distinct legs before a leg add, for each leg."""
        best: list[int] = []
        found = []
        for price in prices.tolist():
            found.append(sum(best) if len(best) == left else 0)
            best = sorted([*best, price])[:left]
        return np.array(found, dtype=np.int64)

    def thin_out(self, sets: Integers, left: int) -> Integers:
        """Leave out the sets (or first legs of sets with `left` more) that a bound settles."""
        for which in sorted(range(len(self._room)), key=lambda i: -self._hits[i]):
            if not len(sets):
                break
            keep = self._reach(which, sets, left) < 0
            self._hits[which] += len(sets) - int(keep.sum())
            sets = sets[keep]
        return sets

    def thin_out_by_last(self, sets: Integers) -> Integers:
        """Leave out the sets that the bound added last settles."""
        return sets[self._reach(-1, sets, 0) < 0]

    def _reach(self, which: int, sets: Integers, left: int) -> Integers:
        """How far a bound exceeds what it must: zero or more settles a set."""
        prices = self._prices[which]
        reach: Integers = self._room[which] + prices[sets].sum(axis=1) + self._fewest[which][left][sets[:, -1]]
        return reach

    def open_sets(self) -> Iterator[Integers]:
        """Yield, a block at a time, the leg sets that no bound settles; legs of a set descending."""
        for size in range(1, self.stated.max_legs + 1):
            for top in range(size - 1, len(self.stated)):
                sets = self.thin_out(np.array([[top]]), size - 1)
                for left in range(size - 2, -1, -1):
                    sets = self.thin_out(self._longer(sets, left), left)
                if len(sets):
                    yield sets

    def _longer(self, sets: Integers, left: int) -> Integers:
        """Return every set with one more leg, of a lower row and another contract."""
        last = sets[:, -1]
        rows = np.repeat(np.arange(len(sets)), last)
        added = np.concatenate([np.arange(n) for n in last]) if len(sets) else last
        longer = np.column_stack([sets[rows], added]) if len(rows) else np.empty((0, sets.shape[1] + 1), dtype=np.int64)
        keep = longer[:, -1] >= left
        kind, strike = np.array(self.stated.kind), np.array(self.stated.strike)
        for column in range(sets.shape[1]):
            same = (kind[longer[:, column]] == kind[longer[:, -1]]) & (
                strike[longer[:, column]] == strike[longer[:, -1]]
            )
            keep &= ~same
        return longer[keep]


def certify(
    problem: Problem,
    *,
    max_legs: int = DEFAULT_LEGS,
    counts_within_display: bool = False,
    until: float | None = None,
    recommended: Sequence[Leg] | None = None,
) -> dict[str, Any]:
    """Return a certificate of the least cost with at most `max_legs` legs, or that no ticket keeps the floor.

    Parameters
    ----------
    problem : Problem
    max_legs, counts_within_display, until
        As for `hedgekit.hedges.optimum.optimise`.
    recommended : sequence of Leg, optional
        A ticket to state beside the cheapest one, which may have more legs.

    Returns
    -------
    dict
        Ready for JSON; `verify` checks it. Its cost is the least of all tickets, without the charge for further legs.
    """
    until = problem.goal.until if until is None else until
    legs = needed(candidate_legs(problem, within_display=counts_within_display), exact(until), most=problem.most_puts)
    whole = WholeNumbers(problem, legs, lowest_spot=exact(until))
    best = whole.search.run(target=whole.target(problem.target), max_legs=max_legs)[1][-1]
    made: dict[str, Any] = {
        "schema": SCHEMA,
        "goal": {
            "shares": problem.shares,
            "spot": problem.spot,
            "floor": problem.floor,
            "until": until,
            "expiry": problem.expiry.isoformat(),
            "t_years": problem.t_years,
            "rate": problem.rate,
            "fee": problem.fee,
            "min_cap": problem.cap if problem.calls_allowed else None,
            "max_spread": problem.max_spread,
            "max_legs": max_legs,
            "within_display": counts_within_display,
        },
        "units_per_dollar": whole.per_dollar,
        **whole.stated(),
        "target": whole.target(problem.target),
        "ticket": None if best is None else {"legs": list(best[0]), "contracts": list(best[1])},
        "cost": None if best is None else best[2],
        "recommended": None if recommended is None else _as_rows(legs, recommended),
        "weight_bits": WEIGHT_BITS,
        "proofs": [],
    }
    stated = Statement(made)
    for number, part in enumerate(stated.parts):
        proof: dict[str, Any] = {"rows": part, "multipliers": [], "sets": []}
        _Prover(stated, whole, made["cost"], number, proof).prove()
        made["proofs"].append(proof)
    return made


def _as_rows(legs: Sequence[CandidateLeg], ticket: Sequence[Leg]) -> dict[str, Any] | None:
    """Return a ticket by the rows of the candidate legs; None when it trades something else."""
    rows = {(leg.option, leg.side): i for i, leg in enumerate(legs)}
    keys = [(leg.option, 1 if leg.contracts > 0 else -1) for leg in ticket]
    if any(key not in rows for key in keys):
        return None
    return {"legs": [rows[key] for key in keys], "contracts": [abs(leg.contracts) for leg in ticket]}


class _Prover:
    """Finds multipliers, with the compiled search's linear programmes, until every leg set is settled."""

    def __init__(
        self, stated: Statement, whole: WholeNumbers, cost: int | None, number: int, proof: dict[str, Any]
    ) -> None:
        self.stated, self.whole, self.cost = stated, whole, cost
        self.number, self.proof = number, proof
        self.part: str = proof["rows"]

    def prove(self) -> None:
        walk = Walk(self.stated, self.cost)
        for sets in walk.open_sets():
            while len(sets):
                legs = tuple(sorted(sets[0].tolist()))
                low, high = [1] * len(legs), [self.stated.limit[j] for j in legs]
                multipliers, _ = self._multipliers(legs, low, high)
                bound = self.stated.bound(multipliers, self.part)
                if self.stated.settles(bound, self.cost, legs, low, high):
                    walk.add(bound)
                    self.proof["multipliers"].append(multipliers)
                    remaining = walk.thin_out_by_last(sets)
                    # Rounded down, a bound may just miss the set it was made for.
                    if len(remaining) < len(sets):
                        sets = remaining
                        continue
                self.proof["sets"].append({"legs": list(legs), "proof": self._tree(legs, low, high)})
                sets = sets[1:]

    def _multipliers(self, legs: Sequence[int], low: list[int], high: list[int]) -> tuple[dict[str, Any], list[float]]:
        ray, rows, x = self.whole.search.multipliers(legs, low, high, self.number)
        whole = [[family, spot, round(math.ldexp(weight, WEIGHT_BITS))] for family, spot, weight in rows]
        return {"ray": ray, "rows": whole}, x

    def _tree(self, legs: Sequence[int], low: list[int], high: list[int]) -> dict[str, Any]:
        multipliers, x = self._multipliers(legs, low, high)
        if self.stated.settles(self.stated.bound(multipliers, self.part), self.cost, legs, low, high):
            return {"multipliers": multipliers}
        if low == high:
            return {"point": True}
        leg, at = _split(x, low, high)
        below, above = list(high), list(low)
        below[leg], above[leg] = at, at + 1
        return {"split": leg, "at": at, "below": self._tree(legs, low, below), "above": self._tree(legs, above, high)}


def _split(x: Sequence[float], low: Sequence[int], high: Sequence[int]) -> tuple[int, int]:
    """Return where to cut a box: through the most broken count, or beside a whole one."""
    free = [k for k in range(len(low)) if low[k] < high[k]]
    known = [k for k in free if math.isfinite(x[k])]
    broken = max(known, key=lambda k: abs(x[k] - round(x[k])), default=None)
    if broken is not None and abs(x[broken] - round(x[broken])) > 1e-6:  # whole within the programme's error
        return broken, min(max(math.floor(x[broken]), low[broken]), high[broken] - 1)
    widest = max(free, key=lambda k: high[k] - low[k])
    middle = round(x[widest]) if math.isfinite(x[widest]) else (low[widest] + high[widest]) // 2
    return widest, min(max(middle if middle == low[widest] else middle - 1, low[widest]), high[widest] - 1)


def verify(certificate: dict[str, Any], problem: Problem | None = None) -> Verified:
    """Check a certificate in exact arithmetic.

    Parameters
    ----------
    certificate : dict
        As `certify` made it, or read back from JSON.
    problem : Problem, optional
        Laid out from the chain and the goal: the certificate must then state these very legs, prices and numbers.
        Without it only the certificate's own statement is proven.

    Returns
    -------
    Verified

    Raises
    ------
    DataError
        When something is not proven: names it.
    """
    if certificate.get("schema") != SCHEMA:
        raise DataError(f"certificate: schema {certificate.get('schema')!r}, expected {SCHEMA!r}")
    if problem is not None:
        _same_statement(certificate, problem)
    stated = Statement(certificate)
    ticket, cost = certificate["ticket"], certificate["cost"]
    if (ticket is None) != (cost is None):
        raise DataError("certificate: it needs a ticket and a cost, or neither")
    if ticket is not None and stated.measure(ticket["legs"], ticket["contracts"]) != cost:
        raise DataError("certificate: its ticket breaks a rule or the floor, or costs something else")
    proofs = certificate.get("proofs")
    if not isinstance(proofs, list) or [_rows_of(proof) for proof in proofs] != list(stated.parts):
        raise DataError(f"certificate: it needs a proof for each of these rows: {', '.join(stated.parts)}")
    trees = sum(_check_proof(stated, cost, proof) for proof in proofs)
    return Verified(
        status="infeasible" if cost is None else "optimal",
        cost_usd=None if cost is None else cost / stated.per_dollar,
        recommended_usd=_check_recommended(stated, certificate.get("recommended")),
        sets=sum(math.comb(len(stated), size) for size in range(1, stated.max_legs + 1)),
        by_tree=trees,
        multipliers=sum(len(proof["multipliers"]) for proof in proofs),
    )


def _rows_of(proof: Any) -> str | None:
    return proof.get("rows") if isinstance(proof, dict) else None


def _check_recommended(stated: Statement, ticket: dict[str, Any] | None) -> float | None:
    """Return what the recommended ticket costs, dollars, once it is seen to keep the floor and every rule."""
    if ticket is None:
        return None
    try:
        cost = stated.measure([int(j) for j in ticket["legs"]], [int(x) for x in ticket["contracts"]])
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise DataError(f"certificate: its recommended ticket cannot be read: {error!r}") from None
    if cost is None:
        raise DataError("certificate: its recommended ticket breaks a rule or the floor")
    return cost / stated.per_dollar


def _check_proof(stated: Statement, cost: int | None, proof: dict[str, Any]) -> int:
    """Check one proof, and return how many leg sets needed their counts split."""
    part = proof["rows"]
    walk = Walk(stated, cost)
    try:
        bounds = [stated.bound(multipliers, part) for multipliers in proof["multipliers"]]
        trees = {tuple(entry["legs"]): entry["proof"] for entry in proof["sets"]}
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"certificate: its proof by {part} rows cannot be read: {error!r}") from None
    for bound in bounds:
        walk.add(bound)
    for sets in walk.open_sets():
        for row in sets.tolist():
            legs = tuple(sorted(row))
            if legs not in trees:
                raise DataError(f"certificate: nothing settles the legs {legs}")
            try:
                _check_tree(stated, part, cost, legs, trees[legs], [1] * len(legs), [stated.limit[j] for j in legs])
            except (KeyError, TypeError, ValueError, RecursionError) as error:
                if isinstance(error, DataError):
                    raise
                raise DataError(f"certificate: the proof for the legs {legs} cannot be read: {error!r}") from None
    return len(trees)


def _check_tree(
    stated: Statement,
    part: str,
    cost: int | None,
    legs: Sequence[int],
    node: dict[str, Any],
    low: list[int],
    high: list[int],
) -> None:
    if "multipliers" in node:
        if not stated.settles(stated.bound(node["multipliers"], part), cost, legs, low, high):
            raise DataError(f"certificate: the legs {tuple(legs)} from {low} to {high} are not settled")
    elif "split" in node:
        leg, at = int(node["split"]), int(node["at"])
        if not (0 <= leg < len(legs) and low[leg] <= at < high[leg]):
            raise DataError(f"certificate: the legs {tuple(legs)} are split outside {low} to {high}")
        below, above = list(high), list(low)
        below[leg], above[leg] = at, at + 1
        _check_tree(stated, part, cost, legs, node["below"], low, below)
        _check_tree(stated, part, cost, legs, node["above"], above, high)
    else:
        found = stated.measure(legs, low) if low == high else None
        if low != high or (found is not None and (cost is None or found < cost)):
            raise DataError(
                f"certificate: the legs {tuple(legs)} from {low} to {high} hold a cheaper ticket or are open"
            )


def _same_statement(certificate: dict[str, Any], problem: Problem) -> None:
    goal = certificate["goal"]
    legs = candidate_legs(problem, within_display=bool(goal["within_display"]))
    legs = needed(legs, exact(goal["until"]), most=problem.most_puts)
    whole = WholeNumbers(problem, legs, lowest_spot=exact(goal["until"]))
    expected = {"units_per_dollar": whole.per_dollar, **whole.stated(), "target": whole.target(problem.target)}
    for name, value in expected.items():
        if certificate.get(name) != value:
            raise DataError(f"certificate: its {name} is not that of the chain and goal given")
