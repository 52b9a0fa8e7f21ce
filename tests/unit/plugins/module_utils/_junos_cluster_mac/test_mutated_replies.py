# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replies changed at random: no traceback, no `changed` without a confirmed commit, no mode said to be in force that is not.

REPLY_MUTATIONS is how many calls are tried (500), REPLY_SEED where they begin (0).
"""

from __future__ import annotations

import os
import random
import typing as t
import xml.etree.ElementTree as ET

import pytest
from ansible.module_utils.connection import ConnectionError
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._junos import netconf
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.reply import parse
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.module import run as run_module
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.module import run_info
from support.fake_netconf_cluster import STATEMENTS, Box, Entry

BOTH = frozenset(STATEMENTS)
CALLS = int(os.environ.get("REPLY_MUTATIONS", "500"))
FIRST = int(os.environ.get("REPLY_SEED", "0"))
A_TEST = max(1, min(CALLS, 50))


class Module:
    """What a call needs of AnsibleModule."""

    _socket_path = "/nonexistent"
    _diff = True

    def __init__(self, check_mode: bool, state: str) -> None:
        self.check_mode = check_mode
        self.params = {
            "state": state,
            "sriov_ports": [],
            "trusted_ports": None,
            "pf_under_control": False,
            "accept": [],
            "confirm_timeout": 10,
            "comment": "the comment",
        }

    def warn(self, _text: str) -> None:
        """No user listens."""


class Liar(Box):
    """A cluster that does what it is asked, and whose replies lose, double, rename and move elements, or gain errors and warnings."""

    dice: random.Random
    #: how often a reply is changed
    rate: float = 0.3

    def rpc(self, request: str) -> str:
        reply = super().rpc(request)
        if self.dice.random() >= self.rate:
            return reply
        root = parse(reply, "the cluster")
        for _turn in range(self.dice.choice((1, 1, 2, 4))):
            self._mutate(root)
        return as_the_connection_gives_it(root)

    def _mutate(self, root: ET.Element) -> None:
        parents = [element for element in root.iter() if len(element)]
        if not parents:
            return
        parent = self.dice.choice(parents)
        place = self.dice.randrange(len(parent))
        kind = self.dice.choice(("drop", "double", "rename", "shuffle", "warning", "error", "daemon"))
        if kind == "drop":
            parent.remove(parent[place])
        elif kind == "double":
            parent.insert(place, parent[place])
        elif kind == "rename":
            parent[place].tag = f"{parent[place].tag}-of-another-release"
        elif kind == "shuffle":
            children = list(parent)
            self.dice.shuffle(children)
            parent[:] = children
        else:
            parent.insert(place, complaint(kind))


def complaint(kind: str) -> ET.Element:
    if kind == "daemon":
        return parse("<error><source-daemon>jsrpd</source-daemon><message>error: no</message></error>", "the daemon")
    return parse(f"<rpc-error><error-severity>{kind}</error-severity><error-message>by chance</error-message></rpc-error>", "it")


def as_the_connection_gives_it(root: ET.Element) -> str:
    """An exception with the errors alone, unless an <ok/> stands beside them or there are several."""
    errors = list(root.iter("rpc-error"))
    if errors and root.find("ok") is None:
        raise ConnectionError(ET.tostring(errors[0] if len(errors) == 1 else root, encoding="unicode"))
    return ET.tostring(root, encoding="unicode")


def make_liar(dice: random.Random) -> Liar:
    """A cluster with some history, booted at some time in it."""
    moments = sorted(dice.sample(range(1_000, 9_000), dice.randrange(1, 6)), reverse=True)
    choices = (frozenset(), BOTH, BOTH, frozenset(STATEMENTS[:1]))
    liar = Liar(history=[Entry(moment, dice.choice(choices)) for moment in moments])
    liar.booted_at = {node: dice.randrange(900, 9_900) for node in ("node0", "node1")}
    liar.candidate = liar.committed
    liar.dice = dice
    liar.pipelines = dice.random() < 0.5
    liar.rate = dice.choice((0.05, 0.3, 0.8))
    return liar


def booted_with_both(box: Box) -> dict[str, bool]:
    """What is true, whatever the replies say."""
    found = {}
    for node, booted_at in box.booted_at.items():
        earlier = [entry for entry in box.history if entry.seconds <= booted_at]
        found[node] = bool(earlier) and earlier[0].statements == BOTH
    return found


def try_one(seed: int, patch: pytest.MonkeyPatch) -> None:
    dice = random.Random(seed)  # noqa: S311 - repeatable, and no secret
    liar = make_liar(dice)
    patch.setattr(netconf, "Connection", lambda _path: liar)
    patch.setattr(netconf, "_PersistentSocket", type("Socket", (), {"__new__": lambda _class, _path: liar}))
    truth = booted_with_both(liar)
    state, check_mode = dice.choice(("present", "absent")), dice.random() < 0.3
    call = run_info if dice.random() < 0.2 else run_module
    before = len(liar.history)
    result: t.Mapping[str, t.Any]
    try:
        result = call(t.cast("t.Any", Module(check_mode, state)))
    except VsrxError as failure:
        assert failure.message
        result = failure.facts
    wrong = [node["name"] for node in result.get("nodes", ()) if node["mode"]["in_force"] and not truth[node["name"]]]
    assert not wrong, f"seed {seed}: {wrong} said to have the mode in force"
    if check_mode or call is run_info:
        assert len(liar.history) == before, f"seed {seed}: committed by a look"
    elif result.get("changed"):
        assert liar.deadline is None, f"seed {seed}: changed, and not confirmed"
        liar.wait(3600)
        assert liar.committed == (BOTH if state == "present" else frozenset()), f"seed {seed}: changed, and not there"
    liar.wait(3600)
    assert liar.committed in (BOTH, frozenset(), frozenset(STATEMENTS[:1])), f"seed {seed}"


@pytest.mark.mission("S8", "S9")
@pytest.mark.parametrize("first", range(FIRST, FIRST + CALLS, A_TEST))
def test_a_changed_reply_is_never_taken_for_more_than_it_says(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(first, first + A_TEST):
        try_one(seed, monkeypatch)
