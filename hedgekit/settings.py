"""Defaults from TOML files: flags win over HEDGEKIT_* variables, those over the project's file, it over the user's.

A file has one table a command, with the command's long options as keys::

    [hedge]
    fee = 0.50
    rate = 0.0375
"""

from __future__ import annotations

import os
import tomllib
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


def defaults_for(command: str, config: Path | None) -> dict[str, Any]:
    """Return a command's defaults from the user's file, then the project's (or `config` in its place).

    Parameters
    ----------
    command : str
        Name of the command, and of the table in the file.
    config : Path or None
        The file named on the command line.

    Raises
    ------
    DataError
        A file that is not TOML, or whose table is not one.
    """
    merged: dict[str, Any] = {}
    for path in (user_file(), config or Path(PROJECT_FILE)):
        if path.is_file():
            merged.update(_table(path, command))
    return merged


def _table(path: Path, command: str) -> dict[str, Any]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: not a TOML file: {error}") from None
    table = document.get(command, {})
    if not isinstance(table, dict):
        raise DataError(f"{path}: [{command}] must be a table of options, not {table!r}")
    return {key.replace("-", "_"): value for key, value in table.items()}
