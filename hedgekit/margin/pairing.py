"""Which position covers which, so that the rules ask the least of one underlying: an exact integer programme.

Every short option is uncovered, uncovered in a strangle, covered by shares, or in a spread with long options that
expire no earlier than any short one of it; every long option is in at most one of these or stands alone. Short options
of one kind may expire on different days; a put and a call side are asked for as one only when their short options share
an expiry, because else both can lose, one after the other. Of spreads whose last short option ends on one day one is
enough: two of them ask no less apart than together. Requirements are linear in how many contracts go where, but for a
spread's greatest loss, which is the least number that is no smaller than the loss at any exercise price.
`hedgekit.margin.programme` finds the counts; the dollars are then recomputed exactly from the counts by the rules.
Pairing one by one, as a person would, can ask for more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from hedgekit.margin import collar, covered, long_stock, naked, protective_put, short_stock
from hedgekit.margin.long_option import long_option
from hedgekit.margin.programme import Number, Programme
from hedgekit.margin.strangle import strangle
from hedgekit.margin.underlying import Underlying
from hedgekit.model import Option
from hedgekit.payoff import exact

INITIAL, MAINTENANCE = "initial", "maintenance"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionHolding:
    """Contracts of one option in an account, long or short.

    Attributes
    ----------
    option : Option
    contracts : int
        Positive.
    premium : Fraction
        Value, dollars a share.
    dated_long : bool
        More than nine months remain.
    """

    option: Option
    contracts: int
    premium: Fraction
    dated_long: bool = False

    @property
    def value(self) -> Fraction:
        """Value of one contract, dollars."""
        return self.premium * self.option.multiplier


@dataclass(slots=True)
class Pairing:
    """How many contracts go where; longs and shorts are named by their place in the lists.

    Attributes
    ----------
    spreads : dict of (last short expiry, multiplier, kind) to (longs, shorts)
        Each a dict of place to contracts.
    naked : dict of place to contracts
    strangles : dict of (call, put) to contracts
    covered : dict of place to contracts
        Short options that shares cover.
    protected : dict of place to contracts
        Long options against shares.
    collars : dict of (long, short) to contracts
    proven : bool
        Whether no other pairing asks for less.
    """

    spreads: dict[Any, tuple[dict[int, int], dict[int, int]]] = field(default_factory=dict)
    naked: dict[int, int] = field(default_factory=dict)
    strangles: dict[tuple[int, int], int] = field(default_factory=dict)
    covered: dict[int, int] = field(default_factory=dict)
    protected: dict[int, int] = field(default_factory=dict)
    collars: dict[tuple[int, int], int] = field(default_factory=dict)
    proven: bool = True

    def contracts_in_use(self, place: int) -> int:
        """Return how many contracts of a long option have a task."""
        in_spreads = sum(longs.get(place, 0) for longs, _ in self.spreads.values())
        in_collars = sum(count for (long, _), count in self.collars.items() if long == place)
        return in_spreads + in_collars + self.protected.get(place, 0)


def pair(
    longs: Sequence[OptionHolding],
    shorts: Sequence[OptionHolding],
    shares: int,
    underlying: Underlying,
    *,
    stage: str,
    many: bool = False,
) -> Pairing:
    """Return the pairing of one underlying's positions that is asked for the least.

    Parameters
    ----------
    longs, shorts : sequence of OptionHolding
        Options on the underlying.
    shares : int
        Signed.
    underlying : Underlying
    stage : {"initial", "maintenance"}
    many : bool
        One of many accounts; the requirement is the same.
    """
    if not shorts and (stage == INITIAL or not (longs and shares)):
        return Pairing()
    return _Model(longs, shorts, shares, underlying, stage).solve(many=many)


class _Model:
    """The programme of one underlying and what its columns mean."""

    def __init__(
        self,
        longs: Sequence[OptionHolding],
        shorts: Sequence[OptionHolding],
        shares: int,
        underlying: Underlying,
        stage: str,
    ) -> None:
        self.longs, self.shorts, self.shares, self.underlying, self.stage = longs, shorts, shares, underlying, stage
        self.programme = Programme()
        self.of_long: list[dict[int, Number]] = [{} for _ in longs]
        self.of_short: list[dict[int, Number]] = [{} for _ in shorts]
        self.of_shares: dict[int, Number] = {}
        self.sides = [
            float(naked.naked_base(short.option, underlying) * short.option.multiplier + short.value)
            for short in shorts
        ]
        self.spread_columns: dict[Any, tuple[dict[int, int], dict[int, int]]] = {}
        self.naked = {j: self._naked(j) for j in range(len(shorts))}
        self.strangles = self._strangles()
        self._spreads()
        self.covered, self.protected = self._covered(), self._protected()
        self.collars = self._collars()

    def solve(self, *, many: bool) -> Pairing:
        for i, terms in enumerate(self.of_long):
            if terms:
                self.programme.row(terms, 0, self.longs[i].contracts)
        for j, terms in enumerate(self.of_short):
            self.programme.row(terms, self.shorts[j].contracts, self.shorts[j].contracts)
        if self.of_shares:  # an odd lot covers nothing: leaving it out says so to the search before it branches
            lot = math.gcd(*map(int, self.of_shares.values()))
            self.programme.row({c: n / lot for c, n in self.of_shares.items()}, 0, abs(self.shares) // lot)
        if not self.programme.rows:
            return Pairing()
        x, proven = self.programme.solve(many=many)
        if not x:
            return Pairing(naked={j: short.contracts for j, short in enumerate(self.shorts)}, proven=False)

        def counts(columns: dict[Any, int]) -> dict[Any, int]:
            return {key: count for key, column in columns.items() if (count := round(x[column]))}

        spreads = {day: (counts(a), counts(b)) for day, (a, b) in self.spread_columns.items()}
        return Pairing(
            spreads={day: both for day, both in spreads.items() if both[1]},
            naked=counts(self.naked),
            strangles=counts(self.strangles),
            covered=counts(self.covered),
            protected=counts(self.protected),
            collars=counts(self.collars),
            proven=proven,
        )

    def _naked(self, j: int) -> int:
        column = self.programme.column(self.sides[j], self.shorts[j].contracts)
        self.of_short[j][column] = 1
        return column

    def _strangles(self) -> dict[tuple[int, int], int]:
        columns = {}
        values = [float(short.value) for short in self.shorts]
        for j, call in enumerate(self.shorts):
            for k, put in enumerate(self.shorts):
                if (call.option.kind, put.option.kind) != ("call", "put"):
                    continue
                if call.option.multiplier != put.option.multiplier:
                    continue
                greater, other = (j, k) if self.sides[j] >= self.sides[k] else (k, j)
                column = self.programme.column(self.sides[greater] + values[other], whole=False)
                self.of_short[j][column] = self.of_short[k][column] = 1
                columns[j, k] = column
        return columns

    def _spreads(self) -> None:
        """One spread for each last expiry, kinds and multiplier of the short options, its loss a column of its own."""
        for key in self._spread_keys():
            expiry, multiplier, kind = key
            mine = [
                j
                for j, held in enumerate(self.shorts)
                if held.option.multiplier == multiplier
                and (held.option.expiry == expiry if kind is None else held.option.expiry <= expiry)
                and kind in (None, held.option.kind)
            ]
            kinds = {self.shorts[j].option.kind for j in mine}
            helpers = [
                i
                for i, held in enumerate(self.longs)
                if held.option.expiry >= expiry and held.option.multiplier == multiplier and held.option.kind in kinds
            ]
            if not helpers:
                continue
            sold = {j: self.programme.column(Fraction(0), self.shorts[j].contracts) for j in mine}
            bought = {i: self.programme.column(self._tied(i), self.longs[i].contracts) for i in helpers}
            strikes = sorted(
                {self.longs[i].option.strike for i in bought} | {self.shorts[j].option.strike for j in sold}
            )
            # the loss in units in which no coefficient is above 1: the search is then three times as fast, and HiGHS
            # need not mend what it rounded, of which it writes a line to standard output
            unit = 2.0 ** math.ceil(math.log2(max(1.0, strikes[-1] - strikes[0])))
            loss = self.programme.column(multiplier * unit, whole=False)
            self.programme.losses.add(loss)
            for j, column in sold.items():
                self.of_short[j][column] = 1
            for i, column in bought.items():
                self.of_long[i][column] = 1
            for side in kinds:
                even: dict[int, Number] = {
                    column: 1 for i, column in bought.items() if self.longs[i].option.kind == side
                }
                even |= {column: -1 for j, column in sold.items() if self.shorts[j].option.kind == side}
                self.programme.row(even, 0, 0)
            legs = [(self.longs[i].option, column, 1.0) for i, column in bought.items()]
            legs += [(self.shorts[j].option, column, -1.0) for j, column in sold.items()]
            for spot in strikes:
                terms: dict[int, Number] = {loss: 1}
                for option, column, amount in legs:
                    if (worth := option.sign * (spot - option.strike)) > 0.0:
                        terms[column] = amount * worth / unit
                self.programme.row(terms, 0, None)
            self.spread_columns[key] = bought, sold

    def _spread_keys(self) -> list[tuple[date, int, str | None]]:
        """Return (last short expiry, multiplier, kind): kind None for all short options of exactly that expiry."""
        keys: list[tuple[date, int, str | None]] = []
        for expiry, multiplier in sorted({(held.option.expiry, held.option.multiplier) for held in self.shorts}):
            keys.append((expiry, multiplier, None))
            for kind in ("call", "put"):
                days = {
                    held.option.expiry
                    for held in self.shorts
                    if (held.option.kind, held.option.multiplier) == (kind, multiplier)
                }
                if expiry in days and min(days) < expiry:
                    keys.append((expiry, multiplier, kind))
        return keys

    def _tied(self, i: int) -> Fraction:
        """Loan value that a long option loses in a spread."""
        held = self.longs[i]
        tied, free = (
            long_option(held.value, dated_long=held.dated_long, in_spread=spread)[0] for spread in (True, False)
        )
        return tied - free

    def _against_shares(self, kind_when_long: str, options: Sequence[OptionHolding]) -> list[int]:
        kind = kind_when_long if self.shares > 0 else {"call": "put", "put": "call"}[kind_when_long]
        return [n for n, held in enumerate(options) if self.shares and held.option.kind == kind]

    def _saving(self, a_share: Fraction, multiplier: int) -> Fraction:
        """Return what shares are asked in a pairing less what they are asked alone; nothing at first."""
        if self.stage == INITIAL:
            return Fraction(0)
        return (a_share - stock_maintenance_a_share(self.shares, self.underlying)) * multiplier

    def _covered(self) -> dict[int, int]:
        columns = {}
        for j in self._against_shares("call", self.shorts):
            option = self.shorts[j].option
            column = self.programme.column(self._saving(covered_a_share(option, self.underlying), option.multiplier))
            self.of_short[j][column] = 1
            self.of_shares[column] = option.multiplier
            columns[j] = column
        return columns

    def _protected(self) -> dict[int, int]:
        columns: dict[int, int] = {}
        if self.stage == INITIAL:
            return columns
        for i in self._against_shares("put", self.longs):
            option = self.longs[i].option
            saving = self._saving(protective_put.protected(option, self.underlying), option.multiplier)
            if saving >= 0:
                continue
            column = self.programme.column(saving + self._tied(i))
            self.of_long[i][column] = 1
            self.of_shares[column] = option.multiplier
            columns[i] = column
        return columns

    def _collars(self) -> dict[tuple[int, int], int]:
        columns: dict[tuple[int, int], int] = {}
        if self.stage == INITIAL:
            return columns
        for i in self._against_shares("put", self.longs):
            for j in self._against_shares("call", self.shorts):
                bought, sold = self.longs[i].option, self.shorts[j].option
                asked = collar_a_share(bought, sold, self.underlying)
                if asked is None:
                    continue
                column = self.programme.column(self._saving(asked, bought.multiplier) + self._tied(i))
                self.of_long[i][column] = self.of_short[j][column] = 1
                self.of_shares[column] = bought.multiplier
                columns[i, j] = column
        return columns


def strangle_usd(call: OptionHolding, put: OptionHolding, underlying: Underlying) -> Fraction:
    """Return what one short call and one short put are asked for together, dollars."""
    return strangle(
        naked.naked_base(call.option, underlying) * call.option.multiplier,
        call.value,
        naked.naked_base(put.option, underlying) * put.option.multiplier,
        put.value,
    )


def stock_maintenance_a_share(shares: int, underlying: Underlying) -> Fraction:
    """Return the maintenance of a share held alone, dollars."""
    if shares >= 0:
        return long_stock.maintenance_rate(underlying) * exact(underlying.spot)
    return short_stock.maintenance_a_share(underlying)


def covered_a_share(option: Option, underlying: Underlying) -> Fraction:
    """Return the maintenance of a share that covers a short option, dollars."""
    rule = covered.covered_call if option.kind == "call" else covered.covered_put
    return rule(option, underlying)


def collar_a_share(bought: Option, sold: Option, underlying: Underlying) -> Fraction | None:
    """Return the maintenance of a share between a bought and a sold option; None where no rule knows the three."""
    if bought.kind == "put":
        return collar.collar(bought, sold, underlying) if collar.is_collar(bought, sold) else None
    if not collar.is_reverse_conversion(bought, sold):
        return None
    return collar.reverse_conversion(bought, underlying)
