"""Every ticket of a small chain, by brute force from the rules as they are written, not from the search's rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np


def decimal(number):
    return Fraction(repr(float(number)))


@dataclass(frozen=True)
class Found:
    cost: Fraction
    legs: tuple  # (kind, side, strike) ascending
    contracts: tuple
    floor: Fraction

    @property
    def order(self):
        return self.cost, len(self.legs), sum(self.contracts), -self.floor


class EveryTicket:
    """Best ticket of each leg set, and the best floors, over all counts.

    Cents and thousandths of a dollar become whole numbers, so costs compare exactly; the financed cost is compared
    in doubles, and in fractions where doubles cannot tell.
    """

    def __init__(self, problem, *, until=0.0, max_legs=3):
        self.problem, self.max_legs = problem, max_legs
        self.until = decimal(until)
        self.legs = self._legs()
        places = [decimal(until).denominator]
        for _, _, strike, cost, _ in self.legs:
            places += [strike.denominator, cost.denominator]
        self.unit = math.lcm(*places)
        self.growth = Fraction(math.exp(problem.rate * problem.t_years))
        self.sets = {}
        for size in range(1, max_legs + 1):
            for chosen in combinations(range(len(self.legs)), size):
                contracts = {(self.legs[i][0], self.legs[i][2]) for i in chosen}
                if len(contracts) == size:
                    self.sets[chosen] = self._grid(chosen)

    def _legs(self):
        p, spot, rows = self.problem, decimal(self.problem.spot), []
        puts, calls = math.ceil(p.shares / 100), p.shares // 100
        for option, bid, ask in zip(p.puts.options, p.puts.bid, p.puts.ask, strict=True):
            strike = decimal(option.strike)
            rows.append((-1, 1, strike, 100 * decimal(ask) + decimal(p.fee), puts))
            if strike < spot:
                rows.append((-1, -1, strike, decimal(p.fee) - 100 * decimal(bid), puts))
        if p.calls_allowed and calls:
            for option, bid, ask in zip(p.calls.options, p.calls.bid, p.calls.ask, strict=True):
                strike = decimal(option.strike)
                if strike >= spot:
                    rows.append((1, 1, strike, 100 * decimal(ask) + decimal(p.fee), calls))
                if strike >= decimal(p.cap) * spot:
                    rows.append((1, -1, strike, decimal(p.fee) - 100 * decimal(bid), calls))
        return rows

    def _grid(self, chosen):
        """Counts, cost and least wealth of every ticket of one set that keeps the rules, whole units."""
        legs, p = [self.legs[i] for i in chosen], self.problem
        counts = np.stack(np.meshgrid(*(np.arange(1, leg[4] + 1) for leg in legs), indexing="ij"), axis=-1).reshape(
            -1, len(legs)
        )
        side = np.array([leg[1] for leg in legs])
        signed = counts * side
        put = np.array([leg[0] < 0 for leg in legs])
        strikes = [leg[2] for leg in legs]
        keeps = signed[:, put].sum(axis=1) <= math.ceil(p.shares / 100)
        keeps &= signed[:, ~put].sum(axis=1) <= 0
        keeps &= counts[:, ~put & (side < 0)].sum(axis=1) <= p.shares // 100
        for level in strikes:
            above = put & np.array([strike >= level for strike in strikes])
            keeps &= signed[:, above].sum(axis=1) >= 0
        counts, signed = counts[keeps], signed[keeps]
        cost = counts @ np.array([int(leg[3] * self.unit) for leg in legs], dtype=np.int64)
        spots = [self.until, *(k for k in strikes if k > self.until), max([*strikes, self.until]) + 1000]
        wealth = []
        for s in spots:
            payoff = [100 * max(Fraction(0), leg[0] * (s - leg[2])) for leg in legs]
            wealth.append(p.shares * int(s * self.unit) + signed @ np.array([int(x * self.unit) for x in payoff]))
        return counts, cost, np.min(wealth, axis=0)

    def floor_of(self, cost, wealth):
        cost, wealth = Fraction(int(cost), self.unit), Fraction(int(wealth), self.unit)
        return wealth - (cost * self.growth if cost > 0 else cost)

    def _floors(self, cost, wealth):
        carried = np.where(cost > 0, cost * float(self.growth), cost)
        return (wealth - carried) / self.unit

    def cheapest(self, target):
        """The best ticket of every set that keeps the target, best first."""
        found = []
        for chosen, (counts, cost, wealth) in self.sets.items():
            floors = self._floors(cost, wealth)
            near = np.flatnonzero(floors >= float(target) - 1e-3)
            if not len(near):
                continue
            rows = near[np.lexsort((counts[near].sum(axis=1), cost[near]))]
            best = None
            for row in rows:
                if best is not None and Fraction(int(cost[row]), self.unit) > best.cost:
                    break
                floor = self.floor_of(cost[row], wealth[row])
                if floor < target:
                    continue
                legs = tuple(self.legs[i][:3] for i in chosen)
                ticket = Found(Fraction(int(cost[row]), self.unit), legs, tuple(counts[row].tolist()), floor)
                best = ticket if best is None or ticket.order < best.order else best
            if best is not None:
                found.append(best)
        return sorted(found, key=lambda ticket: ticket.order)

    def highest_floor(self, budget=None):
        best = None
        for counts, cost, wealth in self.sets.values():
            if budget is not None:
                allowed = cost <= float(budget * self.unit)
                counts, cost, wealth = counts[allowed], cost[allowed], wealth[allowed]
            if len(cost):
                row = int(np.argmax(self._floors(cost, wealth)))
                floor = self.floor_of(cost[row], wealth[row])
                best = floor if best is None else max(best, floor)
        return best
