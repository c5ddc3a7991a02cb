"""What `pair status` says to do, on made pairs whose answer is known."""

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner

from hedgekit.cli import group
from hedgekit.errors import DataError, InputError
from hedgekit.model import PriceHistory
from hedgekit.pairs.backtest import Rules, pair_backtest
from hedgekit.pairs.status import pair_status


def made(n=400, *, seed=4, carried=0.85, last=None, slope=0.9, start="2024-01-01"):
    """A pair whose log spread carries `carried` of itself on; `last` sets today's residual, in prices of the long leg."""
    random = np.random.default_rng(seed)
    x, e = np.cumsum(0.01 * random.normal(size=n)), np.zeros(n)
    for t in range(1, n):
        e[t] = carried * e[t - 1] + 0.01 * random.normal()
    if last is not None:
        e[-1] = last
    logs = np.column_stack([slope * x + e, x])
    days = np.datetime64(start) + np.arange(n)
    prices = np.exp(logs) * [50.0, 80.0]
    return PriceHistory(tickers=("AAA", "BBB"), dates=days, close=prices, total_return=prices * 0.8, source="made")


@pytest.mark.parametrize(
    ("last", "position", "action"),
    [
        (0.0, "none", "wait"),
        (-0.05, "none", "buy_spread"),
        (0.05, "none", "sell_spread"),
        (0.30, "none", "stand_aside"),  # beyond the stop: something has changed
        (-0.05, "long", "hold"),
        (0.05, "long", "close"),  # on the far side: the exit
        (-0.30, "long", "close"),  # the stop
        (0.30, "short", "close"),
        (0.05, "short", "hold"),
    ],
)
def test_the_action_follows_from_where_the_spread_is(last, position, action):
    now = pair_status(made(last=last), entry_z=1.5, exit_z=0.3, position=position)
    assert now.action == action, now.why
    # odds are of a spread between exit and stop
    assert (now.odds is None) == (not 0.3 < abs(now.z) < 4.0)


def test_todays_price_does_not_move_the_line_it_is_measured_by():
    calm, wild = pair_status(made(last=0.0)), pair_status(made(last=0.3))
    assert calm.residual_sd == wild.residual_sd and calm.elasticity == wild.elasticity
    assert calm.process == wild.process and calm.pvalue == wild.pvalue
    assert wild.z - calm.z == pytest.approx(0.3 / calm.residual_sd, rel=1e-9)


def test_a_level_is_a_price_that_makes_that_z():
    prices = made()
    now = pair_status(prices, entry_z=1.8, exit_z=0.2)
    for level in now.levels:
        for leg, price in ((0, level.long_price), (1, level.short_price)):
            close, total = prices.close.copy(), prices.total_return.copy()
            total[-1, leg] *= price / close[-1, leg]
            close[-1, leg] = price
            moved = PriceHistory(
                tickers=prices.tickers, dates=prices.dates, close=close, total_return=total, source="made"
            )
            assert pair_status(moved, entry_z=1.8, exit_z=0.2).z == pytest.approx(level.z, abs=1e-9)
    assert [level.z for level in now.levels] == [4.0, 1.8, 0.2, 0.0, -0.2, -1.8, -4.0]


def test_walks_are_not_traded():
    now = pair_status(made(carried=1.0, seed=11))
    assert now.action == "stand_aside" and now.pvalue > 0.05
    assert pair_status(made(carried=1.0, seed=11), position="long").action in ("hold", "close")


def test_legs_that_move_against_each_other_are_not_a_pair():
    now = pair_status(made(slope=-0.9))
    assert now.action == "stand_aside" and "falling_line" in {note.slug for note in now.warnings}


def test_today_is_decided_as_the_history_is():
    """The same levels, line, gate and signal as the walk-forward history refitted every day."""
    prices = made(n=600, seed=7, carried=0.8)
    rules = Rules(refit=1)
    track = pair_backtest(prices, rules=rules).track
    flat, seen = 0, set()
    for t in range(260, 600):
        before, flat = flat, int(track.target[t])
        if before or not (flat or t % 25 == 0 or abs(track.z[t]) > rules.entry_z):
            continue
        now = pair_status(prices.until(prices.dates[t].item()))
        assert (now.entry_z, now.exit_z, now.stop_z) == (rules.entry_z, rules.exit_z, rules.stop_z)
        assert now.z == pytest.approx(track.z[t], abs=1e-9)
        assert now.action == {1: "buy_spread", -1: "sell_spread"}.get(flat, now.action)
        seen.add(now.action)
    assert {"wait", "buy_spread", "sell_spread"} <= seen


def test_costs_push_bertrams_levels_out_and_uncertainty_is_shown():
    cheap, dear = pair_status(made(), cost_bps=1.0), pair_status(made(), cost_bps=20.0)
    best = dear.thresholds["bertram"]["entry_z"]
    assert cheap.thresholds["bertram"]["entry_z"] < best
    low, high = dear.bertram_z_ci90
    assert low < best < high
    assert dear.stop["loss_usd"] > 0 and math.isnan(dear.stop["days"])  # between the exits there is nothing to wait for


def test_a_walk_has_no_half_life():
    walk = pair_status(made(carried=1.0, seed=11))
    assert walk.belief.never > 0.5 and math.isinf(walk.half_life_days) and math.isinf(walk.half_life_ci90[1])
    assert walk.to_dict()["half_life"]["days"] is None


def test_a_move_that_ends_the_cointegration_is_no_signal():
    prices = made(seed=6, carried=0.95)
    before = pair_status(prices)
    broken = pair_status(made(seed=6, carried=0.95, last=0.1), stop_z=9.0)
    assert broken.pvalue == before.pvalue < 0.05 < broken.pvalue_today
    assert broken.action == "stand_aside" and "with today" in broken.why
    held = pair_status(made(seed=6, carried=0.95, last=0.1), position="short", stop_z=9.0)
    assert held.action == "hold" and held.why.startswith("with today the pair is no longer cointegrated")


def test_an_order_on_what_is_likelier_a_walk_says_so():
    slow = made(n=1500, seed=0, carried=0.995)
    now = pair_status(slow.until(slow.dates[288].item()))
    assert now.belief.never > 0.5 and now.action in ("buy_spread", "sell_spread")
    assert "on the word of the test alone" in now.why


def test_odds_add_up_and_are_the_same_twice():
    now, again = (pair_status(made(last=-0.05)) for _ in range(2))
    ahead = now.odds
    assert ahead == again.odds
    assert ahead.exit_first + ahead.stop_first + ahead.neither == pytest.approx(1.0)
    shares = list(ahead.within.values())
    assert shares == sorted(shares) and shares[-1] + ahead.not_back == pytest.approx(1.0)
    assert now.stop["days"] == ahead.exit_days < ahead.sure_days
    told = json.loads(now.to_json())["odds"]
    assert told["within"][0] == {"days": 10, "probability": ahead.within[10], "if_never": ahead.within_if_never[10]}
    assert ahead.within_if_never[126] < ahead.within[126]


def test_a_spread_that_is_back_in_a_day_reverts():
    """Half of seeds have a negative carried share, which no process in continuous time has."""
    quick = next(now for seed in range(20) for now in [pair_status(made(seed=seed, carried=0.0))] if not now.process)
    assert quick.action in ("wait", "buy_spread", "sell_spread") and quick.belief.never < 0.01
    assert "back within a day" in quick.warnings[-1].message


def test_costs_beyond_what_the_levels_earn_are_no_trade():
    now = pair_status(made(), cost_bps=400.0)
    assert "costs_eat_the_trade" in {note.slug for note in now.warnings}
    assert now.action == "stand_aside" and math.isnan(now.entry_z)
    assert all(math.isfinite(level.z) for level in now.levels)
    json.loads(now.to_json())


@pytest.mark.parametrize(
    ("kwargs", "says"),
    [
        ({"window": 30}, "60 or more"),
        ({"cost_bps": 0.0}, "above 0"),
        ({"entry_z": 2.0, "exit_z": 2.5}, "exit < entry < stop"),
        ({"entry_z": 0.4}, "exit < entry < stop"),
        ({"entry_z": 5.0}, "exit < entry < stop"),
        ({"position": "both"}, "use none, long"),
        ({"rate": math.nan}, "above 0"),
    ],
)
def test_bad_questions_are_refused(kwargs, says):
    with pytest.raises(InputError, match=says):
        pair_status(made(), **kwargs)


def test_short_histories_are_a_data_error():
    with pytest.raises(DataError, match="253 are needed"):
        pair_status(made(n=200))


def test_the_command_answers_in_every_format(tmp_path):
    prices = made(last=-0.05)
    path = tmp_path / "pair.csv"
    rows = [f"{day},{a:.6f},{b:.6f}" for day, (a, b) in zip(prices.dates, prices.close, strict=True)]
    path.write_text("\n".join(["Date,AAA,BBB", *rows]) + "\n")
    run = CliRunner().invoke
    table = run(group, ["pair", "status", str(path), "--entry", "1.5", "--exit", "0"])
    assert table.exit_code == 0, table.output
    assert "Buy the spread" in table.stdout and max(map(len, table.stdout.splitlines())) <= 80
    answer = json.loads(run(group, ["pair", "status", str(path), "--format", "json", "--quiet"]).stdout)
    assert answer["schema"] == "hedgekit.pair_status/1" and answer["stop"]["z"] == 4.0 and answer["levels"]
    assert run(group, ["pair", "status", str(path), "--format", "csv", "--quiet"]).stdout.startswith("level,z,")


def test_one_ticker_is_no_pair():
    with pytest.raises(InputError, match="name both legs"):
        pair_status(made().select(["AAA"]))


def test_a_leg_that_jumped_once_is_said():
    """A take-over weeks into the window: with any other leg it looks cointegrated."""
    random = np.random.default_rng(3)
    logs = np.cumsum(0.01 * random.normal(size=(400, 2)), axis=0)
    logs[:165, 0] -= 1.5
    prices = 50 * np.exp(logs)
    days = np.datetime64("2024-01-01") + np.arange(400)
    now = pair_status(
        PriceHistory(tickers=("AAA", "BBB"), dates=days, close=prices, total_return=prices, source="made")
    )
    assert [note.message.split()[0] for note in now.warnings if note.slug == "leg_reverts"] == ["AAA"]
    assert not [note for note in pair_status(made()).warnings if note.slug == "leg_reverts"]
