"""From a name of the catalogue to legs: strikes chosen by the structure's own file, prices at the touch."""

from __future__ import annotations

import importlib
import os
from datetime import date
from itertools import pairwise
from types import ModuleType

from hedgekit.errors import InfeasibleError, InputError
from hedgekit.market.inputs import Given
from hedgekit.model import Chain, Holding
from hedgekit.pricing import Exercise
from hedgekit.structures import STRUCTURES
from hedgekit.structures.analysis import StructureResult, analyze
from hedgekit.structures.choice import Choice
from hedgekit.structures.desk import Desk, open_desk, require_rising
from hedgekit.structures.outcome import exact_outcome
from hedgekit.structures.outlooks import beside
from hedgekit.structures.setting import Vols, from_chain
from hedgekit.structures.unlimited import unlimited


def home_of(name: str) -> ModuleType:
    """Return the module of a structure.

    Raises
    ------
    InputError
        When there is none of that name; lists those there are.
    """
    if name not in STRUCTURES:
        raise InputError(f"structure {name!r}: expected one of {', '.join(STRUCTURES)}")
    return importlib.import_module(STRUCTURES[name])


def build(name: str, desk: Desk) -> tuple[Holding, ...]:
    """Return the legs of a structure at the touch.

    Parameters
    ----------
    name : str
        A key of `hedgekit.structures.STRUCTURES`.
    desk : Desk
        Whose choice of strikes may be partial: the structure's defaults fill it.

    Raises
    ------
    InputError, DataError, InfeasibleError
        Strikes that are not listed, not quoted or not in order; a side that would be open.
    """
    home = home_of(name)
    strikes = desk.choice.strikes or tuple(home.strikes(desk))
    capped = getattr(home, "CAPPED", None)
    if desk.choice.cap is not None and capped is None:
        raise InputError(f"--cap: {name} has no open side to limit")
    names = capped if capped and len(strikes) == len(capped) else home.STRIKES
    if not desk.choice.strikes and any(not low < high for low, high in pairwise(strikes)):
        raise InputError(
            f"{name}: the strikes chosen, {', '.join(f'{k:g}' for k in strikes)}, must rise ({', '.join(names)}): give "
            "--delta or --otm a value for each main strike, other widths, or --strikes"
        )
    require_rising(names, strikes)
    legs: tuple[Holding, ...] = tuple(home.legs(desk, strikes))
    if desk.far_expiry is None:
        outcome = exact_outcome(legs, 0.0)
        if outcome.low is None:
            raise InfeasibleError(unlimited(outcome))
    return legs


def make(
    name: str,
    chain: Chain,
    *,
    choice: Choice | None = None,
    contracts: int = 1,
    by: date | None = None,
    expiry: date | None = None,
    far_by: date | None = None,
    far_expiry: date | None = None,
    rate: Given = None,
    dividends: Given = None,
    vol: Vols = None,
    drift: float | None = None,
    exercise: Exercise | None = None,
    fee: float = 0.0,
    max_spread: float = 0.30,
    history: str | os.PathLike[str] | None = None,
) -> StructureResult:
    """Build a structure of the catalogue from a chain and measure it.

    Parameters
    ----------
    name : str
        A key of `hedgekit.structures.STRUCTURES`.
    chain : Chain
    choice : Choice, optional
        How strikes are chosen; the structure's defaults otherwise.
    contracts : int
        How many of the structure.
    by, expiry : date
        One of them: the first expiry on or after a day, or exactly one.
    far_by, far_expiry : date, optional
        The later expiry of calendars and diagonals.
    rate, dividends, vol : optional
        As in `hedgekit.structures.setting.from_chain`.
    drift, fee : optional
        As in `hedgekit.structures.analysis.analyze`.
    history : path, optional
        Daily prices, for the historical distribution.
    exercise : {"american", "european"}, optional
        That of the option's root when absent.
    max_spread : float
        Quotes with a wider spread, as a fraction of the mid, are not chosen.

    Raises
    ------
    InputError, DataError, InfeasibleError
        As `build`.

    Examples
    --------
    >>> from hedgekit.market.sources import load
    >>> chain = load("examples/data/iwm.json")  # doctest: +SKIP
    >>> make("iron-condor", chain, by=date(2026, 12, 18)).max_loss_usd  # doctest: +SKIP
    """
    home = home_of(name)
    desk = open_desk(
        chain,
        choice=(choice or Choice()).otherwise(home.DEFAULT),
        contracts=contracts,
        by=by,
        expiry=expiry,
        far_by=far_by,
        far_expiry=far_expiry,
        two_expiries=getattr(home, "TWO_EXPIRIES", False),
        rate=rate,
        dividends=dividends,
        max_spread=max_spread,
    )
    holdings = build(name, desk)
    setting = from_chain(holdings, chain, vol=vol, exercise=exercise, market=desk.market)
    distributions, notes = beside(setting, history=history)
    return analyze(
        holdings, setting, name=name, fee=fee, drift=drift, distributions=distributions, notes=(*desk.notes, *notes)
    )
