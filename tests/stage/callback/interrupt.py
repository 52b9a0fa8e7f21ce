# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A callback plugin that ends a run of a playbook at a chosen task, for the interruption test."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import threading
import time
import typing as t

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: interrupt
type: aggregate
short_description: Writes down the tasks of a play, and interrupts it, or keeps the state of its hosts, at some of them
description:
  - Each task, its number and when it began, and each host's result (whether it changed something, which module was called, how often),
    as lines of JSON in the file that C(INTERRUPT_LOG) names.
  - C(INTERRUPT_POINTS) is a list as JSON; each entry has a task's number C(at), the seconds C(after) its start, and a C(command)
    (an argument list) that is run then; without a command, this process and its workers are killed.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "interrupt"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._log = pathlib.Path(os.environ["INTERRUPT_LOG"])
        self._points: list[dict[str, t.Any]] = json.loads(os.environ.get("INTERRUPT_POINTS", "[]"))
        self._task = 0
        self._log.write_text("")

    def v2_playbook_on_task_start(self, task: t.Any, is_conditional: bool) -> None:
        self._task += 1
        self._write(task=self._task, name=task.get_name())
        for point in self._points:
            if self._task != point["at"]:
                continue
            if point["after"]:
                threading.Timer(point["after"], self._interrupt, [point["command"]]).start()
            else:
                self._interrupt(point["command"])

    v2_playbook_on_handler_task_start = v2_playbook_on_task_start

    def v2_runner_on_ok(self, result: t.Any) -> None:
        self._write(
            task=self._task,
            changed=bool(result._result.get("changed")),
            action=result._task.action,
            host=result._host.get_name(),
            calls=len(result._result.get("results", [None])),
        )

    def _write(self, **event: t.Any) -> None:
        with self._log.open("a") as file:
            file.write(json.dumps({**event, "time": time.time()}) + "\n")

    def _interrupt(self, command: list[str]) -> None:
        self._write(task=self._task, interrupted=command)
        if command:
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)
        else:
            os.killpg(0, signal.SIGKILL)
