"""Which partitions are finished: a JSON line each, added as they finish, so that any moment may be the last."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hedgekit.errors import DataError

NAME = "manifest.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One finished partition.

    Attributes
    ----------
    key : str
        What it was made of.
    input_sha256 : str
        Of its input's bytes.
    version : str
        Of the code, the output's schema and the options.
    output : str
        File, relative to the manifest's folder.
    output_sha256 : str
    facts : dict
        Counts the work gave.
    """

    key: str
    input_sha256: str
    version: str
    output: str
    output_sha256: str
    facts: dict[str, Any] = field(default_factory=dict)


def read(folder: Path) -> dict[str, Entry]:
    """Return the finished partitions by key; a last line that broke off is as if it was not there.

    Raises
    ------
    DataError
        When the file is none of ours.
    """
    path = folder / NAME
    if not path.exists():
        return {}
    found: dict[str, Entry] = {}
    lines = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = Entry(**json.loads(line))
        except (ValueError, TypeError):
            if number == len(lines):  # no newline after it: the run ended while it was being written
                break
            raise DataError(
                f"{path}: line {number} is not an entry of a manifest: move the file away to do every partition again"
            ) from None
        found[entry.key] = entry
    return found


def add(folder: Path, entry: Entry) -> None:
    """Add an entry and see it on the disk."""
    with (folder / NAME).open("ab+") as stream:
        stream.seek(0, os.SEEK_END)
        if stream.tell():
            stream.seek(-1, os.SEEK_END)
            if stream.read(1) != b"\n":  # a line that broke off must not take this one with it
                _cut_last_line(stream)
        stream.write(_line(entry))
        stream.flush()
        os.fsync(stream.fileno())


def settle(folder: Path, entries: dict[str, Entry]) -> None:
    """Write the manifest anew in the order of its keys: the same bytes whatever the order the partitions came in."""
    path, partial = folder / NAME, folder / f".{NAME}.part"
    with partial.open("wb") as stream:
        stream.writelines(_line(entries[key]) for key in sorted(entries))
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)


def _cut_last_line(stream: Any) -> None:
    stream.seek(0)
    whole = stream.read().rfind(b"\n") + 1
    stream.truncate(whole)
    stream.seek(0, os.SEEK_END)


def _line(entry: Entry) -> bytes:
    return json.dumps(asdict(entry), sort_keys=True, ensure_ascii=False).encode() + b"\n"
