"""Tables as people and programs write them: delimiters, remarks around them, decimal commas."""

import pytest

from hedgekit.errors import DataError
from hedgekit.market.delimited import in_points, read_delimited, with_point

TABLE = "day,symbol,bid,size\n2026-06-17,IWM,7.25,1204\n2026-06-18,SPY,8.5,25000\n"
ROWS = [["2026-06-17", "IWM", "7.25", "1204"], ["2026-06-18", "SPY", "8.5", "25000"]]


@pytest.mark.parametrize(
    "text",
    [
        TABLE, TABLE.replace(",", ";"), TABLE.replace(",", "\t"), TABLE.replace(",", "|"), TABLE.replace("\n", "\r\n"),
        TABLE.replace("\n", "\r"), "\n\n" + TABLE, TABLE + "\n  \n", TABLE.rstrip(), "sep=,\n" + TABLE,
        "sep=;\n" + TABLE.replace(",", ";"), "IWM option chain\n\n" + TABLE, "# made by me, in 2026, for fun\n" + TABLE,
        "iShares, as of June 17, 2026\n" + TABLE, TABLE.replace("7.25,1204", "7.25,1204,").replace("25000", "25000,"),
        TABLE.replace("\n2026-06-18", "\nday,symbol,bid,size\n2026-06-18"),
        TABLE.replace(",", ";").replace("7.25", "7,25").replace("8.5", "8,5").replace("25000", "25.000"),
        TABLE.replace("7.25", '"7,25"').replace("8.5", '"8,5"'),
        "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in TABLE.splitlines()),
    ],
)  # fmt: skip
def test_the_same_table_however_it_is_written(text):
    table = read_delimited("t", text)
    assert table.names == ("day", "symbol", "bid", "size")
    assert table.rows == ROWS
    assert not table.remarks


def test_a_remark_below_a_table_is_told_with_its_line():
    remark = "Downloaded from Example.com as of 06-17-2026 04:15pm CDT"
    table = read_delimited("t", f'{TABLE}"{remark}"\n')
    assert table.rows == ROWS
    assert table.remarks == ((4, remark),)


@pytest.mark.parametrize("cut", ["2026-06-19", "2026-06-19,IWM", "IWM Sep 18 2026 270 Put", "2026-06-19,IWM,1,2,3"])
def test_a_line_cut_off_is_no_remark(cut):
    with pytest.raises(DataError, match=r"t: line 4: .* cells, the header has 4"):
        read_delimited("t", TABLE + cut)


def test_lines_are_numbered_as_in_the_file():
    assert read_delimited("t", "title\n\n" + TABLE).numbers == [4, 5]


@pytest.mark.parametrize(
    ("cells", "delimiter", "read"),
    [
        (["7,25", "1.204"], ";", ["7.25", "1204"]), (["7,250"], ",", ["7,250"]), (["7,25"], ",", ["7.25"]),
        (["7,25", "7.25"], ";", ["7,25", "7.25"]), (["1,204", "7.25"], ";", ["1,204", "7.25"]),
        (["1,204,000", "1,204"], ";", ["1,204,000", "1,204"]), (["1.204.000", "1.204"], ";", ["1204000", "1204"]),
        (["17.06.2026", "7,25"], ";", ["17.06.2026", "7.25"]), (["IWM", "12"], ";", ["IWM", "12"]),
        (["22,5%", "1.204"], ";", ["22.5%", "1204"]), (["30,62M"], ",", ["30.62M"]), (["0,250"], ";", ["0.250"]),
        (["0.250", "1,700"], ";", ["0.250", "1,700"]), (["1.204"], ",", ["1.204"]),
    ],
)  # fmt: skip
def test_what_a_comma_means_is_told_by_the_cells_that_can_be_read_in_one_way(cells, delimiter, read):
    assert in_points("t", [2], [cells], delimiter) == [read]


@pytest.mark.parametrize("cell", ["1,700", "1.700", "-25,000", "$1,700"])
def test_a_number_that_may_be_thousands_or_not_is_refused_beside_semicolons(cell):
    with pytest.raises(DataError, match=r"t: line 7: '.*' can be read in two ways, and no other number"):
        in_points("t", [2, 7], [["IWM", "3"], ["SPY", cell]], ";")


@pytest.mark.parametrize(
    ("cell", "read"), [("-1.204,5", "-1204.5"), ("$7,25", "$7.25"), ("22,5 %", "22.5 %"), ("a,b", "a,b")]
)
def test_a_cell_with_a_decimal_comma(cell, read):
    assert with_point(cell) == read
