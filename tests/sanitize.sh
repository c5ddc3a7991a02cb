#!/bin/sh
# Build the kernels with the address and undefined-behaviour sanitizers in a copy and run their unit tests.
set -eu
python=$(command -v "${1:-python3}")
case $python in /*) ;; *) python=$PWD/$python ;; esac
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$root/hedgekit" "$root/tests" "$root/setup.py" "$root/pyproject.toml" "$root/README.md" "$root/LICENSE" "$work"
find "$work/hedgekit" -name '*.so' -delete
cd "$work"
"$python" -m pip --quiet --disable-pip-version-check install 'setuptools>=77' 'cython>=3.1'
HEDGEKIT_SANITIZE=1 "$python" setup.py --quiet build_ext --inplace
cc=${CC:-cc}
LD_PRELOAD="$($cc -print-file-name=libasan.so):$($cc -print-file-name=libubsan.so)" \
ASAN_OPTIONS=detect_leaks=0 PYTHONPATH="$work" \
    "$python" -m pytest -q -p no:cacheprovider tests/unit/core tests/unit/test_kinds.py
