"""Any structure measured: exact extremes, truthful probabilities, greeks, margin, assignment."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from hedgekit import units
from hedgekit.distributions.historical import Historical
from hedgekit.distributions.protocol import Distribution
from hedgekit.errors import InfeasibleError, InputError
from hedgekit.fees import checked_fee
from hedgekit.market.calendar import exercise_cutoff, is_session, previous_session, session_close, years_between
from hedgekit.model import Holding, Leg, Shares
from hedgekit.payoff import net_premium
from hedgekit.pricing import engine_name
from hedgekit.results import Note, Result
from hedgekit.structures.broker import Broker, ask
from hedgekit.structures.envelope import living_outcome
from hedgekit.structures.outcome import Outcome, exact_outcome, outlay
from hedgekit.structures.outlook import (
    KELLY_CAVEAT,
    Outlook,
    dividend_model_gap,
    early_exercise,
    judge,
    level_distribution,
    with_past_touch,
    with_touch,
)
from hedgekit.structures.revaluation import position_greeks, position_values
from hedgekit.structures.sentence import what_must_happen
from hedgekit.structures.setting import Setting, options_of, shares_of
from hedgekit.structures.unlimited import uncovered_later, unlimited

MEASURES = ("lognormal", "implied", "historical")

MOVES = (-0.20, -0.10, -0.05, 0.0, 0.05, 0.10, 0.20)
"""Moves of the spot that profit and loss by date are shown at, beside strikes and break-evens."""

STEPS = (0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0)
"""Parts of the time to the first expiry that profit and loss are shown after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfitByDate:
    """Profit of the position at some spots on some dates, by full revaluation.

    Attributes
    ----------
    dates : tuple of date
        Ascending; the last is the first expiry. Values are those of the day's close; of the first, as of now.
    spots : tuple of float
        Ascending, dollars a share.
    profit_usd : tuple of tuple of float
        One row a spot, one column a date.
    """

    dates: tuple[date, ...]
    spots: tuple[float, ...]
    profit_usd: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, kw_only=True)
class StructureResult(Result):
    """One structure with its numbers.

    Attributes
    ----------
    name : str
        Of the catalogue, or ``legs``.
    holdings : tuple of Leg and Shares
    setting : Setting
    outcome : Outcome
        Profit at the first expiry.
    pays : str
        What must happen for it to pay.
    net_premium_usd : float
        Premiums of the options, paid +, received -.
    outlay_usd : float
        Options, shares and fees together.
    outlooks : mapping of str to Outlook or None
        For each of `MEASURES`; None where it is not known.
    by_date : ProfitByDate or None
        None where a leg has no vol.
    early_exercise_usd : float
        Value of the right to exercise before the first expiry: part of every expected value.
    broker : Broker
        Margin and assignment.
    exit_now_usd : float or None
        What opening and closing at once loses; None without quotes.
    displayed : mapping
        Compact symbol -> contracts displayed at the touch.
    """

    schema_name: ClassVar[str] = "structure"

    name: str
    holdings: tuple[Holding, ...]
    setting: Setting
    outcome: Outcome
    pays: str
    net_premium_usd: float
    outlay_usd: float
    greeks: Mapping[str, float | None]
    outlooks: Mapping[str, Outlook | None]
    by_date: ProfitByDate | None
    early_exercise_usd: float
    broker: Broker
    exit_now_usd: float | None = None
    displayed: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def max_loss_usd(self) -> float | None:
        """Greatest loss at the first expiry, dollars; negative when even the worst case gains; None: no limit."""
        return None if self.outcome.low is None else -float(self.outcome.low)

    @property
    def max_gain_usd(self) -> float | None:
        """Greatest gain at the first expiry, dollars; None when there is no limit."""
        return None if self.outcome.high is None else float(self.outcome.high)

    @property
    def defined_risk(self) -> bool:
        """Whether the loss has a limit: at the first expiry, and after it should nothing be done then."""
        return self.outcome.low is not None and not uncovered_later(self.holdings)

    @property
    def expected_value_usd(self) -> float | None:
        """Expected value under the lognormal distribution."""
        found = self.outlooks.get("lognormal")
        return None if found is None else found.expected_value_usd

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        outcome, outlooks = self.outcome, self.outlooks
        return {
            "name": self.name,
            "pays": self.pays,
            "legs": [self._leg(held) for held in self.holdings],
            "net_premium_usd": self.net_premium_usd,
            "outlay_usd": self.outlay_usd,
            "max_loss_usd": self.max_loss_usd,
            "max_loss_spot": _float(outcome.low_spot),
            "max_gain_usd": self.max_gain_usd,
            "max_gain_spot": _float(outcome.high_spot),
            "breakevens": [float(spot) for spot in outcome.breakevens],
            "profitable": [{"low": float(low), "high": _float(high)} for low, high in outcome.gains],
            "exact": outcome.is_exact,
            "extremes_error_usd": outcome.error_usd,
            "defined_risk": self.defined_risk,
            "probability": {name: _of(outlooks.get(name), "profit_probability") for name in MEASURES},
            "expected_value_usd": self.expected_value_usd,
            "expected_values_usd": {name: _of(outlooks.get(name), "expected_value_usd") for name in MEASURES},
            "early_exercise_usd": self.early_exercise_usd,
            "outlooks": [found.to_dict() for found in outlooks.values() if found is not None],
            "kelly_caveat": KELLY_CAVEAT,
            "greeks": dict(self.greeks),
            "profit_by_date": self.by_date,
            "exit_now_usd": self.exit_now_usd,
            "margin": self.broker.margin_dict(),
            "assignment": [row.to_dict() for row in self.broker.assignment],
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one flat row a leg, with the numbers of the whole beside it."""
        whole = {
            "net_premium_usd": self.net_premium_usd,
            "outlay_usd": self.outlay_usd,
            "max_loss_usd": self.max_loss_usd,
            "max_gain_usd": self.max_gain_usd,
            "breakevens": [float(spot) for spot in self.outcome.breakevens],
            "defined_risk": self.defined_risk,
            **{f"probability_{name}": _of(self.outlooks.get(name), "profit_probability") for name in MEASURES},
            **{f"expected_value_{name}_usd": _of(self.outlooks.get(name), "expected_value_usd") for name in MEASURES},
            **self.greeks,
        }
        return [{"name": self.name, **self._leg(held), **whole} for held in self.holdings]

    def require(self, *, defined_risk_only: bool) -> None:
        """Refuse a structure whose loss has no limit, where that was asked for.

        Raises
        ------
        InfeasibleError
            Names the side without limit and what would limit it.
        """
        if defined_risk_only and not self.defined_risk:
            later = uncovered_later(self.holdings)
            raise InfeasibleError(later if self.outcome.low is not None else unlimited(self.outcome))

    def _leg(self, held: Holding) -> dict[str, Any]:
        if isinstance(held, Shares):
            return {
                "symbol": held.ticker, "kind": "shares", "quantity": held.shares, "contracts": None,
                "shares": held.shares, "strike": None, "expiry": None, "multiplier": 1, "price": held.price,
                "premium": None, "vol": None, "displayed": None,
            }  # fmt: skip
        option, vol = held.option, self.setting.vols.get(held.option, math.nan)
        return {
            "symbol": option.compact, "kind": option.kind, "quantity": held.contracts, "contracts": held.contracts,
            "shares": None, "strike": option.strike, "expiry": option.expiry, "multiplier": option.multiplier,
            "price": held.premium, "premium": held.premium, "vol": vol, "displayed": self.displayed.get(option.compact),
        }  # fmt: skip

    def __repr__(self) -> str:
        legs = ", ".join(str(held) for held in self.holdings)
        return f"StructureResult({self.name}: {legs}; max loss {self.max_loss_usd}, max gain {self.max_gain_usd})"


def analyze(
    holdings: Sequence[Holding],
    setting: Setting,
    *,
    name: str = "legs",
    fee: float = 0.0,
    drift: float | None = None,
    distributions: Sequence[Distribution] = (),
    notes: Sequence[Note] = (),
) -> StructureResult:
    """Measure a structure.

    Parameters
    ----------
    holdings : sequence of Leg and Shares
        Of one underlying, each with its price; at least one option.
    setting : Setting
        From `hedgekit.structures.as_given` or `from_chain`.
    name : str
        What it is called.
    fee : float
        Dollars a contract, bought or sold; counted in every profit.
    drift : float, optional
        Growth of the expected price for the lognormal distribution; the pricing measure when absent.
    distributions : sequence of Distribution
        Of the spot at the first expiry, beside the lognormal one: implied, historical.
    notes : sequence of Note
        To be carried along.

    Returns
    -------
    StructureResult

    Raises
    ------
    InputError
        No option, several underlyings or deliverables, a bad fee, or legs that live on and have no vol.
    ConvergenceError
        A leg that could not be valued.

    Notes
    -----
    Legs that expire together: profit is piecewise linear in the spot, so extremes over S >= 0 and break-evens are exact
    (`hedgekit.payoff`). Later legs are valued at the first expiry, each with its own vol, and the extremes are bounded
    to a stated error (`hedgekit.structures.envelope`). Profit at expiry is payoff less what was paid, not financed;
    dividends on shares are left out of it and counted in the expected value.

    Examples
    --------
    >>> from datetime import datetime
    >>> from hedgekit.market.legs import parse_leg, priced
    >>> from hedgekit.model import NEW_YORK
    >>> from hedgekit.structures.setting import as_given
    >>> legs = priced([parse_leg("-1 XYZ260918C00205000 @5"), parse_leg("+1 XYZ260918C00210000 @1.5")], None)
    >>> now = datetime(2026, 6, 17, 16, tzinfo=NEW_YORK)
    >>> result = analyze(legs, as_given(legs, asof=now, spot=200.0, rate=0.04, vol=0.25))
    >>> result.max_loss_usd, result.max_gain_usd, [float(spot) for spot in result.outcome.breakevens]
    (150.0, 350.0, [208.5])
    """
    held = tuple(holdings)
    legs = options_of(held)
    _check(held, fee, drift)
    later = [leg for leg in legs if leg.option.expiry != setting.horizon]
    if later and any(math.isnan(setting.vols[leg.option]) for leg in later):
        raise InputError("legs that outlive the first expiry are valued with a vol: give --vol")
    outcome = living_outcome(held, setting, fee) if later else exact_outcome(held, fee)
    rights = early_exercise(held, outcome, setting)
    outlooks = _outlooks(held, outcome, setting, fee, drift, distributions, rights)
    known = all(not math.isnan(setting.vols[leg.option]) for leg in legs)
    broker = ask(held, setting)
    return StructureResult(
        name=name,
        holdings=held,
        setting=setting,
        outcome=outcome,
        pays=what_must_happen(outcome, setting),
        net_premium_usd=float(net_premium(legs)),
        outlay_usd=float(outlay(held, fee)),
        greeks=position_greeks(held, setting),
        outlooks=outlooks,
        by_date=_by_date(held, setting, outcome, fee) if known else None,
        early_exercise_usd=rights,
        exit_now_usd=_exit_now(legs, setting, fee),
        broker=broker,
        displayed={leg.option.compact: _displayed(leg, setting) for leg in legs},
        inputs=_inputs(setting, fee, drift),
        warnings=(*setting.warnings, *notes, *_notes(held, outcome, setting), *broker.warnings),
    )


def _check(holdings: Sequence[Holding], fee: float, drift: float | None) -> None:
    checked_fee(fee)
    if drift is not None and not -1.0 <= drift <= 1.0:
        raise InputError(f"--drift {drift:g}: expected a decimal a year from -1 to 1 (0.08 is 8%)")
    roots = {leg.option.root for leg in options_of(holdings)}
    odd = sorted(root for root in roots if root[-1:].isdigit())
    if odd:
        raise InputError(f"{', '.join(odd)}: an adjusted or mini contract, whose deliverable differs: not analysed")


def _outlooks(
    held: tuple[Holding, ...],
    outcome: Outcome,
    setting: Setting,
    fee: float,
    drift: float | None,
    distributions: Sequence[Distribution],
    rights: float,
) -> dict[str, Outlook | None]:
    found: dict[str, Outlook | None] = dict.fromkeys(MEASURES)
    if not math.isnan(setting.level_vol):
        level = level_distribution(setting, drift=drift)
        with_gap = rights + dividend_model_gap(held, outcome, setting)
        own = judge(held, outcome, setting, level, fee=fee, rights_usd=with_gap)
        found["lognormal"] = with_touch(own, held, setting, drift, setting.sessions)
    for distribution in distributions:
        outlook = judge(held, outcome, setting, distribution, fee=fee, rights_usd=rights)
        if isinstance(distribution, Historical):
            outlook = with_past_touch(outlook, held, setting.spot, distribution)
        found[distribution.name] = outlook
    return found


def _by_date(held: tuple[Holding, ...], setting: Setting, outcome: Outcome, fee: float) -> ProfitByDate:
    """Revalue at kinks, break-evens and moves of the spot, now and on the way to the first expiry."""
    cost = float(outlay(held, fee))
    spots = {round(setting.spot * (1.0 + move), 2) for move in MOVES if move} | {setting.spot}
    spots |= {leg.option.strike for leg in options_of(held)} | {float(spot) for spot in outcome.breakevens}
    rows = np.array(sorted(spots))
    dates, columns = [], []
    for elapsed, day in moments(setting):
        dates.append(day)
        if elapsed == setting.t_horizon and outcome.is_exact:
            columns.append(np.array([float(outcome.profit.at(spot)) for spot in rows.tolist()]))
            continue
        columns.append(position_values(held, setting, rows, elapsed) - cost)
    table = tuple(tuple(float(value) for value in row) for row in np.array(columns).T)
    return ProfitByDate(dates=tuple(dates), spots=tuple(rows.tolist()), profit_usd=table)


def moments(setting: Setting, steps: Sequence[float] = STEPS) -> list[tuple[float, date]]:
    """Return (years from now, day): now, sessions' closes nearest to the steps, the first expiry.

    Parameters
    ----------
    setting : Setting
    steps : sequence of float
        Parts of the time to the first expiry, 0 to 1.
    """
    found: dict[date, float] = {}
    for part in steps[1:-1]:
        day = (setting.asof + timedelta(days=part * units.days(setting.t_horizon))).date()
        day = day if is_session(day) else previous_session(day)
        if setting.asof.date() < day < setting.horizon:
            found[day] = years_between(setting.asof, session_close(day)) * _scale(setting)
    between = sorted((elapsed, day) for day, elapsed in found.items())
    return [(0.0, setting.asof.date()), *between, (setting.t_horizon, setting.horizon)]


def _scale(setting: Setting) -> float:
    """Return the setting's years per calendar year: 1 unless the caller counts time otherwise."""
    whole = years_between(setting.asof, exercise_cutoff(setting.horizon))
    return setting.t_horizon / whole if whole > 0.0 else 1.0


def _exit_now(legs: Sequence[Leg], setting: Setting, fee: float) -> float | None:
    """Return what opening at the touch and closing at once loses: spreads and fees, dollars; None without quotes."""
    lost = 0.0
    for leg in legs:
        quote = setting.quotes.get(leg.option)
        if quote is None or not quote.bid >= 0.0 or not quote.ask > 0.0:
            return None
        spread = (leg.premium - quote.bid) if leg.contracts > 0 else (quote.ask - leg.premium)
        lost += abs(leg.contracts) * (leg.option.multiplier * spread + 2.0 * fee)
    return lost


def _displayed(leg: Leg, setting: Setting) -> float | None:
    quote = setting.quotes.get(leg.option)
    if quote is None:
        return None
    size = quote.ask_size if leg.contracts > 0 else quote.bid_size
    return size if math.isfinite(size) else None


def _notes(held: tuple[Holding, ...], outcome: Outcome, setting: Setting) -> list[Note]:
    notes = []
    if outcome.low is None:
        notes.append(Note("unlimited_loss", unlimited(outcome)))
    elif later := uncovered_later(held):
        notes.append(Note("unlimited_loss", later))
    if abs(outcome.carry_slope) >= LEAST_SLOPE:
        message = (
            f"above {outcome.top:,.0f} the dividend yield on the later calls alone moves profit by "
            f"${outcome.carry_slope:+,.2f} for each dollar of the spot: not counted as without limit"
        )
        notes.append(Note("carry_far_above", message))
    if outcome.low is not None and outcome.low >= 0 and outcome.gains:
        notes.append(Note("no_loss", "no spot at expiry gives a loss: check the prices, the legs or the quotes"))
    for leg in options_of(held):
        quote = setting.quotes.get(leg.option)
        if quote is not None and quote.flags:
            flags = ", ".join(flag.slug.replace("_", " ") for flag in quote.flags)
            notes.append(Note("quote_flagged", f"{leg.option} is quoted {quote.bid:g}/{quote.ask:g}: {flags}"))
        shown = _displayed(leg, setting)
        if shown is not None and shown < abs(leg.contracts):
            message = f"displayed size at the touch is {shown:.0f} of {abs(leg.contracts)} {leg.option}"
            notes.append(Note("displayed_size", f"{message}: the rest may cost more"))
        notes += _odd_price(leg, setting)
    shares = shares_of(held)
    if shares and abs(shares[0].price / setting.spot - 1.0) > units.fraction(1.0):
        message = f"the shares are priced at {shares[0].price:.2f}, the spot is {setting.spot:.2f}"
        notes.append(Note("share_price_off_spot", f"{message}: profit counts from the former"))
    return notes


def _odd_price(leg: Leg, setting: Setting) -> list[Note]:
    """Say when a price cannot be: above the most the option can be worth, or a bargain on exercising it at once."""
    option = leg.option
    most = setting.spot if option.sign == 1 else option.strike
    least = max(0.0, option.sign * (setting.spot - option.strike)) if setting.exercise == "american" else 0.0
    if leg.premium > most + HALF_CENT:
        return [Note("price_above_maximum", f"{option} at {leg.premium:g} costs more than it can be worth, {most:g}")]
    if leg.contracts > 0 and leg.premium < least - HALF_CENT:
        message = f"{option} at {leg.premium:g} is below its exercise value {least:.2f} at the spot {setting.spot:.2f}"
        return [Note("price_below_exercise", message)]
    return []


HALF_CENT = 0.005
LEAST_SLOPE = 0.01
"""Dollars per dollar of the spot: a tilt below it is noise in an implied yield."""


def _inputs(setting: Setting, fee: float, drift: float | None) -> dict[str, Any]:
    from hedgekit import __version__

    day = setting.horizon
    inputs: dict[str, Any] = {
        "ticker": setting.ticker,
        "spot": setting.spot,
        "spot_source": setting.spot_source,
        "expiry": day,
        "expiries": list(setting.t_years),
        "t_years": setting.t_horizon,
        "rate": setting.rates[day],
        "rate_source": setting.rate_source,
        "div_yield": setting.div_yields[day],
        "dividends": setting.cash,
        "dividends_source": setting.dividends_source,
        "vol": setting.level_vol,
        "vol_source": setting.level_source,
        "leg_vol_source": setting.vol_source,
        "drift": drift,
        "fee": fee,
        "exercise": setting.exercise,
        "asof": setting.asof,
        "day_count": "ACT/365 to the exercise cut-off in New York",
        "price_basis": "bought at the ask, sold at the bid, unless a leg names its price",
        "engine": engine_name(setting.exercise, setting.cash, setting.t_horizon),
        "version": __version__,
    }
    if setting.chain is not None:
        inputs.update(source=setting.chain.source, source_sha256=setting.chain.source_sha256)
    return inputs


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _of(found: Outlook | None, name: str) -> Any:
    return None if found is None else getattr(found, name)
