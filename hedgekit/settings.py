"""Defaults from TOML files: flags win over HEDGEKIT_* variables, those over the project's file, it over the user's.

A file has one table a command, with the command's long options as keys; a command of a group has its table in
the group's::

    [hedge]
    fee = 0.50
    rate = 0.0375

    [pair.ratio]
    long = "IWM"
    short = "SPY"

A command of a group also takes what the group's own table says of the options they share.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, ClassVar

from hedgekit.errors import DataError
from hedgekit.results import Result

PROJECT_FILE = "hedgekit.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """An option's value and where it comes from.

    Attributes
    ----------
    value : str, int, float, bool or None
    source : str
        A file, ``environment NAME`` or ``default``.
    """

    value: str | int | float | bool | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One step of a command's path: its name, its options and its commands.

    Attributes
    ----------
    name : str
    options : mapping of str to str
        Long flag without dashes and with underscores -> name of the parameter.
    commands : collection of str
        Commands below it; empty unless it is a group.
    """

    name: str
    options: Mapping[str, str]
    commands: Collection[str]


@dataclass(frozen=True, kw_only=True)
class ConfigResult(Result):
    """What is configured.

    Attributes
    ----------
    settings : tuple of (str, str, Setting)
        Command, option and its setting.
    files : tuple of (str, bool)
        The files looked for, the stronger first, and whether each is there.
    """

    schema_name: ClassVar[str] = "config"

    settings: tuple[tuple[str, str, Setting], ...]
    files: tuple[tuple[str, bool], ...]

    def body(self) -> dict[str, Any]:
        """Return the settings and the files looked for."""
        return {
            "settings": self.records(),
            "files": [{"path": path, "found": found} for path, found in self.files],
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one row a setting."""
        return [
            {"command": command, "option": option, "value": setting.value, "source": setting.source}
            for command, option, setting in self.settings
        ]


def user_file() -> Path:
    """Return where the user's own file is looked for."""
    if os.name == "nt":
        base = Path(os.environ.get("APPDATA", Path.home()))
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "hedgekit" / "config.toml"


def files(config: Path | None) -> tuple[Path, Path]:
    """Return the files read, the stronger first: the project's (or `config` in its place), then the user's."""
    return config or Path(PROJECT_FILE), user_file()


def defaults_for(path: Sequence[Level], config: Path | None, *, commands: Collection[str]) -> dict[str, Setting]:
    """Return a command's defaults from the user's file, then the project's (or `config` in its place).

    Parameters
    ----------
    path : sequence of Level
        The command, and the groups it is in before it: ``pair``, ``ratio``.
    config : Path or None
        The file named on the command line.
    commands : collection of str
        Every command of the first level: a table of another name is a mistake.

    Returns
    -------
    dict of str to Setting
        By name of the parameter.

    Raises
    ------
    DataError
        A file that is not TOML, or with a table or a key that is none of a command's.
    """
    merged: dict[str, Setting] = {}
    for file in reversed(files(config)):
        if file.is_file():
            merged.update(_read(file, path, commands))
    return merged


def _read(file: Path, path: Sequence[Level], commands: Collection[str]) -> dict[str, Setting]:
    try:
        table: Any = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{file}: not a TOML file: {error}") from None
    for key in table:
        if key not in commands:
            near = get_close_matches(key, commands, n=1)
            hint = (
                f"did you mean [{near[0]}]?" if near else f"options go in a table of a command: {', '.join(commands)}"
            )
            raise DataError(f"{file}: {key!r} is no command; {hint}")
    settings: dict[str, Setting] = {}
    name = ""
    for level in path:
        name = f"{name}.{level.name}" if name else level.name
        table = table.get(level.name, {})
        if not isinstance(table, dict):
            raise DataError(f"{file}: [{name}] must be a table of options, not {table!r}")
        settings.update(_options(file, name, level, table))
    return {path[-1].options[flag]: setting for flag, setting in settings.items() if flag in path[-1].options}


def _options(file: Path, name: str, level: Level, table: dict[str, Any]) -> dict[str, Setting]:
    """Return the options a table sets, or fail naming the one that the command does not have."""
    found: dict[str, Setting] = {}
    for key, value in table.items():
        option = key.replace("-", "_")
        if key in level.commands and isinstance(value, dict):
            continue
        if option not in level.options:
            near = get_close_matches(key, [o.replace("_", "-") for o in level.options] + list(level.commands), n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ", no option of this command"
            if not near and level.commands:
                hint += f"; for one below it write [{name}.{next(iter(level.commands))}]"
            raise DataError(f"{file}: [{name}] sets {key!r}{hint}")
        if not isinstance(value, str | int | float):
            raise DataError(f"{file}: [{name}] sets {key!r} to {value!r}: expected one value")
        found[option] = Setting(value=value, source=str(file))
    return found
