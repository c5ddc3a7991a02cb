"""The best structures of a chain for a view: the whole catalogue searched at the touch, exhaustively.

Profit at expiry adds up over legs, so the expected profit of a combination is a sum of numbers a leg, under any
distribution. Its greatest loss is a closed form. Every combination of the strikes that can be traded on is looked at:
those of one and two strikes in columns (`hedgekit.structures.shapes`), condors, butterflies and jade lizards by a
compiled kernel, calendars and diagonals with every later expiry (`hedgekit.structures.two_expiries`). They are ranked
by expected profit under the view per dollar of greatest loss; those returned are then measured again, exactly, by the
same code as ``structure analyze``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from hedgekit.distributions.priced import Priced
from hedgekit.errors import DataError, InputError
from hedgekit.fees import DEFAULT_FEE, checked_fee
from hedgekit.market.inputs import Given, resolve
from hedgekit.model import Chain, Leg, Option
from hedgekit.results import Note
from hedgekit.structures import STRUCTURES, outlooks
from hedgekit.structures.desk import pick_expiry
from hedgekit.structures.found import FindResult, Found
from hedgekit.structures.measuring import Limits, measured, ranked, stated, strikes_of
from hedgekit.structures.outlook import level_distribution
from hedgekit.structures.quoted import MOST_STRIKES, Columns, quoted
from hedgekit.structures.search import Search
from hedgekit.structures.setting import Setting, from_chain
from hedgekit.structures.two_expiries import NAMES as TWO_EXPIRIES
from hedgekit.structures.two_expiries import Later, later_columns, later_options
from hedgekit.structures.view import view_of

NAMES = tuple(STRUCTURES)
"""Structures that are searched: the whole catalogue. Ratio spreads are of puts; of either kind with a further option
bought they are broken-wing butterflies. A jade lizard with a put bought below is an iron condor."""

DEFAULT_CONFIDENCE = 0.80
DEFAULT_SPREAD = 0.30
MOST_EACH = 50


def find(
    chain: Chain,
    *,
    target: tuple[float, float] | None = None,
    not_below: float | None = None,
    confidence: float = DEFAULT_CONFIDENCE,
    by: date | None = None,
    expiry: date | None = None,
    max_loss: float | None = None,
    max_capital: float | None = None,
    min_pop: float | None = None,
    structures: Sequence[str] | None = None,
    each: int = 2,
    top: int = 16,
    fee: float = DEFAULT_FEE,
    max_spread: float = DEFAULT_SPREAD,
    rate: Given = None,
    dividends: Given = None,
) -> FindResult:
    """Search the whole chain for the structures that a view of the spot favours most.

    Parameters
    ----------
    chain : Chain
        As `hedgekit.load_chain` gives it.
    target : (low, high), optional
        Where the spot will be, dollars a share; infinity for no upper end.
    not_below : float, optional
        The same as the target from here up.
    confidence : float
        How sure: the probability of the range. The market's distribution keeps its shape inside and outside
        (`hedgekit.structures.view`).
    by, expiry : datetime.date
        The first listed expiry on or after `by`, or exactly `expiry`; the view is of that day.
    max_loss, max_capital : float, optional
        Most that one contract may lose, and that it may tie up, dollars.
    min_pop : float, optional
        Least probability of a profit under the view, 0 to 1.
    structures : sequence of str, optional
        Names of the catalogue to search; default all of `NAMES`.
    each, top : int
        How many of each structure, and in all.
    fee : float
        Dollars a contract.
    max_spread : float
        Quotes with a wider spread, as a fraction of their mid, are not traded on; nor are flagged ones.
    rate, dividends : float or path, optional
        Inferred from the chain when absent.

    Returns
    -------
    FindResult
        Best first; equal ones by name and legs. Empty when nothing within the limits has a positive expected profit.

    Raises
    ------
    InputError
        A bad argument.
    DataError
        A chain with nothing to trade on, or whose vol cannot be told.

    Notes
    -----
    Expected value: today's value of what the view expects, less what is paid at the touch, with the right of early
    exercise at the market distribution's vol of each strike. Greatest loss: at expiry; where shares are
    bought what they cost is financed, or a collar at two deep strikes would seem to risk nothing. The later option
    of a calendar or diagonal is of any later expiry, valued at the near expiry with its own vol of today.

    Examples
    --------
    >>> import hedgekit as hk
    >>> chain = hk.load_chain("examples/data/iwm.json")  # doctest: +SKIP
    >>> result = find(chain, target=(250.0, 265.0), by=date(2027, 1, 15), max_loss=500.0)  # doctest: +SKIP
    >>> result.found[0].name, result.found[0].max_loss_usd  # doctest: +SKIP
    ('iron-butterfly', 147.6)
    """
    if not isinstance(chain, Chain):
        raise InputError(f"chain {chain!r}: expected a Chain, as hedgekit.load_chain gives it")
    low, high = _range(target, not_below)
    limits = _limits(max_loss, max_capital, min_pop, each)
    names = _names(structures)
    _check(fee, max_spread, top)
    if chain.market_closed:
        raise DataError(
            f"{chain.source}: taken on a day without session ({chain.closed_reason}): nothing can be traded"
        )
    day = pick_expiry(chain, by=by, expiry=expiry)
    near, counts = quoted(chain, day, max_spread)
    days = [other for other in chain.expiries if other > day] if set(names) & set(TWO_EXPIRIES) else []
    far = later_columns(chain, days, max_spread)
    setting, later = _setting(chain, near, far, rate, dividends)
    market, doubts = _market(setting)
    view = view_of(market, low=low, high=high, confidence=confidence, day=day)
    search = Search(chain, setting, near, far, later, view, fee)
    picks, searched, free = search.run(names, limits)
    found = measured(picks, setting, view, market, limits, search)
    warnings = [*(note for note in setting.warnings if note.slug != "vol_borrowed"), *doubts]
    if free:
        message = (
            f"{free:,} combinations cannot lose at these quotes: such quotes are not to be had at once, and they are "
            "left out"
        )
        warnings.append(Note("quotes_too_good", message))
    if counts["too_far"]:
        message = (
            f"{counts['too_far']:,} quotes farthest from the spot are left out: {MOST_STRIKES} strikes of a kind are "
            "searched"
        )
        warnings.append(Note("strikes_left_out", message))
    if counts["other_root"]:
        root = next(option.root for side in near.values() for option in side["options"])
        message = (
            f"{counts['other_root']:,} quotes of {day} are of another root than {root}, which settles at another time: "
            "left out; --ticker chooses"
        )
        warnings.append(Note("other_root", message))
    kept = ranked(found, limits.each, top)
    return FindResult(
        found=kept,
        view=view.statement,
        market=market.statement,
        searched=searched,
        why=_why(kept, searched, limits, search, names),
        view_distribution=view,
        market_distribution=market,
        inputs=stated(chain, setting, view, market, limits, fee, max_spread, counts),
        warnings=tuple(warnings),
    )


def _range(target: tuple[float, float] | None, not_below: float | None) -> tuple[float, float]:
    if (target is None) == (not_below is None):
        raise InputError("give one of --target LOW:HIGH and --not-below SPOT: where will the spot be?")
    low, high = target if target is not None else (not_below, math.inf)
    assert low is not None
    if not (0.0 <= low < high and math.isfinite(low)):
        name = "--not-below" if target is None else "--target"
        raise InputError(f"{name} {low:g}:{high:g}: expected rising spots, dollars a share, zero or more")
    return float(low), float(high)


def _limits(max_loss: float | None, max_capital: float | None, min_pop: float | None, each: int) -> Limits:
    for name, value in (("--max-loss", max_loss), ("--max-capital", max_capital)):
        if value is not None and not 0.0 < value < math.inf:
            raise InputError(f"{name} {value:g}: expected a positive number of dollars")
    if min_pop is not None and not 0.0 <= min_pop < 1.0:
        raise InputError(f"--min-pop {min_pop:g}: expected a probability from 0 to below 1 (0.6)")
    if isinstance(each, bool) or not 1 <= each <= MOST_EACH:
        raise InputError(f"--each {each}: expected 1 to {MOST_EACH}")
    return Limits(
        max_loss=math.inf if max_loss is None else float(max_loss),
        max_capital=math.inf if max_capital is None else float(max_capital),
        min_probability=0.0 if min_pop is None else float(min_pop),
        each=each,
    )


def _names(structures: Sequence[str] | None) -> tuple[str, ...]:
    if not structures:
        return NAMES
    from difflib import get_close_matches

    for name in structures:
        if name not in NAMES:
            near = get_close_matches(name, NAMES, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise InputError(f"--structure {name!r}: not one that is searched{hint} ({', '.join(NAMES)})")
    return tuple(name for name in NAMES if name in structures)


def _check(fee: float, max_spread: float, top: int) -> None:
    checked_fee(fee)
    if not 0.0 < max_spread <= 2.0:
        raise InputError(f"--max-spread {max_spread:g}: expected a fraction of the mid above 0 and up to 2")
    if isinstance(top, bool) or not 1 <= top <= 1000:
        raise InputError(f"--top {top}: expected 1 to 1000")


def _setting(
    chain: Chain, near: Columns, far: dict[date, Columns], rate: Given, dividends: Given
) -> tuple[Setting, tuple[Later, ...]]:
    """Return the market of the near expiry, with the vols of the later options, and those that tell one."""
    options: list[Option] = [option for columns in near.values() for option in columns["options"]]
    nearest = min(options, key=lambda option: (abs(option.strike - chain.spot), option.kind))
    days = [nearest.expiry, *far]
    market = resolve(chain, days, rate=rate, dividends=dividends)
    setting = from_chain([Leg(contracts=1, option=nearest, premium=0.0)], chain, market=market, exercise=chain.exercise)
    if math.isnan(setting.level_vol):
        raise DataError(f"{chain.source}: the quotes of {days[0]} near the money tell no vol: choose another expiry")
    setting = replace(
        setting,
        t_years={**setting.t_years, **{day: chain.years_to(day) for day in far}},
        rates={day: market.rates[day] for day in days},
        div_yields={day: market.div_yields[day] for day in days},
    )
    later = later_options(far, setting)
    vols = {option: vol for one in later for option, vol in zip(one.options, one.vol.tolist(), strict=True)}
    return replace(setting, vols={**setting.vols, **vols}), later


def _market(setting: Setting) -> tuple[Priced, tuple[Note, ...]]:
    """Return what the chain implies for the near expiry, or the lognormal where its quotes tell too little."""
    try:
        known = outlooks.from_chain(setting)
        assert isinstance(known, Priced)
        return known, ()
    except InputError as error:
        own = level_distribution(setting)
        assert isinstance(own, Priced)
        return own, (Note("market_lognormal", f"the chain implies no distribution ({error}): {own.statement}"),)


def _why(kept: Sequence[Found], searched: dict[str, int], limits: Limits, search: Search, names: Sequence[str]) -> str:
    total = sum(searched.values())
    if kept:
        best = kept[0]
        return (
            f"of {total:,} combinations {best.name} {strikes_of(best.holdings)} expects the most for each dollar it "
            f"can lose: ${best.value_per_loss:.2f} under the view, ${best.market_value_per_loss:.2f} under the market"
        )
    open_limits = Limits(max_loss=math.inf, max_capital=math.inf, min_probability=0.0, each=1)
    picks, _, _ = search.run(names, open_limits)
    if not picks:
        return (
            f"none of {total:,} combinations has a positive expected profit under the view: at the touch the market "
            "asks more than it is worth"
        )
    return (
        f"none of {total:,} combinations within the limits has a positive expected profit under the view; without them "
        f"{picks[0][0]} {strikes_of(picks[0][1])} has: raise --max-loss or --max-capital, or lower --min-pop"
    )
