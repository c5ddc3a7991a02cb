"""Flags: each made by the smallest change to a clean chain that deserves it."""

import numpy as np
import pytest

from hedgekit.market.chain import defects, inspect
from hedgekit.market.sources import load
from hedgekit.model import Flag


@pytest.fixture(scope="module")
def clean(make_document, tmp_path_factory):
    import json

    path = tmp_path_factory.mktemp("chain") / "chain.json"
    path.write_text(json.dumps(make_document()), encoding="utf-8")
    return path


def changed(make_document, write, symbol, **cells):
    """Load the clean chain with one quote changed."""
    document = make_document()
    for row in document["data"]["options"]:
        if row["option"] == symbol:
            row |= cells
    return load(write(document))


def flagged(chain, flag):
    return sorted(chain.symbol[(chain.flags & flag) != 0])


NEAR_CALL = "IWM260717C00290000"
DEEP_CALL = "IWM260717C00250000"
DEEP_PUT = "IWM260717P00330000"
FAR_PUT = "IWM260717P00265000"


def test_a_clean_chain_has_only_far_wings_to_report(clean):
    chain = load(clean)
    serious = Flag.CROSSED | Flag.NO_ASK | Flag.BELOW_INTRINSIC | Flag.ABOVE_MAXIMUM | Flag.VERTICAL
    assert not (chain.flags & (serious | Flag.DUPLICATE | Flag.EXPIRED | Flag.STALE | Flag.NON_STANDARD)).any()


@pytest.mark.parametrize(
    ("symbol", "cells", "flag"),
    [
        (NEAR_CALL, {"bid": 9.0, "ask": 7.0}, Flag.CROSSED),
        (FAR_PUT, {"bid": 0.0}, Flag.ZERO_BID),
        (FAR_PUT, {"bid": None}, Flag.ZERO_BID),
        (NEAR_CALL, {"ask": 0.0}, Flag.NO_ASK),
        (NEAR_CALL, {"ask": None}, Flag.NO_ASK),
        (DEEP_CALL, {"bid": 39.0, "ask": 39.98}, Flag.BELOW_INTRINSIC),
        (DEEP_PUT, {"bid": 39.0, "ask": 39.98}, Flag.BELOW_INTRINSIC),
        (DEEP_CALL, {"bid": 290.02, "ask": 295.0}, Flag.ABOVE_MAXIMUM),
        (DEEP_PUT, {"bid": 330.02, "ask": 333.0}, Flag.ABOVE_MAXIMUM),
        (NEAR_CALL, {"bid": 6.0, "ask": 8.0}, Flag.WIDE),
    ],
)
def test_one_bad_quote_is_flagged_alone(make_document, write, symbol, cells, flag):
    before = flagged(load(write(make_document())), flag)
    after = flagged(changed(make_document, write, symbol, **cells), flag)
    assert sorted({*before, symbol}) == after
    assert symbol not in before


@pytest.mark.parametrize(
    ("symbol", "cells", "flag"),
    [
        (DEEP_CALL, {"ask": 40.0}, Flag.BELOW_INTRINSIC),
        (NEAR_CALL, {"bid": 7.0, "ask": 7.0}, Flag.CROSSED),
        (FAR_PUT, {"bid": 0.05, "ask": 0.15}, Flag.WIDE),
    ],
)
def test_a_quote_on_the_edge_is_not_flagged(make_document, write, symbol, cells, flag):
    assert symbol not in flagged(changed(make_document, write, symbol, **cells), flag)


@pytest.mark.parametrize(
    ("symbol", "cells"),
    [
        # bid above the asks of better strikes
        ("IWM260717C00300000", {"bid": 9.0, "ask": 19.0}),
        ("IWM260717P00280000", {"bid": 8.0, "ask": 18.0}),
        # bid above worse strikes' asks by more than the strikes differ
        ("IWM260717C00281000", {"bid": 16.0, "ask": 26.0}),
        ("IWM260717P00299000", {"bid": 16.0, "ask": 26.0}),
        # asked below worse strikes' bids, and better strikes' bids by more than they differ
        ("IWM260717C00285000", {"bid": 1.0, "ask": 2.0}),
        ("IWM260717P00295000", {"bid": 1.0, "ask": 2.0}),
    ],
)
def test_one_bad_print_alone_is_blamed_for_the_verticals_it_breaks(make_document, write, symbol, cells):
    assert flagged(changed(make_document, write, symbol, **cells), Flag.VERTICAL) == [symbol]


@pytest.mark.parametrize("symbol", ["IWM260717C00289000", "IWM260717P00285000"])
@pytest.mark.parametrize("way", ["bid", "ask"])
def test_one_bad_print_alone_is_blamed_for_the_butterflies_it_breaks(make_document, write, symbol, way):
    row = next(row for row in make_document()["data"]["options"] if row["option"] == symbol)
    cells = {"bid": row["ask"] + 0.6, "ask": row["ask"] + 0.8}
    if way == "ask":
        cells = {"bid": row["bid"] - 0.8, "ask": row["bid"] - 0.6}
    assert flagged(changed(make_document, write, symbol, **cells), Flag.BUTTERFLY) == [symbol]


def test_a_quote_bid_above_later_expiries_is_blamed_for_the_calendars(make_document, write):
    # far in the money a vertical would show it too: at the money of the nearest expiry it breaks calendars only
    chain = changed(make_document, write, "IWM260618C00305000", bid=0.03, ask=9.0)
    assert not flagged(chain, Flag.CALENDAR)
    chain = changed(make_document, write, "IWM260918C00290000", bid=0.5, ask=0.9)
    assert "IWM260918C00290000" in flagged(chain, Flag.VERTICAL)
    assert flagged(chain, Flag.CALENDAR) == ["IWM260918C00290000"]


def test_two_quotes_that_dispute_one_violation_are_both_blamed(make_chain):
    chain = make_chain([("call", 100.0, 5.0, 5.2), ("call", 101.0, 5.4, 5.6)])
    assert ((inspect(chain).flags & Flag.VERTICAL) != 0).all()


def test_blame_does_not_depend_on_the_order_of_the_file(make_document, write):
    import random

    document = make_document()
    for quote in document["data"]["options"]:
        if quote["option"] in (NEAR_CALL, DEEP_CALL, FAR_PUT):
            quote["bid"], quote["ask"] = quote["bid"] * 1.3, quote["ask"] * 1.3
    violations = Flag.VERTICAL | Flag.BUTTERFLY | Flag.CALENDAR
    before = flagged(load(write(document)), violations)
    assert before
    random.Random(1).shuffle(document["data"]["options"])
    assert flagged(load(write(document)), violations) == before


def test_verticals_are_not_seen_across_expiries_or_kinds(make_document, write):
    chain = changed(make_document, write, "IWM260717C00300000", bid=20.0, ask=21.0)
    assert {symbol[:10] for symbol in flagged(chain, Flag.VERTICAL)} == {"IWM260717C"}


def test_the_second_of_two_equal_rows_is_the_duplicate(make_document, write):
    document = make_document()
    document["data"]["options"].append(dict(document["data"]["options"][0]))
    chain = load(write(document))
    assert list(np.flatnonzero(chain.flags & Flag.DUPLICATE)) == [len(chain) - 1]


@pytest.mark.parametrize("root", ["IWM1", "SPY"])
def test_other_roots_are_non_standard_and_do_not_tell_the_spot(make_document, make_quotes, write, root):
    document = make_document()
    others = make_quotes(spot=250.0, root=root)
    document["data"]["options"] += others
    chain = load(write(document))
    assert flagged(chain, Flag.NON_STANDARD) == sorted(row["option"] for row in others)
    assert (chain.spot, chain.spot_source) == (290.0, "file")


@pytest.mark.parametrize(("ticker", "root"), [("^SPX", "SPXW"), ("_SPX", "SPX"), ("BRK.B", "BRKB"), ("BRK-B", "BRKB")])
def test_sister_roots_are_standard(make_document, write, ticker, root):
    document = make_document(root=root)
    document["data"]["symbol"] = ticker
    assert not flagged(load(write(document)), Flag.NON_STANDARD)


def test_expired_rows_are_kept_and_flagged(make_document, write):
    chain = load(write(make_document()), asof="2026-06-18")
    assert {symbol[3:9] for symbol in flagged(chain, Flag.EXPIRED)} == {"260618"}
    assert not (chain.flags[chain.t_years <= 0] & (Flag.BELOW_INTRINSIC | Flag.VERTICAL)).any()


def test_a_chain_in_which_nothing_traded_today_is_stale(make_document, write):
    document = make_document()
    for row in document["data"]["options"]:
        row["last_trade_time"] = "2026-06-16T15:59:00"
    assert (load(write(document)).flags & Flag.STALE).all()
    document["data"]["options"][3]["last_trade_time"] = "2026-06-17T09:31:00"
    assert not (load(write(document)).flags & Flag.STALE).any()


def test_defects_count_and_name_what_was_flagged(make_document, write):
    chain = changed(make_document, write, NEAR_CALL, bid=9.0, ask=7.0)
    found = {defect.slug: defect for defect in defects(chain)}
    assert found["crossed"].count == 1
    assert found["crossed"].examples == (NEAR_CALL,)
    assert "above the ask" in found["crossed"].message
    assert sum(defect.count for defect in defects(chain)) == sum(int(bits).bit_count() for bits in chain.flags)


def test_every_flag_is_reported(clean):
    chain = load(clean)
    every = [int(flag) for flag in Flag]
    flags = np.resize(np.array(every), len(chain))
    from dataclasses import replace

    assert {defect.slug for defect in defects(replace(chain, flags=flags))} == {flag.slug for flag in Flag}


def test_inspecting_twice_changes_nothing(clean):
    chain = load(clean)
    np.testing.assert_array_equal(inspect(chain).flags, chain.flags)
