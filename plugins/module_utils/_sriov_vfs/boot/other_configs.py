# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

from __future__ import annotations

# Reads the texts of others that set the number of VFs at boot, and says which PFs they mean.
import dataclasses
import fnmatch
import re
import typing as t

from ..._host.pf_model import Pf


@dataclasses.dataclass(frozen=True)
class Foreign:
    """A place that sets the number of VFs; what it does not say of the PF is empty, and it means every PF where all is empty."""

    path: str
    how: str
    number: t.Optional[int]
    names: tuple[str, ...] = ()
    macs: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    drivers: tuple[str, ...] = ()

    def means(self, pf: Pf) -> bool:
        tests = [
            (self.names, any(fnmatch.fnmatchcase(name, pattern) for name in pf.names for pattern in self.names)),
            (self.macs, pf.permanent_mac in self.macs or pf.mac in self.macs),
            (self.addresses, any(fnmatch.fnmatchcase(pf.address, pattern) for pattern in self.addresses)),
            (self.drivers, any(fnmatch.fnmatchcase(pf.driver or "", pattern) for pattern in self.drivers)),
        ]
        return all(met for given, met in tests if given)


_NUMBER = r"['\"]?(\d+)['\"]?"
_NET = re.compile(r"net/([^/\s'\"${}*]+)/device/sriov_numvfs")
_PCI = re.compile(r"([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])/sriov_numvfs", re.IGNORECASE)
_UDEV_NAME = re.compile(r"(?:KERNEL|NAME|INTERFACE)==\"([^\"]+)\"")
_WRITTEN = (
    re.compile(rf"echo\s+(?:-\w+\s+)*{_NUMBER}\s*(?:>|\|)"),
    re.compile(rf"sriov_numvfs\}}?['\"]?\s*=\s*{_NUMBER}"),
    re.compile(rf"sriov_numvfs(?:\s+-){{4}}\s+{_NUMBER}"),
)


def _lines(text: str) -> t.Iterator[str]:
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip() and line.lstrip()[0] not in "#;":
            yield line.strip()


def _int(text: t.Optional[str]) -> t.Optional[int]:
    return int(text) if text is not None and text.isdigit() else None


def of_writes(path: str, text: str) -> t.Iterator[Foreign]:
    """Lines that write sriov_numvfs: scripts, units, udev rules, tmpfiles, sysfs.conf."""
    for line in _lines(text):
        if "sriov_numvfs" in line:
            written = next((match for match in (pattern.search(line) for pattern in _WRITTEN) if match), None)
            names = tuple(_NET.findall(line)) + tuple(_UDEV_NAME.findall(line))
            addresses = tuple(address.lower() for address in _PCI.findall(line))
            yield Foreign(path, "writes sriov_numvfs", _int(written.group(1)) if written else None, names=names, addresses=addresses)


def of_modprobe(path: str, text: str) -> t.Iterator[Foreign]:
    for line in _lines(text):
        words = line.split()
        if len(words) > 2 and words[0] == "options":
            for word in words[2:]:
                name, _equals, value = word.partition("=")
                if name in ("max_vfs", "num_vfs"):
                    yield Foreign(path, f"module option {name}", _int(value.partition(",")[0]), drivers=(words[1].replace("-", "_"),))


def of_cmdline(path: str, text: str) -> t.Iterator[Foreign]:
    for word in text.split():
        driver, _dot, rest = word.partition(".")
        name, _equals, value = rest.partition("=")
        if name in ("max_vfs", "num_vfs"):
            yield Foreign(path, word, _int(value.partition(",")[0]), drivers=(driver.replace("-", "_"),))


def _ini(text: str) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    section = ""
    for line in _lines(text):
        if line.startswith("["):
            section = line.strip("[]")
        else:
            name, _equals, value = line.partition("=")
            found.setdefault((section, name.strip()), []).append(value.strip())
    return found


def _words(found: t.Mapping[tuple[str, str], t.Sequence[str]], *keys: tuple[str, str]) -> tuple[str, ...]:
    return tuple(word for key in keys for value in found.get(key, ()) for word in value.split())


def _macs(words: t.Iterable[str]) -> tuple[str, ...]:
    return tuple(word.lower().replace("-", ":") for word in words)


def of_network_manager(path: str, text: str) -> t.Iterator[Foreign]:
    found = _ini(text)
    for value in found.get(("sriov", "total-vfs"), ()):
        yield Foreign(
            path,
            "NetworkManager's sriov.total-vfs",
            _int(value),
            names=_words(found, ("connection", "interface-name")),
            macs=_macs(_words(found, ("ethernet", "mac-address"), ("802-3-ethernet", "mac-address"))),
        )


def of_ifcfg(path: str, text: str) -> t.Iterator[Foreign]:
    found = {name: value.strip("'\"") for name, _equals, value in (line.partition("=") for line in _lines(text))}
    if "SRIOV_TOTAL_VFS" in found:
        names = (found["DEVICE"],) if found.get("DEVICE") else ()
        macs = _macs((found["HWADDR"],)) if found.get("HWADDR") else ()
        yield Foreign(path, "SRIOV_TOTAL_VFS", _int(found["SRIOV_TOTAL_VFS"]), names=names, macs=macs)


def of_link(path: str, text: str) -> t.Iterator[Foreign]:
    found = _ini(text)
    for value in found.get(("Link", "SR-IOVVirtualFunctions"), ()):
        yield Foreign(
            path,
            "systemd's SR-IOVVirtualFunctions",
            _int(value),
            names=_words(found, ("Match", "OriginalName"), ("Match", "Name")),
            macs=_macs(_words(found, ("Match", "MACAddress"), ("Match", "PermanentMACAddress"))),
            addresses=tuple(f"{word.partition('pci-')[2] or word}" for word in _words(found, ("Match", "Path"))),
            drivers=_words(found, ("Match", "Driver")),
        )


def of_netplan(path: str, text: str) -> t.Iterator[Foreign]:
    """virtual-function-count under an interface, by indentation: the lines above with less of it are its parents."""
    parents: list[tuple[int, str]] = []
    for line in text.splitlines():
        bare = line.split(" #")[0].rstrip()
        if not bare.strip() or bare.lstrip().startswith("#"):
            continue
        depth = len(bare) - len(bare.lstrip())
        key, _colon, value = bare.strip().partition(":")
        parents = [(level, name) for level, name in parents if level < depth]
        if key == "virtual-function-count" and parents:
            yield Foreign(path, "netplan's virtual-function-count", _int(value.strip()), names=(parents[-1][1].strip("'\""),))
        parents.append((depth, key))
