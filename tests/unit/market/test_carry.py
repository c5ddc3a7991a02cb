"""Rate and forwards from small chains of known making."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from hedgekit.errors import DataError
from hedgekit.market.carry import forwards, infer_dividends, infer_rate
from hedgekit.market.parity import financing_years
from hedgekit.market.sources import load

EXPIRIES = (date(2026, 6, 26), date(2026, 9, 18), date(2026, 12, 18), date(2027, 6, 17), date(2028, 1, 21))


@pytest.fixture
def european_like(make_document, write):
    """Calls less puts as European parity says at 3.7% without dividends, calls never exercised early, puts hardly."""
    from hedgekit.pricing import price

    document = make_document(expiries=EXPIRIES, strikes=tuple(range(240, 345, 5)))
    from hedgekit.market import calendar
    from hedgekit.model import Option

    asof = load(write(document)).asof
    rows = document["data"]["options"]
    for row in rows:
        option = Option.parse(row["option"])
        t = calendar.t_years(asof, option.expiry)
        rate = 0.037 * financing_years(asof.date(), option.expiry) / t
        value = price(option.kind, 290.0, option.strike, t, rate, 0.0, 0.22)
        half = 0.02 + 0.002 * value
        row["bid"], row["ask"] = max(value - half, 0.0), value + half
    return document


def test_the_rate_that_made_the_quotes_is_told(european_like, write):
    estimate = infer_rate(load(write(european_like)))
    assert estimate.rate == pytest.approx(0.037, abs=2e-4)
    assert estimate.low < 0.037 < estimate.high
    assert estimate.interval == (estimate.low, estimate.high)
    assert estimate.expiries == 4
    assert "4 expiries, 2026-09-18 to 2028-01-21" in estimate.basis


def test_forwards_grow_at_the_rate_without_dividends(european_like, write):
    chain = load(write(european_like))
    told = forwards(chain, 0.037)
    assert [forward.expiry for forward in told] == list(EXPIRIES)
    for forward in told:
        grown = 290.0 * np.exp(0.037 * financing_years(chain.asof.date(), forward.expiry))
        assert forward.forward_low <= forward.forward <= forward.forward_high
        assert forward.forward == pytest.approx(grown, abs=0.05)
        assert forward.div_yield == pytest.approx(0.037 - np.log(forward.forward / 290.0) / forward.t_years, abs=1e-12)


def test_forwards_take_a_rate_for_each_expiry(european_like, write):
    chain = load(write(european_like))
    wanted = {EXPIRIES[1]: 0.037, EXPIRIES[3]: 0.04}
    assert [forward.expiry for forward in forwards(chain, wanted)] == [EXPIRIES[1], EXPIRIES[3]]


def test_an_expiry_without_pairs_has_no_forward(european_like, write):
    document = european_like
    rows = document["data"]["options"]
    document["data"]["options"] = [row for row in rows if row["option"][3:10] != "260918C"]
    told = {forward.expiry: forward for forward in forwards(load(write(document)), 0.037)}
    missing = told[date(2026, 9, 18)]
    assert missing.pairs == 0
    assert np.isnan([missing.forward, missing.forward_low, missing.forward_high, missing.div_yield]).all()
    assert told[date(2026, 12, 18)].pairs > 0


def test_a_chain_of_near_expiries_cannot_tell_the_rate(make_document, write):
    with pytest.raises(
        DataError, match=r"cannot tell the interest rate: 1 of 5 expiries have 6 strikes .* Give --rate"
    ):
        infer_rate(load(write(make_document())))


def test_quotes_that_disagree_cannot_tell_the_rate(european_like, write):
    dice = np.random.default_rng(7)
    for row in european_like["data"]["options"]:
        shift = dice.uniform(-3.0, 3.0)
        row["bid"], row["ask"] = max(row["bid"] + shift, 0.01), max(row["ask"] + shift, 0.01) + 2.0
    with pytest.raises(DataError, match=r"cannot tell the interest rate: parity says .* Give --rate"):
        infer_rate(load(write(european_like), spot=290.0))


EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "data" / "iwm.json"
PARTS = {
    "nothing": lambda chain: chain.select(np.arange(0)),
    "one quote": lambda chain: chain.select(np.arange(1)),
    "calls only": lambda chain: chain.select(chain.kind == 1),
    "one expiry": lambda chain: chain.at(chain.expiries[20]),
    "near expiries": lambda chain: chain.select(chain.t_years < 0.2),
    "past expiries": lambda chain: load(EXAMPLE, asof="2029-01-03"),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_a_chain_tells_no_rate_but_says_so(part):
    chain = PARTS[part](load(EXAMPLE))
    with pytest.raises(DataError, match="cannot tell the interest rate"):
        infer_rate(chain)
    assert infer_dividends(chain, 0.036) == ()
    ahead = [day for day in chain.expiries if chain.years_to(day) > 0]
    assert [forward.expiry for forward in forwards(chain, 0.036)] == ahead


def test_repeated_rows_and_sparse_strikes_do_not_move_the_rate():
    chain = load(EXAMPLE)
    rate = infer_rate(chain).rate
    twice = chain.select(np.r_[np.arange(len(chain)), np.arange(len(chain))])
    assert infer_rate(twice).rate == pytest.approx(rate, abs=1e-4)
    assert infer_rate(chain.select(chain.strike % 5 == 0)).rate == pytest.approx(rate, abs=1e-3)


def test_a_spot_that_cannot_be_tells_no_rate():
    from dataclasses import replace

    with pytest.raises(DataError, match="cannot tell the interest rate"):
        infer_rate(replace(load(EXAMPLE), spot=200.0))


@pytest.mark.parametrize("rate", [None, 0.036])
def test_quarterly_dividends_are_fitted_once(monkeypatch, rate):
    """Whether a rate is inferred (with them) or given, no second fit is made to widen the forwards' intervals."""
    from hedgekit.market import carry, inputs

    chain = load(EXAMPLE)
    calls = []
    once = carry._Board._first_date
    monkeypatch.setattr(carry._Board, "_first_date", lambda *args: calls.append(1) or once(*args))
    market = inputs.resolve(chain, chain.expiries, rate=rate, with_forwards=True)
    assert market.forwards
    assert len(calls) == 1
