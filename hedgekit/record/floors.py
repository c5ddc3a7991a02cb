"""Floors and greatest losses against what the position was worth at expiry, to the cent, from the quotes themselves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from hedgekit.errors import HedgekitError
from hedgekit.hedges.comparison import compare
from hedgekit.market.calendar import previous_session
from hedgekit.market.inputs import MarketInputs
from hedgekit.model import Chain, Leg, Shares
from hedgekit.record.archive import Archive, Quoted
from hedgekit.record.chapter import Chapter, Claim, Column, Table, nothing, split
from hedgekit.record.evidence import binomial
from hedgekit.record.markets import chosen, market_of, settled, unsettled
from hedgekit.structures import STRUCTURES
from hedgekit.structures.catalogue import build, home_of
from hedgekit.structures.choice import Choice
from hedgekit.structures.desk import Desk
from hedgekit.structures.outcome import exact_outcome
from hedgekit.units import MULTIPLIER

FLOORS = (0.80, 0.85, 0.90, 0.95, 0.975)
SHARES = 1000
FEE = 0.65

LEGS = 2
HALF_A_CENT = 0.005
TITLE = "Floors: promised against realised wealth"


UNPRICED = "chains of days without a daily price"
OFF = "chains whose spot is not the close of their day (a split since, or another price)"


def tasks(archive: Archive) -> Sequence[int]:
    """Return the numbers of the chains."""
    return range(len(archive.chains))


def work(archive: Archive, task: int) -> list[Claim | str]:
    """Return what every floor and every greatest loss of one chain came to."""
    quoted = archive.chains[task]
    if quoted.ticker not in archive.histories:
        return []
    if math.isnan(archive.close(quoted.ticker, quoted.day)):
        return [UNPRICED]
    return list(claims_of(archive, quoted)) if math.isfinite(archive.scale(quoted)) else [OFF]


def told(archive: Archive, found: Sequence[Claim | str]) -> Chapter:
    """Return the chapter."""
    claims, refused = split(found)
    limits = [
        f"{count} not built: {why}" if why not in (OFF, UNPRICED) else f"{count} {why}"
        for why, count in refused.items()
    ][:6]
    if not claims:
        return nothing(
            "floors",
            TITLE,
            "no position could be built" if set(refused) - {OFF, UNPRICED} else unsettled(archive),
            limits,
        )
    return _told(claims, [*_ex_dates_known(archive, claims), *limits])


def _ex_dates_known(archive: Archive, claims: Sequence[Claim]) -> Iterator[str]:
    """Say up to when the ex-dates are known that early exercise is replayed at."""
    for ticker in sorted({claim.key[0] for claim in claims}):
        last = max(claim.until for claim in claims if claim.key[0] == ticker)
        known = archive.dividends_until(ticker)
        if known is None:
            yield f"{ticker}: no ex-dates are known: early exercise of calls sold is not replayed"
        elif known < last:
            late = sum(claim.until > known for claim in claims if claim.key[0] == ticker)
            yield (
                f"{ticker}: ex-dates are known up to {known}: early exercise later is not replayed ({late:,} promises "
                "end after it)"
            )


def claims_of(archive: Archive, quoted: Quoted) -> Iterator[Claim | str]:
    """Make every promise of one chain; a reason in words where one could not be made."""
    known = settled(archive, quoted)
    wanted = chosen(quoted)
    closes = {day: close for day, close in known if day in wanted}
    for expiry, close in closes.items():
        try:
            market = market_of(archive, quoted, (expiry,))
        except HedgekitError:
            yield "rate and dividends of the chain are not to be told"
            continue
        yield from _hedges(archive, quoted, expiry, close, market)
        yield from _structures(archive, quoted, expiry, close, market)


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What a position came to.

    Attributes
    ----------
    usd : float
        At expiry.
    called_usd : float
        The least had the calls sold been exercised the day before an ex-date on which that could pay, shares then
        owed paying the dividend; NaN where there was none.
    """

    usd: float
    called_usd: float = math.nan


def _hedges(
    archive: Archive, quoted: Quoted, expiry: date, close: float, market: MarketInputs
) -> Iterator[Claim | str]:
    chain = quoted.chain
    for floor in FLOORS:
        try:
            answer = compare(
                chain, shares=SHARES, floor=floor, expiry=expiry, market=market, fee=FEE, details=False, max_legs=LEGS
            )
        except HedgekitError as error:
            yield _why(error)
            continue
        for candidate in answer.candidates:
            if candidate.stop_level is not None:
                continue  # a stop promises nothing
            kept = SHARES - (candidate.shares_sold or 0)
            cash = (candidate.shares_sold or 0) * chain.spot
            t_years, rate = chain.years_to(expiry), market.rates[expiry]
            paid = _outlay(chain, candidate.legs, FEE)
            cash -= paid * math.exp(rate * t_years) if paid > 0.0 else paid
            came = _came(archive, quoted, expiry, close, candidate.legs, kept, cash)
            yield Claim(
                key=(quoted.ticker, str(expiry), "hedge", candidate.name, f"{floor:g}"),
                asof=quoted.day,
                until=expiry,
                promised={
                    "least_usd": candidate.floor_usd,
                    "meets": candidate.meets_goal,
                    "cost_usd": candidate.cost_usd,
                    "spot": chain.spot,
                    "rate": rate,
                    "t_years": t_years,
                    "shares": kept,
                    "legs": _written(candidate.legs),
                },
                realised={"usd": came.usd, "called_usd": came.called_usd, "close": close},
            )


def _structures(
    archive: Archive, quoted: Quoted, expiry: date, close: float, market: MarketInputs
) -> Iterator[Claim | str]:
    chain = quoted.chain
    for name in STRUCTURES:
        home = home_of(name)
        if getattr(home, "TWO_EXPIRIES", False):
            continue  # its worst case at the first expiry rests on later vols: no promise to the cent
        desk = Desk(chain=chain, expiry=expiry, contracts=1, choice=Choice().otherwise(home.DEFAULT), market=market)
        try:
            held = build(name, desk)
        except HedgekitError as error:
            yield _why(error)
            continue
        outcome = exact_outcome(held, FEE)
        if outcome.low is None:
            continue
        legs = tuple(one for one in held if isinstance(one, Leg))
        count = sum(one.shares for one in held if isinstance(one, Shares))
        bought = sum(one.shares * one.price for one in held if isinstance(one, Shares))
        came = _came(archive, quoted, expiry, close, legs, count, -bought - _outlay(chain, legs, FEE))
        yield Claim(
            key=(quoted.ticker, str(expiry), "structure", name, ""),
            asof=quoted.day,
            until=expiry,
            promised={
                "least_usd": float(outcome.low),
                "most_usd": None if outcome.high is None else float(outcome.high),
                "spot": chain.spot,
                "shares": count,
                "legs": _written(legs),
            },
            realised={"usd": came.usd, "called_usd": came.called_usd, "close": close},
        )


def _written(legs: Sequence[Leg]) -> list[str]:
    """Return legs as the command line takes them."""
    return [f"{leg.contracts:+d} {leg.option.compact}" for leg in legs]


def _outlay(chain: Chain, legs: Sequence[Leg], fee: float) -> float:
    """Return what the legs cost at the chain's own quotes: not at what the promise says it paid."""
    paid = 0.0
    for leg in legs:
        quote = chain.quote(leg.option)
        paid += leg.contracts * MULTIPLIER * (quote.ask if leg.contracts > 0 else quote.bid) + fee * abs(leg.contracts)
    return paid


def _came(
    archive: Archive, quoted: Quoted, expiry: date, close: float, legs: Sequence[Leg], shares: int, cash: float
) -> Came:
    """Return what a position was worth at the close of its expiry."""

    def worth(left: Sequence[Leg], count: int, money: float) -> float:
        paid = sum(leg.contracts * MULTIPLIER * max(leg.option.sign * (close - leg.option.strike), 0.0) for leg in left)
        return money + count * close + paid

    called, scale = math.nan, archive.scale(quoted)
    short = [leg for leg in legs if leg.contracts < 0 and leg.option.sign > 0]
    for day, dividend in archive.paid(quoted.ticker, quoted.day, expiry):
        before = scale * archive.close(quoted.ticker, previous_session(day))
        gone = [leg for leg in short if before > leg.option.strike]
        if not gone or quoted.chain.exercise != "american":
            continue
        left = shares - sum(-leg.contracts * MULTIPLIER for leg in gone)
        brought = sum(-leg.contracts * MULTIPLIER * leg.option.strike for leg in gone)
        owed = scale * dividend * max(-left, 0)
        ending = worth([leg for leg in legs if leg not in gone], left, cash + brought - owed)
        called = min(called, ending) if called == called else ending
    return Came(usd=worth(legs, shares, cash), called_usd=called)


def _why(error: HedgekitError) -> str:
    """Return the kind of a refusal, without the numbers that make each one different."""
    text = str(error)
    for word, why in {
        "can be traded on": "no put of the expiry can be traded on",
        "shut": "the market was shut",
        "delta": "no tradable quote has the delta asked for",
        "rising": "the strikes found are not in order",
        "tradable": "the quotes of a side are missing or cannot be traded on",
        "no call": "the file lists no such calls",
        "ascend": "the strikes found are not in order",
        "would lose": "its credit does not cover what it is to cover",
    }.items():
        if word in text:
            return why
    return text.split(": ", 1)[-1][:80]


def broken(claim: Claim) -> bool:
    """Whether the position ended below what was promised at expiry, by half a cent or more."""
    return bool(claim.realised["usd"] < claim.promised["least_usd"] - HALF_A_CENT)


def broken_by_exercise(claim: Claim) -> bool:
    """Whether it would have, had the calls sold been exercised before an ex-date; never where nothing could be."""
    return bool(claim.realised["called_usd"] < claim.promised["least_usd"] - HALF_A_CENT)


def _count(claims: Sequence[Claim]) -> str:
    return "none was" if not claims else "1 was" if len(claims) == 1 else f"{len(claims):,} were"


def _told(claims: Sequence[Claim], limits: list[str]) -> Chapter:
    bad = [claim for claim in claims if broken(claim)]
    called = [claim for claim in claims if broken_by_exercise(claim) and not broken(claim)]
    names = dict.fromkeys((claim.key[2], claim.key[3]) for claim in claims)
    rows = []
    for kind, name in names:
        own = [claim for claim in claims if claim.key[2:4] == (kind, name)]
        margins = [claim.realised["usd"] - claim.promised["least_usd"] for claim in own]
        rows.append(
            {
                "kind": kind,
                "name": name if len([one for one in names if one[1] == name]) == 1 else f"{name} ({kind})",
                "promises": len(own),
                "expiries": len({claim.until for claim in own}),
                "broken": sum(broken(claim) for claim in own),
                "at_the_floor": sum(abs(margin) < 1.0 for margin in margins),
                "least_spare_usd": min(margins),
                "called_early": sum(claim.realised["called_usd"] == claim.realised["called_usd"] for claim in own),
            }
        )
    expiries = {(claim.key[0], claim.until) for claim in claims}
    tickers = ", ".join(sorted({claim.key[0] for claim in claims}))
    fallen = sum(claim.realised["usd"] < claim.promised["least_usd"] + 1.0 for claim in claims)
    answer = (
        f"{len(claims):,} floors and greatest losses on {tickers}, {len(expiries)} expiries: "
        f"{_count(bad)} broken; {fallen:,} ended within a dollar of the promise."
    )
    if any(claim.realised["called_usd"] == claim.realised["called_usd"] for claim in claims):
        most = max((c.promised["least_usd"] - c.realised["called_usd"] for c in called), default=0.0)
        lost = f", by up to ${most:,.2f}: the dividend then owed is outside the promise" if called else ""
        answer += f" Had calls sold been exercised before an ex-date, {_count(called)} broken{lost}."
    # expiries of one day share their fate, whatever the ticker
    days = {claim.until for claim in claims}
    bad_days = {claim.until for claim in bad}
    low, high = binomial(len(bad_days) / len(days), len(days))
    limits = [
        f"expiry days with a broken promise: {len(bad_days)} of {len(days)}, a share of {low:.1%} to {high:.1%} (95%)",
        "wealth is counted anew from the file's own bid and ask and the close at expiry; dividends received are left "
        "out, as in the promise; exercise after the close is not known",
        "each position is of 1,000 shares, or one of the structure, at four expiries a chain (about a week, a month, "
        "two, three)",
        *limits,
    ]
    broken_table: tuple[Table, ...] = ()
    if bad or called:
        broken_table = (
            Table(
                title="Broken promises",
                columns=(
                    Column("ticker", "ticker", "text"),
                    Column("asof", "quoted", "text"),
                    Column("until", "expiry", "text"),
                    Column("name", "position", "text"),
                    Column("why", "at", "text"),
                    Column("promised", "promised", "cents"),
                    Column("realised", "realised", "cents"),
                ),
                rows=tuple(
                    {
                        "ticker": claim.key[0], "asof": claim.asof, "until": claim.until,
                        "name": " ".join(claim.key[3:]).strip(), "promised": claim.promised["least_usd"],
                        "why": why, "realised": claim.realised[by],
                    }
                    for part, why, by in ((bad, "expiry", "usd"), (called, "exercise", "called_usd"))
                    for claim in part
                ),
            ),
        )  # fmt: skip
    table = Table(
        title="By position",
        columns=(
            Column("name", "position", "text"),
            Column("promises", "made", "count"),
            Column("expiries", "exp.", "count"),
            Column("broken", "broken", "count"),
            Column("at_the_floor", "within $1", "count"),
            Column("called_early", "callable", "count"),
            Column("least_spare_usd", "least spare", "cents"),
        ),
        rows=tuple(rows),
    )
    return Chapter(
        name="floors", title=TITLE, answer=answer, tables=(*broken_table, table), limits=tuple(limits),
        claims=tuple(claims),
    )  # fmt: skip
