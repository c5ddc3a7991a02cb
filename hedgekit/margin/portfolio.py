"""A portfolio-margin style scan: the greatest loss of full revaluation at ten moves of the spot.

FINRA 4210(g) and SEC Rule 15c3-1a (OCC's TIMS): ten equidistant points over -8% to +6% for a broad large-cap index,
-10% to +10% for another broad index, -15% to +15% for an equity or a narrow index, times the leverage of a leveraged
fund; at least $0.375 x multiplier an option contract. Vols stay as they are. Each underlying stands alone: the
offsets that the rule allows between related indices are not taken, so a diversified account may be asked for less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final

import numpy as np

from hedgekit.errors import InputError, Status
from hedgekit.margin.pairing import OptionHolding
from hedgekit.margin.position import Position, Shares, positions
from hedgekit.margin.requirement import money
from hedgekit.margin.underlying import CASH_SETTLED
from hedgekit.market.calendar import t_years
from hedgekit.model import NEW_YORK, FloatArray
from hedgekit.pricing import Exercise, implied_vol, price

RANGES: Final = {
    "broad_large": (-0.08, 0.06),
    "broad_small": (-0.10, 0.10),
    "narrow_index": (-0.15, 0.15),
    "equity": (-0.15, 0.15),
}
"""Kind of underlying -> lowest and highest move of the spot."""

HALF_THE_POINTS: Final = 5

LEAST_A_SHARE: Final = Fraction(375, 1000)
"""Dollars a share of each option contract, long or short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderlyingScan:
    """The scan of one underlying.

    Attributes
    ----------
    ticker : str
    moves : tuple of float
        Ten, ascending: -0.1 is a fall by a tenth.
    pnl_usd : tuple of float
        Gain or loss at each, dollars.
    minimum_usd, requirement_usd : float
        Dollars.
    """

    ticker: str
    moves: tuple[float, ...]
    pnl_usd: tuple[float, ...]
    minimum_usd: float
    requirement_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioScan:
    """A portfolio-margin style requirement.

    Attributes
    ----------
    requirement_usd : float
        Sum over the underlyings, dollars.
    scans : tuple of UnderlyingScan
    derivation : tuple of str
    """

    requirement_usd: float
    scans: tuple[UnderlyingScan, ...]
    derivation: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON's own types."""
        return {
            "requirement_usd": self.requirement_usd,
            "scans": [{name: getattr(scan, name) for name in scan.__slots__} for scan in self.scans],
            "derivation": list(self.derivation),
        }


def scan_moves(kind: str, leverage: int = 1) -> tuple[float, ...]:
    """Return the ten moves of the spot, ascending; none falls by more than everything.

    Examples
    --------
    >>> scan_moves("broad_large")[:2], scan_moves("equity")[-1]
    ((-0.08, -0.064), 0.15)
    """
    low, high = (bound * leverage for bound in RANGES[kind])
    steps = range(1, HALF_THE_POINTS + 1)
    down = [low * step / HALF_THE_POINTS for step in reversed(steps)]
    return (*down, *(high * step / HALF_THE_POINTS for step in steps))


def portfolio_margin(
    legs: Iterable[Any],
    *,
    spot: float | Mapping[str, float],
    asof: date | datetime,
    rate: float,
    div_yield: float | Mapping[str, float] = 0.0,
    dividends: Sequence[tuple[float, float]] | Mapping[str, Sequence[tuple[float, float]]] = (),
    vols: Mapping[str, float] | None = None,
    shares: Shares = 0,
    underlying_kind: str | Mapping[str, str] | None = None,
    leverage: int | Mapping[str, int] | None = None,
) -> PortfolioScan:
    """Return the greatest loss of an account over a scan of the spot, by full revaluation.

    Parameters
    ----------
    legs, spot, shares, underlying_kind, leverage
        As in `hedgekit.margin.reg_t`.
    asof : datetime or date
        Moment of valuation; a day means its 16:00.
    rate : float
        Continuously compounded, decimal a year.
    div_yield, dividends
        As in `hedgekit.price`, one for all or one a ticker.
    vols : mapping of compact symbol to float, optional
        Decimal a year; what is not there is the vol implied by the leg's premium.

    Raises
    ------
    InputError
        A bad argument, or a premium that no vol explains.

    Examples
    --------
    >>> from hedgekit.model import Leg, Option
    >>> put = Leg(contracts=-1, option=Option.parse("XYZ 2026-09-18 100 P"), premium=4.0)
    >>> scan = portfolio_margin([put], spot=100.0, asof=date(2026, 6, 18), rate=0.04)
    >>> round(scan.requirement_usd)
    1101
    """
    moment = asof if isinstance(asof, datetime) else datetime(asof.year, asof.month, asof.day, 16, tzinfo=NEW_YORK)
    held = positions(legs, spot=spot, shares=shares, underlying_kind=underlying_kind, leverage=leverage, asof=moment)
    scans = []
    for position in held:
        ticker = position.underlying.ticker
        scans.append(
            _scan(
                position,
                moment,
                rate,
                div_yield.get(ticker, 0.0) if isinstance(div_yield, Mapping) else div_yield,
                dividends.get(ticker, ()) if isinstance(dividends, Mapping) else dividends,
                vols or {},
            )
        )
    total = sum(scan.requirement_usd for scan in scans)
    sentences = [_sentence(scan) for scan in scans]
    if len(scans) > 1:
        sentences.append(f"total {money(total)}: no offset between underlyings is taken")
    return PortfolioScan(requirement_usd=total, scans=tuple(scans), derivation=tuple(sentences))


def _scan(
    position: Position,
    moment: datetime,
    rate: float,
    div_yield: float,
    dividends: Sequence[tuple[float, float]],
    vols: Mapping[str, float],
) -> UnderlyingScan:
    underlying = position.underlying
    moves = scan_moves(underlying.kind, underlying.leverage)
    spots = underlying.spot * np.maximum(1.0 + np.array(moves), 0.0)
    pnl = position.shares * (spots - underlying.spot)
    exercise: Exercise = "european" if underlying.ticker in CASH_SETTLED else "american"
    contracts = 0
    for sign, holdings in ((1, position.longs), (-1, position.shorts)):
        for held in holdings:
            option, contracts = held.option, contracts + held.contracts * held.option.multiplier
            left = t_years(moment, option.expiry)
            now, then = _revalued(
                held,
                sign,
                spots,
                underlying.spot,
                (left, rate, div_yield),
                exercise,
                dividends,
                vols.get(option.compact),
            )
            pnl = pnl + sign * held.contracts * option.multiplier * (then - now)
    least = float(LEAST_A_SHARE * contracts)
    loss = max(0.0, -float(pnl.min()))
    return UnderlyingScan(
        ticker=underlying.ticker,
        moves=moves,
        pnl_usd=tuple(pnl.tolist()),
        minimum_usd=least,
        requirement_usd=max(loss, least),
    )


def _revalued(
    held: OptionHolding,
    sign: int,
    spots: FloatArray,
    spot: float,
    market: tuple[float, float, float],
    exercise: Exercise,
    dividends: Sequence[tuple[float, float]],
    vol: float | None,
) -> tuple[float, FloatArray]:
    """Return the value of an option now and at each spot, dollars a share."""
    option, left = held.option, market[0]
    value_at_exercise = np.maximum(0.0, option.sign * (spots - option.strike))
    if left <= 0.0:
        return max(0.0, option.sign * (spot - option.strike)), value_at_exercise
    now = float(held.premium)
    if vol is None:
        solved = implied_vol(
            now, option.kind, spot, option.strike, *market, exercise=exercise, dividends=dividends, full=True
        )
        if solved.status == Status.NOT_IDENTIFIED:
            # every vol up to a bound fits: a long option is taken at the lowest, a short one at the highest
            if sign > 0:
                return now, value_at_exercise
            vol = float(solved.upper)
        elif solved.status != Status.OK:
            raise InputError(
                f"{option}: no vol explains its premium {now:g} at spot {spot:g} ({Status(int(solved.status)).name}); "
                "give its vol, or the premium of the same moment as the spot"
            )
        else:
            vol = float(solved.vol)
    else:
        now = price(option.kind, spot, option.strike, *market, vol, exercise=exercise, dividends=dividends)
    positive = np.maximum(spots, np.finfo(np.float64).tiny)
    then = price(option.kind, positive, option.strike, *market, vol, exercise=exercise, dividends=dividends)
    return now, np.asarray(np.where(spots > 0.0, then, value_at_exercise))


def _sentence(scan: UnderlyingScan) -> str:
    worst = int(np.argmin(scan.pnl_usd))
    return (
        f"{scan.ticker}: worst of ten moves from {scan.moves[0]:+.1%} to {scan.moves[-1]:+.1%} is "
        f"{money(min(0.0, scan.pnl_usd[worst]))} at {scan.moves[worst]:+.1%}; at least {money(scan.minimum_usd)} "
        f"(${float(LEAST_A_SHARE):g} a share of each option) = {money(scan.requirement_usd)}"
    )
