# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PCI addresses of a guest and the controllers of a domain."""

from __future__ import annotations

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._domain_xml import pci_topology, reading
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from support.domain_shapes import xml_of


@pytest.mark.parametrize(
    ("text", "value"), [("0x83", 131), ("131", 131), ("0x0083", 131), ("0203", 131), ("0X83", 131), ("0", 0), ("0x0", 0)]
)
def test_a_number_has_one_value_in_every_base(text: str, value: int) -> None:
    assert pci_topology.parse_number(text, "bus") == value


@pytest.mark.parametrize("text", ["", "0x", "8z", "09", "-"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(VsrxError, match="not a number"):
        pci_topology.parse_number(text, "bus")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("0000:83:02.3", "0000:83:02.3"),
        ("83:02.3", "0000:83:02.3"),
        ("0000:0A:1F.7", "0000:0a:1f.7"),
        ("10001:80:05.0", "10001:80:05.0"),
    ],
)
def test_an_address_has_one_text_form(text: str, form: str) -> None:
    assert str(pci_topology.parse_address(text, "vf")) == form


@pytest.mark.parametrize("text", ["", "0000:83:02", "0000:83:02.8", "0000:83:20.0", "0000:83:2.0", "eno2", "../../etc"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(VsrxError, match=r"ports\[0\].vf: .*is not a PCI address"):
        pci_topology.parse_address(text, "ports[0].vf")


@pytest.mark.parametrize("text", ["70.2", "120.0", "70"])
def test_an_address_that_yaml_made_a_number_is_reported(text: str) -> None:
    with pytest.raises(VsrxError, match="put in quotes"):
        pci_topology.parse_address(text, "vf")


def test_what_is_behind_an_expander_bus() -> None:
    """A guest meets it after everything on bus 0, by the number of the bus."""
    port = (
        "<controller type='pci' index='6' model='pcie-root-port'>"
        "<address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0'/></controller>"
    )
    xml = xml_of("q35-expander-numa").replace("<interface", f"{port}<interface", 1)
    topology = reading.read(xml, "domain vsrx").make_topology(())
    assert [index for index in range(7) if topology.is_behind_expander(index)] == [5, 6]
