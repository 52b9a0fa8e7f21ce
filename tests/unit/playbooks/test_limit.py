# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A limited run of preflight judges the hosts of the limit, those and no others."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

INVENTORY = f"""
kvm_hosts:
  hosts: {{kvm1: , kvm2: }}
  vars:
    ansible_connection: local
    ansible_python_interpreter: {sys.executable}
    sriov_host_pfs: [{{pf: no-such-netdev, num_vfs: 1}}]
"""


@pytest.mark.parametrize("limit", ["kvm1", "kvm1:localhost"])
def test_preflight_fails_where_a_host_of_the_limit_would_be_refused(tmp_path: pathlib.Path, limit: str) -> None:
    inventory = tmp_path / "inventory.yml"
    inventory.write_text(INVENTORY)
    environment = {**os.environ, "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default", "ANSIBLE_NOCOLOR": "1"}
    command = ["ansible-playbook", "-i", str(inventory), "--limit", limit, "vsrx.sriov.preflight"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stdout
    assert "The site playbook would refuse" in done.stdout
    assert "stops    kvm1: virtual functions" in done.stdout
    assert "kvm2: virtual functions" not in done.stdout
