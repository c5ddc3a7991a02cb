"""One underlying's lines of a file of the whole market, before it is cut into cells."""

from __future__ import annotations

import re
from dataclasses import replace

from hedgekit.market.sources.content import Content
from hedgekit.market.sources.frame import keys_of
from hedgekit.market.sources.tabular import NAMES
from hedgekit.market.sources.tickers import plain_ticker, root_of

LARGE = 1 << 24
"""Characters from which it pays; a file of one underlying and day is far smaller."""

_ALWAYS = 20  # lines at the top, the header among them


def narrowed(content: Content, ticker: str | None) -> Content:
    """Return a large table with the lines of other underlyings left blank, so that the rest keep their numbers.

    Parameters
    ----------
    content : Content
    ticker : str, optional
        The underlying asked for; without one, or where the table does not name its underlyings, nothing is left out.
    """
    if ticker is None or content.kind != "text" or len(content.document) < LARGE:
        return content
    if not keys_of(content) & {*NAMES["ticker"], *NAMES["symbol"]}:
        return content
    names = {re.escape(name) for name in (plain_ticker(ticker), root_of(plain_ticker(ticker)))}
    named = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(sorted(names))})").search
    lines = content.document.splitlines()
    kept = [line if number < _ALWAYS or named(line) else "" for number, line in enumerate(lines)]
    if not any(kept[_ALWAYS:]):
        return content
    return replace(content, document="\n".join(kept), memo={})
