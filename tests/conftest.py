"""Fixtures shared by all tests: made chains, and the reference files when they lie beside the project."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import settings

from hedgekit.model import Chain, Option

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

ASOF = datetime(2026, 6, 17, 16, 0, tzinfo=ZoneInfo("America/New_York"))

# Shared machines stall: a deadline would fail for reasons that are not ours.
settings.register_profile("hedgekit", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("hedgekit")


@pytest.fixture(scope="session")
def root() -> Path:
    """Folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the reference values and real market data, or a skip that says it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"reference data are not here ({SHARED})")
    return SHARED


@pytest.fixture(scope="session")
def example(root: Path) -> Path:
    """The made IWM chain that ships with the project."""
    return root / "examples" / "data" / "iwm.json"


@pytest.fixture(scope="session")
def make_chain() -> Callable[..., Chain]:
    """Build a made chain of one expiry from (kind, strike, bid, ask) rows."""

    def make(
        rows: list[tuple[str, float, float, float]],
        *,
        spot: float = 100.0,
        expiry: date = date(2026, 9, 18),
        asof: datetime = ASOF,
        size: float = 50.0,
    ) -> Chain:
        n = len(rows)
        options = [Option(root="IWM", expiry=expiry, kind=kind, strike=strike) for kind, strike, _, _ in rows]
        days = (datetime.combine(expiry, datetime.min.time(), asof.tzinfo).replace(hour=16) - asof).total_seconds()
        return Chain(
            symbol=np.array([option.compact for option in options]),
            kind=np.array([option.sign for option in options]),
            strike=np.array([option.strike for option in options]),
            expiry=np.full(n, np.datetime64(expiry)),
            t_years=np.full(n, days / 86_400 / 365),
            bid=np.array([row[2] for row in rows]),
            ask=np.array([row[3] for row in rows]),
            bid_size=np.full(n, size),
            ask_size=np.full(n, size),
            open_interest=np.full(n, 100.0),
            volume=np.full(n, 0.0),
            last=np.full(n, np.nan),
            last_time=np.full(n, np.datetime64("NaT", "s")),
            vendor_iv=np.full(n, np.nan),
            flags=np.zeros(n, dtype=np.int64),
            ticker="IWM",
            spot=spot,
            spot_source="given",
            file_spot=spot,
            asof=asof,
            source="made",
        )

    return make
