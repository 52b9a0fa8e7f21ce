# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every playbook over a cluster whose configuration holds secrets, with all that Ansible can log: none is in any output or file.

Ansible's log has the messages of the persistent connection, too (persistent_log_messages), which are every request and every reply.
"""

from __future__ import annotations

import pathlib
import sys
import typing as t

import pytest
from harness import inventory_of
from junos_peer.remote import RemotePeer
from support.standin_hosts import CONNECTIONS, VFS, Done, Site, hostdev
from test_secrets import FOREIGN, MARK, planted

#: the playbook, and what a user adds
PLAYBOOKS: dict[str, list[str]] = {
    "preflight": [],
    "site": ["--diff"],
    "report": [],
    "adopt": [],
    "failover_test": ["-e", "vsrx_cluster_failover_consent=true"],
    "host_reboot": ["--limit", "kvm0", "-e", "vsrx_host_reboot_consent=true"],
    "teardown": ["--diff"],
}
UUID = "7f2a5c1e-0c3d-4e55-9d0a-3b7c1f6e2a90"
ALL_THERE_IS = {
    "ANSIBLE_PERSISTENT_LOG_MESSAGES": "true",
    "ANSIBLE_DEBUG": "false",
    "ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "true",
    "ANSIBLE_KEEP_REMOTE_FILES": "true",
}


@pytest.fixture
def options(folder: pathlib.Path, request: pytest.FixtureRequest) -> dict[str, t.Any]:
    """The peer begins with the planted configuration; for a failover test with the mode, too, so that its reths follow their ports."""
    mode = "<use-active-child-mac-on-reth/><use-actual-mac-on-physical-interfaces/>" * ("failover_test" in request.node.name)
    (folder / "planted.xml").write_text(planted().replace("<reth-count>", f"{mode}<reth-count>", 1), encoding="utf-8")
    return {"config": folder / "planted.xml"}


def answers_of_a_reboot(peer: RemotePeer) -> dict[str, t.Any]:
    """The host of node 0 is rebooted: what stops the domain there stops the peer's node."""

    def say(text: str, *kinds: str) -> dict[str, t.Any]:
        orders = [
            [sys.executable, "-m", "junos_peer", "fault", "--state-dir", str(peer.private_key.parent), kind, "node=0"] for kind in kinds
        ]
        return {"changed": True, "rc": 0, "stdout": text, "stderr": "", "cmd": [], "_commands": orders}

    distribution = {"ansible_distribution": "Debian", "ansible_distribution_version": "12", "ansible_os_family": "Debian"}
    return {
        "setup": {"ansible_facts": distribution},
        "find": {"files": [{"path": "/sbin/shutdown"}]},
        "kvm0:command:list": say(f"{UUID} vsrx0"),
        "kvm0:command:domstate": say("running"),
        "kvm0:command:domstate:after": say("shut off"),
        "kvm0:command:shutdown": say("", "power-off"),
        "kvm0:command:start": say("", "power-on"),
    }


def run(peer: RemotePeer, folder: pathlib.Path, playbook: str, *arguments: str) -> Done:
    """The playbook over the peer's nodes, on KVM hosts that are played."""
    inventory = inventory_of({"vsrx1": peer})
    cluster = inventory["vsrx_nodes"]["children"]["vsrx1"]
    for number, node in enumerate(cluster["hosts"].values()):
        node |= {
            "ansible_user": peer.user,
            "vsrx_host": f"kvm{number}",
            "vsrx_domain": f"vsrx{number}",
            "vsrx_ports": [{"pf": "eno2", "index": 0}],
        }
    cluster["vars"] |= {
        "ansible_password": peer.password,
        "vsrx_cluster_restart": "simultaneous",
        "vsrx_cluster_pf_under_control": True,
        "vsrx_cluster_poll_interval": 0.2,
    }
    cluster["vars"].pop("ansible_ssh_private_key_file")
    inventory["kvm_hosts"] = {"hosts": {f"kvm{number}": {"sriov_host_pfs": [{"pf": "eno2", "num_vfs": 1}]} for number in (0, 1)}}
    if playbook == "host_reboot":
        inventory["kvm_hosts"]["vars"] = {"standin_folder": str(folder / "site")}
        for host in inventory["kvm_hosts"]["hosts"].values():
            host["ansible_connection"] = "standin"
    answers: dict[str, t.Any] = {"sriov_vfs": VFS} | {f"kvm{number}:vsrx_hostdev": hostdev(number) for number in (0, 1)}
    for number in (0, 1):
        # ge-0/0/0 is a port of the fabric link, and the MAC address is the peer's own matter.
        answers[f"kvm{number}:vsrx_hostdev"]["ports"][2] |= {"junos_interface": f"ge-{7 * number}/0/1", "mac": None}
    answers |= answers_of_a_reboot(peer)
    settings = {
        "ANSIBLE_CONNECTION_PLUGINS": str(CONNECTIONS),
        "ANSIBLE_LOG_PATH": str(folder / "site/ansible.log"),
        "ANSIBLE_PERSISTENT_CONTROL_PATH_DIR": str(folder / "pc"),
    }
    site = Site(folder / "site", inventory, netconf=True)
    (folder / "site/commands.json").write_text("{}", encoding="utf-8")
    return site.run(playbook, answers, "-vvvv", *arguments, **ALL_THERE_IS, **settings)


def find(folder: pathlib.Path, done: Done, secrets: t.Iterable[str]) -> list[str]:
    """Where a secret is: the lines of the output, and those of all files but the inventory, which a user keeps in a vault."""
    texts = {"the output": done.output}
    for path in (folder / "site").rglob("*"):
        if path.is_file() and path.name != "inventory.json":
            texts[path.name] = path.read_text(encoding="utf-8", errors="replace")
    return [f"{name}: {line}" for name, text in texts.items() for line in text.splitlines() if any(each in line for each in secrets)]


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_no_playbook_shows_a_secret(folder: pathlib.Path, peer: RemotePeer, playbook: str) -> None:
    done = run(peer, folder, playbook, *PLAYBOOKS[playbook])
    log = (folder / "site/ansible.log").read_text(encoding="utf-8")
    assert done.status == 0, done.output
    assert "<get-configuration" in log and "<rpc-reply" in log, "the log has not all that was sent and answered"
    assert find(folder, done, (MARK, peer.password)) == [], done.status


@pytest.mark.parametrize("playbook", ["preflight", "site", "report"])
def test_no_playbook_shows_a_secret_of_an_edit_that_is_not_committed(folder: pathlib.Path, peer: RemotePeer, playbook: str) -> None:
    peer.fault("dirty", xml=FOREIGN["a key in a group"])
    done = run(peer, folder, playbook, *PLAYBOOKS[playbook])
    assert "[edit " in done.output, done.output
    # Junos compares the candidate only as a whole: where messages are logged, that reply is, and in nothing but the log.
    found = find(folder, done, (MARK, peer.password))
    assert [line[:300] for line in found if not (line.startswith("ansible.log: ") and "<configuration-output>" in line)] == []
