"""The page in a real browser: it opens from disk without errors, and its slider shows the numbers of the JSON."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import hedgekit as hk
from hedgekit.report.page import page

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

# First on the page, so that no error comes before it.
LISTEN = """<script>window.faults=[];addEventListener("error",(e)=>faults.push(String(e.message)));
addEventListener("unhandledrejection",(e)=>faults.push(String(e.reason)));
for(const k of["error","warn"]){const was=console[k];console[k]=(...a)=>{faults.push(a.join(" "));was(...a);};}</script>"""

# Last on the page: moves the slider over every sheet as a user does and writes what the table shows into the page.
MOVE = """<script>addEventListener("load",()=>{const seen=[];
const control=document.querySelector("[data-cube]");
if(control){const input=control.querySelector("input"),table=document.getElementById(control.dataset.table);
for(let i=Number(input.min);i<=Number(input.max);i++){input.value=i;input.dispatchEvent(new Event("input"));
seen.push({label:control.querySelector("output").textContent,spoken:input.getAttribute("aria-valuetext"),
drawn:document.getElementById(control.dataset.plot).data[0].z,
cells:[...table.tBodies[0].rows].map((r)=>[...r.cells].slice(1).map((c)=>c.textContent))});}}
document.getElementById("theme").click();
const told=document.createElement("script");told.type="application/json";told.id="told";
told.textContent=JSON.stringify({faults,seen,ready:document.documentElement.dataset.ready,
theme:document.documentElement.dataset.theme,seconds:performance.now()/1000,
plots:[...document.querySelectorAll(".plot")].map((p)=>p.querySelectorAll("svg.main-svg").length),
wide:document.documentElement.scrollWidth-document.documentElement.clientWidth});
document.body.append(told);});</script>"""

LIMIT_SECONDS = 120.0
"""A browser that needs longer on a busy machine has hung."""


def opened(text: str, folder: Path, width: int = 1000) -> dict[str, Any]:
    """Return what the page told after it was opened from disk and its slider moved."""
    if BROWSER is None:
        pytest.skip("no chromium or chrome on the path: the page is not opened")
    path = folder / "page.html"
    path.write_text(text.replace("<head>", f"<head>{LISTEN}", 1).replace("</body>", f"{MOVE}</body>"), encoding="utf-8")
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    command += [f"--user-data-dir={folder / 'profile'}", f"--window-size={width},2000", "--dump-dom"]
    done = subprocess.run(
        [*command, "--virtual-time-budget=8000", path.as_uri()],
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )
    found = re.search(r'<script type="application/json" id="told">(.*?)</script>', done.stdout, re.DOTALL)
    assert found, f"the page told nothing: {done.stderr[-2000:]}"
    told: dict[str, Any] = json.loads(found.group(1))
    return told


@pytest.fixture(scope="module")
def hedge_page(example: Path) -> tuple[str, dict[str, Any]]:
    """A hedge's page with its what-if, and the what-if's JSON."""
    from hedgekit.hedges.what_if import what_if

    chain = hk.load_chain(example)
    hedge = hk.compare(chain, shares=1700, floor=0.90, by=date(2027, 1, 15))
    cube = what_if(chain, hedge, vol_shocks=(-0.2, 0.0, 0.5)).to_dict()
    return page([hedge.to_dict(), cube]), cube


def written(value: float | None) -> str:
    """Return money as the page writes it, for values that are not within a rounding of a half."""
    return "-" if value is None else f"{'-' if value < 0 else '+'}${abs(value):,.0f}"


def test_opens_without_errors_and_the_slider_shows_the_json(hedge_page, tmp_path):
    text, cube = hedge_page
    told = opened(text, tmp_path)
    assert told["faults"] == []
    assert told["ready"] == "yes"
    assert told["plots"] and all(count > 0 for count in told["plots"])
    assert told["theme"] in ("light", "dark")
    assert [seen["label"] for seen in told["seen"]] == ["-20% (relative)", "as they are", "+50% (relative)"]
    every = [i for i in range(len(cube["spot_moves"])) if i % 2 == cube["spot_moves"].index(0.0) % 2][::-1]
    for j, seen in enumerate(told["seen"]):
        sheet = [[cube["pnl_usd"][d][i][j] for d in range(len(cube["dates"]))] for i in every]
        assert seen["drawn"] == sheet
        assert seen["spoken"] == seen["label"]
        for row, cells in zip(sheet, seen["cells"], strict=True):
            assert cells == [written(value) for value in row]
    # The sheets differ: a slider that does nothing would not pass.
    assert told["seen"][0]["cells"] != told["seen"][2]["cells"]


def test_fits_a_phone(hedge_page, tmp_path):
    # Headless chromium has no window below 500; tables scroll inside their frame, the page itself does not.
    told = opened(hedge_page[0], tmp_path, width=500)
    assert told["wide"] <= 0


def test_hostile_text_runs_nothing(hedge_page, tmp_path):
    cube = dict(hedge_page[1], name="</script><img src=x onerror=faults.push('ran')>")
    told = opened(page([cube]), tmp_path)
    assert told["faults"] == []
