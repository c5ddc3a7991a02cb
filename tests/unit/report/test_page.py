"""The page: whole, escaped, and the same numbers as the JSON; what a browser makes of it is tested beside this file."""

from __future__ import annotations

import copy
import html
import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hedgekit as hk
from hedgekit.errors import DataError, InputError
from hedgekit.model import PriceHistory
from hedgekit.report.console import dollars
from hedgekit.report.page import PAGES, figures, page, sections_of
from hedgekit.report.page.document import MOST_CHARACTERS, script_json

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&"


@pytest.fixture(scope="module")
def pair_prices() -> PriceHistory:
    """Two made legs whose spread reverts."""
    random = np.random.default_rng(4)
    x, e = np.cumsum(0.01 * random.normal(size=600)), np.zeros(600)
    for t in range(1, 600):
        e[t] = 0.8 * e[t - 1] + 0.01 * random.normal()
    both = 50 * np.exp(np.column_stack([0.9 * x + e, x]))
    days = np.datetime64("2024-01-01") + np.arange(600)
    return PriceHistory(tickers=("A", "B"), dates=days, close=both, total_return=both, source="made")


def flat_index(history: PriceHistory) -> PriceHistory:
    """A vol index that stays where it is, on a history's days."""
    level = np.full((len(history.dates), 1), 20.0)
    return PriceHistory(tickers=("VIX",), dates=history.dates, close=level, total_return=level, source="made")


@pytest.fixture(scope="module")
def answers(example: Path, pair_prices: PriceHistory) -> dict[str, dict[str, Any]]:
    """One answer of many kinds."""
    from hedgekit.hedges.frontier import frontier
    from hedgekit.hedges.what_if import what_if
    from hedgekit.market.surface.result import describe
    from hedgekit.pairs.backtest import pair_backtest
    from hedgekit.pairs.scan import pair_scan
    from hedgekit.pairs.status import pair_status

    chain = hk.load_chain(example)
    by = date(2027, 1, 15)
    hedge = hk.compare(chain, shares=1700, floor=0.90, by=by)
    history = hk.load_prices(example.parent / "IWM.csv")
    found = [
        hedge,
        what_if(
            chain, hedge, vol_shocks=(-0.2, 0.0, 0.5), prices=history, vol_index=flat_index(history), with_rolls=True
        ),
        frontier(chain, shares=1700, by=by, points=4, max_legs=2),
        describe(chain, expiry=by),
        hk.pair_ratio(pair_prices),
        hk.pair_test(pair_prices),
        hk.pair_size(pair_prices, gross=50_000.0),
        pair_scan(pair_prices),
        pair_status(pair_prices),
        pair_backtest(pair_prices),
    ]
    return {answer.schema_name: answer.to_dict() for answer in found}


class Checked(HTMLParser):
    """Collects ids and elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.elements: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]


def checked(text: str) -> Checked:
    parser = Checked()
    parser.feed(text)
    return parser


def test_every_kind_given_twice_keeps_ids_apart(answers):
    text = page([*answers.values(), *answers.values()])
    ids = checked(text).ids
    assert len(ids) == len(set(ids))
    for name in re.findall(r'data-for="([^"]+)"', text):
        assert name in ids


def test_page_is_small_and_loads_nothing(answers):
    text = page(list(answers.values()))
    assert len(text.encode()) < 6_000_000
    ours = re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)
    assert not re.search(r'(src|href)="(https?:)?//', ours)
    assert not re.search(r"<(link|img|iframe)[^>]*(src|href)=\"(?!data:)", ours)


def hostile(value: Any) -> Any:
    """Put hostile text in place of every word that may come from a file."""
    if isinstance(value, dict):
        changed = {key: hostile(item) for key, item in value.items()}
        for key in ("source", "ticker", "long", "short", "message", "why", "label", "statement", "rate_source"):
            if isinstance(changed.get(key), str):
                changed[key] = HOSTILE
        return changed
    return [hostile(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("at", range(10))
def test_text_of_files_cannot_become_elements(answers, at):
    name = list(answers)[at]
    plain, changed = page([answers[name]]), page([hostile(copy.deepcopy(answers[name]))])
    assert "<img" not in re.sub(r"<script>.*?</script>", "", changed, flags=re.DOTALL)
    # The same elements in the same order: nothing of the text was taken for markup.
    assert checked(changed).elements == checked(plain).elements
    assert "&lt;/script&gt;" in changed or "\\u003c/script>" in changed


def test_a_saved_hedge_shows_the_what_if_it_carries(answers):
    carrying = {
        **answers["hedge"],
        "what_if": {k: v for k, v in answers["hedge_what_if"].items() if k not in ("schema", "inputs", "warnings")},
    }
    alone, both = page([carrying]), page([carrying, answers["hedge_what_if"]])
    assert alone.count("What if: ") == both.count("What if: ") == 2  # the heading and its place in the contents


def test_what_if_tables_every_replay_and_roll_of_its_answer(answers):
    answer = answers["hedge_what_if"]
    text = re.sub(r"<script.*?</script>", "", page([answer]), flags=re.DOTALL)
    assert answer["replays"] and answer["rolls"]
    for found in answer["replays"]:
        assert f">{found['name']}</" in text and dollars(found["unhedged_worst_usd"], sign=True) in text
    for name, plan in answer["rolls"].items():
        own = text[text.index(f">{name}</h") :]
        for roll in plan:
            row = own[own.index(f">{roll['days_left']} day") :].partition("</tr>")[0]
            assert str(roll["on"]) in row and dollars(roll["roll_usd"], sign=True) in row
    without = {**answer, "replays": [], "rolls": {}}
    assert "Rolling" not in page([without]) and "Recorded market moves" not in page([without])


def test_a_structure_page_says_what_assignment_would_do(example):
    from hedgekit.structures.catalogue import make

    answer = make("covered-call", hk.load_chain(example), by=date(2027, 1, 15)).to_dict()
    text = re.sub(r"<script.*?</script>", "", page([answer]), flags=re.DOTALL)
    (line,) = answer["assignment"]
    row = text[text.index(">Assignment</h3>") :].partition("</tbody>")[0]
    assert html.escape(line["why"]) in row and f"{line['shares_delta']:+,d}" in row and line["early_risk"] in row
    assert dollars(line["cash_usd"], sign=True) in row and f"{line['pin_low']:.2f} to {line['pin_high']:.2f}" in row
    put = make("protective-put", hk.load_chain(example), by=date(2027, 1, 15)).to_dict()
    assert ">Assignment</h3>" not in page([put])


def test_embedded_answers_read_back(answers):
    text = page([answers["hedge"]])
    embedded = re.search(r'<script type="application/json" id="answers">(.*?)</script>', text, re.DOTALL)
    assert embedded is not None
    assert json.loads(embedded.group(1)) == [answers["hedge"]]


def test_lists_too_long_for_a_page_say_so(answers):
    large = copy.deepcopy(answers["pair_scan"])
    large["pairs"] = large["pairs"] * (MOST_CHARACTERS // len(script_json(large["pairs"])) + 401)
    text = page([large])
    assert "rows left out of the page" in text


def test_a_page_of_every_registered_kind_can_be_imported():
    import importlib

    for module in PAGES.values():
        assert callable(importlib.import_module(module).sections)


def test_answers_that_lack_their_fields_are_refused():
    with pytest.raises(DataError, match="write it again"):
        sections_of({"schema": "hedgekit.hedge/1"})
    with pytest.raises(DataError, match="answer of hedgekit"):
        sections_of({"schema": "other"})


def test_figures_carry_the_numbers_of_the_answer(answers):
    shown = {figure.name: figure for figure in figures(answers["pair_status"])}["spread"]
    assert shown.data[0]["y"] == answers["pair_status"]["history"]["z"]
    assert shown.data[0]["y"][-1] == answers["pair_status"]["z"]


def test_a_tested_pair_shows_its_spread_with_bands(answers):
    answer = answers["pair_test"]
    (shown,) = figures(answer)
    spread = answer["spread"]
    assert shown.data[0]["y"] == spread["history"]["value"] and shown.data[0]["y"][-1] == spread["now"]
    assert {mark["y0"] for mark in shown.layout["shapes"]} == {0.0, 2 * spread["sd"], -2 * spread["sd"]}


def test_a_sized_pair_shows_what_its_ratio_leaves_open(answers):
    answer = answers["pair_size"]
    (shown,) = figures(answer)
    (points,) = shown.data
    ways = [answer["leftover"]["beta_usd"], *(row["beta_usd"] for row in answer["runners_up"])]
    assert points["x"] == [answer["naive"]["leftover"]["beta_usd"], *reversed(ways)]
    ends = answer["leftover"]["beta_ci95_usd"]
    bar = points["error_x"]
    told = (points["x"][-1] - bar["arrayminus"][-1], points["x"][-1] + bar["array"][-1])
    assert told == pytest.approx(ends, abs=1e-6)


def test_plot_of_a_result_is_a_plotly_figure(pair_prices):
    from hedgekit.pairs.status import pair_status

    pytest.importorskip("plotly")
    result = pair_status(pair_prices)
    drawn = result.plot()
    assert list(drawn.data[0].y) == pytest.approx(result.to_dict()["history"]["z"])
    assert result.plot("spread").to_dict() == drawn.to_dict()
    with pytest.raises(InputError, match="spread"):
        result.plot("nonsense")
    with pytest.raises(InputError, match="no picture"):
        hk.pair_size(pair_prices, gross=50_000.0, ratio=1.1).plot()
