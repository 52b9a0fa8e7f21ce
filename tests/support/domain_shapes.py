# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The corpus of domain XML, a host that fits it, and a planner over both."""

from __future__ import annotations

import dataclasses
import pathlib
import re
import typing as t

from ansible_collections.vsrx.sriov.plugins.module_utils._domain_xml import reading
from ansible_collections.vsrx.sriov.plugins.module_utils._host.vf_user import UserKind, VfUser
from ansible_collections.vsrx.sriov.plugins.module_utils._libvirt.model import Domain
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.observed import Function, Host, Observed, Pf
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.plan import Plan, Planner
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev.request import parse_request

FOLDER = pathlib.Path(__file__).parents[1] / "unit/fixtures" / "domains"
SHAPES = sorted(path.stem for path in FOLDER.glob("*.xml"))
#: what the PFs enforce on each VF
ATTRIBUTES = {"trust": False, "spoofchk": True, "link_state": "auto", "min_tx_rate": 0, "max_tx_rate": 0}
UUID = "7c5e0000-0000-4000-8000-00000000ffff"


def xml_of(shape: str) -> str:
    return (FOLDER / f"{shape}.xml").read_text(encoding="utf-8")


def tune(xml: str) -> str:
    """The same domain with a core for each vCPU, another for QEMU's own threads, and huge pages: nothing slows it."""
    vcpus = reading.read(xml, "test").vcpus
    pins = "".join(f"<vcpupin vcpu='{vcpu}' cpuset='{vcpu + 1}'/>" for vcpu in range(vcpus))
    xml = re.sub(r"<cputune>.*?</cputune>", "", xml, flags=re.DOTALL)
    xml = re.sub(r"<memoryBacking>.*?</memoryBacking>", "", xml, flags=re.DOTALL)
    tuning = f"<memoryBacking><hugepages/></memoryBacking><cputune>{pins}<emulatorpin cpuset='0'/></cputune>"
    return xml.replace("</vcpu>", f"</vcpu>{tuning}", 1)


def vf(index: int, pf: int = 0) -> str:
    return f"0000:{0x83 + pf:02x}:02.{index}"


def host(**changes: t.Any) -> Host:
    """Two PFs, ens1f0 (0000:83:00.0) and ens1f1 (0000:84:00.0), of eight VFs each."""
    pfs, functions = {}, {}
    for number in range(2):
        address = f"0000:{0x83 + number:02x}:00.0"
        vfs = {index: vf(index, number) for index in range(8)}
        pfs[address] = Pf(address=address, names=(f"ens1f{number}",), up=True, speed_mbps=10000, numa_node=0, vfs=vfs)
        functions[address] = Function(address=address, driver="ixgbe", iommu_group=10 + number, is_ethernet=True)
        for index, each in vfs.items():
            functions[each] = Function(
                address=each,
                pf=address,
                index=index,
                driver="ixgbevf",
                iommu_group=100 + 10 * number + index,
                is_ethernet=True,
                attributes=ATTRIBUTES,
            )
    return dataclasses.replace(
        Host(functions=functions, pfs=pfs, not_pfs={"eno9": "a network device (0000:09:00.0), which has no SR-IOV"}), **changes
    )


def domain(xml: str, **changes: t.Any) -> Domain:
    found = reading.read(xml, "test")
    given = Domain(name=found.name, uuid=found.uuid, active=False, persistent=True, inactive_xml=xml, live_xml=None)
    return dataclasses.replace(given, **changes)


def plan(
    xml: str, ports: t.Sequence[t.Mapping[str, t.Any]] = (), users: t.Sequence[VfUser] = (), on: t.Optional[Host] = None, **options: t.Any
) -> Plan:
    changes = options.pop("domain", {})
    pending = options.pop("pending_start", False)
    replaced = tuple(options.pop("replaced", ()))
    records = tuple(options.pop("vf_records", ()))
    request = parse_request({"ports": ports, **options})
    pools = frozenset(user.name for user in users if user.kind is UserKind.NETWORK)
    return Planner(request, Observed(domain(xml, **changes), on or host(), tuple(users), pools, replaced, pending, records)).plan()
