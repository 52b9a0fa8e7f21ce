# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each task's result as a line of JSON in the file that ROWS names; ansible.posix.json does not take the bytes of netconf_rpc."""

from __future__ import annotations

import json
import os
import typing as t

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: rows
type: aggregate
short_description: Results as lines of JSON
description: Results as lines of JSON.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "rows"

    def _row(self, **facts: t.Any) -> None:
        with open(os.environ["ROWS"], "a") as rows:  # noqa: PTH123 - a line at a time
            rows.write(json.dumps(facts, default=str) + "\n")

    def _result(self, result: t.Any, **more: t.Any) -> None:
        task = getattr(result, "task", None) or result._task
        host = getattr(result, "host", None) or result._host
        facts = json.loads(json.dumps(dict(result._result), default=str))
        self._row(host=host.get_name(), task=task.get_name(), result={**facts, **more})

    v2_runner_on_ok = _result
    v2_runner_on_skipped = _result
    v2_runner_on_unreachable = _result

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        self._result(result, failed=True)

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        self._row(stats={host: stats.summarize(host) for host in stats.processed})
