"""Where a pair's spread stands today against its past alone, what that asks for, and when the idea is broken."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from hedgekit import units
from hedgekit.errors import InfeasibleError, InputError
from hedgekit.pairs.gate import ENTRY_Z, EXIT_Z, LEVEL, STOP_Z, gate_pvalue, gate_statistics
from hedgekit.pairs.odds import HORIZON, Belief, Odds, believe, odds
from hedgekit.pairs.rolling import rolling_regression
from hedgekit.pairs.sample import pair_of
from hedgekit.pairs.series import window_of
from hedgekit.pairs.thresholds.bertram import bertram, best_distance
from hedgekit.pairs.thresholds.leung_li import leung_li
from hedgekit.pairs.thresholds.ornstein_uhlenbeck import OrnsteinUhlenbeck, fit, refits
from hedgekit.pairs.unit_root import reverts_by_itself
from hedgekit.results import Note, Result

if TYPE_CHECKING:
    from hedgekit.model import FloatArray, PriceHistory

Position = Literal["none", "long", "short"]

WINDOW = 252
"""Days before today that the line and its deviation come from: a year."""

LEAST_WINDOW = 60
REFITS, SEED = 200, 20260617
INTERVAL = (0.05, 0.95)
TRADING_DAYS = 252
FILLS = 2
"""Fills of each leg in a round trip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A deviation of the spread, and the price of either leg that makes it while the other stands still.

    Attributes
    ----------
    name : str
    z : float
        Standard deviations of the past window.
    long_price, short_price : float
        Dollars a share; NaN without traded prices.
    """

    name: str
    z: float
    long_price: float
    short_price: float


@dataclass(frozen=True, kw_only=True)
class PairStatusResult(Result):
    """Today's spread and what to do about it.

    Attributes
    ----------
    z : float
        Today's spread in standard deviations, line and deviation from the window that ended yesterday.
    action : str
        ``stand_aside``, ``wait``, ``buy_spread``, ``sell_spread``, ``hold`` or ``close``.
    why : str
        In words.
    elasticity, residual_sd : float
        Of the line: log long leg on log short leg; of its residuals, a fraction of the long leg's value.
    pvalue, pvalue_today : float
        Of `hedgekit.pairs.gate`: Engle-Granger in the window that ended yesterday, and in the one that ends today; one
        lag, simulated for having kept the better direction.
    belief : Belief
        Probability of every half-life, and that there is none, from the window and today: `hedgekit.pairs.odds`.
    half_life_days, half_life_ci90 : float, tuple of float
        Median and 5% to 95% of it; infinite when that nothing pulls the spread back is as likely.
    odds : Odds or None
        Of coming back from today's z; None when it is not between exit and stop.
    process : OrnsteinUhlenbeck or None
        Ordinary fit to the residuals, which reverts too fast; None when it does not revert. For `thresholds` alone.
    entry_z, exit_z, stop_z : float
        Distances from the line at which to enter, to leave (on the far side when negative), and to give up.
    bertram_z_ci90 : tuple of float or None
        What Bertram's entry would have been on the refits.
    levels : tuple of Level
    stop : dict
        z; dollars lost from entry to stop at the gross given; trading days after which to give up: by then four of five
        of the paths that reach the exit have (NaN without odds).
    thresholds : dict
        Bertram's and Leung and Li's levels, in z and per year: what would be best if the fitted process were the
        truth, with no stop and no gap between a signal and its fill.
    history : dict
        ``date`` and ``z`` of the window's days and today, all against today's line: the days before it are the ones
        the line was fitted to.
    """

    schema_name: ClassVar[str] = "pair_status"

    z: float
    action: str
    why: str
    position: Position
    elasticity: float
    residual_sd: float
    statistic: float
    pvalue: float
    pvalue_today: float
    belief: Belief
    odds: Odds | None
    process: OrnsteinUhlenbeck | None
    entry_z: float
    exit_z: float
    stop_z: float
    bertram_z_ci90: tuple[float, float] | None
    levels: Sequence[Level]
    stop: dict[str, float]
    thresholds: dict[str, dict[str, float] | None]
    history: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    @property
    def half_life_days(self) -> float:
        """Median half-life, days; infinite when none is as likely."""
        return self.belief.quantile(0.5)

    @property
    def half_life_ci90(self) -> tuple[float, float]:
        """5% and 95% points of the half-life, days."""
        low, high = (self.belief.quantile(end) for end in INTERVAL)
        return low, high

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        return {
            "z": self.z,
            "action": self.action,
            "why": self.why,
            "position": self.position,
            "elasticity": self.elasticity,
            "residual_sd": self.residual_sd,
            "cointegration": {
                "statistic": self.statistic,
                "pvalue": self.pvalue,
                "pvalue_today": self.pvalue_today,
            },
            "half_life": {
                "days": self.half_life_days,
                "ci90": self.half_life_ci90,
                "never": self.belief.never,
                "ordinary_days": self.process.half_life if self.process else None,
            },
            "odds": self._odds(),
            "entry_z": self.entry_z,
            "bertram_z_ci90": self.bertram_z_ci90,
            "exit_z": self.exit_z,
            "stop_z": self.stop_z,
            "levels": list(self.levels),
            "stop": self.stop,
            "thresholds": self.thresholds,
            "history": self.history,
        }

    def _odds(self) -> dict[str, Any] | None:
        if self.odds is None:
            return None
        told = asdict(self.odds)
        walks = told.pop("within_if_never")
        within = [
            {"days": days, "probability": share, "if_never": walks[days]} for days, share in told.pop("within").items()
        ]
        return {"horizon_days": HORIZON, "within": within, **told}

    def records(self) -> list[dict[str, Any]]:
        """Return one row a level."""
        return [
            {"level": level.name, "z": level.z, "long_price": level.long_price, "short_price": level.short_price}
            for level in (Level(name="now", z=self.z, **self._closes()), *self.levels)
        ]

    def _closes(self) -> dict[str, float]:
        return {"long_price": float(self.inputs["long_close"]), "short_price": float(self.inputs["short_close"])}


def pair_status(
    prices: PriceHistory,
    long: str | None = None,
    short: str | None = None,
    *,
    window: int = WINDOW,
    cost_bps: float = 2.0,
    rate: float = 0.04,
    entry_z: float | None = None,
    exit_z: float | None = None,
    stop_z: float = STOP_Z,
    position: Position = "none",
    gross_usd: float = 25_000.0,
) -> PairStatusResult:
    """Say where the spread is, what to do, at which prices to act, and when to give up.

    Parameters
    ----------
    prices : PriceHistory
    long, short : str, optional
        Tickers; may be left out when there are two.
    window : int
        Days before today that everything is estimated on.
    cost_bps : float
        Of every fill, basis points of its dollars; a round trip has four.
    rate : float
        Discount rate a year of Leung and Li's levels.
    entry_z, exit_z : float, optional
        Distances from the line, exit less than entry. Default: those of `pair_backtest`, so that what is done today is
        what its history shows.
    stop_z : float
        Distance at which the idea is taken for broken.
    position : {"none", "long", "short"}
        The spread held now.
    gross_usd : float
        Dollars of both legs together, for the stop in dollars.

    Returns
    -------
    PairStatusResult

    Raises
    ------
    InputError, DataError
        Unknown tickers, too few days, levels out of order.

    Notes
    -----
    Spread: ``ln P_long - a - b ln P_short`` on dividend-adjusted prices; a, b and its deviation come from the `window`
    days that ended yesterday, so today's z does not contain today. The gate and the levels are those of
    `pair_backtest` refitted every day; a position held is judged by today's line, for its own is not known here. The
    gate must hold without today and with it: a move that ends the cointegration is no signal. Half-life and odds rest
    on the window and today, and on a prior stated in `hedgekit.pairs.odds`.

    Examples
    --------
    >>> from hedgekit.model import PriceHistory
    >>> random = np.random.default_rng(4)
    >>> x, e = np.cumsum(0.01 * random.normal(size=400)), np.zeros(400)
    >>> for t in range(1, 400):
    ...     e[t] = 0.8 * e[t - 1] + 0.01 * random.normal()
    >>> both = 50 * np.exp(np.column_stack([0.9 * x + e, x]))
    >>> days = np.datetime64("2025-01-01") + np.arange(400)
    >>> now = pair_status(PriceHistory(tickers=("A", "B"), dates=days, close=both, total_return=both, source="made"))
    >>> now.action in ("buy_spread", "sell_spread", "wait"), round(now.half_life_days), now.belief.never < 0.01
    (True, 2, True)
    """
    window = window_of("window", window, LEAST_WINDOW)
    for name, value in (("cost_bps", cost_bps), ("stop_z", stop_z), ("gross_usd", gross_usd), ("rate", rate)):
        if not 0.0 < value < math.inf:
            raise InputError(f"{name} {value!r}: expected a number above 0")
    if position not in ("none", "long", "short"):
        raise InputError(f"position is {position!r}: use none, long (the spread) or short")
    pair = pair_of(prices, long, short, least_days=window + 1)
    y, x = np.log(pair.window.y), np.log(pair.window.x)
    past = slice(len(y) - 1 - window, len(y) - 1)
    line = rolling_regression(y[past], x[past], window)
    slope, intercept, sd = (float(a[-1]) for a in (line.slope, line.intercept, line.residual_sd))
    if not sd > 0.0:
        raise InputError(f"{pair.long} and {pair.short} lie on one line for {window} days: there is no spread to trade")
    z = (float(y[-1]) - intercept - slope * float(x[-1])) / sd
    residuals = y[past] - intercept - slope * x[past]
    known = slice(past.start, len(y))
    statistic, with_today = (float(one) for one in gate_statistics(y[known], x[known], window)[-2:])
    p, p_today = gate_pvalue(statistic), gate_pvalue(with_today)
    belief = believe(y[known], x[known])
    cost = FILLS * units.fraction_of_basis_points(cost_bps) * (1.0 + abs(slope))
    notes = [*pair.notes, *_about_legs(((pair.long, y[known]), (pair.short, x[known])))]
    process, others = _process(residuals, notes)
    thresholds, best = _thresholds(process, cost, rate, sd, notes)
    band = _entry_band(others, cost, sd)
    enter = ENTRY_Z if entry_z is None else entry_z
    leave = EXIT_Z if exit_z is None else exit_z
    if not (0.0 < enter < stop_z and leave < enter):
        raise InputError(
            f"entry {enter:g}, exit {leave:g}, stop {stop_z:g}: expected exit < entry < stop, in deviations from the "
            "line"
        )
    if (process is not None and best is None) or (enter - leave) * sd <= cost:
        moved, lost = units.percent((enter - leave) * sd), units.percent(cost)
        text = f"from {enter:g} to {leave:g} deviations the spread moves {moved:.2f}%, a round trip costs {lost:.2f}%"
        notes.append(Note("costs_eat_the_trade", text))
        enter = leave = math.nan
    if slope <= 0.0:
        text = f"the line falls ({slope:.2f}): the two legs move against each other and do not hedge one another"
        notes.append(Note("falling_line", text))
    reverts = slope > 0.0 and (process is not None or belief.never < 0.5)
    action, why = _decide(z, enter, leave, stop_z, position, (p, p_today), belief.never, reverts=reverts)
    ahead = None
    if slope > 0.0 and leave < abs(z) < stop_z and z != 0.0:
        ahead = odds(belief, y[known], x[known], slope=slope, sd=sd, z=z, leave=leave, stop=stop_z, cost=cost)
    if ahead is not None and action in ("buy_spread", "sell_spread"):
        _doubts(ahead, notes)
    long_usd = gross_usd / (1.0 + abs(slope))
    stop = {
        "z": stop_z,
        "loss_usd": long_usd * ((stop_z - enter) * sd + cost),
        "days": ahead.exit_days if ahead is not None else math.nan,
        "gross_usd": gross_usd,
    }
    closes = (pair.long_close, pair.short_close)
    return PairStatusResult(
        z=z,
        action=action,
        why=why,
        position=position,
        elasticity=slope,
        residual_sd=sd,
        statistic=statistic,
        pvalue=p,
        pvalue_today=p_today,
        belief=belief,
        odds=ahead,
        process=process,
        entry_z=enter,
        exit_z=leave,
        stop_z=stop_z,
        bertram_z_ci90=band,
        levels=tuple(_levels(z, sd, slope, closes, enter, leave, stop_z)),
        stop=stop,
        thresholds=thresholds,
        history={
            "date": [str(day) for day in pair.dates[-window - 1 :]],
            "z": [*(residuals / sd).tolist(), z],
        },
        inputs={
            **pair.inputs,
            "window_days": window,
            "cost_bps": cost_bps,
            "round_trip_cost": cost,
            "rate": rate,
            "entry_source": "given" if entry_z is not None else "the rules of pair backtest",
        },
        warnings=tuple(notes),
    )


def _about_legs(legs: Sequence[tuple[str, FloatArray]]) -> list[Note]:
    """Say which leg makes the pair look cointegrated whatever the other does."""
    text = "reverts by itself in the window, or jumped once and stayed: the gate then says nothing of the pair"
    return [Note("leg_reverts", f"{ticker} {text}") for ticker, level in legs if reverts_by_itself(level)]


def _process(residuals: Any, notes: list[Note]) -> tuple[OrnsteinUhlenbeck | None, list[OrnsteinUhlenbeck]]:
    """Fit the residuals' process, and again on other histories of the same length."""
    try:
        process = fit(residuals)
    except InfeasibleError as error:
        notes.append(Note("no_fitted_process", str(error)))
        return None, []
    others = refits(process, len(residuals), count=REFITS, seed=SEED)
    return process, others


def _thresholds(
    process: OrnsteinUhlenbeck | None, cost: float, rate: float, sd: float, notes: list[Note]
) -> tuple[dict[str, dict[str, float] | None], float | None]:
    """Return both sets of levels in deviations of the window, and Bertram's entry."""
    out: dict[str, dict[str, float] | None] = {"bertram": None, "leung_li": None}
    if process is None:
        return out, None
    centred = OrnsteinUhlenbeck(speed=process.speed, mean=0.0, vol=process.vol)
    best = None
    try:
        levels = bertram(centred, cost)
        best = levels.exit / sd
        out["bertram"] = {
            "entry_z": best,
            "cycle_days": levels.cycle_days,
            "return_per_year": FILLS * levels.return_per_day * TRADING_DAYS,
        }
    except InfeasibleError as error:
        notes.append(Note("no_bertram_levels", str(error)))
    try:
        once = leung_li(centred, rate=rate / TRADING_DAYS, entry_cost=0.5 * cost, exit_cost=0.5 * cost)
        out["leung_li"] = {"entry_z": -once.entry / sd, "exit_z": -once.exit / sd}
    except InfeasibleError as error:
        notes.append(Note("no_leung_li_levels", str(error)))
    return out, best


def _entry_band(others: list[OrnsteinUhlenbeck], cost: float, sd: float) -> tuple[float, float] | None:
    """Return the 90% interval of Bertram's entry over the refits."""
    if len(others) < REFITS // 2:
        return None
    entries = []
    for other in others:
        try:
            entries.append(best_distance(other, cost) / sd)
        except InfeasibleError:
            entries.append(math.inf)
    low, high = np.quantile(entries, INTERVAL, method="nearest")
    return float(low), float(high)


def _doubts(ahead: Odds, notes: list[Note]) -> None:
    """Say what speaks against an order that the rules give."""
    if ahead.gain <= 0.0:
        text = f"over all paths the trade loses {units.percent(-ahead.gain):.2f}% of the long leg on average"
        notes.append(Note("odds_do_not_pay", text))


def _decide(
    z: float,
    enter: float,
    leave: float,
    stop: float,
    position: Position,
    p: tuple[float, float],
    never: float,
    *,
    reverts: bool,
) -> tuple[str, str]:
    """Return the action and its reason; `p` is without today and with it, `never` the probability of a walk."""
    side = 1.0 if z < 0.0 else -1.0
    doubt = _doubt(*p)
    if position != "none":
        held = -z if position == "long" else z
        if held >= stop:
            return (
                "close",
                f"the spread is {held:.1f} deviations against the position, at or beyond the stop of {stop:g}",
            )
        if not reverts:
            return "close", "nothing pulls a hedged spread back any more: the reason for the trade has gone"
        if math.isfinite(leave) and held <= leave:
            return "close", f"the spread has come back to {z:+.1f}, the exit"
        stands = f"stands at {z:+.1f}, between exit and stop"
        return "hold", f"{doubt}, so the spread need not come back; it {stands}" if doubt else f"the spread {stands}"
    if not reverts:
        return "stand_aside", "nothing pulls a hedged spread back in the window: there is nothing to trade"
    if doubt:
        return "stand_aside", f"{doubt}: the spread need not come back"
    if not math.isfinite(enter):
        return "stand_aside", "after costs these levels pay nothing"
    if abs(z) >= stop:
        return (
            "stand_aside",
            f"the spread is {abs(z):.1f} deviations out, beyond the stop of {stop:g}: something has changed",
        )
    if abs(z) >= enter:
        word = "below" if side > 0 else "above"
        why = f"the spread is {abs(z):.1f} deviations {word} its line"
        if never > 0.5:
            why += (
                f", on the word of the test alone: with all that is known, {units.percent(never):.0f}% that nothing "
                "pulls it back"
            )
        return ("buy_spread" if side > 0 else "sell_spread"), why
    return "wait", f"the spread is within {enter:.1f} deviations of its line"


def _doubt(before: float, today: float) -> str:
    """Return why the pair does not pass the gate; empty when it does."""
    if not before < LEVEL:
        return f"the pair is not cointegrated in the window (p = {before:.2g})"
    if not today < LEVEL:
        return f"with today the pair is no longer cointegrated (p = {today:.2g}, without it {before:.2g})"
    return ""


def _levels(
    z: float, sd: float, slope: float, closes: tuple[float, float], enter: float, leave: float, stop: float
) -> list[Level]:
    """Return the levels on both sides, from the highest down, each as a price of either leg alone."""
    wanted = [("stop", stop), ("sell", enter), ("close sold", leave), ("line", 0.0)]
    wanted += [("close bought", -leave), ("buy", -enter), ("stop", -stop)]
    named: dict[float, str] = {}
    for name, level in wanted:
        if math.isfinite(level):
            named[level] = f"{named[level]}, {name}" if level in named else name
    out = []
    for level, name in named.items():
        moved = (level - z) * sd
        other = closes[1] * math.exp(-moved / slope) if abs(slope) > 1e-3 else math.nan
        out.append(Level(name=name, z=level, long_price=closes[0] * math.exp(moved), short_price=other))
    return sorted(out, key=lambda level: -level.z)
