"""Strikes that a vendor counts in tenths of a cent."""

from __future__ import annotations

import numpy as np

from hedgekit.market.sources.rows import Rows

TENTHS_OF_A_CENT = 1000.0
_WHOLE_CENTS = 10.0


def in_dollars(rows: Rows, name: str) -> Rows:
    """Return the rows with strikes in dollars; those of a file that somebody has turned into dollars stay.

    Strikes are whole cents, so tenths of a cent are multiples of ten; a chain in dollars has strikes that are not.
    """
    strikes = rows.numbers(name, least=0.0)
    told = strikes[np.isfinite(strikes)]
    if np.any(told % _WHOLE_CENTS != 0.0):
        return rows
    return rows.with_columns({name: (strikes / TENTHS_OF_A_CENT).tolist()})
