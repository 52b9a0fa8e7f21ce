# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page in headless Chromium, over the browser's own pipe: looked at in any width, light, dark, or as printed."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import typing as t

# Chromium reads requests from descriptor 3 and answers on 4.
_PIPES = 'exec "$@" 3<&0 4>&1 1>&2'
_TALL = 800


class BrowserError(Exception):
    pass


class Page:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._to, self._from = t.cast("t.IO[bytes]", process.stdin), t.cast("t.IO[bytes]", process.stdout)
        self._session: dict[str, str] = {}
        self._number = 0
        self._rest = b""
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = {"sessionId": self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}
        self._ask("Page.enable")

    def open(self, path: pathlib.Path) -> None:
        self._ask("Page.navigate", url=path.resolve().as_uri())
        self._until(lambda message: message.get("method") == "Page.loadEventFired")

    def show(self, width: int, scheme: str = "light", media: str = "screen") -> None:
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=_TALL, deviceScaleFactor=1, mobile=width < _TALL)
        self._ask("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])

    def evaluate(self, expression: str) -> t.Any:
        answer = self._ask("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def picture(self, path: pathlib.Path, width: int, height: t.Optional[int] = None) -> None:
        tall = height or self.evaluate("document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": width, "height": tall, "scale": 1}
        answer = self._ask("Page.captureScreenshot", format=path.suffix.lstrip("."), captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(answer["data"]))

    def pdf(self, path: pathlib.Path) -> None:
        self._ask("Emulation.clearDeviceMetricsOverride")
        self._ask("Emulation.setEmulatedMedia", media="", features=[])
        answer = self._ask("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, printBackground=False)
        path.write_bytes(base64.b64decode(answer["data"]))

    def _ask(self, method: str, **params: t.Any) -> dict[str, t.Any]:
        self._number += 1
        number = self._number
        self._to.write(json.dumps({"id": number, "method": method, "params": params, **self._session}).encode() + b"\0")
        self._to.flush()
        answer = self._until(lambda message: message.get("id") == number)
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error']}")
        return dict(answer["result"])

    def _until(self, wanted: t.Callable[[dict[str, t.Any]], bool]) -> dict[str, t.Any]:
        while True:
            while b"\0" not in self._rest:
                got = os.read(self._from.fileno(), 1 << 20)
                if not got:
                    raise BrowserError("Chromium has ended")
                self._rest += got
            line, self._rest = self._rest.split(b"\0", 1)
            message = json.loads(line)
            if wanted(message):
                return dict(message)


@contextlib.contextmanager
def page(profile: pathlib.Path) -> t.Iterator[Page]:
    """The browser's own files are in `profile`."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise BrowserError("no Chromium here; install the package chromium")
    arguments = [program, "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={profile}", "--hide-scrollbars"]
    arguments += ["--disable-gpu", "--no-first-run", "--disable-background-networking"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with subprocess.Popen(
        ["/bin/sh", "-c", _PIPES, "sh", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield Page(process)
        finally:
            process.terminate()
