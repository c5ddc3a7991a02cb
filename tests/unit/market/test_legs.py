import pytest

from hedgekit.errors import DataError, InputError
from hedgekit.market.legs import Order, parse_leg, priced, read_legs, underlying
from hedgekit.model import Leg, Option, Shares

PUT = Option.parse("IWM260918P00270000")

FORMS = [
    "+1 IWM260918P00270000 @4.10",
    "1 IWM260918P00270000 @ 4.10",
    "+1 IWM   260918P00270000@4.10",
    "+1 O:IWM260918P00270000 @$4.10",
    "+1 IWM 2026-09-18 270 P @4.1",
    "+1 iwm 2026-09-18 270.0 put @4.1",
    "  +1 x IWM260918P00270000   @4.10  ",
    "buy 1 IWM 9/18/26 270P @4.10",
    "+1 IWM 260918P270 @4.10",
    "+1 IWM 18SEP26 270 P @4.10",
    "+1 IWM 270 put Sep 18, 2026 @4.10",
    "+1 .IWM260918P270 @4.10",
    "+1 IWM US 09/18/26 P270 @4.10",
]


@pytest.mark.parametrize("text", FORMS)
def test_every_form_reads_the_same(text):
    assert parse_leg(text) == Order(quantity=1, instrument=PUT, price=4.1)


def test_shares_and_thousands():
    for text in ("-1,700 IWM @297.78", "sell 1,700 IWM @297.78", "\N{MINUS SIGN}1,700 IWM @297.78"):
        assert parse_leg(text) == Order(quantity=-1700, instrument="IWM", price=297.78)
    with pytest.raises(InputError, match="4,10"):  # a comma for decimals is no thousand
        parse_leg("+1 IWM260918P00270000 @4,10")
    assert parse_leg("+100 BRK.B").price is None


@pytest.mark.parametrize(
    "text",
    ["", "IWM", "+1", "+1 @4", "+1.5 IWM260918P00270000", "+1 IWM260918P0027000", "+1 IWM260918P00270000 @", "+1 IWM260931P00270000 @1", "+1 IWM260918P00270000 @inf", "+1 IWM260918P00270000 4.10", "++1 IWM", "+0 IWM", "1..2 IWM", "+1 I W M @3", "+1,7 IWM", "buy -1 IWM", "+1 IWM 9/18 270 P", "+1 IWM 18/9/26 270 P", "+1 IWM 18 Sop 26 270 P"],
)  # fmt: skip
def test_what_is_not_a_leg_is_refused(text):
    with pytest.raises(InputError, match=r"leg|quantity|symbol"):
        parse_leg(text)


def test_priced_at_the_touch(make_chain):
    chain = make_chain([("put", 95.0, 2.0, 2.2), ("call", 105.0, 1.0, 1.1)])
    orders = [parse_leg(text) for text in ("+1 IWM260918P00095000", "-2 IWM260918C00105000", "+100 IWM")]
    put, call, shares = priced(orders, chain)
    assert (put.premium, call.premium) == (2.2, 1.0)
    assert shares == Shares(shares=100, ticker="IWM", price=100.0)


def test_a_given_price_wins(make_chain):
    chain = make_chain([("put", 95.0, 2.0, 2.2)])
    (leg,) = priced([parse_leg("+1 IWM260918P00095000 @2.05")], chain)
    assert isinstance(leg, Leg) and leg.premium == 2.05


@pytest.mark.parametrize(("quantity", "bid", "ask", "says"), [("-1", 0.0, 0.05, "no bid"), ("+1", 2.2, 2.0, "crossed")])
def test_a_side_that_is_not_quoted_cannot_be_traded(make_chain, quantity, bid, ask, says):
    from hedgekit.market.chain import inspect

    chain = inspect(make_chain([("put", 95.0, bid, ask)]))
    with pytest.raises(DataError, match=says):
        priced([parse_leg(f"{quantity} IWM260918P00095000")], chain)


def test_several_underlyings_are_refused(make_chain):
    orders = [parse_leg("+1 IWM260918P00095000 @1"), parse_leg("+1 SPY260918P00095000 @1")]
    with pytest.raises(InputError, match="several underlyings"):
        priced(orders, None)
    with pytest.raises(InputError, match="the chain"):
        priced(orders[1:], make_chain([("put", 95.0, 2.0, 2.2)]))
    adjusted = [parse_leg("+1 IWM260918P00095000 @1"), parse_leg("+1 IWM1  260918P00095000 @1")]
    with pytest.raises(InputError, match="deliverable"):
        priced(adjusted, None)


def test_weekly_index_roots_are_one_underlying():
    orders = [parse_leg("+1 SPX260918P05000000 @1"), parse_leg("-1 SPXW260930P05000000 @1")]
    assert len(priced(orders, None)) == 2 and underlying(orders) == "SPX"


def test_a_file_of_legs(tmp_path):
    path = tmp_path / "legs.csv"
    path.write_text("Quantity,Symbol,Price\n-17,IWM 2026-09-18 318 C,4.10\n+1700,IWM,\n")
    assert read_legs(path) == (
        Order(quantity=-17, instrument=Option.parse("IWM260918C00318000"), price=4.1),
        Order(quantity=1700, instrument="IWM", price=None),
    )


@pytest.mark.parametrize(("text", "says"), [("quantity,symbol\n,IWM\n", "line 2: quantity ''"), ("quantity,symbol\n1,??\n", "line 2"), ("quantity\n1\n", "no column 'symbol'"), ("quantity,symbol,price\n1,IWM,x\n", "price 'x'")])  # fmt: skip
def test_a_bad_file_names_line_and_value(tmp_path, text, says):
    path = tmp_path / "legs.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=says.replace("?", r"\?")):
        read_legs(path)


def test_an_order_ticket_is_read_as_legs(tmp_path):
    path = tmp_path / "ticket.csv"
    path.write_text(
        "action,quantity,osi_symbol,limit_touch\nBUY,12,IWM   260918P00270000,4.1\nsell,3,IWM   260918C00320000,\n"
    )
    bought, sold = read_legs(path)
    assert bought == Order(quantity=12, instrument=PUT, price=4.1)
    assert (sold.quantity, sold.price) == (-3, None)


@pytest.mark.parametrize(("row", "message"), [("HOLD,1", "expected BUY or SELL"), ("BUY,-1", "without a sign")])
def test_a_ticket_that_is_unclear_names_line_and_value(tmp_path, row, message):
    path = tmp_path / "ticket.csv"
    path.write_text(f"action,quantity,osi_symbol\n{row},IWM   260918P00270000\n")
    with pytest.raises(DataError, match=rf"line 2.*{message}"):
        read_legs(path)
