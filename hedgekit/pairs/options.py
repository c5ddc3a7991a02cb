"""A pair in options, balanced on beta-weighted delta dollars, and what that balance leaves in vega, gamma and theta."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from hedgekit import units
from hedgekit.errors import InfeasibleError, InputError
from hedgekit.fees import DEFAULT_FEE, checked_fee
from hedgekit.model import Flag, Option
from hedgekit.pairs.expressions import EXPRESSIONS, Expression, Part
from hedgekit.results import Note, Result

if TYPE_CHECKING:
    from hedgekit.margin import MarginRequirement
    from hedgekit.model import Chain, Leg

TARGET_DELTA = 0.50
LEAST_DELTA, MOST_DELTA = 0.05, 0.95
MOST_CONTRACTS = 10_000
CLOCKS = 900.0
"""Seconds two chains may lie apart before it is said."""

_FORBIDDEN = (
    Flag.CROSSED | Flag.ZERO_BID | Flag.NO_ASK | Flag.EXPIRED | Flag.STALE | Flag.NON_STANDARD | Flag.BELOW_INTRINSIC
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contracts:
    """Some contracts of an expression.

    Parameters
    ----------
    part : Part
    option : Option
    contracts : int
        Signed, + is bought.
    premium : float
        Dollars a share at the touch.
    vol, delta, gamma, vega_per_point, theta_per_day : float
        Of one share of one contract, at the mid.
    """

    part: Part
    option: Option
    contracts: int
    premium: float
    vol: float
    delta: float
    gamma: float
    vega_per_point: float
    theta_per_day: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Expressed:
    """One expression, sized.

    Parameters
    ----------
    expression : Expression
    contracts : tuple of Contracts
    cost_usd : float
        At the touch with fees; positive is paid.
    beta_delta_usd : float
        Leftover: long delta dollars times the ratio plus short delta dollars.
    delta_usd : float
        Of both legs together, not beta-weighted.
    vega_usd_per_point : float
        If both vols rise a point.
    gamma_usd_per_percent : float
        Change of the beta-weighted delta dollars when both legs rise by their one percent: the long by 1%, the short by
        1% over the ratio.
    theta_usd_per_day : float
    most_lost_usd : float
        What can be lost; infinite when it is not limited.
    margin : MarginRequirement
    balance : mapping
        Short-side units a long-side unit that each aim would ask for: delta, vega, premium.
    """

    expression: Expression
    contracts: tuple[Contracts, ...]
    cost_usd: float
    beta_delta_usd: float
    delta_usd: float
    vega_usd_per_point: float
    gamma_usd_per_percent: float
    theta_usd_per_day: float
    most_lost_usd: float
    margin: MarginRequirement
    balance: Mapping[str, float]

    @property
    def units(self) -> tuple[int, int]:
        """Units of the long and of the short side."""
        sides = {leg: next(abs(c.contracts) for c in self.contracts if c.part.leg == leg) for leg in ("long", "short")}
        return sides["long"], sides["short"]

    def body(self) -> dict[str, Any]:
        """Return the fields shown in JSON."""
        return {
            "name": self.expression.name,
            "defined_risk": self.expression.defined_risk,
            "legs": [
                {
                    "symbol": c.option.compact,
                    "contracts": c.contracts,
                    "premium": c.premium,
                    "vol": c.vol,
                    "delta": c.delta,
                    "gamma": c.gamma,
                    "vega_per_point": c.vega_per_point,
                    "theta_per_day": c.theta_per_day,
                }
                for c in self.contracts
            ],
            "cost_usd": self.cost_usd,
            "leftover": {
                "beta_delta_usd": self.beta_delta_usd,
                "delta_usd": self.delta_usd,
                "vega_usd_per_point": self.vega_usd_per_point,
                "gamma_usd_per_percent": self.gamma_usd_per_percent,
                "theta_usd_per_day": self.theta_usd_per_day,
            },
            "most_lost_usd": self.most_lost_usd,
            "margin": self.margin.to_dict(),
            "short_units_per_long_unit": dict(self.balance),
            "why": self.expression.why,
        }


@dataclass(frozen=True, kw_only=True)
class PairOptionsResult(Result):
    """The pair in every expression that the chains allow."""

    schema_name: ClassVar[str] = "pair_options"

    long: str
    short: str
    long_spot: float
    short_spot: float
    dollar_ratio: float
    ratio_source: str
    expiries: tuple[date, date]
    expressed: Sequence[Expressed]
    left_out: Mapping[str, str]

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        return {
            "long": {"ticker": self.long, "spot": self.long_spot, "expiry": self.expiries[0]},
            "short": {"ticker": self.short, "spot": self.short_spot, "expiry": self.expiries[1]},
            "dollar_ratio": self.dollar_ratio,
            "ratio_source": self.ratio_source,
            "expressions": [one.body() for one in self.expressed],
            "left_out": dict(self.left_out),
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one row a leg of an expression."""
        return [
            {
                "name": one.expression.name,
                "symbol": c.option.compact,
                "contracts": c.contracts,
                "premium": c.premium,
                "vol": c.vol,
                "delta": c.delta,
                "cost_usd": one.cost_usd,
                "leftover_beta_delta_usd": one.beta_delta_usd,
                "leftover_vega_usd_per_point": one.vega_usd_per_point,
                "leftover_gamma_usd_per_percent": one.gamma_usd_per_percent,
                "leftover_theta_usd_per_day": one.theta_usd_per_day,
            }
            for one in self.expressed
            for c in one.contracts
        ]


def pair_options(
    long_chain: Chain,
    short_chain: Chain,
    *,
    ratio: float,
    ratio_source: str = "as given",
    contracts: int = 10,
    by: date | None = None,
    expiry: date | None = None,
    delta: float = TARGET_DELTA,
    fee: float = DEFAULT_FEE,
    rate: Any = None,
    long_dividends: Any = None,
    short_dividends: Any = None,
) -> PairOptionsResult:
    """Express a pair in options of both legs.

    Parameters
    ----------
    long_chain, short_chain : Chain
        Of the leg that is bought and of the one that is sold.
    ratio : float
        Dollars of the short leg per dollar of the long leg; positive.
    ratio_source : str
        For the footer.
    contracts : int
        Units of the long side; those of the short side follow from the balance.
    by, expiry : date, optional
        The first expiry that both chains list on or after a day, or exactly one. Default: the first of at least 21
        days.
    delta : float
        Size of the delta of the nearest contracts, 0.05 to 0.95.
    fee : float
        Dollars a contract.
    rate, long_dividends, short_dividends : optional
        As in `hedgekit.compare`; default from the chains.

    Returns
    -------
    PairOptionsResult

    Raises
    ------
    InputError
        For arguments that cannot be, or no common expiry.
    InfeasibleError
        When not one expression can be built from the quotes.

    Notes
    -----
    Balanced where ``ratio x delta_y S_y n_y + delta_x S_x n_x = 0``. Two bought options are both long vega: delta and
    vega cannot both be zero, so what is left is shown.
    """
    if not 0.0 < ratio < math.inf:
        raise InputError(f"ratio {ratio:g}: expected a positive number of dollars short per dollar long")
    if not 1 <= contracts <= MOST_CONTRACTS:
        raise InputError(f"contracts {contracts}: expected 1 to {MOST_CONTRACTS:,}")
    if not LEAST_DELTA <= delta <= MOST_DELTA:
        raise InputError(f"delta {delta:g}: expected {LEAST_DELTA} to {MOST_DELTA}")
    checked_fee(fee)
    if long_chain.ticker == short_chain.ticker:
        raise InputError(f"both chains are of {long_chain.ticker}: a pair needs two underlyings")
    days = _common_expiry(long_chain, short_chain, by, expiry)
    sides = {
        "long": _quoted(long_chain, days[0], rate, long_dividends),
        "short": _quoted(short_chain, days[1], rate, short_dividends),
    }
    expressed, left_out = [], {}
    for expression in EXPRESSIONS.values():
        try:
            expressed.append(_express(expression, sides, ratio, contracts, delta, fee))
        except InfeasibleError as error:
            left_out[expression.name] = str(error)
    if not expressed:
        raise InfeasibleError("; ".join(f"{name}: {why}" for name, why in left_out.items()))
    return PairOptionsResult(
        long=long_chain.ticker,
        short=short_chain.ticker,
        long_spot=long_chain.spot,
        short_spot=short_chain.spot,
        dollar_ratio=ratio,
        ratio_source=ratio_source,
        expiries=days,
        expressed=tuple(expressed),
        left_out=left_out,
        inputs=_inputs(long_chain, short_chain, sides, delta, fee),
        warnings=tuple(_notes(long_chain, short_chain, sides)),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Side:
    """The quotes of one expiry that can be traded on, with their greeks at the mid."""

    chain: Chain
    terms: Any
    options: list[Option]
    bid: np.ndarray
    ask: np.ndarray
    vol: np.ndarray
    greeks: Any


def _common_expiry(long_chain: Chain, short_chain: Chain, by: date | None, expiry: date | None) -> tuple[date, date]:
    shared = sorted(set(long_chain.expiries) & set(short_chain.expiries))
    listed = ", ".join(map(str, shared[:12])) or "none"
    if by is not None and expiry is not None:
        raise InputError("give one of --by and --expiry, not both")
    if expiry is not None:
        if expiry not in shared:
            raise InputError(f"expiry {expiry} is not listed in both chains; in both: {listed}")
        return expiry, expiry
    today = max(long_chain.asof.date(), short_chain.asof.date())
    for day in shared:
        if (day >= by) if by is not None else (day - today).days >= 21:
            return day, day
    wanted = f"on or after {by}" if by is not None else "of 21 days or more (name one with --expiry)"
    raise InputError(f"no expiry {wanted} is listed in both chains; in both: {listed}")


def _quoted(chain: Chain, expiry: date, rate: Any, dividends: Any) -> _Side:
    from hedgekit.market.inputs import resolve
    from hedgekit.pricing import greeks, implied_vol

    terms = resolve(chain, (expiry,), rate=rate, dividends=dividends).terms(expiry)
    at = chain.at(expiry)
    good = ((at.flags & int(_FORBIDDEN)) == 0) & (at.bid > 0.0) & (at.ask >= at.bid)
    at = at.select(good)
    if not len(at):
        raise InfeasibleError(f"{chain.source}: no two-sided quote of {chain.ticker} for {expiry}")
    t_years = at.t_years
    place = (at.kind, chain.spot, at.strike, t_years, terms.rate, terms.div_yield)
    vol = np.asarray(implied_vol(at.mid, *place, dividends=terms.cash))
    known = np.isfinite(vol)
    at, vol = at.select(known), vol[known]
    place = (at.kind, chain.spot, at.strike, at.t_years, terms.rate, terms.div_yield)
    return _Side(
        chain=chain,
        terms=terms,
        options=[Option.parse(str(symbol)) for symbol in at.symbol],
        bid=np.asarray(at.bid),
        ask=np.asarray(at.ask),
        vol=vol,
        greeks=greeks(*place, vol, dividends=terms.cash),
    )


def _express(
    expression: Expression, sides: Mapping[str, _Side], ratio: float, count: int, delta: float, fee: float
) -> Expressed:
    unit = [_contract(part, sides[part.leg], delta) for part in expression.parts]
    if len({c.option.compact for c in unit}) < len(unit):
        raise InfeasibleError("its strikes fall together: the chain lists too few")
    delta_usd = {leg: _sum(unit, leg, sides, "delta") for leg in ("long", "short")}
    if not (delta_usd["long"] > 0.0 > delta_usd["short"]):
        raise InfeasibleError("its deltas do not stand for a long and a short leg")
    exact = ratio * delta_usd["long"] / -delta_usd["short"]
    short_count = max(1, round(count * exact))
    sized = [replace(c, contracts=c.contracts * (count if c.part.leg == "long" else short_count)) for c in unit]
    cost = sum(c.contracts * c.premium * c.option.multiplier + fee * abs(c.contracts) for c in sized)
    vega = {leg: sum(c.vega_per_point * c.contracts for c in unit if c.part.leg == leg) for leg in ("long", "short")}
    paid = {leg: sum(c.premium * c.contracts for c in unit if c.part.leg == leg) for leg in ("long", "short")}
    return Expressed(
        expression=expression,
        contracts=tuple(sized),
        cost_usd=cost,
        beta_delta_usd=ratio * _sum(sized, "long", sides, "delta") + _sum(sized, "short", sides, "delta"),
        delta_usd=_sum(sized, "long", sides, "delta") + _sum(sized, "short", sides, "delta"),
        vega_usd_per_point=sum(c.vega_per_point * c.contracts * c.option.multiplier for c in sized),
        gamma_usd_per_percent=_gamma(sized, sides, ratio),
        theta_usd_per_day=sum(c.theta_per_day * c.contracts * c.option.multiplier for c in sized),
        most_lost_usd=cost if expression.defined_risk else math.inf,
        margin=_reg_t(sized, sides),
        balance={
            "beta_delta": exact,
            "vega": vega["long"] / vega["short"] if vega["short"] else math.nan,
            "premium": paid["long"] / paid["short"] if paid["short"] else math.nan,
        },
    )


def _contract(part: Part, side: _Side, delta: float) -> Contracts:
    """Return one contract of the kind whose delta is nearest to the part's target."""
    sign = 1 if part.kind == "call" else -1
    rows = [i for i, option in enumerate(side.options) if option.sign == sign]
    if not rows:
        raise InfeasibleError(f"no two-sided {part.kind} of {side.chain.ticker}")
    wanted = delta * part.delta_share
    i = min(rows, key=lambda row: (abs(abs(float(side.greeks.delta[row])) - wanted), side.options[row].strike))
    return Contracts(
        part=part,
        option=side.options[i],
        contracts=part.side,
        premium=float(side.ask[i] if part.side > 0 else side.bid[i]),
        vol=float(side.vol[i]),
        delta=float(side.greeks.delta[i]),
        gamma=float(side.greeks.gamma[i]),
        vega_per_point=units.vega_per_point(float(side.greeks.vega[i])),
        theta_per_day=units.theta_per_day(float(side.greeks.theta[i])),
    )


def _sum(contracts: Sequence[Contracts], leg: str, sides: Mapping[str, _Side], greek: str) -> float:
    """Return the delta dollars of one leg's contracts."""
    spot = sides[leg].chain.spot
    held = [c for c in contracts if c.part.leg == leg]
    return sum(float(getattr(c, greek)) * c.contracts * c.option.multiplier * spot for c in held)


def _gamma(contracts: Sequence[Contracts], sides: Mapping[str, _Side], ratio: float) -> float:
    """Return the change of beta-weighted delta dollars for a move of 1% of the long leg and 1% / ratio of the short."""
    total = 0.0
    for c in contracts:
        spot = sides[c.part.leg].chain.spot
        a_percent = units.fraction(c.gamma * c.contracts * c.option.multiplier * spot * spot)
        total += a_percent * ratio if c.part.leg == "long" else a_percent / ratio
    return total


def _reg_t(contracts: Sequence[Contracts], sides: Mapping[str, _Side]) -> MarginRequirement:
    from hedgekit.margin import reg_t
    from hedgekit.model import Leg

    legs: list[Leg] = [Leg(contracts=c.contracts, option=c.option, premium=c.premium) for c in contracts]
    spots = {c.option.root: sides[c.part.leg].chain.spot for c in contracts}
    asof = max(side.chain.asof for side in sides.values())
    return reg_t(legs, spot=spots, asof=asof)


def _inputs(
    long_chain: Chain, short_chain: Chain, sides: Mapping[str, _Side], delta: float, fee: float
) -> dict[str, Any]:
    from hedgekit import __version__

    told: dict[str, Any] = {"delta": delta, "fee": fee, "version": __version__}
    for leg, chain in (("long", long_chain), ("short", short_chain)):
        terms = sides[leg].terms
        told |= {
            f"{leg}_asof": chain.asof,
            f"{leg}_source": chain.source,
            f"{leg}_source_sha256": chain.source_sha256,
            f"{leg}_rate": terms.rate,
            f"{leg}_rate_source": terms.rate_source,
            f"{leg}_dividends_source": terms.dividends_source,
        }
    return told


def _notes(long_chain: Chain, short_chain: Chain, sides: Mapping[str, _Side]) -> list[Note]:
    notes = [Note(slug, message) for chain in (long_chain, short_chain) for slug, message in chain.warnings]
    notes += [note for side in sides.values() for note in side.terms.warnings]
    notes = list(dict.fromkeys(notes))
    apart = abs((long_chain.asof - short_chain.asof).total_seconds())
    if apart > CLOCKS:
        text = (
            f"the chains are not of one moment: {long_chain.ticker} {long_chain.asof:%Y-%m-%d %H:%M}, "
            f"{short_chain.ticker} {short_chain.asof:%Y-%m-%d %H:%M} New York"
        )
        notes.append(Note("chains_apart", text))
    return notes
