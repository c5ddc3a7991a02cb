"""From what a file says to a Chain: the clock, the spot that agrees with the quotes, and the flags."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from hedgekit.errors import DataError, InputError
from hedgekit.market import calendar
from hedgekit.market.arbitrage import HALF_CENT
from hedgekit.market.chain import inspect, spreads
from hedgekit.market.contract_terms import SISTER_ROOTS, cutoff, exercise_style
from hedgekit.market.parity import ParitySpot, calls_tell_dividend, parity_spot
from hedgekit.market.plausible import implausible
from hedgekit.model import NEW_YORK, BoolArray, Chain, Flag, FloatArray, Option, SpotSource
from hedgekit.units import MULTIPLIER, days, fraction, percent

AsOf: TypeAlias = date | datetime
Warnings: TypeAlias = tuple[tuple[str, str], ...]

NEAR_DAYS, MOST_WIDE = 60.0, 0.5
"""The market is wide when more than this share of the expiries within so many days are, or of all without any."""

AFTER_HOURS = timedelta(hours=1)
"""A file of the evening holds the quotes of the close; a delayed feed's last snapshot comes within the hour."""

FEW_BREACHES, FEWER = 3, 4
"""More asks than this below exercise value at the file's spot, and a quarter as many at parity's, move the spot."""

PERCENT_VOLS = 3.0  # a median vol of the file above this is in percent

FARTHEST_SPOT = 10.0
"""A spot this many times outside the listed strikes, with no parity to check it by, is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a file says of one underlying at one moment, unjudged; columns as in `Chain`.

    `non_standard` marks contracts that the file itself calls mini or adjusted, `quote_time` is when each was quoted on
    New York's clock; None where the file does not say.
    """

    options: Sequence[Option]
    bid: FloatArray
    ask: FloatArray
    bid_size: FloatArray
    ask_size: FloatArray
    open_interest: FloatArray
    volume: FloatArray
    last: FloatArray
    last_time: npt.NDArray[np.datetime64]
    vendor_iv: FloatArray
    ticker: str
    spot: float
    moment: datetime | None
    label: str
    source: str
    source_sha256: str
    warnings: Warnings = ()
    non_standard: BoolArray | None = None
    quote_time: npt.NDArray[np.datetime64] | None = None

    def take(self, rows: Sequence[int]) -> Snapshot:
        """Return some of the quotes."""
        kept = np.array(rows, dtype=np.intp)
        columns: dict[str, Any] = {
            name: column[kept] for name in self.__slots__ if isinstance(column := getattr(self, name), np.ndarray)
        }
        return replace(self, options=[self.options[row] for row in rows], **columns)


def read_asof(asof: object) -> AsOf | None:
    """Read an as-of day or time from what a caller may give.

    Parameters
    ----------
    asof : None, date, datetime or str
        ISO text for a str; a time without zone is New York's.

    Returns
    -------
    None, date or datetime
        A datetime always has a zone.

    Raises
    ------
    InputError
        When it is none of these, or outside the session table.

    Examples
    --------
    >>> read_asof("2026-06-18")
    datetime.date(2026, 6, 18)
    >>> read_asof("2026-06-18 15:30").isoformat()
    '2026-06-18T15:30:00-04:00'
    """
    given = asof
    if isinstance(asof, str):
        try:
            text = asof.strip()
            asof = date.fromisoformat(text) if len(text) <= len("2026-06-18") else datetime.fromisoformat(text)
        except ValueError:
            asof = Ellipsis
    if asof is None:
        return None
    if not isinstance(asof, date):
        raise InputError(f"asof {given!r}: expected a day like 2026-06-18 or a time like 2026-06-18T15:30")
    if not calendar.FIRST_DAY.year < asof.year < calendar.LAST_DAY.year:
        first, last = calendar.FIRST_DAY.year + 1, calendar.LAST_DAY.year - 1
        raise InputError(f"asof {given!r}: expected a day of the years {first} to {last}")
    if isinstance(asof, datetime):
        return asof.astimezone(NEW_YORK) if asof.tzinfo else asof.replace(tzinfo=NEW_YORK)
    return asof


def to_chain(snapshot: Snapshot, *, asof: AsOf | None = None, spot: float | None = None) -> Chain:
    """Judge a snapshot and make a chain of it.

    Parameters
    ----------
    snapshot : Snapshot
    asof : date or datetime, optional
        Re-dates the quotes: a day means the close of option trading on that session (the file's own time when it is
        of that day).
    spot : float, optional
        Used as it is instead of the file's or parity's, dollars a share.

    Raises
    ------
    DataError
        When the file has no quotes to trade on, no time, or neither a spot nor parity to tell it.
    InputError
        When `asof` is a day without session, or `spot` is not positive.
    """
    if spot is not None and (isinstance(spot, bool) or not (isinstance(spot, int | float) and 0.0 < spot < math.inf)):
        raise InputError(f"spot {spot!r}: expected a positive number of dollars a share")
    when, warnings = _clock(snapshot, asof)
    # what quotes say against each other needs no spot, and what is left tells it
    chain = inspect(_assembled(snapshot, when, warnings))
    chain = replace(chain, warnings=chain.warnings + implausible(chain, snapshot.label))
    return _with_age(inspect(_with_spread(_with_spot(chain, snapshot, spot))))


def _clock(snapshot: Snapshot, asof: AsOf | None) -> tuple[datetime, Warnings]:
    moment = snapshot.moment
    if moment is None and asof is None:
        raise DataError(f"{snapshot.label}: does not say when it was quoted: give the day with --asof")
    if moment is not None:
        # the zone is changed last: near year 1 or 9999 that overflows
        if not calendar.FIRST_DAY.year < moment.year < calendar.LAST_DAY.year:
            raise DataError(f"{snapshot.label}: quoted on {moment.date()}, which cannot be: is it a chain?")
        moment = moment.astimezone(NEW_YORK)
    if isinstance(asof, datetime):
        when = asof
    elif asof is None or (moment is not None and moment.date() == asof):
        assert moment is not None
        when = moment
    else:
        when = calendar.option_close(asof)
    warnings: list[tuple[str, str]] = []
    if moment is not None and calendar.last_session_at(when) != calendar.last_session_at(moment):
        warnings.append(
            ("re_dated", f"quotes of {moment:%Y-%m-%d %H:%M} are dated {when:%Y-%m-%d %H:%M} as --asof says")
        )
    closed = calendar.closed_reason(when.date())
    if when == moment and not closed and when > calendar.option_close(when.date()) + AFTER_HOURS:
        when = calendar.option_close(when.date())
        warnings.append(
            ("after_hours", f"taken at {moment:%H:%M} New York: the quotes are dated {when:%H:%M}, when they stopped")
        )
    last = calendar.last_session_at(when)
    if closed:
        warnings.append(
            (
                "market_closed",
                f"taken on {when.date()}, when the market was closed ({closed}): the quotes are from the session of "
                f"{last}; give --asof {last} to date them so",
            )
        )
    elif last != when.date():
        warnings.append(
            (
                "before_open",
                f"taken at {when:%H:%M} on {when.date()}, before the open: the quotes are from the session of {last}; "
                f"give --asof {last} to date them so",
            )
        )
    return when, snapshot.warnings + tuple(warnings)


def _assembled(snapshot: Snapshot, when: datetime, warnings: Warnings) -> Chain:
    options = snapshot.options
    expiry = np.array([option.expiry for option in options], dtype="M8[D]")
    left: dict[tuple[str, date], float] = {}
    try:
        for option in options:
            if (series := (option.root, option.expiry)) not in left:
                left[series] = calendar.years_between(when, cutoff(*series))
    except InputError as error:
        raise DataError(f"{snapshot.label}: expiry {error}") from None
    strike = np.array([option.strike for option in options])
    warnings = (*warnings, *_two_clocks(snapshot.ticker, left))
    traded = snapshot.last_time[~np.isnat(snapshot.last_time)]
    newest = traded.max() if len(traded) else np.datetime64("NaT", "s")
    if newest > np.datetime64(when.replace(tzinfo=None), "s"):
        warnings = (
            *warnings,
            (
                "late_trades",
                f"trades up to {newest} New York time are later than the quote time {when:%Y-%m-%dT%H:%M:%S}: the "
                "file's clock is in another zone, or the day is wrong",
            ),
        )
    return Chain(
        symbol=np.array([option.compact for option in options]),
        kind=np.array([option.sign for option in options], dtype=np.int8),
        strike=strike,
        expiry=expiry,
        t_years=np.array([left[option.root, option.expiry] for option in options]),
        bid=snapshot.bid,
        # an ask of 0 is how files write that nobody offers; a bid of 0 stays, it is what one would be paid
        ask=np.where(snapshot.ask > 0.0, snapshot.ask, np.nan),
        bid_size=snapshot.bid_size,
        ask_size=snapshot.ask_size,
        open_interest=snapshot.open_interest,
        volume=snapshot.volume,
        last=np.where(snapshot.last > 0.0, snapshot.last, np.nan),
        last_time=snapshot.last_time,
        vendor_iv=_decimal_vols(snapshot.vendor_iv),
        flags=_told_flags(snapshot, when),
        ticker=snapshot.ticker,
        # the median strike stands in until the spot is settled
        spot=snapshot.spot if snapshot.spot > 0.0 else float(np.median(strike)),
        spot_source="file",
        file_spot=snapshot.spot,
        asof=when,
        source=snapshot.source,
        source_sha256=snapshot.source_sha256,
        closed_reason=calendar.closed_reason(when.date()),
        exercise=exercise_style(snapshot.ticker),
        warnings=warnings,
    )


def _decimal_vols(vols: FloatArray) -> FloatArray:
    """Return a file's vols as decimals a year: percent where they can be nothing else, NaN where zero says none."""
    told = np.where(vols > 0.0, vols, np.nan)
    if np.isnan(told).all() or np.nanmedian(told) <= PERCENT_VOLS:
        return told
    return np.array([fraction(vol) for vol in told.tolist()])


def _two_clocks(ticker: str, left: Mapping[tuple[str, date], float]) -> Warnings:
    """Say where two roots of one index share expiries but settle at different hours."""
    clocks: dict[date, dict[str, float]] = {}
    for (root, day), t_years in left.items():
        if root == ticker or root in SISTER_ROOTS.get(ticker, ()):
            clocks.setdefault(day, {})[root] = t_years
    mixed = {day: roots for day, roots in clocks.items() if len(set(roots.values())) > 1}
    if not mixed:
        return ()
    roots = sorted({root for roots in mixed.values() for root in roots})
    message = (
        f"{' and '.join(roots)} are both listed on {len(mixed)} expir{'y' if len(mixed) == 1 else 'ies'}, settled on "
        f"the opening and on the close: they are kept apart; --ticker {roots[-1]} takes one of them"
    )
    return (("two_series", message),)


def _told_flags(snapshot: Snapshot, when: datetime) -> npt.NDArray[np.int64]:
    """Return the flags that only the file can tell: other deliverables, and quotes of an earlier session."""
    flags = np.zeros(len(snapshot.options), dtype=np.int64)
    odd = np.array([option.multiplier != MULTIPLIER for option in snapshot.options], dtype=np.bool_)
    if snapshot.non_standard is not None:
        odd |= snapshot.non_standard
    flags[odd] |= Flag.NON_STANDARD
    if snapshot.quote_time is not None:
        session = np.datetime64(calendar.last_session_at(when))
        flags[snapshot.quote_time.astype("M8[D]") < session] |= Flag.STALE
    return flags


def _with_spot(chain: Chain, snapshot: Snapshot, given: float | None) -> Chain:
    """Settle which spot to use, and say so when it is not the file's."""
    parity = parity_spot(chain)
    in_file = chain.file_spot
    if given is not None:
        lowest, highest = float(chain.strike.min()), float(chain.strike.max())
        if not lowest / FARTHEST_SPOT <= given <= highest * FARTHEST_SPOT:
            raise InputError(
                f"spot {given:g}: far from every strike of {snapshot.label} ({lowest:g} to {highest:g}): is it of "
                f"another underlying, or a slip?"
            )
        return _settled(chain, float(given), "given", _off(parity, float(given), "the spot given"))
    if parity is None:
        if not in_file > 0.0:
            raise DataError(f"{snapshot.label}: no spot, and too few quotes near the money to tell it: give --spot")
        lowest, highest = float(chain.strike.min()), float(chain.strike.max())
        if not lowest / FARTHEST_SPOT <= in_file <= highest * FARTHEST_SPOT:
            raise DataError(
                f"{snapshot.label}: spot {in_file:g} is far from every strike ({lowest:g} to {highest:g}): give --spot"
            )
        unchecked = f"spot {in_file:.2f} could not be checked: too few quotes on both sides near the money"
        return _settled(chain, in_file, "file", (("spot_unchecked", unchecked),))
    if not in_file > 0.0:
        told = f"the file has no spot: {parity.spot:.2f} from put-call parity near the money is used"
        return _settled(chain, parity.spot, "parity", (("spot_from_parity", told),))
    below, left = _below_exercise(chain, in_file), _below_exercise(chain, parity.spot)
    believed = below <= FEW_BREACHES or below < FEWER * left
    if parity.agrees(in_file):
        if believed:
            return _settled(chain, in_file, "file", ())
        told = (
            f"at the file's spot {in_file:.2f} {below} options are offered below their exercise value, at the "
            f"{parity.spot:.2f} of put-call parity {left or 'none'}: {parity.spot:.2f} is used"
        )
        return _settled(chain, parity.spot, "parity", (("spot_off_parity", told),))
    # before a dividend calls are worth what exercise brings now, at the spot with it: then none is offered for less
    if believed and parity.dividend_explains(in_file, calls_tell_dividend(chain, in_file, parity.spot)):
        due = (
            f"the file's spot {in_file:.2f} is above the {parity.spot:.2f} that put-call parity says from "
            f"{parity.first_expiry} on: a dividend of about ${in_file - parity.spot:.2f} seems due before; "
            f"{in_file:.2f} is used"
        )
        return _settled(chain, in_file, "file", (("dividend_due", due),))
    off = _off(parity, in_file, "the file's spot", f": {parity.spot:.2f} from parity is used")
    return _settled(chain, parity.spot, "parity", off)


def _with_spread(chain: Chain) -> Chain:
    """Say so when even the quotes near the money are far apart, each expiry judged by its own straddle."""
    found = spreads(chain)
    near = [one for one in found if days(chain.years_to(one.expiry)) <= NEAR_DAYS] or found
    wide = [one for one in near if one.wide]
    if len(wide) <= MOST_WIDE * len(near):
        return chain
    middle = float(np.median([one.spread for one in wide]))
    message = (
        f"{len(wide)} of the {len(near)} nearest expiries are quoted wide: usually ${middle:.2f} apart near the money "
        f"({percent(middle / chain.spot):.2f}% of the spot), as in a fast or thin market, where a hedge costs more "
        "than its value"
    )
    return replace(chain, warnings=(*chain.warnings, ("wide_market", message)))


def _with_age(chain: Chain) -> Chain:
    """Say so when nothing traded in the session that the quote time names."""
    if not (chain.flags & Flag.STALE).any():
        return chain
    newest = np.nanmax(chain.last_time).astype("M8[D]")
    message = (
        f"no option has traded since {newest}, but the quote time is {chain.asof:%Y-%m-%d %H:%M}: the quotes are old, "
        "or the time is wrong"
    )
    return replace(chain, warnings=(*chain.warnings, ("stale", message)))


def _below_exercise(chain: Chain, spot: float) -> int:
    """Count American options ahead that are offered below what exercise brings at a spot."""
    if chain.exercise != "american":
        return 0
    return int(((chain.t_years > 0.0) & (chain.ask < chain.kind * (spot - chain.strike) - HALF_CENT)).sum())


def _off(parity: ParitySpot | None, spot: float, whose: str, then: str = "") -> Warnings:
    if parity is None or parity.agrees(spot):
        return ()
    dividend = " (or an ex-dividend date lies before that expiry)" if spot > parity.high else ""
    return (
        (
            "spot_off_parity",
            f"{whose} {spot:.2f} disagrees with put-call parity to {parity.last_expiry}, which allows {parity.low:.2f} "
            f"to {parity.high:.2f}{dividend}{then}",
        ),
    )


def _settled(chain: Chain, spot: float, source: SpotSource, warnings: Warnings) -> Chain:
    return replace(chain, spot=spot, spot_source=source, warnings=chain.warnings + warnings)
