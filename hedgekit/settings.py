"""Defaults from TOML files: flags win over HEDGEKIT_* variables, those over the project's file, it over the user's.

A file has one table a command, with the command's long options as keys::

    [hedge]
    fee = 0.50
    rate = 0.0375

    [hedge.frontier]
    min-cap = 1.08

A command of a group also takes what the group's own table says of its options.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hedgekit.errors import DataError

PROJECT_FILE = "hedgekit.toml"


def user_file() -> Path:
    """Return where the user's own file is looked for."""
    if os.name == "nt":
        base = Path(os.environ.get("APPDATA", Path.home()))
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "hedgekit" / "config.toml"


def defaults_for(command: str, config: Path | None, *, commands: Sequence[str]) -> dict[str, Any]:
    """Return a command's defaults from the user's file, then the project's (or `config` in its place).

    Parameters
    ----------
    command : str
        Name of the command, and of the table in the file; ``"hedge frontier"`` is the table ``[hedge.frontier]``.
    config : Path or None
        The file named on the command line.
    commands : sequence of str
        Every command: a table of another name is a mistake.

    Raises
    ------
    DataError
        A file that is not TOML, or with a table that is none of a command's.
    """
    merged: dict[str, Any] = {}
    for path in (user_file(), config or Path(PROJECT_FILE)):
        if path.is_file():
            merged.update(_table(path, command, commands))
    return merged


def _table(path: Path, command: str, commands: Sequence[str]) -> dict[str, Any]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: not a TOML file: {error}") from None
    for key in document:
        if key not in commands:
            near = get_close_matches(key, commands, n=1)
            hint = (
                f"did you mean [{near[0]}]?" if near else f"options go in a table of a command: {', '.join(commands)}"
            )
            raise DataError(f"{path}: {key!r} is no command; {hint}")
    table: Any = document
    for name in command.split():
        table = table.get(name, {})
        if not isinstance(table, dict):
            raise DataError(f"{path}: [{command.replace(' ', '.')}] must be a table of options, not {table!r}")
    return {key.replace("-", "_"): value for key, value in table.items()}
