"""Beyond one process: the same functions over many partitions, on a pool of processes or a Dask cluster.

`runner` is engine-neutral: partitions in, exactly one output each, resumable; `engines` holds the two ways to run them;
`history` and `accounts` are the works that are split.
"""

from __future__ import annotations
