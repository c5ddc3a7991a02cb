"""Reg T requirements of an account: the rules on the pairing that they ask the least of, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from hedgekit.margin import long_stock, naked, protective_put, short_stock
from hedgekit.margin.long_option import LOAN_RATE, long_option
from hedgekit.margin.minimum_equity import minimum_equity
from hedgekit.margin.pairing import (
    INITIAL,
    MAINTENANCE,
    OptionHolding,
    Pairing,
    collar_a_share,
    covered_a_share,
    pair,
    stock_maintenance_a_share,
    strangle_usd,
)
from hedgekit.margin.position import Position, Shares, positions
from hedgekit.margin.requirement import MarginLine, MarginRequirement, money, rate_text
from hedgekit.margin.spread import greatest_loss
from hedgekit.payoff import exact
from hedgekit.results import Note

STAGES = (INITIAL, MAINTENANCE)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One line before it is rounded to dollars."""

    stage: str
    rule: str
    positions: str
    usd: Fraction
    sentence: str


def reg_t(
    legs: Iterable[Any],
    *,
    spot: float | Mapping[str, float],
    shares: Shares = 0,
    underlying_kind: str | Mapping[str, str] | None = None,
    leverage: int | Mapping[str, int] | None = None,
    asof: date | datetime | None = None,
) -> MarginRequirement:
    """Return the strategy-based (Reg T) requirement of all positions of one margin account.

    Parameters
    ----------
    legs : iterable of Leg
        Options with their premium, dollars a share, which is taken as their value. An object without an option but with
        ``shares`` (and ``ticker``) counts as shares.
    spot : float or mapping of ticker to float
        Dollars a share; a mapping where the legs are on several underlyings.
    shares : int or mapping of ticker to int
        Shares held beside the legs, + is long.
    underlying_kind : str or mapping of ticker to str, optional
        ``equity``, ``narrow_index``, ``broad_large`` or ``broad_small``. Known index funds are recognised (IWM, SPY,
        QQQ...); anything else is an equity, which is asked for the most.
    leverage : int or mapping of ticker to int, optional
        Of a leveraged fund; known ones are recognised.
    asof : date or datetime, optional
        Tells which long options have more than nine months left; without it none has.

    Returns
    -------
    MarginRequirement

    Raises
    ------
    InputError
        A bad argument, an expired option, or no spot for an underlying.

    Notes
    -----
    FINRA 4210, Regulation T (12 CFR 220.12) and Cboe's strategy-based margin; brokers may ask for more. The pairing is
    the one that the rules ask the least of, for initial and for maintenance each.

    Examples
    --------
    >>> from hedgekit.model import Leg, Option
    >>> put = Leg(contracts=-1, option=Option.parse("XYZ 2026-09-18 200 P"), premium=1.20)
    >>> asked = reg_t([put], spot=209.0)
    >>> asked.initial_usd, asked.deposit_usd, asked.maintenance_usd
    (3400.0, 3280.0, 3400.0)
    >>> print(asked.lines[0].sentence)
    $120 premium + 100 x max(20% x $209 - $9 out of the money, 10% x $200) = $3,400
    """
    held = positions(legs, spot=spot, shares=shares, underlying_kind=underlying_kind, leverage=leverage, asof=asof)
    asked: list[_Asked] = []
    notes: list[Note] = []
    sells, cash_cost, proceeds = False, Fraction(0), Fraction(0)
    for position in held:
        pairing = Pairing()
        for stage in STAGES:
            if stage == INITIAL or position.shares:  # without shares both stages ask the same of every pairing
                pairing = pair(position.longs, position.shorts, position.shares, position.underlying, stage=stage)
            asked += _lines(position, pairing, stage)
            if stage == INITIAL:
                sells = sells or position.shares < 0 or bool(pairing.naked or pairing.strangles or pairing.spreads)
            if not pairing.proven:
                message = (
                    f"{position.underlying.ticker} {stage}: the search for the least requirement was stopped: the "
                    "pairing shown is allowed, another may ask for less"
                )
                notes.append(Note("pairing_not_proven", message))
        spot_ = exact(position.underlying.spot)
        cash_cost += max(0, position.shares) * spot_ + sum((h.contracts * h.value for h in position.longs), Fraction(0))
        proceeds += max(0, -position.shares) * spot_ + sum(
            (h.contracts * h.value for h in position.shorts), Fraction(0)
        )
    return _summed(asked, notes, proceeds, minimum_equity(cash_cost=cash_cost, sells=sells))


def maintenance_usd(
    legs: Iterable[Any],
    *,
    spot: float | Mapping[str, float],
    shares: Shares = 0,
    underlying_kind: str | Mapping[str, str] | None = None,
    leverage: int | Mapping[str, int] | None = None,
    asof: date | datetime | None = None,
    many: bool = False,
) -> float:
    """Return the maintenance requirement alone, dollars, without a derivation.

    Parameters
    ----------
    legs, spot, shares, underlying_kind, leverage, asof
        As in `reg_t`, whose ``maintenance_usd`` this is; so are the errors.
    many : bool
        One of many accounts: the pairing is searched for by HiGHS from the start, which takes longer to load.

    Examples
    --------
    >>> from hedgekit.model import Leg, Option
    >>> put = Leg(contracts=-1, option=Option.parse("XYZ 2026-09-18 200 P"), premium=1.20)
    >>> maintenance_usd([put], spot=209.0)
    3400.0
    """
    total = Fraction(0)
    for position in positions(
        legs, spot=spot, shares=shares, underlying_kind=underlying_kind, leverage=leverage, asof=asof
    ):
        # without shares both stages ask the same of every pairing, and the first says so to `reg_t`
        stage = MAINTENANCE if position.shares else INITIAL
        pairing = pair(position.longs, position.shorts, position.shares, position.underlying, stage=stage, many=many)
        total += sum((line.usd for line in _lines(position, pairing, MAINTENANCE)), Fraction(0))
    return float(total)


def reg_t_accounts(
    accounts: Mapping[str, Iterable[Any]],
    *,
    spot: float | Mapping[str, float],
    shares: Mapping[str, Shares] | None = None,
    underlying_kind: str | Mapping[str, str] | None = None,
    leverage: int | Mapping[str, int] | None = None,
    asof: date | datetime | None = None,
) -> dict[str, MarginRequirement]:
    """Return the requirement of each of several accounts: positions are never paired across accounts.

    Parameters
    ----------
    accounts : mapping of name to legs
    shares : mapping of name to shares, optional
    spot, underlying_kind, leverage, asof
        As in `reg_t`.
    """
    terms: dict[str, Any] = {"spot": spot, "underlying_kind": underlying_kind, "leverage": leverage, "asof": asof}
    return {name: reg_t(legs, shares=(shares or {}).get(name, 0), **terms) for name, legs in accounts.items()}


def _summed(asked: list[_Asked], notes: list[Note], proceeds: Fraction, least_equity: Fraction) -> MarginRequirement:
    initial, maintenance = (sum((a.usd for a in asked if a.stage == stage), Fraction(0)) for stage in STAGES)
    sentences = _sentences(asked)
    if asked:
        brought = f" - {money(proceeds)} proceeds = {money(initial - proceeds)} to deposit" if proceeds else ""
        sentences.append(f"initial total {money(initial)}{brought}")
        sentences.append(f"maintenance total {money(maintenance)}")
        sentences.append(f"a margin account with these positions needs at least {money(least_equity)} of equity")
    return MarginRequirement(
        initial_usd=float(initial),
        maintenance_usd=float(maintenance),
        proceeds_usd=float(proceeds),
        deposit_usd=float(initial - proceeds),
        minimum_equity_usd=float(least_equity),
        derivation=tuple(sentences),
        lines=tuple(
            MarginLine(stage=a.stage, rule=a.rule, positions=a.positions, usd=float(a.usd), sentence=a.sentence)
            for a in asked
        ),
        warnings=tuple(notes),
    )


def _sentences(asked: Sequence[_Asked]) -> list[str]:
    """Return one sentence a line; what both stages ask alike is said once."""
    sentences = []
    stages = {stage: [(a.rule, a.positions, a.usd, a.sentence) for a in asked if a.stage == stage] for stage in STAGES}
    for one in stages[INITIAL]:
        both = one in stages[MAINTENANCE]
        if both:
            stages[MAINTENANCE].remove(one)
        sentences.append(f"{'initial and maintenance' if both else INITIAL}: {one[0]}, {one[1]}: {one[3]}")
    return sentences + [f"{MAINTENANCE}: {one[0]}, {one[1]}: {one[3]}" for one in stages[MAINTENANCE]]


def _lines(position: Position, pairing: Pairing, stage: str) -> Iterator[_Asked]:
    yield from _long_options(position, pairing, stage)
    yield from _naked(position, pairing, stage)
    yield from _spreads(position, pairing, stage)
    yield from _stock(position, pairing, stage)


def _counted(count: int, holding: OptionHolding) -> str:
    return f"{count:,} {holding.option}"


def _long_options(position: Position, pairing: Pairing, stage: str) -> Iterator[_Asked]:
    for i, held in enumerate(position.longs):
        used = pairing.contracts_in_use(i)
        for count, in_spread in ((held.contracts - used, False), (used, True)):
            initial, later = long_option(count * held.value, dated_long=held.dated_long, in_spread=in_spread)
            usd = initial if stage == INITIAL else later
            if not usd:
                continue
            paid = f"{count:,} x {held.option.multiplier} x {money(held.premium)}"
            loan = held.dated_long and not in_spread
            how = f"{rate_text(LOAN_RATE)} x {paid}, more than nine months left" if loan else f"{paid}, paid in full"
            yield _Asked(stage, "long option", _counted(count, held), usd, f"{how} = {money(usd)}")


def _naked(position: Position, pairing: Pairing, stage: str) -> Iterator[_Asked]:
    underlying = position.underlying
    for j, count in pairing.naked.items():
        short = position.shorts[j]
        many = short.option.multiplier * count
        usd = count * short.value + many * naked.naked_base(short.option, underlying)
        how = f"{money(count * short.value)} premium + {many:,} x {naked.naked_words(short.option, underlying)}"
        yield _Asked(stage, f"naked {short.option.kind}", _counted(count, short), usd, f"{how} = {money(usd)}")
    for (j, k), count in pairing.strangles.items():
        call, put = position.shorts[j], position.shorts[k]
        usd = count * strangle_usd(call, put, underlying)
        sides = [
            (count * (h.value + h.option.multiplier * naked.naked_base(h.option, underlying)), h) for h in (call, put)
        ]
        greater, other = (sides[0], sides[1]) if sides[0][0] >= sides[1][0] else (sides[1], sides[0])
        how = (
            f"the {greater[1].option.kind} side, {money(count * greater[1].value)} premium + "
            f"{count * greater[1].option.multiplier:,} x {naked.naked_words(greater[1].option, underlying)} = "
            f"{money(greater[0])}, is the greater (the {other[1].option.kind} side: {money(other[0])}); with the other "
            f"side's premium {money(count * other[1].value)} = {money(usd)}"
        )
        name = "straddle" if call.option.strike == put.option.strike else "strangle"
        yield _Asked(stage, f"short {name}", f"{_counted(count, call)} and {_counted(count, put)}", usd, how)


def _spreads(position: Position, pairing: Pairing, stage: str) -> Iterator[_Asked]:
    for longs, shorts in pairing.spreads.values():
        counts = [(position.longs[i].option, count) for i, count in longs.items()]
        counts += [(position.shorts[j].option, -count) for j, count in shorts.items()]
        usd = greatest_loss(counts)
        alone = sum(
            (
                count
                * (
                    position.shorts[j].value
                    + position.shorts[j].option.multiplier
                    * naked.naked_base(position.shorts[j].option, position.underlying)
                )
                for j, count in shorts.items()
            ),
            Fraction(0),
        )
        names = ", ".join(f"{count:+,d} {option}" for option, count in sorted(counts, key=lambda c: c[0].strike))
        kinds = {option.kind for option, _ in counts}
        rule = "spread" if len(kinds) == 1 else "condor or butterfly"
        if len(kinds) == 1:
            how = f"greatest loss over all prices {money(usd)}; uncovered it would be {money(alone)}"
        else:
            how = f"greatest loss over all prices {money(usd)}: the spot cannot be on both sides"
        yield _Asked(stage, rule, names, usd, how)


def _stock(position: Position, pairing: Pairing, stage: str) -> Iterator[_Asked]:
    shares, underlying = position.shares, position.underlying
    spot = exact(underlying.spot)
    left = abs(shares)
    side = "long" if shares > 0 else "short"
    for j, count in pairing.covered.items():
        short = position.shorts[j]
        many = count * short.option.multiplier
        usd = Fraction(0)
        how = f"covered by {many:,} {side} shares: no requirement on the option"
        if stage == MAINTENANCE:
            left -= many
            usd = many * covered_a_share(short.option, underlying)
            how = f"no requirement on the option; {many:,} shares x {_covered_words(position, short)} = {money(usd)}"
        yield _Asked(stage, f"covered {short.option.kind}", _counted(count, short), usd, how)
    for (i, j), count in pairing.collars.items():
        bought, sold = position.longs[i].option, position.shorts[j].option
        many = count * bought.multiplier
        left -= many
        usd = many * (collar_a_share(bought, sold, underlying) or Fraction(0))
        names = f"{_counted(count, position.longs[i])} and short {_counted(count, position.shorts[j])}"
        rule = "collar" if bought.strike != sold.strike else "conversion" if shares > 0 else "reverse conversion"
        yield _Asked(stage, rule, names, usd, f"{many:,} shares x {_collar_words(position, i, j)} = {money(usd)}")
    for i, count in pairing.protected.items():
        bought = position.longs[i].option
        many = count * bought.multiplier
        left -= many
        usd = many * protective_put.protected(bought, underlying)
        away = naked.out_of_the_money(bought, spot)
        usual = stock_maintenance_a_share(shares, underlying)
        how = (
            f"{many:,} shares x min({rate_text(protective_put.STRIKE_RATE)} x {money(exact(bought.strike))} + "
            f"{money(away)} out of the money, {money(usual)} as for the stock alone) = {money(usd)}"
        )
        rule = "protective put" if shares > 0 else "protective call"
        yield _Asked(stage, rule, _counted(count, position.longs[i]), usd, how)
    if left:
        usd, how = _plain_stock(position, left, stage)
        yield _Asked(stage, f"{side} stock", f"{left:,} {underlying.ticker}", usd, how)


def _plain_stock(position: Position, many: int, stage: str) -> tuple[Fraction, str]:
    underlying = position.underlying
    spot = exact(underlying.spot)
    if position.shares > 0:
        rate = long_stock.initial_rate(underlying) if stage == INITIAL else long_stock.maintenance_rate(underlying)
        usd = many * rate * spot
        return usd, f"{rate_text(rate)} x {many:,} x {money(spot)} = {money(usd)}"
    if stage == INITIAL:
        usd = many * short_stock.initial_a_share(underlying)
        return usd, f"{rate_text(usd / (many * spot))} x {many:,} x {money(spot)}, proceeds included = {money(usd)}"
    each = short_stock.maintenance_a_share(underlying)
    usd = many * each
    return usd, f"{many:,} x {money(each)} a share, beside the stock's own value = {money(usd)}"


def _covered_words(position: Position, short: OptionHolding) -> str:
    spot, strike = exact(position.underlying.spot), exact(short.option.strike)
    if short.option.kind == "call":
        rate = rate_text(long_stock.maintenance_rate(position.underlying))
        return f"{rate} x min({money(spot)} market, {money(strike)} exercise price)"
    each = money(covered_a_share(short.option, position.underlying))
    return f"{each}, as for a short share worth max({money(spot)} market, {money(strike)} exercise price)"


def _collar_words(position: Position, i: int, j: int) -> str:
    bought, sold = position.longs[i].option, position.shorts[j].option
    spot = exact(position.underlying.spot)
    tenth = f"{rate_text(protective_put.STRIKE_RATE)} x {money(exact(bought.strike))}"
    if bought.kind == "call":
        return f"({tenth} + {money(max(Fraction(0), exact(sold.strike) - spot))} the put is in the money)"
    if bought.strike == sold.strike:
        return tenth
    away = naked.out_of_the_money(bought, spot)
    rate = rate_text(long_stock.maintenance_rate(position.underlying))
    return f"min({tenth} + {money(away)} out of the money, {rate} x {money(exact(sold.strike))})"
