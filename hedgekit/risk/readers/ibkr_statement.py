"""Interactive Brokers activity statement: the Open Positions section, and the ending cash of the Cash Report."""

from __future__ import annotations

import csv

from hedgekit.errors import DataError
from hedgekit.results import Note
from hedgekit.risk.readers.amounts import amount
from hedgekit.risk.readers.columns import fields_of, is_header
from hedgekit.risk.readers.days import read_day
from hedgekit.risk.readers.statement import Row, Statement

SECTION, CASH, ACCOUNT, STATEMENT = "Open Positions", "Cash Report", "Account Information", "Statement"
SUMMARY = "Base Currency Summary"
"""The line that adds the currencies up."""

_LEAD = 2  # every line begins with the section and Header, Data, SubTotal or Total


def recognises(text: str) -> bool:
    """Whether it has the header line of open positions."""
    return f"{SECTION},Header," in text


def read(text: str, label: str) -> Statement:
    """Return the rows marked Data (Summary) of the open positions, and cash in dollars.

    Raises
    ------
    DataError
        When the header lacks a symbol or quantity.
    """
    fields: dict[str, int] = {}
    discriminator: int | None = None
    rows: list[Row] = []
    account, period, lots = "", "", 0
    for number, cells in enumerate(csv.reader(text.splitlines()), start=1):
        if len(cells) < _LEAD + 1:
            continue
        section, mark, rest = cells[0].lstrip("\ufeff"), cells[1], [cell.strip() for cell in cells[_LEAD:]]
        if section == STATEMENT and mark == "Data" and rest[0] == "Period":
            period = " ".join(rest)
        if section == ACCOUNT and mark == "Data" and rest[0] == "Account":
            account = rest[1]
        if section == CASH and mark == "Data" and rest[0] == "Ending Cash" and rest[1] != SUMMARY:
            if rest[1] != "USD" and amount(rest[2]) == 0.0:
                continue
            cash = {"symbol": "CASH", "value": rest[2], "account": account, "currency": rest[1]}
            rows.append(Row(where=f"line {number}", cells=cash))
        if section != SECTION:
            continue
        if mark == "Header":
            if not is_header(rest):
                raise DataError(f"{label}: line {number}: open positions without a symbol and a quantity")
            fields = fields_of(rest)
            discriminator = rest.index("DataDiscriminator") if "DataDiscriminator" in rest else None
        elif mark == "Data":
            if discriminator is not None and rest[discriminator] != "Summary":
                lots += 1
                continue
            found = {name: rest[at] for name, at in fields.items() if at < len(rest) and rest[at]}
            rows.append(Row(where=f"line {number}", cells={"account": account, **found}))
    notes = (Note("lots_passed_over", f"{label}: {lots} lot lines are in their summary lines"),) if lots else ()
    return Statement(rows=tuple(rows), notes=notes, asof=read_day(period))
