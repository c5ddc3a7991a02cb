"""Cboe DataShop: option quotes of the end of the day, or of intervals.

::

    underlying_symbol,quote_date,root,expiration,strike,option_type,...,bid_1545,...,bid_eod,...,underlying_bid_eod,...
    underlying_symbol,quote_datetime,root,expiration,strike,option_type,...,bid,...,ask,underlying_bid,underlying_ask,...

The first holds two quotes of each option, 15 minutes before the close and at the close, each with the underlying's. The
underlying's middle is the spot; an index has none (0) and then the vendor's ``active_underlying_price`` is taken.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from hedgekit.market import calendar
from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import keys_of, lines_of
from hedgekit.market.sources.rows import Rows
from hedgekit.market.sources.tabular import NAMES, snapshot_of
from hedgekit.market.sources.want import Want

BEFORE_CLOSE = timedelta(minutes=15)
_IDENTITY = frozenset({"underlyingsymbol", "root", "expiration", "strike", "optiontype"})
_DAILY, _INTERVAL = frozenset({"quotedate"}), frozenset({"quotedatetime", "underlyingbid", "underlyingask"})
_MIDDLE = "middle of the underlying"


def recognises(content: Content) -> bool:
    """Whether it has the shop's columns of one of its two products."""
    keys = keys_of(content)
    if not keys >= _IDENTITY:
        return False
    return keys >= _INTERVAL or (keys >= _DAILY and bool(keys & {"bideod", "bid1545"}))


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says of one day and one underlying."""
    rows = lines_of(content)
    if keys_of(content) >= _INTERVAL:
        return _of(rows, want, "")
    near, close = (bool(np.any(rows.numbers(name) > 0.0)) for name in ("ask_1545", "ask_eod"))
    if near and close:
        if isinstance(want.asof, datetime) and want.asof <= _moment(want.asof):
            return _near_close(rows, want, "; without an hour in --asof those of the close are")
        return _at_close(rows, want, "; --asof with 15:45 takes those of 15 minutes before")
    return _near_close(rows, want, "") if near else _at_close(rows, want, "")


def _at_close(rows: Rows, want: Want, otherwise: str) -> Snapshot:
    snapshot = _of(rows, want, "_eod")
    if not otherwise:
        return snapshot
    note = f"the file quotes each option twice: the quotes of the close are taken{otherwise}"
    return replace(snapshot, warnings=(("quotes_of_close", note), *snapshot.warnings))


def _near_close(rows: Rows, want: Want, otherwise: str) -> Snapshot:
    snapshot = _of(rows, want, "_1545")
    assert snapshot.moment is not None
    moment = _moment(snapshot.moment)
    note = f"the quotes of {moment:%H:%M}, 15 minutes before the close, are taken{otherwise}"
    return replace(snapshot, moment=moment, warnings=(("quotes_before_close", note), *snapshot.warnings))


def _moment(day: datetime) -> datetime:
    """Return 15 minutes before the close of a day; of 16:00 where the market was shut."""
    if calendar.is_session(day.date()):
        return calendar.session_close(day.date()) - BEFORE_CLOSE
    return datetime.combine(day.date(), calendar.CLOSE, day.tzinfo) - BEFORE_CLOSE


def _of(rows: Rows, want: Want, when: str) -> Snapshot:
    """Return the quotes of one of the times: of the columns that end so."""
    bid, ask, active = (
        rows.numbers(f"{name}{when}") for name in ("underlying_bid", "underlying_ask", "active_underlying_price")
    )
    middle = np.where((bid > 0.0) & (ask >= bid), (bid + ask) / 2.0, active)
    end = when.strip("_")
    names = {
        **NAMES,
        **{what: (f"{what.replace('_', '')}{end}",) for what in ("bid", "ask", "bid_size", "ask_size")},
        "vendor_iv": (f"impliedvolatility{end}",),
        "spot": ("middleoftheunderlying",),
        "symbol": (),
    }
    return snapshot_of(rows.with_columns({_MIDDLE: np.round(middle, 6).tolist()}), want, names=names)
