# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that -e gives as texts reach the modules as lists."""

from __future__ import annotations

import copy
import pathlib

from support.standin_hosts import VFS, Site, cluster_mac, hostdev

INVENTORY = {
    "kvm_hosts": {"hosts": {"kvm1": {"sriov_host_pfs": [{"pf": "eno2", "num_vfs": 1}]}}},
    "vsrx_nodes": {
        "hosts": {
            f"fw{number}": {
                "vsrx_host": "kvm1", "vsrx_domain": f"fw{number}", "vsrx_cluster": "c", "vsrx_cluster_node": number,
                "vsrx_ports": [{"pf": "eno2", "index": number}], "vsrx_cluster_restart": "never",
            }
            for number in (0, 1)
        }
    },
}  # fmt: skip


def test_rules_that_are_accepted_by_a_text_reach_the_modules_as_a_list(tmp_path: pathlib.Path) -> None:
    answers = {"sriov_vfs": VFS, "vsrx_hostdev": hostdev(0)} | {f"fw{number}:junos_cluster_mac": cluster_mac(number) for number in (0, 1)}
    given = ["-e", "sriov_host_accept=S3", "-e", '{"vsrx_cluster_accept": "S10, S12"}', "-e", "vsrx_ports_fabric_ports=ge-0/0/0"]
    done = Site(tmp_path, copy.deepcopy(INVENTORY)).run("preflight", answers, *given)
    accepted = {(call.module, tuple(call.options["accept"])) for call in done.calls if "accept" in call.options}
    assert ("sriov_vfs", ("S3",)) in accepted, done.output
    assert any(module == "junos_cluster_mac" and rules[:2] == ("S10", "S12") for module, rules in accepted), accepted
    assert all(call.options["fabric_ports"] == ["ge-0/0/0"] for call in done.calls if call.module == "vsrx_hostdev")
