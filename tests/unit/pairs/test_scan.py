"""The scan of many pairs: what it finds, what it leaves alone, and whom it says it left out."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from hedgekit.cli import group
from hedgekit.errors import DataError, InputError
from hedgekit.model import PriceHistory
from hedgekit.pairs.discoveries import adjusted
from hedgekit.pairs.scan import pair_scan
from hedgekit.scale.engines import LocalProcesses, Lost


def history(logs, tickers=None):
    n, k = logs.shape
    prices = 50 * np.exp(logs)
    names = tuple(tickers or (f"T{i:02d}" for i in range(k)))
    days = np.datetime64("2015-01-01") + np.arange(n)
    return PriceHistory(tickers=names, dates=days, close=prices, total_return=prices, source="made")


def walks(n, k, seed):
    return np.cumsum(0.01 * np.random.default_rng(seed).normal(size=(n, k)), axis=0)


def planted(n=800, k=12, seed=4):
    """Random walks; T03 leans on T00 and T05 on T04."""
    logs, random = walks(n, k, seed), np.random.default_rng(seed + 1)
    for child, parent, slope in ((3, 0, 0.7), (5, 4, 1.3)):
        e = np.zeros(n)
        for t in range(1, n):
            e[t] = 0.85 * e[t - 1] + 0.01 * random.normal()
        logs[:, child] = slope * logs[:, parent] + e
    return logs


@pytest.mark.parametrize("method", ["by", "bh"])
def test_q_values_equal_statsmodels(method):
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    values = np.random.default_rng(1).uniform(size=200) ** 2
    values[10] = values[11]
    expected = multitest.multipletests(values, method=f"fdr_{method}")[1]
    np.testing.assert_allclose(adjusted(values, method), expected, rtol=1e-12)
    with_gap = np.insert(values, 5, np.nan)
    np.testing.assert_allclose(np.delete(adjusted(with_gap, method), 5), expected, rtol=1e-12)
    assert np.isnan(adjusted(with_gap, method)[5])


def test_planted_pairs_are_found_and_no_others():
    found = pair_scan(history(planted()))
    assert {frozenset((pair.y, pair.x)) for pair in found.pairs if pair.discovery} == {
        frozenset(("T00", "T03")),
        frozenset(("T04", "T05")),
    }
    assert found.tested == 66 and found.discoveries == 2 and found.untestable == 0
    assert all(2 < pair.half_life_days < 8 for pair in found.pairs[:2])


def test_independent_walks_are_left_alone():
    """At a rate of 5% a scan without any cointegration makes a discovery in at most one of twenty."""
    hits = sum(pair_scan(history(walks(300, 6, seed)), method="bh").discoveries > 0 for seed in range(40))
    # asymptotic tables and AIC lags in 300 days cost something: 40 scans at 5% make more than 6 once in 300 trials
    assert hits <= 6


def test_what_chance_shows_is_what_unrelated_walks_show():
    """The number of pairs below 5% among unrelated walks: on average as said, and seldom above the most that is said."""
    scans = [pair_scan(history(walks(400, 10, seed)), lags=0, criterion=None) for seed in range(60)]
    below = np.array([scan.below_5pct for scan in scans])
    # pairs share legs: the number's deviation is about its mean, of 60 scans an eighth of that; three of them
    assert below.mean() == pytest.approx(scans[0].expected_by_chance, abs=1.1)
    assert (below > scans[0].most_by_chance).mean() < 0.05 + 3 * (0.05 * 0.95 / 60) ** 0.5


def test_a_ticker_that_jumped_once_or_reverts_is_in_no_test():
    """A take-over in the first weeks: with any walk such prices look cointegrated, and so does a vol index."""
    logs = planted()
    logs[:12, 7] -= 1.5
    noise = np.random.default_rng(9).normal(size=len(logs))
    for t in range(1, len(logs)):
        logs[t, 9] = 0.9 * logs[t - 1, 9] + 0.05 * noise[t]
    found = pair_scan(history(logs), top=None)
    assert found.tested == 45 and found.tickers == 10
    assert not {"T07", "T09"} & {name for pair in found.pairs for name in (pair.y, pair.x)}
    (note,) = [note for note in found.warnings if note.slug == "legs_revert"]
    assert "T07, T09" in note.message
    with pytest.raises(DataError, match="reverts by itself"):
        pair_scan(history(logs[:, [7, 9]]))


def test_found_pairs_have_an_interval_and_the_others_a_least_half_life():
    found = pair_scan(history(planted()), top=None)
    for pair in found.pairs:
        if pair.discovery:
            assert pair.half_life_low < pair.half_life_days < pair.half_life_high
        else:
            assert np.isnan(pair.half_life_days) and pair.half_life_high == np.inf and pair.half_life_low > 0
        assert pair.by_chance == pytest.approx(found.tested * pair.pvalue)
    assert found.expected_false <= found.rate * found.discoveries
    # half-lives allow for the bar they had to pass: a higher one widens them
    strict = pair_scan(history(planted()), rate=1e-6)
    both = [pair for pair in found.pairs if pair.discovery], [pair for pair in strict.pairs if pair.discovery]
    for loose, tight in zip(*both, strict=False):
        assert tight.half_life_high >= loose.half_life_high


def test_the_statistic_is_the_better_of_two_directions():
    coint = pytest.importorskip("statsmodels.tsa.stattools").coint
    logs = planted(400, 6)
    for pair in pair_scan(history(logs), top=None).pairs:
        y, x = (logs[:, int(name[1:])] for name in (pair.y, pair.x))
        there, back = coint(y, x, autolag="aic"), coint(x, y, autolag="aic")
        assert (pair.statistic, pair.other_statistic) == pytest.approx((there[0], back[0]), rel=1e-8)
        assert pair.statistic <= pair.other_statistic
        assert pair.pvalue == pytest.approx(min(1.0, 2 * there[1]), rel=1e-8)


def test_each_pair_is_tested_on_the_days_it_has():
    logs = planted(600, 6)
    logs[:100, 1] = np.nan  # a late start
    logs[200:205, 2] = np.nan  # a gap
    logs[300:, 5] = np.nan  # an early end
    logs[:400, 4] = np.nan  # with 5 in common: none
    found = {(pair.y, pair.x): pair for pair in pair_scan(history(logs), top=None).pairs}
    by_names = {frozenset(key): pair for key, pair in found.items()}
    assert by_names[frozenset(("T00", "T01"))].days == 500
    assert by_names[frozenset(("T00", "T02"))].days == 595
    assert by_names[frozenset(("T00", "T05"))].days == 300
    assert frozenset(("T04", "T05")) not in by_names
    gap = by_names[frozenset(("T00", "T02"))]
    both = np.isfinite(logs[:, 2])
    alone = pair_scan(history(logs[both][:, [0, 2]], ("T00", "T02")))
    assert alone.pairs[0].statistic == gap.statistic


def test_what_is_left_out_is_said():
    logs = walks(400, 4, 1)
    logs[:300, 3] = np.nan
    logs[:, 2] = logs[:, 0]
    found = pair_scan(history(logs))
    said = " ".join(note.message for note in found.warnings)
    assert "T03" in said and "4 pairs have no test" in said
    assert found.tested == 2 and found.untestable == 4 and found.tickers == 3


@pytest.mark.parametrize(
    ("kwargs", "says"),
    [
        ({"rate": 0.0}, "between 0 and 1"),
        ({"method": "bonferroni"}, "use by or bh"),
        ({"top": -1}, "0 or more"),
        ({"lags": 999}, "from 0 to"),
    ],
)
def test_bad_questions_are_refused(kwargs, says):
    with pytest.raises(InputError, match=says):
        pair_scan(history(walks(300, 3, 1)), **kwargs)


def test_too_short_histories_are_a_data_error():
    with pytest.raises(DataError, match="252 days"):
        pair_scan(history(walks(100, 3, 1)))
    with pytest.raises(InputError, match="two tickers"):
        pair_scan(history(walks(300, 1, 1)))


def test_the_command_answers_in_every_format(tmp_path):
    prices = history(planted(400, 6))
    lines = ["Date," + ",".join(prices.tickers)]
    lines += [
        f"{day}," + ",".join(f"{value:.6f}" for value in row)
        for day, row in zip(prices.dates, prices.close, strict=True)
    ]
    path = tmp_path / "wide.csv"
    path.write_text("\n".join(lines) + "\n")
    table = CliRunner().invoke(group, ["pair", "scan", str(path), "--top", "3"])
    assert table.exit_code == 0 and max(map(len, table.stdout.splitlines())) <= 80 and "found" in table.stdout
    answer = json.loads(
        CliRunner().invoke(group, ["pair", "scan", str(path), "--format", "json", "--all", "--quiet"]).stdout
    )
    assert answer["schema"] == "hedgekit.pair_scan/1" and len(answer["pairs"]) == 15 == answer["tested"]
    assert answer["pairs"][0]["discovery"] is True
    refused = CliRunner().invoke(group, ["pair", "scan", str(path), "--tickers", "T00"])
    assert refused.exit_code != 0


def test_parts_on_two_processes_give_the_same_bytes(tmp_path, monkeypatch):
    logs = planted(n=400, k=8, seed=5)
    logs[:40, 2] = np.nan  # a later listing
    logs[100, 5] = np.nan  # a gap
    panel = history(logs)
    monkeypatch.setattr("hedgekit.pairs.scan_parts.CHUNK", 5)
    told = []
    plain = pair_scan(panel, top=None)
    spread = pair_scan(
        panel, top=None, engine=LocalProcesses(2), progress=lambda done, total: told.append((done, total))
    )
    assert spread.to_json() == plain.to_json() and plain.tested == 28
    assert told[-1] == (56, 56) and len(told) > 5


def test_a_part_that_is_lost_is_not_passed_over():
    class Losing:
        def map(self, work, items, common=None):
            yield 0, Lost(reason="its worker died")

    with pytest.raises(DataError, match="pairs were not tested: its worker died"):
        pair_scan(history(planted(n=300, k=8)), engine=Losing())
