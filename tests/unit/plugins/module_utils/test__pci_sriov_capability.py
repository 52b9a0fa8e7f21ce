# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a configuration space and the regions of a PF say: S18's first diagnosis on real hardware."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._host import reader
from ansible_collections.vsrx.sriov.plugins.module_utils._host.iproute import Ip
from ansible_collections.vsrx.sriov.plugins.module_utils._host.reader import HostAccess
from ansible_collections.vsrx.sriov.plugins.module_utils._pci import SriovCapability, has_vf_memory, parse_capability
from hypothesis import given
from hypothesis import strategies as st
from support.fake_host import FakeHost, FakeIp

NONE = "0x0000000000000000 0x0000000000000000 0x0000000000000000"
PLACED = "0x0000383ffe000000 0x0000383ffe3fffff 0x000000000014220c"
SIZED = "0x0000000000000000 0x00000000003fffff 0x000000000014220c"
UNSET = "0x0000000000000000 0x00000000003fffff 0x000000002014220c"
MOVED_UNSET = "0x0000000000100000 0x00000000004fffff 0x000000002014220c"


def config(at: int = 0x160, total: int = 64, bars: t.Sequence[int] = (0x0C, 0, 0, 0x0C, 0, 0), before: int = 0x100) -> bytes:
    """A configuration space whose first extended capability (AER) leads to the SR-IOV capability."""
    data = bytearray(4096)
    data[before : before + 4] = (0x0001 | 0x2 << 16 | at << 20).to_bytes(4, "little")
    data[at : at + 4] = (0x0010 | 0x1 << 16).to_bytes(4, "little")
    data[at + 0x0E : at + 0x10] = total.to_bytes(2, "little")
    for index, register in enumerate(bars):
        data[at + 0x24 + 4 * index : at + 0x28 + 4 * index] = register.to_bytes(4, "little")
    return bytes(data)


def regions(*lines: str) -> str:
    """The file 'resource' of a PF: six BARs, a ROM, then the regions of its VFs and of bridges."""
    return "\n".join([*[PLACED] * 7, *lines, *[NONE] * (6 - len(lines)), NONE])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (None, None),
        (b"", None),
        # not root: 64 bytes
        (bytes(64), None),
        (bytes(256), None),
        (bytes(4096), False),
        (config(), SriovCapability(64, (0, 3))),
        (config(at=0xF00), SriovCapability(64, (0, 3))),
        (config(total=0), SriovCapability(0, (0, 3))),
        # 32-bit BARs: each register is one
        (config(bars=(8, 8, 0, 0, 0, 8)), SriovCapability(64, (0, 1, 5))),
        # a 64-bit BAR whose upper half has an address is no other BAR
        (config(bars=(0xFE00000C, 0x383F, 0, 0, 0, 0)), SriovCapability(64, (0,))),
        # cut in the middle of the capability
        (config(at=0xFE0), None),
    ],
)
@pytest.mark.mission("S18")
def test_the_capability_is_found_and_read(data: t.Optional[bytes], expected: t.Any) -> None:
    assert parse_capability(data) == expected


def test_a_list_that_leads_in_a_circle_ends() -> None:
    data = bytearray(4096)
    data[0x100:0x104] = (0x0001 | 0x2 << 16 | 0x100 << 20).to_bytes(4, "little")
    assert parse_capability(bytes(data)) is False


@given(st.binary(max_size=600))
def test_no_configuration_space_is_too_odd(data: bytes) -> None:
    found = parse_capability(data)
    has_vf_memory(data.decode("latin-1"), found)


TWO = SriovCapability(64, (0, 3))


@pytest.mark.mission("S18")
@pytest.mark.parametrize(
    ("lines", "capability", "expected"),
    [
        # drivers/pci/setup-bus.c, reset_resource(): start, end and flags are 0
        ([NONE] * 6, TWO, False),
        ([NONE] * 6, None, False),
        ([PLACED, NONE, NONE, PLACED], TWO, True),
        # one of two (ROCm/legacy-rocm-build#6281: "VF BAR 5 ... failed to assign")
        ([PLACED, NONE, NONE, NONE], TWO, False),
        ([NONE, NONE, NONE, PLACED], TWO, False),
        # without the capability nobody knows that there is another
        ([PLACED, NONE, NONE, NONE], None, True),
        # kernels that keep the size
        ([SIZED, NONE, NONE, PLACED], TWO, False),
        # IORESOURCE_UNSET, as kernels show it that keep an unplaced region (include/linux/ioport.h)
        ([UNSET, NONE, NONE, PLACED], TWO, False),
        ([MOVED_UNSET, NONE, NONE, PLACED], TWO, False),
        # igb's 82576 has one BAR of 32 bits that reads 0 in the capability
        ([PLACED], SriovCapability(7, ()), True),
    ],
)
def test_regions_of_vfs(lines: list[str], capability: t.Any, expected: bool) -> None:
    assert has_vf_memory(regions(*lines), capability) is expected


@pytest.mark.parametrize("text", [None, "", PLACED, "\n".join([PLACED] * 7), regions("nonsense"), regions("0x1 0x2")])
def test_regions_that_cannot_be_read_are_unknown(text: t.Optional[str]) -> None:
    assert has_vf_memory(text, TWO) is None


@pytest.mark.mission("S18")
@pytest.mark.parametrize(
    ("bridge", "last", "expected"),
    [("0000:80:02.0", "132", 132), ("0000:80:02.0", "", None), ("pci0000:80", None, None)],
    ids=["bridge", "unreadable", "root-bus"],
)
def test_the_last_bus_that_the_bridge_forwards(tmp_path: Path, bridge: str, last: t.Optional[str], expected: t.Optional[int]) -> None:
    host = FakeHost(tmp_path)
    host.pf()
    above = tmp_path / "sys/devices" / bridge
    above.mkdir(parents=True)
    (host.devices / "0000:83:00.0").rename(above / "0000:83:00.0")
    (host.devices / "0000:83:00.0").symlink_to(f"../../../devices/{bridge}/0000:83:00.0")
    if last is not None:
        (host.function(bridge, "8086:2030", class_code="60400") / "subordinate_bus_number").write_text(f"{last}\n")
    assert reader.read_pf(HostAccess(host.fs, Ip(FakeIp(host))), "eno2").last_bus == expected


@pytest.mark.mission("S18")
@pytest.mark.parametrize(("lines", "expected"), [([NONE] * 6, False), ([PLACED, NONE, NONE, PLACED], True)])
def test_a_pf_is_read_with_them(tmp_path: Path, lines: list[str], expected: bool) -> None:
    host = FakeHost(tmp_path)
    host.pf()
    (host.devices / "0000:83:00.0/config").write_bytes(config())
    (host.devices / "0000:83:00.0/resource").write_text(regions(*lines))
    pf = reader.read_pf(HostAccess(host.fs, Ip(FakeIp(host))), "eno2")
    assert (pf.has_vf_memory, pf.capability_total_vfs, pf.has_capability) == (expected, 64, True)
