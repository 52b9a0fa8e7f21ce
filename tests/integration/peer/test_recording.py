# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The recorder knows every request by which a module reads, so that a recorded box can be replayed whole."""

from __future__ import annotations

import asyncio
import pathlib
import typing as t

import pytest
from direct_work import run
from junos_peer.direct import direct_peer
from junos_peer.record import REQUESTS, ROLLBACK, record
from junos_peer.recording import canonical
from junos_peer.testing import running_peer
from junos_peer.tree import parse, plain

#: requests that change something, which no recorder sends
WRITES = {"lock-configuration", "unlock-configuration", "load-configuration", "commit-configuration", "close-session"}
RECORDED = {canonical(plain(parse(request.encode()))) for request in (*REQUESTS, *(ROLLBACK.format(n) for n in range(1, 50)))}
BOTH = "<use-active-child-mac-on-reth/><use-actual-mac-on-physical-interfaces/>"
HISTORIES: dict[str, list[tuple[str, dict[str, t.Any]]]] = {
    "the first run": [],
    "both statements, not booted with": [("foreign-commit", {"xml": f"<chassis><cluster>{BOTH}</cluster></chassis>"})],
    "commits since": [("foreign-commit", {"xml": f"<system><domain-name>x{number}.org</domain-name></system>"}) for number in range(3)],
    "a node away": [("cut-off", {"node": 1})],
    "no logical systems": [("refuse", {"rpc": "get-configuration", "message": "syntax error: logical-systems"})],
}


@pytest.mark.parametrize("faults", HISTORIES.values(), ids=HISTORIES)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_every_read_of_the_module_is_recorded(faults: list[tuple[str, dict[str, t.Any]]], state: str) -> None:
    with direct_peer() as peer:
        for kind, details in faults:
            peer.fault(kind, **details)
        for check_mode in (True, False, True):
            run(peer, check_mode, state=state)
        reads = [request for request in peer.requested if plain(parse(request.encode())).tag not in WRITES]
    assert reads
    assert [request for request in reads if canonical(plain(parse(request.encode()))) not in RECORDED] == []


def test_a_replayed_box_gives_the_module_the_same_result(tmp_path: pathlib.Path) -> None:
    out = tmp_path / "box.jsonl"
    with running_peer(release="21.4R3.15") as box:
        box.fault("foreign-commit", xml=f"<chassis><cluster>{BOTH}</cluster></chassis>")
        login = {"client_keys": [str(box.private_key)], "known_hosts": str(box.known_hosts)}
        asyncio.run(record(out, box.host, box.ports[0], box.user, 0, **login))
        with direct_peer() as peer:
            peer.fault("foreign-commit", xml="<system><domain-name>elsewhere.org</domain-name></system>")
            own = run(peer, check_mode=True)
    with direct_peer(replay=out) as replayed:
        result = run(replayed, check_mode=True)
    assert "failed" not in result, result
    assert {node["junos_version"] for node in result["nodes"]} == {"21.4R3.15"} != {node["junos_version"] for node in own["nodes"]}
    assert result["restart_required"] and not result["actions"]
