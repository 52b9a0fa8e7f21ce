# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path
from typing import Callable, Optional

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._host.fs import Tree
from ansible_collections.vsrx.sriov.plugins.module_utils._host.pf_model import Pf
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.boot import other_config_files, other_configs

ENO2 = Pf("0000:83:00.0", "eno2", ("eno2", "enp131s0f0"), driver="i40e", permanent_mac="52:54:00:00:83:00")
ENO3 = Pf("0000:84:00.0", "eno3", ("eno3",), driver="ixgbe", permanent_mac="52:54:00:00:84:00")

Case = tuple[str, str, Optional[int], bool, bool]
CASES: list[Case] = [
    # path, text, number, means eno2, means eno3
    ("/etc/modprobe.d/a.conf", "options ixgbe allow_unsupported_sfp=1 max_vfs=8,8\n", 8, False, True),
    ("/etc/modprobe.d/a.conf", "options i40e \\\n  max_vfs=2\n", 2, True, False),
    ("/etc/modprobe.d/a.conf", "#options ixgbe max_vfs=8\ninstall ixgbe /bin/true\n", None, False, False),
    ("/proc/cmdline", "quiet ixgbe.max_vfs=7 intel_iommu=on\n", 7, False, True),
    ("/etc/NetworkManager/system-connections/a.nmconnection", "[connection]\ninterface-name=eno2\n[sriov]\ntotal-vfs=4\n", 4, True, False),
    ("/etc/NetworkManager/system-connections/b", "[ethernet]\nmac-address=52:54:00:00:84:00\n\n[sriov]\ntotal-vfs=4\n", 4, False, True),
    ("/etc/NetworkManager/system-connections/c", "[connection]\ninterface-name=eno2\n", None, False, False),
    ("/etc/sysconfig/network-scripts/ifcfg-eno2", 'DEVICE="eno2"\nSRIOV_TOTAL_VFS=3\n', 3, True, False),
    (
        "/etc/netplan/01.yaml",
        "network:\n  version: 2\n  ethernets:\n    eno3:\n      dhcp4: no\n      virtual-function-count: 8 # eight\n    eno2: {}\n",
        8,
        False,
        True,
    ),
    (
        "/etc/netplan/02.yaml",
        'network:\n  ethernets:\n    "eno2":\n      # virtual-function-count: 8\n      dhcp4: no\n',
        None,
        False,
        False,
    ),
    ("/etc/systemd/network/10.link", "[Match]\nOriginalName=eno*\n[Link]\nSR-IOVVirtualFunctions=6\n", 6, True, True),
    ("/etc/systemd/network/11.link", "[Match]\nDriver=ixgbe\n[Link]\nSR-IOVVirtualFunctions=6\n", 6, False, True),
    ("/etc/systemd/network/12.link", "[Match]\nPath=pci-0000:83:00.0\n[Link]\nSR-IOVVirtualFunctions=6\n", 6, True, False),
    ("/etc/systemd/network/13.link", "[Match]\nMACAddress=52:54:00:00:83:00\n[Link]\nSR-IOVVirtualFunctions=6\n", 6, True, False),
    ("/etc/systemd/network/14.link", "[Match]\nOriginalName=eno2\n[Link]\nName=wan0\n", None, False, False),
    ("/etc/rc.local", "#!/bin/sh\necho 4 > /sys/class/net/eno2/device/sriov_numvfs\nexit 0\n", 4, True, False),
    ("/etc/rc.local", "echo '4' | tee /sys/bus/pci/devices/0000:84:00.0/sriov_numvfs\n", 4, False, True),
    ("/etc/rc.local", "for i in $NICS; do echo $n > /sys/class/net/$i/device/sriov_numvfs; done\n", None, True, True),
    ("/etc/rc.local", "# echo 4 > /sys/class/net/eno2/device/sriov_numvfs\n", None, False, False),
    ("/etc/sysfs.d/a.conf", "class/net/eno2/device/sriov_numvfs = 5\n", 5, True, False),
    ("/etc/tmpfiles.d/a.conf", "w /sys/class/net/eno3/device/sriov_numvfs - - - - 5\n", 5, False, True),
    ("/etc/udev/rules.d/a.rules", 'ACTION=="add", SUBSYSTEM=="net", KERNEL=="eno2", ATTR{device/sriov_numvfs}="5"\n', 5, True, False),
    (
        "/etc/systemd/system/vfs.service",
        "[Service]\nExecStart=/bin/sh -c 'echo 2 > /sys/class/net/eno2/device/sriov_numvfs'\n",
        2,
        True,
        False,
    ),
    (
        "/etc/systemd/system/vsrx-sriov.service",
        "ExecStart=/bin/sh -c 'echo 2 > /sys/class/net/eno2/device/sriov_numvfs'\n",
        None,
        False,
        False,
    ),
    ("/etc/network/interfaces", "iface eno2 inet manual\n  up echo 2 > /sys/class/net/eno2/device/sriov_numvfs\n", 2, True, False),
]


@pytest.mark.parametrize(("path", "text", "number", "eno2", "eno3"), CASES)
def test_who_else_sets_the_number_of_which_pf(tmp_path: Path, path: str, text: str, number: Optional[int], eno2: bool, eno3: bool) -> None:
    file = tmp_path / path.lstrip("/")
    file.parent.mkdir(parents=True)
    file.write_text(text)
    found = other_config_files.read(Tree(str(tmp_path)))
    assert [any(each.means(pf) for each in found) for pf in (ENO2, ENO3)] == [eno2, eno3]
    if eno2 or eno3:
        assert [(each.path, each.number) for each in found] == [(path, number)]
    else:
        assert found == []


@pytest.mark.parametrize(
    "reader",
    [
        other_configs.of_modprobe,
        other_configs.of_writes,
        other_configs.of_network_manager,
        other_configs.of_ifcfg,
        other_configs.of_link,
        other_configs.of_netplan,
        other_configs.of_cmdline,
    ],
)
@pytest.mark.parametrize("text", ["", "=", "[", "\x00\xff", "virtual-function-count: 3", "options", ":\n  :\n", "sriov_numvfs"])
def test_no_text_is_too_odd(reader: Callable[[str, str], list[other_configs.Foreign]], text: str) -> None:
    list(reader("/x", text))
