# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook site over three clusters on stand-in hosts: what fails costs its own cluster, and a table says what became of each."""

from __future__ import annotations

import copy
import pathlib
import typing as t

import pytest
import yaml
from support.standin_hosts import VFS, Call, Done, Site, cluster_mac, hostdev, on_one_line

LETTERS = "abc"


def inventory(**more: t.Any) -> dict[str, t.Any]:
    """Cluster a on host kvma and so on: one host for both nodes of a cluster."""
    hosts: dict[str, t.Any] = {f"kvm{letter}": {"sriov_host_pfs": [{"pf": "eno2", "num_vfs": 1}]} for letter in LETTERS}
    nodes = {
        f"{letter}{number}": {
            "vsrx_host": f"kvm{letter}", "vsrx_domain": f"{letter}{number}", "vsrx_ports": [{"pf": "eno2", "index": number}],
            "vsrx_cluster": letter, "vsrx_cluster_node": number, "vsrx_cluster_restart": "never", "vsrx_ports_power": "cycle",
            "vsrx_cluster_settle_timeout": 0, **more,
        }
        for letter in LETTERS for number in (0, 1)
    }  # fmt: skip
    return {"kvm_hosts": {"hosts": hosts}, "vsrx_nodes": {"hosts": nodes}}


def answers() -> dict[str, t.Any]:
    """Each domain gets a port, each cluster is in the mode."""
    found: dict[str, t.Any] = {}
    for place, letter in enumerate(LETTERS):
        found[f"kvm{letter}:sriov_vfs"] = copy.deepcopy({**VFS, "actions": ["eno2: make 1 VF"], "changed": True})
        for number in (0, 1):
            ports = hostdev(number, actions=["add VF"], changed=True)
            for port in ports["ports"]:
                port["mac"] = port["mac"][:9] + f"0{place}" + port["mac"][11:]
                if port["vf"]:
                    port.update(vf=f"0000:01:10.{2 * number}", index=number)
            found[f"kvm{letter}:vsrx_hostdev:{letter}{number}"] = ports
            found[f"{letter}{number}:junos_cluster_mac"] = cluster_mac(number)
        found[f"kvm{letter}:sriov_vfs"]["pfs"][0]["vfs"].append({**VFS["pfs"][0]["vfs"][0], "vf": 1, "address": "0000:01:10.2"})
    return found


def changed(done: Done, module: str) -> list[Call]:
    return [call for call in done.calls if call.module == module and not call.check]


def rows(done: Done) -> str:
    output = on_one_line(done.output)
    return output[output.index("Show what became of each host and cluster") :]


REFUSED = {"failed": True, "msg": "no such domain", "findings": []}


def test_what_fails_costs_its_own_cluster_and_the_rest_is_served_one_after_the_other(tmp_path: pathlib.Path) -> None:
    """a's domain is not there and c's host refuses: b is served, whatever strategy the configuration names."""
    found = {**answers(), "kvma:vsrx_hostdev:a0": REFUSED, "kvmc:sriov_vfs": {"failed": True, "msg": "VF 0 is in use", "findings": []}}
    done = Site(tmp_path, inventory()).run("site", found, ANSIBLE_STRATEGY="free")
    table = rows(done)
    assert done.status == 2
    assert "cluster a: not begun: no node of it was touched" in table, done.output
    assert "cluster b: done" in table and "cluster c: not begun" in table and "host kvmc: failed" in table, done.output
    assert [call.options["name"] for call in changed(done, "vsrx_hostdev")] == ["b1", "b0"], done.output
    assert "c0 runs on kvmc, which failed or could not be reached" in on_one_line(done.output)


def test_the_next_cluster_is_not_begun_after_one_that_failed_on_the_way(tmp_path: pathlib.Path) -> None:
    """The plan of a's first domain succeeds; changing it does not, and its partner is left alone."""
    restarted = {key: {**answer, "restarted": True} if "vsrx_hostdev" in key else answer for key, answer in answers().items()}
    # The firewalls are stand-ins, so nothing is seen of their cluster before a node goes down.
    done = Site(tmp_path, inventory(vsrx_ports_unseen=True)).run("site", {**restarted, "kvma:vsrx_hostdev:a1:real": REFUSED})
    table = rows(done)
    assert done.status == 2
    assert "cluster a: failed: it was begun and did not end" in table, done.output
    assert "cluster b: not begun" in table and "cluster c: not begun" in table, done.output
    assert [call.options["name"] for call in changed(done, "vsrx_hostdev")] == ["a1"], done.output


@pytest.mark.mission("S8")
@pytest.mark.parametrize("playbook", ["site", "preflight"])
@pytest.mark.parametrize("consent", [False, True])
def test_a_cluster_that_says_nothing_is_refused_before_anything_is_changed(tmp_path: pathlib.Path, playbook: str, consent: bool) -> None:
    """Its firewalls do not answer, and its domains are to be shut down: not even VFs are made without the opt-in."""
    cluster = inventory(vsrx_cluster_restart="rolling", vsrx_ports_unseen=consent)
    chosen = {
        group: {"hosts": {name: host for name, host in members["hosts"].items() if name[0] == "a" or name == "kvma"}}
        for group, members in cluster.items()
    }
    restarted = {key: {**answer, "restarted": True} if "vsrx_hostdev" in key else answer for key, answer in answers().items()}
    done = Site(tmp_path, chosen, netconf=True).run(playbook, restarted, "--check")
    refused = "no node of cluster a tells how the cluster is" in on_one_line(done.output) and "vsrx_ports_unseen" in done.output
    assert refused is not consent, done.output
    assert done.status == 2 or (consent and playbook == "preflight"), done.output
    assert "has its ports" not in done.output, "a preview gives none"
    if playbook == "site":
        planned = [call for call in done.calls if call.module == "sriov_vfs"]
        assert len(planned) == (2 if consent else 1), "a preview of the change is the second call"


GROUPS = ("-e", "vsrx_kvm_hosts_group=hypervisors", "-e", "vsrx_nodes_group=firewalls")


def test_groups_can_have_other_names(tmp_path: pathlib.Path) -> None:
    """Each playbook over hosts and nodes finds them, also where other groups have the names of the defaults."""
    own = inventory(vsrx_cluster_failover_consent=True)
    others = {"kvm_hosts": {"hosts": {"other1": {}}}, "vsrx_nodes": {"hosts": {"other2": {}}}}
    site = Site(tmp_path, {"hypervisors": own["kvm_hosts"], "firewalls": own["vsrx_nodes"], **others})
    done = site.run("site", answers(), *GROUPS)
    assert done.status == 0, done.output
    assert [call.options["name"] for call in changed(done, "vsrx_hostdev")] == [
        f"{letter}{number}" for letter in LETTERS for number in (1, 0)
    ]
    assert [f"cluster {letter}: done" in rows(done) for letter in LETTERS] == [True] * 3 and "other" not in rows(done)
    hosts, nodes = {f"kvm{letter}" for letter in LETTERS}, {f"{letter}{number}" for letter in LETTERS for number in (0, 1)}
    for playbook in ("preflight", "report", "teardown"):
        done = site.run(playbook, answers(), *GROUPS)
        assert {call.host for call in done.calls} >= hosts | nodes, (playbook, done.output)
        assert "other1" not in done.output and "other2" not in done.output, (playbook, done.output)


def test_groups_that_are_not_there_are_named(tmp_path: pathlib.Path) -> None:
    done = Site(tmp_path, inventory()).run("site", answers(), *GROUPS)
    assert done.status == 2 and not done.calls
    assert "The inventory has no group hypervisors and no group firewalls." in on_one_line(done.output)


PLAYBOOKS = pathlib.Path(__file__).parents[3] / "playbooks"


@pytest.mark.parametrize("path", sorted(PLAYBOOKS.glob("*.yml")), ids=lambda path: path.name)
def test_each_play_over_hosts_or_nodes_pins_its_strategy(path: pathlib.Path) -> None:
    """Nodes wait for each other, so none may run ahead under another strategy of the configuration."""
    found = yaml.safe_load(path.read_text())
    plays = [play for play in found if play.get("hosts", "localhost") != "localhost"] if isinstance(found, list) else []
    assert {play["name"]: play.get("strategy") for play in plays} == {play["name"]: "ansible.builtin.linear" for play in plays}


@pytest.mark.parametrize("playbook", ["site", "preflight", "teardown", "report"])
def test_one_group_that_is_not_there_stops_the_run(tmp_path: pathlib.Path, playbook: str) -> None:
    """A slip in one name would make the VFs and leave all nodes out."""
    done = Site(tmp_path, inventory()).run(playbook, answers(), "-e", "vsrx_nodes_group=vsrx_nodse")
    assert done.status == 2 and not changed(done, "sriov_vfs"), done.output
    assert "The inventory has no group vsrx_nodse." in on_one_line(done.output)
