"""Certificates as files: written beside an answer, read back and checked against a chain file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, get_args

from hedgekit import units
from hedgekit.errors import DataError, HedgekitError, InputError
from hedgekit.hedges.certificate import SCHEMA, Verified, certify, verify
from hedgekit.hedges.comparison import HedgeResult
from hedgekit.hedges.goal import Kind
from hedgekit.hedges.money import FLOOR_PLACES
from hedgekit.hedges.problem import Problem, make_problem
from hedgekit.hedges.tickets import MAX_LEGS, candidate_legs
from hedgekit.model import Chain
from hedgekit.paths import unreadable
from hedgekit.payoff import exact
from hedgekit.results import Note, Result

LARGEST_FILE = 200_000_000
"""Bytes; certificates of six legs stay far below."""


@dataclass(frozen=True, kw_only=True)
class VerifyResult(Result):
    """What a certificate was found to prove of a chain.

    Attributes
    ----------
    goal : mapping
        As the certificate states it.
    proven : Verified
    units_per_dollar : int
    """

    schema_name: ClassVar[str] = "verify"

    goal: Mapping[str, Any]
    proven: Verified
    units_per_dollar: int

    def body(self) -> dict[str, Any]:
        """Return what is proven."""
        return {
            "verdict": "proven",
            "status": self.proven.status,
            "cost_usd": self.proven.cost_usd,
            "recommended_usd": self.proven.recommended_usd,
            "max_legs": self.goal["max_legs"],
            "leg_sets": self.proven.sets,
            "leg_sets_by_counts": self.proven.by_tree,
            "multipliers": self.proven.multipliers,
            "goal": dict(self.goal),
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one row."""
        row = self.body()
        goal = row.pop("goal")
        return [{**row, **{f"goal_{name}": value for name, value in goal.items() if name not in row}}]


def certificate_of(result: HedgeResult, chain: Chain) -> dict[str, Any]:
    """Return the certificate of an answer, with what a third party needs to lay the problem out again.

    For a floor or cap it proves the least cost (under that cap). For a budget it proves the least cost of a floor one
    cent higher than the one found, which is more than the budget: no ticket keeps more for the money.

    Parameters
    ----------
    result : HedgeResult
    chain : Chain
        The one that `result` was made from.

    Raises
    ------
    InputError
        For a goal that rests on a model: there is nothing to prove.
    """
    problem, optimum = result.problem, result.optimum
    if optimum is None:
        raise InputError("--certificate: a delta or tail loss is a model's number, not a proof; ask for a floor")
    chosen = None if result.recommended is None else result.named(result.recommended).legs
    if problem.goal.kind == "budget":
        chosen = None  # it keeps a cent less than the floor that the certificate is about
        highest = optimum.by_legs[-1]
        if highest is not None:
            cent = exact(1.0 / units.CENTS_PER_DOLLAR)
            wanted = (highest.floor + cent) / problem.value
            scaled = -(-wanted.numerator * 10**FLOOR_PLACES // wanted.denominator)
            problem = replace(problem, floor=scaled / 10**FLOOR_PLACES)
    made = certify(problem, max_legs=optimum.max_legs, recommended=chosen)
    made["goal"].update(
        {
            "kind": problem.goal.kind,
            "budget": problem.goal.budget,
            "ticker": chain.ticker,
            "spot_source": chain.spot_source,
            "asof": chain.asof.isoformat(),
            "source": chain.source,
            "source_sha256": chain.source_sha256,
        }
    )
    return made


def read_certificate(path: str | Path) -> dict[str, Any]:
    """Read a certificate file.

    Raises
    ------
    DataError
        Names the file and what is wrong with it.
    """
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DataError(f"{path}: larger than {LARGEST_FILE:,} bytes: this is no certificate")
        made = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path}: {unreadable(path, error)}") from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise DataError(f"{path}: not a JSON file: {error}") from None
    if not isinstance(made, dict) or made.get("schema") != SCHEMA:
        found = made.get("schema") if isinstance(made, dict) else None
        raise DataError(
            f"{path}: schema {found!r}, expected {SCHEMA!r}: write one with hedgekit hedge ... --certificate FILE"
        )
    return made


def terms_of(made: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the certificate's chain was read: the moment, the underlying, and the spot where it was given.

    Raises
    ------
    DataError
    """
    try:
        goal = made["goal"]
        spot = float(goal["spot"]) if goal["spot_source"] == "given" else None
        ticker = goal.get("ticker")
        return {"asof": str(goal["asof"]), "spot": spot, "ticker": None if ticker is None else str(ticker)}
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"certificate: its goal cannot be read: {error!r}") from None


def lay_out(made: Mapping[str, Any], chain: Chain) -> Problem:
    """Return the certificate's problem on the quotes of a chain.

    Raises
    ------
    DataError
        When the goal cannot be read, or does not fit the chain.
    """
    try:
        goal = made["goal"]
        if not 1 <= int(goal["max_legs"]) <= MAX_LEGS:
            raise DataError(f"certificate: {goal['max_legs']} legs, expected 1 to {MAX_LEGS}")
        if float(goal["spot"]) != chain.spot:
            raise DataError(f"certificate: a spot of {goal['spot']:g}, the chain's is {chain.spot:g}")
        if goal["spot_source"] != chain.spot_source:
            raise DataError(
                f"certificate: a spot from {goal['spot_source']!r}, that of the chain is from {chain.spot_source!r}"
            )
        if goal["kind"] not in get_args(Kind):
            raise DataError(
                f"certificate: a goal of kind {goal['kind']!r}: expected one of {', '.join(get_args(Kind))}"
            )
        min_cap = goal["min_cap"]
        problem = make_problem(
            chain,
            shares=int(goal["shares"]),
            expiry=date.fromisoformat(goal["expiry"]),
            floor=float(goal["floor"]),
            rate=float(goal["rate"]),
            div_yield=0.0,
            fee=float(goal["fee"]),
            min_cap=None if min_cap is None else float(min_cap),
            max_spread=float(goal["max_spread"]),
        )
        if float(goal["t_years"]) != problem.t_years:
            raise DataError(f"certificate: {goal['t_years']!r} years to expiry, the chain's are {problem.t_years!r}")
        return problem
    except DataError:
        raise
    except (KeyError, TypeError, ValueError, HedgekitError) as error:
        raise DataError(f"certificate: its goal does not fit {chain.source}: {error}") from None


def _fits_the_money(goal: Mapping[str, Any], problem: Problem, proven: Verified) -> None:
    """Refuse a budget that does not go with what is proven: a cent more of floor must cost more than it."""
    budget = goal.get("budget")
    if (budget is not None) != (goal["kind"] in ("budget", "cap")):
        raise DataError(f"certificate: a budget of {budget!r} does not go with a goal of kind {goal['kind']!r}")
    if budget is None or goal["kind"] != "budget" or proven.cost_usd is None:
        return
    try:
        paid = float(exact(float(budget)) * problem.value)
    except (TypeError, ValueError, OverflowError):
        raise DataError(f"certificate: a budget of {budget!r}: expected a fraction of today's value") from None
    if not proven.cost_usd > paid:
        raise DataError(
            f"certificate: a cent more of floor is proven to cost ${proven.cost_usd:,.2f}, which a budget of "
            f"${paid:,.2f} pays for: a ticket keeps more for the money"
        )


def check(made: dict[str, Any], chain: Chain) -> VerifyResult:
    """Check a certificate against the quotes of a chain, in exact arithmetic.

    Parameters
    ----------
    made : dict
        From `read_certificate`.
    chain : Chain
        Read anew; the certificate must state these very quotes.

    Returns
    -------
    VerifyResult

    Raises
    ------
    DataError
        When something is not proven: names it.

    Examples
    --------
    >>> import hedgekit as hk
    >>> made = read_certificate("proof.json")  # doctest: +SKIP
    >>> check(made, hk.load_chain("iwm.json")).proven.status  # doctest: +SKIP
    'optimal'
    """
    problem = lay_out(made, chain)
    try:
        proven = verify(made, problem)
    except DataError:
        raise
    except (KeyError, TypeError, ValueError, IndexError, OverflowError, RecursionError) as error:
        raise DataError(f"certificate: it cannot be read: {error!r}") from None
    _fits_the_money(made["goal"], problem, proven)
    every = candidate_legs(problem, within_display=bool(made["goal"]["within_display"]))
    warnings: tuple[Note, ...] = ()
    stated = made["goal"].get("source_sha256")
    if stated != chain.source_sha256:
        warnings = (Note("other_file", f"{chain.source} is not the very file that the certificate was made from"),)
    return VerifyResult(
        goal=made["goal"],
        proven=proven,
        units_per_dollar=int(made["units_per_dollar"]),
        inputs={
            "source": chain.source,
            "source_sha256": chain.source_sha256,
            "asof": chain.asof,
            "spot": chain.spot,
            "quotes": len(made["legs"]),
            "not_needed": len(every) - len(made["legs"]),
        },
        warnings=warnings,
    )
