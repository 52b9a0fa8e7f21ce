# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory a domain has, in every unit that libvirt takes (virScaleInteger)."""

from __future__ import annotations

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._domain_xml import reading

GIB_4 = 4 * 1024**3


@pytest.mark.parametrize(
    ("memory", "mib"),
    [
        ("<memory>4194304</memory>", 4096),
        (f"<memory unit='b'>{GIB_4}</memory>", 4096),
        (f"<memory unit='bytes'>{GIB_4}</memory>", 4096),
        ("<memory unit='KB'>4194304</memory>", 4000),
        ("<memory unit='k'>4194304</memory>", 4096),
        ("<memory unit='KiB'>4194304</memory>", 4096),
        ("<memory unit='MB'>4096</memory>", 3906),
        ("<memory unit='M'>4096</memory>", 4096),
        ("<memory unit='MiB'>4096</memory>", 4096),
        ("<memory unit='GB'>4</memory>", 3814),
        ("<memory unit='G'>4</memory>", 4096),
        ("<memory unit='GiB'>4</memory>", 4096),
        ("<memory unit='TB'>1</memory>", 953674),
        ("<memory unit='T'>1</memory>", 1048576),
        ("<memory unit='TiB'>1</memory>", 1048576),
    ],
)
def test_the_memory_of_a_domain_in_every_unit(memory: str, mib: int) -> None:
    found = reading.read(f"<domain type='kvm'><name>vsrx</name>{memory}<devices><emulator/></devices></domain>", "domain vsrx")
    assert found.memory_mib == mib
