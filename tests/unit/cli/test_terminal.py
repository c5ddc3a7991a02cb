"""What a terminal gets: completion, pictures, progress, and quiet ends."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-m", "hedgekit"]


def completed(words: str, *, root: Path, shell: str = "bash") -> list[str]:
    """Return what the shell is offered after these words; the last one is being typed."""
    environment = {
        **os.environ,
        "_HEDGEKIT_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    done = subprocess.run(PROGRAM, capture_output=True, text=True, env=environment, cwd=root, timeout=60, check=False)
    assert done.stderr == ""
    return [line for line in done.stdout.splitlines() if line]


def test_expiries_come_from_the_chain_already_typed(root):
    found = completed("hedgekit hedge --chain examples/data/iwm.json --by 2027-0", root=root)
    assert "plain,2027-01-15" in found and all(word.startswith("plain,2027-0") for word in found)
    assert found == completed("hedgekit chain examples/data/iwm.json --expiry 2027-0", root=root)
    assert found == completed("hedgekit structure collar --chain examples/data/iwm.json --by 2027-0", root=root)


def test_tickers_come_from_the_prices_already_typed(root):
    found = completed("hedgekit pair ratio examples/data/IWM.csv examples/data/SPY.csv --long ", root=root)
    assert found == ["plain,IWM", "plain,SPY"]


@pytest.mark.parametrize("words", ["hedgekit hedge --chain exa", "hedgekit pair ratio exa"])
def test_files_are_left_to_the_shell(root, words):
    assert completed(words, root=root) == ["file,exa"]


@pytest.mark.parametrize("words", ["hedgekit hedge --chain nowhere.json --by ", "hedgekit hedge --by "])
def test_without_a_chain_nothing_is_offered(root, words):
    assert completed(words, root=root) == []


def test_a_wrong_command_does_not_disturb_the_prompt(root):
    completed("hedgekit nonsense --fl", root=root)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_has_its_script(shell):
    environment = {**os.environ, "_HEDGEKIT_COMPLETE": f"{shell}_source"}
    code = "from hedgekit.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert done.returncode == 0
    assert f"{shell}_complete" in done.stdout


DRIVEN = {
    "bash": """eval "$(_HEDGEKIT_COMPLETE=bash_source hedgekit)"
COMP_WORDS=({words}); COMP_CWORD=$(({count} - 1)); _hedgekit_completion hedgekit; printf '%s\\n' "${{COMPREPLY[@]}}"
""",
    "fish": """_HEDGEKIT_COMPLETE=fish_source hedgekit | source
complete -C '{words}'
""",
}
"""What a shell runs when a person presses the tab key, without the key."""


@pytest.mark.parametrize("shell", DRIVEN)
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("hedgekit lead", "leadership"),
        ("hedgekit hedge --flo", "--floor"),
        ("hedgekit structure iron-c", "iron-condor"),
        ("hedgekit hedge --chain examples/data/iwm.json --by 2027-01", "2027-01-15"),
        ("hedgekit pair ratio examples/data/IWM.csv examples/data/SPY.csv --long I", "IWM"),
    ],
)
def test_a_real_shell_is_offered_the_word(root, shell, words, offered):
    program = Path(sys.executable).parent / "hedgekit"
    if shutil.which(shell) is None or not program.exists():
        pytest.skip(f"{shell} or the hedgekit command is not installed")
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    script = DRIVEN[shell].format(words=words, count=len(words.split(" ")))
    done = subprocess.run(
        [shell, "-c", script], capture_output=True, text=True, cwd=root, env=environment, timeout=60, check=False
    )
    assert offered in [line.split("\t")[0] for line in done.stdout.splitlines()], done.stderr


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["hedge", "--flor", "0.9"], "Did you mean '--floor'?"),
        (["hedge", "--shars", "10"], "Did you mean '--shares'?"),
        (["pair", "status", "--entri", "1"], "Did you mean '--entry'?"),
        (["hedg"], "Did you mean 'hedge'?"),
        (["pair", "statsu"], "Did you mean 'status'?"),
        (["chain", "--source", "x.json"], "give SOURCE without it"),
    ],
)
def test_a_misspelt_word_gets_the_nearest(words, meant):
    done = subprocess.run([*PROGRAM, *words], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert meant.replace("'", "") in done.stderr.replace("'", "").splitlines()[-1]  # Click's quotes came with 8.4


def test_plot_draws_under_the_table_and_leaves_json_alone(root):
    words = ["structure", "iron-condor", "--chain", "examples/data/iwm.json", "--by", "2026-12-18", "--plot"]
    table = subprocess.run([*PROGRAM, *words], capture_output=True, text=True, cwd=root, timeout=60, check=False).stdout
    assert "(: today 248.12)" in table and all(len(line) <= 80 for line in table.splitlines())
    as_json = subprocess.run(
        [*PROGRAM, *words, "--format", "json"], capture_output=True, text=True, cwd=root, timeout=60, check=False
    ).stdout
    assert as_json.startswith("{") and as_json.endswith("}\n")


LONG = """
import sys, time
from hedgekit.cli.progress import tell, working
with working("reading", quiet="quiet" in sys.argv):
    for step in range(1, 21):
        tell("searching", step / 20)
        time.sleep(0.1 if "long" in sys.argv else 0.005)
print("answer")
"""


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("words", "shown"), [(["long"], True), (["long", "quiet"], False), ([], False)])
def test_progress_is_drawn_on_a_terminal_after_a_second(words, shown):
    import pty

    main, side = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LONG, *words],
        stdout=subprocess.PIPE,
        stderr=side,
        env=environment,
        timeout=60,
        check=False,
    )
    os.close(side)
    os.set_blocking(main, False)
    try:
        text = os.read(main, 1_000_000).decode()
    except OSError:  # nothing was written
        text = ""
    os.close(main)
    assert done.stdout == b"answer\n"
    assert ("searching" in text) is shown
    assert ("%" in text) is shown


def test_progress_is_not_drawn_in_a_pipe():
    done = subprocess.run([sys.executable, "-c", LONG, "long"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("answer\n", "")


def interrupted(running: subprocess.Popen[str]) -> str:
    """Return what the process says when interrupted, pressing again where the first press was not heard.

    Python looks at its signals between steps: one that comes after the last look and before a read that blocks is
    seen only when a second one breaks the read off.
    """
    for _ in range(6):
        running.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return running.communicate(timeout=10)[1]
    raise AssertionError("six interrupts were not heard")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_an_interrupt_ends_quietly(root, tmp_path):
    pipe = tmp_path / "chain.json"
    os.mkfifo(pipe)
    with subprocess.Popen(
        [*PROGRAM, "chain", str(pipe)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root
    ) as running:
        try:
            held = -1
            while held < 0 and running.poll() is None:  # until the command has opened it and waits for what never comes
                with contextlib.suppress(OSError):
                    held = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            assert held >= 0, running.communicate()
            time.sleep(0.2)  # long enough to get from opening to reading
            told = interrupted(running)
            os.close(held)
        finally:
            running.kill()
    assert running.returncode == 130
    assert "Traceback" not in told


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["hedge", "--help"],
        ["chain", "examples/data/iwm.json", "--format", "csv", "--quiet"],
    ],
)
def test_a_reader_that_has_gone_is_no_error(root, words):
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*PROGRAM, *words], stdout=write, stderr=subprocess.PIPE, text=True, cwd=root, timeout=60, check=False
    )
    os.close(write)
    assert done.returncode == 0
    assert done.stderr == ""


def test_files_are_written_though_nobody_reads_what_is_said(root, tmp_path):
    read, write = os.pipe()
    os.close(read)
    ticket, page = tmp_path / "orders.csv", tmp_path / "hedge.json"
    words = [
        "hedge",
        "--shares",
        "300",
        "--chain",
        "examples/data/iwm.json",
        "--by",
        "2027-01-15",
        "--output",
        str(page),
    ]
    done = subprocess.run(
        [*PROGRAM, *words, "--ticket", str(ticket)], stdout=write, stderr=write, cwd=root, timeout=60, check=False
    )
    os.close(write)
    assert done.returncode == 0
    assert ticket.read_text(encoding="utf-8").startswith("action,") and page.exists()


def test_summaries_are_what_the_commands_say():
    import click

    from hedgekit.cli import COMMANDS, group
    from hedgekit.cli.summaries import SUMMARIES

    ctx = click.Context(group)
    told = {name: group.get_command(ctx, name).get_short_help_str(limit=1000) for name in COMMANDS}
    assert told == SUMMARIES
    formatter = click.HelpFormatter(width=80)
    group.format_commands(ctx, formatter)
    usual = click.HelpFormatter(width=80)
    click.Group.format_commands(group, ctx, usual)
    assert formatter.getvalue() == usual.getvalue()
