# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Orders to a running QEMU."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

from lab.errors import LabError


class Qmp:
    """One session on a QEMU's QMP socket."""

    def __init__(self, path: Path, timeout: float = 120.0) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(timeout)
        self._socket.connect(str(path))
        self._stream = self._socket.makefile("rw")
        self._receive()
        self.order("qmp_capabilities")

    def __enter__(self) -> Qmp:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._socket.close()

    def order(self, command: str, **arguments: Any) -> Any:
        json.dump({"execute": command, "arguments": arguments}, self._stream)
        self._stream.flush()
        while True:
            answer = self._receive()
            if "error" in answer:
                raise LabError(f"QEMU refused {command}: {answer['error'].get('desc')}")
            if "return" in answer:
                return answer["return"]

    def monitor(self, line: str) -> None:
        """A command that only the human monitor has; it answers nothing when it went well."""
        answer = self.order("human-monitor-command", **{"command-line": line}).strip()
        if answer:
            raise LabError(f"QEMU's monitor answered {line!r} with: {answer}")

    def _receive(self) -> dict[str, Any]:
        line = self._stream.readline()
        if not line:
            raise LabError("QEMU closed its control socket")
        message: dict[str, Any] = json.loads(line)
        return message
