"""Alpha Vantage's historical or live options: ``{endpoint, message, data: [{contractID, symbol, bid, ask, date}]}``.

Numbers are text; the date alone means the close of option trading. Its CSV has the same columns and is read as any
vendor's. The file does not say the price of the underlying.
"""

from __future__ import annotations

from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.answers import answers, first_of, records_in, rows_of
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.tabular import snapshot_of
from hedgekit.market.sources.want import Want


def recognises(content: Content) -> bool:
    """Whether contracts are wrapped as Alpha Vantage does."""
    wrapped = answers(content.document, "data")
    if not wrapped or not isinstance(wrapped[0][1]["data"], list):
        return False
    return "endpoint" in wrapped[0][1] or "contractID" in first_of(content.document, "data")


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says of one day."""
    return snapshot_of(rows_of(content, records_in(content, "data"), "data"), want)
