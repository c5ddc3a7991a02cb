"""What a caller asks of a file that may hold more than one chain, or less than a whole one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hedgekit.errors import InputError
from hedgekit.market.snapshot import AsOf


class SeveralChains(InputError):
    """A file that holds several chains when none of them was asked for.

    Attributes
    ----------
    days : tuple of date
        The days it holds, where a day is to be chosen.
    tickers : tuple of str
        The underlyings, where one of them is to be chosen.
    """

    def __init__(self, message: str, *, days: tuple[date, ...] = (), tickers: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.days, self.tickers = days, tickers


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """What a caller asks of a file.

    Parameters
    ----------
    asof : date or datetime, optional
        Picks the day where the file holds several.
    ticker : str, optional
        Picks the underlying where it holds several, or says it where the file does not.
    expiry : date, optional
        Says the expiry where the file lists one without saying which.
    """

    asof: AsOf | None = None
    ticker: str | None = None
    expiry: date | None = None
