"""Every indicator of small-cap leadership, each with its own date, and the state they make together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from hedgekit import __version__, units
from hedgekit.errors import DataError, InputError
from hedgekit.leadership import breadth, sectors
from hedgekit.leadership.averages import Floats, sma
from hedgekit.leadership.flows import Flows
from hedgekit.leadership.membership import UNKNOWN as NO_SECTOR
from hedgekit.leadership.membership import Membership
from hedgekit.leadership.relative_strength import mansfield, relative_strength
from hedgekit.leadership.state import states, verdict, vote
from hedgekit.model import PriceHistory
from hedgekit.results import Note, Result

CARRIED_DAYS: Final = 5
"""Calendar days an indicator still votes after its last value: flows post late, markets close for long weekends."""

LEAST_JUDGED: Final = 0.5
"""Share of the members, those without prices counted, that must be judged for breadth to vote."""

HISTORY: Final = 260
"""Days of the state that a result holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Days each indicator looks back.

    Attributes
    ----------
    average : int
        Long moving average: trend, Mansfield and breadth.
    short : int
        Short moving average of the trend.
    extremes : int
        Days of a new high or low.
    participation : int
        Days over which a sector's relative strength must have risen.
    flows : int
        Known flows that today's is judged by.
    """

    average: int = 200
    short: int = 50
    extremes: int = 252
    participation: int = 63
    flows: int = 40

    def __post_init__(self) -> None:
        """Check that every window is a count of days."""
        for name in self.__slots__:
            if getattr(self, name) < 2:
                raise InputError(f"{name} is {getattr(self, name)}: expected 2 days or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One indicator's latest value.

    Attributes
    ----------
    name : str
    value : float or None
        None when it cannot be computed.
    unit : str
    asof : date or None
        Day of the value.
    window : str
        What it looks back over.
    denominator : int or None
        Members or sectors judged.
    verdict : {"leading", "neutral", "lagging", "unknown"}
    votes : bool
        Whether it counts in the state today: known, recent, and one of the voting indicators.
    sentence : str
    """

    name: str
    value: float | None
    unit: str
    asof: date | None
    window: str
    denominator: int | None
    verdict: str
    votes: bool
    sentence: str


@dataclass(frozen=True, kw_only=True)
class LeadershipResult(Result):
    """Whether `leader` leads `benchmark`.

    Attributes
    ----------
    leader, benchmark : str
    asof : date
    state : {"leading", "neutral", "lagging", "unknown"}
    since : date or None
        First day of the present state.
    mean_vote : float or None
        Of the indicators that vote today, -1 to 1; None when none does.
    indicators : tuple of Indicator
    history : tuple of (date, str)
        The state by day, the last `HISTORY` days.
    series : dict of str to list
        Days and the indicators by day, for plots.
    """

    schema_name: ClassVar[str] = "leadership"

    leader: str
    benchmark: str
    asof: date
    state: str
    since: date | None
    mean_vote: float | None
    indicators: tuple[Indicator, ...]
    history: tuple[tuple[date, str], ...]
    series: Mapping[str, Any]

    def body(self) -> dict[str, Any]:
        """Return the state and its indicators."""
        return {
            "leader": self.leader,
            "benchmark": self.benchmark,
            "asof": self.asof,
            "state": self.state,
            "since": self.since,
            "mean_vote": self.mean_vote,
            "indicators": list(self.indicators),
            "history": [{"date": day, "state": state} for day, state in self.history],
            "series": self.series,
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one row an indicator."""
        return [{name: getattr(i, name) for name in Indicator.__slots__} for i in self.indicators]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    """An indicator by day, on its own days, before its last value is taken."""

    name: str
    unit: str
    window: str
    days: NDArray[np.datetime64]
    values: Floats
    votes: Floats | None
    denominators: NDArray[np.int64] | None
    sentence: str
    """With {value} and {denominator} and {verb}."""
    late: bool = False
    """A day's value is published after its close: it counts from the next day on."""


def assess(
    prices: PriceHistory,
    *,
    leader: str = "IWM",
    benchmark: str = "SPY",
    constituents: PriceHistory | None = None,
    membership: Membership | None = None,
    flows: Flows | None = None,
    pe: tuple[float, float] | None = None,
    windows: Windows | None = None,
    asof: date | None = None,
) -> LeadershipResult:
    """Return every indicator that the data allow, and the state they make.

    Parameters
    ----------
    prices : PriceHistory
        Both tickers. Relative strength needs dividend-adjusted prices.
    leader, benchmark : str
    constituents : PriceHistory, optional
        Members' prices: breadth, new highs, sector participation.
    membership : Membership, optional
        Who is a member when, and the sectors; without it every constituent is a member of no sector on every day.
    flows : Flows, optional
    pe : (float, float), optional
        Price/earnings of leader and benchmark: the valuation gap, which informs and does not vote.
    windows : Windows, optional
    asof : date, optional
        Cut everything after this day; no value at or before it changes.

    Returns
    -------
    LeadershipResult
        A missing input is an indicator with verdict "unknown", never a vote.

    Raises
    ------
    InputError
        When a ticker is not in the prices.
    DataError
        When there are no common days.
    """
    look = windows or Windows()
    for ticker in (leader, benchmark):
        if ticker not in prices.tickers:
            raise InputError(f"no prices of {ticker}: the history has {', '.join(prices.tickers)}")
    notes: list[Note] = list(prices.notes)
    pair = prices.select((leader, benchmark))
    if asof is not None:
        pair = pair.until(asof)
    strength_prices = pair.total_return
    if not np.isfinite(strength_prices).all(axis=1).any():
        strength_prices = pair.close
        notes.append(
            Note(
                "not_total_return",
                "no dividend-adjusted prices: relative strength leaves the difference of dividends out",
            )
        )
    both = np.isfinite(strength_prices).all(axis=1)
    days, y, x = pair.dates[both], strength_prices[both, 0], strength_prices[both, 1]
    if not len(days):
        raise DataError(f"{leader} and {benchmark} have no day in common{f' up to {asof}' if asof else ''}")
    if asof is not None and (behind := (asof - days[-1].astype(date)).days) > CARRIED_DAYS:
        notes.append(Note("prices_end_early", f"the prices end on {days[-1]}, {behind} days before {asof}"))
    found = _of_prices(days, y, x, leader, benchmark, look)
    if constituents is not None:
        found += _of_members(constituents, membership, asof, days, x, benchmark, look, notes)
    if flows is not None:
        found.append(_of_flows(flows, asof, look, notes))
    last = days[-1]
    indicators = [_latest(series, last, notes) for series in found]
    indicators += _missing(constituents, membership, flows)
    indicators.append(_valuation(pe, leader, benchmark))
    votes = np.column_stack([_on(days, series) for series in found if series.votes is not None])
    state = states(votes)
    today = votes[-1][np.isfinite(votes[-1])]
    change = np.flatnonzero(state[1:] != state[:-1])
    day_of = [day.astype(date) for day in days]
    return LeadershipResult(
        leader=leader,
        benchmark=benchmark,
        asof=day_of[-1],
        state=str(state[-1]),
        since=day_of[int(change[-1]) + 1] if len(change) else None,
        mean_vote=float(today.mean()) if len(today) else None,
        indicators=tuple(indicators),
        history=tuple(zip(day_of, map(str, state), strict=True))[-HISTORY:],
        series={series.name: {"date": series.days[-HISTORY:], "value": series.values[-HISTORY:]} for series in found},
        inputs={
            "prices": prices.source,
            "prices_sha256": prices.source_sha256,
            "constituents": constituents.source if constituents else None,
            "constituents_sha256": constituents.source_sha256 if constituents else None,
            "members": membership.source if membership else None,
            "members_sha256": membership.source_sha256 if membership else None,
            "flows": flows.source if flows else None,
            "flows_sha256": flows.source_sha256 if flows else None,
            "windows": look,
            "state_rule": (
                "mean vote of the known indicators: entered at 0.4, left when its sign changes; a flow counts from the "
                "day after"
            ),
            "version": __version__,
        },
        warnings=tuple(notes),
    )


def _of_prices(days: Any, y: Floats, x: Floats, leader: str, benchmark: str, look: Windows) -> list[_Series]:
    strength = relative_strength(y, x)
    rs = mansfield(strength, look.average)
    cross = np.asarray(units.percent(1.0) * (sma(strength, look.short) / sma(strength, look.average) - 1.0))
    trend = np.asarray(units.percent(1.0) * (y / sma(y, look.average) - 1.0))
    return [
        _Series(
            name="mansfield",
            unit="percent",
            window=f"{look.average} days",
            days=days,
            values=rs,
            votes=vote(rs, high=0.0, low=0.0),
            denominators=None,
            sentence=f"{leader}/{benchmark} total return is {{value:+.1f}}% from its {look.average}-day average",
        ),
        _Series(
            name="relative_strength_trend",
            unit="percent",
            window=f"{look.short} against {look.average} days",
            days=days,
            values=cross,
            votes=vote(cross, high=0.0, low=0.0),
            denominators=None,
            sentence=f"the {look.short}-day average of {leader}/{benchmark} is {{value:+.1f}}% from the "
            f"{look.average}-day",
        ),
        _Series(
            name="trend",
            unit="percent",
            window=f"{look.average} days",
            days=days,
            values=trend,
            votes=vote(trend, high=0.0, low=0.0),
            denominators=None,
            sentence=f"{leader} (total return) is {{value:+.1f}}% from its own {look.average}-day average",
        ),
    ]


def _of_members(
    constituents: PriceHistory,
    membership: Membership | None,
    asof: date | None,
    days: Any,
    x: Floats,
    benchmark: str,
    look: Windows,
    notes: list[Note],
) -> list[_Series]:
    history = constituents.until(asof) if asof is not None else constituents
    notes.extend(constituents.notes)
    # Members are judged by their own closes; an adjusted series stands in where those are not known.
    traded, adjusted = np.isfinite(history.close).sum(axis=0), np.isfinite(history.total_return).sum(axis=0)
    closes = np.where(traded >= adjusted, history.close, history.total_return)
    returns = np.where(adjusted > 0, history.total_return, history.close)
    if membership is None:
        member = np.ones(closes.shape, dtype=bool)
        of = [NO_SECTOR] * len(history.tickers)
    else:
        notes.extend(membership.notes)
        member = membership.member(history.tickers, history.dates)
        of = [membership.sector.get(ticker, NO_SECTOR) for ticker in history.tickers]
        absent = sum(ticker not in history.tickers for ticker in membership.sector)
        if absent:
            notes.append(Note("members_without_prices", f"{absent} of {len(membership.sector)} members have no prices"))
    if membership is None or not membership.dated:
        notes.append(
            Note(
                "members_not_point_in_time",
                "membership has no dates: today's members stand for every day, so breadth of past days counts "
                "the survivors; give a members file with from and to",
            )
        )
    wide = breadth.above_average(closes, look.average, member)
    extremes = breadth.new_highs_less_lows(closes, look.extremes, member)
    full = units.percent(1.0)
    unpriced = () if membership is None else sorted(set(membership.sector) - set(history.tickers))
    without = np.zeros(len(history.dates), dtype=np.int64)
    if membership is not None and unpriced:
        without = membership.member(unpriced, history.dates).sum(axis=1)
    wide_votes = _enough(vote(wide.share, high=0.6, low=0.4), wide, without)
    extreme_votes = _enough(vote(extremes.share, high=0.01, low=-0.01), extremes, without)
    for name, found in (("breadth_above_average", wide), ("new_highs_less_lows", extremes)):
        known = np.flatnonzero(found.judged)
        if len(known) and found.judged[known[-1]] < LEAST_JUDGED * (total := (found.members + without)[known[-1]]):
            told = f"{name}: {found.judged[known[-1]]:,} of {total:,} members can be judged: too few to vote"
            notes.append(Note("thin_breadth", told))
    out = [
        _Series(
            name="breadth_above_average",
            unit="percent",
            window=f"{look.average} days",
            days=history.dates,
            values=full * wide.share,
            votes=wide_votes,
            denominators=wide.judged,
            sentence=f"{{value:.1f}}% of {{denominator:,}} members close above their {look.average}-day average",
        ),
        _Series(
            name="new_highs_less_lows",
            unit="percent",
            window=f"{look.extremes} days",
            days=history.dates,
            values=full * extremes.share,
            votes=extreme_votes,
            denominators=extremes.judged,
            sentence=f"new {look.extremes}-day highs less lows are {{value:+.1f}}% of {{denominator:,}} members",
        ),
    ]
    if set(of) == {NO_SECTOR}:
        return out
    named = np.array([name != NO_SECTOR for name in of])
    common, mine, theirs = np.intersect1d(history.dates, days, return_indices=True)
    if not len(common):
        notes.append(Note("no_common_days", f"the members' prices and {benchmark}'s have no day in common"))
        return out
    part = sectors.participation(
        returns[mine][:, named],
        member[mine][:, named],
        [name for name in of if name != NO_SECTOR],
        x[theirs],
        look.participation,
    )
    return [
        *out,
        _Series(
            name="sector_participation",
            unit="percent",
            window=f"{look.participation} days",
            days=common,
            values=full * part.rising,
            votes=vote(part.rising, high=0.6, low=0.4),
            denominators=part.judged,
            sentence=f"relative strength against {benchmark} has risen over {look.participation} days in "
            f"{{value:.0f}}% of {{denominator}} sectors (equal weight)",
        ),
        _Series(
            name="effective_sectors",
            unit="sectors",
            window=f"{look.participation} days",
            days=common,
            values=part.effective,
            votes=None,
            denominators=part.judged,
            sentence=f"the members that beat {benchmark} over {look.participation} days spread over {{value:.1f}} "
            "effective sectors of {denominator}",
        ),
    ]


def _enough(votes: Floats, found: breadth.Breadth, without: NDArray[np.int64]) -> Floats:
    """Return the votes, unknown on days when too few of the members are judged to speak for them all."""
    return np.where(found.judged >= LEAST_JUDGED * (found.members + without), votes, np.nan)


def _of_flows(flows: Flows, asof: date | None, look: Windows, notes: list[Note]) -> _Series:
    days = np.array(flows.days, dtype="datetime64[D]")
    z = flows.zscore(look.flows)
    if asof is not None:
        keep = days <= np.datetime64(asof)
        days, z = days[keep], z[keep]
    blank = [day for day in flows.blank if asof is None or day <= asof]
    if blank:
        shown = ", ".join(map(str, blank[:6])) + (", ..." if len(blank) > 6 else "")
        notes.append(
            Note("blank_flows", f"{flows.source}: {len(blank)} days without a flow of {flows.ticker}: {shown}")
        )
    saturdays = [day for day in flows.days if day.weekday() >= 5]
    if saturdays:
        notes.append(Note("flow_on_weekend", f"{flows.source}: a flow dated on a weekend: {saturdays[0]}"))
    return _Series(
        name="flows",
        unit="standard deviations",
        window=f"{look.flows} known flows before",
        days=days,
        values=z,
        votes=vote(z, high=1.0, low=-1.0),
        denominators=None,
        sentence=f"{flows.ticker}'s latest flow is {{value:+.1f}} standard deviations from the {look.flows} before it",
        late=True,
    )


def _latest(series: _Series, last: np.datetime64, notes: list[Note]) -> Indicator:
    """Return an indicator's last known value; it votes only while recent."""
    known = np.flatnonzero(np.isfinite(series.values) & ((series.days < last) if series.late else True))
    if not len(known):
        return Indicator(
            name=series.name,
            value=None,
            unit=series.unit,
            asof=None,
            window=series.window,
            denominator=None,
            verdict=verdict(np.nan),
            votes=False,
            sentence=f"cannot be computed from {len(series.days)} days: it looks back over {series.window}",
        )
    at = int(known[-1])
    value, day = float(series.values[at]), series.days[at]
    denominator = None if series.denominators is None else int(series.denominators[at])
    recent = bool(last - day <= np.timedelta64(CARRIED_DAYS, "D"))
    if not recent:
        notes.append(
            Note("stale_indicator", f"{series.name} ends on {day}, prices on {last}: it is shown and does not vote")
        )
    word = "neutral" if series.votes is None else verdict(float(series.votes[at]))
    return Indicator(
        name=series.name,
        value=value,
        unit=series.unit,
        asof=day.astype(date),
        window=series.window,
        denominator=denominator,
        verdict=word,
        votes=recent and series.votes is not None and bool(np.isfinite(series.votes[at])),
        sentence=series.sentence.format(value=value, denominator=denominator),
    )


def _on(days: NDArray[np.datetime64], series: _Series) -> Floats:
    """Return a series' votes on other days: each carried for `CARRIED_DAYS`, never backwards."""
    assert series.votes is not None
    known = np.isfinite(series.votes)
    at, votes = series.days[known], series.votes[known]
    out = np.full(len(days), np.nan)
    if len(at):
        before = np.searchsorted(at, days, side="left" if series.late else "right") - 1
        fresh = (before >= 0) & (days - at[np.maximum(before, 0)] <= np.timedelta64(CARRIED_DAYS, "D"))
        out[fresh] = votes[before[fresh]]
    return out


def _missing(constituents: PriceHistory | None, membership: Membership | None, flows: Flows | None) -> list[Indicator]:
    """Return the indicators that no data were given for, as unknown."""
    wanted: list[tuple[str, str]] = []
    if constituents is None:
        wanted += [("breadth_above_average", "--constituents"), ("new_highs_less_lows", "--constituents")]
    if constituents is None or membership is None:
        wanted += [("sector_participation", "--constituents and --members")]
    if flows is None:
        wanted += [("flows", "--flows")]
    return [
        Indicator(
            name=name,
            value=None,
            unit="",
            asof=None,
            window="",
            denominator=None,
            verdict=verdict(np.nan),
            votes=False,
            sentence=f"not given: {option}",
        )
        for name, option in wanted
    ]


def _valuation(pe: tuple[float, float] | None, leader: str, benchmark: str) -> Indicator:
    gap = None
    sentence = "not given: --pe"
    if pe is not None:
        if not all(np.isfinite(value) and value > 0 for value in pe):
            raise InputError(f"price/earnings of {pe[0]:g} and {pe[1]:g}: both must be above zero to be compared")
        gap = units.percent(pe[0] / pe[1] - 1.0)
        sentence = f"{leader} at {pe[0]:g} times earnings is {gap:+.1f}% from {benchmark} at {pe[1]:g}; does not vote"
    return Indicator(
        name="valuation_gap",
        value=gap,
        unit="percent",
        asof=None,
        window="",
        denominator=None,
        verdict="unknown" if gap is None else "neutral",
        votes=False,
        sentence=sentence,
    )
