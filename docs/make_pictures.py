"""Make the pictures of the README: pages of the examples in a headless browser, light and dark.

Run from the root of the checkout with a chromium or chrome on the path: ``python docs/make_pictures.py``.
"""

import base64
import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "images"
CHAIN = "examples/data/iwm.json"

WIDTH = 1080

# name -> (command, from which element, pixels of height)
PICTURES = {
    "hedge": ("hedge --shares 1700 --chain {chain} --by 2027-01-15 --floor 0.90", "h1", 645),
    "what-if": ("structure iron-condor --chain {chain} --by 2026-12-18", "h1", 760),
}


def main() -> None:
    """Write every picture."""
    spec = importlib.util.spec_from_file_location("browser", ROOT / "tests" / "unit" / "report" / "browser.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with tempfile.TemporaryDirectory() as folder:
        browser = module.Browser(Path(folder))
        for name, (words, start, height) in PICTURES.items():
            page = Path(folder) / f"{name}.html"
            command = [sys.executable, "-m", "hedgekit", *words.format(chain=CHAIN).split(), "--html", str(page)]
            subprocess.run([*command, "--quiet"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            for dark in (False, True):
                browser.view(WIDTH, height=height, dark=dark)
                browser.open(page)
                top = browser.run(f"document.querySelector('{start}').getBoundingClientRect().top")
                clip = {"x": 0, "y": top, "width": WIDTH, "height": height, "scale": 1}
                shot = browser.send("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
                path = OUT / f"{name}-{'dark' if dark else 'light'}.png"
                path.write_bytes(base64.b64decode(shot["data"]))
                print(path.relative_to(ROOT), path.stat().st_size)
        browser.close()


if __name__ == "__main__":
    main()
