"""What may be assigned, when, and what the account then holds: a ledger of its short American options.

A holder exercises early when what is gained beats what is given up. A call, just before an ex-date: the dividend
against the interest on the strike to expiry and the same-strike put, ``D > K (1 - exp(-r (T - t))) + P``. A put: when
it is worth no more than its exercise value, which interest on the strike can bring about (Hull, ch. 11 and 15.12), and
never shortly before a dividend that beats the interest until then, ``D exp(-r t) > K (1 - exp(-r t))``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hedgekit.errors import InputError, Status
from hedgekit.kinds import SIGNS
from hedgekit.margin.underlying import CASH_SETTLED, ticker_of
from hedgekit.market import calendar
from hedgekit.model import NEW_YORK, Chain, Leg, Option
from hedgekit.pricing import implied_vol, price
from hedgekit.units import DAYS_PER_YEAR, SECONDS_PER_DAY, years

HALF_CENT = 0.005
"""An option is at its exercise value when it is worth no more than this above it, dollars a share."""

LAST_DAYS = 5
"""So many calendar days before expiry the strike's neighbourhood is a risk."""

Cash = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExDate:
    """Whether exercise pays at one ex-date, at today's spot.

    Attributes
    ----------
    ex_date : datetime.date
    dividend : float
        Dollars a share.
    interest : float
        On the strike from the ex-date to expiry, dollars a share.
    other : float or None
        Value of the same-strike option of the other kind, dollars a share; None when nothing tells it.
    other_source : str
        ``quote``, ``model`` or ``unknown``.
    advantage : float or None
        What exercise gains over holding, dollars a share: for a call just before its last ex-date, dividend less
        interest less put; else exercise value less the American price just after the ex-date.
    optimal : bool or None
        Whether a holder should exercise; None when it cannot be told.
    exercise_by : datetime
        The cut-off of the last session in which exercise captures it, New York.
    """

    ex_date: date
    dividend: float
    interest: float
    other: float | None
    other_source: str
    advantage: float | None
    optimal: bool | None
    exercise_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentLine:
    """One short leg.

    Attributes
    ----------
    symbol : str
    contracts : int
        Negative.
    value, exercise_value, extrinsic : float
        Dollars a share; what is left beyond exercise value is what a holder gives up by exercising.
    value_source : str
        ``quote`` or ``premium``.
    vol : float or None
        Implied by the value, or by the other side's, or as given, decimal a year.
    style : {"american", "european"}
        A European one is settled in cash at expiry and is never assigned early.
    optimal_now : bool or None
        Whether a holder should exercise today; None when it cannot be told.
    ex_dates : tuple of ExDate
        Those before expiry.
    early_risk : {"none", "low", "high", "unknown"}
        High when exercise is optimal today or before an ex-date at today's spot.
    pin_low, pin_high : float or None
        Spots within a day's standard deviation of the strike: near expiry nobody knows which side it ends on.
    pin_now : bool or None
        Whether the spot is between them with at most five days left.
    shares_delta : int
        Shares that assignment brings (+) or takes (-).
    shares_after : int
        What the account then holds of the underlying, this leg alone assigned.
    cash_usd : float
        Cash that assignment brings (+) or takes (-), dollars.
    dividend_owed_usd : float
        Dividends before expiry on the shares that assignment leaves short, dollars.
    dividend_lost_usd : float
        Dividends before expiry on the shares that assignment takes away, dollars.
    cutoff : datetime
        Exercise cut-off at expiry, New York.
    delivery : date
        Settlement of an assignment at expiry.
    why : str
        One sentence.
    """

    symbol: str
    contracts: int
    value: float
    exercise_value: float
    extrinsic: float
    value_source: str
    vol: float | None
    style: str
    optimal_now: bool | None
    ex_dates: tuple[ExDate, ...]
    early_risk: str
    pin_low: float | None
    pin_high: float | None
    pin_now: bool | None
    shares_delta: int
    shares_after: int
    cash_usd: float
    dividend_owed_usd: float
    dividend_lost_usd: float
    cutoff: datetime
    delivery: date
    why: str

    def to_dict(self) -> dict[str, Any]:
        """Return JSON's own types but for days and times."""
        row = {name: getattr(self, name) for name in self.__slots__}
        row["ex_dates"] = [{name: getattr(one, name) for name in one.__slots__} for one in self.ex_dates]
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class _Market:
    """What a leg is judged by."""

    spot: float
    asof: datetime
    t_years: float
    rate: float
    div_yield: float
    cash: tuple[tuple[float, float], ...]
    ex_dates_known: bool

    def value(self, kind: str, strike: float, vol: float) -> float:
        """Return the American price now."""
        terms = (self.spot, strike, self.t_years, self.rate, self.div_yield, vol)
        return float(price(SIGNS[kind], *terms, dividends=self.cash))

    def vol(self, kind: str, strike: float, value: float) -> float | None:
        """Return the implied vol; None when the value does not identify one."""
        found = implied_vol(
            value, kind, self.spot, strike, self.t_years, self.rate, self.div_yield, dividends=self.cash, full=True
        )
        return float(found.vol) if found.status == Status.OK else None

    def at(self, ex_date_years: float, dividend: float) -> _Market | None:
        """Return the market just after an ex-date, the spot fallen by the dividend; None when nothing is left."""
        left = self.t_years - ex_date_years
        if left <= 0.0 or self.spot <= dividend:
            return None
        later = tuple((t - ex_date_years, amount) for t, amount in self.cash if t > ex_date_years)
        return _Market(
            spot=self.spot - dividend,
            asof=self.asof,
            t_years=left,
            rate=self.rate,
            div_yield=self.div_yield,
            cash=later,
            ex_dates_known=self.ex_dates_known,
        )


def assignment_ledger(
    legs: Iterable[Any],
    *,
    spot: float,
    asof: datetime,
    rate: float | Mapping[date, float],
    div_yield: float | Mapping[date, float] = 0.0,
    dividends: Cash | None = None,
    shares: int = 0,
    chain: Chain | None = None,
    quotes: Mapping[str, float] | None = None,
    vols: Mapping[str, float] | None = None,
) -> tuple[AssignmentLine, ...]:
    """Return one line for each short option: whether a holder should exercise, and what follows.

    Parameters
    ----------
    legs : iterable of Leg
        Options on one underlying; long ones, and objects without an option, are passed over.
    spot : float
        Dollars a share.
    asof : datetime
        Now, with a time zone.
    rate, div_yield : float or mapping of expiry to float
        Continuously compounded, decimal a year.
    dividends : sequence of (t_years, amount)
        Cash dividends ahead; empty when there are none. When they are not given, or a yield stands in for them, the
        ex-dates are not known and early exercise of a call that is in the money cannot be ruled out.
    shares : int
        Shares held, + is long.
    chain : Chain, optional
        Quotes of the legs and of the same-strike options on the other side.
    quotes : mapping of compact symbol to float, optional
        Values, dollars a share, in place of the chain's mids. A leg that neither tells is worth its premium.
    vols : mapping of compact symbol to float, optional
        Decimal a year, for legs whose value tells none.

    Returns
    -------
    tuple of AssignmentLine
        By expiry, strike and kind.

    Raises
    ------
    InputError
        A bad spot, a time without zone, legs on several underlyings, or an expired leg.

    Examples
    --------
    A dividend of 1.53 tomorrow against a same-strike put of 0.37:

    >>> from hedgekit.model import Leg, Option
    >>> call = Leg(contracts=-1, option=Option.parse("SPY 2020-02-21 300 C"), premium=22.0)
    >>> asof = datetime(2019, 12, 19, 15, 0, tzinfo=NEW_YORK)
    >>> line, = assignment_ledger([call], spot=320.0, asof=asof, rate=0.0, dividends=[(1 / 365, 1.53)],
    ...                           quotes={"SPY200221C00300000": 21.6, "SPY200221P00300000": 0.37})
    >>> line.early_risk, round(line.ex_dates[0].advantage, 2), line.dividend_owed_usd
    ('high', 1.16, 153.0)
    """
    shorts = _shorts(legs, spot, asof)
    told = dict(quotes or {})
    lines = []
    for leg in shorts:
        option = leg.option
        left = calendar.t_years(asof, option.expiry)
        if left <= 0.0:
            raise InputError(f"{option} is past its exercise cut-off at {asof:%Y-%m-%d %H:%M}: leave it out")
        yield_ = div_yield[option.expiry] if isinstance(div_yield, Mapping) else div_yield
        market = _Market(
            spot=spot,
            asof=asof,
            t_years=left,
            rate=rate[option.expiry] if isinstance(rate, Mapping) else rate,
            div_yield=yield_,
            cash=tuple((t, amount) for t, amount in dividends or () if 0.0 < t < left),
            ex_dates_known=dividends is not None and (len(dividends) > 0 or yield_ == 0.0),
        )
        lines.append(_line(leg, market, shares, told, chain, (vols or {}).get(option.compact)))
    return tuple(lines)


def _shorts(legs: Iterable[Any], spot: float, asof: datetime) -> list[Leg]:
    if isinstance(spot, bool) or not (isinstance(spot, int | float) and 0.0 < spot < math.inf):
        raise InputError(f"spot {spot!r}: expected a positive number of dollars a share")
    if asof.tzinfo is None:
        raise InputError(f"asof {asof} has no time zone: expected New York time")
    shorts = [leg for leg in legs if isinstance(getattr(leg, "option", None), Option) and leg.contracts < 0]
    tickers = sorted({ticker_of(leg.option.root) for leg in shorts})
    if len(tickers) > 1:
        raise InputError(f"the legs are on {', '.join(tickers)}: one ledger is of one underlying")
    return sorted(shorts, key=lambda leg: (leg.option.expiry, leg.option.strike, leg.option.kind))


def _quoted(option: Option, told: Mapping[str, float], chain: Chain | None) -> float | None:
    """Return the value of an option that quotes or the chain tell."""
    if option.compact in told:
        return float(told[option.compact])
    if chain is not None and len(rows := chain.rows_of(option)):
        mid = float(chain.mid[rows[0]])
        return mid if math.isfinite(mid) else None
    return None


def _line(
    leg: Leg, market: _Market, shares: int, told: Mapping[str, float], chain: Chain | None, given_vol: float | None
) -> AssignmentLine:
    option, contracts = leg.option, -leg.contracts
    quoted = _quoted(option, told, chain)
    value = leg.premium if quoted is None else quoted
    exercise_value = max(0.0, option.sign * (market.spot - option.strike))
    extrinsic = value - exercise_value
    european = ticker_of(option.root) in CASH_SETTLED
    vol = market.vol(option.kind, option.strike, value)
    twin = Option(
        root=option.root,
        expiry=option.expiry,
        kind="put" if option.kind == "call" else "call",
        strike=option.strike,
        multiplier=option.multiplier,
    )
    twin_quote = _quoted(twin, told, chain)
    if vol is None and twin_quote is not None:
        vol = market.vol(twin.kind, option.strike, twin_quote)
    if vol is None:
        vol = given_vol
    ex_dates = () if european else tuple(_ex_dates(option, market, vol, twin_quote))
    optimal_now = False if european else _optimal_now(option, market, extrinsic, ex_dates)
    risk = _risk(exercise_value, optimal_now, ex_dates, european)
    spread = None if vol is None else market.spot * vol * math.sqrt(years(1.0))
    pin = (None, None) if spread is None else (option.strike - spread, option.strike + spread)
    near = (option.expiry - market.asof.astimezone(NEW_YORK).date()).days <= LAST_DAYS
    pin_now = None if spread is None else near and abs(market.spot - option.strike) <= spread
    many = contracts * option.multiplier
    delta = 0 if european else many if option.kind == "put" else -many
    owed = sum(amount for _, amount in market.cash)
    taken = max(0, min(shares, many)) if option.kind == "call" and not european else 0
    left_short = max(0, -(shares + delta)) - max(0, -shares) if option.kind == "call" else 0
    return AssignmentLine(
        symbol=option.compact,
        contracts=leg.contracts,
        value=value,
        exercise_value=exercise_value,
        extrinsic=extrinsic,
        value_source="premium" if quoted is None else "quote",
        vol=vol,
        style="european" if european else "american",
        optimal_now=optimal_now,
        ex_dates=ex_dates,
        early_risk=risk,
        pin_low=pin[0],
        pin_high=pin[1],
        pin_now=pin_now,
        shares_delta=delta,
        shares_after=shares + delta,
        cash_usd=-many * exercise_value if european else option.sign * many * option.strike,
        dividend_owed_usd=0.0 if european else left_short * owed,
        dividend_lost_usd=taken * owed,
        cutoff=calendar.exercise_cutoff(option.expiry),
        delivery=calendar.settlement_day(calendar.exercise_cutoff(option.expiry).date()),
        why=_why(option, extrinsic, exercise_value, optimal_now, ex_dates, european, market),
    )


def _ex_dates(option: Option, market: _Market, vol: float | None, twin_quote: float | None) -> Iterator[ExDate]:
    """Weigh exercise at each ex-date, the spot as it is today."""
    call = option.kind == "call"
    for when, dividend in market.cash:
        moment = market.asof + timedelta(seconds=when * DAYS_PER_YEAR * SECONDS_PER_DAY)
        day = moment.astimezone(NEW_YORK).date()
        interest = option.strike * -math.expm1(-market.rate * (market.t_years - when))
        after = market.at(when, dividend)
        modelled = vol is not None and after is not None
        other, source = twin_quote, "quote"
        if other is None:
            source = "model" if modelled else "unknown"
            if vol is not None and after is not None:
                other = after.value("put" if call else "call", option.strike, vol)
        advantage = None
        if call and other is not None and all(t <= when for t, _ in market.cash):
            advantage = dividend - interest - other
        elif vol is not None and after is not None:
            # a put, or a call that can wait for a later dividend: parity with the other side bounds it only
            exercise_value = option.sign * ((market.spot if call else after.spot) - option.strike)
            advantage = exercise_value - after.value(option.kind, option.strike, vol)
        in_the_money = option.sign * (market.spot - option.strike) > 0.0
        yield ExDate(
            ex_date=day,
            dividend=dividend,
            interest=interest,
            other=other,
            other_source=source,
            advantage=advantage,
            optimal=False
            if not in_the_money
            else None
            if advantage is None
            else advantage > (0.0 if call else -HALF_CENT),
            exercise_by=calendar.session_close(
                day if calendar.is_session(day) and not call else calendar.previous_session(day)
            ),
        )


def _optimal_now(option: Option, market: _Market, extrinsic: float, ex_dates: Sequence[ExDate]) -> bool | None:
    """Say whether a holder should exercise in this session."""
    if option.sign * (market.spot - option.strike) <= 0.0:
        return False
    if option.kind == "put":
        return extrinsic <= HALF_CENT and not _better_later(option, market)
    if ex_dates:
        first = ex_dates[0]
        return first.optimal if calendar.last_session_at(market.asof) >= first.exercise_by.date() else False
    # a call is exercised for a dividend only
    return False if market.ex_dates_known else None


def _better_later(option: Option, market: _Market) -> bool:
    """Whether a put pays more after some dividend than now, whatever the spot does: no vol is needed to tell."""
    paid = 0.0
    for when, dividend in sorted(market.cash):
        discount = math.exp(-market.rate * when)
        paid += dividend * discount
        if paid > option.strike * (1.0 - discount):
            return True
    return False


def _risk(exercise_value: float, optimal_now: bool | None, ex_dates: Sequence[ExDate], european: bool) -> str:
    if european or exercise_value <= 0.0:
        return "none"
    answers = [optimal_now, *(one.optimal for one in ex_dates)]
    if True in answers:
        return "high"
    return "unknown" if None in answers else "low"


def _why(
    option: Option,
    extrinsic: float,
    exercise_value: float,
    optimal_now: bool | None,
    ex_dates: Sequence[ExDate],
    european: bool,
    market: _Market,
) -> str:
    """Say in one sentence what a holder will do."""
    if european:
        return "settled in cash at expiry; it cannot be assigned early"
    if exercise_value <= 0.0:
        return f"out of the money at {market.spot:.2f}: nobody gains by exercising"
    if option.kind == "call":
        for one in ex_dates:
            if one.optimal:
                return (
                    f"exercise by {one.exercise_by:%a %d %b %Y} takes the ${one.dividend:.2f} dividend of "
                    f"{one.ex_date}, worth ${one.advantage:.2f} a share more than holding: expect assignment"
                )
            if one.optimal is None:
                return (
                    f"nothing tells the value of the same-strike put at the ex-date {one.ex_date}: it may be assigned"
                )
        if optimal_now is None:
            return (
                f"the ex-dates are not known: exercise before one pays when its dividend beats the ${extrinsic:.2f} a "
                "share that is given up; give the dividends"
            )
        if ex_dates:
            best = max(ex_dates, key=lambda one: -math.inf if one.advantage is None else one.advantage)
            return (
                f"holding beats exercise: at the ex-date {best.ex_date} by ${-(best.advantage or 0.0):.2f} a share "
                f"(extrinsic left today ${extrinsic:.2f})"
            )
        return f"no dividend before expiry is known: exercise gives up ${max(0.0, extrinsic):.2f} a share for nothing"
    if optimal_now:
        return "worth no more than its exercise value: a holder earns interest by exercising now"
    later = next((one for one in ex_dates if one.optimal), None)
    if later is not None:
        return f"a holder waits for the ex-date {later.ex_date} (${later.dividend:.2f}) and exercises on it"
    if extrinsic <= HALF_CENT and ex_dates:
        return (
            f"worth no more than its exercise value, but the ${ex_dates[0].dividend:.2f} dividend of "
            f"{ex_dates[0].ex_date} pays more than the interest until then: a holder waits"
        )
    return f"exercise gives up ${extrinsic:.2f} a share: not optimal today"
