# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The features that SR-IOV ports do not carry where the PF's driver is not under control (S14). Pure."""

from __future__ import annotations

import typing as t

from .._errors import Finding
from .._rules import RULES
from .._support_matrix import UNSUPPORTED
from .interfaces import Effective, Interface

LARGEST_FRAME = 1514

_NAMES = {feature.key: feature.name for feature in UNSUPPORTED}
_CURE = "Remove it, or set pf_under_control (the role's vsrx_cluster_pf_under_control) where the PF's driver can be updated and controlled"


def find_unsupported(configuration: Effective, counts: t.Callable[[Interface], bool]) -> list[Finding]:
    """The features that SR-IOV ports do not carry; ``counts`` tells whether an interface's settings are those of an SR-IOV port."""
    return [
        RULES["S14"].error(where=f"[edit {place}]", found=f"{_NAMES[key]}: {detail}", cure=_CURE)
        for key, place, detail in (*_find_on_interfaces(configuration, counts), *_find_elsewhere(configuration, counts))
    ]


_Found = t.Iterator[tuple[str, str, str]]


def _find_on_interfaces(configuration: Effective, counts: t.Callable[[Interface], bool]) -> _Found:
    for interface in configuration.interfaces:
        place = interface.place
        if interface.name == "irb" and interface.units:
            yield "irb", place, f"{interface.units} unit{'s' if interface.units > 1 else ''}"
        if not counts(interface):
            continue
        for where in interface.ipv6:
            yield "ipv6", f"{place} {where}", "an IPv6 address on an SR-IOV port"
        for where, size in interface.mtus:
            if size > LARGEST_FRAME:
                yield "jumbo", f"{place} {where}", f"frames of {size} bytes, more than {LARGEST_FRAME}"
        for where in interface.layer2:
            yield "layer2", f"{place} {where}", "a layer 2 family on an SR-IOV port"


def _find_elsewhere(configuration: Effective, counts: t.Callable[[Interface], bool]) -> _Found:
    beside = [*configuration.ospf]
    if any(interface.ipv6 and counts(interface) for interface in configuration.interfaces):
        beside.append("IPv6")
    for place in configuration.multicast:
        if beside:
            yield "multicast", place, f"multicast beside {', '.join(beside)}"
    for name in configuration.bridge_domains:
        yield "layer2", name, "a bridge domain"
    for place in configuration.packet_mode:
        yield "packet_mode", place, "packets are forwarded without flows"
