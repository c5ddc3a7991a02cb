"""The page in a real browser: no errors, every picture drawn, sliders that show the JSON, readable by all, printable."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import hedgekit as hk
from hedgekit.report.page import page

_FILE = Path(__file__).with_name("browser.py")
_SPEC = importlib.util.spec_from_file_location("browser", _FILE)
assert _SPEC is not None and _SPEC.loader is not None
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)
Browser: Any = _MODULE.Browser

pytestmark = [
    pytest.mark.skipif(_MODULE.BROWSER is None, reason="no chromium or chrome on the path: pages are not opened"),
    pytest.mark.skipif(os.name != "posix", reason="the pipe to the browser needs POSIX descriptors"),
]

READABLE = 4.5
"""Contrast of text and paper that WCAG AA asks for."""

PRINTED = 703
"""Pixels between the margins of an A4 sheet."""

CONTRASTS = """(() => {
const light = (rgb) => { const [r, g, b] = rgb.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const numbers = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
const paper = (element) => { for (let at = element; at; at = at.parentElement) {
  const tone = numbers(getComputedStyle(at).backgroundColor); if (tone.length === 3 || tone[3] > 0) return tone.slice(0, 3); } return [255, 255, 255]; };
const low = [];
for (const element of document.querySelectorAll("body *")) {
  if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue;
  if (["SCRIPT", "STYLE"].includes(element.tagName) || !element.getClientRects().length) continue;
  const style = getComputedStyle(element), drawn = element.closest("svg");
  const a = light(numbers(drawn ? style.fill : style.color).slice(0, 3)), b = light(paper(element));
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < READABLE) low.push([element.tagName, element.textContent.slice(0, 40), ratio]);
}
return low; })()"""

SLIDE = """(() => { const seen = [];
for (const control of document.querySelectorAll("[data-cube]")) {
  const input = control.querySelector("input"), table = document.getElementById(control.dataset.table);
  for (let i = Number(input.min); i <= Number(input.max); i++) {
    input.value = i; input.dispatchEvent(new Event("input"));
    seen.push({label: control.querySelector("output").textContent, spoken: input.getAttribute("aria-valuetext"),
      drawn: document.getElementById(control.dataset.plot).data[0].z,
      lines: document.getElementById(control.dataset.lines).data.map((trace) => trace.y),
      cells: [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent))});
  } }
return seen; })()"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One browser for the tests of this file."""
    started = Browser(tmp_path_factory.mktemp("browser"))
    yield started
    started.close()


@pytest.fixture(scope="module")
def answers(example: Path) -> list[dict[str, Any]]:
    """A hedge with its what-if, and a structure with its own."""
    from hedgekit.hedges.what_if import what_if
    from hedgekit.structures.catalogue import make
    from hedgekit.structures.what_if import what_if as structure_what_if

    chain = hk.load_chain(example)
    hedge = hk.compare(chain, shares=1700, floor=0.90, by=date(2027, 1, 15))
    condor = make("iron-condor", chain, by=date(2026, 12, 18))
    found = [hedge, what_if(chain, hedge, with_odds=True), condor, structure_what_if(condor)]
    return [answer.to_dict() for answer in found]


@pytest.fixture(scope="module")
def opened(answers: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of them on disk."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(page(answers), encoding="utf-8")
    return path


def written(value: float) -> str:
    """Return money as the page writes it."""
    return f"{'-' if round(value) < 0 else '+'}${abs(value):,.0f}"


def agrees(cell: str, value: float) -> bool:
    """Say whether a cell shows a value; a half may be rounded either way."""
    return cell in {written(value), written(value + 1e-6), written(value - 1e-6)}


def test_opens_without_errors_and_draws_every_picture(browser, opened):
    browser.view(1280)
    assert browser.open(opened) == []
    counts = browser.run("[...document.querySelectorAll('.plot')].map((p)=>p.querySelectorAll('svg.main-svg').length)")
    assert len(counts) == 5 and all(counts)
    assert browser.run("document.documentElement.dataset.ready") == "yes"


def test_sliders_show_the_numbers_of_the_json(browser, opened, answers):
    browser.view(1280)
    browser.open(opened)
    seen = browser.run(SLIDE)
    cubes = [answer for answer in answers if answer["schema"].endswith("what_if/1")]
    assert len(seen) == sum(len(cube["vol_shocks"]) for cube in cubes)
    for cube in cubes:
        dates, spots = range(len(cube["dates"])), range(len(cube["spots"]))
        mine, seen = seen[: len(cube["vol_shocks"])], seen[len(cube["vol_shocks"]) :]
        for j, sheet in enumerate(mine):
            values = [[cube["pnl_usd"][d][i][j] for d in dates] for i in spots]
            assert sheet["drawn"] == values
            assert sheet["spoken"] == sheet["label"]
            assert sheet["lines"][0] == [row[0] for row in values]
            by_name = {f"{spot:.2f}": row for spot, row in zip(cube["spots"], values, strict=True)}
            assert f"{cube['spot']:.2f}" in {row[0].split(" ")[0] for row in sheet["cells"]}
            for row in sheet["cells"]:
                expected = by_name[row[0].split(" ")[0]]
                assert all(agrees(cell, value) for cell, value in zip(row[1:], expected, strict=False))
        # The sheets differ: a slider that does nothing would not pass.
        assert mine[0]["cells"] != mine[-1]["cells"]
        assert mine[0]["lines"][0] != mine[-1]["lines"][0]


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_fits_the_window(browser, opened, width):
    # Tables scroll inside their frame, the page itself does not.
    browser.view(width, phone=width < 500)
    browser.open(opened)
    assert browser.run("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert browser.run("innerWidth") == width


def test_fits_a_printed_sheet(browser, opened):
    browser.view(1280)
    browser.open(opened)
    browser.run("dispatchEvent(new Event('beforeprint'))")
    browser.view(PRINTED, media="print")
    cut = browser.run("[...document.querySelectorAll('.wide')].filter((t)=>t.scrollWidth>t.clientWidth+1).length")
    assert cut == 0
    wider = "[...document.querySelectorAll('.plot .main-svg')].filter((p)=>p.getBoundingClientRect().width>innerWidth).length"
    assert browser.run(wider) == 0
    assert browser.run("[...document.querySelectorAll('details')].every((d)=>d.open)")
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert not browser.run("[...document.querySelectorAll('details')].some((d)=>d.open)")


@pytest.mark.parametrize("dark", [False, True])
def test_text_stands_out_from_the_paper(browser, opened, dark):
    browser.view(1280, dark=dark)
    browser.open(opened)
    assert browser.run(CONTRASTS.replace("READABLE", str(READABLE))) == []


def test_a_keyboard_reaches_everything_in_order(browser, opened):
    browser.view(1280)
    browser.open(opened)
    told = []
    for _ in range(40):
        browser.press("Tab", 9)
        told.append(
            browser.run(
                "[document.activeElement.tagName, document.activeElement.className || document.activeElement.id]"
            )
        )
    assert told[0] == ["A", "skip"]
    assert told[1] == ["BUTTON", "theme"]
    kinds = [kind for kind, _ in told]
    assert kinds.index("BUTTON") < kinds.index("DIV") < kinds.index("INPUT")
    # The skip link leads past the contents; an arrow moves the slider and what it says.
    browser.run("document.querySelector('[data-cube] input').focus()")
    before = browser.run("document.querySelector('[data-cube] output').textContent")
    browser.press("ArrowRight", 39)
    after = browser.run("document.querySelector('[data-cube] output').textContent")
    assert before == "as they are" and after == "+25% (relative)"


def test_a_screen_reader_is_told_what_there_is(browser, opened):
    browser.view(1280)
    browser.open(opened)
    assert browser.run("document.querySelectorAll('h1').length") == 1
    assert browser.run("document.documentElement.lang") == "en"
    nameless = """[...document.querySelectorAll('.plot,.wide,nav,button,section,input')].filter((e) =>
      !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.labels?.length)).length"""
    assert browser.run(nameless) == 0
    assert browser.run("[...document.querySelectorAll('tbody tr')].every((r)=>r.cells[0].scope==='row')")


def test_the_theme_can_be_switched(browser, opened):
    browser.view(1280)
    browser.open(opened)
    light = browser.run("getComputedStyle(document.body).backgroundColor")
    browser.run("document.getElementById('theme').click()")
    assert browser.run("getComputedStyle(document.body).backgroundColor") != light


def test_hostile_text_runs_nothing(browser, answers, tmp_path):
    hostile = "</script><img src=x onerror=document.title='ran'><b>&\"'"
    changed = json.loads(json.dumps(answers))
    for answer in changed:
        answer["inputs"]["ticker"] = answer["inputs"]["source"] = hostile
        answer["warnings"] = [{"slug": "x", "message": hostile}]
        if "name" in answer:
            answer["name"] = hostile
        if answer.get("odds"):
            answer["odds"]["statement"] = hostile
    path = tmp_path / "hostile.html"
    path.write_text(page(changed), encoding="utf-8")
    browser.view(1280)
    assert browser.open(path) == []
    assert browser.run("document.title") != "ran"
    assert browser.run("document.querySelectorAll('main img, main b').length") == 0
