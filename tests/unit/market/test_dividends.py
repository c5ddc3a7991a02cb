from datetime import datetime

import pytest

from hedgekit.errors import DataError, InputError
from hedgekit.market.dividends import read_dividends
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
        ("when,amount\n2026-09-18,1\n", "no column 'date'"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(write, text, said):
    with pytest.raises(DataError, match=said):
        read_dividends(write(text, "dividends.csv"), ASOF)
