"""Work for the runner's tests: worker processes import it by name."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

from hedgekit.errors import DataError
from hedgekit.scale.runner import Made, Partition


def square(argument):
    number, folder = argument
    if number == "bad":
        raise DataError("it is no number")
    if number == "fault":
        raise KeyError("x")
    if folder is not None:
        with (Path(folder) / "calls").open("a") as stream:
            stream.write(f"{number}\n")
    return Made(destination=f"n={number}/out", content=str(number**2).encode(), facts={"n": number})


def same_place(argument):
    return Made(destination="one/out", content=str(argument).encode())


def die_once(argument):
    number, folder = argument
    marker = Path(folder) / f"died-{number}"
    if number == 3 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return square((number, None))


def die_always(item, common):
    if item == 1 and multiprocessing.parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    return item * common


def slow_square(argument):
    time.sleep(0.15)
    return square(argument)


def parts(numbers, folder=None, sha="a"):
    return [Partition(key=f"p{n}", input_sha256=sha, argument=(n, folder)) for n in numbers]


def facts():
    return {"pid": os.getpid()}
