# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.vsrx.sriov.plugins.module_utils._pci import ids

PCI_IDS = b"""# a comment
15b3  Mellanox Technologies
\t1013  MT27700 Family [ConnectX-4]
8086  Intel Corporation
\t1572  Ethernet Controller X710
\t\t8086 0001  A board 10c9
\t10c9  82576 Gigabit
# between
ffff  Illegal Vendor
C 02  Network controller
\t10c9  not a device
"""
ALIASES = b"""alias pci:v00008086d00001572sv*sd*bc*sc*i* i40e
alias pci:v00008086d*sv*sd*bc02sc00i* generic
alias pci:v*d*sv*sd*bc02sc*i* anything
alias pci:v000015B3d00001013sv*sd*bc*sc*i* mlx5_core
alias usb:v8086p1572 wrong
"""


def test_words_for_ids() -> None:
    wanted = [("8086", "1572"), ("8086", "10c9"), ("8086", "0001"), ("15b3", "10c9"), ("abcd", "1572"), ("ffff", "10c9")]
    assert ids.names(PCI_IDS, wanted) == {
        ("8086", "1572"): ("Intel Corporation", "Ethernet Controller X710"),
        ("8086", "10c9"): ("Intel Corporation", "82576 Gigabit"),
        ("8086", "0001"): ("Intel Corporation", None),
        ("15b3", "10c9"): ("Mellanox Technologies", None),
        ("abcd", "1572"): (None, None),
        ("ffff", "10c9"): ("Illegal Vendor", None),
    }


def test_modules_for_an_alias_in_the_files_order() -> None:
    alias = "pci:v00008086d00001572sv00008086sd00000001bc02sc00i00"
    other = "pci:v00001234d00000001sv00000000sd00000000bc06sc04i00"
    assert ids.modules(ALIASES, [alias, other]) == {alias: ("i40e", "generic", "anything"), other: ()}
    assert ids.modules(ALIASES, []) == {}
