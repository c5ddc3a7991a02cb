"""Prints the benchmark table of this machine: every ``bench_*.py`` beside this file, rivals in the same run.

Usage: python tests/bench/run.py [NAME ...]      (HEDGEKIT_THREADS=1 is set unless you set it)
"""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import sys
from pathlib import Path

for name in ("HEDGEKIT_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")


def cpu() -> str:
    """Name of the processor, as far as the system tells."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def versions() -> str:
    """Versions of the packages that may take part."""
    found = []
    for name in ("hedgekit", "numpy", "scipy", "QuantLib", "py_vollib", "iv-engine"):
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{name} absent")
    return ", ".join(found)


def main() -> None:
    """Run the benches named, or all."""
    here = Path(__file__).parent
    names = sys.argv[1:] or sorted(path.stem for path in here.glob("bench_*.py"))
    from hedgekit.pricing import instruction_sets

    print(f"{cpu()}; Python {platform.python_version()}; {versions()}")
    print("; ".join(f"{kernel}: {used}" for kernel, (used, _) in instruction_sets().items()))
    print(f"one thread; best of interleaved runs\n\n{'work':42} {'ours':>12} {'rival':>14} {'ratio':>8}  rival, error")
    for name in names:
        for row in importlib.import_module(name).rows():
            ours, rival = f"{row.ours_ns:,.1f} ns", f"{row.rival_ns:,.1f} ns"
            print(f"{row.work:42} {ours:>12} {rival:>14} {row.ratio:8.4f}  {row.rival}; {row.error}", flush=True)


if __name__ == "__main__":
    main()
