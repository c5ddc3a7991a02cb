"""Strikes that a vendor counts in tenths of a cent."""

from __future__ import annotations

import numpy as np

from hedgekit.market.sources.rows import Rows

TENTHS_OF_A_CENT = 1000.0
_WHOLE_CENTS = 10.0


def in_dollars(rows: Rows, name: str, *, kind: str, bid: str) -> Rows:
    """Return the rows with strikes in dollars; those of a file that somebody has turned into dollars stay.

    Strikes are whole cents, so tenths of a cent are multiples of ten; a chain in dollars has strikes that are not, or
    puts that are bid more than a thousandth of their strike: no put is worth more than its strike.
    """
    strikes = rows.numbers(name, least=0.0)
    told = strikes[np.isfinite(strikes)]
    puts = np.array([word == "put" for word in rows.kinds(kind)])
    dearer = puts & (rows.numbers(bid) > strikes / TENTHS_OF_A_CENT)
    if np.any(told % _WHOLE_CENTS != 0.0) or np.any(dearer):
        return rows
    return rows.with_columns({name: (strikes / TENTHS_OF_A_CENT).tolist()})
