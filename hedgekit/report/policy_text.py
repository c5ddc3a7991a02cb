"""The starter policy as it goes into a file."""

from __future__ import annotations

from hedgekit.risk.explain import StarterResult


def table(result: StarterResult, *, terminal: bool = False) -> str:
    """Return the TOML itself."""
    return result.toml
