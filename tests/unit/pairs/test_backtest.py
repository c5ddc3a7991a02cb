"""The traded history: money that adds up, fills on the next day, and no value that later days change."""

import dataclasses
import json

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from hedgekit.cli import group
from hedgekit.errors import DataError, InputError
from hedgekit.model import PriceHistory
from hedgekit.pairs import backtest
from hedgekit.pairs.backtest import Market, Rules, Track, pair_backtest, prove, simulate

QUICK = Rules(
    window=60, refit=5, entry_z=1.5, exit_z=0.2, stop_z=3.5, max_days=20, gate=False, cost_bps=10.0, borrow=0.02
)


def levels(n, seed, carried):
    random = np.random.default_rng(seed)
    x, e = np.cumsum(0.01 * random.normal(size=n)), np.zeros(n)
    for t in range(1, n):
        e[t] = carried * e[t - 1] + 0.01 * random.normal()
    return 50 * np.exp(0.9 * x + e), 80 * np.exp(x)


def market(n, *, seed=3, carried=0.9, dividends=False):
    """A reverting pair on weekdays; with dividends both legs pay 1% now and then."""
    y, x = levels(n, seed, carried)
    day = np.datetime64("2020-01-06").astype(np.int64) + np.arange(n) // 5 * 7 + np.arange(n) % 5
    paid = np.exp(-0.01 * (np.arange(n) // 63)) if dividends else np.ones(n)
    return Market(y_level=y, x_level=x, y_close=y * paid, x_close=x * paid, day=day)


def history(n, *, seed=3, carried=0.9):
    prices = np.column_stack(levels(n, seed, carried))
    days = np.datetime64("2018-01-01") + np.arange(n)
    return PriceHistory(tickers=("AAA", "BBB"), dates=days, close=prices, total_return=prices, source="made")


def test_every_dollar_is_accounted_for():
    """A ledger kept day by day, in cash and shares, ends where the track says."""
    made = market(500, dividends=True)
    track = simulate(made, QUICK)
    assert (track.y_shares != 0).sum() > 50
    cash, y_held, x_held = 0.0, 0.0, 0.0
    worth = []
    for t in range(500):
        if t:
            for held, close, level in ((y_held, made.y_close, made.y_level), (x_held, made.x_close, made.x_level)):
                dividend = close[t - 1] - close[t] * level[t - 1] / level[t]
                cash += held * dividend
                cash -= max(-held, 0.0) * close[t - 1] * 0.02 / 365 * (made.day[t] - made.day[t - 1])
        for after, held, close in (
            (track.y_shares[t], y_held, made.y_close[t]),
            (track.x_shares[t], x_held, made.x_close[t]),
        ):
            cash -= (after - held) * close + abs(after - held) * close * 10e-4
        y_held, x_held = track.y_shares[t], track.x_shares[t]
        worth.append(cash + y_held * made.y_close[t] + x_held * made.x_close[t])
    np.testing.assert_allclose(np.cumsum(track.pnl_usd), worth, atol=1e-6)
    assert track.dividends_usd.any()


def test_a_signal_is_filled_at_the_next_close_with_the_shares_of_the_signal():
    made = market(500)
    track = simulate(made, QUICK)
    changed = np.flatnonzero(np.diff(track.target, prepend=0))
    filled = np.flatnonzero(np.diff(track.y_shares, prepend=0.0))
    np.testing.assert_array_equal(filled, changed[changed < 499] + 1)
    for t in changed[track.target[changed] != 0]:
        assert abs(track.z[t]) >= 1.5 and np.sign(track.z[t]) == -track.target[t]
        if t < 499:
            y_usd = QUICK.gross_usd / (1 + track.elasticity[t])
            assert abs(track.y_shares[t + 1]) == np.round(y_usd / made.y_close[t])
            assert np.sign(track.x_shares[t + 1]) == -np.sign(track.y_shares[t + 1])


def test_exits_and_stops_do_what_they_say():
    track = simulate(market(3000, seed=8), dataclasses.replace(QUICK, max_days=6))
    held, age, seen = 0, 0, set()
    for t in range(3000):
        against = -held * track.z_held[t]
        if held:
            age += 1
            if track.target[t] == 0:
                reason = track.reason[t]
                seen.add(int(reason))
                assert (against >= 3.5) == (reason == backtest.STOPPED)
                assert (against <= 0.2) == (reason == backtest.SIGNALLED)
                assert reason != backtest.TIMED or age == 6
            else:
                assert 0.2 < against < 3.5 and age < 6
        elif track.target[t]:
            age = 0
            assert track.z_held[t] == track.z[t]
        else:
            assert np.isnan(track.z_held[t])
        held = int(track.target[t])
    assert seen == {0, 1, 2}


def test_a_new_line_does_not_move_a_position():
    """Held shares gain what the spread of their own line moves, whatever line is fitted meanwhile."""
    made = market(3000, seed=8)
    track = simulate(made, dataclasses.replace(QUICK, window=252, refit=1, cost_bps=0.0, borrow=0.0))
    y, x = np.log(made.y_level), np.log(made.x_level)
    signals = np.flatnonzero((track.target != 0) & (np.concatenate([[0], track.target[:-1]]) == 0))
    checked = 0
    for signal in signals:
        after = np.flatnonzero(track.target[signal:] == 0)
        if not len(after):
            continue
        end = signal + int(after[0])
        slope = track.elasticity[signal]
        moved = (y[end] - y[signal]) - slope * (x[end] - x[signal])
        sd = moved / (track.z_held[end] - track.z_held[signal])
        between = y[signal : end + 1] - y[signal] - slope * (x[signal : end + 1] - x[signal])
        np.testing.assert_allclose(track.z_held[signal : end + 1], track.z[signal] + between / sd, atol=1e-8)
        checked += 1
    assert checked > 20


def test_a_leg_that_rounds_to_nothing_leaves_no_naked_leg():
    prices = history(900)
    small, usual = (pair_backtest(prices, rules=dataclasses.replace(QUICK, gross_usd=usd)) for usd in (60.0, 1e5))
    both = (small.track.y_shares != 0) == (small.track.x_shares != 0)
    assert both.all()
    (note,) = [note for note in small.warnings if note.slug == "gross_too_small"]
    assert note.message.split()[2] == str(len(usual.trades))
    nothing = pair_backtest(prices, rules=dataclasses.replace(QUICK, gross_usd=10.0))
    assert not nothing.trades and "gross_too_small" in {note.slug for note in nothing.warnings}


@given(
    seed=st.integers(0, 50),
    n=st.integers(1, 160),
    window=st.integers(30, 70),
    refit=st.integers(1, 40),
    gate=st.booleans(),
)
def test_no_value_changes_when_later_days_are_cut_off(seed, n, window, refit, gate):
    rules = Rules(window=window, refit=refit, entry_z=1.0, exit_z=0.0, stop_z=3.0, max_days=15, gate=gate)
    made = market(160, seed=seed, dividends=True)
    whole, part = simulate(made, rules), simulate(made.until(n), rules)
    for field in dataclasses.fields(Track):
        np.testing.assert_array_equal(getattr(part, field.name), getattr(whole, field.name)[:n])


def test_what_comes_later_can_be_anything():
    made = market(300)
    wild = dataclasses.replace(made, **{f.name: getattr(made, f.name).copy() for f in dataclasses.fields(made)})
    for column in (wild.y_level, wild.x_level, wild.y_close, wild.x_close):
        column[200:] *= np.random.default_rng(1).uniform(0.1, 9.0, 100)
    ours, theirs = simulate(made, QUICK), simulate(wild, QUICK)
    for field in dataclasses.fields(Track):
        np.testing.assert_array_equal(getattr(ours, field.name)[:200], getattr(theirs, field.name)[:200])


def test_the_proof_finds_look_ahead(monkeypatch):
    made = market(200)
    found = prove(made, QUICK)
    assert found.identical and found.prefixes == 199 and found.values == len(dataclasses.fields(Track)) * 200 * 199 // 2
    honest = backtest._lines

    def peeking(y, x, rules):
        slope, intercept, sd, may = honest(y, x, rules)
        return slope, intercept, np.full(len(y), np.std(y - x)), may

    monkeypatch.setattr(backtest, "_lines", peeking)
    caught = prove(made, QUICK)
    assert not caught.identical and "z on a prefix of" in caught.difference


def test_costs_and_borrow_only_cost():
    prices = history(900)
    free = pair_backtest(prices, rules=dataclasses.replace(QUICK, cost_bps=0.0, borrow=0.0))
    paid = pair_backtest(prices, rules=QUICK)
    assert free.summary["trades"] == paid.summary["trades"] > 3
    lost = paid.summary["cost_usd"] + paid.summary["borrow_usd"]
    assert free.summary["pnl_usd"] - paid.summary["pnl_usd"] == pytest.approx(lost, rel=1e-9)
    assert sum(trade.pnl_usd for trade in paid.trades) == pytest.approx(paid.summary["pnl_usd"], rel=1e-9)
    traded = (
        (paid.summary["long_leg_turnover"] + paid.summary["short_leg_turnover"])
        * paid.summary["years"]
        * QUICK.gross_usd
    )
    assert paid.summary["cost_usd"] == pytest.approx(traded * 10e-4, rel=1e-9)


def test_a_gate_keeps_walks_out():
    walk = history(1500, carried=1.0, seed=21)
    gated = pair_backtest(walk, rules=dataclasses.replace(QUICK, window=252, gate=True))
    open_ = pair_backtest(walk, rules=dataclasses.replace(QUICK, window=252))
    assert gated.summary["trades"] < 0.3 * open_.summary["trades"]


@pytest.mark.parametrize(
    ("kwargs", "says"),
    [
        ({"window": 10}, "30 or more"),
        ({"refit": 0}, "1 or more"),
        ({"entry_z": 5.0}, "exit < entry < stop"),
        ({"gross_usd": -1.0}, "above 0"),
        ({"cost_bps": float("nan")}, "zero or more"),
    ],
)
def test_bad_rules_are_refused(kwargs, says):
    with pytest.raises(InputError, match=says):
        Rules(**kwargs)


def test_a_history_shorter_than_the_window_is_a_data_error():
    with pytest.raises(DataError, match="315 are needed"):
        pair_backtest(history(300))


def test_the_command_answers_in_every_format(tmp_path):
    prices = history(400)
    path = tmp_path / "pair.csv"
    rows = [f"{day},{a:.6f},{b:.6f}" for day, (a, b) in zip(prices.dates, prices.close, strict=True)]
    path.write_text("\n".join(["Date,AAA,BBB", *rows]) + "\n")
    run, more = CliRunner().invoke, ["--window", "60", "--entry", "1.5", "--no-gate"]
    table = run(group, ["pair", "backtest", str(path), *more, "--prove"])
    assert table.exit_code == 0, table.output
    assert "Proved" in table.stdout and max(map(len, table.stdout.splitlines())) <= 80
    answer = json.loads(run(group, ["pair", "backtest", str(path), *more, "--format", "json", "--quiet"]).stdout)
    assert (
        answer["schema"] == "hedgekit.pair_backtest/1" and len(answer["daily"]["z"]) == 400 and answer["prove"] is None
    )
    assert answer["trades"] and answer["summary"]["trades"] == len(answer["trades"])
    assert run(group, ["pair", "backtest", str(path), *more, "--format", "csv", "--quiet"]).stdout.startswith(
        "side,signal_day"
    )
    bad = run(group, ["pair", "backtest", str(path), "--entry", "9"])
    assert bad.exit_code != 0 and not isinstance(bad.exception, AssertionError)
