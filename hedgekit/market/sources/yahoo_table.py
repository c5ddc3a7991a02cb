"""Tables copied from Yahoo's option page: ``Contract Name, Last Trade Date, Strike, Last Price, Bid, Ask, ...``.

A dash means nothing, numbers carry thousands separators and percent signs, trade times are like
``2019-09-06 11:13AM EDT``, or ``6/17/2026 3:59 PM`` under ``Last Trade Date (EDT)``. The page does not say when it was
fetched.
"""

from __future__ import annotations

from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import keys_of, table_of
from hedgekit.market.sources.tabular import snapshot_of
from hedgekit.market.sources.want import Want


def recognises(content: Content) -> bool:
    """Whether it is a table with the page's column names."""
    keys = keys_of(content)
    return keys >= {"contractname", "strike"} and any(name.startswith("lasttradedate") for name in keys)


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says."""
    rows = table_of(content)
    if rows is None:
        raise content.error("no options in it (no lines below the header)")
    return snapshot_of(rows, want, moment_from_trades=True)
