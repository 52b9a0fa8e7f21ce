# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The formats and ranges of single values in results, by the name of their field. Pure."""

from __future__ import annotations

import math
import re
import typing as t

_PCI_ADDRESS = re.compile(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]")
_MAC_ADDRESS = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5,19}")  # InfiniBand has 20 octets
_INTERFACE = re.compile(r"[a-z]{2,8}-?[0-9]{1,5}(/[0-9]{1,3}/[0-9]{1,3})?")
_NODE = re.compile(r"node[01]")
_NETDEV = re.compile(r"[^\s/\x00-\x1f\x7f]{1,63}")
_RULE = re.compile(r"(S[0-9]{1,2})?")
_SEVERITY = re.compile(r"error|warning")

#: the words of an expectation, and what the value must match
TEXTS: dict[str, tuple[str, re.Pattern[str]]] = {
    **dict.fromkeys(("address", "vf", "pf_address", "guest_address", "physfn"), ("a PCI address", _PCI_ADDRESS)),
    **dict.fromkeys(("mac", "active_port_mac"), ("a MAC address", _MAC_ADDRESS)),
    **dict.fromkeys(("junos_interface", "active_port"), ("the name of a Junos interface", _INTERFACE)),
    **dict.fromkeys(("primary", "secondary", "active_node", "connected_to"), ("node0 or node1", _NODE)),
    **dict.fromkeys(("pf", "netdev"), ("the name of a network device or a PCI address", _NETDEV)),
    "severity": ("error or warning", _SEVERITY),
}
#: the id of a finding is a text, that of a node or a group a number
RULE = ("the id of a rule", _RULE)
LONGEST_TEXT = 1 << 20

#: the lowest and the highest value
NUMBERS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("num_vfs", "total_vfs", "vf", "index", "position", "vf_index", "vlans"), (0, 65535)),
    **dict.fromkeys(("vlan",), (0, 4095)),
    **dict.fromkeys(("qos",), (0, 7)),
    **dict.fromkeys(("redundancy_group", "priority"), (0, 255)),
    **dict.fromkeys(("mtu", "speed_mbps", "min_tx_rate", "max_tx_rate", "iommu_group"), (0, 1 << 32)),
    "numa_node": (-1, 1 << 20),
    "booted_at": (0, 1 << 40),
    "id": (0, 255),
}
_WIDEST = (-(1 << 62), 1 << 62)

#: what moves a terminal's cursor or the direction of text; line feeds and tabs do not
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def check_number(name: str, kind: str, value: t.Any) -> str:
    """What was expected instead; nothing where the number will do."""
    if isinstance(value, bool) or not isinstance(value, int if kind == "int" else (int, float)):
        return "an integer" if kind == "int" else "a number"
    lowest, highest = NUMBERS.get(name, _WIDEST)
    if (isinstance(value, float) and not math.isfinite(value)) or not lowest <= value <= highest:
        return f"a number from {lowest} to {highest}"
    return ""


def check_text(name: str, value: t.Any) -> str:
    """What was expected instead; nothing where the text will do."""
    if not isinstance(value, str):
        return "a text"
    if len(value) > LONGEST_TEXT:
        return f"at most {LONGEST_TEXT} characters"
    words, pattern = RULE if name == "id" else TEXTS.get(name, ("", None))
    return "" if pattern is None or pattern.fullmatch(value) else words


def clean_text(value: str) -> str:
    """The text without what a terminal would obey."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", value)


def clean_data(value: t.Any, depth: int = 12) -> t.Any:
    """Any data of JSON's types without what a terminal would obey, and not deeper than anything that a module returns."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(str(key)): clean_data(each, depth - 1) for key, each in value.items()} if depth else {}
    if isinstance(value, (list, tuple)):
        return [clean_data(each, depth - 1) for each in value] if depth else []
    return value


def show(value: t.Any) -> str:
    """A value in a message: short, and on one line."""
    # Python refuses to write numbers of thousands of digits.
    text = "a number of many digits" if isinstance(value, int) and abs(value) > _WIDEST[1] else repr(value)
    return clean_text(text if len(text) <= 60 else text[:57] + "...")
