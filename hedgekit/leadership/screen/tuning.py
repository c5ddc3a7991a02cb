"""Which rules a screen applies and with which parameters, from a TOML file."""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from hedgekit.errors import DataError, InputError
from hedgekit.leadership.screen.predicates import PREDICATES, parameters
from hedgekit.paths import unreadable


def tuned(path: str | os.PathLike[str] | None, *, only: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """Return the rules to apply with all their parameters.

    Parameters
    ----------
    path : path or None
        A table a rule, with its parameters and ``enabled = false`` to leave it out::

            [revenue_growth]
            above = 0.15

            [insider_buying]
            enabled = false
    only : sequence of str
        Names of rules: the others are left out.

    Raises
    ------
    DataError
        For a file that cannot be read, an unknown rule or parameter (with a suggestion), or a value of the wrong kind.
    InputError
        For a name in `only` that is no rule, or when no rule is left.

    Examples
    --------
    >>> tuned(None, only=["volume"])
    {'volume': {'above': 2.0, 'days': 50}}
    """
    document = {} if path is None else _read(path)
    for name in only:
        if name not in PREDICATES:
            raise InputError(f"{name!r} is no rule; {_near(name, PREDICATES)}")
    rules: dict[str, dict[str, Any]] = {}
    for rule in PREDICATES:
        table = dict(document.get(rule, {}))
        if table.pop("enabled", True) and (not only or rule in only):
            rules[rule] = {**parameters(rule), **table}
    if not rules:
        raise InputError("every rule is left out: a screen without rules passes everything")
    return rules


def _read(path: str | os.PathLike[str]) -> dict[str, Any]:
    label = os.fspath(path)
    try:
        document = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{label}: {unreadable(Path(path), error)}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{label}: not a TOML file: {error}") from None
    for rule, table in document.items():
        if rule not in PREDICATES:
            raise DataError(f"{label}: {rule!r} is no rule; {_near(rule, PREDICATES)}")
        if not isinstance(table, dict):
            raise DataError(f"{label}: {rule} must be a table of parameters, not {table!r}")
        known = {**parameters(rule), "enabled": True}
        for key, value in table.items():
            if key not in known:
                raise DataError(f"{label}: [{rule}] has no parameter {key!r}; {_near(key, known)}")
            _check(label, rule, key, value, known[key])
    return document


RANGES: Final[Mapping[tuple[str, str], tuple[float, float]]] = {
    ("debt_to_equity", "below"): (0.0, 10.0),
    ("revenue_growth", "above"): (-1.0, 3.0),
    ("earnings_growth", "above"): (-1.0, 10.0),
    ("relative_strength", "above_index"): (-1.0, 3.0),
    ("volume", "above"): (0.0, 50.0),
}
"""Fractions beyond these are percent: a debt/equity below 100 would pass everybody."""


def _check(label: str, rule: str, key: str, value: Any, default: Any) -> None:
    truth, whole = isinstance(value, bool), isinstance(value, int) and not isinstance(value, bool)
    if isinstance(default, bool):
        right, wanted = truth, "true or false"
    elif isinstance(default, int):
        right, wanted = whole and value >= 2, "a whole number from 2"
    else:
        right, wanted = (whole or isinstance(value, float)) and math.isfinite(value), "a number"
    if not right:
        raise DataError(f"{label}: [{rule}] {key} is {value!r}: expected {wanted}")
    low, high = RANGES.get((rule, key), (-math.inf, math.inf))
    if not low <= value <= high:
        raise DataError(f"{label}: [{rule}] {key} is {value:g}: expected {low:g} to {high:g}, as a fraction: 100% is 1")


def _near(name: str, known: Mapping[str, Any]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
