# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of the map against QEMU's own: NICs as its firmware has enumerated them (``info pci``), each known by its MAC address."""

from __future__ import annotations

import re
import time
import typing as t
from xml.etree import ElementTree

import libvirt
import libvirt_qemu
import pytest
from support import field_shapes
from support.domain_shapes import host, plan, vf

#: layouts of NICs and PCI buses; what else a domain has does not matter here
LAYOUTS = sorted(
    name
    for name in field_shapes.SHAPES
    if name.startswith(("pc: ", "q35: ", "fixture: i440fx-", "fixture: q35-"))
    and "function that the host has not" not in name
    and ": two " not in name
)
PORTS = [{"vf": vf(5)}, {"vf": vf(6, 1)}]
SECONDS = 60.0
_DEVICE = re.compile(r"Bus +(\d+), device +(\d+), function (\d+):(.*?)(?=\n  Bus|\Z)", re.DOTALL)


def _make_bare(xml: str) -> str:
    """The domain with its PCI controllers and NICs alone; each NIC is one that needs nothing of the host, at the same guest address."""
    root = ElementTree.fromstring(xml)  # noqa: S314
    devices = t.cast(ElementTree.Element, root.find("devices"))
    for element in list(devices):
        if element.tag not in ("controller", "interface", "hostdev") or (element.tag == "controller" and element.get("type") != "pci"):
            devices.remove(element)
    for number, element in enumerate(devices):
        address = element.find("address")
        if element.tag == "controller" or address is None:
            continue
        mac = element.find("mac")
        text = mac.get("address") if mac is not None else f"52:54:00:99:00:{number:02x}"
        made = ElementTree.fromstring(f"<interface type='user'><mac address='{text}'/><model type='virtio'/></interface>")  # noqa: S314
        made.append(address)
        devices[number] = made
    machine = t.cast(ElementTree.Element, root.find("os/type")).get("machine")
    rest = "".join(ElementTree.tostring(each, encoding="unicode") for each in devices)
    return (
        f"<domain type='qemu'><name>order</name><memory unit='MiB'>64</memory><vcpu>1</vcpu><os><type machine='{machine}'>hvm</type></os>"
        f"<features><acpi/></features><devices>{rest}<controller type='usb' model='none'/><memballoon model='none'/></devices></domain>"
    )


def _walk(devices: t.Mapping[tuple[int, ...], str]) -> t.Iterator[tuple[int, ...]]:
    """Each device, and behind a bridge at once what is on its bus; buses that no bridge leads to come by their numbers."""
    below = {place: int(found[1]) for place, text in devices.items() if (found := re.search(r"secondary bus (\d+)", text))}

    def walk(bus: int) -> t.Iterator[tuple[int, ...]]:
        for place in sorted(each for each in devices if each[0] == bus):
            yield place
            if place in below:
                yield from walk(below[place])

    for bus in sorted({place[0] for place in devices} - set(below.values())):
        yield from walk(bus)


def _read_orders(domain: t.Any) -> tuple[list[str], list[str]]:
    """The MAC addresses of the NICs bridge by bridge, and by the numbers of the buses, once the firmware has given them."""
    root = ElementTree.fromstring(domain.XMLDesc(0))  # noqa: S314
    macs = {}
    for element in root.iterfind("devices/interface"):
        alias, mac = element.find("alias"), element.find("mac")
        if alias is not None and mac is not None:
            macs[alias.get("name")] = str(mac.get("address"))
    deadline = time.monotonic() + SECONDS
    while True:
        shown = libvirt_qemu.qemuMonitorCommand(domain, "info pci", libvirt_qemu.VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP).replace("\r", "")
        devices = {tuple(int(part) for part in each[:3]): each[3] for each in _DEVICE.findall(shown)}
        nics = {place: macs[name] for place, text in devices.items() for name in re.findall(r'id "(\w+)"', text) if name in macs}
        numbered = "secondary bus 0." not in shown and "BAR0" in shown and "at 0xffffffffffffffff" not in shown
        if numbered and len(nics) == len(macs):
            return [nics[place] for place in _walk(devices) if place in nics], [nics[place] for place in sorted(nics)]
        assert time.monotonic() < deadline, shown
        time.sleep(0.1)


def test_there_are_layouts_enough() -> None:
    assert len(LAYOUTS) >= 20


@pytest.mark.mission("S5")
@pytest.mark.parametrize("name", LAYOUTS)
def test_the_guest_meets_the_nics_in_the_order_of_the_map(libvirtd: t.Any, name: str) -> None:
    defined = libvirtd.defineXML(field_shapes.SHAPES[name])
    try:
        # With the addresses that libvirt gives.
        before = defined.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
    finally:
        defined.undefine()
    on = host()
    made = plan(before, PORTS, on=on)
    bare = _make_bare(made.xml or before)
    wanted = [row.mac for row in made.rows if row.mac]
    domain = libvirtd.createXML(bare)
    try:
        by_bridge, by_number = ([mac for mac in macs if mac in wanted] for macs in _read_orders(domain))
    finally:
        domain.destroy()
    assert by_bridge == wanted
    # Where a guest that goes by the numbers of the buses would give other names, the operator is told.
    assert any(finding.id == "S5" for finding in made.findings) == (by_number != wanted)
