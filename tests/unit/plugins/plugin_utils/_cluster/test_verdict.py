# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is in force on a cluster, and whether that is what was asked for."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.verdict import judge_cluster, read_pinned

MAC = "02:5a:00:00:00:01"
RETH = {
    "name": "reth0", "mac": MAC, "mac_is_active_ports": True, "active_port": "ge-0/0/1", "active_node": "node0", "active_port_mac": MAC,
}  # fmt: skip


def result(
    in_force: t.Optional[bool] = True, written: int = 2, reth: t.Optional[dict[str, t.Any]] = None, **others: t.Any
) -> dict[str, t.Any]:
    names = ["node0", "node1"]
    cluster = {
        "enabled": others.pop("enabled", True), "healthy": others.pop("healthy", True), "redundancy_groups": [],
        "statements": [{"name": f"statement-{number}", "nodes": names[:written]} for number in (1, 2)],
    }  # fmt: skip
    nodes = [{"name": name, "mode": {"in_force": in_force}, "reasons": [], "booted_at": 1} for name in names]
    return {"actions": [], "restart_required": False, "cluster": cluster, "nodes": nodes, "reths": [{**RETH, **(reth or {})}], **others}


def judge(found: dict[str, t.Any], state: str = "present", pinned: str = MAC) -> dict[str, t.Any]:
    return judge_cluster(found, "fw", state, [[{"sriov": True, "junos_interface": "ge-0/0/1", "mac": pinned}]])


def test_a_cluster_in_the_mode_has_nothing_against_it() -> None:
    found = judge(result())
    assert (found["refusals"], found["notes"]) == ([], [])
    assert found["report"]["booted_at"] == {"node0": 1, "node1": 1} and found["report"]["pinned"] == {"ge-0/0/1": MAC}
    assert judge(result(False, 0), "absent")["refusals"] == []


REFUSED: dict[str, tuple[dict[str, t.Any], str, str]] = {
    "not in force": (result(False), "present", "node0 did not boot with both"),
    "still in force": (result(True, 0), "absent", "node0 booted with both"),
    "on one node only": (result(written=1), "present", "statement-1 on node0"),
    "still written": (result(False, 2), "absent", "neither statement in force"),
    "not healthy": (result(healthy=False), "present", "a healthy cluster"),
    "another MAC address": (result(reth={"active_port_mac": "02:5a:00:00:00:09"}), "present", "reth0 has MAC address"),
    "not read": ({"failed": True, "msg": "no answer"}, "present", "no answer"),
    "not read, and no reason": ({"failed": True}, "present", "no reason is known"),
}


@pytest.mark.mission("S9", "S13")
@pytest.mark.parametrize(("found", "state", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_as_requested_is_refused(found: dict[str, t.Any], state: str, words: str) -> None:
    verdict = judge(found, state)
    assert len(verdict["refusals"]) == 1 and words in verdict["refusals"][0], verdict


def test_no_statement_at_all_proves_nothing() -> None:
    found = result()
    found["cluster"]["statements"] = []
    assert "no statements" in judge(found)["refusals"][0]


@pytest.mark.mission("S13")
def test_a_pinned_address_that_is_another_is_refused() -> None:
    assert "the host pinned 02:5a:00:00:00:0a" in judge(result(), pinned="02:5A:00:00:00:0A")["refusals"][0]


def test_what_is_not_known_is_a_note_and_no_success() -> None:
    found = judge(result(None, reth={"mac_is_active_ports": None}))
    assert found["refusals"] == []
    assert "node0 and node1: neither the commit history" in found["notes"][0] and "S13 is not proven" in found["notes"][1]


def test_while_a_restart_is_pending_nothing_is_refused() -> None:
    found = judge(result(False, healthy=False, restart_required=True))
    assert (found["refusals"], found["notes"], found["report"]["restart_pending"]) == ([], [], True)


def test_only_ports_on_vfs_have_a_pinned_address() -> None:
    rows = [{"sriov": False, "junos_interface": "fxp0", "mac": MAC}, {"sriov": True, "junos_interface": "ge-0/0/2", "mac": None}]
    assert read_pinned([rows, []]) == {}
