# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the playbook host_reboot refuses before it touches a node, and what it says that it would do."""

from __future__ import annotations

import copy
import pathlib
import typing as t

import pytest
from support.standin_hosts import VFS, Done, Site, on_one_line

CONSENT = ("-e", "vsrx_host_reboot_consent=true")
READ: dict[str, t.Any] = {"kvm1:sriov_vfs": VFS, "kvm2:sriov_vfs": VFS}


def make_site(folder: pathlib.Path, *on: str) -> Site:
    """Node 0 and node 1 of a cluster, each on its host."""
    hosts = {name: {"sriov_host_pfs": [{"pf": "eno2", "num_vfs": 1}]} for name in ("kvm1", "kvm2")}
    nodes = {
        f"fw{number}": {"vsrx_host": host, "vsrx_domain": f"fw{number}", "vsrx_cluster": "fw", "vsrx_cluster_node": number}
        for number, host in enumerate(on)
    }
    return Site(folder, {"kvm_hosts": {"hosts": hosts}, "vsrx_nodes": {"hosts": nodes}})


def run(folder: pathlib.Path, on: tuple[str, ...], answers: dict[str, t.Any], *arguments: str) -> Done:
    return make_site(folder, *on).run("host_reboot", answers, "--limit", "kvm1", *arguments)


def other_than_recorded(change: dict[str, t.Any]) -> dict[str, t.Any]:
    found = copy.deepcopy(VFS)
    found["pfs"][0].update(change.pop("pf", {}))
    return {**READ, "kvm1:sriov_vfs": {**found, **change}}


#: where the nodes are, what the host answers, the arguments, and the words of the refusal
REFUSALS: dict[str, tuple[tuple[str, ...], dict[str, t.Any], tuple[str, ...], str]] = {
    "no consent": (("kvm1", "kvm2"), READ, (), "A reboot of kvm1 shuts down fw0. Expected vsrx_host_reboot_consent true"),
    "both nodes of a cluster": (("kvm1", "kvm1"), READ, CONSENT, "fw0, fw1 on kvm1 would stop with all traffic"),
    "a node without its partner": (("kvm1",), READ, CONSENT, "fw0 on kvm1 would stop with all traffic"),
    "site would change the host": (
        ("kvm1", "kvm2"), other_than_recorded({"actions": ["eno2: make 1 VF"], "changed": True}), CONSENT,
        "kvm1 is not as the inventory has it (eno2: make 1 VF)",
    ),
    "VFs that do not come back": (
        ("kvm1", "kvm2"), other_than_recorded({"pf": {"persist": False}}), CONSENT,
        "kvm1 is not as the inventory has it (a PF is not brought back at boot)",
    ),
}  # fmt: skip


@pytest.mark.mission("S8")
@pytest.mark.parametrize("name", REFUSALS)
def test_what_is_refused_touches_nothing(tmp_path: pathlib.Path, name: str) -> None:
    on, answers, arguments, words = REFUSALS[name]
    done = run(tmp_path, on, answers, *arguments)
    assert done.status == 2 and words in on_one_line(done.output), done.output
    assert [call for call in done.calls if not call.check] == []


@pytest.mark.mission("S8")
def test_a_preview_says_what_would_be_done_and_does_nothing(tmp_path: pathlib.Path) -> None:
    done = run(tmp_path, ("kvm1", "kvm2"), READ, "--check")
    output = on_one_line(done.output)
    assert done.status == 0, done.output
    assert "fw0: fail its redundancy groups over, and shut it down reboot kvm1 fw0: start it, and fail the groups back" in output, (
        done.output
    )
    assert [call for call in done.calls if not call.check] == [] and "fw1" not in output
