"""The grid against sums of single prices, hand arithmetic and its own symmetries."""

from datetime import date, datetime

import numpy as np
import pytest

import hedgekit as hk
from hedgekit.errors import InputError
from hedgekit.market import calendar
from hedgekit.model import NEW_YORK, Leg, Option
from hedgekit.scenarios import Holding, Underlying, holdings_of, revalue, underlying_of
from hedgekit.scenarios.smile import Smile

ASOF = datetime(2026, 6, 17, 16, 0, tzinfo=NEW_YORK)
NEAR, FAR = date(2026, 9, 18), date(2026, 12, 18)
CASH = ((0.1, 0.8), (0.35, 0.9))


def option(kind, strike, expiry=NEAR, root="IWM"):
    return Option(root=root, expiry=expiry, kind=kind, strike=strike)


def market(ticker="IWM", spot=250.0, cash=(), **more):
    return Underlying(
        ticker=ticker, spot=spot, asof=ASOF, rates={NEAR: 0.04, FAR: 0.042}, div_yields={NEAR: 0.01, FAR: 0.012}, cash=cash, **more
    )  # fmt: skip


HELD = [
    Holding(ticker="IWM", quantity=300),
    Holding(ticker="IWM", quantity=3, option=option("put", 240.0), vol=0.25),
    Holding(ticker="IWM", quantity=-2, option=option("call", 270.0, FAR), vol=0.2),
    Holding(ticker="SPY", quantity=-1, option=option("put", 600.0, root="SPY"), vol=0.18),
]


@pytest.mark.parametrize("cash", [(), CASH], ids=["yield", "cash"])
def test_every_point_is_the_sum_of_single_prices(cash):
    day = date(2026, 8, 3)
    both = {"IWM": market(cash=cash), "SPY": market("SPY", 620.0)}
    grid = revalue(
        HELD, both, spot_moves=[-0.3, 0.0, 0.1], betas={"IWM": 1.2, "SPY": 1.0}, vol_shocks=[-0.2, 0.5], dates=[day]
    )
    elapsed = calendar.years_between(ASOF, calendar.session_close(day))
    for i, move in enumerate([-0.3, 0.0, 0.1]):
        for j, shock in enumerate([-0.2, 0.5]):
            total = 0.0
            for held in HELD:
                m = both[held.ticker]
                spot = m.spot * (1 + {"IWM": 1.2, "SPY": 1.0}[held.ticker] * move)
                if held.option is None:
                    total += held.quantity * (spot + sum(a for t, a in m.cash if t <= elapsed))
                    continue
                o = held.option
                left = calendar.t_years(ASOF, o.expiry) - elapsed
                ahead = tuple((t - elapsed, a) for t, a in m.cash if t > elapsed)
                one = hk.price(o.kind, spot, o.strike, left, m.rates[o.expiry], m.div_yields[o.expiry], held.vol * (1 + shock), dividends=ahead)  # fmt: skip
                total += held.quantity * 100 * one
            # the same engine, alone and in an array: only the order of a sum of six-figure numbers differs
            assert grid.value_usd[0, i, j] == pytest.approx(total, rel=1e-11)
    assert grid.by_holding.sum(axis=0) == pytest.approx(grid.pnl_usd, abs=1e-6)


def test_absolute_and_relative_shocks_differ_as_their_labels_say():
    held = [Holding(ticker="IWM", quantity=1, option=option("put", 240.0), vol=0.10)]
    relative = revalue(held, {"IWM": market()}, vol_shocks=[0.15], vol_rule="relative")
    absolute = revalue(held, {"IWM": market()}, vol_shocks=[0.015], vol_rule="absolute")
    assert relative.value_usd == pytest.approx(absolute.value_usd, rel=1e-12)  # 10% + 15% of it = 11.5%


def test_at_and_after_expiry_an_option_is_its_exercise_value():
    held = [Holding(ticker="IWM", quantity=2, option=option("put", 240.0), vol=0.25)]
    grid = revalue(held, {"IWM": market()}, spot_moves=[-0.2, 0.2], dates=[NEAR, FAR])
    assert grid.value_usd[:, :, 0].tolist() == [[8000.0, 0.0], [8000.0, 0.0]]
    assert "expired_at_exercise_value" in {note.slug for note in grid.warnings}


def test_a_spot_of_zero_is_valued_and_not_refused():
    held = [
        Holding(ticker="IWM", quantity=1, option=option("put", 240.0), vol=0.25),
        Holding(ticker="IWM", quantity=1, option=option("call", 240.0), vol=0.25),
    ]
    assert revalue(held, {"IWM": market()}, spot_moves=[-1.0]).value_usd.item() == 24000.0


def test_a_holding_without_a_vol_makes_every_point_unknown():
    held = [*HELD[:2], Holding(ticker="IWM", quantity=1, option=option("put", 200.0))]
    grid = revalue(held, {"IWM": market()}, spot_moves=[-0.1, 0.0])
    assert np.isnan(grid.value_usd).all() and grid.worst() is None
    assert grid.unknown == ("+1 IWM 2026-09-18 200 P",)


def test_sticky_delta_carries_the_smile_with_the_spot():
    strikes = np.array([200.0, 250.0, 300.0])
    smile = Smile(spot=250.0, log_strike=np.log(strikes), vol=np.array([0.30, 0.20, 0.15]))
    m = market(smiles={NEAR: smile})
    held = [Holding(ticker="IWM", quantity=1, option=option("put", 200.0), vol=0.31)]
    moved = revalue(held, {"IWM": m}, spot_moves=[0.0, -0.2], smile="sticky_delta")
    stuck = revalue(held, {"IWM": m}, spot_moves=[0.0, -0.2])
    assert moved.value_usd[0, 0] == stuck.value_usd[0, 0]
    # 200 at a spot of 200 is at the money: the smile's 20% there, plus the leg's own one point
    want = 100 * hk.price("put", 200.0, 200.0, m.years_to(NEAR), 0.04, 0.01, 0.21)
    assert moved.value_usd[0, 1, 0] == pytest.approx(want, rel=1e-12)


def test_dividends_paid_by_the_date_are_the_shareholders():
    held = [Holding(ticker="IWM", quantity=100)]
    grid = revalue(held, {"IWM": market(cash=CASH)}, dates=[date(2026, 8, 3)])
    assert grid.pnl_usd.item() == pytest.approx(80.0)


def test_index_options_are_european():
    put = option("put", 300.0, FAR)
    index = Option(root="RUT", expiry=FAR, kind="put", strike=300.0)
    american = revalue([Holding(ticker="IWM", quantity=1, option=put, vol=0.1)], {"IWM": market()})
    european = revalue([Holding(ticker="RUT", quantity=1, option=index, vol=0.1)], {"RUT": market("RUT")})
    assert american.base_usd == pytest.approx(5000.0)
    assert european.base_usd < 5000.0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"spot_moves": [-1.2]}, "more than 100%"),
        ({"spot_moves": [np.nan]}, "finite"),
        ({"spot_moves": []}, "one or more"),
        ({"vol_rule": "points"}, "relative"),
        ({"smile": "stuck"}, "sticky_strike"),
        ({"smile": "sticky_delta"}, "too few quotes"),
        ({"dates": [date(2026, 6, 1)]}, "before the quotes"),
        ({"betas": {"SPY": 1.0}}, "no beta"),
        ({"betas": {"IWM": float("nan")}}, "beta of IWM"),
        ({"spot_moves": np.zeros(2_000_001)}, "prices, more than"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(change, said):
    with pytest.raises(InputError, match=said):
        revalue(HELD[1:2], {"IWM": market()}, **change)


def test_a_chain_gives_legs_their_own_mid(example):
    chain = hk.load_chain(example)
    day = date(2027, 1, 15)
    legs = [Leg(contracts=17, option=option("put", 230.0, day), premium=4.0), (-17, option("call", 275.0, day))]
    m = underlying_of(chain, [day], rate=0.036, dividends=0.011)
    held = holdings_of(chain, m, legs, shares=1700)
    grid = revalue(held, {"IWM": m}, spot_moves=[-0.2, 0.0])
    mids = [chain.quote(h.option).mid for h in held[1:]]
    assert grid.base_usd == pytest.approx(1700 * chain.spot + 1700 * mids[0] - 1700 * mids[1], abs=0.05)
    assert grid.worst()["spot_move"] == -0.2


def test_a_quote_at_its_exercise_value_takes_the_smile(example):
    chain = hk.load_chain(example)
    day = date(2026, 10, 30)
    m = underlying_of(chain, [day], rate=0.036, dividends=0.0)
    deep = option("put", float(chain.at(day).strike.max()), day)
    from hedgekit.scenarios.holding import vols_of

    (vol, source), unknown = vols_of(chain, m, [deep, deep], [deep.strike - chain.spot, float("nan")])
    assert source == "smile" and 0.1 < vol < 0.6
    assert unknown[1] == "none"
