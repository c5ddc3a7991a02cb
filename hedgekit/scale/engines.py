"""Where partitions are worked on: processes of this machine, or a Dask cluster; none of them a scheduler of ours."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeAlias

from hedgekit.errors import DataError, InputError, MissingExtra

Work: TypeAlias = Callable[[Any, Any], Any]
"""``work(item, common) -> answer``: a function of a module, so that other processes find it; it should not raise."""

AHEAD = 2
"""Items handed out per worker: enough to keep it busy, few enough that memory does not grow with the history."""

MOST_DEATHS = 2
"""An item whose worker dies this often while it runs alone is given up."""

CONNECT_SECONDS = 10

LOOK_SECONDS = 1.0
"""How often it is looked whether the scheduler is still there, while nothing ends."""

_THREADS = "HEDGEKIT_THREADS"

_LIBRARIES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
"""What numpy's linear algebra reads when it is loaded: with threads of their own workers would be in each other's way,
and last digits would depend on how many cores there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What is said of an item that no worker could finish.

    Attributes
    ----------
    reason : str
    """

    reason: str


class Engine(Protocol):
    """What can work on items."""

    name: str

    def map(self, work: Work, items: Iterable[Any], common: Any = None) -> Iterator[tuple[int, Any]]:
        """Yield (number of the item, answer or `Lost`) as answers come; a bounded count of items is under way."""


class LocalProcesses:
    """Processes of this machine, one thread each; one worker is a plain loop in this process.

    Parameters
    ----------
    workers : int
        One or more.

    Examples
    --------
    >>> def double(item, common):
    ...     return 2 * item
    >>> list(LocalProcesses(1).map(double, [1, 2]))
    [(0, 2), (1, 4)]
    """

    def __init__(self, workers: int) -> None:
        if workers < 1:
            raise InputError(f"--workers {workers}: expected 1 or more")
        self.workers = workers
        self.name = f"{workers} worker{'' if workers == 1 else 's'}"

    def map(self, work: Work, items: Iterable[Any], common: Any = None) -> Iterator[tuple[int, Any]]:
        """Yield (number, answer or `Lost`).

        A worker that dies takes its pool with it: the items then under way are done again one at a time, so that the
        one that kills its worker is known from those that were only near it; the rest go on beside each other.
        """
        if self.workers == 1:
            for number, item in enumerate(items):
                yield number, work(item, common)
            return
        waiting = iter(enumerate(items))
        suspects: deque[tuple[int, Any]] = deque()
        deaths: dict[int, int] = {}
        more = True
        while more or suspects:
            alone = bool(suspects)
            pool = self._pool(common, 1 if alone else self.workers)
            running: dict[Future[Any], tuple[int, Any]] = {}
            broken = False
            try:
                while not broken:
                    while len(running) < (1 if alone else AHEAD * self.workers):
                        if alone:
                            if not suspects:
                                break
                            entry = suspects.popleft()
                        else:
                            found = next(waiting, None)
                            if found is None:
                                more = False
                                break
                            entry = found
                        try:
                            running[pool.submit(_run, work, entry[1])] = entry
                        except BrokenProcessPool:
                            suspects.append(entry)
                            broken = True
                            break
                    if not running:
                        break
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        entry = running.pop(future)
                        try:
                            answer = future.result()
                        except BrokenProcessPool:
                            broken = True
                            running[future] = entry
                            break
                        yield entry[0], answer
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
            for number, item in sorted(running.values()):
                deaths[number] = deaths.get(number, 0) + alone
                if deaths[number] >= MOST_DEATHS:
                    yield number, Lost(reason="its worker process died each time (killed, or out of memory)")
                else:
                    suspects.append((number, item))

    def close(self) -> None:
        """Nothing is left open."""

    def _pool(self, common: Any, workers: int) -> ProcessPoolExecutor:
        for name in _LIBRARIES:  # read from what a worker inherits; here they are loaded and read it no more
            os.environ.setdefault(name, "1")
        # spawned, not forked: a fork copies locks that other threads of this process hold
        return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_start, initargs=(common,))


class DaskCluster:
    """A Dask cluster that somebody else runs; extra ``scale``.

    Parameters
    ----------
    scheduler : str
        ``tcp://HOST:PORT``, or the scheduler file that the cluster wrote.

    Raises
    ------
    MissingExtra
        When dask.distributed is not installed.
    DataError
        When no scheduler answers there.
    """

    def __init__(self, scheduler: str) -> None:
        try:
            distributed = import_module("distributed")
        except ImportError:
            raise MissingExtra(
                "--scheduler needs dask.distributed, which is not installed: pip install 'hedgekit[scale]'"
            ) from None
        at_file = "://" not in scheduler
        if at_file and not Path(scheduler).is_file():
            raise InputError(
                f"--scheduler {scheduler}: expected tcp://HOST:PORT, or a scheduler file, which is not there"
            )
        where = {"scheduler_file": scheduler} if at_file else {"address": scheduler}
        try:
            self.client: Any = distributed.Client(**where, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise DataError(f"--scheduler {scheduler}: no Dask scheduler answers there: {error}") from None
        self.name = f"Dask at {self.client.scheduler.address}"

    def map(self, work: Work, items: Iterable[Any], common: Any = None) -> Iterator[tuple[int, Any]]:
        """Yield (number, answer or `Lost`); Dask itself does again what a dead worker had not handed over.

        Raises
        ------
        DataError
            When it has no workers, or the scheduler is gone: it does not answer again within Dask's own time limit.
        """
        client = self.client
        if not client.scheduler_info().get("workers"):
            try:
                client.wait_for_workers(1, timeout=CONNECT_SECONDS)
            except TimeoutError:
                message = f"{self.name}: no worker came in {CONNECT_SECONDS} s: start some, as docs/scale.md shows"
                raise DataError(message) from None
        # the result of a task, not data sent to workers: it is made again when those that hold it die
        shared = None if common is None else client.submit(_same, common, pure=False)
        window = AHEAD * max(1, sum(client.nthreads().values()))
        waiting = iter(enumerate(items))
        running: dict[Any, int] = {}
        ended: SimpleQueue[Any] = SimpleQueue()

        def hand_out() -> None:
            found = next(waiting, None)
            if found is not None:
                future = client.submit(_run_shared, work, found[1], shared, pure=False)
                running[future] = found[0]
                future.add_done_callback(ended.put)

        for _ in range(window):
            hand_out()
        try:
            while running:
                try:
                    future = ended.get(timeout=LOOK_SECONDS)
                except Empty:
                    if client.status == "closed":  # its futures would never end
                        raise DataError(
                            f"{self.name}: the scheduler is gone: start it and run the same command again"
                        ) from None
                    continue
                number = running.pop(future)
                if future.status == "finished":
                    yield number, future.result()
                elif client.status in ("closed", "closing"):
                    raise DataError(f"{self.name}: the scheduler is gone: start it and run the same command again")
                else:
                    error = future.exception() if future.status == "error" else None
                    yield number, Lost(reason=f"the cluster gave it up: {error or future.status}")
                hand_out()
        finally:
            running.clear()  # what nobody waits for is not worked on

    def close(self) -> None:
        """Leave the cluster; it goes on."""
        self.client.close()


def engine(workers: int | None, scheduler: str | None) -> LocalProcesses | DaskCluster:
    """Return where to work: the cluster named, else so many processes, else all cores this process may use.

    Raises
    ------
    InputError
        Both are given, or a count below one.
    """
    if scheduler is not None:
        if workers is not None:
            raise InputError("give --workers or --scheduler, not both: a cluster has its own workers")
        return DaskCluster(scheduler)
    return LocalProcesses(allowed_cores() if workers is None else workers)


def allowed_cores() -> int:
    """Return the cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_common: Any = None  # of this worker process: sent once, not with every item


def _start(common: Any) -> None:
    """Set up a worker: one thread, Ctrl-C left to the process that hands out the items, and gone when that is."""
    global _common
    os.environ[_THREADS] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _common = common
    threading.Thread(target=_end_with, args=(parent_process(),), daemon=True).start()


def _end_with(parent: BaseProcess | None) -> None:
    """End this worker when the process that started it was killed: the queue it waits on would never say so."""
    if parent is not None:
        parent.join()
        os._exit(1)


def _run(work: Work, item: Any) -> Any:
    return work(item, _common)


def _run_shared(work: Work, item: Any, shared: Any) -> Any:
    os.environ[_THREADS] = "1"
    return work(item, shared)


def _same(value: Any) -> Any:
    return value
