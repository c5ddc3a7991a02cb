"""What is revalued: shares and options of one or several underlyings, and the market of each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

import numpy as np

from hedgekit.errors import InputError, Status
from hedgekit.market import calendar
from hedgekit.market.contract_terms import exercise_style
from hedgekit.market.inputs import Given, MarketInputs, resolve
from hedgekit.model import Chain, Leg, Option
from hedgekit.pricing import Exercise, implied_vol
from hedgekit.results import Note
from hedgekit.scenarios.smile import Smile, smiles

VolSource = Literal["own", "smile", "given", "none"]


def exercise_of(option: Option) -> Exercise:
    """Return the style of a listed option: European for cash-settled indexes, American for the rest.

    Examples
    --------
    >>> exercise_of(Option.parse("RUT 2026-09-18 2200 P")), exercise_of(Option.parse("IWM 2026-09-18 270 P"))
    ('european', 'american')
    """
    return exercise_style(option.root)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A number of shares, or of one option contract, with the vol it is revalued at.

    Attributes
    ----------
    ticker : str
        The underlying.
    quantity : float
        Signed, + is long: shares, or contracts when `option` is given.
    option : Option or None
    vol : float
        Decimal a year; NaN where none is known, and then every value of the option is NaN.
    vol_source : {"own", "smile", "given", "none"}
        The option's own mid quote, its expiry's smile at its strike, the caller, or nowhere.
    half_spread : float
        Half of ask - bid, dollars a share; NaN where there is no two-sided quote.
    """

    ticker: str
    quantity: float
    option: Option | None = None
    vol: float = math.nan
    vol_source: VolSource = "none"
    half_spread: float = 0.0

    def __post_init__(self) -> None:
        """Check the amount."""
        if not math.isfinite(self.quantity):
            raise InputError(f"quantity of {self.option or self.ticker} is {self.quantity}: expected a finite number")

    @property
    def units(self) -> float:
        """Shares the holding stands for: the quantity times the multiplier of an option."""
        return self.quantity * (self.option.multiplier if self.option else 1)

    def __str__(self) -> str:
        return f"{self.quantity:+,.10g} {self.option or self.ticker}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Underlying:
    """The market of one ticker at one moment.

    Attributes
    ----------
    ticker : str
    spot : float
        Dollars a share, positive.
    asof : datetime
        New York.
    rates, div_yields : mapping of date to float
        By expiry, continuously compounded, decimal a year.
    cash : tuple of (t_years, amount)
        Cash dividends ahead.
    smiles : mapping of date to Smile
        Needed for the sticky-delta rule only.
    """

    ticker: str
    spot: float
    asof: datetime
    rates: Mapping[date, float] = field(default_factory=dict)
    div_yields: Mapping[date, float] = field(default_factory=dict)
    cash: tuple[tuple[float, float], ...] = ()
    smiles: Mapping[date, Smile] = field(default_factory=dict)
    rate_source: str = ""
    dividends_source: str = ""
    warnings: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        """Check spot and clock."""
        if not 0.0 < self.spot < math.inf:
            raise InputError(f"spot of {self.ticker} is {self.spot!r}: expected a positive number of dollars a share")
        if self.asof.tzinfo is None:
            raise InputError(f"as-of time of {self.ticker} has no time zone: expected New York time")

    def years_to(self, expiry: date) -> float:
        """Return years of 365 days to an expiry's exercise cut-off; zero or less once it has passed."""
        return calendar.t_years(self.asof, expiry)


def underlying_of(
    chain: Chain,
    expiries: Sequence[date],
    *,
    rate: Given = None,
    dividends: Given = None,
    market: MarketInputs | None = None,
    with_smiles: bool = False,
) -> Underlying:
    """Return the market of a chain's ticker for some of its expiries.

    Parameters
    ----------
    chain : Chain
    expiries : sequence of datetime.date
        Those that are held; ones the chain does not list, or that have passed, are left out.
    rate, dividends : float or path, optional
        As in `hedgekit.compare`.
    market : MarketInputs, optional
        When the caller has settled rate and dividends already.
    with_smiles : bool
        Solve the smiles, for the sticky-delta rule.

    Raises
    ------
    InputError, DataError
        As `hedgekit.market.inputs.resolve`.
    """
    listed = set(chain.expiries)
    open_ = sorted({day for day in expiries if day in listed and chain.years_to(day) > 0.0})
    if market is None and open_:
        market = resolve(chain, open_, rate=rate, dividends=dividends)
    notes = tuple(Note(slug, message) for slug, message in chain.warnings)
    if market is None:
        return Underlying(ticker=chain.ticker, spot=chain.spot, asof=chain.asof, warnings=notes)
    return Underlying(
        ticker=chain.ticker,
        spot=chain.spot,
        asof=chain.asof,
        rates=market.rates,
        div_yields=market.div_yields,
        cash=market.cash,
        smiles=smiles(chain, market, open_) if with_smiles else {},
        rate_source=market.rate_source,
        dividends_source=market.dividends_source,
        warnings=market.warnings,
    )


def holdings_of(
    chain: Chain,
    underlying: Underlying,
    legs: Sequence[Leg | tuple[int, Option]],
    *,
    shares: float = 0,
) -> tuple[Holding, ...]:
    """Return shares and option legs as holdings, each option at the vol of its own mid quote.

    A leg whose mid equals its exercise value has no vol of its own and takes its expiry's smile at its strike; one
    that has neither gets NaN, and so has every value of it.

    Parameters
    ----------
    chain : Chain
    underlying : Underlying
        From `underlying_of`, with the legs' expiries.
    legs : sequence of Leg, or of (contracts, Option)
    shares : float
        Signed, of the chain's ticker.

    Raises
    ------
    InputError
        A leg that the chain does not list.
    """
    held = [(leg.contracts, leg.option) if isinstance(leg, Leg) else leg for leg in legs]
    made = [Holding(ticker=chain.ticker, quantity=shares)] if shares else []
    quotes = [chain.quote(option) for _, option in held]
    vols = vols_of(chain, underlying, [option for _, option in held], [quote.mid for quote in quotes])
    for (contracts, option), quote, (vol, source) in zip(held, quotes, vols, strict=True):
        made.append(
            Holding(
                ticker=chain.ticker,
                quantity=contracts,
                option=option,
                vol=vol,
                vol_source=source,
                half_spread=0.5 * (quote.ask - quote.bid),
            )
        )
    return tuple(made)


def vols_of(
    chain: Chain, underlying: Underlying, options: Sequence[Option], premiums: Sequence[float]
) -> list[tuple[float, VolSource]]:
    """Return each option's vol at its premium, or its smile's where the premium tells none, and which of the two.

    Parameters
    ----------
    chain : Chain
        For the smiles, when `underlying` has none.
    underlying : Underlying
    options : sequence of Option
    premiums : sequence of float
        Dollars a share; NaN where there is no two-sided quote, and then no vol is taken from a smile either.

    Returns
    -------
    list of (vol, source)
        NaN and "none" where nothing tells a vol.
    """
    found: list[tuple[float, VolSource]] = [(math.nan, "none")] * len(options)
    drawn = dict(underlying.smiles)
    groups: dict[Exercise, list[int]] = {}
    for row, option in enumerate(options):
        if option.expiry in underlying.rates and underlying.years_to(option.expiry) > 0.0:
            groups.setdefault(exercise_of(option), []).append(row)
    for style, rows in groups.items():
        held = [options[row] for row in rows]
        solved = implied_vol(
            np.array([premiums[row] for row in rows]),
            np.array([option.sign for option in held], dtype=np.int8),
            underlying.spot,
            np.array([option.strike for option in held]),
            np.array([underlying.years_to(option.expiry) for option in held]),
            np.array([underlying.rates[option.expiry] for option in held]),
            np.array([underlying.div_yields[option.expiry] for option in held]),
            exercise=style,
            dividends=underlying.cash,
            full=True,
        )
        for row, vol, status in zip(rows, solved.vol.tolist(), solved.status.tolist(), strict=True):
            if status == Status.OK:
                found[row] = (vol, "own")
            elif status != Status.INVALID_INPUT:  # at its exercise value: the vol of its strike is told by the others
                found[row] = _from_smile(chain, underlying, options[row], drawn)
    return found


def _from_smile(
    chain: Chain, underlying: Underlying, option: Option, drawn: dict[date, Smile]
) -> tuple[float, VolSource]:
    """Return the vol of an option's strike on its expiry's smile; smiles drawn are kept in `drawn`."""
    if option.expiry not in drawn:
        market = MarketInputs(
            rates=underlying.rates,
            div_yields=underlying.div_yields,
            cash=underlying.cash,
            rate_source="",
            dividends_source="",
        )
        drawn.update(smiles(chain, market, [option.expiry]))
    smile = drawn.get(option.expiry)
    return (math.nan, "none") if smile is None else (float(smile.at([option.strike])[0]), "smile")
