# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# Looks where distributions keep what sets the number of VFs at boot.
import fnmatch
import typing as t

from ..._host.fs import Tree
from . import other_configs
from .other_configs import Foreign
from .store import UNIT

_Reader = t.Callable[[str, str], t.Iterator[Foreign]]
_SYSTEMD = ("/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd")

#: folder, pattern of the file's name, how it is read
_PLACES: tuple[tuple[str, str, _Reader], ...] = (
    ("/etc/modprobe.d", "*.conf", other_configs.of_modprobe),
    ("/run/modprobe.d", "*.conf", other_configs.of_modprobe),
    ("/usr/lib/modprobe.d", "*.conf", other_configs.of_modprobe),
    ("/etc/NetworkManager/system-connections", "*", other_configs.of_network_manager),
    ("/run/NetworkManager/system-connections", "*", other_configs.of_network_manager),
    ("/usr/lib/NetworkManager/system-connections", "*", other_configs.of_network_manager),
    ("/etc/sysconfig/network-scripts", "ifcfg-*", other_configs.of_ifcfg),
    ("/etc/netplan", "*.yaml", other_configs.of_netplan),
    ("/run/netplan", "*.yaml", other_configs.of_netplan),
    ("/usr/lib/netplan", "*.yaml", other_configs.of_netplan),
    *((f"{top}/network", "*.link", other_configs.of_link) for top in _SYSTEMD),
    ("/etc/systemd/system", "*.service", other_configs.of_writes),
    ("/etc", "rc.local", other_configs.of_writes),
    ("/etc/rc.d", "rc.local", other_configs.of_writes),
    ("/etc", "sysfs.conf", other_configs.of_writes),
    ("/etc/sysfs.d", "*.conf", other_configs.of_writes),
    ("/etc/tmpfiles.d", "*.conf", other_configs.of_writes),
    ("/etc/udev/rules.d", "*.rules", other_configs.of_writes),
    ("/etc/network", "interfaces", other_configs.of_writes),
    ("/etc/network/interfaces.d", "*", other_configs.of_writes),
    ("/etc/network/if-up.d", "*", other_configs.of_writes),
    ("/etc/network/if-pre-up.d", "*", other_configs.of_writes),
    ("/etc/NetworkManager/dispatcher.d", "*", other_configs.of_writes),
)


def read(tree: Tree) -> list[Foreign]:
    """Every place that sets a number of VFs, but for what the collection itself has put there."""
    found = list(other_configs.of_cmdline("/proc/cmdline", tree.text("/proc/cmdline") or ""))
    for folder, pattern, reader in _PLACES:
        names = tree.names(folder) if "*" in pattern else [pattern]
        for name in names:
            if name != UNIT and fnmatch.fnmatchcase(name, pattern):
                text = tree.text(f"{folder}/{name}")
                found += reader(f"{folder}/{name}", text) if text else ()
    return found
