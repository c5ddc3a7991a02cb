"""The base of every answer: what it says, what it rests on, and its forms for people and programs."""

from __future__ import annotations

import dataclasses
import importlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader must know before trusting a number.

    Attributes
    ----------
    slug : str
        Stable short name a script can match, e.g. ``spot_off_parity``.
    message : str
        One sentence for people.
    """

    slug: str
    message: str


def plain(value: Any) -> Any:
    """Turn a value into JSON's own types: NaN and infinities become None, numbers round-trip.

    Parameters
    ----------
    value : object
        Numbers (NumPy's too), strings, dates, enums, dataclasses, mappings, sequences or arrays of them.

    Returns
    -------
    object
        The same as dict, list, str, int, float, bool or None.

    Raises
    ------
    TypeError
        For any other type.

    Examples
    --------
    >>> plain({"delta": float("nan"), "by": date(2026, 9, 18)})
    {'delta': None, 'by': '2026-09-18'}
    """
    # by far the most values are of these very types
    kind = type(value)
    if kind is float:
        return value if math.isfinite(value) else None
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if isinstance(value, str):
        return value
    if isinstance(value, Enum):
        return value.name if isinstance(value, int) else plain(value.value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    tolist = getattr(value, "tolist", None)
    if callable(tolist):
        return plain(tolist())
    if isinstance(value, Iterable):
        return [plain(v) for v in value]
    raise TypeError(f"cannot write a {type(value).__name__} as JSON: {value!r}")


def _indented(value: Any, step: str, line: str) -> str:
    """Write what `plain` returned as ``json.dumps`` would with an indent, whose own writer is several times slower."""
    kind = type(value)
    if kind is float:
        return float.__repr__(value)
    if kind is str:
        return encode_basestring(value)
    within = line + step
    if kind is dict:
        pairs = [f"{encode_basestring(key)}: {_indented(item, step, within)}" for key, item in value.items()]
        return f"{{{within}{f',{within}'.join(pairs)}{line}}}" if pairs else "{}"
    if kind is list:
        items = [_indented(item, step, within) for item in value]
        return f"[{within}{f',{within}'.join(items)}{line}]" if items else "[]"
    return json.dumps(value, allow_nan=False, ensure_ascii=False)


def _short(result: Result) -> str:
    """Return what an answer holds, not all of it."""
    names = [f.name for f in dataclasses.fields(result) if f.name not in ("inputs", "warnings")]
    return f"{type(result).__name__}({', '.join(names)}; print() shows the table, to_dict() everything)"


@dataclass(frozen=True, kw_only=True)
class Result:
    """One answer. Subclasses set `schema_name` and say their fields in `body`.

    Attributes
    ----------
    inputs : dict
        What the numbers rest on: as-of, source file and its hash, spot, rate, dividend treatment,
        day count, engine, version; enough to remake every number.
    warnings : tuple of Note
        What the reader must know before trusting them.
    """

    schema_name: ClassVar[str]

    def __init_subclass__(cls, **given: Any) -> None:
        """Give every answer a short repr: that of a dataclass would be pages of numbers."""
        super().__init_subclass__(**given)
        if "__repr__" not in vars(cls):
            setattr(cls, "__repr__", _short)  # noqa: B010 -- not as an assignment: a method is meant

    def __str__(self) -> str:
        """Return the table that a terminal shows, or the repr of an answer that has none."""
        # By name: the report lies above this module and is loaded only here.
        report = importlib.import_module("hedgekit.report")
        return str(report.render(self, "table")) if self.schema_name in report.TABLES else repr(self)

    inputs: Mapping[str, Any] = field(default_factory=dict)
    warnings: Sequence[Note] = ()

    def body(self) -> dict[str, Any]:
        """Return the answer's own fields, in order."""
        raise TypeError(f"{type(self).__name__} does not say its fields")

    def records(self) -> list[dict[str, Any]]:
        """Return the answer as flat rows: what CSV and data frames hold."""
        raise TypeError(f"{type(self).__name__} does not say its rows")

    def to_dict(self) -> dict[str, Any]:
        """Return the whole answer as JSON's own types.

        Returns
        -------
        dict
            ``schema``, the fields of `body`, ``inputs`` and ``warnings``; never NaN (None instead).
        """
        head = {"schema": f"hedgekit.{self.schema_name}/1"}
        tail = {"inputs": plain(self.inputs), "warnings": plain(list(self.warnings))}
        return {**head, **plain(self.body()), **tail}

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return `to_dict` as JSON text; floats are written so that they read back as the same double."""
        if indent is None:
            return json.dumps(self.to_dict(), allow_nan=False, ensure_ascii=False)
        return _indented(self.to_dict(), " " * indent, "\n")

    def to_frame(self) -> pd.DataFrame:
        """Return `records` as a data frame."""
        import pandas as pd

        return pd.DataFrame.from_records(self.records())

    def plot(self, name: str | None = None) -> go.Figure:
        """Return a picture of the answer, the same as on its page.

        Parameters
        ----------
        name : str, optional
            One of its pictures; the first when not given.

        Returns
        -------
        plotly.graph_objects.Figure

        Raises
        ------
        InputError
            For an answer without pictures, or a name it has not.
        MissingExtra
            When plotly is absent.
        """
        # By name: the report lies above this module and is loaded only here.
        drawn: go.Figure = importlib.import_module("hedgekit.report.plotly_figure").plot(self, name)
        return drawn

    def _repr_html_(self) -> str:
        """Show the tables of its page in a notebook, with assumptions and warnings; text is escaped."""
        # By name: the report lies above this module and is loaded only here.
        shown: str = importlib.import_module("hedgekit.report.notebook").notebook(self)
        return shown
