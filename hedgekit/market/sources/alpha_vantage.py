"""Alpha Vantage's historical or live options: ``{endpoint, message, data: [{contractID, symbol, bid, ask, date, ...}]}``.

Numbers are text; the date alone means the close of option trading. Its CSV has the same columns and is read as any
vendor's. The file does not say the price of the underlying.
"""

from __future__ import annotations

from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.answers import answers, listed, rows_of
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.tabular import snapshot_of
from hedgekit.market.sources.want import Want


def recognises(content: Content) -> bool:
    """Whether contracts are wrapped as Alpha Vantage does."""
    wrapped = answers(content.document, "data")
    data = wrapped[0][1]["data"] if wrapped else None
    if not isinstance(data, list):
        return False
    return "endpoint" in wrapped[0][1] or bool(data and isinstance(data[0], dict) and "contractID" in data[0])


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says of one day."""
    records = [
        (f"{begin}data[{place}]", record)
        for begin, answer in answers(content.document, "data")
        for place, record in enumerate(listed(content, f"{begin}data", answer["data"]))
    ]
    return snapshot_of(rows_of(content, records, "data"), want)
