"""Kill a worker of a local Dask cluster mid-run and print what came of it.

A process of its own: the cluster's threads draw from `random`, which hypothesis forbids while it draws.
"""

import json
import os
import signal
import sys
from pathlib import Path

import distributed

sys.path.insert(0, str(Path(__file__).parent))
from scale_work import facts, parts, slow_square

from hedgekit.scale.engines import DaskCluster
from hedgekit.scale.runner import run


def main(out):
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        there = DaskCluster(cluster.scheduler_address)
        victims = [info["pid"] for info in there.client.run(facts).values()]

        def watch(done, total, failed):
            if done == 3 and victims:
                os.kill(victims.pop(), signal.SIGKILL)

        found = run(parts(range(16)), slow_square, out=out, version="1", engine=there, watch=watch)
        there.close()
    print(json.dumps({"done": found.done, "failures": len(found.failures), "killed": 2 - len(victims)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
