"""Rate and dividends: what the user gave, or what the chain implies, and which of the two it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import numpy as np

from hedgekit import units
from hedgekit.errors import InputError
from hedgekit.market.carry import Forward, forwards, infer_rate
from hedgekit.market.dividends import read_dividends
from hedgekit.market.rates import read_curve
from hedgekit.model import Chain, FloatArray
from hedgekit.results import Note

HIGHEST = 1.0
"""A rate or yield beyond 100% a year is taken for a percent number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The market of one expiry.

    Attributes
    ----------
    rate, div_yield : float
        Continuously compounded, decimal a year.
    cash : tuple of (t_years, amount)
        Cash dividends ahead.
    rate_source, dividends_source : str
        Where they come from, in words.
    """

    rate: float
    div_yield: float
    cash: tuple[tuple[float, float], ...]
    rate_source: str
    dividends_source: str
    warnings: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketInputs:
    """The market of several expiries of a chain.

    Attributes
    ----------
    rates, div_yields : mapping of date to float
        Continuously compounded, decimal a year.
    cash : tuple of (t_years, amount)
        Cash dividends ahead, all expiries.
    forwards : mapping of date to Forward
        What parity says of each expiry; empty where it was not needed.
    """

    rates: Mapping[date, float]
    div_yields: Mapping[date, float]
    cash: tuple[tuple[float, float], ...]
    rate_source: str
    dividends_source: str
    forwards: Mapping[date, Forward] = field(default_factory=dict)
    warnings: tuple[Note, ...] = ()

    def terms(self, expiry: date) -> Terms:
        """Return the market of one expiry."""
        return Terms(
            rate=self.rates[expiry],
            div_yield=self.div_yields[expiry],
            cash=self.cash,
            rate_source=self.rate_source,
            dividends_source=self.dividends_source,
            warnings=self.warnings,
        )

    def columns(self, chain: Chain) -> tuple[FloatArray, FloatArray]:
        """Return rate and yield for each quote of a chain; NaN where its expiry is not among ours."""
        days, back = np.unique(chain.expiry, return_inverse=True)
        rate = np.array([self.rates.get(day, np.nan) for day in days.tolist()])
        div_yield = np.array([self.div_yields.get(day, np.nan) for day in days.tolist()])
        return rate[back], div_yield[back]


def resolve(
    chain: Chain,
    expiries: Sequence[date],
    *,
    rate: float | Path | None = None,
    dividends: float | Path | None = None,
    with_forwards: bool = False,
) -> MarketInputs:
    """Settle rate and dividends for some expiries of a chain.

    Parameters
    ----------
    chain : Chain
    expiries : sequence of datetime.date
    rate : float or Path, optional
        A number for all expiries, a Treasury curve file, or None to infer it from the chain.
    dividends : float or Path, optional
        A yield for all expiries, a file of cash dividends, or None for the yield that parity implies.
    with_forwards : bool
        Tell the forwards even when nothing has to be inferred from them.

    Raises
    ------
    InputError
        A number that cannot be a rate or yield.
    DataError
        A file that cannot be read, or a chain that does not tell its rate.
    """
    rates, rate_source = _rates(chain, expiries, rate)
    found: dict[date, Forward] = {}
    if dividends is None or with_forwards:
        found = {forward.expiry: forward for forward in forwards(chain, rates) if forward.expiry in rates}
    cash: tuple[tuple[float, float], ...] = ()
    notes: tuple[Note, ...] = ()
    if dividends is None:
        yields, notes = _implied_yields(chain, expiries, found)
        source = "dividends as the yield that put-call parity implies"
    elif isinstance(dividends, Path):
        cash = read_dividends(dividends, chain.asof)
        yields = dict.fromkeys(expiries, 0.0)
        source = _cash_source(dividends, cash, max(chain.years_to(day) for day in expiries))
    else:
        value = checked("--dividends", dividends)
        yields = dict.fromkeys(expiries, value)
        source = f"dividend yield {units.percent(value):g}% as given"
    chain_notes = tuple(Note(slug, message) for slug, message in chain.warnings)
    return MarketInputs(
        rates=rates,
        div_yields=yields,
        cash=cash,
        rate_source=rate_source,
        dividends_source=source,
        forwards=found,
        warnings=(*chain_notes, *notes),
    )


def given(
    *, asof: datetime, t_years: float, rate: float | Path | None, dividends: float | Path | None
) -> Terms:
    """Settle rate and dividends of one contract without a chain to infer them from.

    Raises
    ------
    InputError
        No rate, or a number that cannot be one.
    """
    if rate is None:
        raise InputError("give --rate (a number like 0.0375, or a Treasury curve file), or --chain to infer it from")
    if isinstance(rate, Path):
        r, rate_source = read_curve(rate, asof).rate(t_years), f"from {rate.name}"
    else:
        r, rate_source = checked("--rate", rate), "as given"
    cash: tuple[tuple[float, float], ...] = ()
    q, source = 0.0, "no dividends"
    if isinstance(dividends, Path):
        cash = read_dividends(dividends, asof)
        source = _cash_source(dividends, cash, t_years)
    elif dividends is not None:
        q = checked("--dividends", dividends)
        source = f"dividend yield {units.percent(q):g}% as given"
    return Terms(rate=r, div_yield=q, cash=cash, rate_source=rate_source, dividends_source=source)


def checked(name: str, value: float) -> float:
    """Return a rate or yield, or refuse one that must be a percent number.

    Raises
    ------
    InputError
        Not finite, or beyond 100% a year.
    """
    if not -HIGHEST < value < HIGHEST:
        hint = f" (did you mean {units.fraction(value):g}?)" if np.isfinite(value) else ""
        raise InputError(f"{name} {value:g}: expected a decimal a year between -1 and 1{hint}")
    return float(value)


def _rates(chain: Chain, expiries: Sequence[date], rate: float | Path | None) -> tuple[dict[date, float], str]:
    if rate is None:
        estimate = infer_rate(chain)
        half = units.percent(estimate.high - estimate.low) / 2
        return dict.fromkeys(expiries, estimate.rate), (
            f"inferred from the chain's put-call parity, +-{half:.2f} points"
        )
    if isinstance(rate, Path):
        curve = read_curve(rate, chain.asof)
        return {day: curve.rate(chain.years_to(day)) for day in expiries}, f"from {rate.name}, {curve.day}"
    return dict.fromkeys(expiries, checked("--rate", rate)), "as given"


def _implied_yields(
    chain: Chain, expiries: Sequence[date], found: Mapping[date, Forward]
) -> tuple[dict[date, float], tuple[Note, ...]]:
    """Return each expiry's implied yield; one that parity does not tell takes its nearest neighbour's."""
    known = [forward for forward in found.values() if np.isfinite(forward.div_yield)]
    if not known:
        raise InputError(
            f"{chain.source}: too few two-sided quotes near the money to imply a dividend yield: give --dividends"
        )
    yields, borrowed = {}, []
    for day in expiries:
        forward = found.get(day)
        if forward is None or not np.isfinite(forward.div_yield):
            t_years = chain.years_to(day)
            forward = min(known, key=lambda other: abs(other.t_years - t_years))
            borrowed.append(f"{day}")
        yields[day] = forward.div_yield
    if not borrowed:
        return yields, ()
    message = f"no parity near the money at {', '.join(borrowed)}: the nearest expiry's implied yield is used"
    return yields, (Note("yield-borrowed", message),)


def _cash_source(path: Path, cash: Sequence[tuple[float, float]], t_years: float) -> str:
    live = [amount for when, amount in cash if 0.0 < when <= t_years]
    return f"{len(live)} cash dividends ({sum(live):g} a share) before expiry from {path.name}"
