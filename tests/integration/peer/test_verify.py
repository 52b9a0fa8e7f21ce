# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role on a cluster that has the mode in force: what it proves, what it says that it could not read, and what it refuses."""

from __future__ import annotations

import pathlib
import typing as t

import junos_peer
import pytest
from harness import Runner
from junos_peer.remote import RemotePeer
from junos_peer.testing import running_peer

CLUSTER = pathlib.Path(junos_peer.__file__).parent / "configs" / "cluster.xml"
STATEMENTS = "<use-active-child-mac-on-reth/><use-actual-mac-on-physical-interfaces/>"
PINNED = {
    "ge-0/0/1": "02:5A:00:00:00:01",
    "ge-0/0/2": "02:5A:00:00:00:02",
    "ge-7/0/1": "02:5A:00:00:01:01",
    "ge-7/0/2": "02:5A:00:00:01:02",
}


@pytest.fixture
def peer(tmp_path: pathlib.Path) -> t.Iterator[RemotePeer]:
    """It booted with both statements."""
    text = CLUSTER.read_text(encoding="utf-8")
    before = "      <reth-count>"
    assert before in text
    config = tmp_path / "cluster.xml"
    config.write_text(text.replace(before, STATEMENTS + before, 1), encoding="utf-8")
    with running_peer(config=config) as running:
        yield running


def ports(**others: str) -> list[dict[str, t.Any]]:
    """What the hosts say of the ports of both nodes."""
    return [{"junos_interface": name, "sriov": True, "mac": mac} for name, mac in {**PINNED, **others}.items()]


@pytest.mark.mission("S13")
def test_a_reth_whose_address_is_not_shown_is_said_to_be_unproven(peer: RemotePeer, runner: Runner) -> None:
    peer.fault("reth-mac", reth="reth1", mac="")
    played = runner.role(vsrx_ports_map=ports())
    assert played.failed() == 0 and played.changed() == 0, played.messages()
    (note,) = played.of("vsrx1-node0", "Show what is not known")["msg"]
    assert note.startswith("reth1: ") and "not proven" in note


REFUSALS: dict[str, tuple[t.Optional[tuple[str, dict[str, t.Any]]], dict[str, str], str]] = {
    "the host pinned another address": (None, {"ge-0/0/2": "02:5a:00:00:00:99"}, "the host pinned 02:5a:00:00:00:99"),
    "the configuration is not synchronised": (("monitor-failure", {"node": 1, "codes": "CF"}), {}, "node1 reports monitor failures CF"),
    "the control link is down": (("link", {"port": "em0"}), {}, "the control link is down"),
}


@pytest.mark.mission("S8", "S13")
@pytest.mark.parametrize(("fault", "others", "words"), REFUSALS.values(), ids=[*REFUSALS])
def test_what_is_not_as_it_should_be_is_refused(
    peer: RemotePeer, runner: Runner, fault: t.Optional[tuple[str, dict[str, t.Any]]], others: dict[str, str], words: str
) -> None:
    if fault is not None:
        peer.fault(fault[0], **fault[1])
    played = runner.role(vsrx_ports_map=ports(**others), vsrx_cluster_settle_timeout=1)
    assert played.failed() and words in played.messages(), played.messages() or played.text
    assert not peer.log("commit") and not peer.log("reboot")
