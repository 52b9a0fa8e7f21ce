# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A domain that has other SR-IOV ports than those that are listed: each is a warning that names both cures."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import RefusedError
from support.domain_shapes import plan, vf, xml_of

BOTH: list[dict[str, t.Any]] = [{"vf": vf(0), "mac": "02:5a:00:00:00:01"}, {"vf": vf(1), "mac": "02:5a:00:00:00:02"}]


def _with_both() -> str:
    xml = plan(xml_of("q35-virtio-two"), BOTH).xml
    assert xml is not None
    return xml


def _unlisted(ports: list[dict[str, t.Any]], **options: t.Any) -> list[tuple[str, str]]:
    found = plan(_with_both(), ports, **options).findings
    return [(each.where, each.cure) for each in found if "not among the ports that are listed" in each.found]


def test_a_port_that_is_not_listed_is_a_warning_with_both_cures() -> None:
    ((where, cure),) = _unlisted(BOTH[:1])
    assert where.endswith(" ge-0/0/2")
    assert "vsrx_ports" in cure and "vsrx_ports_exclusive" in cure


@pytest.mark.parametrize(
    ("ports", "options"),
    [(BOTH, {}), (BOTH[:1], {"exclusive": True}), (BOTH[:1], {"state": "absent"}), (BOTH[1:], {"exclusive": True})],
)
def test_what_is_listed_or_goes_is_none(ports: list[dict[str, t.Any]], options: dict[str, t.Any]) -> None:
    assert _unlisted(ports, **options) == []


def test_a_mac_address_of_a_port_that_is_not_listed_names_exclusive() -> None:
    """The index of a port was changed in the inventory: its MAC address is that of its old VF, which the domain still has."""
    with pytest.raises(RefusedError) as refused:
        plan(_with_both(), [{"vf": vf(2), "mac": "02:5a:00:00:00:01"}, BOTH[1]])
    (finding,) = (each for each in refused.value.findings if each.id == "S22")
    assert "vsrx_ports_exclusive" in finding.cure
