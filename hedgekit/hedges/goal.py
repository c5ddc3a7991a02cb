"""What is asked of a hedge: one goal, and the numbers that say it.

==========  ============================================================================================
floor       keep a fraction of today's value at expiry at every spot, at the least cost
budget      the highest floor for the money; calls are sold only where a cap is named
cap         the highest cap at which a floor costs no more than the money (zero, or a budget)
delta       bring the delta down to a fraction of the shares', at the least cost
cvar        bring the average of the worst 5% of outcomes to at most a loss, at the least cost
==========  ============================================================================================

A floor may be asked for down to a level only (`until`): clearly weaker, and the only floor that a put spread keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from hedgekit import units
from hedgekit.errors import InputError
from hedgekit.hedges.presets import preset_named
from hedgekit.payoff import exact

STANDARD_FLOOR = 0.90
"""Fraction of today's value kept when no floor is asked for."""

CVAR_LEVEL = 0.95
"""The tail beyond this probability is averaged."""

Kind: TypeAlias = Literal["floor", "budget", "cap", "delta", "cvar"]
Measure: TypeAlias = Literal["implied", "historical"]
MEASURES: tuple[Measure, ...] = ("implied", "historical")

LEAST_PERCENT = 2.0
"""A fraction of this or more was probably meant in percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A goal; fractions of today's value are decimals.

    Attributes
    ----------
    kind : {"floor", "budget", "cap", "delta", "cvar"}
    floor : float
        Fraction of today's value to keep, 0 < floor <= 1; for a budget the one to compare with.
    floor_given : bool
        Whether the floor was asked for, or is the standard one.
    budget : float or None
        Most to pay, fraction of today's value.
    until : float
        The floor is to hold from this spot up, dollars a share; 0 is every spot.
    delta : float or None
        Delta of the hedged position to reach, fraction of the shares owned.
    cvar : float or None
        Largest average loss in the worst 5% of outcomes, fraction of today's value.
    measure : {"implied", "historical"}
        The distribution under which `cvar` is taken.
    preset : str or None
        The index strategy that was asked for; floor, level and cap are then its own.
    """

    kind: Kind = "floor"
    floor: float = STANDARD_FLOOR
    floor_given: bool = False
    budget: float | None = None
    until: float = 0.0
    delta: float | None = None
    cvar: float | None = None
    measure: Measure = "implied"
    preset: str | None = None

    def __post_init__(self) -> None:
        """Check every number."""
        if not 0.0 < self.floor <= 1.0:
            raise InputError(
                f"--floor {self.floor:g}: expected a fraction of today's value above 0 and up to 1{_meant(self.floor)}"
            )
        if self.budget is not None and not 0.0 <= self.budget < 1.0:
            meant = _meant(self.budget) or (
                " (dollars are written as their part of the value)" if self.budget > units.PERCENT else ""
            )
            raise InputError(f"--budget {self.budget:g}: expected a fraction of today's value from 0 to below 1{meant}")
        if not 0.0 <= self.until < float("inf"):
            raise InputError(f"--until {self.until:g}: expected dollars a share from 0 to below the spot")
        if self.delta is not None and not 0.0 <= self.delta < 1.0:
            raise InputError(
                f"--delta-target {self.delta:g}: expected a fraction of the shares' delta, 0 to below 1"
                f"{_meant(self.delta)}"
            )
        if self.cvar is not None and not 0.0 < self.cvar < 1.0:
            raise InputError(
                f"--cvar {self.cvar:g}: expected a loss as a fraction of today's value, between 0 and 1"
                f"{_meant(self.cvar)}"
            )
        if self.measure not in MEASURES:
            raise InputError(f"--measure {self.measure!r}: expected one of {', '.join(MEASURES)}")

    def lead(self, name: str, *, meets: bool) -> str:
        """Say what the hedge of one kind is that was chosen: "the cheapest put that holds the floor".

        Parameters
        ----------
        name : str
            The kind of hedge.
        meets : bool
            Whether it meets the goal.
        """
        met, missed = {
            "budget": ("the {} with the highest floor for the money", "no {} costs so little: the cheapest"),
            "delta": ("the cheapest {} with that delta", "no {} brings the delta so low: the nearest"),
            "cvar": ("the cheapest {} with that tail loss", "no {} brings the tail loss so low: the nearest"),
        }.get(self.kind, ("the cheapest {} that holds the floor", "no {} holds the floor: the best"))
        return (met if meets else missed).format(name)

    def to_dict(self) -> dict[str, Any]:
        """Return the goal as JSON-ready numbers."""
        return {
            "kind": self.kind,
            "floor": self.floor if self.kind in ("floor", "cap") else None,
            "budget": self.budget,
            "until": self.until or None,
            "delta_target": self.delta,
            "cvar": self.cvar,
            "cvar_level": CVAR_LEVEL if self.kind == "cvar" else None,
            "measure": self.measure if self.kind == "cvar" else None,
            "preset": self.preset,
        }


def choose_goal(
    *,
    spot: float,
    floor: float | None = None,
    budget: float | None = None,
    zero_cost: bool = False,
    until: float | None = None,
    delta_target: float | None = None,
    cvar: float | None = None,
    measure: str = "implied",
    preset: str | None = None,
    min_cap: float | None = None,
) -> Goal:
    """Return the one goal that the arguments name.

    Parameters
    ----------
    spot : float
        Dollars a share.
    floor, budget, zero_cost, delta_target, cvar, preset
        At most one, but for a floor beside `zero_cost`, or beside a budget when `min_cap` is given: then the highest
        cap is looked for at which that floor costs no more. None of them is the standard floor.
    until : float, optional
        Dollars a share, or below 1 a fraction of the spot: the floor is to hold from there up only.
    min_cap : float, optional
        Lowest cap that is accepted; with a floor and a budget it asks for the highest cap.

    Raises
    ------
    InputError
        Goals that exclude each other, or a number out of range.

    Examples
    --------
    >>> choose_goal(spot=290.0, budget=0.01).kind, choose_goal(spot=290.0, zero_cost=True).kind
    ('budget', 'cap')
    """
    named = {
        "--budget": budget,
        "--zero-cost": zero_cost or None,
        "--delta-target": delta_target,
        "--cvar": cvar,
        "--preset": preset,
    }
    asked = [name for name, value in named.items() if value is not None]
    if len(asked) > 1:
        raise InputError(f"{asked[0]} and {asked[1]} are two goals: give one")
    caps = zero_cost or (budget is not None and floor is not None and min_cap is not None)
    if floor is not None and asked and not caps:
        hint = (
            ", or add --min-cap for the highest cap at which that floor fits the budget" if budget is not None else ""
        )
        raise InputError(f"--floor and {asked[0]} are two goals: give one{hint}")
    if until is not None and asked and asked[0] in ("--delta-target", "--cvar", "--preset"):
        raise InputError(f"--until weakens a floor: it says nothing beside {asked[0]}")
    kinds: dict[str, Kind] = {"--delta-target": "delta", "--cvar": "cvar", "--budget": "budget"}
    kind: Kind = "cap" if caps else kinds.get(asked[0] if asked else "", "floor")
    return Goal(
        kind=kind,
        floor=STANDARD_FLOOR if floor is None else float(floor),
        floor_given=floor is not None,
        budget=0.0 if zero_cost else budget,
        until=_level(until, spot),
        delta=delta_target,
        cvar=cvar,
        measure=measure,  # type: ignore[arg-type] # checked when the goal is made
        preset=None if preset is None else preset_named(preset),
    )


def _level(until: float | None, spot: float) -> float:
    """Return a level in dollars a share; below 1 it is a fraction of the spot."""
    if until is None:
        return 0.0
    level = float(exact(until) * exact(spot)) if 0.0 < until < 1.0 else float(until)
    if not 0.0 <= level < spot:
        raise InputError(
            f"--until {until:g}: expected dollars a share from 0 to below the spot, {spot:g}, or a fraction of it"
        )
    return level


def _meant(number: float) -> str:
    """Suggest the fraction where a percent number was written."""
    return f" (did you mean {units.fraction(number):g}?)" if LEAST_PERCENT <= number <= units.PERCENT else ""
