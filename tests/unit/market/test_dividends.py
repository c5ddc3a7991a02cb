import gzip
from datetime import date, datetime

import numpy as np
import pytest

from hedgekit.errors import DataError, InputError
from hedgekit.market import calendar
from hedgekit.market.dividends import project, read_dividends
from hedgekit.model import NEW_YORK

ASOF = datetime(2026, 6, 17, 16, 15, tzinfo=NEW_YORK)


@pytest.mark.parametrize(("given", "div_yield"), [(0.011, 0.011), ("0.011", 0.011), ("1.1%", 0.011), (0, 0.0)])
def test_a_number_is_a_yield(given, div_yield):
    made = read_dividends(given, ASOF)
    assert made.div_yield == pytest.approx(div_yield, rel=1e-15)
    assert made.cash == ()


@pytest.mark.parametrize("given", [1.1, "110%", float("nan")])
def test_percent_without_its_sign_is_refused(given):
    with pytest.raises(InputError, match=r"1\.1% is written 0\.011"):
        read_dividends(given, ASOF)


@pytest.mark.parametrize("header", ["date,amount", "ex_date,amount", "Ex_Date, Amount"])
def test_ex_dates_ahead_are_taken_at_the_open(write, header):
    path = write(f"{header}\n2026-12-15,0.8\n2026-06-17,0.5\n2026-06-18,0.6\n", "dividends.csv")
    made = read_dividends(path, ASOF)
    assert made.div_yield == 0.0
    assert [amount for _, amount in made.cash] == [0.6, 0.8]
    assert made.cash[0][0] * 365 * 24 == pytest.approx(17.25, rel=1e-12)
    # the clocks go back in between: an hour more than the wall shows
    assert made.cash[1][0] * 365 * 24 == pytest.approx(181 * 24 - 6.75 + 1, rel=1e-12)
    assert made.basis.startswith("2 cash dividends after 2026-06-17 in ")


def test_an_ex_date_of_the_day_counts_only_before_the_open(write):
    path = write("date,amount\n2026-06-17,0.5\n", "dividends.csv")
    assert len(read_dividends(path, ASOF.replace(hour=9, minute=0)).cash) == 1
    assert read_dividends(path, ASOF.replace(hour=9, minute=30)).cash == ()


def test_a_file_that_ends_before_the_day_says_so(write):
    made = read_dividends(write("date,amount\n2026-03-17,0.5\n", "dividends.csv"), ASOF)
    assert made.cash == ()
    assert "no ex-date after 2026-06-17" in made.basis


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("date,amount\n2026-09-18,x\n", "line 2: amount is 'x', expected a number"),
        ("date,amount\n2026-09-18,-1\n", "line 2: amount is -1, below zero"),
        ("date,amount\nnever,1\n", "line 2: 'never' is no day"),
        ("date,yield\n2026-09-18,1\n", "no column 'amount'"),
        ("when,amount\n2026-09-18,1\n", "no column 'ex_date' or 'date'"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(write, text, said):
    with pytest.raises(DataError, match=said):
        read_dividends(write(text, "dividends.csv"), ASOF)


QUARTERS = ((3, 17, 0.44), (6, 16, 0.58), (9, 16, 0.68), (12, 16, 0.84))
HISTORY = "date,amount\n" + "".join(f"{y}-{m:02d}-{d},{a}\n" for y in (2023, 2024, 2025) for m, d, a in QUARTERS)


def test_history_is_projected_by_season_and_marked(write):
    made = read_dividends(write(HISTORY, "dividends.csv"), ASOF, until=date(2027, 4, 1))
    # of March and June 2026 the ex-dates have passed
    assert [amount for _, amount in made.cash] == [0.68, 0.84, 0.44]
    assert made.projected == 3
    first = datetime(2026, 9, 15, 9, 30, tzinfo=NEW_YORK)
    assert made.cash[0][0] == pytest.approx((first - ASOF).total_seconds() / 86_400 / 365, rel=1e-12)
    assert "no ex-date after 2026-06-17" in made.basis
    assert "3 projected to 2027-03-15 from the same seasons a year before" in made.basis


def test_announced_dividends_come_before_projected_ones(write):
    made = read_dividends(write(f"{HISTORY}2026-03-17,0.4\n2026-06-18,0.9\n", "d.csv"), ASOF, until=date(2026, 12, 31))
    assert [amount for _, amount in made.cash] == [0.9, 0.68, 0.84]
    assert made.projected == 2


def test_a_projected_ex_date_that_is_no_session_moves_on():
    # 2026-12-25 is 364 days after 2025-12-26
    history = [(date(year, 12, day), 1.0) for year, day in ((2023, 28), (2024, 27), (2025, 26))]
    assert project(history, ASOF.date(), date(2027, 1, 1)) == [(date(2026, 12, 28), 1.0)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("date,amount\n2026-03-17,0.44\n", "one"),
        (HISTORY.split("2024-12")[0], "ended long before"),
        ("date,amount\n2024-01-05,1\n2024-03-01,1\n2025-11-03,1\n2026-05-02,1\n2026-06-01,1\n", "no pattern"),
    ],
)
def test_without_a_pattern_nothing_is_projected(write, text, why):
    made = read_dividends(write(text, "dividends.csv"), ASOF, until=date(2028, 1, 1))
    assert (made.cash, made.projected) == ((), 0), why


def test_monthly_payers_are_projected_by_month():
    history = [(date(2024 + month // 12, month % 12 + 1, 3), 0.1 + month / 1000) for month in range(24)]
    coming = project(history, date(2026, 1, 10), date(2026, 3, 31))
    assert [amount for _, amount in coming] == [0.112, 0.113, 0.114]
    assert [day.month for day, _ in coming] == [1, 2, 3]


@pytest.mark.reference
@pytest.mark.parametrize(("ticker", "middle", "days"), [("IWM", 0.14, 3), ("SPY", 0.10, 2)])
def test_projections_of_real_histories_are_as_good_as_said(shared, ticker, middle, days):
    import csv
    from statistics import mean, median

    with (shared / "data" / "dividends" / f"{ticker}_dividends.csv").open() as lines:
        told = [(date.fromisoformat(row[0]), float(row[1])) for row in list(csv.reader(lines))[1:]]
    errors, off = [], []
    for known in range(13, len(told)):
        (day, amount), *_ = project(told[:known], told[known - 1][0], date(2040, 1, 1))
        errors.append(abs(amount / told[known][1] - 1.0))
        off.append(abs((day - told[known][0]).days))
    assert median(errors) < middle
    assert mean(off) < days


PAYS = "date,amount\n2026-06-16,0.7\n2026-09-15,0.84\n2026-12-15,1.10\n"


@pytest.mark.parametrize(
    "data",
    [
        PAYS, PAYS.encode("utf-16"), PAYS.replace(",", ";").replace(".", ","), gzip.compress(PAYS.encode(), mtime=0),
        '"Ex/EFF DATE","Type","Cash Amount","Payment Date"\n"12/15/2026","CASH","$1.10","12/19/2026"\n'
        '"09/15/2026","CASH","$0.84","09/19/2026"\n',
        "ex_dividend_date,declaration_date,payment_date,amount\n2026-12-15,None,None,1.1\n2026-09-15,None,None,0.84\n",
        'Record Date,Ex-Date,Payable Date,Total Distribution,Income\nDec 16 2026,"Dec 15, 2026",Dec 19 2026,1.10,1\n'
        'Sep 16 2026,"Sep 15, 2026",Sep 19 2026,0.84,1\n',
        "Date,Close,Dividends\n2026-09-15 00:00:00-04:00,290,0.84\n2026-09-16 00:00:00-04:00,290,0.0\n"
        "2026-12-15 00:00:00-05:00,290,1.1\n",
        "date;amount\n15.09.2026;0,84\n15.12.2026;1,10\n",
    ],
)  # fmt: skip
def test_dividends_by_the_names_that_others_give_them(tmp_path, data):
    path = tmp_path / "dividends.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    asof = datetime(2026, 6, 17, 16, 15, tzinfo=NEW_YORK)
    told = read_dividends(path, asof)
    opens = [calendar.session_open(day) for day in (date(2026, 9, 15), date(2026, 12, 15))]
    assert np.array(told.cash) == pytest.approx(
        np.array(
            [[calendar.years_between(asof, when), amount] for when, amount in zip(opens, (0.84, 1.1), strict=True)]
        )
    )


def test_a_dividend_that_is_there_twice_is_refused(tmp_path):
    path = tmp_path / "dividends.csv"
    path.write_text(PAYS + "2026-09-15,0.84\n")
    with pytest.raises(DataError, match=r"line 5: 0\.84 on 2026-09-15 is also on line 3: it would be paid twice"):
        read_dividends(path, datetime(2026, 6, 17, 16, 15, tzinfo=NEW_YORK))


@pytest.mark.parametrize(
    "text",
    [
        "Ex/EFF DATE,TYPE,CASH AMOUNT,DECLARATION DATE\n09/16/2026,Cash,$0.65,N/A\n",
        'Record Date,Ex-Date,Payable Date,Total Distribution,Income\n"Sep 16, 2026","Sep 16, 2026",,0.65,0.65\n',
        "cash_amount,ex_dividend_date\n0.65,2026-09-16\n",
    ],
)
def test_tables_of_nasdaq_ishares_and_polygon(write, text):
    ((t_years, amount),) = read_dividends(write(text, "dividends.csv"), ASOF).cash
    assert amount == 0.65
    assert t_years == pytest.approx(91 / 365, abs=2 / 365)
