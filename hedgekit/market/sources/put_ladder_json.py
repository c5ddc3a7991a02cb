"""Monthly ladders of puts: ``{chain: {"2010-01": {entry_date, expiry_date, mid_date, puts: [{strike, entry, mid}]}}}``.

Each month holds two days, the entry and one about half-way, each with its own quotes and spot, of one expiry. Without
calls there is no parity to check the spot by.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import numpy as np

from hedgekit.market.files import shown
from hedgekit.market.moments import read_day
from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.facts import refuse_without_quotes, spot_of
from hedgekit.market.sources.rows import Rows
from hedgekit.market.sources.tabular import choose, named_ticker, quoted_at
from hedgekit.market.sources.tickers import plain_ticker, root_of
from hedgekit.market.sources.want import Want
from hedgekit.model import NEW_YORK

DAYS = {"entry": "entry_date", "mid": "mid_date"}


def recognises(content: Content) -> bool:
    """Whether there are months of puts with an entry."""
    months = content.document.get("chain") if isinstance(content.document, dict) else None
    first = next(iter(months.values()), None) if isinstance(months, dict) else None
    return isinstance(first, dict) and "puts" in first and "expiry_date" in first


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says of one day."""
    days: dict[Any, list[tuple[str, str]]] = {}
    for month, ladder in content.document["chain"].items():
        if not isinstance(ladder, dict):
            raise content.error(f"chain[{shown(month)}] is {shown(ladder)}, expected an object")
        for which, name in DAYS.items():
            if ladder.get(name) is not None:
                day = _day(content, month, name, ladder[name])
                days.setdefault(quoted_at(day, NEW_YORK), []).append((month, which))
    chosen = choose(content, list(days), want.asof)
    if not chosen:
        raise content.error("no day in it")
    moment = max(chosen)
    records: list[dict[str, Any]] = []
    for month, which in days[moment]:
        ladder = content.document["chain"][month]
        expiry = _day(content, month, "expiry_date", ladder.get("expiry_date"))
        Rows.of_records(content, f"chain[{shown(month)}].puts", ladder.get("puts"))
        for put in ladder["puts"]:
            quote = put.get(which)
            # a put without a second quote is listed, without one
            told = quote if isinstance(quote, dict) else {}
            records.append({**told, "strike": put.get("strike"), "expiry": expiry, "kind": "put"})
    rows = Rows.of_records(content, "put", records)
    refuse_without_quotes(rows, "bid", "ask", leave_out=("strike", "expiry", "kind"))
    ticker, notes = _ticker(content, want)
    blank = np.full(rows.count, np.nan)
    spots = [record["spot"] for record in records if record.get("spot") is not None]
    return Snapshot(
        options=rows.options_of_parts(root_of(ticker), "kind", [record["expiry"] for record in records], "strike"),
        bid=rows.numbers("bid", least=0.0),
        ask=rows.numbers("ask", least=0.0),
        bid_size=blank,
        ask_size=blank,
        open_interest=blank,
        volume=blank,
        last=blank,
        last_time=np.full(rows.count, "NaT", dtype="M8[s]"),
        vendor_iv=rows.numbers("iv"),
        ticker=ticker,
        spot=spot_of(content, "spot", spots[0] if spots else None),
        moment=moment,
        label=content.label,
        source=content.name,
        source_sha256=content.sha256,
        warnings=notes,
    )


def _ticker(content: Content, want: Want) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the underlying: the caller's, or the word in capitals before EOD in the file's own description."""
    if want.ticker:
        return plain_ticker(want.ticker), ()
    meta = content.document.get("meta")
    source = meta.get("source") if isinstance(meta, dict) else None
    found = re.search(r"\b([A-Z]{1,5}) EOD\b", source) if isinstance(source, str) else None
    return (found[1], ()) if found else named_ticker(content)


def _day(content: Content, month: str, name: str, value: object) -> date:
    try:
        return read_day(value)
    except (TypeError, ValueError, OverflowError):
        raise content.error(
            f"chain[{shown(month)}]: {name} is {shown(value)}, expected a day like 2010-01-04"
        ) from None
