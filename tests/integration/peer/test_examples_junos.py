# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of the modules for Junos run on the peer, and what they return is what is documented."""

from __future__ import annotations

import typing as t

import pytest
from direct_work import connected
from junos_peer.direct import DirectPeer, direct_peer
from support import module_contract

BOTH = "<use-active-child-mac-on-reth/><use-actual-mac-on-physical-interfaces/>"
HOLD_DOWN = (
    "<chassis><cluster><redundancy-group><name>0</name><hold-down-interval>600</hold-down-interval></redundancy-group></cluster></chassis>"
)


@pytest.fixture
def peer() -> t.Iterator[DirectPeer]:
    with direct_peer() as made:
        yield made


@pytest.mark.parametrize("example", module_contract.examples("junos_cluster_mac"), ids=lambda example: example.title)
def test_the_examples_run(peer: DirectPeer, capsys: pytest.CaptureFixture[str], example: module_contract.Example) -> None:
    with connected(peer):
        result = module_contract.call("junos_cluster_mac", example.arguments, capsys, example.check)
        assert not result.get("failed"), result
        assert module_contract.undocumented("junos_cluster_mac", result) == []
        if not example.check:
            assert module_contract.call("junos_cluster_mac", example.arguments, capsys)["changed"] is False


def test_each_field_that_is_documented_is_filled(peer: DirectPeer, capsys: pytest.CaptureFixture[str]) -> None:
    """The change, the mode before and after it, what Junos says when it refuses, and that a node gives no answer."""
    silent = module_contract.call("junos_cluster_mac", {}, capsys)
    with connected(peer):
        peer.order("fault", kind="refuse", rpc="commit-configuration")
        refused = module_contract.call("junos_cluster_mac", {}, capsys)
        peer.order("fault", kind="foreign-commit", xml=HOLD_DOWN)
        peer.order("fault", kind="monitor-failure", node=1)
        made = module_contract.call("junos_cluster_mac", {}, capsys)
    assert refused["failed"] and not made.get("failed")
    filled: set[str] = set()
    for result in (silent, refused, made):
        assert module_contract.undocumented("junos_cluster_mac", result) == []
        filled |= module_contract.filled(result)
    assert module_contract.fields("junos_cluster_mac") - filled == set()


@pytest.mark.parametrize("example", module_contract.examples("junos_cluster_info"), ids=lambda example: example.title)
def test_the_examples_of_the_look_run_and_change_nothing(
    peer: DirectPeer, capsys: pytest.CaptureFixture[str], example: module_contract.Example
) -> None:
    with connected(peer):
        result = module_contract.call("junos_cluster_info", example.arguments, capsys, example.check)
    assert not result.get("failed") and result["changed"] is False, result
    assert module_contract.undocumented("junos_cluster_info", result) == []
    assert result["cluster"]["fabric_ports"] == ["ge-0/0/0", "ge-7/0/0"]
    assert result["cluster"]["healthy"] and all(request.startswith("<get-") for request in peer.requested)


def test_each_field_of_the_look_that_is_documented_is_filled(peer: DirectPeer, capsys: pytest.CaptureFixture[str]) -> None:
    silent = module_contract.call("junos_cluster_info", {}, capsys)
    with connected(peer):
        peer.order("fault", kind="foreign-commit", xml=f"<chassis><cluster>{BOTH}</cluster></chassis>{HOLD_DOWN}", minutes=10)
        peer.order("fault", kind="monitor-failure", node=1)
        pending = module_contract.call("junos_cluster_info", {}, capsys)
        peer.order("fault", kind="refuse", rpc="get-chassis-cluster-status")
        refused = module_contract.call("junos_cluster_info", {}, capsys)
    filled: set[str] = set()
    for result in (silent, refused, pending):
        assert module_contract.undocumented("junos_cluster_info", result) == []
        filled |= module_contract.filled(result)
    assert module_contract.fields("junos_cluster_info") - filled == set()
