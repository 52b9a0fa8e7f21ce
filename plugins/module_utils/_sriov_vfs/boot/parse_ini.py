# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Reads INI-like configurations that set VFs at boot: NetworkManager, ifcfg files, systemd's .link and .network files. Pure."""

from __future__ import annotations

import re
import typing as t

from .other_config import UNKNOWN, Key, OtherConfig, Test, parse_attributes
from .parse_shell import ShellReader, split_logical_lines

Ini = t.Mapping[str, t.Sequence[tuple[str, str, int]]]
_NUMBER = re.compile(r"[0-9]{1,6}")
#: [Match] of systemd, and the value that it compares
_MATCH_KEYS = {
    "OriginalName": Key.KERNEL_NAME,
    "Name": Key.NAME,
    "MACAddress": Key.MAC,
    "PermanentMACAddress": Key.MAC,
    "Path": Key.ADDRESS,
    "Driver": Key.DRIVER,
}
_PROPERTIES = {
    "ID_PATH": Key.ADDRESS,
    "ID_NET_DRIVER": Key.DRIVER,
    "ID_VENDOR_ID": Key.VENDOR,
    "ID_MODEL_ID": Key.DEVICE,
    "INTERFACE": Key.NAME,
}
_SRIOV_KEYS = {
    "MACAddress": "mac",
    "VLANId": "vlan",
    "QualityOfService": "qos",
    "VLANProtocol": "vlan_proto",
    "MACSpoofCheck": "spoofchk",
    "Trust": "trust",
    "LinkState": "link_state",
}
_NM_KEYS = {"mac": "mac", "spoof-check": "spoofchk", "trust": "trust", "min-tx-rate": "min_tx_rate", "max-tx-rate": "max_tx_rate"}
#: a VLAN of NetworkManager: id, priority, protocol
_NM_VLAN = re.compile(r"(\d+)(?:\.(\d+)(?:\.(q|ad))?)?")


def parse_ini(text: str) -> list[tuple[str, list[tuple[str, str, int]]]]:
    """Return the sections in their order, each with name, value and line of its entries; a section can come several times."""
    sections: list[tuple[str, list[tuple[str, str, int]]]] = [("", [])]
    for number, line in split_logical_lines(text):
        if line.startswith("["):
            sections.append((line.strip("[] \t"), []))
        else:
            name, _equals, value = line.partition("=")
            sections[-1][1].append((name.strip(), value.strip(), number))
    return sections


def _to_number(text: str) -> t.Optional[int]:
    return int(text) if _NUMBER.fullmatch(text) else None


def _parse_address(word: str) -> str:
    return word.partition("pci-")[2] or word


def _make_words_test(key: Key, value: str) -> Test:
    negated = value.startswith("!")
    words = value.lstrip("!").strip("\"'").split()
    cleaned = [_parse_address(word) if key is Key.ADDRESS else word.replace("-", ":") if key is Key.MAC else word for word in words]
    return Test(key, tuple(word.replace("0x", "") if key in (Key.VENDOR, Key.DEVICE) else word for word in cleaned), negated)


def _make_match_tests(entries: t.Sequence[tuple[str, str, int]]) -> tuple[Test, ...]:
    """Read a [Match] section of systemd; several lines with one key are alternatives."""
    merged: dict[str, str] = {}
    tests: list[Test] = []
    for name, value, _line in entries:
        if name == "Property":
            for word in value.split():
                key, _equals, text = word.strip("\"'").partition("=")
                tests.append(_make_words_test(_PROPERTIES[key], text) if key in _PROPERTIES else UNKNOWN)
        elif name == "Type":
            tests += [] if "ether" in value.split() or value == "*" else [Test(Key.NAME, ())]
        elif name in _MATCH_KEYS:
            merged[name] = f"{merged.get(name, '')} {value}".strip()
        else:
            tests.append(UNKNOWN)
    return (*tests, *(_make_words_test(_MATCH_KEYS[name], value) for name, value in merged.items()))


def parse_systemd_net(path: str, text: str, how: str) -> OtherConfig:
    """Read a .link or .network file with its drop-ins; of each kind only the first file that matches a device is applied to it."""
    tests: tuple[Test, ...] = ()
    number: t.Optional[int] = None
    unknown, line = False, None
    attributes: dict[int, dict[str, t.Any]] = {}
    for section, entries in parse_ini(text):
        if section == "Match":
            tests += _make_match_tests(entries)
        for name, value, at in entries:
            if section == "Link" and name == "SR-IOVVirtualFunctions":
                number, line = _to_number(value), at
                unknown = number is None
        if section == "SR-IOV":
            values = {name: value for name, value, _at in entries}
            index = _to_number(values.get("VirtualFunction", ""))
            if index is not None:
                line = line or entries[0][2]
                attributes[index] = parse_attributes((_SRIOV_KEYS[name], value) for name, value in values.items() if name in _SRIOV_KEYS)
    if number is None and not unknown and attributes and how.endswith(".link files"):
        # systemd.link(5): not set, it is as many as the [SR-IOV] sections need.
        number = max(attributes) + 1
    return OtherConfig(path, line, how, number, unknown, tests or (Test(Key.NAME, ()),), attributes, first_wins=True)


def _make_spec_test(spec: str) -> Test:
    """Read one device specification of NetworkManager, as in mac:..., interface-name:eno*, except:driver:ixgbe, or a plain name."""
    negated = spec.startswith("except:")
    spec = spec[len("except:") :] if negated else spec
    kind, colon, value = spec.partition(":")
    if spec == "*" or kind == "type":
        return Test(Key.NAME, ("*",)) if spec in ("*", "type:ethernet") else Test(Key.NAME, ())
    keys = {"mac": Key.MAC, "interface-name": Key.NAME, "driver": Key.DRIVER, "pci": Key.ADDRESS}
    if not colon:
        return Test(Key.NAME, (spec,), negated)
    if kind not in keys:
        return UNKNOWN
    value = value.lstrip("=~")
    return Test(keys[kind], (value.partition("/")[0] if kind == "driver" else value,), negated)


def _nm_attributes(text: str) -> t.Iterator[tuple[str, str]]:
    """Read the attributes of one VF; of several VLANs, which only a trunk has, none is the VF's."""
    for name, _equals, value in (word.partition("=") for word in text.split()):
        vlan = _NM_VLAN.fullmatch(value) if name == "vlans" else None
        if name in _NM_KEYS:
            yield _NM_KEYS[name], value
        elif vlan:
            yield from zip(("vlan", "qos", "vlan_proto"), (vlan[1], vlan[2] or "0", f"802.1{vlan[3] or 'q'}"))


def parse_nm_keyfile(path: str, text: str) -> t.Iterator[OtherConfig]:
    """Read a connection profile; one with a section [sriov] and no total-vfs sets the number to 0."""
    sections = dict(parse_ini(text))
    if "sriov" not in sections:
        return
    values = {(section, name): value for section, entries in sections.items() for name, value, _line in entries}
    tests = [Test(Key.NAME, (values["connection", "interface-name"],))] if values.get(("connection", "interface-name")) else []
    for section in ("ethernet", "802-3-ethernet"):
        if values.get((section, "mac-address")):
            tests.append(_make_words_test(Key.MAC, values[section, "mac-address"]))
    for name, key in (("path", Key.ADDRESS), ("interface-name", Key.NAME), ("driver", Key.DRIVER)):
        words = [word for word in values.get(("match", name), "").split(";") if word]
        if any(word.startswith(("&", "|", "!")) for word in words):
            tests.append(UNKNOWN)
        elif words:
            tests.append(Test(key, tuple(_parse_address(word) if key is Key.ADDRESS else word for word in words)))
    if values.get(("connection", "autoconnect"), "true") == "false" or values.get(("match", "kernel-command-line")):
        tests.append(UNKNOWN)
    text_number = values.get(("sriov", "total-vfs"), "0")
    line = next((at for name, _value, at in sections["sriov"] if name == "total-vfs"), None)
    attributes: dict[int, dict[str, t.Any]] = {}
    for name, value, _at in sections["sriov"]:
        index = _to_number(name[len("vf.") :]) if name.startswith("vf.") else None
        if index is not None:
            attributes[index] = parse_attributes(_nm_attributes(value))
    number = _to_number(text_number)
    yield OtherConfig(path, line, "NetworkManager's sriov.total-vfs", number, number is None, tuple(tests), attributes)


def parse_nm_conf(path: str, text: str) -> t.Iterator[OtherConfig]:
    """Read the [device] sections of NetworkManager.conf that have sriov-num-vfs."""
    for section, entries in parse_ini(text):
        values = {name.rstrip("+-"): (value, line) for name, value, line in entries}
        if not section.startswith("device") or "sriov-num-vfs" not in values:
            continue
        value, line = values["sriov-num-vfs"]
        specs = [spec for spec in re.split(r"[,;]\s*|\s+", values.get("match-device", ("", 0))[0]) if spec]
        positive = [_make_spec_test(spec) for spec in specs if not spec.startswith("except:")]
        tests = [_make_spec_test(spec) for spec in specs if spec.startswith("except:")]
        if len(positive) == 1:
            tests += positive
        elif positive:
            same = {test.key for test in positive}
            tests.append(Test(same.pop(), tuple(word for test in positive for word in test.patterns)) if len(same) == 1 else UNKNOWN)
        number = _to_number(value)
        yield OtherConfig(path, line, "NetworkManager's sriov-num-vfs", number, number is None, tuple(tests))


def parse_ifcfg(path: str, text: str) -> t.Iterator[OtherConfig]:
    """Read a file of RHEL's network scripts."""
    values: dict[str, str] = {}
    line = 0
    for at, setting in split_logical_lines(text):
        name, _equals, value = (part.strip() for part in setting.partition("="))
        values[name] = value.strip("'\"")
        if name == "SRIOV_TOTAL_VFS":
            line = at
    if "SRIOV_TOTAL_VFS" not in values:
        return
    tests = [Test(Key.NAME, (values["DEVICE"],))] if values.get("DEVICE") else []
    tests += [Test(Key.MAC, (values["HWADDR"].lower().replace("-", ":"),))] if values.get("HWADDR") else []
    tests += [UNKNOWN] if values.get("ONBOOT", "yes").lower() in ("no", "false", "0") else []
    number = _to_number(values["SRIOV_TOTAL_VFS"])
    yield OtherConfig(path, line, "SRIOV_TOTAL_VFS", number, number is None, tuple(tests))


def parse_tuned(path: str, text: str) -> t.Iterator[OtherConfig]:
    """Read the files of sysfs that a profile of TuneD writes."""
    for section, entries in parse_ini(text):
        for name, value, line in entries if section == "sysfs" else ():
            if name.endswith("sriov_numvfs"):
                written = value if _to_number(value) is not None else "$"
                yield from ShellReader(path, "a profile of TuneD").read(f"echo {written} > {name}", line)
