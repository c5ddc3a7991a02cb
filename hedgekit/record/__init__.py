"""Did what was promised come true? Promises made on past days, held against what happened after.

`CHAPTERS` lists what is looked at, in the order tables show it: name -> module with ``chapter(archive, tell) ->
Chapter``. Each promise rests on quotes and prices up to its own day alone; what happened later is added to it after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hedgekit.record.replay import RecordResult as RecordResult
    from hedgekit.record.replay import record as record

CHAPTERS = {
    "floors": "hedgekit.record.floors",
    "protection": "hedgekit.record.protection",
    "intervals": "hedgekit.record.intervals",
    "probabilities": "hedgekit.record.probabilities",
    "stops": "hedgekit.record.stops",
    "greeks": "hedgekit.record.greeks",
    "pairs": "hedgekit.record.pairs",
}


def __getattr__(name: str) -> Any:
    """Load the record on first use."""
    if name in ("RecordResult", "record"):
        from hedgekit.record import replay

        return getattr(replay, name)
    raise AttributeError(f"module 'hedgekit.record' has no attribute {name!r}")
