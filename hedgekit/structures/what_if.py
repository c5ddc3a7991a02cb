"""A structure before it expires: profit over spot, vol and date by full revaluation."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt

from hedgekit.distributions.odds import Odds, odds_at
from hedgekit.distributions.protocol import Distribution
from hedgekit.errors import InputError
from hedgekit.results import Result
from hedgekit.structures.analysis import StructureResult, moments
from hedgekit.structures.outlook import level_distribution
from hedgekit.structures.outlooks import from_chain
from hedgekit.structures.revaluation import position_values
from hedgekit.structures.setting import options_of

VOL_SHOCKS: Final = (-0.40, -0.20, 0.0, 0.25, 0.50, 1.0)
"""Relative: 0.25 takes a vol of 20% to 25%."""

SPOTS: Final = 41
"""Evenly spread ones; strikes, break-evens and today's are added."""

STEPS: Final = tuple(part / 6.0 for part in range(7))
"""Of the time to the first expiry."""

DEVIATIONS = 3.0
"""Spots reach this many standard deviations to the first expiry, and past every strike and break-even."""

FEWEST, MOST = 0.08, 0.60
"""The least and the greatest move drawn, fractions of the spot."""


@dataclass(frozen=True, kw_only=True)
class StructureWhatIfResult(Result):
    """Profit of a structure over spot x vol x date.

    Attributes
    ----------
    name : str
    structure : StructureResult
        What is revalued.
    spot : float
    spots : ndarray of float64, shape (spots,)
        Dollars a share, ascending.
    vol_shocks : tuple of float
        Relative; every leg keeps its own vol but for them.
    dates : tuple of date
        Ascending; the last is the first expiry. Values are those of the day's close; of the first, as of now.
    pnl_usd : ndarray of float64, shape (dates, spots, vols)
        Profit after premiums and fees.
    marks : tuple of (str, float)
        Strikes and break-evens at the first expiry.
    odds : Odds or None
        Where the spot may end at the first expiry; None where nothing tells.
    """

    schema_name: ClassVar[str] = "structure_what_if"

    name: str
    structure: StructureResult
    spot: float
    spots: npt.NDArray[np.float64]
    vol_shocks: tuple[float, ...]
    dates: tuple[date, ...]
    pnl_usd: npt.NDArray[np.float64]
    marks: tuple[tuple[str, float], ...]
    odds: Odds | None

    def body(self) -> dict[str, Any]:
        """Return the cube and its axes."""
        return {
            "name": self.name,
            "structure": self.structure.body()["legs"],
            "spot": self.spot,
            "says": "Profit against the spot, after premiums and fees.",
            "spots": self.spots,
            "marks": [{"name": name, "spot": spot} for name, spot in self.marks],
            "vol_shocks": self.vol_shocks,
            "vol_rule": "relative",
            "dates": self.dates,
            "pnl_usd": self.pnl_usd,
            "odds": self.odds,
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one row a point."""
        return [
            {"date": day, "spot": float(spot), "vol_shock": shock, "pnl_usd": float(self.pnl_usd[d, i, j])}
            for d, day in enumerate(self.dates)
            for i, spot in enumerate(self.spots)
            for j, shock in enumerate(self.vol_shocks)
        ]


def what_if(result: StructureResult, *, vol_shocks: tuple[float, ...] = VOL_SHOCKS) -> StructureWhatIfResult:
    """Revalue a structure over spot, vol and date, each leg at its own vol.

    Parameters
    ----------
    result : StructureResult
    vol_shocks : tuple of float
        Relative.

    Raises
    ------
    InputError
        A leg that no vol is known of.
    ConvergenceError
        A leg that could not be valued.
    """
    setting, held = result.setting, result.holdings
    unknown = [str(leg.option) for leg in options_of(held) if math.isnan(setting.vols[leg.option])]
    if unknown:
        raise InputError(f"{', '.join(unknown)}: no vol is known, so no value before expiry: give --vol")
    marks = _marks(result)
    spots = _spots(result, [spot for _, spot in marks])
    steps = moments(setting, STEPS)
    profit = np.empty((len(steps), len(spots), len(vol_shocks)))
    for d, (elapsed, _) in enumerate(steps):
        for j, shock in enumerate(vol_shocks):
            if elapsed == setting.t_horizon and result.outcome.is_exact:
                # what expires together pays the same at any vol
                profit[d, :, j] = [float(result.outcome.profit.at(spot)) for spot in spots.tolist()]
                continue
            shocked = {option: vol * (1.0 + shock) for option, vol in setting.vols.items()}
            there = dataclasses.replace(setting, vols=shocked)
            profit[d, :, j] = position_values(held, there, spots, elapsed) - result.outlay_usd
    return StructureWhatIfResult(
        name=result.name,
        structure=result,
        spot=setting.spot,
        spots=spots,
        vol_shocks=vol_shocks,
        dates=tuple(day for _, day in steps),
        pnl_usd=profit,
        marks=marks,
        odds=_odds(result, spots),
        inputs={**result.inputs, "vols": "each leg at its own vol, whatever the spot does; shocks relative"},
    )


def _marks(result: StructureResult) -> tuple[tuple[str, float], ...]:
    strikes = sorted({leg.option.strike for leg in options_of(result.holdings)})
    return (
        *(("strike", strike) for strike in strikes),
        *(("break-even", float(spot)) for spot in result.outcome.breakevens),
    )


def _spots(result: StructureResult, marked: list[float]) -> npt.NDArray[np.float64]:
    setting = result.setting
    known = [vol for vol in (setting.level_vol, *setting.vols.values()) if not math.isnan(vol)]
    width = DEVIATIONS * max(known) * math.sqrt(setting.t_horizon)
    width = min(max(width, FEWEST), MOST) * setting.spot
    low = max(min(setting.spot - width, *(0.98 * spot for spot in marked)), 0.0)
    high = max(setting.spot + width, *(1.02 * spot for spot in marked))
    return np.unique([*np.round(np.linspace(low, high, SPOTS), 2).tolist(), *marked, setting.spot])


def _odds(result: StructureResult, spots: npt.NDArray[np.float64]) -> Odds | None:
    """Return where the spot may end: as the chain implies it or, without a chain, lognormal."""
    setting = result.setting
    for name, made in (("implied", from_chain), ("lognormal", level_distribution)):
        judged = result.outlooks.get(name)
        if judged is None or judged.profit_probability is None:
            continue
        ends: Distribution = made(setting)
        return odds_at(ends, spots, gain=judged.profit_probability)
    return None
