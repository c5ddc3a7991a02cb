"""The quotes that the finder may trade on: two-sided, without any flag, not wide."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from hedgekit.errors import DataError
from hedgekit.model import Chain, Option

MOST_STRIKES = 400
"""Strikes of one kind: more would be a billion condors."""

FIELDS = ("strike", "bid", "ask", "bid_size", "ask_size", "open_interest")

Columns = dict[str, dict[str, Any]]
"""``call`` and ``put`` -> `FIELDS` by ascending strike, and ``options``."""


def quoted(chain: Chain, day: date, max_spread: float) -> tuple[Columns, dict[str, int]]:
    """Return the columns of one expiry that can be traded on, and how many quotes are left out for what.

    Parameters
    ----------
    chain : Chain
    day : datetime.date
        An expiry.
    max_spread : float
        Quotes with a wider spread, as a fraction of their mid, are left out.

    Raises
    ------
    DataError
        When nothing is left.
    """
    slice_ = chain.at(day)
    flagged = slice_.flags != 0
    with np.errstate(invalid="ignore"):
        one_sided = ~((slice_.bid > 0.0) & (slice_.ask >= slice_.bid))
        wide = slice_.wider_than(max_spread)
    good = ~(flagged | one_sided | wide)
    counts = {
        "quotes": len(slice_),
        "flagged": int(flagged.sum()),
        "one_sided": int((one_sided & ~flagged).sum()),
        "wide": int((wide & ~flagged & ~one_sided).sum()),
        "too_far": 0,
        "other_root": 0,
    }
    roots = np.array(
        [Option.parse(symbol).root if ok else "" for symbol, ok in zip(slice_.symbol.tolist(), good, strict=True)]
    )
    names, sizes = np.unique(roots[good], return_counts=True)
    if len(names) > 1:  # SPX settles at the opening and SPXW at the close of one day: never in one structure
        counts["other_root"] = int(sizes.sum() - sizes.max())
        good &= roots == names[np.argmax(sizes)]
    columns = {}
    for kind, sign in (("call", 1), ("put", -1)):
        rows = np.flatnonzero(good & (slice_.kind == sign))
        rows = rows[np.argsort(slice_.strike[rows], kind="stable")]
        if len(rows) > MOST_STRIKES:
            counts["too_far"] += len(rows) - MOST_STRIKES
            nearest = np.sort(np.argsort(np.abs(slice_.strike[rows] - chain.spot), kind="stable")[:MOST_STRIKES])
            rows = rows[nearest]
        columns[kind] = {name: getattr(slice_, name)[rows] for name in FIELDS}
        columns[kind]["options"] = tuple(Option.parse(symbol) for symbol in slice_.symbol[rows].tolist())
    if not len(columns["call"]["options"]) and not len(columns["put"]["options"]):
        raise DataError(
            f"{chain.source}: none of the {len(slice_)} quotes of {day} can be traded on ({counts['flagged']} flagged, "
            f"{counts['one_sided']} one-sided, {counts['wide']} wide): choose another expiry or file"
        )
    return columns, counts
