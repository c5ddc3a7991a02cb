"""What no chain can be, whatever its market: columns swapped, other units, another underlying, dates off by a day.

Each single quote of such a file may look sound. Seen together they break what every chain keeps: bids below asks, calls
less puts that fall a dollar for each dollar of strike (discounted; Stoll, "The relationship between put and call option
prices", 1969), expiries on days of trading, symbols of the underlying, a price to buy at above the price to sell at.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from hedgekit.errors import DataError
from hedgekit.market import calendar
from hedgekit.market.contract_terms import is_monthly
from hedgekit.model import Chain, Flag
from hedgekit.units import percent, years

MOST_CROSSED, MOST_LOCKED = 0.5, 0.05
"""More of the two-sided quotes than this crossed: the columns are swapped; locked: they are marks, not quotes.
Downloads of real quotes have up to 0.3% of them locked."""

FEWEST = 10  # quotes, or calls with a put, below which nothing is said of all of them
LEAST_FALL, MOST_FALL = 0.92, 1.05
"""How far calls less puts may fall for each dollar of strike: a year's interest at 8%, and noise."""

OTHER_UNITS = (0.6, 1.6)  # a fall beyond these is no noise
FARTHEST = years(400.0)  # later expiries discount too much to tell units by
PAIRS_AN_EXPIRY = 4
SYMBOL_TAIL = 15  # what follows the root in a compact symbol
DAYS_LISTED = 3
SATURDAY = 5


def implausible(chain: Chain, label: str) -> tuple[tuple[str, str], ...]:
    """Refuse what cannot be a chain, and return warnings of what hardly can.

    Parameters
    ----------
    chain : Chain
        Inspected; its spot need not be settled.
    label : str
        The file, for messages.

    Raises
    ------
    DataError
        When bids and asks, calls and puts, units or the underlying are not what they are called.
    """
    _refuse_another_underlying(chain, label)
    _refuse_swapped_sides(chain, label)
    return (*_fall(chain, label), *_marks(chain), *_odd_days(chain))


def fall(chain: Chain) -> float:
    """Return by how much calls less puts fall for each dollar of strike; NaN where too few pairs tell.

    The slope through the middle half of each expiry's strikes, the median over expiries up to a year.
    """
    root = roots(chain)
    quoted = (chain.bid > 0.0) & (chain.ask >= chain.bid) & (chain.t_years > 0.0) & (chain.t_years <= FARTHEST)
    quoted &= (chain.flags & (Flag.NON_STANDARD | Flag.DUPLICATE)) == 0
    found: list[float] = []
    told = 0
    for day in np.unique(chain.expiry[quoted]):
        for name in np.unique(root[quoted & (chain.expiry == day)]):
            rows = np.flatnonzero(quoted & (chain.expiry == day) & (root == name))
            calls, puts = (rows[chain.kind[rows] == sign] for sign in (1, -1))
            strike, c, p = np.intersect1d(chain.strike[calls], chain.strike[puts], return_indices=True)
            if len(strike) < PAIRS_AN_EXPIRY:
                continue
            told += len(strike)
            level = chain.mid[calls[c]] - chain.mid[puts[p]]
            first = len(strike) // 4
            last = len(strike) - 1 - first
            found.append(-float((level[last] - level[first]) / (strike[last] - strike[first])))
    return float(np.median(found)) if told >= FEWEST else float("nan")


def roots(chain: Chain) -> npt.NDArray[np.str_]:
    """Return the root of each symbol."""
    return np.array([symbol[:-SYMBOL_TAIL] for symbol in chain.symbol.tolist()])


def _refuse_another_underlying(chain: Chain, label: str) -> None:
    if not len(chain) or not (chain.flags & Flag.NON_STANDARD).all():
        return
    names, counts = np.unique(roots(chain), return_counts=True)
    usual = str(names[np.argmax(counts)])
    if usual == chain.ticker:
        raise DataError(
            f"{label}: all {len(chain):,} options are minis or adjusted contracts, which deliver something else than "
            f"100 shares of {chain.ticker}: use a file with its plain options"
        )
    raise DataError(
        f"{label}: none of its {len(chain):,} options is on {ascii(chain.ticker)[1:-1]}: the symbols are of {usual}; "
        f"--ticker {usual} takes them so"
    )


def _refuse_swapped_sides(chain: Chain, label: str) -> None:
    both = (chain.bid > 0.0) & (chain.ask > 0.0)
    crossed = int((both & (chain.bid > chain.ask)).sum())
    if both.sum() >= FEWEST and crossed > MOST_CROSSED * both.sum():
        raise DataError(
            f"{label}: the bid is above the ask in {crossed:,} of {int(both.sum()):,} options quoted on both sides: "
            "bid and ask, or other columns, have changed places"
        )


def _fall(chain: Chain, label: str) -> tuple[tuple[str, str], ...]:
    told = fall(chain)
    if np.isnan(told) or LEAST_FALL <= told <= MOST_FALL:
        return ()
    says = f"calls less puts change by {-told:+.2f} dollars for each dollar of strike instead of about -1"
    if OTHER_UNITS[0] <= -told <= OTHER_UNITS[1]:
        raise DataError(f"{label}: {says}: calls and puts have changed places")
    if not OTHER_UNITS[0] <= told <= OTHER_UNITS[1]:
        raise DataError(
            f"{label}: {says}: strikes and premiums are in different units (cents, dollars a contract), or columns "
            "have changed places"
        )
    return (("units_odd", f"{says}: strikes and premiums do not belong together, or many quotes are old"),)


def _marks(chain: Chain) -> tuple[tuple[str, str], ...]:
    both = (chain.bid > 0.0) & (chain.ask > 0.0)
    locked = int((both & (chain.bid == chain.ask)).sum())
    if locked < FEWEST or locked <= MOST_LOCKED * both.sum():
        return ()
    message = (
        f"bid and ask are equal in {locked:,} of {int(both.sum()):,} options ({percent(locked / both.sum()):.0f}%): "
        "these are marks or last prices, not quotes, and trading at them is not to be had"
    )
    return (("marks_not_quotes", message),)


def _odd_days(chain: Chain) -> tuple[tuple[str, str], ...]:
    odd = [day for day in chain.expiries if day <= calendar.LAST_DAY and _odd(day)]
    if not odd:
        return ()
    listed = ", ".join(f"{day} ({calendar.closed_reason(day)})" for day in odd[:DAYS_LISTED])
    listed += ", ..." if len(odd) > DAYS_LISTED else ""
    message = (
        f"{len(odd)} of {len(chain.expiries)} expiries are on days without trading, {listed}: the dates are off, or "
        "in another time zone; time is counted to the session before"
    )
    return (("expiry_not_a_session", message),)


def _odd(day: date) -> bool:
    """Whether an expiry can hardly be listed on a day; third Fridays that are holidays and the Saturdays after can."""
    if day < calendar.FIRST_DAY or calendar.is_session(day):
        return False
    friday = day - timedelta(days=1) if day.weekday() == SATURDAY else day
    return not is_monthly(friday)
