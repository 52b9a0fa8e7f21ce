# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why the MAC mode exists: what VFs of an SR-IOV NIC with trust off do with a reth's virtual and actual MAC addresses, and at a failover.

Network namespaces stand for the nodes of the cluster and a neighbour. One thing is not real here: the PF's driver says that spoof checking
is on, but the emulated NIC does not carry it out, so frames *from* the virtual address do leave a VF in the lab. The figure says so, and
nothing is asserted about them.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import wire
import wire_figure

NODE0, NODE1 = wire.MACS["node0"], wire.MACS["node1"]
ALL, NONE = wire.FRAMES, 0

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def output(lab_host: Any) -> dict[str, Any]:
    """The whole story, in one boot."""
    lab_host.reset()
    program = (wire_figure.HERE / "wire.py").read_text(encoding="utf-8")
    return dict(json.loads(lab_host.run(["python3", "-"], input=program).stdout))


@pytest.mark.mission("S4", "S6")
def test_a_vf_refuses_the_virtual_address(output: dict[str, Any]) -> None:
    assert output["vfs"] == [{"mac": mac, "trust": False, "spoof_check": True} for mac in wire.MACS.values()]
    change = output["change"]
    assert change["status"] != 0 and "Cannot assign requested address" in change["said"]
    assert change["mac"] == NODE0
    assert any("VF 0 attempted to override administratively set MAC address" in line for line in change["kernel"])
    assert any("VF 0 requested MAC filter but is administratively denied" in line for line in output["virtual_ping"]["kernel"])


@pytest.mark.mission("S4", "S9")
def test_frames_to_the_virtual_address_do_not_pass_and_to_the_actual_one_they_do(output: dict[str, Any]) -> None:
    came = {name: output[name]["came"] for name in ("own_in", "own_out", "virtual_in", "virtual_in_promiscuous")}
    assert came == {"own_in": ALL, "own_out": ALL, "virtual_in": NONE, "virtual_in_promiscuous": NONE}


@pytest.mark.mission("S6", "S9")
def test_the_address_is_reached_by_the_actual_mac_address_only(output: dict[str, Any]) -> None:
    virtual, own = output["virtual_ping"], output["own_ping"]
    assert (virtual["answered"], virtual["requests_at"]) == (NONE, {"node0": NONE, "node1": NONE})
    assert (own["answered"], own["requests_at"], own["cached"]) == (ALL, {"node0": ALL, "node1": NONE}, NODE0)


@pytest.mark.mission("S13")
def test_after_a_failover_the_neighbour_reaches_the_address_once_it_has_seen_the_gratuitous_arp(output: dict[str, Any]) -> None:
    before, after = output["moved"], output["announced"]
    assert before["arp_from_node1"] == 0
    assert (before["answered"], before["requests_at"], before["cached"]) == (NONE, {"node0": ALL, "node1": NONE}, NODE0)
    assert (after["arp_from_node1"], after["gratuitous"], after["cached_at_once"]) == (1, 1, NODE1)
    assert (after["answered"], after["requests_at"], after["cached"]) == (ALL, {"node0": NONE, "node1": ALL}, NODE1)


@pytest.mark.mission("S6")
def test_it_is_for_want_of_trust(output: dict[str, Any]) -> None:
    trusted = output["trusted"]
    assert (trusted["change"]["status"], trusted["change"]["mac"], trusted["in"]["came"]) == (0, wire.VIRTUAL, ALL)


def test_the_figure_in_the_docs_shows_what_was_seen(output: dict[str, Any]) -> None:
    assert wire_figure.FIGURE.read_text(encoding="utf-8") == wire_figure.draw(output), "make figure draws it again"
