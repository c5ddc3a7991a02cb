"""A real browser at the other end of a pipe: pages are opened, looked at, typed into and printed.

Chromium's own protocol over two file descriptors: no driver, no port, no package.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
from pathlib import Path
from typing import Any

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

LIMIT_SECONDS = 120.0
"""A browser that is silent for longer, on however busy a machine, has hung."""

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync --remote-debugging-pipe"
)


class Browser:
    """One tab of a headless browser."""

    def __init__(self, folder: Path) -> None:
        assert BROWSER is not None
        theirs_in, self._write = os.pipe()
        self._read, theirs_out = os.pipe()
        profile = folder / "profile"
        # The protocol is spoken on descriptors 3 and 4: the shell puts them there.
        line = f'exec "$0" {FLAGS} --user-data-dir="$1" 3<&{theirs_in} 4>&{theirs_out}'
        self._process = subprocess.Popen(
            ["bash", "-c", line, BROWSER, str(profile)],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._sent, self._rest, self._session = 0, b"", ""
        self._events: list[dict[str, Any]] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **given: Any) -> dict[str, Any]:
        """Ask for something and return the answer; what else happens meanwhile is kept."""
        self._sent += 1
        message = {"id": self._sent, "method": method, "params": given}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            heard = self._hear()
            if heard.get("id") == self._sent:
                assert "error" not in heard, heard
                result: dict[str, Any] = heard["result"]
                return result
            self._events.append(heard)

    def _hear(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], LIMIT_SECONDS)
            part = os.read(self._read, 1 << 20) if ready else b""
            assert part, "the browser says nothing"
            self._rest += part
        text, _, self._rest = self._rest.partition(b"\0")
        heard: dict[str, Any] = json.loads(text)
        return heard

    def view(self, width: int, *, height: int = 800, phone: bool = False, dark: bool = False, media: str = "") -> None:
        """Set the window, the colour scheme and the medium."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def open(self, path: Path) -> list[str]:
        """Open a file, wait until all is drawn, and return what went wrong."""
        self._events.clear()
        self.send("Page.navigate", url=path.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self._events):
            self._events.append(self._hear())
        self.run(
            "new Promise(done=>{const look=()=>document.documentElement.dataset.drawn?done():setTimeout(look,5);look()})"
        )
        bad = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        return [json.dumps(event["params"]) for event in self._events if event.get("method") in bad]

    def run(self, script: str) -> Any:
        """Return the value of an expression in the page."""
        done = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def press(self, key: str, code: int) -> None:
        """Press and release a key, as a person does."""
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def close(self) -> None:
        """End the browser that was started."""
        self._process.kill()
        self._process.wait(LIMIT_SECONDS)
        os.close(self._read)
        os.close(self._write)
