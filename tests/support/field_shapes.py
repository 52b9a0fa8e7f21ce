# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains as people have them, written anew: each shape has a name and little more than what makes it one.

``SHAPES`` has them by name, those of ``tests/unit/fixtures/domains`` included. A libvirt adds what they leave out.
"""

from __future__ import annotations

import re
import typing as t
import xml.sax.saxutils

from support.domain_shapes import SHAPES as FIXTURES
from support.domain_shapes import vf, xml_of

UUID = "7c5e0000-0000-4000-8000-00000000cccc"
PC, Q35 = "pc", "q35"
#: NICs of the host that are passed through whole, a function that is no NIC, and one that the host has not
PF, OTHER_PF, GRAPHICS, GONE = "0000:85:00.0", "0000:86:00.0", "0000:0a:00.0", "0000:99:02.1"
#: those of the fixtures that no x86 QEMU can have, or whose devices need a host of their own
NOT_ON_QEMU = {"machine-virt-aarch64", "machine-wide-net-count", "kinds-usb-net"}


def address(place: str, more: str = "") -> str:
    """A guest address, from bus:slot.function in hex."""
    bus, slot, function = re.split("[:.]", place)
    return f"<address type='pci' domain='0x0000' bus='0x{bus}' slot='0x{slot}' function='0x{function}'{more}/>"


def nic(number: int, kind: str = "bridge", body: str = "<source bridge='br0'/>", model: str = "virtio", more: str = "") -> str:
    shown = f"<model type='{model}'/>" if model else ""
    return f"<interface type='{kind}'><mac address='52:54:00:77:00:{number:02x}'/>{body}{shown}{more}</interface>"


def at(number: int, place: str, more: str = "", model: str = "virtio") -> str:
    return nic(number, model=model, more=address(place, more))


def source(function: str) -> str:
    domain, bus, slot, number = re.split("[:.]", function)
    return f"<source><address type='pci' domain='0x{domain}' bus='0x{bus}' slot='0x{slot}' function='0x{number}'/></source>"


def port(number: int, function: str, more: str = "") -> str:
    mac = f"<mac address='52:54:00:88:00:{number:02x}'/>"
    return f"<interface type='hostdev' managed='yes'>{mac}{source(function)}{more}</interface>"


def whole(function: str, more: str = "", managed: str = " managed='yes'") -> str:
    return f"<hostdev mode='subsystem' type='pci'{managed}>{source(function)}{more}</hostdev>"


def controller(index: int, model: str, place: str = "", body: str = "", more: str = "") -> str:
    return f"<controller type='pci' index='{index}' model='{model}'>{body}{address(place, more) if place else ''}</controller>"


def domain(machine: str, *devices: str, name: str = "vsrx", before: str = "", after: str = "", vcpu: str = "2") -> str:
    return (
        f"<domain type='qemu'><name>{xml.sax.saxutils.escape(name)}</name><uuid>{UUID}</uuid>{before}<memory unit='MiB'>4096</memory>"
        f"<vcpu>{vcpu}</vcpu><os><type arch='x86_64' machine='{machine}'>hvm</type></os><features><acpi/></features>"
        f"<devices>{''.join(devices)}<memballoon model='none'/></devices>{after}</domain>"
    )


TWO = (nic(1), nic(2))
VFS = (port(1, vf(0)), port(2, vf(0, 1)))


def _list_models() -> t.Iterator[tuple[str, str]]:
    for model in ("virtio", "virtio-transitional", "virtio-non-transitional", "e1000", "e1000e", "rtl8139", "vmxnet3", "ne2k_pci", "pcnet"):
        for machine in (PC, Q35):
            if (machine, model) != (PC, "e1000e"):
                yield f"{machine}: two {model}", domain(machine, nic(1, model=model), nic(2, model=model))
    yield "pc: no model given", domain(PC, nic(1, model=""), nic(2, model=""))
    yield "q35: e1000 for management, virtio for data, then VFs", domain(Q35, nic(1, model="e1000"), nic(2), *VFS)


def _list_kinds() -> t.Iterator[tuple[str, str]]:
    kinds = {
        "user": "",
        "network": "<source network='default'/>",
        "network with a portgroup": "<source network='default' portgroup='a'/>",
        "ethernet": "<target dev='tap-vsrx'/>",
        "direct vepa": "<source dev='eno2' mode='vepa'/>",
        "direct bridge": "<source dev='eno2' mode='bridge'/>",
        "direct private": "<source dev='eno2' mode='private'/>",
        "direct passthrough": "<source dev='eno2' mode='passthrough'/>",
        "vhostuser": "<source type='unix' path='/var/run/vhost1' mode='client'/>",
        "mcast": "<source address='230.0.0.1' port='5558'/>",
        "server": "<source address='127.0.0.1' port='5559'/>",
        "client": "<source address='127.0.0.1' port='5560'/>",
        "udp": "<source address='127.0.0.1' port='5561'><local address='127.0.0.1' port='5562'/></source>",
        "vdpa": "<source dev='/dev/vhost-vdpa-0'/>",
        "bridge with openvswitch": "<source bridge='ovs0'/><virtualport type='openvswitch'/>",
        "bridge with a VLAN of openvswitch": "<source bridge='ovs0'/><vlan><tag id='42'/></vlan><virtualport type='openvswitch'/>",
    }
    for name, body in kinds.items():
        kind = name.partition(" ")[0]
        yield f"kind: {name}", domain(Q35, nic(1), nic(2, kind, body))


def _list_details() -> t.Iterator[tuple[str, str]]:
    details = {
        "boot order": "<boot order='1'/>",
        "rom off": "<rom bar='off'/>",
        "rom file": "<rom file='/usr/share/rom.bin'/>",
        "rom without a file": "<rom enabled='no'/>",
        "a user's alias": "<alias name='ua-data'/>",
        "MTU": "<mtu size='9000'/>",
        "link down": "<link state='down'/>",
        "bandwidth": "<bandwidth><inbound average='1000' peak='5000'/></bandwidth>",
        "queues": "<driver name='vhost' queues='4' iommu='on'/>",
        "offloads": "<driver><host tso4='off'/><guest ecn='off'/></driver>",
        "coalesce": "<coalesce><rx><frames max='7'/></rx></coalesce>",
        "filter": "<filterref filter='clean-traffic'/>",
        "isolated": "<port isolated='yes'/>",
        "target": "<target dev='vnet-vsrx'/>",
        "sndbuf": "<tune><sndbuf>1600</sndbuf></tune>",
        "backend": "<backend tap='/dev/net/tun' vhost='/dev/vhost-net'/>",
        "acpi index": "<acpi index='7'/>",
    }
    for name, body in details.items():
        yield f"virtio with {name}", domain(Q35, nic(1), nic(2, more=body))
    of_ports = {
        "vlan": "<vlan><tag id='100'/></vlan>",
        "driver vfio": "<driver name='vfio'/>",
        "boot order": "<boot order='2'/>",
        "rom bar": "<rom bar='on'/>",
        "alias": "<alias name='ua-vf'/>",
        "teaming": "<teaming type='transient' persistent='ua-backup'/>",
    }
    for name, body in of_ports.items():
        also = nic(3, more="<alias name='ua-backup'/><teaming type='persistent'/>") if name == "teaming" else ""
        yield f"VF with {name}", domain(Q35, *TWO, also, port(1, vf(0), body))
    yield (
        "a failover pair of one MAC address",
        domain(
            Q35, nic(1), nic(2, more="<alias name='ua-backup'/><teaming type='persistent'/>"),
            port(1, vf(0), "<teaming type='transient' persistent='ua-backup'/>").replace("52:54:00:88:00:01", "52:54:00:77:00:02"),
        ),
    )  # fmt: skip


def _list_whole() -> t.Iterator[tuple[str, str]]:
    for machine in (PC, Q35):
        yield f"{machine}: a whole NIC before virtio", domain(machine, whole(PF, address("00:03.0")), at(1, "00:04.0"), at(2, "00:05.0"))
        yield f"{machine}: a whole NIC behind virtio", domain(machine, *TWO, whole(PF))
        yield f"{machine}: a whole NIC between virtio", domain(machine, at(1, "00:03.0"), whole(PF, address("00:04.0")), at(2, "00:05.0"))
        yield f"{machine}: a plain VF", domain(machine, *TWO, whole(vf(3)))
        yield f"{machine}: a plain VF that is not managed", domain(machine, *TWO, whole(vf(3), managed=""))
        yield f"{machine}: a graphics card", domain(machine, *TWO, whole(GRAPHICS))
        yield f"{machine}: a function that the host has not", domain(machine, *TWO, whole(GONE))
    yield "a VF that the guest is not given", domain(Q35, *TWO, whole(vf(3), "<address type='unassigned'/>"))
    yield "two whole NICs and VFs", domain(Q35, nic(1), whole(PF), whole(OTHER_PF), *VFS)


def _list_layouts() -> t.Iterator[tuple[str, str]]:
    many = [at(number, f"00:{number + 2:02x}.0") for number in range(1, 21)]
    yield "pc: twenty NICs", domain(PC, *many)
    yield "pc: NICs at 3 and 9, 4 free", domain(PC, at(1, "00:03.0"), at(2, "00:09.0"))
    yield "pc: NICs in falling order", domain(PC, at(1, "00:09.0"), at(2, "00:05.0"))
    yield (
        "pc: seven NICs in one slot",
        domain(PC, at(1, "00:03.0", " multifunction='on'"), *(at(2 + function, f"00:03.{1 + function}") for function in range(6))),
    )
    yield (
        "pc: three VFs in one slot",
        domain(
            PC, nic(1), port(1, vf(0), address("00:05.0", " multifunction='on'")), port(2, vf(1), address("00:05.1")),
            port(3, vf(2), address("00:05.2")),
        ),
    )  # fmt: skip
    yield "pc: NICs behind a bridge", domain(PC, controller(1, "pci-bridge", "00:03.0"), at(1, "01:01.0"), at(2, "01:02.0"))
    two = (controller(1, "pci-bridge", "00:03.0"), controller(2, "pci-bridge", "01:04.0"))
    yield "pc: a bridge behind a bridge", domain(PC, *two, at(1, "00:05.0"), at(2, "02:01.0"))
    falling = (controller(1, "pci-bridge", "00:08.0"), controller(2, "pci-bridge", "00:04.0"))
    yield "pc: bridges not in the order of their numbers", domain(PC, *falling, at(1, "01:01.0"), at(2, "02:01.0"))
    yield (
        "pc: an expander bus",
        domain(
            PC, controller(1, "pci-expander-bus", "00:03.0", "<target busNr='180'/>"), controller(2, "pci-bridge", "01:00.0"),
            at(1, "00:05.0"), at(2, "02:01.0"),
        ),
    )  # fmt: skip
    ports = [controller(index, "pcie-root-port", f"00:{index + 1:02x}.0") for index in range(1, 9)]
    yield "q35: root ports, NICs on the first and the last", domain(Q35, *ports, at(1, "01:00.0"), at(2, "08:00.0"))
    yield "q35: root ports, NICs in falling order", domain(Q35, *ports, at(1, "05:00.0"), at(2, "02:00.0"))
    yield "q35: all root ports in use", domain(Q35, *ports[:2], at(1, "01:00.0"), at(2, "02:00.0"))
    shared = [controller(1, "pcie-root-port", "00:02.0", more=" multifunction='on'")]
    shared += [controller(1 + function, "pcie-root-port", f"00:02.{function}") for function in range(1, 8)]
    yield "q35: eight root ports in one slot", domain(Q35, *shared, at(1, "03:00.0"), at(2, "08:00.0"))
    yield "q35: NICs on the root bus", domain(Q35, at(1, "00:05.0"), at(2, "00:06.0"))
    yield (
        "q35: NICs as functions behind a root port",
        domain(Q35, *ports[:2], at(1, "01:00.0", " multifunction='on'"), at(2, "01:00.1"), at(3, "01:00.3")),
    )
    for count in (1, 2, 4):
        behind = [controller(2 + number, "pcie-root-port", f"01:{number:02x}.0") for number in range(count)]
        expander = controller(1, "pcie-expander-bus", "00:05.0", "<target busNr='180'/>")
        yield f"q35: an expander bus with {count} root ports", domain(Q35, expander, *behind, at(1, "00:06.0"), at(2, "02:00.0"))
    two_expanders = (
        controller(1, "pcie-expander-bus", "00:05.0", "<target busNr='200'/>"),
        controller(2, "pcie-expander-bus", "00:06.0", "<target busNr='100'/>"),
        controller(3, "pcie-root-port", "01:00.0"),
        controller(4, "pcie-root-port", "02:00.0"),
    )
    yield "q35: two expander buses, the second numbered before the first", domain(Q35, *two_expanders, at(1, "03:00.0"), at(2, "04:00.0"))
    switch = (
        controller(1, "pcie-root-port", "00:02.0"), controller(2, "pcie-switch-upstream-port", "01:00.0"),
        *(controller(3 + number, "pcie-switch-downstream-port", f"02:{number:02x}.0") for number in range(4)),
    )  # fmt: skip
    yield "q35: a switch", domain(Q35, *switch, at(1, "03:00.0"), at(2, "05:00.0"))
    legacy = (controller(1, "pcie-root-port", "00:02.0"), controller(2, "pcie-to-pci-bridge", "01:00.0"))
    yield "q35: e1000 behind a PCI bridge", domain(Q35, *legacy, at(1, "02:01.0", model="e1000"), at(2, "02:02.0", model="e1000"))
    dmi = (controller(1, "dmi-to-pci-bridge", "00:1e.0"), controller(2, "pci-bridge", "01:01.0"))
    yield "q35: a DMI bridge", domain(Q35, *dmi, at(1, "00:05.0"), at(2, "02:03.0"))


def _list_surroundings() -> t.Iterator[tuple[str, str]]:
    disk = "<disk type='file' device='{0}'><source file='{1}'/><target dev='{2}' bus='{3}'/></disk>"
    devices = {
        "a relative ISO": disk.format("cdrom", "vsrx.iso", "sda", "sata"),
        "an ISO with spaces": disk.format("cdrom", "/srv/my images/vsrx 3.iso", "sda", "sata"),
        "virtio disks": "".join(disk.format("disk", f"/srv/{name}.qcow2", name, "virtio") for name in ("vda", "vdb", "vdc")),
        "a SCSI controller": "<controller type='scsi' model='virtio-scsi'/>" + disk.format("disk", "/srv/sda", "sda", "scsi"),
        "USB": "<controller type='usb' model='qemu-xhci'/><input type='tablet' bus='usb'/>",
        "a screen": "<graphics type='vnc' port='-1' listen='0.0.0.0'/><video><model type='vga'/></video>",
        "a watchdog": "<watchdog model='i6300esb' action='reset'/>",
        "random numbers": "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
        "serial consoles": "<serial type='tcp'><source mode='bind' host='127.0.0.1' service='8610'/><target port='0'/></serial>",
        "a channel": "<controller type='virtio-serial'/>"
        "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>",
        "a socket": "<vsock model='virtio'><cid auto='yes'/></vsock>",
        "a shared folder": "<filesystem type='mount'><source dir='/srv'/><target dir='srv'/></filesystem>",
        "sound": "<sound model='ich9'/>",
        "a USB device": "<controller type='usb' model='qemu-xhci'/>"
        "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/><product id='0xbeef'/></source></hostdev>",
        "an IOMMU": "<iommu model='intel'/>",
    }
    for name, body in devices.items():
        yield f"with {name}", domain(Q35, *TWO, body)
    heads = {
        "a title and a description": "<title>vSRX &lt;1&gt; &amp; friends</title><description>first\nsecond</description>",
        "metadata": "<metadata><a:app xmlns:a='http://example.org/a'><a:interface type='hostdev'/></a:app></metadata>",
        "huge pages": "<memoryBacking><hugepages/></memoryBacking>",
        "I/O threads": "<iothreads>2</iothreads>",
        "pinned CPUs": "<cputune><vcpupin vcpu='0' cpuset='0'/><emulatorpin cpuset='0'/></cputune>",
        "memory of one NUMA node": "<numatune><memory mode='strict' nodeset='0'/></numatune>",
        "resources": "<resource><partition>/machine</partition></resource>",
        "sysinfo": "<sysinfo type='smbios'><bios><entry name='vendor'>QEMU</entry></bios></sysinfo>",
    }
    for name, body in heads.items():
        yield f"with {name}", domain(Q35, *TWO, before=body)
    yield "with more vCPUs to come", domain(Q35, *TWO, vcpu="4").replace("<vcpu>4", "<vcpu current='2'>4")
    for name in ("vsrx 1", "vSRX-ファイアウォール", "a&b<c>'d'", 'say "hi"', "-rf", "$(reboot)", "{{ name }}", UUID.replace("c", "d")):
        yield f"named {name}", domain(Q35, *TWO, *VFS[:1], name=name)
    yield "no NIC at all", domain(Q35)
    yield "VFs only", domain(Q35, *VFS)
    yield (
        "VFs of one PF and of the other in turn",
        domain(Q35, nic(1), port(1, vf(0)), port(2, vf(0, 1)), port(3, vf(1)), port(4, vf(1, 1))),
    )
    yield "a VF on a hostdev network", domain(Q35, nic(1), nic(2, "network", "<source network='sriov'/>", model=""))


def _list_all() -> dict[str, str]:
    found: dict[str, str] = {}
    for makes in (_list_models, _list_kinds, _list_details, _list_whole, _list_layouts, _list_surroundings):
        for name, text in makes():
            assert name not in found, name
            found[name] = text
    for shape in FIXTURES:
        if shape not in NOT_ON_QEMU:
            found[f"fixture: {shape}"] = _fit(xml_of(shape))
    return found


def _fit(text: str) -> str:
    """A fixture for any QEMU: its machine by the name that each version has, and no acceleration."""
    text = re.sub(r"<node>\d+</node>", "", text)
    text = re.sub(r"machine=(['\"])pc-(i440fx|q35)-[\w.]+\1", lambda found: f"machine='{PC if found[2] == 'i440fx' else Q35}'", text)
    return re.sub(r"(<domain[^>]*type=['\"])kvm", r"\1qemu", text)


SHAPES = _list_all()
