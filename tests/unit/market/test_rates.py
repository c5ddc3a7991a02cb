import gzip
import math
from datetime import date

import pytest

from hedgekit.errors import DataError, InputError
from hedgekit.market.rates import read_rate

DAY = date(2026, 6, 17)


@pytest.mark.parametrize(
    ("given", "rate"), [(0.0375, 0.0375), ("0.0375", 0.0375), ("3.75%", 0.0375), (0, 0.0), ("-0.5%", -0.005)]
)
def test_a_number_is_the_rate_at_every_time(given, rate):
    curve = read_rate(given, DAY)
    assert curve.at(0.01) == pytest.approx(rate, abs=1e-17)
    assert curve.at(5.0) == curve.at(0.01)
    assert "as given" in curve.basis


@pytest.mark.parametrize("given", [3.75, "3.75", "375%", float("nan"), float("inf")])
def test_percent_without_its_sign_is_refused(given):
    with pytest.raises(InputError, match=r"3\.75% is written 0\.0375"):
        read_rate(given, DAY)


def test_a_flat_par_curve_has_the_zero_rate_of_its_compounding(write):
    path = write("date,1 Mo,6 Mo,1 Yr,2 Yr,10 Yr\n2026-06-16,4,4,4,4,4\n", "curve.csv")
    curve = read_rate(path, DAY)
    assert curve.at(1 / 12) == pytest.approx(12 * math.log(1 + 0.04 / 12), rel=1e-14)
    for t in (0.5, 1.0, 2.0, 7.5, 10.0):
        assert curve.at(t) == pytest.approx(2 * math.log(1.02), rel=1e-14)


def test_par_bonds_of_a_sloping_curve_are_worth_par(write):
    path = write("date,6 Mo,1 Yr,2 Yr,3 Yr\n2026-06-16,3.0,3.5,4.0,4.5\n", "curve.csv")
    curve = read_rate(path, DAY)

    def worth(coupon, halves):
        discounts = [math.exp(-curve.at(k / 2) * k / 2) for k in range(1, halves + 1)]
        return coupon / 2 * sum(discounts) + discounts[-1]

    for coupon, halves in ((0.03, 1), (0.035, 2), (0.0375, 3), (0.04, 4), (0.045, 6)):
        assert worth(coupon, halves) == pytest.approx(1.0, rel=1e-14)


def test_the_last_line_on_or_before_the_day_is_used_whatever_the_order(write):
    newest_first = "Date,3 Mo\n06/18/2026,9\n06/17/2026,3.7\n06/16/2026,1\n"
    curve = read_rate(write(newest_first, "curve.csv"), DAY)
    assert curve.at(0.25) == pytest.approx(4 * math.log(1 + 0.037 / 4), rel=1e-14)
    assert "2026-06-17" in curve.basis


def test_blank_tenors_are_left_out_and_an_old_curve_is_said(write):
    curve = read_rate(write("date,y3m,y2,y5\n2026-06-01,,4,\n", "curve.csv"), DAY)
    assert curve.at(0.1) == pytest.approx(2 * math.log(1.02), rel=1e-14)
    assert "16 days before" in curve.basis


def test_overnight_and_bill_rates_are_converted(write):
    sofr = read_rate(write("date,rate\n2026-06-16,3.6\n", "sofr.csv"), DAY)
    assert sofr.at(1.0) == pytest.approx(365 * math.log(1 + 0.036 / 360), rel=1e-13)
    bill = read_rate(write("Date,Close\n2026-06-16,3.6\n", "irx.csv"), DAY)
    assert math.exp(-bill.at(0.2) * 91 / 365) == pytest.approx(1 - 0.036 * 91 / 360, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("date,1 Mo\n2026-06-16,abc\n", "line 2: 1 mo is 'abc', expected a number"),
        ("date,1 Mo\nsoon,4\n", "line 2: 'soon' is no day"),
        ("date,1 Mo\n2026-06-16,400\n", "line 2: 1 mo is 400, expected percent"),
        ("date,1 Mo\n2026-06-16,4,5\n", "line 2: 3 cells, the header has 2"),
        ("date,1 Mo\n2026-06-18,4\n", "no line on or before 2026-06-17; the first is of 2026-06-18"),
        ("day off,1 Mo\n2026-06-16,4\n", "no column 'date' or 'day'"),
        ("date,price\n2026-06-16,4\n", "no column of a tenor"),
        ("", "the file is empty"),
        ("date,1 Mo\n", "no lines below a header"),
        (b"\xff\xfe\x00", "neither text nor parquet"),
    ],
)
def test_a_bad_curve_is_refused_in_a_sentence(write, text, said):
    with pytest.raises(DataError, match=said):
        read_rate(write(text, "curve.csv"), DAY)


def test_a_missing_curve_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"none\.csv: no such file"):
        read_rate(tmp_path / "none.csv", DAY)


def test_discount_factors_are_zero_rates(write):
    path = write("T,DF\n0,1\n0.25,0.988643\n1,0.958315\n", "factors.csv")
    curve = read_rate(path, date(2026, 6, 17))
    assert curve.at(0.25) == pytest.approx(-math.log(0.988643) / 0.25, rel=1e-15)
    assert curve.at(0.1) == curve.at(0.25)
    assert curve.at(1.0) == pytest.approx(-math.log(0.958315), rel=1e-15)
    assert curve.basis.startswith("discount factors in ")


@pytest.mark.parametrize("line", ["0.25,-1", "0.25,0", "0.25,2", "-1,0.9", "0.25,x"])
def test_an_impossible_discount_factor_is_refused(write, line):
    with pytest.raises(DataError, match="line 2"):
        read_rate(write(f"T,DF\n{line}\n", "factors.csv"), date(2026, 6, 17))


PAR = "Date,1 Mo,3 Mo,6 Mo,1 Yr\n06/17/2026,3.90,3.80,3.70,3.65\n06/16/2026,4.90,4.80,4.70,4.65\n"
THREE_MONTHS = math.log1p(0.038 * 0.25) / 0.25


@pytest.mark.parametrize(
    "data",
    [
        PAR, "\ufeff" + PAR, PAR.encode("utf-16"), gzip.compress(PAR.encode(), mtime=0), PAR.replace(",", ";"),
        PAR.replace(",", ";").replace(".", ","), "Daily par yields\n\n" + PAR, PAR.replace("3.65", "N/A"),
        PAR.replace("3.80", "3.80%"), PAR.replace("06/17/2026", "17-Jun-2026").replace("06/16/2026", "16-Jun-2026"),
        PAR.replace("06/17/2026", "17/06/2026").replace("06/16/2026", "16/06/2026"),
        PAR.replace("3 Mo", "BC_3MONTH").replace("1 Mo", "BC_1MONTH").replace("Date", "NEW_DATE"),
        PAR.replace(" Mo", "M").replace(" Yr", "Y"),
        "observation_date,DGS1MO,DGS3MO,DGS1\n2026-06-17,3.9,3.8,3.65\n2026-06-18,.,.,.\n",
    ],
)  # fmt: skip
def test_a_par_curve_however_it_is_written(tmp_path, data):
    path = tmp_path / "curve.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    assert read_rate(str(path), date(2026, 6, 18)).at(0.25) == pytest.approx(THREE_MONTHS, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Date,4 WEEKS BANK DISCOUNT,4 WEEKS COUPON EQUIVALENT\n06/17/2026,3.60,3.66\n", 28),
        ("Date,26 WEEKS BANK DISCOUNT,26 WEEKS COUPON EQUIVALENT\n06/17/2026,3.60,3.72\n", 182),
        ("DATE,DTB3\n2026-06-17,3.60\n", 91),
        ("DATE,DTB4WK\n2026-06-17,3.60\n", 28),
        ("DATE,DTB1YR\n2026-06-17,3.60\n", 364),
    ],
)
def test_a_bill_is_a_discount_on_360_days(tmp_path, text, days):
    path = tmp_path / "bills.csv"
    path.write_text(text)
    price = 1.0 - 0.036 * days / 360.0
    assert read_rate(str(path), date(2026, 6, 17)).at(days / 365.0) == pytest.approx(-math.log(price) * 365.0 / days)


@pytest.mark.parametrize(
    "text",
    [
        "Effective Date,Rate Type,Rate (%),Volume ($Billions)\n06/17/2026,SOFR,3.60,2400\n",
        "observation_date,SOFR\n2026-06-17,3.60\n2026-06-18,\n", "DATE,DFF\n2026-06-17,3.60\n",
    ],
)  # fmt: skip
def test_an_overnight_rate_by_its_publishers_names(tmp_path, text):
    path = tmp_path / "overnight.csv"
    path.write_text(text)
    assert read_rate(str(path), date(2026, 6, 18)).at(0.5) == pytest.approx(math.log1p(0.036 / 360.0) * 365.0)


def test_two_curves_of_one_day_are_refused(tmp_path):
    path = tmp_path / "curve.csv"
    path.write_text(PAR + "06/17/2026,3.90,3.70,3.70,3.65\n")
    with pytest.raises(DataError, match=r"line 4: 2026-06-17 is there twice with other rates, first on line 2"):
        read_rate(str(path), date(2026, 6, 17))


def test_series_of_fred_are_par_yields_bills_and_overnight_rates(write):
    curve = read_rate(write("observation_date,DGS3MO,DGS2\n2026-06-15,4,4\n2026-06-16,.,4\n", "dgs.csv"), DAY)
    assert curve.at(0.1) == pytest.approx(2 * math.log(1.02), rel=1e-14)
    assert "2026-06-16" in curve.basis
    curve = read_rate(write("DATE,DTB3\n2026-06-15,4.2\n2026-06-16,.\n", "dtb.csv"), DAY)
    assert curve.at(0.25) == pytest.approx(-math.log(1 - 0.042 * 91 / 360) * 365 / 91, rel=1e-14)
    assert curve.basis.startswith("13-week bill of 2026-06-15")
    curve = read_rate(write("observation_date,SOFR\n2026-06-16,4.3\n", "sofr.csv"), DAY)
    assert curve.at(0.25) == pytest.approx(365 * math.log(1 + 0.043 / 360), rel=1e-14)


def test_bill_rates_of_the_treasury_are_discounts(write):
    text = (
        "Date,4 WEEKS BANK DISCOUNT,4 WEEKS COUPON EQUIVALENT,52 WEEKS BANK DISCOUNT,52 WEEKS COUPON EQUIVALENT\n"
        "06/16/2026,4.00,4.07,3.80,3.97\n"
    )
    curve = read_rate(write(text, "bills.csv"), DAY)
    for weeks, discount in ((4, 0.04), (52, 0.038)):
        t_years = weeks * 7 / 365
        assert math.exp(-curve.at(t_years) * t_years) == pytest.approx(1 - discount * weeks * 7 / 360, rel=1e-14)
