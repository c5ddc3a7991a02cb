"""What a year of protection cost and what it saved: puts rolled at the touch, a stop with gaps, and holding less."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from hedgekit import units
from hedgekit.errors import HedgekitError
from hedgekit.market.vols import solve
from hedgekit.model import Chain, Flag
from hedgekit.record.archive import Archive, Quoted
from hedgekit.record.chapter import Chapter, Claim, Column, Table, nothing, split
from hedgekit.record.evidence import mean_of
from hedgekit.record.markets import market_of, opens

DAYS = (25, 70)
"""Calendar days left of the puts bought."""

LEAST_ROLLS = 12
LONGEST_GAP = 75
"""Days without a chain after which a ladder is taken to have ended."""
FEE_A_SHARE = 0.0065  # $0.65 a contract of a hundred shares
STOP = 0.05
BAD = Flag.CROSSED | Flag.ZERO_BID | Flag.NO_ASK | Flag.DUPLICATE | Flag.NON_STANDARD | Flag.BELOW_INTRINSIC
WORST = 6
TITLE = "Cost of protection: what each hedge cost and saved, rolled at the touch"

Buy = tuple[tuple[int, int, float], ...]
"""Legs of a hedge of one share: contracts a share (+1 or -1), +1 for a call or -1 for a put, strike over spot."""

HEDGES: dict[str, Buy] = {
    "put 95%": ((1, -1, 0.95),),
    "put 90%": ((1, -1, 0.90),),
    "put spread 95/85%": ((1, -1, 0.95), (-1, -1, 0.85)),
    "collar 95/105%": ((1, -1, 0.95), (-1, 1, 1.05)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """One hedge from its purchase to its sale, per share at the spot of the purchase.

    Attributes
    ----------
    start, end : date
    spot, close : float
    dividends : float
        That went ex between, dollars a share.
    rate : float
        Decimal a year; 0 where no file tells it.
    gains : mapping of hedge to float
        Of the hedge alone, dollars a share after fees; what could not be traded is left out.
    paid : mapping of hedge to float
    delta : float
        Of the 95% put, for holding less.
    stop : float
        Loss avoided (+) or gain missed (-) by the stop, dollars a share; NaN without bars.
    """

    start: date
    end: date
    spot: float
    close: float
    dividends: float
    rate: float
    gains: dict[str, float]
    paid: dict[str, float]
    delta: float
    stop: float


def tasks(archive: Archive) -> Sequence[str]:
    """Return the underlyings."""
    return sorted({quoted.ticker for quoted in archive.chains})


def work(archive: Archive, task: str) -> list[tuple[str, list[Roll]] | str]:
    """Return the longest ladder of hedges on one underlying."""
    return [(task, _unbroken(list(rolls_of(archive, task))))]


def told(archive: Archive, found: Sequence[tuple[str, list[Roll]] | str]) -> Chapter:
    """Return the chapter, on the underlying with the longest ladder of chains."""
    ladders, refused = split(found)
    ticker, best = max(ladders, key=lambda one: len(one[1]), default=("", []))
    limits = list(refused)
    if len(best) < LEAST_ROLLS:
        most = f"the longest, of {ticker}, has {len(best)}" if best else "none has one"
        return nothing("protection", TITLE, f"no underlying has {LEAST_ROLLS} rolls a month apart ({most})", limits)
    return _told(best, ticker, limits)


def _unbroken(rolls: Sequence[Roll]) -> list[Roll]:
    """Return the longest run of rolls without a gap of more than `LONGEST_GAP` days between them."""
    best: list[Roll] = []
    run: list[Roll] = []
    for roll in rolls:
        run = [*run, roll] if run and (roll.start - run[-1].end).days <= LONGEST_GAP else [roll]
        best = max(best, run, key=len)
    return best


def rolls_of(archive: Archive, ticker: str) -> Iterator[Roll]:
    """Buy on the first chain, sell on the last chain in the put's life that quotes it, and go on with the next chain.

    A leg that nobody then bids for is worth what exercise pays; where no later chain quotes the expiry, the hedge is
    held to it and worth its exercise value at the close.
    """
    chains = [quoted for quoted in archive.chains if quoted.ticker == ticker and archive.fits(quoted)]
    free = date.min
    for at, quoted in enumerate(chains):
        if quoted.day < free:
            continue
        ahead = [day for day in quoted.chain.expiries if DAYS[0] <= (day - quoted.day).days <= DAYS[1]]
        if not ahead:
            continue
        expiry = min(ahead, key=lambda day: abs((day - quoted.day).days - 45))
        later = [other for other in chains[at + 1 :] if quoted.day < other.day < expiry]
        later = [other for other in later if expiry in other.chain.expiries and (other.day - quoted.day).days >= 14]
        if not later and opens(ticker, expiry):
            continue
        end = later[0].day if later else expiry
        close = archive.close(ticker, end)
        if not math.isfinite(close):
            continue
        spot = archive.close(ticker, quoted.day)
        roll = _roll(archive, quoted, expiry, later[0].chain if later else None, end, spot, close)
        if roll is not None:
            yield roll
            free = end


def _roll(
    archive: Archive, quoted: Quoted, expiry: date, after: Chain | None, end: date, spot: float, close: float
) -> Roll | None:
    chain = quoted.chain.at(expiry)
    gains, paid = {}, {}
    for name, legs in HEDGES.items():
        done = _traded(chain, after, legs, close)
        if done is not None:
            paid[name], gains[name] = done
    if "put 95%" not in gains:
        return None
    curve = archive.rate(quoted.day)
    rate = 0.0 if curve is None else curve.at(units.years(30.0))
    return Roll(
        start=quoted.day,
        end=end,
        spot=spot,
        close=close,
        dividends=sum(amount for _, amount in archive.paid(quoted.ticker, quoted.day, end)),
        rate=rate,
        gains=gains,
        paid=paid,
        delta=_delta(archive, quoted, expiry),
        stop=_stop(archive, quoted.ticker, quoted.day, end, spot, close),
    )


def _row(chain: Chain, kind: int, level: float) -> int | None:
    """Return the two-sided quote nearest to a level, within two percent of the spot."""
    good = (chain.kind == kind) & ((chain.flags & BAD) == 0) & (chain.bid > 0.0) & np.isfinite(chain.ask)
    rows = np.flatnonzero(good)
    if not len(rows):
        return None
    row = int(rows[np.argmin(np.abs(chain.strike[rows] - level))])
    return row if abs(chain.strike[row] - level) <= 0.02 * chain.spot else None


def _traded(chain: Chain, after: Chain | None, legs: Buy, close: float) -> tuple[float, float] | None:
    """Return what a hedge cost and what it gained in all, dollars a share; None where a leg cannot be traded."""
    cost, back = 0.0, 0.0
    for count, kind, level in legs:
        row = _row(chain, kind, level * chain.spot)
        if row is None:
            return None
        cost += count * float(chain.ask[row] if count > 0 else chain.bid[row]) + FEE_A_SHARE
        worth = max(kind * (close - float(chain.strike[row])), 0.0)
        if after is not None:
            found = np.flatnonzero(after.symbol == chain.symbol[row])
            price = float(after.bid[found[0]] if count > 0 else after.ask[found[0]]) if len(found) else math.nan
            if math.isfinite(price) and price > 0.0:
                worth = price if count < 0 else max(price, worth)
                back -= FEE_A_SHARE
        back += count * worth
    return cost, back - cost


def _delta(archive: Archive, quoted: Quoted, expiry: date) -> float:
    part = quoted.chain.at(expiry)
    row = _row(part, -1, 0.95 * part.spot)
    if row is None:
        return math.nan
    try:
        market = market_of(archive, quoted, (expiry,))
        return float(solve(part.select(np.array([row])), market).greeks.delta[0])
    except HedgekitError:
        return math.nan


def _stop(archive: Archive, ticker: str, start: date, end: date, spot: float, close: float) -> float:
    """Return what a stop at 95% of the spot changed: the fill less the close, 0 where it was not hit."""
    bars = archive.bars_on(ticker, start)
    if bars is None or bars.open is None or bars.low is None:
        return math.nan
    level = (1.0 - STOP) * spot
    inside = np.flatnonzero((bars.dates > np.datetime64(start)) & (bars.dates <= np.datetime64(end)))
    for at in inside.tolist():
        if bars.low[at, 0] <= level:
            missed = sum(amount for _, amount in archive.paid(ticker, bars.dates[at].item(), end))
            return min(float(bars.open[at, 0]), level) - close - missed
    return 0.0


def _told(rolls: Sequence[Roll], ticker: str, limits: list[str]) -> Chapter:
    plain = np.array([(roll.close - roll.spot + roll.dividends) / roll.spot for roll in rolls])
    years = sum((roll.end - roll.start).days for roll in rolls) / units.DAYS_PER_YEAR
    ways: dict[str, np.ndarray] = {"no hedge": plain}
    for name in HEDGES:
        ways[name] = plain + np.array([roll.gains.get(name, math.nan) / roll.spot for roll in rolls])
    ways[f"stop {1.0 - STOP:.0%}"] = plain + np.array([roll.stop / roll.spot for roll in rolls])
    kept = 1.0 + np.array([roll.delta for roll in rolls])
    cash = np.array([roll.rate * units.years((roll.end - roll.start).days) for roll in rolls])
    ways["holding less"] = kept * plain + (1.0 - kept) * cash
    rows, worst_rows = [], []
    worst = np.argsort(plain)[:WORST]
    labels = [str(roll.start) for roll in rolls]
    for name, returns in ways.items():
        traded = np.isfinite(returns)
        if traded.sum() < LEAST_ROLLS:
            limits.append(f"{name}: tradable at {int(traded.sum())} of {len(rolls)} rolls, too few to show")
            continue
        if not traded.all():
            limits.append(
                f"{name}: {int((~traded).sum())} of {len(rolls)} rolls could not be traded: shown without them"
            )
        own, base = returns[traded], plain[traded]
        difference = mean_of(own - base, [label for label, known in zip(labels, traded, strict=True) if known])
        per_year = len(rolls) / years
        wealth = np.concatenate([[1.0], np.cumprod(1.0 + own)])
        paid = [roll.paid[name] / roll.spot for roll in rolls if name in roll.paid]
        rows.append(
            {
                "name": name,
                "rolls": int(traded.sum()),
                "paid": float(np.mean(paid)) * per_year if paid else None,
                "return_a_year": float(wealth[-1] ** (1.0 / (years * traded.mean())) - 1.0),
                "cost_a_year": None if name == "no hedge" else -difference.value * per_year,
                "cost_low": None if name == "no hedge" else -difference.high * per_year,
                "cost_high": None if name == "no hedge" else -difference.low * per_year,
                "vol": float(np.std(own, ddof=1) * math.sqrt(per_year)),
                "fall": float((1.0 - wealth / np.maximum.accumulate(wealth)).max()),
                "worst": float(own.min()),
            }
        )
        worst_rows.append({"name": name, **{f"w{i}": float(returns[at]) for i, at in enumerate(worst)}})
    named = {row["name"]: row for row in rows}
    put = named["put 95%"]
    less = named.get("holding less")
    beside = (
        f"; holding less at its delta cost {less['cost_a_year']:.1%} with a fall of {less['fall']:.0%}" if less else ""
    )
    answer = (
        f"{len(rolls)} rolls on {ticker}, {rolls[0].start} to {rolls[-1].end}: a 95% put cost {put['cost_a_year']:.1%} "
        f"a year ({put['cost_low']:.1%} to {put['cost_high']:.1%}) and cut the largest fall from "
        f"{named['no hedge']['fall']:.0%} to {put['fall']:.0%}{beside}."
    )
    claims = tuple(
        Claim(
            key=(ticker, name),
            asof=roll.start,
            until=roll.end,
            promised={"paid": roll.paid[name]},
            realised={"gain": roll.gains[name], "underlying": roll.close - roll.spot + roll.dividends},
        )
        for roll in rolls
        for name in roll.gains
    )
    gap = (rolls[-1].end - rolls[0].start).days / units.DAYS_PER_YEAR - years
    limits = [
        f"hedged {years:.1f} of {years + gap:.1f} years: days between a sale and the next chain are left out, and "
        "falls are measured between rolls, not by the day",
        "paid: premiums of a year over the spot; cost: return given up against no hedge; both by the year hedged; "
        "holding less: shares sold by the delta of each roll's 95% put",
        "bought at the ask, sold at the bid, $0.65 a contract; a roll ends at the first chain two weeks or more later "
        "that quotes the put, else at its expiry; cash of holding less earns the bill rate",
        "a stop is set anew at each roll and fills at the open where the day opened below it",
        *limits,
    ]
    return Chapter(
        name="protection",
        title=TITLE,
        answer=answer,
        tables=(
            Table(
                title="A year of each",
                columns=(
                    Column("name", "hedge", "text"), Column("rolls", "rolls", "count"),
                    Column("paid", "paid", "share"), Column("return_a_year", "return", "share"),
                    Column("cost_a_year", "cost", "share"), Column("cost_low", "low", "share"),
                    Column("cost_high", "high", "share"), Column("vol", "vol", "share"),
                    Column("fall", "fall", "share"), Column("worst", "worst", "share"),
                ),
                rows=tuple(rows),
            ),
            Table(
                title="In the worst rolls of the underlying",
                columns=(
                    Column("name", "from", "text"),
                    *(Column(f"w{i}", f"{rolls[at].start:%Y-%m}", "share") for i, at in enumerate(worst)),
                ),
                rows=tuple(worst_rows),
            ),
        ),
        limits=tuple(limits),
        claims=claims,
    )  # fmt: skip
