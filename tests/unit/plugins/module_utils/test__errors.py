# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order of findings, and errors that carry them."""

from __future__ import annotations

import json
import pathlib
import re

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import RefusedError, raise_if_blocking, sort_findings
from ansible_collections.vsrx.sriov.plugins.module_utils._host.vf_user import UserKind, VfUser
from ansible_collections.vsrx.sriov.plugins.module_utils._rules import REQUEST, RULES

TWO_PORTS = RULES["S10"].error(where="reth0", found="has ge-0/0/0 and ge-0/0/1 on node 0", cure="Keep one port a node.")
FABRIC = RULES["S7"].error(where="fab0", found="its member ge-0/0/7 is a VF", cure="Move the fabric link to a virtio port.")
MANY_VLANS = RULES["S12"].warning(where="reth1", found="has 400 VLANs", cure="Expect a longer interruption at failover.")


def test_errors_come_first_then_rules_by_number_each_once() -> None:
    assert sort_findings([MANY_VLANS, TWO_PORTS, FABRIC, TWO_PORTS]) == [FABRIC, TWO_PORTS, MANY_VLANS]


def test_refusal_names_every_error_and_carries_all_findings() -> None:
    with pytest.raises(RefusedError) as refusal:
        raise_if_blocking("cluster vsrx1", [MANY_VLANS, TWO_PORTS, FABRIC])
    assert refusal.value.findings == (FABRIC, TWO_PORTS, MANY_VLANS)
    assert refusal.value.message.splitlines() == [
        "cluster vsrx1 was not changed:",
        "[S7] fab0: its member ge-0/0/7 is a VF. Move the fabric link to a virtio port.",
        "[S10] reth0: has ge-0/0/0 and ge-0/0/1 on node 0. Keep one port a node.",
    ]


def test_accepted_rules_and_warnings_do_not_stop() -> None:
    raise_if_blocking("cluster vsrx1", [MANY_VLANS, TWO_PORTS], accepted=["S10"])


def test_the_rules_are_those_of_the_guide() -> None:
    page = pathlib.Path(__file__).parents[4] / "docs/docsite/rst/rules.rst"
    found = dict(re.findall(r"^_`(S\d+)` (.+)$", page.read_text(), re.MULTILINE))
    assert found == {rule.id: rule.title for rule in RULES.values()}


def test_ids_beside_the_rules_sort_among_their_severity() -> None:
    requested = REQUEST.error(where="ports[0]", found="vlan 5000", cure="Give 0 to 4094.")
    assert sort_findings([MANY_VLANS, FABRIC, requested]) == [requested, FABRIC, MANY_VLANS]


def test_a_finding_is_returned_with_plain_values() -> None:
    shown = json.loads(json.dumps(FABRIC.as_dict()))
    assert (shown["id"], shown["severity"], type(FABRIC.as_dict()["severity"])) == ("S7", "error", str)


def test_users_of_a_vf_are_distinguished_by_kind_and_value() -> None:
    user = VfUser(UserKind.DOMAIN, "vsrx1", "running, hostdev pci", active=True, owner_id="uuid")
    defined = VfUser(UserKind.DOMAIN, "renamed", "defined, hostdev pci", active=False, owner_id="uuid")
    assert user.identity == defined.identity != VfUser(UserKind.NETWORK, "uuid", "active", active=True).identity
    assert str(user) == "domain vsrx1 (running, hostdev pci)"
