"""Yahoo's own answer: ``{optionChain: {result: [{quote: {...}, options: [{calls: [...], puts: [...]}]}]}}``.

Numbers may come dressed as ``{"raw": 1.5, "fmt": "1.50"}``. The quotes of options have no time; the underlying's
(``regularMarketTime``) is theirs, until the newest trade of an option shows a later one: options trade on after the
close. An answer holds one expiry; several may be collected in a list.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hedgekit.market.files import shown
from hedgekit.market.snapshot import Snapshot
from hedgekit.market.sources.answers import answers, listed, part, rows_of
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.tabular import newest_of, snapshot_of
from hedgekit.market.sources.want import Want
from hedgekit.model import NEW_YORK

KEY = "optionChain"


def recognises(content: Content) -> bool:
    """Whether an option chain is wrapped as Yahoo does."""
    return bool(answers(content.document, KEY))


def read(content: Content, want: Want) -> Snapshot:
    """Return what the file says."""
    snapshot = snapshot_of(rows_of(content, _records(content), KEY), want, moment_from_trades=True)
    newest = newest_of(snapshot.last_time)
    if snapshot.moment is None or newest is None:
        return snapshot
    quoted = snapshot.moment.astimezone(NEW_YORK)
    later = newest > quoted and newest.date() == quoted.date()
    return replace(snapshot, moment=newest) if later else snapshot


def _records(content: Content) -> list[tuple[str, dict[str, Any]]]:
    """Return every contract with its path, beside what its answer says of the underlying."""
    found: list[tuple[str, dict[str, Any]]] = []
    for begin, answer in answers(content.document, KEY):
        path = f"{begin}{KEY}"
        chain = part(content, path, answer[KEY])
        results = listed(content, f"{path}.result", chain.get("result"))
        if not results and chain.get("error"):
            raise content.error(f"Yahoo answered with an error, {shown(chain['error'])}: download it again")
        for place, result in enumerate(results):
            found += _contracts(content, f"{path}.result[{place}]", part(content, path, result))
    return found


def _contracts(content: Content, path: str, result: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    quote = part(content, f"{path}.quote", result.get("quote"))
    around = {
        "underlyingSymbol": result.get("underlyingSymbol", quote.get("symbol")),
        "underlyingPrice": _plain(quote.get("regularMarketPrice")),
        "asof": _plain(quote.get("regularMarketTime")),
    }
    found = []
    for at, expiry in enumerate(listed(content, f"{path}.options", result.get("options"))):
        for side in ("calls", "puts"):
            inside = f"{path}.options[{at}].{side}"
            for number, contract in enumerate(listed(content, inside, part(content, inside, expiry).get(side))):
                plain = {name: _plain(cell) for name, cell in part(content, inside, contract).items()}
                found.append((f"{inside}[{number}]", {"kind": side, **plain, **around}))
    return found


def _plain(cell: Any) -> Any:
    """Return a number without its dress; an empty dress is none."""
    if isinstance(cell, dict) and (not cell or "raw" in cell):
        return cell.get("raw")
    return cell
