# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module loads on the managed host only what its call needs: what it does not load, the host need not even have."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

COSTLY = {"libvirt", "lxml", "jmespath", "yaml", "ansible.module_utils.connection", "asyncio", "http", "email", "ssl"}
CHILD = """
import importlib, json, sys
import ansible.module_utils.basic
before = set(sys.modules)
importlib.import_module("ansible_collections.vsrx.sriov.plugins.modules." + sys.argv[1])
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def loaded(module: str) -> set[str]:
    """What a module loads beyond AnsibleModule, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", CHILD, module], capture_output=True, text=True, check=True, env=environment)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("module", "needs", "others"),
    [
        ("pci_facts", set(), {"_libvirt", "_vsrx_hostdev", "_junos", "_sriov_vfs"}),
        ("sriov_vfs", set(), {"_libvirt", "_domain_xml", "_vsrx_hostdev", "_junos"}),
        ("vsrx_hostdev", {"libvirt"}, {"_junos", "_junos_cluster_mac"}),
        ("junos_cluster_mac", {"ansible.module_utils.connection"}, {"_host", "_libvirt", "_domain_xml", "_sriov_vfs"}),
    ],
)
def test_a_module_loads_only_what_it_needs(module: str, needs: set[str], others: set[str]) -> None:
    if "libvirt" in needs:
        pytest.importorskip("libvirt", reason="libvirt-python is not installed")
    found = loaded(module)
    assert COSTLY & found == needs
    packages = {name.split(".")[5] for name in found if name.startswith("ansible_collections.vsrx.sriov.plugins.module_utils.")}
    assert not packages & others, packages
