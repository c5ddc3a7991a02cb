"""The clock and the spot of a chain."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

import hedgekit as hk
from hedgekit.errors import DataError, InputError
from hedgekit.market import calendar
from hedgekit.market.snapshot import read_asof
from hedgekit.market.sources import load
from hedgekit.model import NEW_YORK, Option

HOLIDAY = datetime(2026, 6, 19, 16, 17, tzinfo=NEW_YORK)


def slugs(chain):
    return [slug for slug, _ in chain.warnings]


@pytest.fixture
def holiday_file(make_document, make_quotes, write):
    """Quotes of Thursday, downloaded on the holiday after it."""
    thursday = datetime(2026, 6, 18, 16, 15, tzinfo=NEW_YORK)
    document = make_document(asof=HOLIDAY)
    document["data"]["options"] = make_quotes(asof=thursday)
    return write(document)


def test_times_to_expiry_run_from_the_quote_time(make_document, write):
    chain = load(write(make_document()))
    assert chain.years_to(date(2026, 6, 18)) == pytest.approx((1 - 15 / 1440) / 365, rel=1e-12)


def test_a_snapshot_of_a_holiday_loads_with_its_own_clock_and_says_so(holiday_file):
    chain = load(holiday_file)
    assert chain.asof == HOLIDAY
    assert chain.market_closed
    assert chain.closed_reason == "Juneteenth"
    message = dict(chain.warnings)["market_closed"]
    assert "2026-06-19" in message
    assert "Juneteenth" in message
    assert "session of 2026-06-18" in message


@pytest.mark.parametrize("asof", ["2026-06-18", date(2026, 6, 18), np.datetime64("2026-06-18").item()])
def test_asof_the_last_session_redates_the_quotes_without_a_warning(holiday_file, asof):
    chain = load(holiday_file, asof=asof)
    assert chain.asof == datetime(2026, 6, 18, 16, 15, tzinfo=NEW_YORK)
    assert not chain.market_closed
    assert chain.warnings == ()


def test_asof_a_weekend_snapshot_names_the_weekend(make_document, write):
    document = make_document()
    document["timestamp"] = "2026-06-21 15:00:00"
    message = dict(load(write(document)).warnings)["market_closed"]
    assert "a Sunday" in message
    assert "session of 2026-06-18" in message


def test_a_snapshot_before_the_open_is_from_the_session_before(make_document, write):
    document = make_document()
    document["timestamp"] = "2026-06-18 12:00:00"
    chain = load(write(document))
    assert slugs(chain) == ["before_open"]
    assert "session of 2026-06-17" in dict(chain.warnings)["before_open"]
    assert not chain.market_closed


def test_asof_on_another_session_is_said(make_document, write):
    path = write(make_document())
    assert "re_dated" in slugs(load(path, asof="2026-06-16"))
    assert load(path, asof="2026-06-17").warnings == ()


def test_asof_a_day_without_session_is_refused(make_document, write):
    with pytest.raises(InputError, match=r"2026-06-19 is no session \(Juneteenth\); the session before is 2026-06-18"):
        load(write(make_document()), asof="2026-06-19")


def test_asof_an_early_close_ends_at_a_quarter_past_one(make_document, write):
    chain = load(write(make_document()["data"]), asof="2026-11-27")
    assert chain.asof == datetime(2026, 11, 27, 13, 15, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (None, None),
        ("2026-06-18", date(2026, 6, 18)),
        (date(2026, 6, 18), date(2026, 6, 18)),
        ("2026-06-18 15:30", datetime(2026, 6, 18, 15, 30, tzinfo=NEW_YORK)),
        ("2026-06-18T19:30:00Z", datetime(2026, 6, 18, 15, 30, tzinfo=NEW_YORK)),
        (datetime(2026, 6, 18, 15, 30), datetime(2026, 6, 18, 15, 30, tzinfo=NEW_YORK)),
        (datetime(2026, 6, 18, 19, 30, tzinfo=UTC), datetime(2026, 6, 18, 15, 30, tzinfo=NEW_YORK)),
    ],
)
def test_asof_is_read_from_days_times_and_text(given, read):
    assert read_asof(given) == read


@pytest.mark.parametrize(
    "given", ["", "soon", "2026-13-01", 20260618, "1970-01-01", "0001-01-01T00:00:00Z", datetime(2050, 1, 1)]
)
def test_an_impossible_asof_is_refused(given):
    with pytest.raises(InputError):
        read_asof(given)


def test_a_file_spot_off_parity_is_replaced_and_said(make_document, write):
    chain = load(write(make_document(290.0, file_spot=291.2)))
    assert chain.spot_source == "parity"
    assert chain.spot == pytest.approx(290.0, abs=0.02)
    assert chain.file_spot == 291.2
    message = dict(chain.warnings)["spot_off_parity"]
    assert "291.20" in message
    assert f"{chain.spot:.2f} from parity" in message


def before_a_dividend(make_document, spot, amount, ex_day, **facts):
    """Give a chain of American options priced with a cash dividend ahead."""
    document = make_document(spot, **facts)
    asof = datetime(2026, 6, 17, 16, 15, tzinfo=NEW_YORK)
    when = calendar.years_between(asof, calendar.session_open(ex_day))
    for quote in document["data"]["options"]:
        option = Option.parse(quote["option"])
        t_years = calendar.t_years(asof, option.expiry)
        if t_years > 0.0:
            value = hk.price(option.kind, spot, option.strike, t_years, 0.037, 0.0, 0.22, dividends=((when, amount),))
            quote["bid"], quote["ask"] = max(round(value * 0.99 - 0.03, 2), 0.0), round(value * 1.01 + 0.03, 2)
    return document


def test_a_spot_above_parity_is_kept_on_the_eve_of_an_ex_date(make_document, make_quotes, write):
    document = before_a_dividend(make_document, 290.0, 0.70, date(2026, 6, 18))
    later = document["data"]["options"]
    document["data"]["options"] = make_quotes(290.0, expiries=(date(2026, 6, 17),)) + later
    chain = load(write(document))
    assert (chain.spot, chain.spot_source) == (290.0, "file")
    assert slugs(chain) == ["dividend_due"]
    assert "a dividend of about $0." in dict(chain.warnings)["dividend_due"]
    # when today's options say what the later ones say, the spot is wrong
    document["data"]["options"] = make_quotes(289.3, expiries=(date(2026, 6, 17),)) + later
    assert load(write(document)).spot_source == "parity"
    # and a gap downwards is no dividend
    document = make_document(290.7, file_spot=290.0)
    document["data"]["options"] = make_quotes(290.0, expiries=(date(2026, 6, 17),)) + document["data"]["options"]
    assert load(write(document)).spot == pytest.approx(290.7, abs=0.02)


MONTH = (date(2026, 7, 17), date(2026, 8, 21))


def test_a_spot_above_parity_is_kept_when_the_nearest_expiry_leaves_room_for_an_ex_date(make_document, write):
    document = before_a_dividend(make_document, 291.0, 1.70, date(2026, 6, 23), expiries=MONTH)
    kept = load(write(document))
    assert (kept.spot, slugs(kept)) == (291.0, ["dividend_due"])
    below = load(write(make_document(290.7, file_spot=289.0, expiries=MONTH)))
    assert below.spot_source == "parity"
    too_far = load(write(make_document(289.3, file_spot=299.0, expiries=MONTH)))
    assert too_far.spot_source == "parity"


def test_no_dividend_explains_calls_offered_below_what_exercise_brings(make_document, write):
    off = load(write(make_document(289.3, file_spot=291.0, expiries=MONTH)))
    assert (off.spot_source, slugs(off)) == ("parity", ["spot_off_parity"])
    assert off.spot == pytest.approx(289.3, abs=0.2)  # options of a month tell no more


def test_a_file_spot_within_the_interval_is_kept(make_document, write):
    chain = load(write(make_document(290.0, file_spot=290.01)))
    assert (chain.spot, chain.spot_source, chain.warnings) == (290.01, "file", ())


def test_a_given_spot_is_used_as_it_is_and_said_when_off(make_document, write):
    path = write(make_document())
    chain = load(path, spot=300)
    assert (chain.spot, chain.spot_source, chain.file_spot) == (300.0, "given", 290.0)
    assert slugs(chain) == ["spot_off_parity"]
    assert load(path, spot=290.0).warnings == ()


@pytest.mark.parametrize("spot", [0, True, -1.0, float("nan"), float("inf"), "290"])
def test_an_impossible_spot_is_refused(make_document, write, spot):
    with pytest.raises(InputError, match="spot"):
        load(write(make_document()), spot=spot)


def test_a_file_without_spot_takes_it_from_parity(make_document, write):
    document = make_document()
    document["data"]["current_price"] = None
    chain = load(write(document))
    assert chain.spot == pytest.approx(290.0, abs=0.02)
    assert np.isnan(chain.file_spot)
    assert slugs(chain) == ["spot_from_parity"]


def test_without_pairs_the_file_spot_is_used_unchecked(make_document, write):
    document = make_document()
    document["data"]["options"] = [row for row in document["data"]["options"] if row["option"][9] == "P"]
    path = write(document)
    assert slugs(load(path)) == ["spot_unchecked"]
    document["data"]["current_price"] = 0.29
    with pytest.raises(DataError, match=r"spot 0\.29 is far from every strike \(250 to 330\)"):
        load(write(document))
    document["data"]["current_price"] = None
    with pytest.raises(DataError, match="no spot, and too few quotes"):
        load(write(document))


def test_trades_later_than_the_quotes_are_said(make_document, write):
    document = make_document()
    document["data"]["options"][0]["last_trade_time"] = "2026-06-17T16:20:00"
    assert slugs(load(write(document))) == ["late_trades"]


def test_a_quote_time_without_trades_is_said(make_document, write):
    document = make_document()
    document["timestamp"] = "2026-06-18 20:15:00"
    message = dict(load(write(document)).warnings)["stale"]
    assert "since 2026-06-17" in message
    assert "2026-06-18 16:15" in message


def test_spreads_that_are_wide_near_the_money_are_said(make_document, write):
    assert slugs(load(write(make_document(half_spread=0.5)))) == ["wide_market"]


@pytest.mark.parametrize("told", [290.0, None])
def test_a_dividend_between_the_nearest_expiries_does_not_move_the_spot(make_document, make_quotes, write, told):
    near, far = (date(2026, 6, 18), date(2026, 6, 22)), (date(2026, 6, 26), date(2026, 7, 2), date(2026, 9, 18))
    document = make_document(expiries=near)
    document["data"]["options"] += make_quotes(spot=288.7, expiries=far)  # ex-date between: $1.30 less
    document["data"]["current_price"] = told
    chain = load(write(document))
    assert chain.spot == pytest.approx(290.0, abs=0.1)
    assert chain.spot_source == ("file" if told else "parity")
