"""The market a structure is analysed in: spot, rate, dividends, and the vol of every leg, given or from a chain."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypedDict

import numpy as np
import numpy.typing as npt

from hedgekit.errors import DataError, InputError, Status
from hedgekit.market import inputs as market_inputs
from hedgekit.market.calendar import OPEN, is_session, next_session, session_close, session_open, years_between
from hedgekit.market.contract_terms import cutoff, exercise_style
from hedgekit.market.inputs import Given, MarketInputs, resolve
from hedgekit.model import Chain, Holding, Leg, Option, Quote, Shares
from hedgekit.pricing import Exercise, implied_vol
from hedgekit.results import Note
from hedgekit.units import percent

HIGHEST_VOL = 10.0
"""A vol above this is taken for percent written without its sign."""

Vols = float | Mapping[date, float] | None


class Places(TypedDict):
    """Where options are valued: the part of a setting that its vols are found from."""

    spot: float
    t_years: Mapping[date, float]
    rates: Mapping[date, float]
    div_yields: Mapping[date, float]
    cash: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the numbers of a structure rest on, apart from its legs.

    Parameters
    ----------
    ticker : str
    asof : datetime
        Moment of valuation, New York.
    spot : float
        Dollars a share.
    t_years : mapping of date to float
        Years of 365 days to each expiry's exercise cut-off, ascending by expiry.
    rates, div_yields : mapping of date to float
        Continuously compounded, decimal a year, for each expiry.
    cash : tuple of (t_years, amount)
        Cash dividends ahead.
    vols : mapping of Option to float
        Each leg's own vol, decimal a year; NaN where nothing tells it.
    level_vol : float
        Vol of the lognormal distribution at the first expiry; NaN where nothing tells it.
    exercise : {"american", "european"}
    rate_source, dividends_source, vol_source, level_source, spot_source : str
        Where they come from, in words.
    settles : {"close", "opening"}
        What decides the first expiry: the opening for AM-settled index options.
    quotes : mapping of Option to Quote
        Of the legs that the chain lists.
    chain : Chain or None
    market : MarketInputs or None
        When there is a chain.
    warnings : tuple of Note
    """

    ticker: str
    asof: datetime
    spot: float
    t_years: Mapping[date, float]
    rates: Mapping[date, float]
    div_yields: Mapping[date, float]
    vols: Mapping[Option, float]
    level_vol: float
    cash: tuple[tuple[float, float], ...] = ()
    exercise: Exercise = "american"
    rate_source: str = "as given"
    dividends_source: str = "as given"
    vol_source: str = "as given"
    level_source: str = "as given"
    spot_source: str = "given"
    settles: str = "close"
    quotes: Mapping[Option, Quote] = field(default_factory=dict)
    chain: Chain | None = None
    market: MarketInputs | None = None
    warnings: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        """Check spot and times; put expiries in order."""
        if not 0.0 < self.spot < math.inf:
            raise InputError(f"spot {self.spot!r}: expected a positive number of dollars a share")
        for day, left in self.t_years.items():
            if not left > 0.0:
                raise InputError(f"expiry {day}: its exercise cut-off is past at {self.asof:%Y-%m-%d %H:%M} New York")
        object.__setattr__(self, "t_years", dict(sorted(self.t_years.items())))

    @property
    def horizon(self) -> date:
        """The first expiry: where profit and loss are told."""
        return next(iter(self.t_years))

    @property
    def sessions(self) -> int:
        """Daily closes ahead until the first expiry, its own included; a session more than half over is not counted."""
        day, count = self.asof.date(), 0
        if is_session(day) and day <= self.horizon:
            half = session_open(day) + 0.5 * (session_close(day) - session_open(day))
            count = int(self.asof < half)
        while (day := next_session(day)) <= self.horizon:
            count += 1
        return count

    @property
    def t_horizon(self) -> float:
        """Years to the first expiry."""
        return self.t_years[self.horizon]


def options_of(holdings: Sequence[Holding]) -> tuple[Leg, ...]:
    """Return the option legs.

    Raises
    ------
    InputError
        When there is none: shares alone have no expiry to be told at.
    """
    legs = tuple(holding for holding in holdings if isinstance(holding, Leg))
    if not legs:
        raise InputError(
            "a structure needs an option leg: shares alone have no expiry at which to tell profit and loss"
        )
    return legs


def shares_of(holdings: Sequence[Holding]) -> tuple[Shares, ...]:
    """Return the share legs."""
    return tuple(holding for holding in holdings if isinstance(holding, Shares))


def as_given(
    holdings: Sequence[Holding],
    *,
    asof: datetime,
    spot: float | None,
    rate: Given,
    dividends: Given = None,
    vol: Vols = None,
    exercise: Exercise | None = None,
) -> Setting:
    """Return the setting of legs with a price each, without a chain.

    Parameters
    ----------
    holdings : sequence of Leg and Shares
    asof : datetime
    spot : float
        Dollars a share; that of the share leg when absent.
    rate, dividends : float or path
        As `hedgekit.market.inputs.given` takes them; no dividends unless given.
    vol : float, mapping of date to float, or None
        For all expiries, or each its own; None for the vol that each leg's own price implies.

    Raises
    ------
    InputError
        No spot or no rate, a number that cannot be one, or a leg that has expired.
    DataError
        A file that cannot be read.
    """
    legs = options_of(holdings)
    style = exercise or exercise_style(legs[0].option.root)
    bought = shares_of(holdings)
    if spot is None and not bought:
        raise InputError("give --spot, or --chain to take it from")
    s = bought[0].price if spot is None else float(spot)
    days = sorted({leg.option.expiry for leg in legs})
    years = _years(asof, legs)
    terms = {day: market_inputs.given(asof=asof, t_years=years[day], rate=rate, dividends=dividends) for day in days}
    first = terms[days[0]]
    places: Places = {
        "spot": s,
        "t_years": years,
        "rates": {day: terms[day].rate for day in days},
        "div_yields": {day: terms[day].div_yield for day in days},
        "cash": first.cash,
    }
    if not 0.0 < s < math.inf:
        raise InputError(f"--spot {s:g}: expected a positive number of dollars a share")
    notes = list(terms[days[-1]].warnings)
    if vol is not None:
        vols, vol_source = _given_vols(legs, vol), "as given"
        level, level_source = _level(vol, days[0]), "as given"
    else:
        premiums = {leg.option: leg.premium for leg in legs}
        vols, found_notes = _implied(premiums, places, style)
        notes += found_notes
        level = _nearest_vol(vols, days[0], s)
        vol_source = "implied by each leg's own price"
        level_source = "implied by the price of the leg nearest the money; --vol overrides it"
    return Setting(
        ticker=legs[0].option.root if not bought else bought[0].ticker,
        asof=asof,
        vols=vols,
        level_vol=level,
        exercise=style,
        rate_source=first.rate_source,
        dividends_source=first.dividends_source,
        vol_source=vol_source,
        level_source=level_source,
        spot_source="given" if spot is not None else "the share leg's price",
        settles=_settles(legs),
        warnings=tuple(notes),
        **places,
    )


def from_chain(
    holdings: Sequence[Holding],
    chain: Chain,
    *,
    rate: Given = None,
    dividends: Given = None,
    vol: Vols = None,
    exercise: Exercise | None = None,
    market: MarketInputs | None = None,
) -> Setting:
    """Return the setting of legs in a chain: each leg's vol from the mid of its own quote.

    Parameters
    ----------
    holdings : sequence of Leg and Shares
        Options need not all be listed when `vol` is given.
    chain : Chain
    rate, dividends : float or path, optional
        Inferred from the chain when absent.
    vol : float, mapping of date to float, or None
        Overrides the chain's.
    exercise : {"american", "european"}, optional
        That of the option's root when absent.
    market : MarketInputs, optional
        Rate and dividends settled before for (at least) the legs' expiries.

    Raises
    ------
    InputError
        An option the chain does not list, or one that has expired.
    """
    legs = options_of(holdings)
    style = exercise or exercise_style(legs[0].option.root)
    days = sorted({leg.option.expiry for leg in legs})
    years = _years(chain.asof, legs)
    for day in days:
        chain.years_to(day)  # says which expiries there are
    settled = market if market is not None else resolve(chain, days, rate=rate, dividends=dividends)
    places: Places = {
        "spot": chain.spot,
        "t_years": years,
        "rates": {day: settled.rates[day] for day in days},
        "div_yields": {day: settled.div_yields[day] for day in days},
        "cash": settled.cash,
    }
    quotes = {leg.option: chain.quote(leg.option) for leg in legs if len(chain.rows_of(leg.option))}
    notes: list[Note] = list(settled.warnings)
    if vol is not None:
        vols, vol_source, level_source = _given_vols(legs, vol), "as given", "as given"
        level = _level(vol, days[0])
    else:
        vols, found_notes = _chain_vols(legs, chain, places, style)
        notes += found_notes
        level = at_the_money(chain, days[0], places, style)
        if math.isnan(level):
            level = _nearest_vol(vols, days[0], chain.spot)
        vol_source = "each leg's own, at the mid of its quote"
        level_source = f"implied at the forward, {days[0]}"
    return Setting(
        ticker=chain.ticker,
        asof=chain.asof,
        vols=vols,
        level_vol=level,
        exercise=style,
        rate_source=settled.rate_source,
        dividends_source=settled.dividends_source,
        vol_source=vol_source,
        level_source=level_source,
        spot_source=chain.spot_source,
        settles=_settles(legs),
        quotes=quotes,
        chain=chain,
        market=settled,
        warnings=tuple(notes),
        **places,
    )


def at_the_money(chain: Chain, day: date, places: Places, exercise: Exercise) -> float:
    """Return the vol at the forward of one expiry: mids of calls and puts at the strikes around it, interpolated.

    Returns
    -------
    float
        Decimal a year; NaN when the quotes there tell none.
    """
    slice_ = chain.at(day)
    t, rate, div_yield = places["t_years"][day], places["rates"][day], places["div_yields"][day]
    forward = forward_price(chain.spot, t, rate, div_yield, places["cash"])
    two_sided = (slice_.bid > 0.0) & (slice_.ask > slice_.bid)
    strikes = np.unique(slice_.strike[two_sided])
    if not len(strikes):
        return math.nan
    near = strikes[np.argsort(np.abs(strikes - forward), kind="stable")[:4]]
    rows = np.flatnonzero(two_sided & np.isin(slice_.strike, near))
    solved = implied_vol(
        slice_.mid[rows], slice_.kind[rows], chain.spot, slice_.strike[rows], t, rate, div_yield,
        exercise=exercise, dividends=places["cash"], full=True,
    )  # fmt: skip
    good = solved.status == Status.OK
    known = np.unique(slice_.strike[rows][good])
    if not len(known):
        return math.nan
    mean = [float(np.mean(solved.vol[good & (slice_.strike[rows] == strike)])) for strike in known]
    return float(np.interp(forward, known, mean))


def forward_price(
    spot: float, t_years: float, rate: float, div_yield: float, cash: Sequence[tuple[float, float]]
) -> float:
    """Return the price for delivery after a time: ``S e^((r - q) T) - sum D_i e^(r (T - t_i))``, dividends before it.

    Examples
    --------
    >>> round(forward_price(100.0, 1.0, 0.05, 0.0, ((0.5, 2.0), (1.5, 2.0))), 4)
    103.0765
    """
    grown = spot * math.exp((rate - div_yield) * t_years)
    paid = sum(
        amount * math.exp((rate - div_yield) * (t_years - when)) for when, amount in cash if 0.0 < when <= t_years
    )
    return grown - paid


def _ahead(asof: datetime, option: Option) -> float:
    end = cutoff(option.root, option.expiry)
    left = years_between(asof, end)
    if left <= 0.0:
        raise InputError(
            f"expiry {option.expiry}: its exercise cut-off, {end:%Y-%m-%d %H:%M}, is past at "
            f"{asof:%Y-%m-%d %H:%M} New York: give --asof when the trade was put on earlier"
        )
    return left


def _years(asof: datetime, legs: Sequence[Leg]) -> dict[date, float]:
    """Return the years to each expiry; legs of one day that settle at different times are refused.

    Raises
    ------
    InputError
        An expired leg, or an expiry with two cut-offs.
    """
    found: dict[date, float] = {}
    for leg in sorted(legs, key=lambda leg: leg.option.expiry):
        left = _ahead(asof, leg.option)
        if found.setdefault(leg.option.expiry, left) != left:
            raise InputError(
                f"legs of {leg.option.expiry} settle at different times (opening and close): analyse them apart"
            )
    return found


def _settles(legs: Sequence[Leg]) -> str:
    """Say what decides the first expiry."""
    first = min((leg.option for leg in legs), key=lambda option: option.expiry)
    return "opening" if cutoff(first.root, first.expiry).time() <= OPEN else "close"


def _check_vol(value: float) -> float:
    if not 0.0 < value <= HIGHEST_VOL:
        hint = f" (did you mean {value / percent(1.0):g}?)" if value > HIGHEST_VOL else ""
        raise InputError(f"--vol {value:g}: expected a decimal a year above 0 and up to {HIGHEST_VOL:g}{hint}")
    return float(value)


def _level(vol: float | Mapping[date, float], day: date) -> float:
    if isinstance(vol, Mapping):
        if day not in vol:
            raise InputError(f"--vol is given for {', '.join(map(str, vol))} but not for the expiry {day}")
        return _check_vol(vol[day])
    return _check_vol(vol)


def _given_vols(legs: Sequence[Leg], vol: float | Mapping[date, float]) -> dict[Option, float]:
    return {leg.option: _level(vol, leg.option.expiry) for leg in legs}


def _nearest_vol(vols: Mapping[Option, float], day: date, spot: float) -> float:
    known = [(abs(option.strike - spot), vol) for option, vol in vols.items() if option.expiry == day and vol == vol]
    return min(known)[1] if known else math.nan


def _implied(
    premiums: Mapping[Option, float], places: Places, exercise: Exercise
) -> tuple[dict[Option, float], list[Note]]:
    """Return each option's vol from its premium; one that identifies none takes that of the leg nearest to it."""
    vols: dict[Option, float] = {}
    for option, premium in premiums.items():
        day = option.expiry
        solved = implied_vol(
            np.array([premium]), option.kind, places["spot"], option.strike, places["t_years"][day],
            places["rates"][day], places["div_yields"][day], exercise=exercise, dividends=places["cash"], full=True,
        )  # fmt: skip
        vols[option] = float(solved.vol[0]) if solved.status[0] == Status.OK else math.nan
    return _filled(vols)


def _filled(vols: dict[Option, float]) -> tuple[dict[Option, float], list[Note]]:
    """Give an option without a vol that of the nearest other one, and say so."""
    unknown = [option for option, vol in vols.items() if math.isnan(vol)]
    known = [option for option in vols if option not in unknown]
    if not unknown:
        return vols, []
    names = ", ".join(str(option) for option in unknown)
    if not known:
        return vols, [Note("vol_unknown", f"no vol can be read from the price of {names}: give --vol")]
    filled = dict(vols)
    for option in unknown:
        near = min(known, key=lambda other: (other.expiry != option.expiry, abs(other.strike - option.strike)))
        filled[option] = vols[near]
    return filled, [
        Note("vol_borrowed", f"the price of {names} identifies no vol: that of the nearest other leg is used")
    ]


def _chain_vols(
    legs: Sequence[Leg], chain: Chain, places: Places, exercise: Exercise
) -> tuple[dict[Option, float], list[Note]]:
    """Return each leg's vol at its mid, else that of the other kind at its strike, else the nearest strike's."""
    vols: dict[Option, float] = {}
    borrowed: list[str] = []
    for option in dict.fromkeys(leg.option for leg in legs):
        chain.quote(option)  # says what is listed when this is not
        slice_ = chain.at(option.expiry)
        two_sided = (slice_.bid > 0.0) & (slice_.ask >= slice_.bid)
        order = np.lexsort((slice_.kind != option.sign, np.abs(slice_.strike - option.strike)))
        rows = order[two_sided[order]]
        vols[option] = math.nan
        # nearly always one of the first tells it; a deep one may have to borrow from afar
        for some in (rows[:_NEIGHBOURS], rows[_NEIGHBOURS:]):
            if len(some) and (found := _first_vol(slice_, some, chain.spot, places, option.expiry, exercise)):
                vols[option], used = found
                break
        else:
            continue
        if used != option.compact:
            borrowed.append(f"{option} from {Option.parse(used)}")
    notes = [Note("vol_borrowed", f"a quote that identifies no vol takes another's: {', '.join(borrowed)}")] * bool(
        borrowed
    )
    missing = [str(option) for option, vol in vols.items() if math.isnan(vol)]
    if missing:
        raise DataError(f"{chain.source}: no quote of the expiry of {', '.join(missing)} identifies a vol: give --vol")
    return vols, notes


def _first_vol(
    slice_: Chain, rows: npt.NDArray[np.intp], spot: float, places: Places, day: date, exercise: Exercise
) -> tuple[float, str] | None:
    """Return the first vol that quotes in this order identify, and whose it is."""
    solved = implied_vol(
        slice_.mid[rows], slice_.kind[rows], spot, slice_.strike[rows], places["t_years"][day], places["rates"][day],
        places["div_yields"][day], exercise=exercise, dividends=places["cash"], full=True,
    )  # fmt: skip
    good = np.flatnonzero(solved.status == Status.OK)
    if not len(good):
        return None
    return float(solved.vol[good[0]]), str(slice_.symbol[rows[good[0]]])


_NEIGHBOURS = 12  # both kinds at half a dozen strikes
