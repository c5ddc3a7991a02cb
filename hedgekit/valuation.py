"""One contract: its price and greeks from a vol, or its vol from a premium."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, ClassVar, Literal

from hedgekit import units
from hedgekit.errors import HedgekitError, InputError, Status
from hedgekit.market.calendar import is_session, session_close, years_between
from hedgekit.market.contract_terms import cutoff, exercise_style
from hedgekit.market.inputs import Given, Terms, given, resolve
from hedgekit.market.snapshot import read_asof
from hedgekit.model import NEW_YORK, Chain, Option, Quote
from hedgekit.pricing import GREEK_NAMES, Exercise, Greeks, ImpliedVol, engine_name, greeks, implied_vol
from hedgekit.results import Note, Result

USUAL_CLOSE = time(16, 0)

HIGHEST_VOL = 10.0

MANY_YEARS, MOST_YEARS = 6.0, 50.0
"""Nothing is listed beyond the first: days were probably meant; beyond the second they were."""
"""A vol above this was written in percent."""


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What is valued: a listed option, or a strike and a time.

    Attributes
    ----------
    kind : {"call", "put"}
    strike : float
        Dollars a share.
    t_years : float
        Years of 365 days to the exercise cut-off.
    option : Option or None
        The listed option, when there is one.
    """

    kind: Literal["call", "put"]
    strike: float
    t_years: float
    option: Option | None = None


@dataclass(frozen=True, kw_only=True)
class ValuationResult(Result):
    """Price, greeks and vol of one contract.

    Attributes
    ----------
    price, vol : float
        Dollars a share; decimal a year.
    greeks : Greeks
        Raw derivatives a share.
    status : Status
        Of the vol: OK unless a premium that has none was asked about.
    upper : float
        The vol below which every vol explains the premium when the status is NOT_IDENTIFIED; else NaN.
    quote : dict or None
        Bid, ask and the vols there, when the contract was found in a chain.
    """

    schema_name: ClassVar[str] = "price"

    contract: Contract
    price: float
    vol: float
    greeks: Greeks
    quote: Mapping[str, Any] | None = None
    status: Status = Status.OK
    upper: float = math.nan
    refusal: HedgekitError | None = None

    def require(self) -> None:
        """Raise what the status means unless it is OK.

        Raises
        ------
        InputError, ArbitrageError, NotIdentifiedError, ConvergenceError
        """
        if self.refusal is not None:
            raise self.refusal

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        shown = {
            "delta": self.greeks.delta,
            "gamma": self.greeks.gamma,
            "vega": self.greeks.vega,
            "theta": self.greeks.theta,
            "rho": self.greeks.rho,
            "vanna": self.greeks.vanna,
            "volga": self.greeks.volga,
            "charm": self.greeks.charm,
            "vega_per_point": units.vega_per_point(self.greeks.vega),
            "theta_per_day": units.theta_per_day(self.greeks.theta),
            "rho_per_point": units.rho_per_point(self.greeks.rho),
        }
        body: dict[str, Any] = {
            "symbol": self.contract.option.compact if self.contract.option else None,
            "kind": self.contract.kind,
            "strike": self.contract.strike,
            "price": self.price,
            "vol": self.vol,
            "status": self.status,
            "upper": self.upper,
            "greeks": shown,
        }
        return body if self.quote is None else {**body, "quote": dict(self.quote)}

    def records(self) -> list[dict[str, Any]]:
        """Return the one row."""
        body = self.body()
        body.pop("quote", None)
        greeks = body.pop("greeks")
        return [{**body, **greeks}]


@dataclass(frozen=True, kw_only=True)
class ImpliedVolResult(ValuationResult):
    """The same, asked for by its premium."""

    schema_name: ClassVar[str] = "iv"


def moment(asof: str | None) -> datetime:
    """Return the moment of valuation, New York: now, or the one given; a day means its 16:00 close.

    Raises
    ------
    InputError
        When the text is no day or time.
    """
    when = read_asof(asof)
    if when is None:
        return datetime.now(NEW_YORK)
    if isinstance(when, datetime):
        return when
    return session_close(when) if is_session(when) else datetime.combine(when, USUAL_CLOSE, NEW_YORK)


def contract_for(
    *,
    option: Option | None,
    kind: str | None,
    strike: float | None,
    expiry: date | None,
    t_years: float | None,
    asof: datetime,
) -> Contract:
    """Return the contract that a symbol, or a kind, a strike and an expiry or time, describe.

    Raises
    ------
    InputError
        When too little or too much is given, or the expiry has passed.
    """
    if option is not None:
        if kind is not None or strike is not None or expiry is not None or t_years is not None:
            raise InputError("the symbol says it all: leave out --kind, --strike, --expiry and --t-years")
        kind, strike, expiry = option.kind, option.strike, option.expiry
    if kind is None or strike is None or (expiry is None) == (t_years is None):
        raise InputError("name the contract: a symbol, or --kind, --strike and one of --expiry and --t-years")
    root = option.root if option else ""
    left = years_between(asof, cutoff(root, expiry)) if expiry is not None else t_years
    assert left is not None
    if t_years is not None and t_years > MOST_YEARS:
        raise InputError(f"--t-years {t_years:g}: no option runs so long; {_as_days(t_years)}")
    if left <= 0:
        if expiry is None:
            raise InputError(f"--t-years {left:g}: it must be more than 0")
        raise InputError(f"expiry {expiry}: its exercise cut-off is past at {asof:%Y-%m-%d %H:%M} New York")
    side: Literal["call", "put"] = "call" if kind == "call" else "put"
    return Contract(kind=side, strike=strike, t_years=left, option=option)


def value(
    contract: Contract,
    *,
    asof: datetime,
    spot: float | None = None,
    vol: float | None = None,
    premium: float | None = None,
    rate: Given = None,
    dividends: Given = None,
    exercise: Exercise | None = None,
    chain: Chain | None = None,
    question: Literal["price", "iv"] = "price",
) -> ValuationResult:
    """Price a contract from a vol, or find the vol of a premium; with a chain, from its own quote.

    Parameters
    ----------
    contract : Contract
    asof : datetime
        Moment of valuation, New York.
    spot, vol, premium : float, optional
        Needed without a chain: the spot, and one of vol and premium. With a chain the premium defaults to the
        contract's mid quote there.
    rate : float or path, optional
        Needed without a chain.
    dividends : float or path, optional
        Yield or cash dividends file; none without a chain unless given.
    exercise : {"american", "european"}, optional
        Default: that of the option's root, American where none is named.
    chain : Chain, optional
        Gives what is not given.
    question : {"price", "iv"}

    Raises
    ------
    InputError
        When an input is missing and there is no chain to take it from.
    ArbitrageError, NotIdentifiedError
        The premium has no vol.
    """
    exercise = exercise or (exercise_style(contract.option.root) if contract.option else "american")
    if vol is not None and premium is not None:
        raise InputError("give one of --vol and --premium, not both")
    if vol is not None and vol > HIGHEST_VOL:
        raise InputError(f"--vol {vol:g}: {units.percent(vol):,.0f}% a year; 20% is written 0.20")
    if chain is not None:
        terms, quote = _from_chain(contract, chain, rate=rate, dividends=dividends)
        spot = chain.spot
        if vol is None and premium is None:
            premium = quote.mid
            if math.isnan(premium):
                raise InputError(f"{quote.option} has no two-sided quote in {chain.source}: give --vol or --premium")
    else:
        terms, quote = given(asof=asof, t_years=contract.t_years, rate=rate, dividends=dividends), None
        if spot is None:
            raise InputError("give --spot, or --chain to take it from")
        if vol is None and premium is None:
            raise InputError("give --vol or --premium, or --chain to take the contract's quote from")
    place = (contract.kind, spot, contract.strike, contract.t_years, terms.rate, terms.div_yield)
    solved, refusal = ImpliedVol(vol, Status.OK, math.nan), None
    if vol is None:
        assert premium is not None
        solved = implied_vol(premium, *place, exercise=exercise, dividends=terms.cash, full=True)
        refusal = _refusal(premium, place, exercise, terms) if solved.status else None
        if refusal is not None and question == "price":
            raise refusal
        vol = solved.vol
    if refusal is None:
        numbers = greeks(*place, vol, exercise=exercise, dividends=terms.cash)
    else:
        numbers = Greeks(premium, *[math.nan] * (len(GREEK_NAMES) - 1))
    notes = terms.warnings
    if contract.option is None and contract.t_years >= MANY_YEARS:
        notes = (*notes, Note("t_years_long", f"--t-years {contract.t_years:g} is years: {_as_days(contract.t_years)}"))
    result = ImpliedVolResult if question == "iv" else ValuationResult
    return result(
        contract=contract,
        price=numbers.price,
        vol=vol,
        greeks=numbers,
        status=solved.status,
        upper=solved.upper,
        refusal=refusal,
        quote=None if quote is None else _band(quote, place, exercise, terms),
        inputs=_inputs(contract, asof, spot, premium, exercise, terms, chain),
        warnings=notes,
    )


def _as_days(t_years: float) -> str:
    """Say what a time would be in years, had days been meant."""
    return f"{t_years:g} days are written {units.years(t_years):.4f}"


def _refusal(premium: float, place: tuple[Any, ...], exercise: Exercise, terms: Terms) -> HedgekitError:
    """Return what a premium without a vol raises."""
    try:
        implied_vol(premium, *place, exercise=exercise, dividends=terms.cash)
    except HedgekitError as error:
        return error
    raise AssertionError("a premium has a vol alone but not with its status")


def _from_chain(contract: Contract, chain: Chain, *, rate: Given, dividends: Given) -> tuple[Terms, Quote]:
    """Take the market and the contract's own quote from a chain."""
    if contract.option is None:
        raise InputError("with --chain, name a listed contract by its symbol")
    quote = chain.quote(contract.option)
    expiry = contract.option.expiry
    return resolve(chain, (expiry,), rate=rate, dividends=dividends).terms(expiry), quote


def _band(quote: Quote, place: tuple[Any, ...], exercise: Exercise, terms: Terms) -> dict[str, Any]:
    """Say the quote and the vols at its bid, mid and ask."""
    band: dict[str, Any] = {"bid": quote.bid, "mid": quote.mid, "ask": quote.ask}
    for side in ("bid", "mid", "ask"):
        solved = implied_vol(band[side], *place, exercise=exercise, dividends=terms.cash, full=True)
        band[f"iv_{side}"], band[f"iv_{side}_status"] = solved.vol, Status(int(solved.status)).name
    return {**band, "flags": [flag.slug for flag in quote.flags]}


def _inputs(
    contract: Contract,
    asof: datetime,
    spot: float,
    premium: float | None,
    exercise: Exercise,
    terms: Terms,
    chain: Chain | None,
) -> dict[str, Any]:
    from hedgekit import __version__

    inputs: dict[str, Any] = {
        "spot": spot,
        "premium": premium,
        "expiry": contract.option.expiry if contract.option else None,
        "t_years": contract.t_years,
        "rate": terms.rate,
        "rate_source": terms.rate_source,
        "div_yield": terms.div_yield,
        "dividends": terms.cash,
        "dividends_source": terms.dividends_source,
        "exercise": exercise,
        "asof": asof,
        "day_count": "ACT/365 to the exercise cut-off in New York",
        "engine": engine_name(exercise, terms.cash, contract.t_years),
        "version": __version__,
    }
    if chain is not None:
        inputs.update(spot_source=chain.spot_source, source=chain.source, source_sha256=chain.source_sha256)
    return inputs
