"""Why parity, a file's spot and the official close may differ: one line, of the right session."""

from dataclasses import replace
from datetime import datetime

import pytest

from hedgekit.market.sources import load
from hedgekit.model import NEW_YORK
from hedgekit.report.moment_line import moment_line

AFTER = "spot and parity are of then, not the 16:00 close"
AT = "time of the shares' last trade: options, and so parity, may be of up to 16:15"


@pytest.fixture(scope="module")
def chain():
    return load("examples/data/iwm.json")


@pytest.mark.parametrize(
    ("when", "source", "expected"),
    [
        ((2026, 6, 17, 16, 32), "file", f"quoted until 16:15: {AFTER}"),
        ((2026, 6, 17, 16, 5), "parity", f"quoted until 16:05: {AFTER}"),
        ((2026, 6, 17, 16, 5), "given", "quoted until 16:05: parity is of then, not the 16:00 close"),
        # a holiday, a weekend and a morning show the session before
        ((2026, 6, 19, 16, 17), "parity", f"quoted until Thu 06-18 16:15: {AFTER}"),
        ((2026, 6, 21, 11, 0), "file", f"quoted until Thu 06-18 16:15: {AFTER}"),
        ((2026, 6, 18, 8, 0), "file", f"quoted until Wed 06-17 16:15: {AFTER}"),
        # an early close
        ((2026, 11, 27, 13, 30), "file", "quoted until 13:15: spot and parity are of then, not the 13:00 close"),
        ((2026, 6, 17, 15, 59), "file", AT),
        ((2026, 6, 17, 16, 0), "parity", AT),
        ((2026, 6, 17, 11, 0), "file", ""),
        (
            (2026, 6, 17, 11, 0),
            "parity",
            "the file's spot seems of another moment than its quotes; parity is of theirs",
        ),
    ],
)
def test_the_moment_is_said(chain, when, source, expected):
    line = moment_line(replace(chain, asof=datetime(*when, tzinfo=NEW_YORK), spot_source=source))
    assert line == expected
    assert len(line) <= 80


def test_a_file_without_a_spot_is_not_said_to_be_of_another_moment(chain):
    noon = datetime(2026, 6, 17, 12, 0, tzinfo=NEW_YORK)
    assert moment_line(replace(chain, asof=noon, spot_source="parity", file_spot=float("nan"))) == ""


def test_options_of_single_shares_stop_with_the_shares(chain):
    evening = datetime(2026, 6, 17, 16, 32, tzinfo=NEW_YORK)
    assert moment_line(replace(chain, ticker="AAPL", asof=evening, spot_source="file")) == ""
