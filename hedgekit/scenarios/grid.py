"""A position over spot x vol x date, every option revalued with the full American engine at each point."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from hedgekit import units
from hedgekit.errors import InputError
from hedgekit.market import calendar
from hedgekit.model import NEW_YORK
from hedgekit.pricing import Exercise, price
from hedgekit.results import Note
from hedgekit.scenarios.holding import Holding, Underlying, exercise_of

VolRule = Literal["relative", "absolute"]
SmileRule = Literal["sticky_strike", "sticky_delta"]

LARGEST_MOVE, LARGEST = 3.0, 10.0
"""A move or a shock above this was written in percent."""

LEAST_VOL = 0.01
"""A shock never takes a vol below this; where one would, it is said."""

MOST_POINTS = 2_000_000
"""Option prices one grid may ask for."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """Values of a position over dates x spot moves x vol shocks.

    Attributes
    ----------
    spot_moves : ndarray, shape (n,)
        Of the benchmark, fractions: -0.2 is 20% down.
    moves : mapping of str to ndarray, shape (n,)
        The move of each ticker that goes with it.
    vol_shocks : ndarray, shape (m,)
        Relative: 0.5 takes 20% to 30%. Absolute: 0.05 takes 20% to 25%.
    dates : tuple of date
        The first may be the as-of day itself: now.
    base_usd : float
        Model value now.
    value_usd, pnl_usd : ndarray, shape (dates, n, m)
        Value, and value less `base_usd`; NaN where a holding has no vol.
    by_holding : ndarray, shape (holdings, dates, n, m)
        P/L of each holding, dollars.
    unknown : tuple of str
        Holdings that could not be valued.
    """

    holdings: tuple[Holding, ...]
    spot_moves: Floats
    moves: Mapping[str, Floats]
    vol_shocks: Floats
    dates: tuple[date, ...]
    vol_rule: VolRule
    smile: SmileRule
    base_usd: float
    value_usd: Floats
    pnl_usd: Floats
    by_holding: Floats
    unknown: tuple[str, ...]
    warnings: tuple[Note, ...] = ()

    def worst(self) -> dict[str, Any] | None:
        """Return the largest loss and where it is; None when any point is unknown."""
        if not len(self.pnl_usd.ravel()) or not np.isfinite(self.pnl_usd).all():
            return None
        d, i, j = np.unravel_index(int(np.argmin(self.pnl_usd)), self.pnl_usd.shape)
        return {
            "pnl_usd": float(self.pnl_usd[d, i, j]),
            "spot_move": float(self.spot_moves[i]),
            "vol_shock": float(self.vol_shocks[j]),
            "date": self.dates[int(d)],
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the grid as JSON's fields; `pnl_usd[date][spot][vol]`."""
        return {
            "spot_moves": self.spot_moves,
            "moves_by_ticker": dict(self.moves),
            "vol_shocks": self.vol_shocks,
            "vol_rule": self.vol_rule,
            "smile_rule": self.smile,
            "dates": self.dates,
            "base_usd": self.base_usd,
            "value_usd": self.value_usd,
            "pnl_usd": self.pnl_usd,
            "worst": self.worst(),
            "unknown": self.unknown,
        }


def revalue(
    holdings: Sequence[Holding],
    underlyings: Mapping[str, Underlying],
    *,
    spot_moves: npt.ArrayLike = (0.0,),
    betas: Mapping[str, float] | None = None,
    vol_shocks: npt.ArrayLike = (0.0,),
    vol_rule: VolRule = "relative",
    dates: Sequence[date] | None = None,
    smile: SmileRule = "sticky_strike",
    cash_usd: float = 0.0,
) -> Grid:
    """Value shares and options at every spot move, vol shock and date.

    An option is priced anew at each point (American, with the cash dividends that are still ahead on that date); on or
    after its expiry it is worth its exercise value at that point's spot. Cash dividends whose ex-date has come are
    added for the shares held. Nothing is discounted: P/L is value then less value now.

    Parameters
    ----------
    holdings : sequence of Holding
    underlyings : mapping of str to Underlying
        The market of every ticker held.
    spot_moves : array, shape (n,)
        Fractions of the spot; -1 takes it to zero.
    betas : mapping of str to float, optional
        Dollars a ticker moves for a dollar of the benchmark: its move is ``max(-1, beta x move)``. Default: every
        ticker moves alike.
    vol_shocks : array, shape (m,)
    vol_rule : {"relative", "absolute"}
        ``vol (1 + shock)`` or ``vol + shock``.
    dates : sequence of datetime.date, optional
        Valuation at that day's close. Default: now.
    smile : {"sticky_strike", "sticky_delta"}
        Whether each strike keeps its vol when the spot moves, or the smile moves with the spot (by strike/spot).
    cash_usd : float
        Added to every value.

    Returns
    -------
    Grid

    Raises
    ------
    InputError
        A move below -100%, a date before now, a ticker without market or beta, a rule of another name, a grid beyond
        `MOST_POINTS`, or no smile for the sticky-delta rule.

    Examples
    --------
    >>> from datetime import date, datetime
    >>> from hedgekit.model import NEW_YORK, Option
    >>> day = date(2026, 9, 18)
    >>> market = Underlying(ticker="IWM", spot=250.0, asof=datetime(2026, 6, 17, 16, tzinfo=NEW_YORK),
    ...                     rates={day: 0.04}, div_yields={day: 0.01})
    >>> put = Option(root="IWM", expiry=day, kind="put", strike=240.0)
    >>> held = [Holding(ticker="IWM", quantity=100), Holding(ticker="IWM", quantity=1, option=put, vol=0.25)]
    >>> grid = revalue(held, {"IWM": market}, spot_moves=[-0.2, 0.0], dates=[day])
    >>> grid.value_usd[0, :, 0].round(2).tolist()
    [24000.0, 25000.0]
    """
    moves, shocks = _vector("spot_moves", spot_moves), _vector("vol_shocks", vol_shocks)
    if (moves < -1.0).any():
        low = float(moves.min())
        meant = f"; did you mean {low:g}%?" if low >= -units.PERCENT else ""
        raise InputError(f"spot move {low:g}: a spot cannot fall by more than 100% (-1){meant}")
    for name, numbers, most in (("spot move", moves, LARGEST_MOVE), ("vol shock", shocks, LARGEST)):
        if (numbers > most).any():
            raise InputError(f"{name} {numbers.max():g}: expected a fraction up to {most:g}; 20% is 0.2")
    if vol_rule == "relative" and (shocks < -1.0).any():
        raise InputError(f"vol shock {shocks.min():g}: a vol cannot fall by more than 100% (-1)")
    if vol_rule not in ("relative", "absolute"):
        raise InputError(f"vol rule {vol_rule!r}: use 'relative' or 'absolute'")
    if smile not in ("sticky_strike", "sticky_delta"):
        raise InputError(f"smile rule {smile!r}: use 'sticky_strike' or 'sticky_delta'")
    by_ticker = _moves_of(holdings, underlyings, moves, betas)
    days = tuple(dates) if dates else (_today(underlyings),)
    size = len(holdings) * len(days) * len(moves) * len(shocks)
    if size > MOST_POINTS:
        raise InputError(f"the grid asks for {size:,} prices, more than {MOST_POINTS:,}: take fewer points")
    base, cells = np.zeros(len(holdings)), np.zeros((len(holdings), len(days), len(moves), len(shocks)))
    if holdings:
        still = {ticker: np.zeros(1) for ticker in by_ticker}
        base = _values(holdings, underlyings, still, np.zeros(1), 0.0, vol_rule, smile)[:, 0, 0]
        for d, day in enumerate(days):
            elapsed = elapsed_years(underlyings, day)
            cells[:, d] = _values(holdings, underlyings, by_ticker, shocks, elapsed, vol_rule, smile)
    value = cells.sum(axis=0) + cash_usd
    base_usd = float(base.sum() + cash_usd)
    return Grid(
        holdings=tuple(holdings),
        spot_moves=moves,
        moves=by_ticker,
        vol_shocks=shocks,
        dates=days,
        vol_rule=vol_rule,
        smile=smile,
        base_usd=base_usd,
        value_usd=value,
        pnl_usd=value - base_usd,
        by_holding=cells - base[:, None, None, None],
        unknown=tuple(str(held) for row, held in enumerate(holdings) if not np.isfinite(cells[row]).all()),
        warnings=_notes(holdings, underlyings, days, shocks, vol_rule),
    )


def elapsed_years(underlyings: Mapping[str, Underlying], day: date) -> float:
    """Return the years from now to a day's close; zero on the as-of day.

    Raises
    ------
    InputError
        For a day before the as-of day.
    """
    asof = max(market.asof for market in underlyings.values())
    if day < asof.date():
        raise InputError(f"date {day} is before the quotes' own day, {asof.date()}")
    if day == asof.date():
        return 0.0
    known = calendar.FIRST_DAY <= day <= calendar.LAST_DAY and calendar.is_session(day)
    close = calendar.session_close(day) if known else datetime.combine(day, calendar.CLOSE, NEW_YORK)
    return max(0.0, calendar.years_between(asof, close))


def _values(
    holdings: Sequence[Holding],
    underlyings: Mapping[str, Underlying],
    moves: Mapping[str, Floats],
    shocks: Floats,
    elapsed: float,
    vol_rule: VolRule,
    smile: SmileRule,
) -> Floats:
    """Return each holding's value, shape (holdings, spots, vols), `elapsed` years from now."""
    count = len(next(iter(moves.values()))) if moves else 0
    out = np.zeros((len(holdings), count, len(shocks)))
    for ticker, move in moves.items():
        market = underlyings[ticker]
        spots = market.spot * (1.0 + move)
        received = sum(amount for t, amount in market.cash if t <= elapsed)
        styles: dict[Exercise, list[int]] = {"american": [], "european": []}
        for row, holding in enumerate(holdings):
            if holding.ticker != ticker:
                continue
            if holding.option is None:
                out[row] = (holding.quantity * (spots + received))[:, None]
            else:
                styles[exercise_of(holding.option)].append(row)
        for style, rows in styles.items():
            if rows:
                held = [holdings[row] for row in rows]
                out[rows] = option_values(
                    held, market, spots, shocks, elapsed, vol_rule=vol_rule, smile=smile, exercise=style
                )
    return out


def option_values(
    holdings: Sequence[Holding],
    market: Underlying,
    spots: Floats,
    shocks: Floats,
    elapsed: float,
    *,
    vol_rule: VolRule = "relative",
    smile: SmileRule = "sticky_strike",
    exercise: Exercise = "american",
) -> Floats:
    """Return the dollar values of options of one underlying and style, shape (holdings, spots, vols).

    Parameters
    ----------
    holdings : sequence of Holding
        Options.
    market : Underlying
    spots : ndarray, shape (n,)
        Dollars a share, zero or more.
    shocks : ndarray, shape (m,)
    elapsed : float
        Years from the market's moment.
    """
    options = [h.option for h in holdings if h.option is not None]
    expiries = [o.expiry for o in options]
    strike = np.array([o.strike for o in options])[:, None, None]
    sign = np.array([o.sign for o in options], dtype=np.int8)[:, None, None]
    left = np.array([market.years_to(day) - elapsed for day in expiries])[:, None, None]
    rate = np.array([market.rates.get(day, math.nan) for day in expiries])[:, None, None]
    div_yield = np.array([market.div_yields.get(day, math.nan) for day in expiries])[:, None, None]
    vols = _vols(holdings, market, spots, smile)[:, :, None]
    vols = vols * (1.0 + shocks) if vol_rule == "relative" else vols + shocks
    vols = np.maximum(vols, LEAST_VOL)
    at = np.broadcast_to(spots[None, :, None], vols.shape)
    ahead = tuple((t - elapsed, amount) for t, amount in market.cash if t > elapsed)
    intrinsic = np.maximum(0.0, sign * (at - strike))
    alive = np.broadcast_to((left > 0.0), vols.shape) & (at > 0.0)
    value = np.array(intrinsic)
    # an option without a dividend before its expiry has a sharper engine: the two are priced apart
    paying = np.broadcast_to(left >= (ahead[0][0] if ahead else math.inf), vols.shape)
    for part, cash in ((alive & paying, ahead), (alive & ~paying, ())):
        if part.any():
            kind, spot, level, t_years, carry, yields = (
                np.broadcast_to(column, vols.shape)[part] for column in (sign, at, strike, left, rate, div_yield)
            )
            value[part] = price(
                kind, spot, level, t_years, carry, yields, vols[part], exercise=exercise, dividends=cash
            )
    broke = np.broadcast_to(left > 0.0, vols.shape) & (at <= 0.0) & (exercise == "european")
    if broke.any():
        value[broke] = (intrinsic * np.exp(-rate * np.maximum(left, 0.0)))[broke]
    unknown = np.array([not math.isfinite(h.vol) for h in holdings])
    value[unknown[:, None, None] & np.broadcast_to(left > 0.0, vols.shape)] = math.nan
    amounts = np.array([h.units for h in holdings])[:, None, None]
    return np.asarray(value * amounts)


def _vols(holdings: Sequence[Holding], market: Underlying, spots: Floats, smile: SmileRule) -> Floats:
    """Return each option's vol at each spot before the shock, shape (holdings, spots)."""
    own = np.repeat(np.array([h.vol for h in holdings])[:, None], len(spots), axis=1)
    if smile == "sticky_strike":
        return own
    for row, holding in enumerate(holdings):
        option = holding.option
        assert option is not None
        if not math.isfinite(holding.vol):
            continue
        curve = market.smiles.get(option.expiry)
        if curve is None:
            raise InputError(f"{option}: too few quotes at its expiry for a smile: use the sticky-strike rule")
        own[row] += curve.shift(option.strike, spots)
    return own


def _moves_of(
    holdings: Sequence[Holding],
    underlyings: Mapping[str, Underlying],
    moves: Floats,
    betas: Mapping[str, float] | None,
) -> dict[str, Floats]:
    """Return each held ticker's moves."""
    found = {}
    for ticker in sorted({h.ticker for h in holdings}):
        if ticker not in underlyings:
            raise InputError(
                f"{ticker} is held but its market is not given (given: {', '.join(underlyings) or 'none'})"
            )
        if betas is not None and ticker not in betas:
            raise InputError(f"{ticker} has no beta: its move is unknown")
        beta = 1.0 if betas is None else betas[ticker]
        if not math.isfinite(beta):
            raise InputError(f"beta of {ticker} is {beta}: expected a finite number")
        found[ticker] = np.maximum(-1.0, beta * moves)
    return found


def _notes(
    holdings: Sequence[Holding],
    underlyings: Mapping[str, Underlying],
    days: Sequence[date],
    shocks: Floats,
    vol_rule: VolRule,
) -> tuple[Note, ...]:
    notes = []
    options = [h.option for h in holdings if h.option is not None]
    gone = sorted({o.short for o in options if o.expiry <= max(days)})
    if gone:
        message = f"on or after its expiry an option counts at its exercise value at that point's spot: {_few(gone)}"
        notes.append(Note("expired_at_exercise_value", message))
    vols = np.array([h.vol for h in holdings if h.option is not None and math.isfinite(h.vol)])
    if len(vols):
        least = (vols.min() * (1.0 + shocks) if vol_rule == "relative" else vols.min() + shocks).min()
        if least < LEAST_VOL:
            message = f"a shock would take a vol to {units.percent(least):.1f}%: {units.percent(LEAST_VOL):g}% is used"
            notes.append(Note("vol_held_up", message))
    borrowed = [str(h.option) for h in holdings if h.vol_source == "smile"]
    if borrowed:
        message = f"quoted at the exercise value, so revalued at the smile's vol for its strike: {_few(borrowed)}"
        notes.append(Note("vol_from_smile", message))
    moments = {market.asof for market in underlyings.values()}
    if len(moments) > 1:
        message = f"the quotes are of different moments: {min(moments):%Y-%m-%d %H:%M} to {max(moments):%Y-%m-%d %H:%M}"
        notes.append(Note("moments_differ", message))
    return tuple(notes)


def _few(names: Sequence[str], most: int = 3) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def _vector(name: str, values: npt.ArrayLike) -> Floats:
    try:
        array = np.atleast_1d(np.asarray(values, dtype=float))
    except (TypeError, ValueError):
        raise InputError(f"{name} is {values!r}: expected numbers") from None
    if array.ndim != 1 or not len(array) or not np.isfinite(array).all():
        raise InputError(f"{name} is {values!r}: expected one or more finite numbers")
    return array


def _today(underlyings: Mapping[str, Underlying]) -> date:
    if not underlyings:
        raise InputError("no market is given: nothing can be valued")
    return max(market.asof for market in underlyings.values()).date()
