"""Every line of the book is readable, alive and valued."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hedgekit.risk.book import Book
from hedgekit.risk.rule import Context, Outcome, Param, Rule
from hedgekit.risk.valued import ValuedBook


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Count the lines that could not be valued, that are there twice, and the chains whose own spot cannot be."""
    bad = context.valued.problems
    count = len(context.valued.lines)
    doubts = [] if params["accept_repeated"] else _repeated(context.valued.book)
    doubts += [] if params["accept_parity_spot"] else _spots(context.valued, params["spot_gap"])
    said = [] if bad or doubts else [f"all {count} lines are valued"]
    if bad:
        text = f"{len(bad)} of {count} line{'s are' if count > 1 else ' is'} not valued: "
        source = f"{context.valued.book.source}: "
        text += "; ".join(f"{line.position.where.removeprefix(source)}: {line.problem}" for line in bad[:3])
        said.append(text + (f"; and {len(bad) - 3} more" if len(bad) > 3 else ""))
    calculation = [f"{line.position.where}: {line.name}: {line.problem}" for line in bad] or [
        "options marked from their own two-sided quotes, shares from the chain, the price file or the book"
    ]
    return Outcome(
        passed=not bad and not doubts,
        value=len(bad) + len(doubts),
        limit=0,
        message="; ".join([*said, *doubts[:3]]) + (f"; and {len(doubts) - 3} more" if len(doubts) > 3 else ""),
        calculation="; ".join([*calculation, *doubts]),
    )


def _repeated(book: Book) -> list[str]:
    """Return the lines that are the same in everything the file says: lots that differ are none."""
    return [
        f"{note.message.removeprefix(f'{book.source}: ')} (accept_repeated = true takes both)"
        for note in book.notes
        if note.slug == "repeated_line"
    ]


def _spots(valued: ValuedBook, gap: float) -> list[str]:
    """Return the chains held whose file has no spot, or one that its own quotes refute."""
    found = []
    for ticker, chain in sorted(valued.chains.items()):
        if ticker not in valued.book.tickers or chain.spot_source != "parity":
            continue
        if not math.isfinite(chain.file_spot):
            found.append(f"{chain.source} has no spot, {chain.spot:.2f} is from put-call parity")
        elif abs(chain.file_spot / chain.spot - 1.0) > gap:
            found.append(f"{chain.source} says a spot of {chain.file_spot:g}, its quotes {chain.spot:.2f}")
    return [f"{text} (accept_parity_spot = true takes it)" for text in found]


RULE = Rule(
    id="book-known",
    title="Every line is valued",
    explain=(
        "Breached when any line cannot be valued: an expired option, a symbol the chain does not list, a missing, "
        "crossed, impossible or contradicted quote, one wider than a dollar and its own mid, an adjusted contract, a "
        "share without a price; when a line is there twice in every detail; when the file of a chain has no spot, or "
        "one far from what its quotes say. Always on: what is not known never passes."
    ),
    params={
        "accept_repeated": Param(kind="flag", default=False, help="count lines that are there twice as two lots"),
        "accept_parity_spot": Param(
            kind="flag", default=False, help="take the spot of put-call parity where the file's is missing or far off"
        ),
        "spot_gap": Param(
            kind="number", default=0.03, help="how far a file's spot may be from parity's, fraction", low=0, high=1
        ),
    },
    evaluate=evaluate,
    always=True,
)
