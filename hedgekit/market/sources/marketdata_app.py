"""MarketData.app's chain: one list a column, ``{s: "ok", optionSymbol: [...], side: [...], updated: [...], ...}``.

Times are seconds since 1970, or text that says its zone. ``updated`` is when each option was quoted. The same columns
as CSV or parquet are read too.
"""

from __future__ import annotations

from hedgekit.market.files import shown
from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import keys_of, lines_of
from hedgekit.market.sources.rows import Rows
from hedgekit.market.sources.tabular import NAMES, snapshot_of
from hedgekit.market.sources.want import Want

OWN = frozenset({"optionsymbol", "updated", "side"})
_NAMES = {**NAMES, "asof": ()}


def recognises(content: Content) -> bool:
    """Whether there are lists of symbols and quotes, the interface's word of an error, or its columns."""
    document = content.document
    if isinstance(document, dict):
        return isinstance(document.get("optionSymbol"), list) or {"s", "errmsg"} <= document.keys()
    return keys_of(content) >= OWN


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says."""
    rows = _of_lists(content) if isinstance(content.document, dict) else lines_of(content)
    return snapshot_of(rows, want, names=_NAMES, quoted_each="updated")


def _of_lists(content: Content) -> Rows:
    document = content.document
    if document.get("errmsg"):
        raise content.error(f"MarketData answered with an error, {shown(document['errmsg'])}: ask for the chain again")
    columns = {name: column for name, column in document.items() if isinstance(column, list)}
    count = len(columns["optionSymbol"])
    for name, column in columns.items():
        if len(column) != count:
            raise content.error(
                f"{name} lists {len(column):,} values and optionSymbol {count:,}: the file may be cut off: "
                "download it again"
            )
    if not count:
        raise content.error("no options in it (optionSymbol is an empty list)")
    paths = [f"option {number}" for number in range(count)]
    return Rows(content, "option", count, list(columns), lambda name: list(columns[name]), where=paths.__getitem__)
