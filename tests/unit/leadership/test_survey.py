"""The state and its indicators together: unknown never votes, and nothing looks ahead."""

import dataclasses
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from hedgekit.errors import InputError
from hedgekit.leadership import assess
from hedgekit.leadership.flows import Flows
from hedgekit.leadership.membership import Membership
from hedgekit.leadership.survey import Windows

sys.path.insert(0, str(Path(__file__).parent))
from leadership_histories import history, walk

WINDOWS = Windows(average=40, short=10, extremes=30, participation=20, flows=15)


def made(n=300):
    pair = history({"IWM": walk(n, seed=1, drift=0.001), "SPY": walk(n, seed=2)})
    names = {f"M{i}": walk(n, seed=10 + i, drift=0.0005) for i in range(12)}
    sector = {name: ("Tech", "Banks", "Energy")[i % 3] for i, name in enumerate(names)}
    membership = Membership(sector=sector, spells=dict.fromkeys(names, ((None, None),)), dated=True)
    rng = np.random.default_rng(9)
    flows = Flows(
        ticker="IWM",
        days=tuple(day.astype(date) for day in pair.dates),
        flow_usd=rng.normal(0, 1e8, n),
        assets_usd=np.full(n, np.nan),
        blank=(),
        source="made",
    )
    return pair, history(names), membership, flows


def whole(asof=None, n=300):
    pair, members, membership, flows = made(n)
    return assess(
        pair, constituents=members, membership=membership, flows=flows, pe=(18.0, 24.0), windows=WINDOWS, asof=asof
    )


def test_every_indicator_is_known_and_dated():
    result = whole()
    assert all(i.value is not None for i in result.indicators)
    assert result.state in ("leading", "neutral", "lagging") and not result.warnings
    named = {i.name: i for i in result.indicators}
    assert named["breadth_above_average"].denominator == 12
    assert named["sector_participation"].denominator == 3
    assert named["valuation_gap"].value == pytest.approx(-25.0) and not named["valuation_gap"].votes
    assert all(i.asof == result.asof for i in result.indicators if i.votes and i.name != "flows")
    (flow,) = (i for i in result.indicators if i.name == "flows")
    assert flow.votes and flow.asof is not None and flow.asof < result.asof  # published after the close


def test_todays_flow_does_not_count_today():
    """Shares outstanding are posted a day late: today's state must be the same whatever flowed today."""
    pair, members, membership, flows = made()
    other = dataclasses.replace(flows, flow_usd=np.append(flows.flow_usd[:-1], -1e12))
    kept = [
        assess(pair, constituents=members, membership=membership, flows=one, windows=WINDOWS) for one in (flows, other)
    ]
    assert kept[0].history == kept[1].history and kept[0].mean_vote == kept[1].mean_vote


@pytest.mark.parametrize("cut", [60, 150, 298])
def test_no_value_changes_when_the_data_are_cut_after_it(cut):
    full = whole()
    days = [day for day, _ in full.history]
    everything = made()
    asof = everything[0].dates[cut].astype(date)
    past = whole(asof=asof)
    shared = dict(full.history)
    assert all(shared[day] == state for day, state in past.history if day in shared)
    assert past.asof == asof and (cut < 40 or asof in days)
    cut_pair, cut_members = everything[0].until(asof), everything[1].until(asof)
    again = assess(
        cut_pair,
        constituents=cut_members,
        membership=everything[2],
        flows=everything[3],
        pe=(18.0, 24.0),
        windows=WINDOWS,
        asof=asof,
    )
    assert again.to_dict()["indicators"] == past.to_dict()["indicators"]
    assert again.history == past.history


def test_what_is_not_given_is_unknown_and_never_votes():
    pair, *_ = made()
    result = assess(pair, windows=WINDOWS)
    named = {i.name: i for i in result.indicators}
    for name in ("breadth_above_average", "new_highs_less_lows", "sector_participation", "flows", "valuation_gap"):
        assert named[name].verdict == "unknown" and not named[name].votes and named[name].value is None


def test_too_short_a_history_is_an_unknown_state():
    result = assess(made(30)[0], windows=WINDOWS)
    assert result.state == "unknown" and all(i.verdict == "unknown" for i in result.indicators)


def test_an_indicator_that_ends_early_is_shown_and_does_not_vote():
    pair, members, membership, flows = made()
    early = members.until(members.dates[200].astype(date))
    result = assess(pair, constituents=early, membership=membership, flows=flows, windows=WINDOWS)
    named = {i.name: i for i in result.indicators}
    assert named["breadth_above_average"].value is not None and not named["breadth_above_average"].votes
    assert {note.slug for note in result.warnings} == {"stale_indicator"}


def test_todays_members_on_old_days_are_warned_of():
    pair, members, _, _ = made()
    slugs = {note.slug for note in assess(pair, constituents=members, windows=WINDOWS).warnings}
    assert "members_not_point_in_time" in slugs


def test_a_steady_leader_leads():
    n = 300
    pair = history({"IWM": 100 * 1.002 ** np.arange(n), "SPY": 100 * 1.0005 ** np.arange(n)})
    result = assess(pair, windows=WINDOWS)
    assert result.state == "leading"
    assert assess(pair, leader="SPY", benchmark="IWM", windows=WINDOWS).state != "leading"


@pytest.mark.parametrize("pe", [(0.0, 20.0), (-5.0, 20.0), (float("nan"), 20.0)])
def test_a_loss_has_no_price_earnings(pe):
    with pytest.raises(InputError, match="both must be above zero"):
        assess(made()[0], pe=pe, windows=WINDOWS)


def test_an_unknown_ticker_is_named():
    with pytest.raises(InputError, match="no prices of QQQ"):
        assess(made()[0], benchmark="QQQ")


def test_breadth_of_too_few_members_does_not_vote():
    pair, members, membership, _ = made()
    few = members.select(("M0", "M1", "M2", "M3", "M4"))
    result = assess(pair, constituents=few, membership=membership, windows=WINDOWS)
    named = {i.name: i for i in result.indicators}
    for name in ("breadth_above_average", "new_highs_less_lows"):
        assert named[name].denominator == 5
        assert named[name].verdict == "unknown" and not named[name].votes
    assert next(note.message for note in result.warnings if note.slug == "thin_breadth").startswith(
        "breadth_above_average: 5 of 12 members"
    )
    half = members.select(tuple(f"M{i}" for i in range(6)))
    votes = {
        i.name: i.votes for i in assess(pair, constituents=half, membership=membership, windows=WINDOWS).indicators
    }
    assert votes["breadth_above_average"]


def test_prices_that_end_long_before_the_day_asked_for_say_so():
    late = date(2026, 1, 2)
    result = whole(asof=late)
    assert result.asof < late
    assert "prices_end_early" in [note.slug for note in result.warnings]
