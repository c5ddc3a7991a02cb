"""The house rules that tools can check: lazy start-up, true exports, no stray dates or paths."""

import ast
import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import hedgekit
from hedgekit.cli import COMMANDS, group
from hedgekit.hedges import CANDIDATES

HEAVY = {"numpy", "pandas", "scipy", "rich", "pyarrow", "vollib"}


def modules_after(code: str, **environment: str) -> set[str]:
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={**os.environ, **environment}
    )
    return {name.split(".")[0] for name in done.stderr.split()}


def test_import_is_light():
    assert not modules_after("import hedgekit") & HEAVY


def test_help_loads_click_alone():
    code = "from hedgekit.cli import main\nsys.argv = ['hedgekit', '--help']\ntry:\n    main()\nexcept SystemExit:\n    pass"
    assert not modules_after(code) & HEAVY


@pytest.mark.parametrize("name", COMMANDS)
def test_command_help_loads_click_alone(name):
    code = f"from hedgekit.cli import main\nsys.argv = ['hedgekit', {name!r}, '--help']\ntry:\n    main()\nexcept SystemExit:\n    pass"
    assert not modules_after(code) & HEAVY


def test_completion_loads_click_alone():
    code = "from hedgekit.cli import group\ntry:\n    group(prog_name='hedgekit')\nexcept SystemExit:\n    pass"
    environment = {"_HEDGEKIT_COMPLETE": "bash_complete", "COMP_WORDS": "hedgekit hedge --fl", "COMP_CWORD": "2"}
    assert not modules_after(code, **environment) & HEAVY


def test_every_public_name_loads_and_is_listed():
    assert set(hedgekit.__all__) - {"__version__"} == set(hedgekit._HOMES)
    for name in hedgekit.__all__:
        assert getattr(hedgekit, name) is not None


def test_an_unknown_public_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'prise'"):
        hedgekit.prise  # noqa: B018


def test_registries_point_at_functions():
    for home in CANDIDATES.values():
        module, function = home.split(":")
        assert callable(getattr(importlib.import_module(module), function))


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


def test_every_command_has_help_and_an_example():
    for path, command in commands(group, "hedgekit"):
        assert command.help and path in (command.epilog or ""), path
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, f"{path} {option.name} has no help"


def package_files() -> list[Path]:
    return sorted(Path(hedgekit.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("path", package_files(), ids=lambda path: path.name)
def test_no_bare_unit_constants(path):
    """Only units.py multiplies by 100, 365 or 1e4."""
    if path.name == "units.py":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
            for side in (node.left, node.right):
                assert not (isinstance(side, ast.Constant) and side.value in (100, 365, 1e4)), f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", package_files(), ids=lambda path: path.name)
def test_no_file_has_grown_past_eight_hundred_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 800


def test_a_checkout_that_was_not_built_says_so(tmp_path):
    shutil.copytree(
        Path(hedgekit.__file__).parent, tmp_path / "hedgekit", ignore=shutil.ignore_patterns("*.so", "*.pyd")
    )
    done = subprocess.run(
        [sys.executable, "-c", "from hedgekit.cli import main; main()", "price", "IWM301220P00270000", "--spot", "1"],
        cwd=tmp_path, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 5
    assert "pip install -e ." in done.stderr and "Traceback" not in done.stderr
