# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be taken back is said once for all hosts: a part that only some of them name would be half taken back."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import typing as t

import pytest

#: vsrx_teardown of the groups, and whether that is refused
PARTS: dict[str, tuple[dict[str, t.Any], bool]] = {
    "of all": ({"all": ["vfs"]}, False),
    "of none": ({}, False),
    "of the nodes only": ({"vsrx_nodes": ["ports"]}, True),
    "of the KVM hosts only": ({"kvm_hosts": ["vfs"]}, True),
    "misspelt": ({"all": ["vf"]}, True),
}


@pytest.mark.parametrize("case", PARTS)
def test_parts_are_the_same_for_all_hosts(tmp_path: pathlib.Path, case: str) -> None:
    parts, refused = PARTS[case]
    hosts = {"kvm_hosts": ["kvm1"], "vsrx_nodes": ["node0", "node1"]}
    groups: dict[str, t.Any] = {name: {"hosts": dict.fromkeys(names), "vars": {}} for name, names in hosts.items()}
    # Where it is not refused, the next step is: no node has a KVM host.
    groups["all"] = {"vars": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable, "vsrx_host": "nowhere"}}
    for name, value in parts.items():
        groups[name]["vars"]["vsrx_teardown"] = value
    (tmp_path / "inventory.json").write_text(json.dumps(groups))
    command = ["ansible-playbook", "-i", str(tmp_path / "inventory.json"), "--check", "vsrx.sriov.teardown"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    output = " ".join(done.stdout.split())
    assert ("expected some of mac_mode, ports, vfs, the same for all hosts of the run" in output) is refused, output
    assert refused is False or done.returncode != 0
