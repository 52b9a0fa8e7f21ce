# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection of a stand-in host that can be rebooted: modules run on its stand-in interpreter, and no other command runs at all.

A host cannot be reached while the file ``gone-HOST`` is there.
"""

from __future__ import annotations

import json
import pathlib
import typing as t

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = """
name: standin
short_description: the connection of a stand-in host
author: the project
description: Answers of commands are in the file C(commands.json) of C(standin_folder), by a word in the command.
extends_documentation_fragment:
    - connection_pipelining
options:
    become_success_timeout:
        type: int
        default: 10
        description: As that of the connection local.
    become_strip_preamble:
        type: bool
        default: true
        description: As that of the connection local.
    folder:
        description: The folder of the site.
        type: str
        vars:
            - name: standin_folder
    host:
        description: The name of the host. Where tasks are delegated to it, only C(standin_host) says it.
        type: str
        vars:
            - name: inventory_hostname
            - name: standin_host
"""


class Connection(LocalConnection):  # type: ignore[misc]
    transport = "standin"

    def exec_command(self, cmd: str, in_data: t.Any = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        folder, host = pathlib.Path(self.get_option("folder")), self.get_option("host")
        if (folder / f"gone-{host}").exists():
            raise AnsibleConnectionFailure(f"{host} was ordered not to answer")
        # Its interpreter, and the folder for what is sent to it. Nothing else: a reboot would be that of the machine of the tests.
        if f"{folder}/python-" in cmd or "ansible-tmp-" in cmd or "echo ~" in cmd:
            return t.cast("tuple[int, bytes, bytes]", super().exec_command(cmd, in_data, sudoable))
        rebooted = folder / f"changed-reboot-{host}"
        if "shutdown" in cmd:
            with (folder / "calls").open("a") as log:
                log.write(json.dumps({"host": host, "module": "shutdown", "check": False, "options": {}}) + "\n")
            rebooted.touch()
        answers = json.loads((folder / "commands.json").read_text())
        for word, answer in answers.get(host, {}).items():
            if word in cmd:
                return answer["rc"], answer["stdout"].encode(), answer.get("stderr", "").encode()
        return 0, b"after" if rebooted.exists() else b"before", b""

    def reset(self) -> None:
        """Nothing is kept open."""
