"""Which short options something in the same account covers: a long one that lives as long, shares, or cash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hedgekit import units
from hedgekit.risk.line import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Naked:
    """Contracts of a short line that nothing covers."""

    line: Line
    contracts: int


def accounts(lines: Sequence[Line]) -> dict[tuple[str, str], list[Line]]:
    """Return the lines by account and ticker: cover does not reach across accounts."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        found.setdefault((line.position.account, line.ticker), []).append(line)
    return dict(sorted(found.items()))


def naked(lines: Sequence[Line], kind: str) -> list[Naked]:
    """Return what is uncovered of one account's short calls or puts on one ticker.

    A long option of the same kind that expires on the same day or later covers one contract (the loss is then at most
    the strikes' difference); then a hundred long shares cover a call, a hundred short shares a put. Shorts that live
    longest are covered first: their choice of longs is the narrowest, so the fewest are left.
    """
    chosen = [line for line in lines if line.option is not None and line.option.kind == kind]
    longs = sorted(
        (
            (line.option.expiry, int(line.position.quantity))
            for line in chosen
            if line.option and line.position.quantity > 0
        ),
        reverse=True,
    )
    shares = sum(line.position.quantity for line in lines if line.option is None)
    lots = int(max(0.0, shares if kind == "call" else -shares) // units.MULTIPLIER)
    shorts = sorted(
        (line for line in chosen if line.position.quantity < 0),
        key=lambda line: (line.option.expiry if line.option else None, line.option.strike if line.option else 0.0),
        reverse=True,
    )
    free, taken, found = 0, 0, []
    for line in shorts:
        assert line.option is not None
        while taken < len(longs) and longs[taken][0] >= line.option.expiry:
            free, taken = free + longs[taken][1], taken + 1
        wanted = int(-line.position.quantity)
        covered = min(free, wanted)
        free, wanted = free - covered, wanted - covered
        by_shares = min(lots, wanted)
        lots, wanted = lots - by_shares, wanted - by_shares
        if wanted:
            found.append(Naked(line=line, contracts=wanted))
    return found


def net_long_puts(lines: Sequence[Line]) -> list[tuple[Line, float]]:
    """Return each put held long over all accounts, with its shares; the same put sold elsewhere is netted."""
    held: dict[str, float] = {}
    first: dict[str, Line] = {}
    for line in lines:
        if line.option is not None and line.option.kind == "put":
            symbol = line.option.compact
            held[symbol] = held.get(symbol, 0.0) + line.position.units
            if line.position.quantity > 0:
                first.setdefault(symbol, line)
    return [(first[symbol], count) for symbol, count in held.items() if count > 0.0]
