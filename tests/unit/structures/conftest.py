"""Legs and settings written shortly."""

from datetime import datetime

import pytest

from hedgekit.market.legs import parse_leg, priced
from hedgekit.model import NEW_YORK
from hedgekit.structures.setting import as_given

NOW = datetime(2026, 6, 17, 16, tzinfo=NEW_YORK)


@pytest.fixture(scope="session")
def holdings():
    """Read legs that name their prices."""
    return lambda *legs: priced([parse_leg(leg) for leg in legs], None)


@pytest.fixture(scope="session")
def given():
    """Return the setting of legs at a spot of 200, 4% and a yield of 1%."""

    def make(legs, **changed):
        terms = {"asof": NOW, "spot": 200.0, "rate": 0.04, "dividends": 0.01, "vol": 0.25} | changed
        return as_given(legs, **terms)

    return make
