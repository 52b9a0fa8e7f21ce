# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""The one table of what a PF enforces on a VF: values, the words of ip, and what a change does. Pure."""

from __future__ import annotations

import dataclasses
import enum
import re
import typing as t


class Effect(enum.Enum):
    """What a change of an attribute does to the user of the VF."""

    NONE = "none"
    #: the VF is reset or its link goes, where the driver shows that it is a change at all
    RESET = "reset"
    #: as RESET, and libvirt sets it from the domain's XML at the next start
    IN_XML = "in XML"


Check = t.Callable[[t.Any], bool]
Read = t.Callable[[t.Mapping[str, t.Any]], t.Any]


#: 0 is no VLAN
VLANS = range(4095)


PRIORITIES = range(8)


_RATES = 1 << 32


_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5,19}")


def is_number(below: int) -> Check:
    """Return a check for a whole number from 0 on."""
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and 0 <= value < below


def is_flag(value: t.Any) -> bool:
    """Tell whether a value is true or false."""
    return isinstance(value, bool)


def is_mac(value: t.Any) -> bool:
    """Tell whether a value is a MAC address as it is kept; an IPoIB device has one of twenty octets."""
    return isinstance(value, str) and _MAC.fullmatch(value) is not None


def _is_one_of(*words: str) -> Check:
    return lambda value: isinstance(value, str) and value in words


@dataclasses.dataclass(frozen=True)
class Attribute:
    """One attribute of a VF: the word of ip for it, the attributes that the kernel takes with it, and what a change of it does."""

    name: str
    group: str
    word: str
    #: tells whether a value is one that it can have
    accepts: Check
    #: takes it from one entry of vfinfo_list, as ip writes it
    read: Read
    effect: Effect = Effect.NONE
    #: drivers refuse it until the PF's link is up (ixgbe), so that it comes last and waits
    needs_link: bool = False


def _shown(*keys: str) -> Read:
    """Return a reader for what stands below these keys."""

    def read(info: t.Mapping[str, t.Any]) -> t.Any:
        value: t.Any = info
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    return read


def _read_mac(info: t.Mapping[str, t.Any]) -> t.Optional[str]:
    found = (value.lower() for value in (info.get("address"), info.get("mac")) if isinstance(value, str))
    return next(filter(is_mac, found), None)


def _get_vlan(info: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
    """Return where the VLAN stands: in a list, or beside the other attributes as older releases of ip write it."""
    listed = info.get("vlan_list")
    if not (isinstance(listed, list) and listed):
        return info
    return listed[0] if isinstance(listed[0], dict) else {}


def _read_protocol(info: t.Mapping[str, t.Any]) -> str:
    value = _get_vlan(info).get("protocol")
    return "802.1ad" if isinstance(value, str) and value.lower() == "802.1ad" else "802.1Q"


def _read_max_rate(info: t.Mapping[str, t.Any]) -> t.Any:
    rate = info.get("rate")
    return rate.get("max_tx", info.get("tx_rate")) if isinstance(rate, dict) else info.get("tx_rate")


#: in the order in which they are set; those of one group go into one command
ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute("mac", "mac", "mac", is_mac, _read_mac, Effect.IN_XML),
    Attribute("vlan", "vlan", "vlan", is_number(VLANS.stop), lambda info: _get_vlan(info).get("vlan", 0), Effect.IN_XML),
    Attribute("qos", "vlan", "qos", is_number(PRIORITIES.stop), lambda info: _get_vlan(info).get("qos", 0), Effect.IN_XML),
    Attribute("vlan_proto", "vlan", "proto", _is_one_of("802.1Q", "802.1ad"), _read_protocol, Effect.IN_XML),
    Attribute("spoofchk", "spoofchk", "spoofchk", is_flag, _shown("spoofchk")),
    Attribute("trust", "trust", "trust", is_flag, _shown("trust"), Effect.RESET),
    Attribute("link_state", "link_state", "state", _is_one_of("auto", "enable", "disable"), _shown("link_state"), Effect.RESET),
    Attribute("min_tx_rate", "rate", "min_tx_rate", is_number(_RATES), _shown("rate", "min_tx"), needs_link=True),
    Attribute("max_tx_rate", "rate", "max_tx_rate", is_number(_RATES), _read_max_rate, needs_link=True),
)


ATTRIBUTE: t.Mapping[str, Attribute] = {attribute.name: attribute for attribute in ATTRIBUTES}


#: the names of the attributes that go into one command, in the order of the commands
ATTRIBUTE_GROUPS: tuple[tuple[str, ...], ...] = tuple(
    tuple(attribute.name for attribute in ATTRIBUTES if attribute.group == group)
    for group in dict.fromkeys(attribute.group for attribute in ATTRIBUTES)
)


@dataclasses.dataclass(frozen=True)
class VfAttributes:
    """What a PF enforces on one of its VFs; None is not requested, or not known."""

    mac: t.Optional[str] = None
    vlan: t.Optional[int] = None
    qos: t.Optional[int] = None
    vlan_proto: t.Optional[str] = None
    spoofchk: t.Optional[bool] = None
    trust: t.Optional[bool] = None
    link_state: t.Optional[str] = None
    min_tx_rate: t.Optional[int] = None
    max_tx_rate: t.Optional[int] = None

    def given(self) -> dict[str, t.Any]:
        """Return those that are requested, or known."""
        return {name: value for name, value in vars(self).items() if value is not None}


NO_ATTRIBUTES = VfAttributes()


def parse_attributes(info: t.Mapping[str, t.Any]) -> VfAttributes:
    """Read one entry of vfinfo_list; what an older ip or the driver leaves out, or what no attribute can be, is not known."""
    values = {attribute.name: attribute.read(info) for attribute in ATTRIBUTES}
    return VfAttributes(**{name: value if ATTRIBUTE[name].accepts(value) else None for name, value in values.items()})


def format_value(value: t.Any) -> str:
    """Return a value in the words of ip: on and off; what could not be read is unknown."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return "unknown" if value is None else str(value)


def _format_values(values: t.Mapping[str, t.Any]) -> list[str]:
    """Return the arguments after 'vf N' for attributes that are set together."""
    words: list[str] = []
    for name, value in values.items():
        if name == "vlan_proto" and value == "802.1Q":
            # What a command without the word means; an older ip does not know it.
            continue
        words += [ATTRIBUTE[name].word, format_value(value)]
    return words


def format_vf_words(index: int, values: t.Mapping[str, t.Any]) -> list[str]:
    """Return the arguments after 'ip link set dev PF' that set attributes of one group."""
    if "vlan" not in values and ("qos" in values or "vlan_proto" in values):
        # ip takes both with a VLAN only; 0 is none.
        values = {"vlan": 0, **values}
    return ["vf", str(index), *_format_values({key: values[key] for keys in ATTRIBUTE_GROUPS for key in keys if key in values})]
