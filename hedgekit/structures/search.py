"""Every combination of one near expiry, structure by structure, the best of each kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from hedgekit.core import _finder
from hedgekit.errors import Status
from hedgekit.margin.long_stock import initial_rate
from hedgekit.margin.underlying import describe
from hedgekit.model import Chain, Holding, Leg, Option, Shares
from hedgekit.pricing import implied_vol, price
from hedgekit.structures import two_expiries
from hedgekit.structures.measuring import Limits, Picks
from hedgekit.structures.outlook import dividends_usd
from hedgekit.structures.quoted import Columns
from hedgekit.structures.setting import Setting
from hedgekit.structures.shapes import SHAPES, Field, Side, Spreads, parts_at, sold_spreads
from hedgekit.structures.two_expiries import Later, TwoExpiries
from hedgekit.structures.view import View
from hedgekit.units import MULTIPLIER

FloatArray = npt.NDArray[np.float64]

TABLE = 20_001
"""Points of the cumulative probability that the kernel's probability limit reads; its error there is below 1e-6."""

FAR_TAIL = 1e-9

WITH_SHARES = ("covered-call", "protective-put", "collar")


class Search:
    """The columns of one search, and its shapes one after the other."""

    def __init__(
        self,
        chain: Chain,
        setting: Setting,
        near: Columns,
        far: dict[date, Columns],
        later: tuple[Later, ...],
        view: View,
        fee: float,
    ) -> None:
        self.chain, self.setting, self.view, self.fee, self.market = chain, setting, view, fee, view.market
        self.rights: dict[Option, float] = {}
        self.near_columns, self.far_columns, self.later = near, far, later
        self._pairs: TwoExpiries | None = None
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
            elif name in two_expiries.NAMES:
                self._pairs = self._pairs or TwoExpiries(self, self.later)
                legs, count, idle = self._pairs.best(name, limits)
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
        if name in WITH_SHARES and self.chain.exercise == "european":
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

    def _pair(
        self, lower: Spreads, upper: Spreads, limits: Limits, *, touching: bool, covered: bool = False
    ) -> tuple[list[tuple[int, int]], int, int]:
        """Return the best pairs of a spread below and one above: of one sold strike when touching, else apart."""
        if not len(lower.value) or not len(upper.value):
            return [], 0, 0
        # the upper spreads are sorted by sold strike
        at = np.searchsorted(upper.strike, lower.strike, side="left").astype(np.int64)
        above = np.searchsorted(upper.strike, lower.strike, side="right").astype(np.int64)
        ends = np.full(len(above), len(upper.strike), dtype=np.int64)
        contracts = 3 if covered else 4
        found, count, free = _finder.condors(
            lower.value, lower.cost, lower.width, lower.strike, upper.value, upper.cost, upper.width, upper.strike,
            at if touching else above, above if touching else ends, **self._kernel(limits, contracts), covered=covered,
        )  # fmt: skip
        return [(i, j) for _, i, j in found], count, free

    def _iron(self, limits: Limits, *, touching: bool) -> tuple[list[tuple[Holding, ...]], int, int]:
        puts, calls = sold_spreads(self.puts, below=True), sold_spreads(self.calls, below=False)
        found, count, free = self._pair(puts, calls, limits, touching=touching)
        return [
            self._legs(
                [
                    ("put", 1, int(puts.bought[i])),
                    ("put", -1, int(puts.sold[i])),
                    ("call", -1, int(calls.sold[j])),
                    ("call", 1, int(calls.bought[j])),
                ]
            )
            for i, j in found
        ], count, free  # fmt: skip

    def _iron_condor(self, limits: Limits) -> tuple[list[tuple[Holding, ...]], int, int]:
        return self._iron(limits, touching=False)

    def _iron_butterfly(self, limits: Limits) -> tuple[list[tuple[Holding, ...]], int, int]:
        return self._iron(limits, touching=True)

    def _condor(self, limits: Limits) -> tuple[list[tuple[Holding, ...]], int, int]:
        """Four strikes of one kind: by parity an iron condor, whose bought half has its width paid back."""
        legs: list[tuple[float, tuple[Holding, ...]]] = []
        count = free = 0
        for kind, side in (("call", self.calls), ("put", self.puts)):
            lower = sold_spreads(side, below=True, paid_back=kind == "call")
            upper = sold_spreads(side, below=False, paid_back=kind == "put")
            found, looked_at, idle = self._pair(lower, upper, limits, touching=False)
            for i, j in found:
                parts = [
                    (kind, 1, int(lower.bought[i])),
                    (kind, -1, int(lower.sold[i])),
                    (kind, -1, int(upper.sold[j])),
                    (kind, 1, int(upper.bought[j])),
                ]
                loss = max(lower.width[i], upper.width[j]) + lower.cost[i] + upper.cost[j]
                legs.append((float((lower.value[i] + upper.value[j]) / loss), self._legs(parts)))
            count, free = count + looked_at, free + idle
        legs.sort(key=lambda one: -one[0])
        return [held for _, held in legs[: limits.each]], count, free

    def _jade_lizard(self, limits: Limits) -> tuple[list[tuple[Holding, ...]], int, int]:
        """Search them as iron condors: a put sold is a spread down to a strike of zero."""
        rows = np.arange(len(self.puts))
        puts = Spreads(
            bought=rows,
            sold=rows,
            value=self.puts.sold_value,
            cost=self.puts.sold_cost,
            width=MULTIPLIER * self.puts.strike,
            strike=self.puts.strike,
        )
        calls = sold_spreads(self.calls, below=False)
        found, count, free = self._pair(puts, calls, limits, touching=False, covered=True)
        return (
            [
                self._legs([("put", -1, i), ("call", -1, int(calls.sold[j])), ("call", 1, int(calls.bought[j]))])
                for i, j in found
            ],
            count,
            free,
        )

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

    _larger: ClassVar[dict[str, Callable[[Search, Limits], tuple[list[tuple[Holding, ...]], int, int]]]] = {
        "iron-condor": _iron_condor,
        "iron-butterfly": _iron_butterfly,
        "condor": _condor,
        "butterfly": _butterfly,
        "broken-wing-butterfly": _broken_wing,
        "jade-lizard": _jade_lizard,
    }

    def quote_of(self, leg: Leg) -> dict[str, float]:
        """Return the quote that a leg trades against."""
        near = {self.setting.horizon: self.near_columns}
        quote = two_expiries.quote_of({**near, **self.far_columns}, leg.option)
        assert quote is not None, f"{leg.option} was not searched"
        return quote
