"""The shipped session table against exchange_calendars, from which it is generated."""

from datetime import date, timedelta
from importlib import util
from pathlib import Path

import pytest

from hedgekit.market import calendar

# exchange_calendars 4.13 calls Series.values, which pandas 3.1 deprecates
pytestmark = pytest.mark.filterwarnings("ignore:Series.values returning an ndarray")


def generator():
    spec = util.spec_from_file_location("generate_sessions", Path(__file__).with_name("generate_sessions.py"))
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_shipped_table_is_what_exchange_calendars_says():
    pytest.importorskip("exchange_calendars", reason="exchange_calendars is not installed")
    made = generator()
    assert made.TABLE.read_text(encoding="ascii") == made.table()


def test_every_session_and_close_agrees_with_exchange_calendars():
    exchange_calendars = pytest.importorskip("exchange_calendars", reason="exchange_calendars is not installed")
    theirs = exchange_calendars.get_calendar("XNYS", start=generator().FIRST, end=generator().LAST)
    closes = {
        session.date(): close.tz_convert("America/New_York").isoformat() for session, close in theirs.closes.items()
    }
    day, ours = calendar.FIRST_DAY, {}
    while day <= calendar.LAST_DAY:
        if calendar.is_session(day):
            ours[day] = calendar.session_close(day).isoformat()
        day += timedelta(days=1)
    assert ours == closes


def test_the_table_covers_what_the_module_says():
    assert date.fromisoformat(generator().FIRST) == calendar.FIRST_DAY
    assert date.fromisoformat(generator().LAST) == calendar.LAST_DAY
