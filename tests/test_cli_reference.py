"""docs/cli.md is what ``--help`` says.

To write it again after a wanted change: ``python tests/test_cli_reference.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from hedgekit.cli import group

PAGE = Path(__file__).resolve().parent.parent / "docs" / "cli.md"

HEAD = """# Commands

What `--help` says of every command; written from the program itself by `python tests/test_cli_reference.py`.
"""


def pages(command: click.Command, context: click.Context, level: int) -> Iterator[str]:
    yield f"{'#' * level} {context.command_path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            inner = click.Context(below, parent=context, info_name=name, terminal_width=100, max_content_width=100)
            yield from pages(below, inner, min(level + 1, 4))


def reference() -> str:
    names = ["-h", "--help"]  # as the program itself has them: a command keeps the help option it first made
    context = click.Context(
        group, info_name="hedgekit", terminal_width=100, max_content_width=100, help_option_names=names
    )
    return "\n".join([HEAD, *pages(group, context, 2)])


def test_the_reference_is_what_help_says():
    assert PAGE.read_text(encoding="utf-8") == reference(), "run python tests/test_cli_reference.py"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
