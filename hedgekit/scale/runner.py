"""Partitions in, exactly one output each: resumable, whole or not at all, the same bytes whatever the engine.

A worker writes its output beside the outputs under a name of its own; the process that hands out the partitions alone
gives it its place (a rename) and then its line in the manifest. So a run that is killed at any moment leaves whole
outputs, and the next one does only what is missing, changed or spoiled.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from hedgekit.errors import DataError, HedgekitError
from hedgekit.scale import manifest
from hedgekit.scale.engines import Engine, Lost
from hedgekit.scale.manifest import Entry

PARTIAL = ".partial"

Watch: TypeAlias = Callable[[int, int, int], None]
"""Called with partitions done, of how many, and failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """One piece of work.

    Attributes
    ----------
    key : str
        Its name in the manifest and in messages.
    input_sha256 : str
    argument : object
        What the work gets; it travels to the worker, so it names files rather than holding them.
    """

    key: str
    input_sha256: str
    argument: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a work answers: the output and where it belongs, relative to the folder of outputs."""

    destination: str
    content: bytes
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A partition without output, and why."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run did.

    Attributes
    ----------
    entries : tuple of Entry
        The partitions asked for that have their output, in the order of their keys.
    done, kept : int
        Done now; found done by an earlier run.
    failures : tuple of Failure
        In the order of the partitions.
    """

    entries: tuple[Entry, ...]
    done: int
    kept: int
    failures: tuple[Failure, ...]


PartitionWork: TypeAlias = Callable[[Any], Made]
"""``work(argument) -> Made``; a `HedgekitError` is the partition's reason for failing."""


def run(
    partitions: Sequence[Partition],
    work: PartitionWork,
    *,
    out: Path,
    version: str,
    engine: Engine,
    strict: bool = False,
    watch: Watch | None = None,
) -> Run:
    """Work on what is not done yet.

    Parameters
    ----------
    partitions : sequence of Partition
        Keys are told apart.
    work : callable
        A function of a module: other processes must find it.
    out : Path
        Folder of outputs and manifest; made when it is not there. Workers elsewhere must see it under the same name.
    version : str
        Outputs of another version are made anew.
    engine : Engine
    strict : bool
        Stop at the first partition that fails.
    watch : callable, optional

    Raises
    ------
    DataError
        With `strict`, what the first failing partition says. A manifest that is none of ours.
    OSError
        When outputs cannot be written, such as on a full disk: the rest is not tried.
    """
    out.mkdir(parents=True, exist_ok=True)
    finished = manifest.read(out)
    before = dict(finished)
    _clear(out)
    pending = [part for part in partitions if not _stands(finished.get(part.key), part, version, out)]
    todo = {part.key for part in pending}
    places = {finished[part.key].output: number for number, part in enumerate(partitions) if part.key not in todo}
    order = {part.key: number for number, part in enumerate(partitions)}
    failures: dict[str, str] = {}
    done = 0
    if watch is not None:
        watch(len(partitions) - len(pending), len(partitions), 0)
    jobs = [(work, part.argument, str(out / PARTIAL), f"{order[part.key]:08d}") for part in pending]
    answers = engine.map(attempt, jobs)
    try:
        for number, answer in answers:
            part = pending[number]
            if isinstance(answer, _Unwritten):
                raise OSError(answer.errno, f"{answer.reason}. Stopped; what is done is kept", answer.path)
            if isinstance(answer, Lost | _Failed):
                failures[part.key] = answer.reason
            else:
                rival = places.get(answer.destination)
                if rival is not None and rival < order[part.key]:
                    failures[part.key] = _twice(answer.destination, partitions[rival].key)
                    (out / PARTIAL / answer.partial).unlink(missing_ok=True)
                else:
                    if rival is not None:  # of two inputs for one output the first named has it, whichever came first
                        failures[partitions[rival].key] = _twice(answer.destination, part.key)
                        done -= partitions[rival].key in todo
                        finished.pop(partitions[rival].key, None)
                    places[answer.destination] = order[part.key]
                    finished[part.key] = _publish(out, part, answer, version)
                    done += 1
            old = before.get(part.key)
            if old is not None and old.output not in places:
                # what an input gave before it changed, moved elsewhere or broke is not its output any more
                (out / old.output).unlink(missing_ok=True)
            if strict and failures:
                key, reason = next(iter(failures.items()))
                raise DataError(f"{key}: {reason.rstrip('.')}. Stopped (--strict); what is done is kept")
            if watch is not None:
                watch(len(partitions) - len(pending) + done + len(failures), len(partitions), len(failures))
    finally:
        answers.close()  # type: ignore[attr-defined]
        _clear(out)
    for key in failures:
        finished.pop(key, None)
    manifest.settle(out, finished)
    return Run(
        entries=tuple(finished[key] for key in sorted(order) if key in finished),
        done=done,
        kept=len(partitions) - len(pending),
        failures=tuple(Failure(key=part.key, reason=failures[part.key]) for part in partitions if part.key in failures),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    partial: str
    destination: str
    sha256: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failed:
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unwritten:
    """The outputs' place takes none: no fault of the partition, and the others would fare no better."""

    errno: int
    reason: str
    path: str


def attempt(job: tuple[PartitionWork, Any, str, str], common: Any) -> _Written | _Failed | _Unwritten:
    """Work on one partition, in whatever process this is; never raises but what ends the process."""
    work, argument, folder, name = job
    try:
        made = work(argument)
    except HedgekitError as error:
        return _Failed(reason=str(error))
    except MemoryError:
        return _Failed(reason="not enough memory for it: cut it smaller, or use fewer workers")
    except OSError as error:
        return _Failed(reason=f"{error.filename or 'system'}: {error.strerror or error}")
    except Exception as error:
        return _Failed(reason=f"a fault of hedgekit: {type(error).__name__}: {error}")
    partial = Path(folder) / f"{name}.{os.getpid()}"
    try:
        partial.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as stream:
            stream.write(made.content)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        return _Unwritten(errno=error.errno or 0, reason=error.strerror or str(error), path=str(partial))
    sha256 = hashlib.sha256(made.content).hexdigest()
    return _Written(partial=partial.name, destination=made.destination, sha256=sha256, facts=made.facts)


def _stands(entry: Entry | None, part: Partition, version: str, out: Path) -> bool:
    """Whether an earlier run's output is still what this one would make."""
    if entry is None or (entry.input_sha256, entry.version) != (part.input_sha256, version):
        return False
    path = out / entry.output
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == entry.output_sha256


def _publish(out: Path, part: Partition, answer: _Written, version: str) -> Entry:
    """Give an output its place, then its line in the manifest."""
    target = out / answer.destination
    target.parent.mkdir(parents=True, exist_ok=True)
    (out / PARTIAL / answer.partial).replace(target)
    entry = Entry(
        key=part.key,
        input_sha256=part.input_sha256,
        version=version,
        output=answer.destination,
        output_sha256=answer.sha256,
        facts=answer.facts,
    )
    manifest.add(out, entry)
    return entry


def _twice(destination: str, other: str) -> str:
    return f"{Path(destination).parent} comes from {other} already: one input a day and underlying"


def _clear(out: Path) -> None:
    """Remove what workers of an ended run left unfinished."""
    folder = out / PARTIAL
    if folder.is_dir():
        for path in folder.iterdir():
            path.unlink(missing_ok=True)
        folder.rmdir()
