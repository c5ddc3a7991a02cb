"""``cboe:IWM``: Cboe's public delayed quotes, as `cboe_json` reads them.

The address is ``https://cdn.cboe.com/api/global/delayed_quotes/options/IWM.json`` (an index has an underscore before
it); ``HEDGEKIT_CBOE_URL`` sets another base. Quotes are about a quarter of an hour old, and taken from the copy in the
cache when that is younger than a minute.
"""

from __future__ import annotations

import os

from hedgekit.market.contract_terms import EUROPEAN
from hedgekit.market.snapshot import Warnings
from hedgekit.market.sources.content import Content, content_of
from hedgekit.market.sources.download import download, spoken_age

BASE = "https://cdn.cboe.com/api/global/delayed_quotes/options"
FRESH_SECONDS = 60.0

_INDICES = EUROPEAN | {"OEX"}


def fetch(ticker: str) -> tuple[Content, Warnings]:
    """Return the quotes of a ticker, and what must be said of them.

    Raises
    ------
    DataError
        When they cannot be had, now or from the cache.
    """
    label = f"cboe:{ticker}"
    base = os.environ.get("HEDGEKIT_CBOE_URL", BASE).rstrip("/")
    listed = f"_{ticker}" if ticker in _INDICES else ticker
    url, cached_as = f"{base}/{listed}.json", f"cboe_{ticker}.json"
    got = download(label, url, cached_as=cached_as, fresh_seconds=FRESH_SECONDS, holds=b'"option"')
    notes: Warnings = (("delayed", "Cboe's public quotes are delayed by about 15 minutes"),)
    return content_of(label, label, got.data), (*notes, *cache_notes(got.age_seconds, got.trouble))


def cache_notes(age_seconds: float, trouble: str) -> Warnings:
    """Return what must be said of a copy: how old it is, and why it is not newer."""
    if trouble:
        message = f"{trouble}; the copy fetched {spoken_age(age_seconds)} ago is used"
        return (("cached_old", message),)
    return (("cached", f"from a copy fetched {spoken_age(age_seconds)} ago"),) if age_seconds else ()
