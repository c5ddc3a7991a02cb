"""The distributions beside the lognormal one: what the chain implies, and what the past did."""

from __future__ import annotations

import os

from hedgekit.distributions.protocol import Distribution
from hedgekit.results import Note
from hedgekit.structures.setting import Setting


def beside(
    setting: Setting, *, history: str | os.PathLike[str] | None = None
) -> tuple[tuple[Distribution, ...], tuple[Note, ...]]:
    """Return the implied and the historical distribution at the first expiry, and why one is absent.

    Parameters
    ----------
    setting : Setting
        With a chain for the implied one.
    history : path, optional
        Daily prices for the historical one.
    """
    return (), ()
