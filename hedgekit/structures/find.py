"""The best structures of a chain for a view: the whole catalogue searched at the touch, exhaustively.

Profit at expiry adds up over legs, so the expected profit of a combination is a sum of numbers a leg, under any
distribution. Its greatest loss is a closed form. Every combination of the strikes that can be traded on is looked at:
those of one and two strikes in columns (`hedgekit.structures.shapes`), condors and butterflies by a compiled kernel.
They are ranked by expected profit under the view per dollar of greatest loss; those returned are then measured again,
exactly, by the same code as ``structure analyze``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from hedgekit.core import _finder
from hedgekit.distributions.priced import Priced
from hedgekit.errors import DataError, InputError, Status
from hedgekit.margin.long_stock import initial_rate
from hedgekit.margin.underlying import describe
from hedgekit.market.inputs import Given, resolve
from hedgekit.model import Chain, Holding, Leg, Option, Shares
from hedgekit.pricing import implied_vol, price
from hedgekit.results import Note
from hedgekit.structures import outlooks
from hedgekit.structures.desk import FAR_DAYS, pick_expiry
from hedgekit.structures.found import FindResult, Found
from hedgekit.structures.measuring import Limits, Picks, measured, ranked, stated, strikes_of
from hedgekit.structures.outlook import dividends_usd, level_distribution
from hedgekit.structures.revaluation import cash_after
from hedgekit.structures.setting import Setting, from_chain
from hedgekit.structures.shapes import CENT, SHAPES, Field, Side, parts_at, sold_spreads
from hedgekit.structures.view import View, view_of
from hedgekit.units import MULTIPLIER

FloatArray = npt.NDArray[np.float64]

NAMES = (*SHAPES, "iron-condor", "iron-butterfly", "butterfly", "broken-wing-butterfly", "calendar")
"""Structures that are searched. Not diagonals, and none with a naked side (jade lizard, ratio spread)."""

DEFAULT_CONFIDENCE = 0.80
DEFAULT_SPREAD = 0.30
MOST_EACH = 50
MOST_STRIKES = 400
"""Strikes of one kind: more would be a billion condors."""

TABLE = 20_001
"""Points of the cumulative probability that the kernel's probability limit reads; its error there is below 1e-6."""

FAR_TAIL = 1e-9
NODES = 121
"""Spots at which the far leg of a calendar is valued."""


def find(
    chain: Chain,
    *,
    target: tuple[float, float] | None = None,
    not_below: float | None = None,
    confidence: float = DEFAULT_CONFIDENCE,
    by: date | None = None,
    expiry: date | None = None,
    max_loss: float | None = None,
    max_capital: float | None = None,
    min_pop: float | None = None,
    structures: Sequence[str] | None = None,
    each: int = 2,
    top: int = 12,
    fee: float = 0.0,
    max_spread: float = DEFAULT_SPREAD,
    rate: Given = None,
    dividends: Given = None,
) -> FindResult:
    """Search the whole chain for the structures that a view of the spot favours most.

    Parameters
    ----------
    chain : Chain
        As `hedgekit.load_chain` gives it.
    target : (low, high), optional
        Where the spot will be, dollars a share; infinity for no upper end.
    not_below : float, optional
        The same as the target from here up.
    confidence : float
        How sure: the probability of the range. The market's distribution keeps its shape inside and outside
        (`hedgekit.structures.view`).
    by, expiry : datetime.date
        The first listed expiry on or after `by`, or exactly `expiry`; the view is of that day.
    max_loss, max_capital : float, optional
        Most that one contract may lose, and that it may tie up, dollars.
    min_pop : float, optional
        Least probability of a profit under the view, 0 to 1.
    structures : sequence of str, optional
        Names of the catalogue to search; default all of `NAMES`.
    each, top : int
        How many of each structure, and in all.
    fee : float
        Dollars a contract.
    max_spread : float
        Quotes with a wider spread, as a fraction of their mid, are not traded on; nor are flagged ones.
    rate, dividends : float or path, optional
        Inferred from the chain when absent.

    Returns
    -------
    FindResult
        Best first; equal ones by name and legs. Empty when nothing within the limits has a positive expected profit.

    Raises
    ------
    InputError
        A bad argument.
    DataError
        A chain with nothing to trade on, or whose vol cannot be told.

    Notes
    -----
    Expected value: today's value of what the view expects, less what is paid at the touch, with the right of early
    exercise at the market distribution's vol of each strike. Greatest loss: at expiry; where shares are
    bought what they cost is financed, or a collar at two deep strikes would seem to risk nothing. Condors are iron
    ones (puts below calls); a calendar's far leg is at the first expiry 25 days or more later, valued at the near
    expiry with its own vol.

    Examples
    --------
    >>> import hedgekit as hk
    >>> chain = hk.load_chain("examples/data/iwm.json")  # doctest: +SKIP
    >>> result = find(chain, target=(250.0, 265.0), by=date(2027, 1, 15), max_loss=500.0)  # doctest: +SKIP
    >>> result.found[0].name, result.found[0].max_loss_usd  # doctest: +SKIP
    ('iron-butterfly', 120.0)
    """
    if not isinstance(chain, Chain):
        raise InputError(f"chain {chain!r}: expected a Chain, as hedgekit.load_chain gives it")
    low, high = _range(target, not_below)
    limits = _limits(max_loss, max_capital, min_pop, each)
    names = _names(structures)
    _check(fee, max_spread, top)
    if chain.market_closed:
        raise DataError(
            f"{chain.source}: taken on a day without session ({chain.closed_reason}): nothing can be traded"
        )
    day = pick_expiry(chain, by=by, expiry=expiry)
    far_day = next((other for other in chain.expiries if (other - day).days >= FAR_DAYS), None)
    if "calendar" not in names or chain.exercise == "european":
        far_day = None
    near, counts = _quoted(chain, day, max_spread)
    far = _far(chain, far_day, max_spread)
    setting = _setting(chain, near, far, rate, dividends)
    market, doubts = _market(setting)
    view = view_of(market, low=low, high=high, confidence=confidence, day=day)
    search = Search(chain, setting, near, far, view, fee)
    picks, searched, free = search.run(names, limits)
    found = measured(picks, setting, view, market, limits, search)
    warnings = [*(note for note in setting.warnings if note.slug != "vol_borrowed"), *doubts]
    if free:
        message = (
            f"{free:,} combinations cannot lose at these quotes: such quotes are not to be had at once, and they are "
            "left out"
        )
        warnings.append(Note("quotes_too_good", message))
    if counts["too_far"]:
        message = (
            f"{counts['too_far']:,} quotes farthest from the spot are left out: {MOST_STRIKES} strikes of a kind are "
            "searched"
        )
        warnings.append(Note("strikes_left_out", message))
    kept = ranked(found, limits.each, top)
    return FindResult(
        found=kept,
        view=view.statement,
        market=market.statement,
        searched=searched,
        why=_why(kept, searched, limits, search, names),
        view_distribution=view,
        market_distribution=market,
        inputs=stated(chain, setting, view, market, limits, fee, max_spread, counts),
        warnings=tuple(warnings),
    )


def _range(target: tuple[float, float] | None, not_below: float | None) -> tuple[float, float]:
    if (target is None) == (not_below is None):
        raise InputError("give one of --target LOW:HIGH and --not-below SPOT: where will the spot be?")
    low, high = target if target is not None else (not_below, math.inf)
    assert low is not None
    if not (0.0 <= low < high and math.isfinite(low)):
        name = "--not-below" if target is None else "--target"
        raise InputError(f"{name} {low:g}:{high:g}: expected rising spots, dollars a share, zero or more")
    return float(low), float(high)


def _limits(max_loss: float | None, max_capital: float | None, min_pop: float | None, each: int) -> Limits:
    for name, value in (("--max-loss", max_loss), ("--max-capital", max_capital)):
        if value is not None and not 0.0 < value < math.inf:
            raise InputError(f"{name} {value:g}: expected a positive number of dollars")
    if min_pop is not None and not 0.0 <= min_pop < 1.0:
        raise InputError(f"--min-pop {min_pop:g}: expected a probability from 0 to below 1 (0.6)")
    if isinstance(each, bool) or not 1 <= each <= MOST_EACH:
        raise InputError(f"--each {each}: expected 1 to {MOST_EACH}")
    return Limits(
        max_loss=math.inf if max_loss is None else float(max_loss),
        max_capital=math.inf if max_capital is None else float(max_capital),
        min_probability=0.0 if min_pop is None else float(min_pop),
        each=each,
    )


def _names(structures: Sequence[str] | None) -> tuple[str, ...]:
    if not structures:
        return NAMES
    from difflib import get_close_matches

    for name in structures:
        if name not in NAMES:
            near = get_close_matches(name, NAMES, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise InputError(f"--structure {name!r}: not one that is searched{hint} ({', '.join(NAMES)})")
    return tuple(name for name in NAMES if name in structures)


def _check(fee: float, max_spread: float, top: int) -> None:
    if not 0.0 <= fee <= 100.0:
        raise InputError(f"--fee {fee:g}: expected dollars a contract from 0 to 100")
    if not 0.0 < max_spread <= 2.0:
        raise InputError(f"--max-spread {max_spread:g}: expected a fraction of the mid above 0 and up to 2")
    if isinstance(top, bool) or not 1 <= top <= 1000:
        raise InputError(f"--top {top}: expected 1 to 1000")


def _quoted(chain: Chain, day: date, max_spread: float) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:
    """Return the columns that can be traded on, of calls and puts: two-sided, without any flag, not wide."""
    slice_ = chain.at(day)
    flagged = slice_.flags != 0
    with np.errstate(invalid="ignore"):
        one_sided = ~((slice_.bid > 0.0) & (slice_.ask >= slice_.bid))
        wide = slice_.ask - slice_.bid > max_spread * slice_.mid
    good = ~(flagged | one_sided | wide)
    counts = {
        "quotes": len(slice_),
        "flagged": int(flagged.sum()),
        "one_sided": int((one_sided & ~flagged).sum()),
        "wide": int((wide & ~flagged & ~one_sided).sum()),
        "too_far": 0,
    }
    columns = {}
    for kind, sign in (("call", 1), ("put", -1)):
        rows = np.flatnonzero(good & (slice_.kind == sign))
        rows = rows[np.argsort(slice_.strike[rows], kind="stable")]
        if len(rows) > MOST_STRIKES:
            counts["too_far"] += len(rows) - MOST_STRIKES
            nearest = np.sort(np.argsort(np.abs(slice_.strike[rows] - chain.spot), kind="stable")[:MOST_STRIKES])
            rows = rows[nearest]
        names = ("strike", "bid", "ask", "bid_size", "ask_size", "open_interest")
        columns[kind] = {name: getattr(slice_, name)[rows] for name in names}
        columns[kind]["options"] = tuple(Option.parse(symbol) for symbol in slice_.symbol[rows].tolist())
    if not len(columns["call"]["options"]) and not len(columns["put"]["options"]):
        raise DataError(
            f"{chain.source}: none of the {len(slice_)} quotes of {day} can be traded on ({counts['flagged']} flagged, "
            f"{counts['one_sided']} one-sided, {counts['wide']} wide): choose another expiry or file"
        )
    return columns, counts


def _far(chain: Chain, day: date | None, max_spread: float) -> dict[str, dict[str, Any]]:
    """Return the columns of the far expiry; none where there is none to trade on: no calendars then."""
    if day is None:
        return {}
    try:
        return _quoted(chain, day, max_spread)[0]
    except DataError:
        return {}


def _setting(
    chain: Chain, near: dict[str, dict[str, Any]], far: dict[str, dict[str, Any]], rate: Given, dividends: Given
) -> Setting:
    """Return the market of the near expiry, with the vols of the far one's options."""
    options = [option for columns in near.values() for option in columns["options"]]
    nearest = min(options, key=lambda option: (abs(option.strike - chain.spot), option.kind))
    far_options = [option for columns in far.values() for option in columns["options"]]
    legs = [Leg(contracts=1, option=option, premium=0.0) for option in (nearest, *far_options)]
    days = sorted({leg.option.expiry for leg in legs})
    market = resolve(chain, days, rate=rate, dividends=dividends)
    setting = from_chain(legs, chain, market=market, exercise=chain.exercise)
    if math.isnan(setting.level_vol):
        raise DataError(f"{chain.source}: the quotes of {days[0]} near the money tell no vol: choose another expiry")
    return setting


def _market(setting: Setting) -> tuple[Priced, tuple[Note, ...]]:
    """Return what the chain implies for the near expiry, or the lognormal where its quotes tell too little."""
    try:
        known = outlooks.from_chain(setting)
        assert isinstance(known, Priced)
        return known, ()
    except InputError as error:
        own = level_distribution(setting)
        assert isinstance(own, Priced)
        return own, (Note("market_lognormal", f"the chain implies no distribution ({error}): {own.statement}"),)


class Search:
    """The columns of one search, and its shapes one after the other."""

    def __init__(
        self,
        chain: Chain,
        setting: Setting,
        near: dict[str, dict[str, Any]],
        far: dict[str, dict[str, Any]],
        view: View,
        fee: float,
    ) -> None:
        self.chain, self.setting, self.view, self.fee, self.market = chain, setting, view, fee, view.market
        self.rights: dict[Option, float] = {}
        self.near_columns, self.far_columns = near, far
        self.discount = math.exp(-setting.rates[setting.horizon] * setting.t_horizon)
        self.growth = 1.0 / self.discount
        self.calls = self._side(near["call"], view.calls(near["call"]["strike"]), 1)
        strikes = near["put"]["strike"]
        self.puts = self._side(near["put"], view.calls(strikes) - view.mean + strikes, -1)
        stock = Shares(shares=MULTIPLIER, ticker=chain.ticker, price=chain.spot)
        dividends = dividends_usd([stock], setting)
        self.field = Field(
            calls=self.calls,
            puts=self.puts,
            spot=chain.spot,
            stock_worth=self.discount * MULTIPLIER * view.mean + dividends,
            stock_rate=float(initial_rate(describe(chain.ticker, chain.spot))),
            growth=self.growth,
        )
        top = float(view.quantile(np.array(1.0 - FAR_TAIL)))
        points = np.linspace(0.0, top, TABLE)
        self.table = {"table_start": 0.0, "table_step": points[1], "table": np.ascontiguousarray(view.cdf(points))}

    def _side(self, columns: dict[str, Any], expected: FloatArray, sign: int) -> Side:
        rights = self._rights(columns["strike"], sign)
        self.rights.update(zip(columns["options"], rights.tolist(), strict=True))
        return Side(worth=MULTIPLIER * (self.discount * expected + rights), fee=self.fee, **columns)

    def _rights(self, strikes: FloatArray, sign: int) -> FloatArray:
        """Return what early exercise is worth, dollars a share: the American less the European price at one vol.

        The vol is the market distribution's own at each strike, not that of the option's quote: a deep quote has none,
        or one that is the noise of its spread, and the search would find just those.
        """
        setting, day = self.setting, self.setting.horizon
        if not len(strikes) or setting.exercise == "european":
            return np.zeros(len(strikes))
        t, rate = setting.t_horizon, setting.rates[day]
        even = rate - math.log(self.market.mean / setting.spot) / t
        calls = self.market.calls(strikes)
        outside = np.where(strikes >= self.market.mean, 1, -1)
        premium = self.discount * np.where(outside > 0, calls, calls - self.market.mean + strikes)
        solved = implied_vol(premium, outside, setting.spot, strikes, t, rate, even, exercise="european", full=True)
        known = np.flatnonzero(solved.status == Status.OK)
        vols = np.interp(strikes, strikes[known], solved.vol[known]) if len(known) else np.full(strikes.shape, np.nan)
        american = price(sign, setting.spot, strikes, t, rate, setting.div_yields[day], vols, dividends=setting.cash)
        european = price(sign, setting.spot, strikes, t, rate, even, vols, exercise="european")
        return np.maximum(np.nan_to_num(american - european), 0.0)

    def run(self, names: Iterable[str], limits: Limits) -> tuple[Picks, dict[str, int], int]:
        """Return the best combinations of each structure, how many were looked at, and how many cannot lose."""
        picks: Picks = []
        searched: dict[str, int] = {}
        free = 0
        for name in names:
            if name in SHAPES:
                legs, count, idle = self._shape(name, limits)
            else:
                legs, count, idle = self._larger[name](self, limits)
            picks += [(name, one) for one in legs]
            searched[name] = count
            free += idle
        return picks, searched, free

    def _legs(self, parts: Sequence[tuple[str, int, int]], shares: int = 0) -> tuple[Holding, ...]:
        held: list[Holding] = []
        if shares:
            held.append(Shares(shares=shares, ticker=self.chain.ticker, price=self.chain.spot))
        for kind, contracts, row in parts:
            side = self.calls if kind == "call" else self.puts
            premium = float((side.ask if contracts > 0 else side.bid)[row])
            held.append(Leg(contracts=contracts, option=side.options[row], premium=premium))
        return tuple(held)

    def _shape(self, name: str, limits: Limits) -> tuple[list[tuple[Holding, ...]], int, int]:
        if name in ("covered-call", "protective-put", "collar") and self.chain.exercise == "european":
            return [], 0, 0
        shape = SHAPES[name](self.field)
        best, count, free = shape.best(
            keep=limits.each,
            max_loss=limits.max_loss,
            max_capital=limits.max_capital,
            min_probability=limits.min_probability,
            cdf=self.view.cdf,
        )
        return [self._legs(parts_at(shape.parts, row), shape.shares) for _, row in best], count, free

    def _kernel(self, limits: Limits, contracts: int) -> dict[str, Any]:
        return {
            "multiplier": float(MULTIPLIER),
            "fees": contracts * self.fee,
            "max_loss": limits.max_loss,
            "max_capital": limits.max_capital,
            "min_probability": limits.min_probability,
            "keep": limits.each,
            **self.table,
        }

    def _condor(self, limits: Limits, *, butterfly: bool) -> tuple[list[tuple[Holding, ...]], int, int]:
        puts, calls = sold_spreads(self.puts, "put"), sold_spreads(self.calls, "call")
        if not len(puts.value) or not len(calls.value):
            return [], 0, 0
        # the call spreads are sorted by sold strike: those at the put's strike make a butterfly, those above a condor
        at = np.searchsorted(calls.strike, puts.strike, side="left").astype(np.int64)
        above = np.searchsorted(calls.strike, puts.strike, side="right").astype(np.int64)
        ends = np.full(len(above), len(calls.strike), dtype=np.int64)
        found, count, free = _finder.condors(
            puts.value, puts.cost, puts.width, puts.strike, calls.value, calls.cost, calls.width, calls.strike,
            at if butterfly else above, above if butterfly else ends, **self._kernel(limits, 4),
        )  # fmt: skip
        return [
            self._legs(
                [
                    ("put", 1, int(puts.bought[i])),
                    ("put", -1, int(puts.sold[i])),
                    ("call", -1, int(calls.sold[j])),
                    ("call", 1, int(calls.bought[j])),
                ]
            )
            for _, i, j in found
        ], count, free  # fmt: skip

    def _iron_condor(self, limits: Limits) -> tuple[list[tuple[Holding, ...]], int, int]:
        return self._condor(limits, butterfly=False)

    def _iron_butterfly(self, limits: Limits) -> tuple[list[tuple[Holding, ...]], int, int]:
        return self._condor(limits, butterfly=True)

    def _wings(self, limits: Limits, *, broken: bool) -> tuple[list[tuple[Holding, ...]], int, int]:
        legs: list[tuple[float, tuple[Holding, ...]]] = []
        count = free = 0
        for kind, sign, side in (("call", 1, self.calls), ("put", -1, self.puts)):
            found, looked_at, idle = _finder.butterflies(
                side.strike, side.bought_value, side.bought_cost, side.sold_value, side.sold_cost,
                kind=sign, broken=broken, **self._kernel(limits, 4),
            )  # fmt: skip
            legs += [(score, self._legs([(kind, 1, i), (kind, -2, j), (kind, 1, k)])) for score, i, j, k in found]
            count, free = count + looked_at, free + idle
        legs.sort(key=lambda one: -one[0])
        return [held for _, held in legs[: limits.each]], count, free

    def _butterfly(self, limits: Limits) -> tuple[list[tuple[Holding, ...]], int, int]:
        return self._wings(limits, broken=False)

    def _broken_wing(self, limits: Limits) -> tuple[list[tuple[Holding, ...]], int, int]:
        return self._wings(limits, broken=True)

    def _calendar(self, limits: Limits) -> tuple[list[tuple[Holding, ...]], int, int]:
        """Sell the near option, buy the far one at the same strike: its value there is never below the near payoff."""
        ranked: list[tuple[float, tuple[Holding, ...]]] = []
        count = free = 0
        for kind, side in (("call", self.calls), ("put", self.puts)):
            columns = self.far_columns.get(kind)
            if columns is None:
                continue
            strikes, near_rows, far_rows = np.intersect1d(side.strike, columns["strike"], return_indices=True)
            options = [columns["options"][row] for row in far_rows]
            vols = np.array([self.setting.vols[option] for option in options])
            worth = self._later_worth(kind, strikes, vols, options[0].expiry) if len(options) else np.empty(0)
            cost = side.sold_cost[near_rows] + MULTIPLIER * columns["ask"][far_rows] + self.fee
            value = worth - side.worth[near_rows] - cost
            count, free = count + len(options), free + int((cost <= CENT).sum())
            for row in np.flatnonzero((value > 0.0) & (cost > CENT) & (cost <= limits.max_loss)):
                if cost[row] - 2.0 * self.fee > limits.max_capital:
                    continue
                bought = Leg(contracts=1, option=options[row], premium=float(columns["ask"][far_rows[row]]))
                held = (*self._legs([(kind, -1, int(near_rows[row]))]), bought)
                ranked.append((float(value[row] / cost[row]), held))
        ranked.sort(key=lambda one: -one[0])
        # measured again before the limit on the probability is put to them: keep some to spare
        return [held for _, held in ranked[: limits.each if limits.min_probability <= 0.0 else MOST_EACH]], count, free

    def _later_worth(self, kind: str, strikes: FloatArray, vols: FloatArray, day: date) -> FloatArray:
        """Today's value of far options as the view expects them at the near expiry, dollars a contract."""
        setting, near = self.setting, self.setting.t_horizon
        shares = np.linspace(0.0, 1.0, NODES + 2)[1:-1]
        tails = np.array([1e-5, 1e-4, 1e-3])
        nodes = np.unique(self.view.quantile(np.concatenate([tails, shares, 1.0 - tails])))
        left = setting.t_years[day] - near
        values = price(
            kind, nodes[None, :], strikes[:, None], left, setting.rates[day], setting.div_yields[day], vols[:, None],
            exercise=setting.exercise, dividends=cash_after(setting, near),
        )  # fmt: skip
        slopes = np.diff(values, axis=1) / np.diff(nodes)
        bends = np.diff(slopes, axis=1) @ self.view.calls(nodes[1:-1])
        expected = values[:, 0] + slopes[:, 0] * (self.view.mean - nodes[0]) + bends
        return np.asarray(self.discount * MULTIPLIER * np.nan_to_num(expected, nan=0.0))

    _larger: ClassVar[dict[str, Callable[[Search, Limits], tuple[list[tuple[Holding, ...]], int, int]]]] = {
        "iron-condor": _iron_condor,
        "iron-butterfly": _iron_butterfly,
        "butterfly": _butterfly,
        "broken-wing-butterfly": _broken_wing,
        "calendar": _calendar,
    }

    def quote_of(self, leg: Leg) -> dict[str, float]:
        """Return the quote that a leg trades against."""
        for columns in (*self.near_columns.values(), *self.far_columns.values()):
            if leg.option in columns["options"]:
                row = columns["options"].index(leg.option)
                return {name: float(column[row]) for name, column in columns.items() if name != "options"}
        raise AssertionError(f"{leg.option} was not searched")


def _why(kept: Sequence[Found], searched: dict[str, int], limits: Limits, search: Search, names: Sequence[str]) -> str:
    total = sum(searched.values())
    if kept:
        best = kept[0]
        return (
            f"of {total:,} combinations {best.name} {strikes_of(best.holdings)} expects the most for each dollar it "
            f"can lose: ${best.value_per_loss:.2f} under the view, ${best.market_value_per_loss:.2f} under the market"
        )
    open_limits = Limits(max_loss=math.inf, max_capital=math.inf, min_probability=0.0, each=1)
    picks, _, _ = search.run(names, open_limits)
    if not picks:
        return (
            f"none of {total:,} combinations has a positive expected profit under the view: at the touch the market "
            "asks more than it is worth"
        )
    return (
        f"none of {total:,} combinations within the limits has a positive expected profit under the view; without them "
        f"{picks[0][0]} {strikes_of(picks[0][1])} has: raise --max-loss or --max-capital, or lower --min-pop"
    )
