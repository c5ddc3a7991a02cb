"""JSON with one-letter keys: ``{sym, spot, asof, o: [{e, t, k, iv, oi, v, b, a, l}]}``.

``e`` is the expiry in seconds (or milliseconds) since 1970, some time of that day; ``asof`` is the time of the spot on
New York's clock and ``fetched`` that of the options, which is the one to go by.
"""

from __future__ import annotations

from datetime import UTC, datetime

from hedgekit.market import calendar
from hedgekit.market.files import shown
from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.facts import refuse_without_quotes, spot_of, ticker_of, utc
from hedgekit.market.sources.rows import Rows
from hedgekit.market.sources.want import Want
from hedgekit.model import NEW_YORK


def recognises(content: Content) -> bool:
    """Whether there is a list ``o`` of options with one-letter keys."""
    document = content.document
    if not isinstance(document, dict) or not isinstance(document.get("o"), list) or not document["o"]:
        return False
    first = document["o"][0]
    return isinstance(first, dict) and {"e", "t", "k"} <= first.keys()


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says."""
    document = content.document
    rows = Rows.of_records(content, "o", document["o"])
    refuse_without_quotes(rows, "b", "a", leave_out=("e", "t", "k"))
    ticker = ticker_of(content, document.get("sym"))
    days = rows.days("e")
    return Snapshot(
        options=rows.options_of_parts(ticker, "t", days, "k"),
        bid=rows.numbers("b", least=0.0),
        ask=rows.numbers("a", least=0.0),
        bid_size=rows.numbers("bs", least=0.0),
        ask_size=rows.numbers("as", least=0.0),
        open_interest=rows.numbers("oi", least=0.0),
        volume=rows.numbers("v", least=0.0),
        last=rows.numbers("l", least=0.0),
        last_time=rows.times("lt"),
        vendor_iv=rows.numbers("iv"),
        ticker=ticker,
        spot=spot_of(content, "spot", document.get("spot")),
        moment=_moment(content, document.get("asof"), document.get("fetched")),
        label=content.label,
        source=content.name,
        source_sha256=content.sha256,
    )


def _moment(content: Content, spot_time: object, fetched: object) -> datetime | None:
    """Return when the options were quoted: the fetch, but no later than the close of option trading before it."""
    if fetched is None:
        return None if spot_time is None else _new_york(content, spot_time)
    moment = utc(content, "fetched", fetched)
    session = calendar.last_session_at(moment)
    return min(moment, calendar.option_close(session).astimezone(UTC))


def _new_york(content: Content, value: object) -> datetime:
    try:
        return datetime.fromisoformat(value).replace(tzinfo=NEW_YORK)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise content.error(f"asof is {shown(value)}, expected a time like 2026-08-07T16:00:00") from None
