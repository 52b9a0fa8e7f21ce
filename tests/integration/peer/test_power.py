# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node that does not come back is reset by its hypervisor, here libvirt's test driver, and only with consent."""

from __future__ import annotations

import os
import pathlib
import shutil
import sys
import threading
import typing as t

import pytest
import yaml
from harness import Runner
from junos_peer.remote import RemotePeer

PORTS = ["ge-0/0/1", "ge-0/0/2", "ge-7/0/1", "ge-7/0/2"]
KNOWN: dict[str, t.Any] = {"vsrx_cluster_sriov_ports": PORTS, "vsrx_cluster_power_cycle": True, "vsrx_cluster_boot_timeout": 5}
# libvirt's own states: 1 running, 3 paused, 5 shut off.
UUIDS = [f"00000000-0000-4000-8000-00000000000{number}" for number in (0, 1)]
DOMAIN = """<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
<name>{name}</name><uuid>{uuid}</uuid><memory>1024</memory><os><type>hvm</type></os><test:runstate>{state}</test:runstate></domain>"""
# virsh itself, with a note of each order that it carried out.
VIRSH = """#!/bin/sh
'{virsh}' "$@" || exit
echo "$@" >> '{notes}'
"""


class Hypervisor:
    """A KVM host of libvirt's test driver; what virsh was asked is noted."""

    def __init__(self, folder: pathlib.Path, runner: Runner, state: int, names: t.Sequence[str]) -> None:
        self.notes = folder / "notes"
        self.notes.touch()
        (folder / "bin").mkdir()
        virsh = folder / "bin" / "virsh"
        virsh.write_text(VIRSH.format(virsh=shutil.which("virsh"), notes=self.notes))
        virsh.chmod(0o755)
        domains = "".join(DOMAIN.format(name=names[number], uuid=UUIDS[number], state=state if number else 1) for number in (0, 1))
        (folder / "host.xml").write_text(f"<node>{domains}</node>")
        inventory = yaml.safe_load((folder / "inventory.yml").read_text())
        inventory["kvm_hosts"] = {"hosts": {"kvm1": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}}}
        for node in inventory["vsrx_nodes"]["children"]["vsrx1"]["hosts"].values():
            node.update(vsrx_host="kvm1", vsrx_domain=names[int(node["vsrx_cluster_node"])], vsrx_ports_uri=f"test://{folder}/host.xml")
        (folder / "inventory.yml").write_text(yaml.safe_dump(inventory))

    def orders(self) -> list[list[str]]:
        noted = [line.split()[2:] for line in self.notes.read_text().splitlines()]
        return [words for words in noted if words[0] not in ("domstate", "list")]


@pytest.fixture
def state() -> int:
    return 1


@pytest.fixture
def names() -> t.Sequence[str]:
    return "vsrx1-node0", "vsrx1-node1"


@pytest.fixture
def hypervisor(folder: pathlib.Path, runner: Runner, state: int, names: t.Sequence[str], monkeypatch: pytest.MonkeyPatch) -> Hypervisor:
    monkeypatch.setenv("PATH", f"{folder}/bin:{os.environ['PATH']}")
    return Hypervisor(folder, runner, state, names)


#: a number is libvirt's id of the other node's domain, and a word with a hyphen one of virsh's options
NAMES = {"a name": ("vsrx1-node0", "vsrx1-node1"), "an id of another domain": ("fw", "1"), "an option": ("fw", "--help")}


@pytest.mark.mission("S8")
@pytest.mark.parametrize(
    ("state", "order", "names"),
    [*((state, order, NAMES["a name"]) for state, order in ((1, "reset"), (3, "reset"), (5, "start"))),
     (5, "start", NAMES["an id of another domain"]), (1, "reset", NAMES["an option"]), (1, "reset", (*NAMES["a name"][:1], UUIDS[1]))],
    ids=["running", "paused", "shut off", "named by a number", "named like an option", "given by UUID"],
)  # fmt: skip
def test_a_node_that_does_not_come_back_is_reset_or_started(peer: RemotePeer, runner: Runner, hypervisor: Hypervisor, order: str) -> None:
    peer.fault("no-return", node=1)
    ended = threading.Event()

    def power() -> None:
        while not hypervisor.orders():
            if ended.wait(0.1):
                return
        peer.fault("revive", node=1)

    power_button = threading.Thread(target=power)
    power_button.start()
    played = runner.role(**{**KNOWN, "vsrx_cluster_boot_timeout": 12})
    ended.set()
    power_button.join()
    assert hypervisor.orders() == [[order, "--domain", UUIDS[1]]], played.messages() + played.text
    assert played.failed() == 0, played.messages()
    assert [peer.node(number).mac_mode for number in (0, 1)] == [True, True]


@pytest.mark.mission("S8")
def test_a_node_that_its_partner_sees_back_is_not_reset(peer: RemotePeer, runner: Runner, hypervisor: Hypervisor) -> None:
    peer.fault("refuse", rpc="get-software-information", node=1, nth=2, times=1000, message="not now")
    played = runner.role(**KNOWN)
    assert played.failed() == 0 and hypervisor.notes.read_text() == "", played.messages()
    assert [peer.node(number).mac_mode for number in (0, 1)] == [True, True]


def test_a_consent_without_a_hypervisor_is_refused_before_anything_is_read(peer: RemotePeer, runner: Runner) -> None:
    played = runner.role(**KNOWN)
    assert "no vsrx_host or no vsrx_domain" in played.messages() and not peer.log("rpc")
