"""Two workers, one of which kills the process that handed out the work: run by a test in a process of its own."""

import os
import signal
import threading

from hedgekit.scale.engines import LocalProcesses


def wait_or_kill(item, common):
    if item == 0:
        os.kill(os.getppid(), signal.SIGKILL)
    threading.Event().wait()


if __name__ == "__main__":
    list(LocalProcesses(2).map(wait_or_kill, [1, 0]))
