"""Where chains come from: one module a format, recognised by content, never by the file's name.

A format module has ``recognises(content) -> bool`` and ``read(content, asof) -> Snapshot``; its line in `FORMATS` is
all the registration there is.
"""

from __future__ import annotations

import importlib
import os
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol, cast

from hedgekit.market.snapshot import AsOf, Snapshot, read_asof, to_chain
from hedgekit.market.sources.content import Content, read_content

if TYPE_CHECKING:
    from hedgekit.model import Chain

# format -> module; asked in this order
FORMATS = {
    "Cboe delayed quotes (JSON)": "hedgekit.market.sources.cboe_json",
    "flat list of quotes (JSON)": "hedgekit.market.sources.flat_json",
    "one-letter keys (JSON)": "hedgekit.market.sources.compact_json",
    "Cboe fields by day (parquet)": "hedgekit.market.sources.daily_parquet",
}


class Format(Protocol):
    """What a format module offers."""

    def recognises(self, content: Content) -> bool:
        """Whether a file is of this format."""

    def read(self, content: Content, asof: AsOf | None) -> Snapshot:
        """Return what the file says; `asof` picks the day where it holds several."""


def load(
    source: str | os.PathLike[str], *, asof: date | datetime | str | None = None, spot: float | None = None
) -> Chain:
    """Read an option chain.

    Parameters
    ----------
    source : path
        A file of one of `FORMATS`, recognised by its content.
    asof : date, datetime or str, optional
        The day to take from a file that holds several, or to re-date the quotes to (a day means the close of option
        trading in that session; times without zone are New York's). Default: the file's own time.
    spot : float, optional
        Price of the underlying to use, dollars a share. Default: the file's, or the one that put-call parity tells
        where the file's is off.

    Returns
    -------
    Chain
        Inspected: every quote of the file, with flags; what the user must be told is in `warnings`.

    Raises
    ------
    DataError
        When the file cannot be read, is of no known format, breaks off, or has no quotes that can be traded on.
    InputError
        When `asof` or `spot` cannot be, or the file holds several days and `asof` names none of them.

    Examples
    --------
    >>> import hedgekit as hk
    >>> chain = hk.load_chain("examples/data/iwm.json")  # doctest: +SKIP
    >>> chain.spot, chain.spot_source  # doctest: +SKIP
    (248.12, 'file')
    """
    content = read_content(source)
    day = read_asof(asof)
    for module in FORMATS.values():
        form = cast(Format, importlib.import_module(module))
        if form.recognises(content):
            return to_chain(form.read(content, day), asof=day, spot=spot)
    raise content.error(f"not a chain in any known format. Known: {'; '.join(FORMATS)}.")
