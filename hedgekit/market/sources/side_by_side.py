"""Wide tables with one strike a line: ``Call_Bid, Call_Ask, ..., Strike, Put_Bid, Put_Ask, ...``.

A column belongs to a side by its first or last word: ``Call_Bid``, ``C_BID``, ``bid_put``, ``putAsk``. What
the table leaves out (the underlying, the expiry, the day) is asked for.
"""

from __future__ import annotations

import re
from typing import Any

from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import key, keys_of, table_of
from hedgekit.market.sources.rows import Rows
from hedgekit.market.sources.tabular import NAMES, snapshot_of
from hedgekit.market.sources.want import Want

_SIDES = {"call": "call", "calls": "call", "c": "call", "put": "put", "puts": "put", "p": "put"}
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_MEANINGS = {
    **{"vol": "volume", "price": "last", "oi": "openinterest"},
    **{"contract": "symbol", "contractsymbol": "symbol"},
}
_RUN_TOGETHER = re.compile(
    r"(?:(?P<first>call|put|c|p)(?P<what>{0})|(?P<what_>{0})(?P<last>call|put))".format(
        "bid|ask|last|price|volume|vol|oi|openinterest|iv|impliedvol|bidsize|asksize"
    )
)  # without capitals or signs nothing shows where a word ends


def recognises(content: Content) -> bool:
    """Whether bid and ask are there once for the calls and once for the puts."""
    if not keys_of(content) & set(NAMES["strike"]):
        return False
    rows = table_of(content)
    return rows is not None and len(_sided(rows.names)) > 3 and _complete(_sided(rows.names))


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says."""
    rows = table_of(content)
    assert rows is not None
    return snapshot_of(long_rows(rows), want)


def long_rows(rows: Rows) -> Rows:
    """Return one row an option from one row a strike: the calls of all lines, then the puts."""
    sided = _sided(rows.names)
    shared = [name for name in rows.names if not any(name == told for told in sided.values())]
    what = list(dict.fromkeys(meaning for _, meaning in sided))

    def cells(name: str) -> list[Any]:
        if name == "kind":
            return ["call"] * rows.count + ["put"] * rows.count
        if name in shared:
            column = rows.cells(name)
            return column + column
        both: list[Any] = []
        for side in ("call", "put"):
            own = sided.get((side, name))
            both += rows.cells(own) if own is not None else [None] * rows.count
        return both

    def where(row: int) -> str:
        return f"{rows.at(row % rows.count)}, {'call' if row < rows.count else 'put'}"

    names = [*[name for name in shared if name not in what], "kind", *what]
    return Rows(rows.content, rows.place, 2 * rows.count, names, cells, where=where)


def _sided(names: list[str]) -> dict[tuple[str, str], str]:
    """Return (side, what) -> column, for columns that belong to calls or puts."""
    found: dict[tuple[str, str], str] = {}
    for name in names:
        words = [word.lower() for word in _WORDS.findall(name)]
        for side, rest in ((words[:1], words[1:]), (words[-1:], words[:-1])):
            if side and rest and side[0] in _SIDES:
                what = key("".join(rest))
                found.setdefault((_SIDES[side[0]], _MEANINGS.get(what, what)), name)
                break
        else:
            if joined := _RUN_TOGETHER.fullmatch(key(name)):
                side_, what = joined["first"] or joined["last"], joined["what"] or joined["what_"]
                found.setdefault((_SIDES[side_], _MEANINGS.get(what, what)), name)
    return found


def _complete(sided: dict[tuple[str, str], str]) -> bool:
    return all((side, what) in sided for side in ("call", "put") for what in ("bid", "ask"))
