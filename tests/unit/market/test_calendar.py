from datetime import UTC, date, datetime

import pytest

from hedgekit.errors import InputError
from hedgekit.market import calendar
from hedgekit.model import NEW_YORK


@pytest.mark.parametrize("day", [date(2025, 4, 18), date(2026, 6, 19), date(2027, 6, 18)])
def test_third_fridays_that_are_holidays_are_exercised_on_the_session_before(day):
    assert day.weekday() == 4
    assert not calendar.is_session(day)
    cutoff = calendar.exercise_cutoff(day)
    assert cutoff.date() == calendar.previous_session(day)
    assert cutoff.hour == 16


@pytest.mark.parametrize("day", [date(2026, 11, 27), date(2026, 12, 24)])
def test_early_closes_move_the_cutoff_and_the_end_of_quotes(day):
    assert calendar.session_close(day).strftime("%H:%M") == "13:00"
    assert calendar.option_close(day).strftime("%H:%M") == "13:15"
    assert calendar.exercise_cutoff(day).strftime("%H:%M") == "13:00"


def test_a_saturday_expiry_of_old_is_exercised_on_friday():
    assert calendar.exercise_cutoff(date(2014, 6, 21)) == datetime(2014, 6, 20, 16, tzinfo=NEW_YORK)


def test_time_to_expiry_counts_seconds_across_a_change_of_clocks():
    before = datetime(2026, 10, 30, 16, tzinfo=NEW_YORK)  # clocks go back on 1 November: 73 hours to Monday 16:00
    assert calendar.t_years(before, date(2026, 11, 2)) * 365 * 24 == pytest.approx(73.0, rel=1e-14)


def test_time_to_expiry_is_negative_after_the_cutoff():
    asof = datetime(2026, 6, 17, 20, 32, 30, tzinfo=UTC)
    assert calendar.t_years(asof, date(2026, 6, 17)) == pytest.approx(-(32 * 60 + 30) / 86400 / 365, rel=1e-12)
    assert calendar.t_years(asof, date(2026, 6, 18)) > 0


@pytest.mark.parametrize(
    ("moment", "session"),
    [
        (datetime(2026, 6, 17, 16, 30, tzinfo=NEW_YORK), date(2026, 6, 17)),
        (datetime(2026, 6, 17, 9, 29, tzinfo=NEW_YORK), date(2026, 6, 16)),
        (datetime(2026, 6, 19, 12, 0, tzinfo=NEW_YORK), date(2026, 6, 18)),
        (datetime(2026, 6, 22, 1, 0, tzinfo=UTC), date(2026, 6, 18)),
    ],
)
def test_quotes_stand_from_the_last_session_that_opened(moment, session):
    assert calendar.last_session_at(moment) == session


@pytest.mark.parametrize(
    ("traded", "paid"),
    [
        (date(2026, 6, 17), date(2026, 6, 18)),
        (date(2026, 6, 18), date(2026, 6, 22)),
        (date(2022, 7, 1), date(2022, 7, 6)),
        (date(2016, 1, 4), date(2016, 1, 7)),
        (date(1994, 3, 7), date(1994, 3, 14)),
    ],
)
def test_settlement_follows_the_rules_of_its_time(traded, paid):
    assert calendar.settlement_day(traded) == paid


def test_reasons_are_named():
    assert calendar.closed_reason(date(2026, 6, 19)) == "Juneteenth"
    assert calendar.closed_reason(date(2025, 1, 9)) == "Day of mourning for Jimmy Carter"
    assert calendar.closed_reason(date(2026, 6, 21)) == "a Sunday"
    assert calendar.next_session(date(2026, 6, 18)) == date(2026, 6, 22)


def test_a_day_without_session_has_no_close():
    with pytest.raises(InputError, match="2026-06-19 is no session \\(Juneteenth\\); the session before is 2026-06-18"):
        calendar.session_close(date(2026, 6, 19))


def test_outside_the_table_only_expiries_are_answered():
    with pytest.raises(InputError, match="1990 to 2040"):
        calendar.is_session(date(2041, 1, 2))
    assert calendar.exercise_cutoff(date(2041, 1, 19)).date() == date(2041, 1, 18)
    with pytest.raises(InputError, match="1990 to 2040"):
        calendar.exercise_cutoff(date(1989, 1, 20))
