"""The plain name of an underlying, and the root its options are listed under."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from hedgekit.market.contract_terms import INDEX_OF


def plain_ticker(text: str) -> str:
    """Return a ticker without the marks of an index.

    Examples
    --------
    >>> plain_ticker("^SPX"), plain_ticker("$SPX.X"), plain_ticker("_spx"), plain_ticker("I:SPX")
    ('SPX', 'SPX', 'SPX', 'SPX')
    """
    return text.strip().upper().removeprefix("I:").removesuffix(".X").strip("^_$. ")


def root_of(ticker: str) -> str:
    """Return the root under which options on a ticker are listed: BRK.B's is BRKB."""
    return re.sub(r"[^A-Z0-9]", "", ticker)


def usual_ticker(roots: Iterable[str]) -> str:
    """Return the underlying that most of a chain's roots are listed for: SPXW's is SPX.

    Examples
    --------
    >>> usual_ticker(["SPXW", "SPXW", "SPX"]), usual_ticker(["IWM", "IWM1", "IWM"])
    ('SPX', 'IWM')
    """
    root = Counter(roots).most_common(1)[0][0]
    return INDEX_OF.get(root, root)
