"""What moment a chain's spot is of, in a line: its quotes, the file's spot and the close are seldom of the same."""

from __future__ import annotations

from datetime import timedelta

from hedgekit.market import calendar
from hedgekit.market.contract_terms import QUOTED_LATE
from hedgekit.model import Chain

AT_THE_CLOSE = timedelta(minutes=2)
"""A time so near before the close is that of the shares' last trade, in files made after it."""


def moment_line(chain: Chain) -> str:
    """Say why parity, the file's spot and the official close may differ; empty where nothing does.

    Examples
    --------
    A chain of 16:32 on a Wednesday says ``quoted until 16:15: spot and parity are of then, not the 16:00 close``.
    """
    asof = chain.asof
    session = calendar.last_session_at(asof)
    close, stopped = calendar.session_close(session), min(asof, calendar.option_close(session))
    day = "" if session == asof.date() else f"{session:%a %m-%d} "
    late = chain.ticker in QUOTED_LATE
    if asof > close and late:
        what = "parity is" if chain.spot_source == "given" else "spot and parity are"
        return f"quoted until {day}{stopped:%H:%M}: {what} of then, not the {close:%H:%M} close"
    if close - AT_THE_CLOSE <= asof <= close and late:
        last = calendar.option_close(session)
        return f"time of the shares' last trade: options, and so parity, may be of up to {last:%H:%M}"
    if chain.spot_source == "parity" and chain.file_spot > 0.0:
        return "the file's spot seems of another moment than its quotes; parity is of theirs"
    return ""
