# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who else sets VFs at boot, matched to the PF that it means: surely, perhaps, or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Callable, Optional

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._host.fs import RootFs
from ansible_collections.vsrx.sriov.plugins.module_utils._host.model import Pf
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.boot import other_config_files, parse_configs, parse_ini, parse_yaml
from ansible_collections.vsrx.sriov.plugins.module_utils._sriov_vfs.boot.other_config import select_for
from hypothesis import given
from hypothesis import strategies as st

ENO2 = Pf(
    "0000:83:00.0", "eno2", ("eno2", "enp131s0f0"), driver="i40e", vendor_id="8086", device_id="1572", permanent_mac="52:54:00:00:83:00"
)
ENO3 = Pf("0000:84:00.0", "eno3", ("eno3",), driver="ixgbe", vendor_id="8086", device_id="10fb", permanent_mac="52:54:00:00:84:00")

#: what is said of a PF: nothing, a number that it surely sets, or "may" and the number that it would set
Outcome = Any
NOTHING = None


def may(number: Optional[int] = None) -> tuple[str, Optional[int]]:
    return ("may", number)


def outcome(pf: Pf, files: dict[str, str], root: Path, links: dict[str, str]) -> Outcome:
    for path, text in files.items():
        file = root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        if text.startswith("#!") or path.startswith("/etc/rc.local"):
            file.chmod(0o755)
    for path, target in links.items():
        link = root / path.lstrip("/")
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)
    found = select_for(pf, other_config_files.read(RootFs(str(root))))
    if not found:
        return NOTHING
    (config, sure), *more = found
    assert not more, found
    if not sure:
        return may(config.number)
    return config.number if config.number is not None or not config.attributes else config.attributes


FORMER: list[tuple[str, str, Optional[int], bool, bool]] = [
    # path, text, number, means eno2, means eno3
    ("/etc/modprobe.d/a.conf", "options ixgbe allow_unsupported_sfp=1 max_vfs=8,8\n", 8, False, True),
    ("/etc/modprobe.d/a.conf", "options i40e \\\n  max_vfs=2\n", 2, True, False),
    ("/etc/modprobe.d/a.conf", "#options ixgbe max_vfs=8\ninstall ixgbe /bin/true\n", None, False, False),
    ("/proc/cmdline", "quiet ixgbe.max_vfs=7 intel_iommu=on\n", 7, False, True),
    ("/etc/NetworkManager/system-connections/a.nmconnection", "[connection]\ninterface-name=eno2\n[sriov]\ntotal-vfs=4\n", 4, True, False),
    ("/etc/NetworkManager/system-connections/b", "[ethernet]\nmac-address=52:54:00:00:84:00\n\n[sriov]\ntotal-vfs=4\n", 4, False, True),
    ("/etc/NetworkManager/system-connections/c", "[connection]\ninterface-name=eno2\n", None, False, False),
    ("/etc/sysconfig/network-scripts/ifcfg-eno2", 'DEVICE="eno2"\nSRIOV_TOTAL_VFS=3\n', 3, True, False),
    ("/etc/sysconfig/network-scripts/ifcfg-eno2", "DEVICE=eno2\n  SRIOV_TOTAL_VFS = 3\n", 3, True, False),
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
    (
        "/etc/network/interfaces",
        "auto eno2\niface eno2 inet manual\n  up echo 2 > /sys/class/net/eno2/device/sriov_numvfs\n",
        2,
        True,
        False,
    ),
]


@pytest.mark.parametrize(("path", "text", "number", "eno2", "eno3"), FORMER)
def test_each_place_is_looked_at(tmp_path: Path, path: str, text: str, number: Optional[int], eno2: bool, eno3: bool) -> None:
    links = {"/etc/systemd/system/multi-user.target.wants/vfs.service": "../vfs.service"}
    for name, pf, means in (("eno2", ENO2, eno2), ("eno3", ENO3, eno3)):
        assert outcome(pf, {path: text}, tmp_path / name, links) == (number if means else NOTHING)


RED_HAT = 'ACTION=="add", SUBSYSTEM=="net", ENV{ID_NET_DRIVER}=="mlx5_core", ATTR{device/sriov_numvfs}="8"\n'
RULES = "/etc/udev/rules.d/70-sriov.rules"
LOCAL = "/etc/rc.local"
SH = "#!/bin/sh\n"
N2, N3 = "/sys/class/net/eno2/device/sriov_numvfs", "/sys/class/net/eno3/device/sriov_numvfs"
UNIT = "/etc/systemd/system/vfs.service"
WANTS = {"/etc/systemd/system/multi-user.target.wants/vfs.service": "../vfs.service"}
NETWORKD = {"/etc/systemd/system/multi-user.target.wants/systemd-networkd.service": "/usr/lib/systemd/system/systemd-networkd.service"}
SRIOV = "[SR-IOV]\nVirtualFunction=1\nTrust=yes\n"
NM = "/etc/NetworkManager/system-connections/a.nmconnection"

#: files, links, what is said of eno2, of eno3
CASES: dict[str, tuple[dict[str, str], dict[str, str], Outcome, Outcome]] = {
    # H4: another NIC's
    "udev, another driver (Red Hat's documented form)": ({RULES: RED_HAT}, {}, NOTHING, NOTHING),
    "udev, this driver": ({RULES: RED_HAT.replace("mlx5_core", "i40e")}, {}, 8, NOTHING),
    "udev, MAC": ({RULES: 'ATTR{address}=="52:54:00:00:84:00", ATTR{device/sriov_numvfs}="8"\n'}, {}, NOTHING, 8),
    "udev, path": ({RULES: 'ENV{ID_PATH}=="pci-0000:84:00.0", ATTR{device/sriov_numvfs}="8"\n'}, {}, NOTHING, 8),
    "udev, ids": ({RULES: 'ATTRS{vendor}=="0x8086", ATTRS{device}=="0x10fb", ATTR{device/sriov_numvfs}="8"\n'}, {}, NOTHING, 8),
    "udev, not this driver": ({RULES: 'DRIVERS!="i40e", ATTR{device/sriov_numvfs}="8"\n'}, {}, NOTHING, 8),
    "udev, alternatives": ({RULES: 'DRIVERS=="ice|i40e", ATTR{device/sriov_numvfs}="8"\n'}, {}, 8, NOTHING),
    "udev, kernel name": ({RULES: 'KERNEL=="eth1", ATTR{device/sriov_numvfs}="8"\n'}, {}, may(8), may(8)),
    "udev, an own key": ({RULES: 'ENV{MY_KEY}=="1", KERNEL=="eno2", ATTR{device/sriov_numvfs}="8"\n'}, {}, may(8), NOTHING),
    "udev, a jump": (
        {RULES: 'DRIVERS=="x", GOTO="end"\nKERNEL=="eno2", ATTR{device/sriov_numvfs}="8"\nLABEL="end"\n'},
        {},
        may(8),
        NOTHING,
    ),
    "udev, read only": ({RULES: 'KERNEL=="eno2", ATTR{device/sriov_numvfs}=="0", ENV{X}="1"\n'}, {}, NOTHING, NOTHING),
    "udev, when it goes": ({RULES: 'ACTION=="remove", KERNEL=="eno2", ATTR{device/sriov_numvfs}="0"\n'}, {}, NOTHING, NOTHING),
    "udev, PCI (H11)": ({RULES: 'SUBSYSTEM=="pci", KERNEL=="0000:83:00.0", ATTR{sriov_numvfs}="8"\n'}, {}, 8, NOTHING),
    "udev, a command": ({RULES: f'KERNEL=="eno2", RUN+="/bin/sh -c \'echo 3 > {N2}\'"\n'}, {}, 3, NOTHING),
    "udev of the distribution (H11)": ({"/usr/lib/udev/rules.d/1.rules": 'NAME=="eno2", ATTR{device/sriov_numvfs}="8"\n'}, {}, 8, NOTHING),
    "udev, overridden": (
        {"/usr/lib/udev/rules.d/1.rules": 'NAME=="eno2", ATTR{device/sriov_numvfs}="8"\n', "/etc/udev/rules.d/1.rules": "\n"},
        {},
        NOTHING,
        NOTHING,
    ),
    "udev, last of two": (
        {RULES: 'NAME=="eno2", ATTR{device/sriov_numvfs}="8"\nNAME=="eno2", ATTR{device/sriov_numvfs}="2"\n'},
        {},
        2,
        NOTHING,
    ),
    ".link, property": (
        {"/etc/systemd/network/1.link": "[Match]\nProperty=ID_PATH=pci-0000:84:00.0\n[Link]\nSR-IOVVirtualFunctions=8\n"},
        {},
        NOTHING,
        8,
    ),
    ".link, condition": (
        {"/etc/systemd/network/1.link": "[Match]\nHost=kvm1\nDriver=i40e\n[Link]\nSR-IOVVirtualFunctions=8\n"},
        {},
        may(8),
        NOTHING,
    ),
    ".link, the first wins": (
        {
            "/etc/systemd/network/10.link": "[Match]\nMACAddress=52:54:00:00:83:00\n[Link]\nName=eno2\n",
            "/etc/systemd/network/20.link": "[Match]\nOriginalName=*\n[Link]\nSR-IOVVirtualFunctions=8\n",
        },
        {},
        NOTHING,
        8,
    ),
    ".link, drop-in": (
        {
            "/usr/lib/systemd/network/20.link": "[Match]\nDriver=i40e\n[Link]\nName=x\n",
            "/etc/systemd/network/20.link.d/vfs.conf": "[Link]\nSR-IOVVirtualFunctions=8\n",
        },
        {},
        8,
        NOTHING,
    ),
    ".link, masked": (
        {"/usr/lib/systemd/network/20.link": "[Match]\nDriver=i40e\n[Link]\nSR-IOVVirtualFunctions=8\n"},
        {"/etc/systemd/network/20.link": "/dev/null"},
        NOTHING,
        NOTHING,
    ),
    ".link, VFs by their sections (systemd#32836, H11)": (
        {"/etc/systemd/network/1.link": "[Match]\nDriver=i40e\n[Link]\nName=x\n[SR-IOV]\nVirtualFunction=7\nTrust=yes\n"},
        {},
        8,
        NOTHING,
    ),
    # attributes alone (systemd.network(5), [SR-IOV]; H11)
    ".network, a name": ({"/etc/systemd/network/1.network": f"[Match]\nName=eno2\n{SRIOV}"}, NETWORKD, {1: {"trust": True}}, NOTHING),
    ".network, a MAC address in a drop-in": (
        {
            "/usr/lib/systemd/network/1.network": "[Match]\nPermanentMACAddress=52-54-00-00-84-00\n",
            "/etc/systemd/network/1.network.d/a.conf": SRIOV,
        },
        NETWORKD,
        NOTHING,
        {1: {"trust": True}},
    ),
    ".network, networkd does not run": ({"/etc/systemd/network/1.network": f"[Match]\nDriver=i40e\n{SRIOV}"}, {}, may(), NOTHING),
    ".network, the first wins": (
        {
            "/etc/systemd/network/1.network": "[Match]\nName=eno2\n[Network]\nDHCP=yes\n",
            "/etc/systemd/network/2.network": f"[Match]\nName=eno*\n{SRIOV}",
        },
        NETWORKD,
        NOTHING,
        {1: {"trust": True}},
    ),
    "NetworkManager, path": ({NM: "[match]\npath=pci-0000:84:00.0;\n[sriov]\ntotal-vfs=8\n"}, {}, NOTHING, 8),
    "NetworkManager, no number (H11)": ({NM: "[connection]\ninterface-name=eno2\n[sriov]\nautoprobe-drivers=0\n"}, {}, 0, NOTHING),
    "NetworkManager, not by itself": (
        {NM: "[connection]\ninterface-name=eno2\nautoconnect=false\n[sriov]\ntotal-vfs=8\n"},
        {},
        may(8),
        NOTHING,
    ),
    "NetworkManager.conf (man NetworkManager.conf, sriov-num-vfs)": (
        {"/etc/NetworkManager/conf.d/1.conf": "[device-x]\nmatch-device=interface-name:eno2,driver:e1000\nsriov-num-vfs=5\n"},
        {},
        may(5),
        may(5),
    ),
    "NetworkManager.conf, one": (
        {"/etc/NetworkManager/NetworkManager.conf": "[device]\nmatch-device=mac:52:54:00:00:84:00\nsriov-num-vfs=5\n"},
        {},
        NOTHING,
        5,
    ),
    "NetworkManager.conf, all but": (
        {"/etc/NetworkManager/conf.d/1.conf": "[device]\nmatch-device=*,except:driver:i40e\nsriov-num-vfs=5\n"},
        {},
        NOTHING,
        5,
    ),
    "ifcfg, not at boot": ({"/etc/sysconfig/network-scripts/ifcfg-x": "DEVICE=eno2\nONBOOT=no\nSRIOV_TOTAL_VFS=3\n"}, {}, may(3), NOTHING),
    "script, a loop over others": (
        {LOCAL: f"{SH}for n in eno7 eno8; do echo 8 > /sys/class/net/$n/device/sriov_numvfs; done\n"},
        {},
        NOTHING,
        NOTHING,
    ),
    "script, a loop over these": (
        {LOCAL: f"{SH}for n in eno2 eno8\ndo\n  echo 8 > /sys/class/net/${{n}}/device/sriov_numvfs\ndone\n"},
        {},
        8,
        NOTHING,
    ),
    "script, an unknown loop": (
        {LOCAL: f"{SH}for i in $NICS; do echo 8 > /sys/class/net/$i/device/sriov_numvfs; done\n"},
        {},
        may(8),
        may(8),
    ),
    "script, the last write": ({LOCAL: f"{SH}echo 0 > {N2}\necho 4 > {N2}\n"}, {}, 4, NOTHING),
    "script, a comment behind": ({LOCAL: f"{SH}true # echo 8 > {N2}\n"}, {}, NOTHING, NOTHING),
    "script, a read": ({LOCAL: f'{SH}cat {N2}\n[ "$(cat {N2})" = 4 ] || logger no\nn=$(cat {N2})\n'}, {}, NOTHING, NOTHING),
    "script, a condition": ({LOCAL: f"{SH}if [ -e {N2} ]; then\n  echo 4 > {N2}\nfi\n"}, {}, may(4), NOTHING),
    "script, and": ({LOCAL: f"{SH}[ -e {N2} ] && echo 4 > {N2}\n"}, {}, may(4), NOTHING),
    "script, after its end": ({LOCAL: f"{SH}exit 0\necho 4 > {N2}\n"}, {}, NOTHING, NOTHING),
    "script, a constant": ({LOCAL: f"{SH}NIC=eno3\nN=6\necho $N > /sys/class/net/$NIC/device/sriov_numvfs\n"}, {}, NOTHING, 6),
    "script, cd": ({LOCAL: f"{SH}cd /sys/bus/pci/devices/0000:84:00.0\necho 6 > sriov_numvfs\n"}, {}, NOTHING, 6),
    "script, tee": ({LOCAL: f"{SH}printf '%d' 6 | sudo tee {N3} >/dev/null\n"}, {}, NOTHING, 6),
    "script, here string": ({LOCAL: f"#!/bin/bash\ntee {N3} <<< 6\n"}, {}, NOTHING, 6),
    "script, not executable": ({"/etc/rc.d/rc.local": f"echo 4 > {N2}\n"}, {}, may(4), NOTHING),
    "script, by a function that may not be called": ({LOCAL: f"{SH}make() {{\n  echo 4 > {N2}\n}}\n"}, {}, may(4), NOTHING),
    "script, full device path": ({LOCAL: f"{SH}echo 4 > /sys/devices/pci0000:80/0000:80:02.0/0000:83:00.0/sriov_numvfs\n"}, {}, 4, NOTHING),
    "script, an unknown tool": ({LOCAL: f"{SH}/opt/nic/set {N2} 4\n"}, {}, may(), may()),
    "script, quotes over lines": ({LOCAL: f"{SH}sh -c 'echo 4 > {N2}\n'\n"}, {}, may(), may()),
    "script, attributes": (
        {LOCAL: f"{SH}ip link set dev eno2 vf 0 mac 02:00:00:00:00:01 trust on\n"},
        {},
        {0: {"mac": "02:00:00:00:00:01", "trust": True}},
        NOTHING,
    ),
    "Python": ({LOCAL: f"#!/usr/bin/python3\nopen('{N2}', 'w').write('4')\n"}, {}, may(), may()),
    "unit, both in one": ({UNIT: f"[Service]\nExecStart=/bin/sh -c 'echo 0 > {N2}; echo 4 > {N2}'\n"}, WANTS, 4, NOTHING),
    "unit, not enabled": ({UNIT: f"[Service]\nExecStart=/bin/sh -c 'echo 4 > {N2}'\n"}, {}, may(4), NOTHING),
    "unit, masked": (
        {"/usr/lib/systemd/system/vfs.service": f"[Service]\nExecStart=/bin/sh -c 'echo 4 > {N2}'\n"},
        {UNIT: "/dev/null"},
        NOTHING,
        NOTHING,
    ),
    "unit, when it stops": ({UNIT: f"[Service]\nExecStart=/bin/true\nExecStop=/bin/sh -c 'echo 0 > {N2}'\n"}, WANTS, NOTHING, NOTHING),
    "unit of the distribution (H11)": (
        {"/usr/lib/systemd/system/vfs.service": f"[Service]\nExecStart=/bin/sh -c 'echo 4 > {N2}'\n"},
        WANTS,
        4,
        NOTHING,
    ),
    "unit, drop-in": (
        {
            UNIT: f"[Service]\nExecStart=/bin/sh -c 'echo 4 > {N2}'\n",
            f"{UNIT}.d/1.conf": f"[Service]\nExecStart=\nExecStart=/bin/sh -c 'echo 4 > {N3}'\n",
        },
        WANTS,
        NOTHING,
        4,
    ),
    "unit, a script": (
        {UNIT: "[Service]\nExecStart=/usr/local/sbin/vfs start\n", "/usr/local/sbin/vfs": f"{SH}echo 5 > {N2}\n"},
        WANTS,
        5,
        NOTHING,
    ),
    "unit, a template's instance (wiki.archlinux.org, systemd#Service templates)": (
        {"/etc/systemd/system/sriov@.service": "[Service]\nExecStart=/bin/sh -c 'echo 5 > /sys/class/net/%i/device/sriov_numvfs'\n"},
        {"/etc/systemd/system/multi-user.target.wants/sriov@eno3.service": "../sriov@.service"},
        NOTHING,
        5,
    ),
    "module option, a list": (
        {"/etc/modprobe.d/a.conf": "options ixgbe max_vfs=0,4\n"},
        {
            "/sys/bus/pci/drivers/ixgbe/0000:04:00.0": "x",
            "/sys/bus/pci/drivers/ixgbe/0000:84:00.0": "x",
            "/sys/bus/pci/devices/0000:04:00.0": "x",
            "/sys/bus/pci/devices/0000:84:00.0": "x",
        },
        NOTHING,
        4,
    ),
    "module option, the last": ({"/etc/modprobe.d/a.conf": "options ixgbe max_vfs=2\noptions ixgbe max_vfs=4\n"}, {}, NOTHING, 4),
    "kernel command line, the last": ({"/proc/cmdline": "ixgbe.max_vfs=7 quiet ixgbe.max_vfs=2\n"}, {}, NOTHING, 2),
    "tmpfiles, a pattern": ({"/usr/lib/tmpfiles.d/a.conf": "w+ /sys/class/net/eno*/device/sriov_numvfs - - - - 5\n"}, {}, 5, 5),
    "ifupdown, its own interface": (
        {"/etc/network/interfaces": "auto eno3\niface eno3 inet manual\n pre-up echo 5 > /sys/class/net/$IFACE/device/sriov_numvfs\n"},
        {},
        NOTHING,
        5,
    ),
    "ifupdown, when it goes": (
        {"/etc/network/interfaces": f"auto eno3\niface eno3 inet manual\n down echo 0 > {N3}\n"},
        {},
        NOTHING,
        NOTHING,
    ),
    "cron": ({"/etc/cron.d/vfs": f"@reboot root echo 5 > {N3}\n0 5 * * * root echo 7 > {N2}\n"}, {}, NOTHING, 5),
    "cron, a table of the system names the user first": (
        {"/etc/cron.d/vfs": "@reboot root cd /sys/class/net/eno3/device; echo 5 > sriov_numvfs\n"},
        {},
        NOTHING,
        5,
    ),
    "cron, a table of a user does not": (
        {"/var/spool/cron/root": "@reboot cd /sys/class/net/eno3/device; echo 5 > sriov_numvfs\n"},
        {},
        NOTHING,
        5,
    ),
    "netplan, by link (netplan#129, H11)": (
        {"/etc/netplan/1.yaml": "network: {ethernets: {eno2: {}, vf0: {link: eno2}, vf1: {link: eno2}}}\n"},
        {},
        2,
        NOTHING,
    ),
    "netplan, another name (H11)": (
        {
            "/etc/netplan/1.yaml": 'network: {ethernets: {wan: {match: {macaddress: "52:54:00:00:84:00"}, set-name: eno3,'
            " virtual-function-count: 8}}}\n"
        },
        {},
        NOTHING,
        8,
    ),
    "netplan, two files": (
        {
            "/etc/netplan/1.yaml": "network: {ethernets: {p: {match: {driver: ixgbe}}}}\n",
            "/etc/netplan/2.yaml": "network: {ethernets: {p: {virtual-function-count: 3}}}\n",
        },
        {},
        NOTHING,
        3,
    ),
    "netplan, no YAML": ({"/etc/netplan/1.yaml": "network: {ethernets: [virtual-function-count: 3\n"}, {}, may(), may()),
    "nmstate (nmstate.io, SR-IOV)": (
        {"/etc/nmstate/1.yml": "interfaces:\n- {name: eno2, type: ethernet, ethernet: {sr-iov: {total-vfs: 2}}}\n"},
        {},
        2,
        NOTHING,
    ),
    "os-net-config (H11)": (
        {
            "/etc/os-net-config/sriov_config.yaml": "- {device_type: pf, name: eno2, numvfs: 5}\n"
            "- {device_type: vf, device: {name: eno2, vfid: 1}}\n"
        },
        {},
        5,
        NOTHING,
    ),
    # further members, found in the manuals that are named
    "udev, a script (man udev, RUN)": (
        {RULES: 'KERNEL=="eno3", RUN+="/usr/local/sbin/vfs"\n', "/usr/local/sbin/vfs": f"{SH}echo 5 > {N3}\n"},
        {},
        NOTHING,
        5,
    ),
    "udev, a script for another NIC": (
        {RULES: 'ENV{ID_NET_DRIVER}=="mlx5_core", RUN+="/usr/local/sbin/vfs"\n', "/usr/local/sbin/vfs": f"{SH}echo 5 > {N3}\n"},
        {},
        NOTHING,
        NOTHING,
    ),
    "libvirt's hooks run when a domain or network starts (libvirt.org/hooks.html)": (
        {"/etc/libvirt/hooks/qemu": f"{SH}echo 5 > {N3}\n"},
        {},
        NOTHING,
        may(5),
    ),
    "SysV init (systemd-sysv-generator)": (
        {"/etc/init.d/vfs": f"{SH}case $1 in\nstart) echo 5 > {N3} ;;\nesac\n"},
        {},
        NOTHING,
        may(5),
    ),
    "SysV init, without a condition: runlevels decide whether it runs": ({"/etc/init.d/vfs": f"{SH}echo 5 > {N3}\n"}, {}, NOTHING, may(5)),
    "a quote that ends in another line": ({LOCAL: f"{SH}logger 'no\nVFs'\necho 5 > {N3}; logger 'made\nVFs'\n"}, {}, may(), may()),
    "a quote that ends in another line of a comment": ({LOCAL: f"{SH}# don't: echo 5 > {N3}\n"}, {}, NOTHING, NOTHING),
    "a quote that ends in another line, and no VFs": ({LOCAL: f"{SH}logger 'no\nnetdevs'\n"}, {}, NOTHING, NOTHING),
    "cloud-init, at every boot (cloudinit.readthedocs.io, bootcmd)": (
        {"/etc/cloud/cloud.cfg.d/90.cfg": f"#cloud-config\nbootcmd:\n- echo 5 > {N3}\nruncmd:\n- echo 6 > {N2}\n"},
        {},
        NOTHING,
        5,
    ),
    "cloud-init, words": ({"/etc/cloud/cloud.cfg": f"bootcmd:\n- [sh, -c, 'echo 5 > {N3}']\n"}, {}, NOTHING, 5),
    "cloud-init, switched off": (
        {"/etc/cloud/cloud.cfg": f"bootcmd:\n- echo 5 > {N3}\n", "/etc/cloud/cloud-init.disabled": "\n"},
        {},
        NOTHING,
        NOTHING,
    ),
    "TuneD (man tuned-profiles, sysfs)": (
        {
            "/etc/tuned/active_profile": "kvm\n",
            "/etc/tuned/kvm/tuned.conf": f"[main]\ninclude=virtual-host\n[sysfs]\n{N3}=5\n",
            "/etc/tuned/other/tuned.conf": f"[sysfs]\n{N2}=6\n",
        },
        {},
        NOTHING,
        5,
    ),
    "network operator (H11)": (
        {"/etc/sriov-operator/sriov-interface-config.yaml": 'spec:\n  interfaces:\n  - {pciAddress: "0000:84:00.0", numVfs: 6}\n'},
        {},
        NOTHING,
        6,
    ),
}


@pytest.mark.mission("S3")
@pytest.mark.parametrize("case", CASES)
def test_whom_a_configuration_means(tmp_path: Path, case: str) -> None:
    files, links, eno2, eno3 = CASES[case]
    assert outcome(ENO2, files, tmp_path / "2", links) == eno2
    assert outcome(ENO3, files, tmp_path / "3", links) == eno3


def test_a_configuration_names_its_line(tmp_path: Path) -> None:
    text = f"{SH}\n# a comment\nlogger \\\n  hello\necho 4 > {N2}\n"
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/rc.local").write_text(text)
    (config,) = other_config_files.read(RootFs(str(tmp_path)))
    assert config.place == "/etc/rc.local, line 6,"


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("/etc/netplan/1.yaml", "network:\n  ethernets:\n    eno3: {}\n    eno2:\n      dhcp4: no\n      virtual-function-count: 8\n", 6),
        ("/etc/netplan/1.yaml", "network:\n  ethernets:\n    eno2: {}\n    vf0:\n      link: eno2\n", 5),
        ("/etc/nmstate/1.yml", "interfaces:\n- name: eno2\n  ethernet:\n    sr-iov:\n      total-vfs: 2\n", 5),
        ("/etc/cloud/cloud.cfg", f"a: b\nbootcmd:\n- echo 5 > {N2}\n", 3),
        ("/etc/sysconfig/network-scripts/ifcfg-x", "DEVICE=eno2\nSRIOV_TOTAL_VFS=3\n", 2),
        ("/etc/systemd/network/1.link", "[Match]\nOriginalName=eno2\n[Link]\nSR-IOVVirtualFunctions=2\n", 4),
        ("/etc/systemd/network/1.link", "[Match]\nOriginalName=eno2\n[SR-IOV]\nVirtualFunction=1\nTrust=yes\n", 4),
    ],
)
def test_the_line_is_named_in_every_language(tmp_path: Path, path: str, text: str, line: int) -> None:
    (tmp_path / path.lstrip("/")).parent.mkdir(parents=True)
    (tmp_path / path.lstrip("/")).write_text(text)
    (config,) = (each for each in other_config_files.read(RootFs(str(tmp_path))) if each.sets_something)
    assert config.place == f"{path}, line {line},"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (NM, "[connection]\ninterface-name=eno2\n[sriov]\ntotal-vfs={}\n"),
        ("/etc/systemd/network/1.link", "[Match]\nOriginalName=eno2\n[Link]\nSR-IOVVirtualFunctions={}\n"),
        ("/etc/NetworkManager/conf.d/1.conf", "[device-x]\nmatch-device=interface-name:eno2\nsriov-num-vfs={}\n"),
        ("/etc/rc.local", "echo {} > /sys/class/net/eno2/device/sriov_numvfs\n"),
    ],
)
@pytest.mark.parametrize(("written", "number"), [("5", 5), ("0", 0), ("$N", None), ("five", None)])
def test_a_number_is_known_or_is_not(tmp_path: Path, path: str, text: str, written: str, number: Optional[int]) -> None:
    (tmp_path / path.lstrip("/")).parent.mkdir(parents=True)
    (tmp_path / path.lstrip("/")).write_text(text.format(written))
    found = [(config.number, config.number_unknown) for config in other_config_files.read(RootFs(str(tmp_path)))]
    assert found == [(number, number is None)]


def test_what_could_block_or_is_huge_is_not_read(tmp_path: Path) -> None:
    for folder in ("netplan", "udev/rules.d", "systemd/network"):
        (tmp_path / "etc" / folder).mkdir(parents=True)
    os.mkfifo(tmp_path / "etc/netplan/x.yaml")
    os.mkfifo(tmp_path / "etc/udev/rules.d/x.rules")
    (tmp_path / "etc/systemd/network/1.link").write_text("#" * (2 << 20))
    assert [config for config in other_config_files.read(RootFs(str(tmp_path))) if config.sets_something] == []


PARSERS: dict[str, Callable[[str], Any]] = {
    "udev": lambda text: list(parse_configs.parse_udev("/x", text)),
    "modprobe": lambda text: list(parse_configs.parse_modprobe("/x", text)),
    "cmdline": lambda text: list(parse_configs.parse_cmdline("/x", text)),
    "tmpfiles": lambda text: list(parse_configs.parse_tmpfiles("/x", text)),
    "sysfs": lambda text: list(parse_configs.parse_sysfs_conf("/x", text)),
    "keyfile": lambda text: list(parse_ini.parse_nm_keyfile("/x", text)),
    "conf": lambda text: list(parse_ini.parse_nm_conf("/x", text)),
    "ifcfg": lambda text: list(parse_ini.parse_ifcfg("/x", text)),
    "link": lambda text: [parse_ini.parse_systemd_net("/x", text, "systemd's .link files")],
    "netplan": lambda text: parse_yaml.parse_netplan({"/x": text}),
    "nmstate": lambda text: list(parse_yaml.parse_nmstate("/x", text)),
    "agent": lambda text: list(parse_yaml.parse_agent("/x", text)),
    "script": lambda text: parse_configs.parse_script("/x", text, "x"),
    "unit": lambda text: parse_configs.parse_unit("/x", text, "x"),
    "interfaces": lambda text: list(parse_configs.parse_interfaces("/x", text)),
    "cron": lambda text: list(parse_configs.parse_cron("/x", text)),
}
WORDS = [
    "sriov_numvfs",
    "/sys/class/net/eno2/device/sriov_numvfs",
    "echo",
    "4",
    "\u00b2",
    "9" * 5000,
    ">",
    "|",
    "tee",
    "for",
    "in",
    "do",
    "done",
    "if",
    "fi",
    "then",
    "(",
    ")",
    "{",
    "}",
    "$n",
    "${n}",
    "'",
    '"',
    "\\",
    "\n",
    "=",
    "==",
    '"8"',
    "ATTR{device/sriov_numvfs}",
    "KERNEL",
    "options",
    "max_vfs=",
    "max_vfs=1,x",
    "[sriov]",
    "[Match]",
    "[SR-IOV]",
    "VirtualFunction=",
    "vf.1=",
    "total-vfs=",
    "[",
    "iface",
    "up",
    "auto",
    "@reboot",
    "ExecStart=",
    "[Service]",
    "network: {ethernets: {a: {virtual-function-count: ",
    "sr-iov",
    "numvfs:",
    "- ",
    ":",
    "*a",
    "&a",
    "\0",
    "ip",
    "vf",
    "link",
    "set",
    "<<<",
    "cd",
    "#",
    "#!/bin/sh",
]


@pytest.mark.parametrize("parser", PARSERS)
@given(parts=st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=25), glue=st.sampled_from(["", " ", "\n"]))
def test_no_text_is_too_odd(parser: str, parts: list[str], glue: str) -> None:
    for config in PARSERS[parser](glue.join(parts)):
        each = config[1] if isinstance(config, tuple) else config
        assert each.number is None or 0 <= each.number < 10**9
        select_for(ENO2, [each])


@given(
    st.lists(st.tuples(st.sampled_from(["eno2", "eno3", "eno9", "enp131s0f0"]), st.integers(0, 9), st.booleans()), max_size=6),
)
def test_the_last_sure_write_of_a_script_counts(writes: list[tuple[str, int, bool]]) -> None:
    """Against a small oracle: what the shell would leave in each file, and what it may leave there."""
    lines = [
        f"if test -e /x; then echo {number} > /sys/class/net/{name}/device/sriov_numvfs; fi"
        if conditional
        else f"echo {number} > /sys/class/net/{name}/device/sriov_numvfs"
        for name, number, conditional in writes
    ]
    found = select_for(ENO2, parse_configs.parse_script("/x", "#!/bin/sh\n" + "\n".join(lines), "x"))
    mine = [(number, conditional) for name, number, conditional in writes if name in ENO2.names]
    last_sure = max((at for at, (_number, conditional) in enumerate(mine) if not conditional), default=-1)
    expected = [(number, not conditional) for number, conditional in mine[max(last_sure, 0) :]]
    assert [(config.number, sure) for config, sure in found] == expected
