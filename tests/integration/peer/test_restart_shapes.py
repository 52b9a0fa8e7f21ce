# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A restart on the peer in the shapes that Junos has been seen to answer in, in both namespace styles, and the same restart once more.

The state machine speaks to the peer's own sessions here, without SSH and Ansible, so that every shape can be tried.
"""

from __future__ import annotations

import time
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import NoResponseError, VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.netconf import Session
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.operations import Operations
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.paths import Paths
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.plan import Strategy
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.restart import Request, ResetNeeded, Restart
from ansible_collections.vsrx.sriov.plugins.plugin_utils._cluster.waiting import Progress, Waiter
from direct_work import connected
from junos_peer.direct import DirectPair, direct_pair
from junos_peer.shapes import AWAY_FORMS

MODE = "<use-active-child-mac-on-reth/><use-actual-mac-on-physical-interfaces/>"
Faults = list[tuple[str, dict[str, t.Any]]]


class Quiet:
    def display(self, msg: str, newline: bool = True) -> None:
        """Nobody reads it."""

    def v(self, msg: str) -> None:
        """Nor this."""


class Opener:
    def __init__(self, pair: DirectPair) -> None:
        self._pair = pair

    def open(self, host: str, answer_timeout: t.Optional[float] = None) -> Session:
        session = Session(host)
        if session.id is None:
            raise NoResponseError(f"{host} does not answer", lost=True)
        return session


def restart(pair: DirectPair, strategy: Strategy, can_reset: bool = False) -> list[str]:
    """What was told beside the steps; a failure of the restart is raised."""
    warnings: list[str] = []
    with connected(pair):
        paths = Paths(Opener(pair), {"node0": "vsrx1-node0", "node1": "vsrx1-node1"})
        operations = Operations(Waiter(paths, Progress(Quiet(), "vsrx1", terminal=False), 0.02), 4, warnings.append)
        try:
            Restart(operations, Request(strategy, True, 3, 4, can_reset)).begin(paths.look_through_any())
        finally:
            paths.close()
    return warnings


def reboots(pair: DirectPair) -> list[str]:
    return [row["node"] for row in pair.order("log", kind="reboot")]


def in_force(pair: DirectPair) -> list[bool]:
    return [node["mac_mode"] for node in pair.order("status")["nodes"]]


@pytest.fixture(params=[False, True], ids=["default", "rfc-compliant"])
def pair(request: pytest.FixtureRequest) -> t.Iterator[DirectPair]:
    """Both statements are committed, and neither node has booted with them."""
    with direct_pair(rfc_compliant=request.param, boot_delay=0.2, sync_delay=0.2) as made:
        made.fault("foreign-commit", xml=f"<chassis><cluster>{MODE}</cluster></chassis>")
        yield made


# what is ordered, the nodes that reboot in order, and words of the warning where there is one
RIGHT: dict[str, tuple[Faults, Strategy, list[str], str]] = {
    "rolling": ([], Strategy.ROLLING, ["node1", "node0"], ""),
    "simultaneous": ([], Strategy.SIMULTANEOUS, ["node0", "node1"], ""),
    **{
        f"F1 a node that is away shows as {form}": ([("away-form", {"form": form})], Strategy.ROLLING, ["node1", "node0"], "")
        for form in AWAY_FORMS
    },
    "F2 a daemon denies a reboot of both": (
        [("deny", {"rpc": "request-reboot", "holding": "<node>all", "message": "error: no"})],
        Strategy.SIMULTANEOUS,
        ["node1", "node0"],
        "error: no",
    ),
    "F2 a daemon denies every reboot that names a node": (
        [("deny", {"rpc": "request-reboot", "holding": "<node>", "message": "error: no", "times": 99})],
        Strategy.ROLLING,
        ["node1", "node0"],
        "",
    ),
    "F2 the first failover is denied": (
        [("deny", {"rpc": "request-chassis-cluster-failover", "message": "error: not yet"})],
        Strategy.ROLLING,
        ["node1", "node0"],
        "",
    ),
    "F5 both nodes have one host name": ([("host-name", {"host_name": "fw"})], Strategy.ROLLING, ["node1", "node0"], ""),
    "F6 a node without backup-router and a client from afar": (
        [
            ("foreign-commit", {"xml": '<groups><name>node0</name><system><backup-router delete="delete"/></system></groups>'}),
            ("remote-client", {}),
        ],
        Strategy.ROLLING,
        ["node1", "node0"],
        "node0 has no 'system backup-router'",
    ),
    "F8 warnings around the answer to a reboot": (
        [("warn-around", {"rpc": "request-reboot", "message": "Rebooting in 1 min", "times": 9})],
        Strategy.ROLLING,
        ["node1", "node0"],
        "",
    ),
    "F12 a hold-down timer": ([("hold-down", {"seconds": 1})], Strategy.ROLLING, ["node1", "node0"], ""),
}


@pytest.mark.mission("S8")
@pytest.mark.parametrize(("faults", "strategy", "expected", "words"), RIGHT.values(), ids=RIGHT)
def test_a_restart_ends_in_the_mode_with_the_groups_at_home(
    pair: DirectPair, faults: Faults, strategy: Strategy, expected: list[str], words: str
) -> None:
    for kind, details in faults:
        pair.fault(kind, **details)
    warnings = restart(pair, strategy)
    assert reboots(pair) == expected and in_force(pair) == [True, True]
    groups = pair.order("status")["groups"]
    assert [group["primary"] for group in groups] == [0, 0]
    assert words in "\n".join(warnings)
    restart(pair, strategy)
    assert reboots(pair) == expected, "the same restart once more does nothing"


@pytest.mark.mission("S8")
@pytest.mark.parametrize("strategy", list(Strategy))
@pytest.mark.parametrize("form", AWAY_FORMS)
def test_only_the_node_that_is_away_may_be_reset_and_a_rerun_ends_right(pair: DirectPair, strategy: Strategy, form: str) -> None:
    pair.fault("no-return", node=1)
    pair.fault("away-form", form=form)
    with pytest.raises(ResetNeeded) as needed:
        restart(pair, strategy, can_reset=True)
    assert needed.value.nodes == ("node1",)
    requested = reboots(pair)
    with pytest.raises(VsrxError, match="node1"):
        restart(pair, strategy)
    assert [node for node in reboots(pair)[len(requested) :] if node == "node0"] == []
    pair.fault("revive", node=1)
    for _attempt in range(200):
        if all(node["state"] == "ready" and node["synchronised"] for node in pair.order("status")["nodes"]):
            break
        time.sleep(0.02)
    restart(pair, strategy)
    assert in_force(pair) == [True, True]


@pytest.mark.mission("S8")
@pytest.mark.parametrize("kind", ["deny", "refuse", "deny-in-output"])
def test_a_failover_that_is_refused_ends_the_restart_at_once_in_junos_words(pair: DirectPair, kind: str) -> None:
    pair.fault(kind, rpc="request-chassis-cluster-failover", message="error: not now", times=9)
    with pytest.raises(VsrxError, match="error: not now"):
        restart(pair, Strategy.ROLLING)
    assert reboots(pair) == ["node1"] and in_force(pair) == [False, True]
    pair.order("clear-faults")
    restart(pair, Strategy.ROLLING)
    assert reboots(pair) == ["node1", "node0"] and in_force(pair) == [True, True]


def test_an_address_that_follows_the_primary_is_refused(pair: DirectPair) -> None:
    pair.fault("master-only")
    with pytest.raises(VsrxError, match="its address leads to node0"):
        restart(pair, Strategy.ROLLING)
    assert reboots(pair) == []
