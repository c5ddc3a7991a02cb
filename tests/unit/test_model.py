from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from hedgekit.errors import InputError
from hedgekit.model import Chain, Flag, Option

PUT = Option(root="IWM", expiry=date(2026, 9, 18), kind="put", strike=270.0)


@pytest.mark.parametrize(
    "text",
    [
        "IWM   260918P00270000",
        "IWM260918P00270000",
        "O:IWM260918P00270000",
        "o:iwm260918p00270000",
        "IWM 2026-09-18 270 P",
        "IWM 2026-09-18 270P",
        " IWM  2026-09-18 270.00 put ",
    ],
)
def test_every_form_of_a_symbol_names_the_same_option(text):
    assert Option.parse(text) == PUT


@pytest.mark.parametrize("form", ["osi", "compact", "short"])
@pytest.mark.parametrize(
    "option",
    [
        PUT,
        Option(root="SPXW", expiry=date(2028, 2, 29), kind="call", strike=12345.5),
        Option(root="SPY7", expiry=date(2015, 1, 2), kind="call", strike=0.001),
        Option(root="BRK.B", expiry=date(2099, 12, 31), kind="put", strike=99999.999),
    ],
)
def test_forms_round_trip(option, form):
    assert Option.parse(getattr(option, form)) == option


def test_osi_symbol_has_21_characters_and_compact_no_blank():
    assert PUT.osi == "IWM   260918P00270000"
    assert PUT.compact == "IWM260918P00270000"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not readable"),
        ("hello", "not readable"),
        ("IWM260918X00270000", "not readable"),
        ("TOOLONG260918P00270000", "not readable"),
        ("1WM260918P00270000", "not readable"),
        ("IWM260231P00270000", "2026-02-31 is not a day"),
        ("IWM 2026-13-01 270 P", "2026-13-01 is not a day"),
        ("IWM260918P00000000", "strike"),
        ("IWM 2026-09-18 270.00005 P", "strike"),
        ("IWM 1999-09-17 270 P", "2000 to 2099"),
        ("IWM 2026-09-18 nan P", "not readable"),
        ("IWM\u0660\u0660260918P00270000", "not readable"),
    ],
)
def test_a_bad_symbol_is_refused_in_a_sentence(text, said):
    with pytest.raises(InputError, match=said) as caught:
        Option.parse(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("field", [{"kind": "straddle"}, {"strike": float("nan")}, {"strike": -1.0}, {"multiplier": 0}])
def test_a_bad_field_is_refused(field):
    with pytest.raises(InputError):
        replace(PUT, **field)


def test_nouns_are_frozen():
    with pytest.raises(FrozenInstanceError):
        PUT.strike = 1.0


SYMBOLS = ["IWM260918P00270000", "IWM260918C00275000", "IWM261218C00280000", "IWM260918P00270000"]


def chain(**changes):
    options = [Option.parse(symbol) for symbol in SYMBOLS]
    count = len(options)
    columns = {
        "symbol": np.array(SYMBOLS, dtype=object),
        "kind": np.array([option.sign for option in options]),
        "strike": np.array([option.strike for option in options]),
        "expiry": np.array([option.expiry for option in options], dtype="M8[D]"),
        "t_years": np.array([0.25, 0.25, 0.5, 0.25]),
        "bid": np.array([4.1, 0.0, 8.0, 4.0]),
        "ask": np.array([4.3, 0.4, np.nan, 4.2]),
        "last_time": np.full(count, "NaT", dtype="M8[s]"),
        "flags": np.array([0, Flag.ZERO_BID | Flag.WIDE, Flag.NO_ASK, Flag.DUPLICATE]),
    }
    for name in ("bid_size", "ask_size", "open_interest", "volume", "last", "vendor_iv"):
        columns[name] = np.arange(count, dtype=float)
    facts = {
        "ticker": "IWM",
        "spot": 290.0,
        "spot_source": "file",
        "file_spot": 290.0,
        "asof": datetime(2026, 6, 17, 20, 32, tzinfo=UTC),
        "source": "iwm.json",
    }
    return Chain(**columns | facts | changes)


def test_columns_are_contiguous_typed_and_read_only():
    made = chain(strike=np.arange(8.0)[::2] + 1)
    assert made.strike.flags.c_contiguous
    assert made.kind.dtype == np.int8
    assert made.symbol.dtype.kind == "U"
    with pytest.raises(ValueError, match="read-only"):
        made.bid[0] = 1.0


def test_the_caller_keeps_writing_into_their_own_array():
    bid = np.array([1.0, 2.0, 3.0, 4.0])
    chain(bid=bid)
    bid[0] = 5.0


def test_asof_is_told_in_new_york_time():
    assert chain().asof.isoformat() == "2026-06-17T16:32:00-04:00"


def test_mid_needs_both_sides():
    np.testing.assert_allclose(chain().mid, [4.2, 0.2, np.nan, 4.1], rtol=1e-15)


def test_expiries_and_selection():
    made = chain()
    assert made.expiries == (date(2026, 9, 18), date(2026, 12, 18))
    assert made.years_to(date(2026, 12, 18)) == 0.5
    assert list(made.at(date(2026, 9, 18)).symbol) == [SYMBOLS[0], SYMBOLS[1], SYMBOLS[3]]
    assert len(made.select(made.kind == 1)) == 2
    with pytest.raises(InputError, match=r"iwm\.json: no expiry 2026-10-16; listed: 2026-09-18, 2026-12-18"):
        made.at(date(2026, 10, 16))


def test_quote_is_found_by_any_form_of_its_symbol():
    quote = chain().quote("IWM 2026-09-18 275 C")
    assert (quote.bid, quote.ask, quote.t_years) == (0.0, 0.4, 0.25)
    assert quote.flags == Flag.ZERO_BID | Flag.WIDE
    assert chain().quote("IWM260918P00270000").bid == 4.1
    assert list(chain().rows_of("IWM260918P00270000")) == [0, 3]


@pytest.mark.parametrize(
    ("symbol", "said"),
    [("IWM 2026-09-18 271 P", "nearest put there is 270"), ("IWM 2026-10-16 270 P", "its expiries: 2026-09-18")],
)
def test_a_contract_not_listed_is_refused_with_the_nearest(symbol, said):
    with pytest.raises(InputError, match=said):
        chain().quote(symbol)


def test_market_closed_follows_its_reason():
    assert not chain().market_closed
    assert chain(closed_reason="Juneteenth").market_closed


def test_to_frame_names_kinds_and_flags():
    frame = chain().to_frame()
    assert list(frame["kind"]) == ["put", "call", "call", "put"]
    assert list(frame["flags"]) == ["", "zero_bid wide", "no_ask", "duplicate"]
    assert len(frame) == 4


@pytest.mark.parametrize(
    "change",
    [{"spot": 0.0}, {"spot": float("nan")}, {"asof": datetime(2026, 6, 17)}, {"bid": np.array([1.0])}],
)
def test_a_chain_that_cannot_be_is_refused(change):
    with pytest.raises(InputError):
        chain(**change)
