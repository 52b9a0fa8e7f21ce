# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# Looks where distributions keep what sets the number of VFs at boot.
import fnmatch
import typing as t

from .._sysfs.tree import Tree
from . import foreign
from .foreign import Foreign
from .store import UNIT

_Reader = t.Callable[[str, str], t.Iterator[Foreign]]
_SYSTEMD = ("/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd")

#: folder, pattern of the file's name, how it is read
_PLACES: tuple[tuple[str, str, _Reader], ...] = (
    ("/etc/modprobe.d", "*.conf", foreign.of_modprobe),
    ("/run/modprobe.d", "*.conf", foreign.of_modprobe),
    ("/usr/lib/modprobe.d", "*.conf", foreign.of_modprobe),
    ("/etc/NetworkManager/system-connections", "*", foreign.of_network_manager),
    ("/run/NetworkManager/system-connections", "*", foreign.of_network_manager),
    ("/usr/lib/NetworkManager/system-connections", "*", foreign.of_network_manager),
    ("/etc/sysconfig/network-scripts", "ifcfg-*", foreign.of_ifcfg),
    ("/etc/netplan", "*.yaml", foreign.of_netplan),
    ("/run/netplan", "*.yaml", foreign.of_netplan),
    ("/usr/lib/netplan", "*.yaml", foreign.of_netplan),
    *((f"{top}/network", "*.link", foreign.of_link) for top in _SYSTEMD),
    ("/etc/systemd/system", "*.service", foreign.of_writes),
    ("/etc", "rc.local", foreign.of_writes),
    ("/etc/rc.d", "rc.local", foreign.of_writes),
    ("/etc", "sysfs.conf", foreign.of_writes),
    ("/etc/sysfs.d", "*.conf", foreign.of_writes),
    ("/etc/tmpfiles.d", "*.conf", foreign.of_writes),
    ("/etc/udev/rules.d", "*.rules", foreign.of_writes),
    ("/etc/network", "interfaces", foreign.of_writes),
    ("/etc/network/interfaces.d", "*", foreign.of_writes),
    ("/etc/network/if-up.d", "*", foreign.of_writes),
    ("/etc/network/if-pre-up.d", "*", foreign.of_writes),
    ("/etc/NetworkManager/dispatcher.d", "*", foreign.of_writes),
)


def read(tree: Tree) -> list[Foreign]:
    """Every place that sets a number of VFs, but for what the collection itself has put there."""
    found = list(foreign.of_cmdline("/proc/cmdline", tree.text("/proc/cmdline") or ""))
    for folder, pattern, reader in _PLACES:
        names = tree.names(folder) if "*" in pattern else [pattern]
        for name in names:
            if name != UNIT and fnmatch.fnmatchcase(name, pattern):
                text = tree.text(f"{folder}/{name}")
                found += reader(f"{folder}/{name}", text) if text else ()
    return found
