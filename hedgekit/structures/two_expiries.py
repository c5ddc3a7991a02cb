"""Every calendar and diagonal of a chain: an option of the near expiry sold, one of any later expiry bought.

At the near expiry the sold option is worth its payoff and the bought one its value then, at its own vol of today.
Profit rises up to the sold strike and falls beyond it, so that the greatest loss is at a spot of zero or far above (a
closed form) and profit lies on one stretch of the spot. All pairs are screened on some spots, with cash dividends after
the near expiry taken as a yield; the best are then valued again, finely and with the dividends themselves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hedgekit.distributions.priced import Priced
from hedgekit.errors import DataError, Status
from hedgekit.kinds import SIGNS
from hedgekit.model import Chain, Holding, Kind, Leg, Option
from hedgekit.pricing import implied_vol, price
from hedgekit.structures.envelope import far_above
from hedgekit.structures.measuring import Limits
from hedgekit.structures.quoted import Columns, quoted
from hedgekit.structures.revaluation import cash_after, terms_after
from hedgekit.structures.setting import Setting
from hedgekit.structures.shapes import CENT, Side
from hedgekit.units import MULTIPLIER

if TYPE_CHECKING:
    from hedgekit.structures.search import Search

FloatArray = npt.NDArray[np.float64]

NAMES = ("calendar", "diagonal")
NODES, FINE = 61, 241
"""Spots at which later options are valued, all of them and the best."""

TAILS = (1e-5, 1e-4, 1e-3)
KEPT = 64
"""Pairs of a structure that are valued again."""

SPARE = 3
"""Pairs beyond those asked for that are measured exactly, in case their order changes."""

SLACK = 0.01
"""A screened probability may be off by this much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Options of one kind and later expiry that can be traded on and whose price tells a vol, by ascending strike.

    Attributes
    ----------
    day : datetime.date
    kind : {"call", "put"}
    options : tuple of Option
    strike, ask, vol : ndarray of float64, shape (n,)
    """

    day: date
    kind: Kind
    options: tuple[Option, ...]
    strike: FloatArray
    ask: FloatArray
    vol: FloatArray


@dataclass(frozen=True, slots=True, order=True)
class _Pair:
    """One pair: best first when sorted."""

    less: float  # the score, negative
    place: tuple[int, int, int]  # of the later options' list, the near row, the later row


def later_columns(chain: Chain, days: Sequence[date], max_spread: float) -> dict[date, Columns]:
    """Return what can be traded on at each later expiry; those with nothing are left out."""
    found = {}
    for day in days:
        try:
            found[day] = quoted(chain, day, max_spread)[0]
        except DataError:
            continue
    return found


def later_options(columns: dict[date, Columns], setting: Setting) -> tuple[Later, ...]:
    """Return the later options with the vol that each one's own mid implies; those that tell none are left out."""
    found = []
    for day, sides in columns.items():
        for kind in ("call", "put"):
            side = sides[kind]
            if not len(side["options"]):
                continue
            solved = implied_vol(
                0.5 * (side["bid"] + side["ask"]), kind, setting.spot, side["strike"], setting.t_years[day],
                setting.rates[day], setting.div_yields[day], exercise=setting.exercise, dividends=setting.cash,
                full=True,
            )  # fmt: skip
            rows = np.flatnonzero(solved.status == Status.OK)
            if len(rows):
                options = tuple(side["options"][row] for row in rows)
                known = (side["strike"][rows], side["ask"][rows], np.asarray(solved.vol)[rows])
                strike, ask, vol = known
                found.append(Later(day=day, kind=kind, options=options, strike=strike, ask=ask, vol=vol))
    return tuple(found)


class TwoExpiries:
    """The pairs of a search, screened together."""

    def __init__(self, search: Search, later: tuple[Later, ...]) -> None:
        self.search, self.later = search, later
        self.setting, self.view = search.setting, search.view
        self.elapsed = self.setting.t_horizon
        self.coarse = _nodes(self.view, NODES)
        self.fine = _nodes(self.view, FINE)
        self.whole = _nodes(search.market, FINE)
        self.values = [self._values(one, self.coarse) for one in later]

    def best(self, name: str, limits: Limits) -> tuple[list[tuple[Holding, ...]], int, int]:
        """Return the best pairs, how many were looked at, and how many cannot lose.

        Parameters
        ----------
        name : {"calendar", "diagonal"}
        limits : Limits
        """
        screened: list[_Pair] = []
        looked_at = free = 0
        for place, one in enumerate(self.later):
            numbers = self._numbers(name, one, self.values[place], self.coarse, limits, SLACK)
            score, searched, idle = numbers
            looked_at, free = looked_at + searched, free + idle
            rows = np.flatnonzero(score > 0.0)
            if len(rows) > KEPT:
                rows = rows[np.argpartition(-score.ravel()[rows], KEPT)[:KEPT]]
            for row in rows.tolist():
                near, far = divmod(row, len(one.options))
                screened.append(_Pair(-float(score.ravel()[row]), (place, near, far)))
        return self._again(name, sorted(screened)[:KEPT], limits), looked_at, free

    def _again(self, name: str, pairs: Sequence[_Pair], limits: Limits) -> list[tuple[Holding, ...]]:
        """Value the best again, finely."""
        found: list[_Pair] = []
        for place in sorted({pair.place[0] for pair in pairs}):
            mine = [pair.place for pair in pairs if pair.place[0] == place]
            rows = sorted({far for _, _, far in mine})
            one = _rows(self.later[place], rows)
            values = self._values(one, self.fine, with_cash=True)
            score, _, _ = self._numbers(name, one, values, self.fine, limits, SLACK / 10.0, self._rights(one))
            for _, near, far in mine:
                value = float(score[near, rows.index(far)])
                if value > 0.0:
                    found.append(_Pair(-value, (place, near, far)))
        return [self._legs(pair) for pair in sorted(found)[: limits.each + SPARE]]

    def _legs(self, pair: _Pair) -> tuple[Holding, ...]:
        place, near, far = pair.place
        later, side = self.later[place], self._near(self.later[place].kind)
        return (
            Leg(contracts=-1, option=side.options[near], premium=float(side.bid[near])),
            Leg(contracts=1, option=later.options[far], premium=float(later.ask[far])),
        )

    def _near(self, kind: Kind) -> Side:
        return self.search.calls if kind == "call" else self.search.puts

    def _numbers(
        self,
        name: str,
        one: Later,
        values: FloatArray,
        nodes: FloatArray,
        limits: Limits,
        slack: float,
        rights: FloatArray | float = 0.0,
    ) -> tuple[FloatArray, int, int]:
        """Return each pair's score (0 where it is not allowed), shape (near, later), pairs looked at, and free ones."""
        side = self._near(one.kind)
        sold, bought = side.strike[:, None], one.strike[None, :]
        # the bought one of a diagonal is nearer the money: below a call, above a put
        wanted = sold == bought if name == "calendar" else SIGNS[one.kind] * (sold - bought) > 0.0
        fees = 2.0 * side.fee
        cost = side.sold_cost[:, None] + MULTIPLIER * one.ask[None, :] + side.fee
        value = (self._expected(values, nodes) + rights)[None, :] - side.worth[:, None] - cost
        worst = self._end(one)[None, :] + (sold if one.kind == "call" else -sold)
        loss = cost - MULTIPLIER * np.minimum(worst, 0.0)
        free = int((wanted & (loss <= CENT)).sum())
        with np.errstate(divide="ignore", invalid="ignore"):
            score = np.where(wanted & (loss > CENT) & (value > 0.0), value / loss, 0.0)
        score[(loss > limits.max_loss) | (loss - fees > limits.max_capital)] = 0.0
        if limits.min_probability > 0.0:
            for far in np.flatnonzero((score > 0.0).any(axis=0)).tolist():
                rows = np.flatnonzero(score[:, far] > 0.0)
                chance = self._chance(one.kind, values[far], nodes, side.strike[rows], cost[rows, far] / MULTIPLIER)
                score[rows[chance < limits.min_probability - slack], far] = 0.0
        return score, int(wanted.sum()), free

    def _end(self, one: Later) -> FloatArray:
        """Return what the later option is worth where the pair may lose most, but for the sold strike: see `worst`."""
        if one.kind == "call":
            return far_above(one.strike, one.day, self.setting, self.elapsed)[1]
        rate, _ = terms_after(self.setting, one.day, self.elapsed)
        held = one.strike * math.exp(-rate * (self.setting.t_years[one.day] - self.elapsed))
        return held if self.setting.exercise == "european" else np.maximum(one.strike, held)

    def _expected(self, values: FloatArray, nodes: FloatArray) -> FloatArray:
        """Return today's value of later options as the view expects them at the near expiry, dollars a contract."""
        slopes = np.diff(values, axis=1) / np.diff(nodes)
        bends = np.diff(slopes, axis=1) @ self.view.calls(nodes[1:-1])
        expected = values[:, 0] + slopes[:, 0] * (self.view.mean - nodes[0]) + bends
        return np.asarray(self.search.discount * MULTIPLIER * expected)

    def _rights(self, one: Later) -> FloatArray:
        """Return what exercising the later option before the near expiry is worth, dollars a contract.

        Its price now less today's value of holding it until then, both at its own vol and with dividends as a yield.
        """
        setting, day = self.setting, one.day
        if setting.exercise == "european":
            return np.zeros(len(one.options))
        near, mean = self.elapsed, self.search.market.mean
        even = setting.rates[setting.horizon] - math.log(mean / setting.spot) / near
        left = setting.t_years[day] - near
        nodes = self.whole
        values = self._values(one, nodes)
        terms = (near, setting.rates[setting.horizon], even)
        calls = price("call", setting.spot, nodes[1:-1], *terms, one.vol[:, None], exercise="european")
        slopes = np.diff(values, axis=1) / np.diff(nodes)
        kept = values[:, 0] + slopes[:, 0] * (mean - nodes[0])
        held = self.search.discount * kept + (np.diff(slopes, axis=1) * calls).sum(axis=1)
        rate, div_yield = terms_after(setting, day, near)
        whole = near + left
        rate, div_yield = (
            (first * near + then * left) / whole for first, then in ((terms[1], rate), (terms[2], div_yield))
        )
        now = price(one.kind, setting.spot, one.strike, whole, rate, div_yield, one.vol, exercise="american")
        return np.asarray(MULTIPLIER * np.maximum(np.nan_to_num(now - held), 0.0))

    def _chance(
        self, kind: Kind, value: FloatArray, nodes: FloatArray, strikes: FloatArray, cost: FloatArray
    ) -> FloatArray:
        """Return the probability of a profit: between the spots on both sides of the sold strike where it is zero."""
        sign = SIGNS[kind]
        if sign > 0:
            left, right = value, value - nodes
            below, above = cost, cost - strikes
        else:
            left, right = value + nodes, value
            below, above = cost + strikes, cost
        low = np.interp(below, np.maximum.accumulate(left), nodes, left=0.0, right=np.inf)
        falling = np.maximum.accumulate(right[::-1])
        high = np.interp(above, falling, nodes[::-1], left=np.inf, right=0.0)
        low, high = np.minimum(low, strikes), np.maximum(high, strikes)
        at_peak = np.interp(strikes, nodes, value) > cost
        return np.asarray(np.where(at_peak, self.view.cdf(high) - self.view.cdf(low), 0.0))

    def _values(self, one: Later, nodes: FloatArray, *, with_cash: bool = False) -> FloatArray:
        """Return values at the near expiry, dollars a share, shape (later, nodes)."""
        setting, day = self.setting, one.day
        left, (rate, div_yield) = setting.t_years[day] - self.elapsed, terms_after(setting, day, self.elapsed)
        cash = tuple((when, amount) for when, amount in cash_after(setting, self.elapsed) if when <= left)
        if cash and not with_cash:
            paid = sum(amount * math.exp(-rate * when) for when, amount in cash)
            div_yield, cash = div_yield - math.log(max(1.0 - paid / setting.spot, 0.5)) / left, ()
        values = price(
            one.kind, nodes[None, :], one.strike[:, None], left, rate, div_yield, one.vol[:, None],
            exercise=setting.exercise, dividends=cash,
        )  # fmt: skip
        return np.asarray(np.nan_to_num(values, nan=0.0))


def _rows(one: Later, rows: Sequence[int]) -> Later:
    return Later(
        day=one.day, kind=one.kind, options=tuple(one.options[row] for row in rows), strike=one.strike[rows],
        ask=one.ask[rows], vol=one.vol[rows],
    )  # fmt: skip


def _nodes(view: Priced, count: int) -> FloatArray:
    """Return quantiles of a distribution, with its tails."""
    shares = np.linspace(0.0, 1.0, count + 2 - 2 * len(TAILS))[1:-1]
    tails = np.array(TAILS)
    return np.unique(view.quantile(np.concatenate([tails, shares, 1.0 - tails])))


def quote_of(columns: dict[date, Columns], option: Option) -> dict[str, Any] | None:
    """Return the quote of a later option; None when there is none."""
    sides = columns.get(option.expiry)
    if sides is None or option not in sides[option.kind]["options"]:
        return None
    side = sides[option.kind]
    row = side["options"].index(option)
    return {name: float(column[row]) for name, column in side.items() if name != "options"}
