# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains by chance, ports by chance, and an oracle for the guest's order that shares no code with the collection."""

from __future__ import annotations

import dataclasses
import random
import sys
import typing as t
from xml.etree import ElementTree

from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.observed import Host
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.plan import Plan
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.result import SetVfAttributes

from support.domain_shapes import ATTRIBUTES as KNOWN
from support.domain_shapes import host, plan, vf

Address = tuple[int, int, int]
BRIDGES = (
    "pcie-root-port",
    "pcie-switch-upstream-port",
    "pcie-switch-downstream-port",
    "pci-bridge",
    "dmi-to-pci-bridge",
    "pcie-to-pci-bridge",
)


def _address(bus: int, slot: int, function: int, multifunction: bool = False) -> str:
    more = " multifunction='on'" if multifunction else ""
    return f"<address type='pci' domain='0x0000' bus='0x{bus:02x}' slot='0x{slot:02x}' function='0x{function:x}'{more}/>"


class Generator:
    """One random domain that libvirt would take."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._express = chance.random() < 0.6
        self._taken: set[Address] = set()
        self._controllers: list[str] = []
        self._buses: list[int] = []
        self._ports: list[int] = []

    def _free(self, buses: t.Sequence[int], first: int) -> t.Optional[Address]:
        for _attempt in range(40):
            bus = self._chance.choice(buses)
            found = (bus, self._chance.randrange(first, 0x1F), 0)
            if found not in self._taken:
                self._taken.add(found)
                return found
        return None

    def _make_buses(self) -> None:
        chance, index = self._chance, 1
        if not self._express:
            self._controllers.append("<controller type='pci' index='0' model='pci-root'/>")
            self._buses = [0]
            for _each in range(chance.randrange(3)):
                place = self._free(self._buses, 3)
                if place:
                    self._controllers.append(f"<controller type='pci' index='{index}' model='pci-bridge'>{_address(*place)}</controller>")
                    self._buses.append(index)
                    index += 1
            return
        self._controllers.append("<controller type='pci' index='0' model='pcie-root'/>")
        self._buses = [0]
        for _each in range(chance.randrange(1, 4)):
            place = self._free([0], 2)
            if place is None:
                continue
            functions = chance.randrange(1, 6)
            for function in range(functions):
                self._taken.add((0, place[1], function))
                at = _address(0, place[1], function, function == 0)
                self._controllers.append(f"<controller type='pci' index='{index}' model='pcie-root-port'>{at}</controller>")
                self._ports.append(index)
                index += 1
        if chance.random() < 0.25:
            place = self._free([0], 2)
            if place:
                at = _address(*place)
                self._controllers.append(
                    f"<controller type='pci' index='{index}' model='pcie-expander-bus'><target busNr='180'/>{at}</controller>"
                    f"<controller type='pci' index='{index + 1}' model='pcie-root-port'>{_address(index, 0, 0)}</controller>"
                )
                self._ports.append(index + 1)

    def _place(self) -> t.Optional[Address]:
        chance = self._chance
        free = [port for port in self._ports if (port, 0, 0) not in self._taken]
        if self._express and free and chance.random() < 0.85:
            found = (chance.choice(free), 0, 0)
            self._taken.add(found)
            return found
        return self._free(self._buses, 3)

    def _device(self, number: int) -> str:
        chance = self._chance
        place = self._place()
        if place is None:
            return ""
        kind = chance.random()
        shares = kind < 0.6 and chance.random() < 0.15
        at = _address(*place, shares)
        found = self._nic(number, at)
        if kind > 0.75:
            name = f"vd{chr(97 + number)}"
            return f"<disk type='file' device='disk'><source file='/{name}'/><target dev='{name}' bus='virtio'/>{at}</disk>"
        if shares:
            self._taken.add((place[0], place[1], 1))
            found += self._nic(100 + number, _address(place[0], place[1], 1))
        return found

    def _nic(self, number: int, at: str) -> str:
        chance = self._chance
        mac = f"<mac address='52:54:00:00:{number // 256:02x}:{number % 256:02x}'/>"
        kind = chance.random()
        function = f"<address type='pci' domain='0x0000' bus='0x{0x83 + number % 2:02x}' slot='0x02' function='0x{number // 2 % 8:x}'/>"
        if kind < 0.6:
            return (
                f"<interface type='bridge'>{mac}<source bridge='br0'/><model type='{chance.choice(['virtio', 'e1000'])}'/>{at}</interface>"
            )
        if number >= 16:
            return f"<interface type='network'>{mac}<source network='default'/>{at}</interface>"
        if kind < 0.9:
            return f"<interface type='hostdev' managed='yes'>{mac}<source>{function}</source>{at}</interface>"
        return f"<hostdev mode='subsystem' type='pci' managed='yes'><source>{function}</source>{at}</hostdev>"

    def make(self) -> str:
        self._make_buses()
        devices = [self._device(number) for number in range(self._chance.randrange(1, 9))]
        machine = "pc-q35-8.2" if self._express else "pc-i440fx-8.2"
        return (
            "<domain type='kvm'>\n  <name>vsrx</name>\n  <uuid>7c5e0000-0000-4000-8000-00000000aaaa</uuid>\n"
            "  <memory unit='KiB'>4194304</memory>\n"
            f"  <vcpu>2</vcpu>\n  <os>\n    <type arch='x86_64' machine='{machine}'>hvm</type>\n  </os>\n  <devices>\n"
            + "".join(f"    {each}\n" for each in (*self._controllers, *devices, "<memballoon model='none'/>") if each)
            + "  </devices>\n</domain>\n"
        )


class Oracle:
    """Walks the PCI buses of a domain's XML as a guest does: depth first, and no function of a slot without its function 0."""

    def __init__(self, xml: str) -> None:
        self._by_place: dict[Address, ElementTree.Element] = {}
        self.twice: list[Address] = []
        self.found: list[tuple[t.Optional[str], t.Optional[str]]] = []
        self._children: dict[Address, int] = {}
        expanders = []
        devices = ElementTree.fromstring(xml).find("devices")  # noqa: S314
        for element in devices if devices is not None else ():
            place = self._read(element.find("address"))
            if place is None:
                continue
            if place in self._by_place:
                self.twice.append(place)
            self._by_place[place] = element
            if element.tag == "controller" and element.get("model") in BRIDGES:
                self._children[place] = int(element.get("index", "0"))
            if "expander" in element.get("model", ""):
                target = element.find("target")
                expanders.append((int(target.get("busNr", "0")) if target is not None else 0, int(element.get("index", "0"))))
        self._walk(0)
        for _number, index in sorted(expanders):
            self._walk(index)

    @staticmethod
    def _read(address: t.Optional[ElementTree.Element]) -> t.Optional[Address]:
        if address is None or address.get("type") != "pci":
            return None
        bus, slot, function = (int(address.get(name, "0x0"), 16) for name in ("bus", "slot", "function"))
        return bus, slot, function

    def _walk(self, bus: int) -> None:
        for slot in range(32):
            if (bus, slot, 0) not in self._by_place:
                continue
            for function in range(8):
                element = self._by_place.get((bus, slot, function))
                if element is None:
                    continue
                self._meet(element)
                if (bus, slot, function) in self._children:
                    self._walk(self._children[bus, slot, function])

    def _meet(self, element: ElementTree.Element) -> None:
        if element.tag not in ("interface", "hostdev") or element.get("type") in ("usb", "mdev", "scsi", "scsi_host"):
            return
        mac, source = element.find("mac"), element.find("source/address")
        function = None
        if source is not None:
            domain, bus, slot, number = (int(source.get(name, "0x0"), 16) for name in ("domain", "bus", "slot", "function"))
            function = f"{domain:04x}:{bus:02x}:{slot:02x}.{number}"
        self.found.append((function, mac.get("address") if mac is not None else None))


ATTRIBUTES: list[dict[str, t.Any]] = [
    {"trust": True},
    {"trust": True, "spoofchk": False},
    {"link_state": "enable", "max_tx_rate": 500},
    {"min_tx_rate": 100, "max_tx_rate": 700},
    {"trust": False, "max_tx_rate": 0},
]


def _take(on: Host, found: Plan) -> Host:
    """The host after the steps of a plan."""
    functions = dict(on.functions)
    for step in found.steps:
        if isinstance(step, SetVfAttributes):
            known = functions[step.vf]
            functions[step.vf] = dataclasses.replace(known, attributes={**known.attributes, **step.wanted})
    return dataclasses.replace(on, functions=functions)


def _check_attributes_go_back(seed: int, xml: str, found: Plan, on: Host) -> None:
    """Once no port is there any more, each VF has what it had before any was."""
    try:
        gone = plan(xml, [], exclusive=True, on=on, replaced=found.replaced, vf_records=found.attributes.after)
    except VsrxError:
        return
    assert _take(on, gone) == host() and not gone.attributes.after, seed


def check(seed: int) -> str:
    """Plan ports for one random domain and hold the result against the oracle; what is returned says how it went."""
    chance = random.Random(seed)  # noqa: S311
    xml = Generator(chance).make()
    wanted = chance.sample([(index, pf) for index in range(8) for pf in range(2)], chance.randrange(0, 6))
    ports: list[dict[str, t.Any]] = [{"vf": vf(*each)} for each in wanted]
    options: dict[str, t.Any] = {"exclusive": chance.random() < 0.3, "state": "absent" if chance.random() < 0.2 else "present"}
    if ports and chance.random() < 0.3:
        ports[0]["junos_interface"] = f"ge-0/0/{chance.randrange(4)}"
    elif ports and chance.random() < 0.2:
        bus, slot, function = (chance.randrange(limit) for limit in (6, 31, 2))
        ports[-1]["guest_address"] = f"0000:{bus:02x}:{slot:02x}.{function}"
    more = random.Random(-seed - 1)  # noqa: S311
    for port in ports:
        port.update(more.choice(ATTRIBUTES) if more.random() < 0.4 else {})
    try:
        found = plan(xml, ports, on=host(), **options)
    except VsrxError as refused:
        assert refused.message.startswith("domain vsrx was not changed:\n"), (seed, refused.message)
        return "refused"
    after = found.xml if found.xml is not None else xml
    oracle = Oracle(after)
    assert not oracle.twice, (seed, "one address twice", oracle.twice)
    assert oracle.found == [(row.host_address, row.mac) for row in found.rows], (seed, oracle.found)
    on = _take(host(), found)
    again = plan(after, ports, on=on, replaced=found.replaced, vf_records=found.attributes.after, **options)
    assert not again.steps and again.xml is None, (seed, again.actions)
    for port in ports if options["state"] == "present" else ():
        assert all(on.functions[port["vf"]].attributes[name] == value for name, value in port.items() if name in KNOWN), seed
    _check_attributes_go_back(seed, after, found, on)
    if options["state"] == "present":
        requested = [port["vf"] for port in ports]
        functions = [function for function, _mac in oracle.found]
        assert all(functions.count(function) == 1 for function in requested), seed
        if not any("junos_interface" in port for port in ports):
            assert [function for function in functions if function in requested] == requested, seed
    return "changed" if found.steps else "unchanged"


def main() -> None:
    first, count = int(sys.argv[1]), int(sys.argv[2])
    outcomes: dict[str, int] = {}
    for seed in range(first, first + count):
        outcome = check(seed)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    sys.stdout.write(f"seeds {first} to {first + count - 1}: {outcomes}\n")


if __name__ == "__main__":
    main()
