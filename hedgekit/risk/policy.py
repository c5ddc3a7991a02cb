"""The policy: which rules hold, with which limits, from a TOML file in which nothing unknown is let through."""

from __future__ import annotations

import hashlib
import math
import os
import textwrap
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from hedgekit import units
from hedgekit.errors import DataError, InputError
from hedgekit.market.files import decoded, label_of, read_bytes
from hedgekit.market.mistaken import WANTED, instead
from hedgekit.risk.betas import Beta, given_beta
from hedgekit.risk.rule import REQUIRED, Param, Rule
from hedgekit.risk.rules import RULES, rule

Severity = Literal["breach", "warn"]

TOP = ("name", "benchmark", "rate", "dividends", "betas", "rules")
COMMON = ("severity", "enabled", "label")
"""Keys that every rule takes beside its own."""

TICKERS = ("ticker", "tickers", "exempt", "long", "short", "leader", "against")
"""Keys of rules that name tickers: read in capital letters, as books and chains write them."""

DEFAULT_BENCHMARK = "IWM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One rule as the policy sets it.

    Attributes
    ----------
    id : str
        The rule's id; with a label when the policy holds the rule several times: ``allocation-band/spy``.
    rule : Rule
    params : mapping
        Every parameter, defaults filled in.
    severity : {"breach", "warn"}
        A warning over its limit does not fail the check; one that cannot be computed does.
    """

    id: str
    rule: Rule
    params: Mapping[str, Any]
    severity: Severity = "breach"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy read from a file.

    Attributes
    ----------
    name, benchmark : str
    entries : tuple of Entry
        In the order of `RULES`.
    disabled : tuple of str
        Rules the policy names and switches off.
    betas : mapping of str to Beta
    rate, dividends : number, path or None
        As on the command line, which wins.
    folder : Path
        Where the file lies.
    """

    name: str
    benchmark: str
    entries: tuple[Entry, ...]
    source: str
    source_sha256: str
    folder: Path
    disabled: tuple[str, ...] = ()
    betas: Mapping[str, Beta] = field(default_factory=dict)
    rate: float | str | None = None
    dividends: float | str | Mapping[str, float | str] | None = None


def load_policy(source: str | os.PathLike[str]) -> Policy:
    """Read a policy.

    Parameters
    ----------
    source : path
        TOML; `starter` writes one to begin with.

    Raises
    ------
    DataError
        Not TOML; a rule, key or value that is unknown or out of range (with the nearest known one); no rule at all.
    """
    label, content = label_of(source), read_bytes(source)
    text = decoded(label, content, WANTED["policy"]) if content.strip() else ""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        twice = (
            "; a rule that is wanted twice is [[rules.NAME]] each time, with a label" if "annot" in str(error) else ""
        )
        told = instead(content, "policy")
        raise DataError(f"{label}: {told or f'not a TOML file: {error}{twice}'}") from None
    if "rules" not in document and (told := instead(content, "policy")):
        raise DataError(f"{label}: {told}")
    _known(document, TOP, label, "the policy")
    name, benchmark = document.get("name", Path(source).stem), document.get("benchmark", DEFAULT_BENCHMARK)
    for key, text in (("name", name), ("benchmark", benchmark)):
        if not isinstance(text, str) or not text.strip():
            raise DataError(f"{label}: {key} is {text!r}: expected text")
    entries, disabled = _entries(document.get("rules"), label)
    return Policy(
        name=name,
        benchmark=benchmark.strip().upper(),
        entries=entries,
        disabled=disabled,
        betas=_betas(document.get("betas", {}), label),
        rate=_given(document, "rate", label),
        dividends=_dividends(document.get("dividends"), label),
        source=label,
        source_sha256=hashlib.sha256(content).hexdigest(),
        folder=Path(source).resolve().parent,
    )


def _entries(tables: Any, label: str) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    if not isinstance(tables, dict) or not tables:
        raise DataError(f"{label}: no rules: a check of nothing would always pass; see 'hedgekit policy init'")
    _known(tables, RULES, label, "the rules", what="rule")
    entries: list[Entry] = []
    disabled: list[str] = []
    for name in RULES:
        definition = rule(name)
        given = tables.get(name)
        if given is None:
            if definition.always:
                entries.append(Entry(id=name, rule=definition, params=_params(definition, {}, label, name)))
            continue
        several = given if isinstance(given, list) else [given]
        for count, table in enumerate(several, start=1):
            where = f"[rules.{name}]" if len(several) == 1 else f"[[rules.{name}]] number {count}"
            if not isinstance(table, dict):
                raise DataError(f"{label}: {where} is {table!r}: expected a table of its keys")
            entry = _entry(definition, table, label, where, f"/{count}" if len(several) > 1 else "")
            if entry is None:
                disabled.append(name)
            else:
                entries.append(entry)
    ids = [entry.id for entry in entries]
    for twice in sorted({x for x in ids if ids.count(x) > 1}):
        raise DataError(f"{label}: {twice} is there twice: give each its own label")
    if disabled and all(entry.rule.always for entry in entries):
        raise DataError(f"{label}: every rule is switched off: a check of nothing would always pass")
    return tuple(entries), tuple(disabled)


def _entry(definition: Rule, table: Mapping[str, Any], label: str, where: str, suffix: str) -> Entry | None:
    _known(table, (*definition.params, *COMMON), label, where)
    severity, enabled = table.get("severity", "breach"), table.get("enabled", True)
    if severity not in ("breach", "warn"):
        raise DataError(f'{label}: {where} severity is {severity!r}: expected "breach" or "warn"')
    if not isinstance(enabled, bool):
        raise DataError(f"{label}: {where} enabled is {enabled!r}: expected true or false")
    if definition.always and (not enabled or severity != "breach"):
        raise DataError(f"{label}: {where} cannot be switched off or softened: what is not known never passes")
    named = table.get("label")
    if named is not None and (not isinstance(named, str) or not named.strip()):
        raise DataError(f"{label}: {where} label is {named!r}: expected text")
    params = _params(definition, table, label, where)
    if not enabled:
        return None
    return Entry(
        id=f"{definition.id}/{named.strip()}" if named else f"{definition.id}{suffix}",
        rule=definition,
        params=params,
        severity="warn" if severity == "warn" else "breach",
    )


def _params(definition: Rule, table: Mapping[str, Any], label: str, where: str) -> dict[str, Any]:
    found = {}
    for key, param in definition.params.items():
        if key not in table:
            if param.default is REQUIRED:
                raise DataError(f"{label}: {where} needs {key}: {param.help}")
            found[key] = param.default
        else:
            value = _value(param, table[key], f"{label}: {where} {key}")
            if key in TICKERS:
                value = [name.upper() for name in value] if isinstance(value, list) else value.upper()
            found[key] = value
    if definition.one_of and all(found[key] is None for key in definition.one_of):
        raise DataError(f"{label}: {where} has no limit: give one of {', '.join(definition.one_of)}")
    low, high = found.get("low"), found.get("high")
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        raise DataError(f"{label}: {where} low {low:g} is above high {high:g}")
    if why := definition.refuses(found):
        raise DataError(f"{label}: {where} {why}")
    return found


def _value(param: Param, value: Any, where: str) -> Any:
    if param.kind in ("numbers", "counts", "texts"):
        if not isinstance(value, list) or (not value and param.kind != "texts"):
            raise DataError(f"{where} is {value!r}: expected a list")
        return [_scalar(param, param.kind.removesuffix("s"), item, where) for item in value]
    return _scalar(param, param.kind, value, where)


def _scalar(param: Param, kind: str, value: Any, where: str) -> Any:
    if kind == "flag":
        if not isinstance(value, bool):
            raise DataError(f"{where} is {value!r}: expected true or false")
        return value
    if kind == "text":
        if not isinstance(value, str) or not value.strip():
            raise DataError(f"{where} is {value!r}: expected text")
        if param.choices and value not in param.choices:
            near = get_close_matches(value, param.choices, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise DataError(f"{where} is {value!r}: expected one of {', '.join(param.choices)}{hint}")
        return value.strip()
    whole = kind == "count"
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not math.isfinite(value):
        raise DataError(f"{where} is {value!r}: expected a {'whole ' if whole else ''}number")
    if not param.low <= value <= param.high:
        percent = units.fraction(value)
        meant = "fraction" in param.help and 1.0 < abs(value) <= units.PERCENT and param.low <= percent <= param.high
        hint = f"; {value:g}% is {percent:g}" if meant else ""
        raise DataError(f"{where} is {value:g}: expected {param.low:g} to {param.high:g} ({param.help}){hint}")
    return value


def _betas(table: Any, label: str) -> dict[str, Beta]:
    if not isinstance(table, dict):
        raise DataError(f"{label}: betas is {table!r}: expected a table like IWM = 1.0")
    try:
        return {ticker.upper(): given_beta(ticker, entry, label=label) for ticker, entry in table.items()}
    except InputError as error:
        raise DataError(f"{label}: [betas] {error}") from None


def _dividends(value: Any, label: str) -> float | str | Mapping[str, float | str] | None:
    if not isinstance(value, dict):
        return _given({} if value is None else {"dividends": value}, "dividends", label)
    found = {ticker.upper(): _given(value, ticker, label) for ticker in value}
    return {ticker: own for ticker, own in found.items() if own is not None}


def _given(document: Mapping[str, Any], key: str, label: str) -> float | str | None:
    value = document.get(key)
    if value is None or (isinstance(value, int | float | str) and not isinstance(value, bool)):
        return value
    raise DataError(f"{label}: {key} is {value!r}: expected a number or a file")


def _known(
    table: Mapping[str, Any], known: Sequence[str] | Mapping[str, Any], label: str, where: str, *, what: str = "key"
) -> None:
    """Refuse a key that is not known, with the nearest one that is."""
    for key in table:
        if key not in known:
            near = get_close_matches(key, list(known), n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
            raise DataError(f"{label}: {key!r} is no {what}{f' of {where}' if what == 'key' else ''}; {hint}")


def starter() -> str:
    """Return a policy to begin with: every rule explained, those that need more data commented out.

    Examples
    --------
    >>> "[rules.max-loss-shock]" in starter()
    True
    """
    lines = [
        "# A policy for 'hedgekit check --policy FILE --book FILE --chain FILE'. Numbers are examples: set your own.",
        "# Fractions are decimals (0.15 is 15%), money is dollars. A rule that cannot be computed is a breach.",
        '# Every rule also takes: severity = "warn" (over the limit does not fail the check), enabled = false,',
        '# and label = "..." where a rule is wanted several times as [[rules.NAME]].',
        "",
        'name = "starter"',
        f'benchmark = "{DEFAULT_BENCHMARK}"        # what betas refer to, and the ticker that shocks move',
        "# rate = 0.0375            # a number or a Treasury curve file; else inferred from the chain",
        '# dividends = { IWM = "iwm.csv" }  # a yield, or files of date,amount beside this one; else from the chain',
        "",
        "# [betas]                  # dollars a ticker moves for a dollar of the benchmark; else --betas or --prices",
        "# SPY = 0.80",
        "# QQQ = { beta = 0.95, low = 0.85, high = 1.05 }",
    ]
    for name in RULES:
        definition = rule(name)
        off = "" if definition.starter else "# "
        lines += ["", *(f"# {text}" for text in textwrap.wrap(f"{definition.title}. {definition.explain}", 108))]
        lines.append(f"{off}[rules.{name}]")
        for key, param in definition.params.items():
            limit = key == _example_limit(definition)
            shown = param.example if limit else _shown(param)
            mark = off if limit or param.default not in (None,) else "# "
            shown = param.example if shown is None else shown
            value = toml(_fallback(param) if shown is None else shown)
            listed = f": {', '.join(param.choices)}" if param.choices and "or" not in param.help.split() else ""
            lines.append(f"{mark}{key} = {value}  # {param.help}{listed}")
    return "\n".join(lines) + "\n"


def _example_limit(definition: Rule) -> str:
    """Return which of the alternative limits the starter switches on: the one that has an example."""
    return next((key for key in definition.one_of if definition.params[key].example is not None), "")


def _shown(param: Param) -> Any:
    return param.example if param.default is REQUIRED else param.default


def _fallback(param: Param) -> Any:
    """Return what the starter shows, commented out, for a parameter with neither default nor example."""
    if param.kind == "number":
        return 50000.0 if param.high >= 50000.0 else 0.0
    return {"count": 1, "text": DEFAULT_BENCHMARK, "flag": True}.get(param.kind, [])


def excerpt(definition: Rule) -> str:
    """Return one rule as TOML: its own values where it has them, its example of a limit, nothing that is optional.

    Examples
    --------
    >>> print(excerpt(rule("margin-use")))
    [rules.margin-use]
    limit = 0.7
    """
    lines = [f"[rules.{definition.id}]"]
    for key, param in definition.params.items():
        limit = key == (_example_limit(definition) or next(iter(definition.one_of), ""))
        if limit or (param.default is not None and param.kind != "flag" and not isinstance(param.default, list)):
            shown = param.example if limit else _shown(param)
            lines.append(f"{key} = {toml(_fallback(param) if shown is None else shown)}")
    return "\n".join(lines)


def toml(value: Any) -> str:
    """Write a value as TOML.

    Examples
    --------
    >>> toml(True), toml("a"), toml([0.1, 2])
    ('true', '"a"', '[0.1, 2]')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return repr(value)
