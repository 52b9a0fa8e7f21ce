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
    assert "site would stop. Fix the errors above" in done.stdout
    assert "stops    kvm1: virtual functions" in done.stdout
    assert "kvm2: virtual functions" not in done.stdout


def preflight(folder: pathlib.Path, inventory: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = folder / "inventory.yml"
    path.write_text(inventory)
    more = {"ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default", "ANSIBLE_NOCOLOR": "1", "ANSIBLE_SHOW_CUSTOM_STATS": "1"}
    environment = {**os.environ, **more, "ANSIBLE_STRATEGY": "ansible.builtin.free"}
    command = ["ansible-playbook", "-i", str(path), *arguments, "vsrx.sriov.preflight"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("inventory", ["firewalls: {hosts: {fw1: }}", "all: {}"])
def test_preflight_without_hosts_is_an_error(tmp_path: pathlib.Path, inventory: str) -> None:
    """An inventory that was not synchronised, or names its groups otherwise, is not a site that is well."""
    done = preflight(tmp_path, inventory)
    assert done.returncode == 2, done.stdout
    assert "No host of this run is in the group kvm_hosts or vsrx_nodes" in " ".join(done.stdout.split())


def test_preflight_leaves_what_an_approver_and_a_ticket_can_read(tmp_path: pathlib.Path) -> None:
    """Data and Markdown as artifacts of the job, also where it stops, and under any strategy."""
    done = preflight(tmp_path, INVENTORY)
    assert done.returncode == 2, done.stdout
    stats = done.stdout.partition("CUSTOM STATS")[2]
    assert "vsrx_site" in stats and "vsrx_report_markdown" in stats, done.stdout
    assert "kvm2: virtual functions" in done.stdout
