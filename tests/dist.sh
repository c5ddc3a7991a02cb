#!/bin/sh
# Build the sdist, install it in an environment of its own and run the main job away from the checkout,
# so that a file missing from the package cannot hide behind the checkout.
set -eu
python=$(command -v "${1:-python3}")
case $python in /*) ;; *) python=$PWD/$python ;; esac
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m pip --quiet --disable-pip-version-check install build
"$python" -m build --sdist --outdir "$work" "$root" >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
"$python" -m venv "$work/venv"
"$work/venv/bin/python" -m pip --quiet --disable-pip-version-check install "$work"/hedgekit-*.tar.gz
cd "$work"
venv/bin/hedgekit doctor
venv/bin/hedgekit hedge --shares 1700 --chain "$root/examples/data/iwm.json" --by 2027-01-15 --floor 0.90 >hedge.txt
grep -q 'whatever happens' hedge.txt
for file in py.typed core/_european.pyi core/_american.pyi core/_cash_dividends.pyi market/sessions.csv; do
    test -f "$(venv/bin/python -c 'import hedgekit, pathlib; print(pathlib.Path(hedgekit.__file__).parent)')/$file" ||
        { echo "the package lacks $file"; exit 1; }
done
echo "the sdist installs and runs"
