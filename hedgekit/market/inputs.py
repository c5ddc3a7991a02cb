"""Rate and dividends: what the user gave, or what the chain implies, and which of the two it was."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from os import PathLike
from typing import TypeAlias

import numpy as np

from hedgekit import units
from hedgekit.errors import DataError, InputError
from hedgekit.market import calendar
from hedgekit.market.carry import Forward, better_dividends, forwards, infer_dividends, infer_rate
from hedgekit.market.dividends import Dividends, read_dividends
from hedgekit.market.parity import LARGEST_DIVIDEND, NEUTRAL_RATE, RATE_MARGIN, parity_spot
from hedgekit.market.rates import STALE_DAYS, RateCurve, read_rate
from hedgekit.model import Chain, FloatArray
from hedgekit.results import Note

DAYS_TO_TELL = 30.0
LOWEST_YIELD, HIGHEST_YIELD = -0.05, 0.10
"""Implied yields beyond these, over more than a month, say that the rate is wrong, or the shares hard to borrow."""

UNEXPLAINED = 0.01
"""A residual yield beyond this, decimal a year, is said."""

A_TYPICAL_TIME = 0.5  # years, where inferred dividends are fitted at a curve's rate

DUE_EXPIRIES, DUE_ROUNDS = 3, 4  # the nearest, which tell a dividend that is due; and how often it is found again

Cash: TypeAlias = tuple[tuple[float, float], ...]

Given: TypeAlias = float | str | PathLike[str] | None
"""A number ("1.1%" works too), the path of a file, or None to infer it from the chain."""

GivenRate: TypeAlias = Given | RateCurve
"""The same, or a curve that was read before."""


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
    rate: GivenRate = None,
    dividends: Given = None,
    with_forwards: bool = False,
) -> MarketInputs:
    """Settle rate and dividends for some expiries of a chain.

    Parameters
    ----------
    chain : Chain
    expiries : sequence of datetime.date
    rate : float, str, path or RateCurve, optional
        A number for all expiries, a Treasury curve (its file, or read), or None to infer it from the chain.
    dividends : float, str or path, optional
        A yield for all expiries; a file of cash dividends, beside which each expiry has the yield that parity leaves,
        so that calls and puts agree; or None for what parity implies.
    with_forwards : bool
        Tell the forwards even when nothing has to be inferred from them.

    Raises
    ------
    InputError
        A number that cannot be a rate or yield.
    DataError
        A file that cannot be read.
    """
    taken = None if dividends is None else _taken(chain, expiries, dividends)
    told = _rates(chain, expiries, rate, taken)
    rates = told.by_day
    fitted, better = _quarterly(chain, told, always=with_forwards) if taken is None else ((), ())
    due, due_words = _due(chain, told.typical) if taken is None and not better else ((), "")
    cash = better or due if taken is None else taken.cash
    found: dict[date, Forward] = {}
    if dividends is None or with_forwards or cash:
        found = {told.expiry: told for told in forwards(chain, rates, dividends=cash) if told.expiry in rates}
    if taken is None:
        if with_forwards and fitted:
            found = _told_either_way(chain, rates, () if better else fitted, found)
        yields, notes = _implied_yields(chain, expiries, found)
        source = "dividends as the yield that put-call parity implies"
        if any(note.slug == "yield_assumed" for note in notes):
            source = "no dividends, assumed: the chain does not tell them"
        if due:
            source = due_words
        elif cash:
            source = (
                f"dividends as ${cash[0][1]:.2f} a quarter from {_ex_day(chain, cash[0][0])}, which put-call parity "
                "implies, and what is left as a yield"
            )
        notes = (*notes, *_odd_carry(chain, rates, yields))
    else:
        source = f"dividends: {taken.basis}"
        yields = dict.fromkeys(expiries, taken.div_yield)
        if cash and (left := _left(found)):
            yields |= left
            source += ", and what put-call parity leaves beside them as a yield"
        longest = max((chain.years_to(day) for day in expiries), default=0.0)
        notes = (*_cash_notes(taken, longest), *_residual(found, taken))
    chain_notes = tuple(Note(slug, message) for slug, message in chain.warnings)
    return MarketInputs(
        rates=rates,
        div_yields=yields,
        cash=cash,
        rate_source=told.basis,
        dividends_source=source,
        forwards=found,
        warnings=(*chain_notes, *told.notes, *notes),
    )


def given(*, asof: datetime, t_years: float, rate: GivenRate, dividends: Given) -> Terms:
    """Settle rate and dividends of one contract without a chain to infer them from.

    Raises
    ------
    InputError
        No rate, or a number that cannot be one.
    DataError
        A file that cannot be read.
    """
    if rate is None:
        raise InputError("give --rate (a number like 0.0375, or a Treasury curve file), or --chain to infer it from")
    curve = read_rate(rate, asof.date())
    taken = Dividends() if dividends is None else read_dividends(dividends, asof, until=_day_in(asof, t_years))
    return Terms(
        rate=curve.at(t_years),
        div_yield=taken.div_yield,
        cash=taken.cash,
        rate_source=curve.basis,
        dividends_source=f"dividends: {taken.basis}",
        warnings=(*_old_curve(curve), *(() if dividends is None else _cash_notes(taken, t_years))),
    )


def _ex_day(chain: Chain, t_years: float) -> date:
    """Return the day so many years after the quotes."""
    return (chain.asof + timedelta(days=units.days(t_years))).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rates:
    """The rates settled on.

    Attributes
    ----------
    by_day : mapping of date to float
    typical : float
        That of half a year.
    known : bool
        Whether somebody or something told it.
    basis : str
    notes : tuple of Note
    cash : tuple of (t_years, amount) or None
        The quarterly dividends that a rate was inferred with; None where none was.
    """

    by_day: dict[date, float]
    typical: float
    known: bool
    basis: str
    notes: tuple[Note, ...] = ()
    cash: Cash | None = None


def _rates(chain: Chain, expiries: Sequence[date], rate: GivenRate, taken: Dividends | None) -> _Rates:
    """Settle each expiry's rate; one that neither the caller nor the chain tells is assumed, and said to be."""
    if rate is not None:
        curve = read_rate(rate, chain.asof.date())
        return _Rates(
            by_day={day: curve.at(chain.years_to(day)) for day in expiries},
            typical=curve.at(A_TYPICAL_TIME),
            known=True,
            basis=curve.basis,
            notes=_old_curve(curve),
        )
    try:
        estimate = infer_rate(chain, dividends=taken.cash if taken else ())
    except DataError as error:
        low, high = (units.percent(NEUTRAL_RATE + side * RATE_MARGIN) for side in (-1.0, 1.0))
        why = str(error).removesuffix(" Give --rate.").rstrip(".")
        message = (
            f"{why}; {units.percent(NEUTRAL_RATE):g}% a year is assumed, anything from {low:g}% to {high:g}% may be "
            "true: give --rate"
        )
        return _Rates(
            by_day=dict.fromkeys(expiries, NEUTRAL_RATE),
            typical=NEUTRAL_RATE,
            known=False,
            basis="assumed: the chain does not tell it",
            notes=(Note("rate_assumed", message),),
        )
    half = units.percent(estimate.high - estimate.low) / 2
    return _Rates(
        by_day=dict.fromkeys(expiries, estimate.rate),
        typical=estimate.rate,
        known=True,
        basis=f"inferred from the chain's put-call parity, +-{half:.2f} points",
        cash=estimate.dividends,
    )


def _quarterly(chain: Chain, told: _Rates, *, always: bool) -> tuple[Cash, Cash]:
    """Fit quarterly cash dividends to the quotes, and return them again where they are better than yields, else none.

    Those that the rate was inferred with are not fitted twice. They are fitted `always`, or only to be taken.
    """
    if chain.exercise == "european":
        return (), ()
    cash = infer_dividends(chain, told.typical) if told.cash is None and always else told.cash
    better = better_dividends(chain, told.typical, cash) if told.known else ()
    return better if cash is None else cash, better


def _due(chain: Chain, rate: float) -> tuple[Cash, str]:
    """Return the dividend by which the spot lies above parity's, due before the nearest expiry, and say so.

    Nobody knows on which of the sessions before: it is taken to be the next, before which calls are exercised. What
    that is worth lifts calls less puts, so the amount is found again and again with early exercise taken off. None is
    returned where the spot is not above parity's for that reason.
    """
    if "dividend_due" not in dict(chain.warnings) or (parity := parity_spot(chain)) is None:
        return (), ""
    amount = chain.spot - parity.spot
    when = calendar.years_between(chain.asof, calendar.session_open(calendar.next_session(chain.asof.date())))
    near = [day for day in chain.expiries if day >= parity.first_expiry][:DUE_EXPIRIES]
    for _ in range(DUE_ROUNDS):
        found = forwards(chain, dict.fromkeys(near, rate), dividends=((when, amount),))
        paid = [chain.spot - of.forward * math.exp(-rate * of.t_years) for of in found if np.isfinite(of.forward)]
        amount = float(np.median(paid)) if paid else amount
        if not 0.0 < amount < LARGEST_DIVIDEND * chain.spot:
            return (), ""
    words = (
        f"a dividend of ${amount:.2f} due before {parity.first_expiry}, which put-call parity tells, and what is left"
    )
    return ((when, amount),), f"{words} as a yield"


def _told_either_way(
    chain: Chain, rates: Mapping[date, float], others: Cash, found: Mapping[date, Forward]
) -> dict[date, Forward]:
    """Widen each forward's interval by what it would be were dividends treated the other way.

    When nobody says what dividends are paid, cash that the quotes imply and a yield both fit, and early exercise
    priced with one or the other moves a forward just after an ex-date further than its quotes are wide.
    """
    wider = dict(found)
    for other in forwards(chain, rates, dividends=others):
        told = found.get(other.expiry)
        if told is not None and np.isfinite([told.forward, other.forward]).all():
            low, high = min(told.forward_low, other.forward_low), max(told.forward_high, other.forward_high)
            wider[other.expiry] = replace(told, forward_low=low, forward_high=high)
    return wider


def _old_curve(curve: RateCurve) -> tuple[Note, ...]:
    """Warn of a curve that ends well before the quotes."""
    return (Note("rate_old", f"the rate is old: {curve.basis}"),) if curve.age_days > STALE_DAYS else ()


def _implied_yields(
    chain: Chain, expiries: Sequence[date], found: Mapping[date, Forward]
) -> tuple[dict[date, float], tuple[Note, ...]]:
    """Return each expiry's implied yield beside the cash; one that parity does not tell takes its neighbour's."""
    known = [forward for forward in found.values() if np.isfinite(forward.div_yield)]
    if not known:
        message = (
            "put-call parity tells no dividends (too few calls and puts of one strike quoted on both sides near the "
            "money): none are assumed; give --dividends"
        )
        return dict.fromkeys(expiries, 0.0), (Note("yield_assumed", message),)
    yields, borrowed = {}, []
    for day in expiries:
        forward = found.get(day)
        if forward is None or not np.isfinite(forward.div_yield):
            t_years = chain.years_to(day)
            forward = min(known, key=lambda other: abs(other.t_years - t_years))
            borrowed.append(f"{day}")
        yields[day] = forward.residual_yield
    if not borrowed:
        return yields, ()
    message = f"no parity near the money at {', '.join(borrowed)}: the nearest expiry's implied yield is used"
    return yields, (Note("yield_borrowed", message),)


def _left(found: Mapping[date, Forward]) -> dict[date, float]:
    """Return the yields that take the cash dividends given to parity's forwards: borrow fees and what else carries."""
    return {day: told.residual_yield for day, told in found.items() if np.isfinite(told.residual_yield)}


def _odd_carry(chain: Chain, rates: Mapping[date, float], yields: Mapping[date, float]) -> tuple[Note, ...]:
    """Warn of a rate that only an unheard-of dividend yield reconciles with the quotes."""
    for day, div_yield in yields.items():
        if chain.years_to(day) > units.years(DAYS_TO_TELL) and not LOWEST_YIELD < div_yield < HIGHEST_YIELD:
            message = (
                f"at a rate of {units.percent(rates[day]):.2f}% the quotes of {day} imply a dividend yield of "
                f"{units.percent(div_yield):.1f}% a year: check --rate"
            )
            return (Note("carry_odd", message),)
    return ()


def _taken(chain: Chain, expiries: Sequence[date], dividends: float | str | PathLike[str]) -> Dividends:
    """Read the dividends given, those of a file projected as far as the longest expiry."""
    return read_dividends(dividends, chain.asof, until=max(expiries, default=None))


def _residual(found: Mapping[date, Forward], taken: Dividends) -> tuple[Note, ...]:
    """Warn where the quotes imply more than a point a year that the dividends given do not explain, for certain."""
    told = []
    for day, forward in found.items():
        off = forward.residual_yield - taken.div_yield
        # how far the residual could move within the forward's own interval
        doubt = (forward.forward_high - forward.forward_low) / forward.forward / forward.t_years
        if forward.t_years > units.years(DAYS_TO_TELL) and abs(off) > max(UNEXPLAINED, doubt):
            told.append((day, off))
    if not told:
        return ()
    day, off = max(told, key=lambda one: abs(one[1]))
    message = (
        f"the quotes of {len(told)} expir{'y' if len(told) == 1 else 'ies'} imply {units.percent(off):+.1f}% a year "
        f"beside the dividends given (most at {day}): a borrow fee, another rate, or other dividends"
    )
    return (Note("carry_unexplained", message),)


def _day_in(asof: datetime, t_years: float) -> date | None:
    """Return the day so many years ahead; None beyond the calendar."""
    try:
        return (asof + timedelta(days=units.days(t_years))).date()
    except OverflowError:
        return None


def _cash_notes(taken: Dividends, t_years: float) -> tuple[Note, ...]:
    """Say that dividends are projected, or warn of a file that knows nothing of the time to expiry."""
    known = len(taken.cash) - taken.projected
    guessed = [amount for when, amount in taken.cash[known:] if when <= t_years]
    if guessed:
        amounts = f"${min(guessed):.2f}" + (f" to ${max(guessed):.2f}" if max(guessed) > min(guessed) else "")
        message = f"{len(guessed)} of the cash dividends before expiry are projected ({amounts}): {taken.basis}"
        return (Note("dividends_projected", message),)
    if taken.div_yield or any(when <= t_years for when, _ in taken.cash):
        return ()
    return (Note("no_dividend_ahead", f"no dividend before expiry is counted ({taken.basis})"),)
