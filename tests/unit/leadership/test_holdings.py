"""A fund provider's holdings file: preamble, mark of byte order, cash between the shares, legal notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from hedgekit.errors import DataError
from hedgekit.leadership.holdings import read_members_table
from hedgekit.leadership.membership import read_membership
from hedgekit.leadership.screen.facts import read_facts
from hedgekit.leadership.screen.screening import screen

HEADER = (
    "Ticker,Name,Sector,Asset Class,Market Value,Weight (%),Notional Value,Quantity,Price,Location,Exchange,Currency,"
    "FX Rate,Market Currency,Accrual Date"
)
PREAMBLE = [
    "iShares Made Fund",
    'Fund Holdings as of,"May 13, 2025"',
    'Inception Date,"May 22, 2000"',
    'Shares Outstanding,"306,450,000.00"',
    'Stock,"-"',
    'Bond,"-"',
    'Cash,"-"',
    'Other,"-"',
    "\u00a0",
]


def line(ticker: str, name: str, sector: str, kind: str) -> str:
    cells = (ticker, name, sector, kind, "1,234,567.89", "0.61", "1,234,567.89", "12,345.00", "100.01")
    return ",".join(f'"{cell}"' for cell in (*cells, "United States", "NASDAQ", "USD", "1.00", "USD", "-"))


def holdings(path: Path, *between: str, notice: str = '"The content is owned, and may not be copied."') -> Path:
    """Write a made holdings file in the provider's layout."""
    lines = [
        *PREAMBLE,
        HEADER,
        line("AAA", "ALPHA INC", "Financials", "Equity"),
        line("XTSLA", "CASH FUND", "Cash and/or Derivatives", "Money Market"),
        *between,
        line("BBB", "BETA CO, CLASS A", "Health Care", "Equity"),
        line("-", "A RIGHT", "Health Care", "Equity"),
        line("RTYM5", "EMINI JUN 25", "Cash and/or Derivatives", "Futures"),
        "\u00a0",
        notice,
    ]
    path.write_bytes(("\ufeff" + "\r\n".join(lines) + "\r\n").encode())
    return path


@pytest.mark.parametrize("notice", ['"One quoted, sentence."', "Unquoted, with commas, in it.", '"One."\r\n"Two."'])
def test_shares_alone_are_members(tmp_path: Path, notice: str) -> None:
    table, notes = read_members_table(holdings(tmp_path / "made.csv", notice=notice))
    assert [cells[table.column("ticker")] for _, cells in table.lines] == ["AAA", "BBB"]
    assert "as of May 13, 2025: 2 shares" in notes[0].message
    assert "1 Futures, 1 Money Market" in notes[0].message
    assert notes[1].slug == "members_without_ticker"


def test_membership_and_screen_read_it(tmp_path: Path) -> None:
    path = holdings(tmp_path / "made.csv")
    assert read_membership(path).sector == {"AAA": "Financials", "BBB": "Health Care"}
    facts = read_facts(path)
    assert facts.tickers == ("AAA", "BBB")
    assert facts.sector == ("Financials", "Health Care")
    result = screen(facts)
    assert [row.verdict for row in result.screened] == ["unknown", "unknown"]
    assert "holdings_file" in [note.slug for note in result.warnings]


def test_a_broken_line_between_holdings_is_refused(tmp_path: Path) -> None:
    path = holdings(tmp_path / "made.csv", "CCC,GAMMA,Energy,Equity,1,234,567.89")
    with pytest.raises(DataError, match=r"line 13: 7 cells, the header has 15"):
        read_members_table(path)


def test_a_fund_without_shares_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "made.csv"
    path.write_text(f"{HEADER}\n{line('USD', 'CASH', 'Cash', 'Cash')}\n")
    with pytest.raises(DataError, match="without a line of asset class Equity"):
        read_members_table(path)


def test_a_plain_list_reads_as_before(tmp_path: Path) -> None:
    path = tmp_path / "made.csv"
    path.write_text("ticker,sector\nAAA,Energy\n")
    table, notes = read_members_table(path)
    assert table.names == ("ticker", "sector")
    assert notes == ()
