"""Whatever a file holds, the readers give a book or a sentence; nothing is lost between."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hedgekit.errors import DataError
from hedgekit.risk.book import load_book
from hedgekit.risk.policy import load_policy
from hedgekit.risk.readers.amounts import amount

HEADERS = st.sampled_from(
    ["symbol,quantity", "Symbol,Qty (Quantity),Price", "account,ticker,shares,stop", "{", "[", "[[positions]]"]
)
CELLS = st.one_of(
    st.sampled_from(
        ["IWM", "SPY", "IWM 2026-09-18 270 P", "CASH", "--", "(5)", "$1,000", "nan", "1e999", "-0", '"', "'", ""]
    ),
    st.text(max_size=12),
)
ROWS = st.lists(st.lists(CELLS, max_size=5), max_size=6)


@given(header=HEADERS, rows=ROWS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_book_or_a_sentence(tmp_path, header, rows):
    path = tmp_path / "book"
    path.write_text("\n".join([header, *(",".join(row) for row in rows)]), encoding="utf-8", errors="replace")
    try:
        book = load_book(path)
    except DataError as error:
        message = str(error)
    else:
        message = "book"
        assert all(p.quantity == p.quantity and abs(p.quantity) < float("inf") and p.quantity for p in book.positions)
    assert "book" in message


@given(content=st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_are_refused_in_a_sentence(tmp_path: Path, content):
    for load in (load_book, load_policy):
        (tmp_path / "file").write_bytes(content)
        try:
            load(tmp_path / "file")
            message = "file"
        except DataError as error:
            message = str(error)
        assert "file" in message


@given(
    lots=st.lists(st.tuples(st.sampled_from(["IWM", "SPY", "QQQ"]), st.integers(-9999, 9999)), min_size=1, max_size=30)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_share_is_lost(tmp_path, lots):
    held = [(ticker, count) for ticker, count in lots if count]
    if not held:
        return
    path = tmp_path / "book.csv"
    path.write_text("Symbol,Quantity\n" + "".join(f'{ticker},"{count:,}"\n' for ticker, count in lots))
    book = load_book(path)
    for ticker in ("IWM", "SPY", "QQQ"):
        assert book.shares(ticker) == sum(count for name, count in held if name == ticker)


@given(value=st.floats(-1e9, 1e9).map(lambda x: round(x, 2)))
def test_a_number_survives_every_way_of_writing_it(value):
    size = f"{abs(value):,.2f}"
    forms = (
        [f"({size})", f"-{size}", f"-${size}", f"$-{size}", f"(${size})"]
        if value < 0
        else [size, f"${size}", f"+{size}"]
    )
    for form in forms:
        assert amount(form) == pytest.approx(value, abs=1e-9)
