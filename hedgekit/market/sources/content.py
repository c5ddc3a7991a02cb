"""The bytes of a source, read once: what kind of file they are, and sentences for those that are none of ours."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from hedgekit.errors import DataError, InputError
from hedgekit.market.files import PARQUET, decoded, label_of, read_bytes, shown, unpacked

FileKind: TypeAlias = Literal["json", "parquet", "text"]

LIVE_FORMS = "cboe:TICKER and yahoo:TICKER"
WANTED = "option quotes"

_JSON = re.compile(r'\s*(\{|\[\s*(\[\s*)*([{"\d\]-]|true|false|null|NaN|$))')
"""A header may begin with [QUOTE_DATE], and TOML with [[positions]]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A file's bytes and what they are.

    Parameters
    ----------
    label : str
        The path as the caller wrote it, for messages.
    name : str
        The file's name alone.
    data : bytes
    sha256 : str
        SHA-256 of the file's bytes (packed, where it is), hexadecimal.
    kind : {"json", "parquet", "text"}
    document : object
        The decoded JSON, or the text; None for parquet.
    memo : dict
        What format modules worked out of it, so that each need not do so again.
    """

    label: str
    name: str
    data: bytes
    sha256: str
    kind: FileKind
    document: Any
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def error(self, message: str) -> DataError:
        """Make the error that says what is wrong with this file."""
        return DataError(f"{self.label}: {message}")


def read_content(source: str | os.PathLike[str]) -> Content:
    """Read a file and tell what kind it is.

    Raises
    ------
    DataError
        When the file cannot be read, is empty, a web page, packed or binary junk, or is JSON that breaks off (with
        line and column).
    InputError
        When `source` is neither text nor a path.
    """
    if not isinstance(source, str | os.PathLike):
        raise InputError(f"source {shown(source)}: expected the path of a file")
    path = Path(source)
    label = label_of(source)
    if ":" in label and not any(sign in label for sign in "/.\\") and not path.exists():
        raise DataError(f"{label}: not a file, and no live source; those are {LIVE_FORMS}")
    return content_of(label, path.name, read_bytes(source))


def content_of(label: str, name: str, data: bytes) -> Content:
    """Tell what kind of file some bytes are.

    Parameters
    ----------
    label, name : str
        What the caller asked for, for messages; and what it is called in results.
    data : bytes

    Raises
    ------
    DataError
        When they are empty, a web page, packed or binary junk, or JSON that breaks off (with line and column).
    """
    facts: dict[str, Any] = {"label": label, "name": name, "data": data}
    facts["sha256"] = hashlib.sha256(data).hexdigest()
    data = facts["data"] = unpacked(label, data)
    if data.startswith(PARQUET):
        return Content(kind="parquet", document=None, **facts)
    text = decoded(label, data, WANTED)
    if _JSON.match(text):
        return Content(kind="json", document=_json(label, text), **facts)
    return Content(kind="text", document=text, **facts)


def _json(label: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(
            f"{label}: broken JSON at line {error.lineno}, column {error.colno}: {error.msg}. "
            "The file may be cut off: download it again."
        ) from None
    except RecursionError:
        raise DataError(f"{label}: broken JSON: brackets nested too deep. Download it again.") from None
    except ValueError as error:
        raise DataError(f"{label}: broken JSON: {error}. Download it again.") from None
