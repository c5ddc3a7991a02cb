"""A cash account: everything bought is paid in full, a short put is secured by cash, a short call by shares.

Regulation T, 12 CFR 220.8; Cboe strategy-based margin, column "cash account". Nothing may be sold short, and American
options may not cover one another. European ones that are settled in cash may, where they expire together (FINRA
4210(f)(2)(M)): the account keeps the greatest loss of an expiry in cash.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from hedgekit.errors import InfeasibleError
from hedgekit.margin.position import Position, Shares, positions
from hedgekit.margin.requirement import MarginLine, MarginRequirement, money
from hedgekit.margin.underlying import CASH_SETTLED
from hedgekit.model import Leg
from hedgekit.payoff import exact, expiry_wealth

STAGES = ("initial", "maintenance")


def _index_spreads(position: Position) -> Iterator[tuple[str, Fraction]]:
    """Return what is held of each expiry with something sold, and its greatest loss at that expiry, dollars."""
    for expiry in sorted({held.option.expiry for held in position.shorts}):
        legs = [
            Leg(contracts=side * held.contracts, option=held.option, premium=0.0)
            for side, holdings in ((1, position.longs), (-1, position.shorts))
            for held in holdings
            if held.option.expiry == expiry
        ]
        what = ", ".join(f"{leg.contracts:+,d} {leg.option}" for leg in legs)
        worst = expiry_wealth(0, legs).minimum()
        if worst is None:
            raise InfeasibleError(
                f"a cash account cannot be short {what}: no cash covers calls sold beyond those bought of {expiry}; "
                "use a margin account or buy as many calls"
            )
        yield what, max(Fraction(0), -worst.value)


def cash_account(
    legs: Iterable[Any],
    *,
    spot: float | Mapping[str, float],
    shares: Shares = 0,
    asof: date | datetime | None = None,
) -> MarginRequirement:
    """Return the cash that an account without margin needs for its positions.

    A short put keeps ``K x multiplier`` a contract in cash, of which its premium is part: ``deposit_usd`` is the rest.

    Parameters
    ----------
    legs, spot, shares, asof
        As in `hedgekit.margin.reg_t`.

    Raises
    ------
    InfeasibleError
        When a cash account may not hold the positions: short stock, a short call without shares, or, on an index
        settled in cash, more calls sold than bought of an expiry.
    InputError
        A bad argument.

    Examples
    --------
    >>> from hedgekit.model import Leg, Option
    >>> put = Leg(contracts=-2, option=Option.parse("XYZ 2026-09-18 50 P"), premium=1.50)
    >>> asked = cash_account([put], spot=52.0)
    >>> asked.initial_usd, asked.deposit_usd
    (10000.0, 9700.0)
    """
    lines: list[MarginLine] = []
    totals = dict.fromkeys(STAGES, Fraction(0))
    proceeds = Fraction(0)

    def ask(stages: tuple[str, ...], rule: str, what: str, usd: Fraction, sentence: str) -> None:
        for stage in stages:
            totals[stage] += usd
            lines.append(MarginLine(stage=stage, rule=rule, positions=what, usd=float(usd), sentence=sentence))

    for position in positions(legs, spot=spot, shares=shares, asof=asof):
        ticker, price = position.underlying.ticker, exact(position.underlying.spot)
        if position.shares < 0:
            raise InfeasibleError(f"a cash account cannot be short {-position.shares:,} {ticker}: use a margin account")
        if position.shares:
            usd = position.shares * price
            ask(("initial",), "long stock", f"{position.shares:,} {ticker}", usd, f"paid in full: {money(usd)}")
        for held in position.longs:
            usd = held.contracts * held.value
            ask(("initial",), "long option", f"{held.contracts:,} {held.option}", usd, f"paid in full: {money(usd)}")
        free = position.shares
        european = ticker in CASH_SETTLED
        if european:
            for what, usd in _index_spreads(position):
                ask(STAGES, "greatest loss in cash", what, usd, f"greatest loss over all prices {money(usd)}")
        for short in position.shorts:
            proceeds += short.contracts * short.value
            if european:
                continue
            many, what = short.contracts * short.option.multiplier, f"{short.contracts:,} {short.option}"
            if short.option.kind == "put":
                usd = many * exact(short.option.strike)
                sentence = f"{many:,} x {money(exact(short.option.strike))} kept in cash = {money(usd)}"
                ask(STAGES, "cash-secured put", what, usd, sentence)
                continue
            if many > free:
                raise InfeasibleError(
                    f"a cash account cannot be short {what}: {many:,} shares would cover it and {free:,} are free; "
                    "use a margin account or buy the shares"
                )
            free -= many
            ask(STAGES, "covered call", what, Fraction(0), f"covered by {many:,} shares: nothing more")
    initial, maintenance = totals["initial"], totals["maintenance"]
    sentences = [f"{line.stage}: {line.rule}, {line.positions}: {line.sentence}" for line in lines]
    if lines:
        sentences.append(
            f"initial total {money(initial)} - {money(proceeds)} proceeds = {money(initial - proceeds)} to deposit"
        )
        sentences.append(f"maintenance total {money(maintenance)} of cash kept aside")
    return MarginRequirement(
        initial_usd=float(initial),
        maintenance_usd=float(maintenance),
        proceeds_usd=float(proceeds),
        deposit_usd=float(initial - proceeds),
        minimum_equity_usd=0.0,
        derivation=tuple(sentences),
        lines=tuple(lines),
    )
