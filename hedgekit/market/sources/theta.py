"""ThetaData's quotes and end of day, as CSV (or the same columns as parquet).

::

    root,expiration,strike,right,ms_of_day,bid_size,bid_exchange,bid,...,ask,ask_condition,date          (version 2)
    symbol,expiration,strike,right,timestamp,bid_size,bid_exchange,bid,...,ask,ask_condition             (version 3)
    symbol,expiration,strike,right,created,last_trade,open,...,bid,...,ask,ask_condition                 (end of day)

Version 2 counts strikes in tenths of a cent and the time of the day in milliseconds; version 3 writes dollars and
times. All times are New York's. What is made after the close holds the quotes of the close.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hedgekit.market import calendar
from hedgekit.market.moments import read_day
from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import key, keys_of, lines_of
from hedgekit.market.sources.rows import Rows
from hedgekit.market.sources.tabular import NAMES, snapshot_of
from hedgekit.market.sources.thousandths import in_dollars
from hedgekit.market.sources.want import Want
from hedgekit.model import NEW_YORK

_DAY_MS = 86_400_000
_FIRST = frozenset({"root", "expiration", "strike", "right", "msofday", "bid", "date"})
_SECOND = frozenset({"symbol", "expiration", "strike", "right", "bidcondition", "askcondition"})
_NAMES = {**NAMES, "asof": ("quoted", "created", "timestamp")}


def recognises(content: Content) -> bool:
    """Whether it has the vendor's columns of either version."""
    keys = keys_of(content)
    return keys >= _FIRST or (keys >= _SECOND and bool(keys & {"created", "timestamp"}))


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says of one day and one underlying."""
    rows = lines_of(content)
    snapshot = snapshot_of(_plain(rows) if keys_of(content) >= _FIRST else rows, want, names=_NAMES)
    moment = snapshot.moment
    if moment is None or not calendar.is_session(moment.date()):
        return snapshot
    return replace(snapshot, moment=min(moment, calendar.option_close(moment.date())))


def _plain(rows: Rows) -> Rows:
    """Return version 2 with strikes in dollars and times as such."""
    by_key = {key(name): name for name in rows.names}
    days, clocks = rows.cells(by_key["date"]), rows.numbers(by_key["msofday"], least=0.0).tolist()
    quoted = [_moment(rows, row, by_key, days[row], clocks[row]) for row in range(rows.count)]
    plain = in_dollars(rows, by_key["strike"], kind=by_key["right"], bid=by_key["bid"])
    return plain.with_columns({"quoted": quoted})


def _moment(rows: Rows, row: int, by_key: dict[str, str], day: Any, clock: float) -> datetime:
    if not clock < _DAY_MS:
        raise rows.bad(row, by_key["msofday"], rows.cells(by_key["msofday"])[row], "milliseconds of a day")
    try:
        midnight = datetime.combine(read_day(str(day)), datetime.min.time())
    except (ValueError, OverflowError):
        raise rows.bad(row, by_key["date"], day, "a day like 20260617") from None
    return (midnight + timedelta(milliseconds=clock)).replace(tzinfo=NEW_YORK)
