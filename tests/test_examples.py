"""Every command shown in the README and the examples gives the output shown there.

A ``console`` block holds ``$ command`` lines, each followed by its output. To write the present output
into the files after a wanted change: ``python tests/test_examples.py``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "examples").glob("*.md"))]
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def sessions(text: str) -> list[tuple[str, str]]:
    """Return (command, shown output) for each command of the page that is ours."""
    found = []
    for block in BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            while command.endswith("\\"):
                more, _, output = output.partition("\n")
                command = command[:-1] + more.lstrip("> ")
            found.append((command, output))
    return found


def output_of(command: str) -> str:
    """Run a command from the root of the checkout, as a reader would; both streams as a terminal shows them."""
    bin_folder = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}", "XDG_CONFIG_HOME": os.devnull}
    done = subprocess.run(
        ["sh", "-c", command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, check=False,
    )  # fmt: skip
    return done.stdout


CASES = [
    pytest.param(command, shown, id=f"{page.name}: {command[:60]}")
    for page in PAGES
    for command, shown in sessions(page.read_text(encoding="utf-8"))
    if command.startswith("hedgekit ")
]


@pytest.mark.parametrize(("command", "shown"), CASES)
def test_shown_output_is_the_real_one(command, shown):
    if shutil.which("hedgekit", path=str(Path(sys.executable).parent)) is None:
        pytest.skip("the hedgekit command is not installed beside this Python")
    assert output_of(command).rstrip() == shown.rstrip()


def test_pages_show_commands():
    assert len(CASES) >= 4


@pytest.mark.parametrize(("command", "shown"), [case for case in CASES if "--format" not in case.values[0]])
def test_shown_tables_fit_eighty_columns(command, shown):
    # an error is one sentence that the terminal breaks
    assert [line for line in shown.splitlines() if len(line) > 80 and not line.startswith("hedgekit: ")] == []


def test_links_and_pictures_of_the_pages_are_there():
    for page in [*PAGES, *sorted((ROOT / "docs").glob("*.md"))]:
        text = page.read_text(encoding="utf-8")
        found = re.findall(r"\]\(([^)#]+)", text) + re.findall(r'src(?:set)?="([^"]+)"', text)
        for target in found:
            assert target.startswith("http") or (page.parent / target).exists(), f"{page.name}: {target}"


def rewrite(page: Path) -> None:
    """Put the present outputs into a page."""
    text = page.read_text(encoding="utf-8")
    for command, shown in sessions(text):
        if command.startswith("hedgekit "):
            fresh = output_of(command).rstrip() + "\n"
            text = text.replace(
                f"{command}\n{shown}", f"{command}\n{fresh}{'' if not shown.endswith(chr(10) * 2) else chr(10)}"
            )
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for path in PAGES:
        rewrite(path)
