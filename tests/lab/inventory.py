# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An Ansible inventory of the hosts that run."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from typing import Any

from lab.machine import Machine
from lab.ssh import ADDRESS


def variables(machine: Machine) -> dict[str, Any]:
    ssh = machine.ssh
    return {
        "ansible_host": ADDRESS,
        "ansible_port": ssh.port,
        "ansible_user": "root",
        "ansible_ssh_private_key_file": str(ssh.image.user_key),
        "ansible_ssh_args": shlex.join(ssh.options),
        "ansible_pipelining": True,
        "ansible_python_interpreter": "/usr/bin/python3",
    }


def text(machines: Iterable[Machine]) -> str:
    lines = ["---", "kvm_hosts:", "  hosts:"]
    for machine in machines:
        lines.append(f"    {machine.name}:")
        lines += [f"      {name}: {json.dumps(value)}" for name, value in variables(machine).items()]
    if len(lines) == 3:
        lines[2] = "  hosts: {}"
    return "\n".join(lines)
