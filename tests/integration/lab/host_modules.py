# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules, roles and looks at a lab host, for the tests of the KVM host's side."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any, Optional

import yaml


class Kvm:
    """A lab host with Ansible in front of it."""

    def __init__(self, host: Any, folder: Path) -> None:
        self.host = host
        self.folder = folder
        self.inventory = folder / "inventory.json"
        self.inventory.write_text(json.dumps({"all": {"hosts": {"kvm": host.variables}}}), encoding="utf-8")

    def start(self, module: str, arguments: dict[str, Any], check: bool = False, name: str = "results") -> subprocess.Popen[str]:
        command = ["ansible", "kvm", "-i", str(self.inventory), "-m", f"vsrx.sriov.{module}", "-t", str(self.folder / name)]
        command += [*(["-a", json.dumps(arguments)] if arguments else []), *(["--check"] if check else []), "--diff"]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)

    def result(self, name: str = "results") -> dict[str, Any]:
        return dict(json.loads((self.folder / name / "kvm").read_text(encoding="utf-8")))

    def module(self, module: str, check: bool = False, fails: Optional[str] = None, **arguments: Any) -> dict[str, Any]:
        """Run a module; ``fails`` is what its message must say where it must fail."""
        output, _none = self.start(module, arguments, check).communicate()
        result = self.result()
        if fails is None:
            assert "msg" not in result, output
        else:
            assert re.search(fails, result.get("msg", "")), result
        return result

    def vfs(self, *pfs: dict[str, Any], **more: Any) -> dict[str, Any]:
        return self.module("sriov_vfs", **{"pfs": list(pfs), **more})

    def play(self, variables: dict[str, Any], *options: str, tasks_from: str = "main") -> subprocess.CompletedProcess[str]:
        """The role sriov_host, with its facts shown at the end."""
        facts = (
            "{{ {'findings': sriov_host_findings, 'preview': sriov_host_preview, 'result': sriov_host_result | default({}),"
            " 'lacks': sriov_host_cmdline_lacks | default([])} | to_json }}"
        )
        tasks: list[dict[str, Any]] = [
            {"ansible.builtin.include_role": {"name": "vsrx.sriov.sriov_host", "tasks_from": tasks_from}},
            {
                "ansible.builtin.copy": {"dest": str(self.folder / "facts.json"), "content": facts, "mode": "0600"},
                "delegate_to": "localhost",
                "check_mode": False,
                "vars": {"ansible_connection": "local"},
            },
        ]
        book = self.folder / "play.yml"
        book.write_text(yaml.safe_dump([{"hosts": "kvm", "gather_facts": False, "vars": variables, "tasks": tasks}]), encoding="utf-8")
        environment = {**os.environ, "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default", "ANSIBLE_NOCOLOR": "1"}
        return subprocess.run(
            ["ansible-playbook", "-i", str(self.inventory), str(book), *options],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )

    def facts(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "facts.json").read_text(encoding="utf-8")))

    def shell(self, line: str, check: bool = True) -> str:
        return str(self.host.run([line], check=check).stdout).strip()

    def set_down(self, pf: str) -> None:
        """Set a PF down and let NetworkManager not set it up again."""
        self.shell(f"nmcli device set {pf} managed no && ip link set {pf} down")

    def count(self, pf: str) -> int:
        return int(self.shell(f"ls -d /sys/class/net/{pf}/device/virtfn* 2>/dev/null | wc -l"))

    def info(self, pf: str, index: int) -> dict[str, Any]:
        (link,) = json.loads(self.shell(f"ip -d -j link show dev {pf}"))
        return dict(link["vfinfo_list"][index])

    def stuck(self) -> str:
        """Processes in uninterruptible sleep that a write of VFs could have left."""
        return self.shell("ps -eo stat=,args= | grep '^D' | grep -E 'python|ip ' || true")
