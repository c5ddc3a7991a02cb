"""`allocate`: how much of a portfolio goes into a ticker, from who invests and from what a stop may cost."""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from hedgekit import units
from hedgekit.errors import DataError, InputError
from hedgekit.paths import unreadable
from hedgekit.results import Note, Result

Tolerance = Literal["low", "medium", "high"]

LONG_HORIZON = 10.0
"""Years from which a horizon counts as long."""

YOUNG, OLD = 50, 60
"""Under and over these ages a band of its own holds."""

USUAL_STOP = (0.15, 0.20)
"""Where the stop of an allocation usually lies, fractions below the price."""

LOSS_BUDGET = 0.02
"""Fraction of the portfolio that a stopped-out position may cost, unless said otherwise."""

OLDEST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A range of weights.

    Attributes
    ----------
    name : str
    low, high : float
        Fractions of the portfolio.
    """

    name: str
    low: float
    high: float

    def __post_init__(self) -> None:
        """Check the order."""
        if not 0.0 <= self.low <= self.high <= 1.0:
            raise InputError(f"band {self.name}: {self.low} to {self.high}: expected fractions 0 <= low <= high <= 1")


BANDS: dict[str, Band] = {
    "usual": Band(name="usual", low=0.10, high=0.15),
    "growth": Band(name="growth", low=0.20, high=0.25),
    "cautious": Band(name="cautious", low=0.05, high=0.10),
    "new": Band(name="new", low=0.05, high=0.10),
}


@dataclass(frozen=True, kw_only=True)
class AllocationResult(Result):
    """A weight band and a share count, and which rule binds.

    Attributes
    ----------
    band : Band
    shares : int
        The most whole shares within the band's top and the loss budget.
    binding : str
        "band", "loss budget" or "band and loss budget".
    why : str
    shares_low, shares_high : int
        Whole shares at the bottom (rounded up) and the top (rounded down) of the band.
    shares_budget : int
        Most whole shares whose loss at the stop stays within the budget.
    held : float
        Shares held now.
    trade : float
        Shares to buy (+) or sell (-).
    """

    schema_name: ClassVar[str] = "allocate"

    ticker: str
    spot: float
    portfolio_usd: float
    band: Band
    shares: int
    binding: str
    why: str
    shares_low: int
    shares_high: int
    shares_budget: int
    stop_level: float
    loss_at_stop_usd: float
    budget_usd: float
    held: float
    trade: float

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        return {
            "ticker": self.ticker,
            "band": {"name": self.band.name, "low": self.band.low, "high": self.band.high},
            "shares": self.shares,
            "value_usd": self.shares * self.spot,
            "weight": self.shares * self.spot / self.portfolio_usd,
            "binding": self.binding,
            "why": self.why,
            "shares_low": self.shares_low,
            "shares_high": self.shares_high,
            "shares_budget": self.shares_budget,
            "stop_level": self.stop_level,
            "loss_at_stop_usd": self.loss_at_stop_usd,
            "budget_usd": self.budget_usd,
            "held": self.held,
            "held_weight": self.held * self.spot / self.portfolio_usd,
            "trade": self.trade,
        }

    def records(self) -> list[dict[str, Any]]:
        """Return the one row."""
        body = self.body()
        band = body.pop("band")
        return [{"band": band["name"], "band_low": band["low"], "band_high": band["high"], **body}]


def read_bands(source: str | os.PathLike[str]) -> dict[str, Band]:
    """Read bands from a TOML file with a ``[bands]`` table such as ``usual = [0.10, 0.15]``.

    Raises
    ------
    DataError
        A bad file, an unknown band or a range that cannot be; bands it leaves out keep their defaults.
    """
    label = ascii(os.fspath(source))[1:-1]
    try:
        document = tomllib.loads(Path(source).read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{label}: {unreadable(Path(source), error)}") from None
    except ValueError as error:
        raise DataError(f"{label}: not a TOML file: {error}") from None
    table = document.get("bands")
    if not isinstance(table, dict) or set(document) != {"bands"}:
        raise DataError(f"{label}: expected one table, [bands], with {', '.join(BANDS)}")
    bands = dict(BANDS)
    for name, pair in table.items():
        numbers = isinstance(pair, list) and len(pair) == 2 and all(type(x) in (int, float) for x in pair)
        if name not in BANDS or not numbers:
            raise DataError(f"{label}: band {name!r} = {pair!r}: expected one of {', '.join(BANDS)} = [low, high]")
        try:
            bands[name] = Band(name=name, low=float(pair[0]), high=float(pair[1]))
        except InputError as error:
            raise DataError(f"{label}: {error}") from None
    return bands


def choose_band(
    *,
    age: int,
    tolerance: Tolerance,
    horizon_years: float | None,
    new_investor: bool,
    bands: Mapping[str, Band] = BANDS,
) -> tuple[Band, str]:
    """Return the band that fits an investor, and why; the most cautious that fits holds.

    Examples
    --------
    >>> choose_band(age=42, tolerance="high", horizon_years=20, new_investor=False)[0].name
    'growth'
    >>> choose_band(age=61, tolerance="high", horizon_years=20, new_investor=False)[0].name
    'cautious'
    """
    if new_investor:
        return bands["new"], "a new investor"
    if age > OLD:
        return bands["cautious"], f"over {OLD}"
    if tolerance == "low":
        return bands["cautious"], "a low tolerance for risk"
    if age < YOUNG and tolerance == "high":
        if horizon_years is not None and horizon_years >= LONG_HORIZON:
            return bands["growth"], f"under {YOUNG}, a high tolerance for risk and {horizon_years:g} years to go"
        told = "no horizon given" if horizon_years is None else f"{horizon_years:g} years to go"
        return bands["usual"], f"{told}, less than the {LONG_HORIZON:g} that the higher band asks for"
    return bands["usual"], "the usual case"


def allocate(
    *,
    ticker: str = "IWM",
    spot: float,
    portfolio_usd: float,
    age: int,
    tolerance: Tolerance = "medium",
    horizon_years: float | None = None,
    new_investor: bool = False,
    stop: float = USUAL_STOP[1],
    loss_budget: float = LOSS_BUDGET,
    held: float = 0.0,
    bands: Mapping[str, Band] = BANDS,
    inputs: Mapping[str, Any] | None = None,
) -> AllocationResult:
    """Size a position by its band and by what its stop may cost, in whole shares.

    ``shares = min(floor(high V / S), floor(budget V / (S stop)))``: the band caps the weight, the loss budget caps the
    loss at the stop. When the budget binds below the bottom of the band it says so and keeps to the budget.

    Parameters
    ----------
    spot : float
        Dollars a share.
    portfolio_usd : float
        Whole portfolio, the position included.
    age : int
    tolerance : {"low", "medium", "high"}
    horizon_years : float, optional
        Not given counts as not long.
    new_investor : bool
    stop : float
        Distance of the stop below the spot, a fraction.
    loss_budget : float
        Fraction of the portfolio that the position may lose at its stop.
    held : float
        Shares held now.
    bands : mapping
    inputs : mapping, optional
        Added to the result's inputs: files and hashes.

    Raises
    ------
    InputError
        A number out of range.

    Examples
    --------
    >>> found = allocate(spot=250.0, portfolio_usd=500_000.0, age=55, stop=0.20, loss_budget=0.02)
    >>> found.shares, found.binding
    (200, 'loss budget')
    """
    _positive("spot", spot, "dollars a share")
    _positive("portfolio", portfolio_usd, "dollars")
    if isinstance(age, bool) or not 0 < age <= OLDEST:
        raise InputError(f"age {age!r}: expected 1 to {OLDEST} years")
    if tolerance not in ("low", "medium", "high"):
        raise InputError(f"risk tolerance {tolerance!r}: expected low, medium or high")
    if horizon_years is not None and not 0.0 <= horizon_years <= OLDEST:
        raise InputError(f"horizon {horizon_years!r}: expected 0 to {OLDEST} years")
    for name, number in (("stop", stop), ("loss budget", loss_budget)):
        if not 0.0 < number < 1.0:
            hint = f" (did you mean {units.fraction(number):g}?)" if 1.0 <= number < units.PERCENT else ""
            raise InputError(f"{name} {number:g}: expected a fraction above 0 and below 1{hint}")
    if isinstance(held, bool) or not math.isfinite(held):
        raise InputError(f"held {held!r}: expected a number of shares")
    if not ticker.strip():
        raise InputError("ticker is blank: name what is allocated to")
    band, reason = choose_band(
        age=age, tolerance=tolerance, horizon_years=horizon_years, new_investor=new_investor, bands=bands
    )
    budget_usd = loss_budget * portfolio_usd
    # a rounding error of the last digit must not cost or add a share
    high = math.floor(band.high * portfolio_usd / spot + 1e-9)
    low = math.ceil(band.low * portfolio_usd / spot - 1e-9)
    by_budget = math.floor(budget_usd / (spot * stop) + 1e-9)
    shares = min(high, by_budget)
    binding = "band and loss budget" if high == by_budget else "band" if high < by_budget else "loss budget"
    why = (
        f"{band.low:.0%}-{band.high:.0%} for {reason}; a stop {stop:.1%} below and a loss budget of {loss_budget:.1%} "
        f"allow {by_budget:,} shares, the band {low:,} to {high:,}: the {binding} binds"
    )
    notes = [
        Note("stop_is_no_floor", "a stop fills below its level on a gap: the loss can exceed the budget; a put cannot")
    ]
    if shares < low:
        why += ", below the bottom of the band"
        notes.append(
            Note(
                "below_band",
                f"the loss budget allows {units.percent(shares * spot / portfolio_usd):.2f}% of the portfolio, less "
                f"than the band's {units.percent(band.low):g}%: a nearer stop or a larger budget would reach it",
            )
        )
    if not USUAL_STOP[0] - 1e-12 <= stop <= USUAL_STOP[1] + 1e-12:
        notes.append(Note("stop_unusual", f"a stop {stop:.1%} away is outside the usual 15-20%"))
    if low > high:
        notes.append(Note("band_too_narrow", f"no whole number of shares at {spot:.2f} lies within the band"))
    return AllocationResult(
        ticker=ticker,
        spot=spot,
        portfolio_usd=portfolio_usd,
        band=band,
        shares=shares,
        binding=binding,
        why=why,
        shares_low=low,
        shares_high=high,
        shares_budget=by_budget,
        stop_level=spot * (1.0 - stop),
        loss_at_stop_usd=shares * spot * stop,
        budget_usd=budget_usd,
        held=held,
        trade=shares - held,
        inputs={
            "age": age,
            "tolerance": tolerance,
            "horizon_years": horizon_years,
            "new_investor": new_investor,
            "stop": stop,
            "loss_budget": loss_budget,
            "spot": spot,
            "portfolio_usd": portfolio_usd,
            **(inputs or {}),
        },
        warnings=tuple(notes),
    )


def _positive(name: str, number: float, unit: str) -> None:
    if isinstance(number, bool) or not 0.0 < number < math.inf:
        raise InputError(f"{name} {number!r}: expected a positive number of {unit}")
