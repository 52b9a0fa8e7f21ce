# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""A PF and its VFs at one moment, and the one table of what a PF enforces on a VF. Pure."""

from __future__ import annotations

import dataclasses
import enum
import re
import typing as t

from .._pci import address


class Effect(enum.Enum):
    """What a change of an attribute does to the user of the VF."""

    NONE = "none"
    #: the VF is reset or its link goes, where the driver shows that it is a change at all
    RESET = "reset"
    #: as RESET, and libvirt sets it from the domain's XML at the next start
    IN_XML = "in XML"


Check = t.Callable[[t.Any], bool]
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
    effect: Effect = Effect.NONE
    #: drivers refuse it until the PF's link is up (ixgbe), so that it comes last and waits
    needs_link: bool = False


#: in the order in which they are set; those of one group go into one command
ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute("mac", "mac", "mac", is_mac, Effect.IN_XML),
    Attribute("vlan", "vlan", "vlan", is_number(VLANS.stop), Effect.IN_XML),
    Attribute("qos", "vlan", "qos", is_number(PRIORITIES.stop), Effect.IN_XML),
    Attribute("vlan_proto", "vlan", "proto", _is_one_of("802.1Q", "802.1ad"), Effect.IN_XML),
    Attribute("spoofchk", "spoofchk", "spoofchk", is_flag),
    Attribute("trust", "trust", "trust", is_flag, Effect.RESET),
    Attribute("link_state", "link_state", "state", _is_one_of("auto", "enable", "disable"), Effect.RESET),
    Attribute("min_tx_rate", "rate", "min_tx_rate", is_number(_RATES), needs_link=True),
    Attribute("max_tx_rate", "rate", "max_tx_rate", is_number(_RATES), needs_link=True),
)
ATTRIBUTE: t.Mapping[str, Attribute] = {attribute.name: attribute for attribute in ATTRIBUTES}
#: the names of the attributes that go into one command, in the order of the commands
ATTRIBUTE_GROUPS: tuple[tuple[str, ...], ...] = tuple(
    tuple(attribute.name for attribute in ATTRIBUTES if attribute.group == group)
    for group in dict.fromkeys(attribute.group for attribute in ATTRIBUTES)
)


#: the kernel takes 15 characters for a name and 127 for an alternative name (dev_valid_name)
_NETDEV_NAME = re.compile(r"[^\s/:\x00-\x1f\x7f]{1,127}")


def is_netdev_name(text: str) -> bool:
    """Tell whether a netdev can have this name or alternative name; one that ip would take for an option is none."""
    return _NETDEV_NAME.fullmatch(text) is not None and not text.startswith("-") and text not in (".", "..")


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


@dataclasses.dataclass(frozen=True)
class Vf:
    """A VF of a PF, as the host shows it."""

    index: int
    address: str
    driver: t.Optional[str] = None
    netdevs: tuple[str, ...] = ()
    iommu_group: t.Optional[int] = None
    attributes: VfAttributes = NO_ATTRIBUTES


@dataclasses.dataclass(frozen=True)
class Pf:
    """A physical function and its VFs at one moment."""

    address: str
    #: its netdev; None where its driver makes none
    name: t.Optional[str]
    #: its netdev and alternative names
    names: tuple[str, ...] = ()
    vendor_id: str = ""
    device_id: str = ""
    driver: t.Optional[str] = None
    numa_node: t.Optional[int] = None
    permanent_mac: t.Optional[str] = None
    mac: t.Optional[str] = None
    up: t.Optional[bool] = None
    mtu: t.Optional[int] = None
    mtu_range: tuple[t.Optional[int], t.Optional[int]] = (None, None)
    speed_mbps: t.Optional[int] = None
    #: None where the kernel offers no SR-IOV on this function
    total_vfs: t.Optional[int] = None
    #: the function has the SR-IOV capability in its configuration space; None where that cannot be read
    has_capability: t.Optional[bool] = None
    #: how many VFs the capability allows; None where it cannot be read
    capability_total_vfs: t.Optional[int] = None
    #: the VFs' memory has a place; None where that cannot be told
    has_vf_memory: t.Optional[bool] = None
    drivers_autoprobe: t.Optional[bool] = None
    vf_offset: t.Optional[int] = None
    vf_stride: t.Optional[int] = None
    vfs: tuple[Vf, ...] = ()
    #: what the host itself does with its netdev, in words: addresses, a bridge or bond, devices stacked on it, a default route
    host_use: tuple[str, ...] = ()
    #: in switchdev mode: the representors of its VFs that no bridge has; None in legacy mode
    loose_representors: t.Optional[tuple[str, ...]] = None
    #: the PF's link is up; None where that is not known
    carrier: t.Optional[bool] = None

    @property
    def label(self) -> str:
        """What a person calls it."""
        return self.name or self.address

    @property
    def num_vfs(self) -> int:
        """How many VFs it has."""
        return len(self.vfs)

    def vf(self, index: int) -> t.Optional[Vf]:
        """Return one of its VFs; None where it has none of that index."""
        return next((vf for vf in self.vfs if vf.index == index), None)

    def predict_vf_addresses(self, count: t.Optional[int] = None) -> dict[int, str]:
        """Return where its first ``count`` VFs are or will be, or all that it can have: routing ids are known before the VFs exist.

        Nothing is predicted that the kernel would not do: without an offset the VFs would be at the PF's own address, and without a stride
        all of them at one; the kernel refuses both (EIO).
        """
        limit = self.total_vfs or 0 if count is None else count
        known = {vf.index: vf.address for vf in self.vfs if vf.index < limit}
        if self.vf_offset and (self.vf_stride or limit == 1):
            for index in range(limit):
                if index not in known:
                    known[index] = address.vf_address(self.address, self.vf_offset, self.vf_stride or 0, index)
        return dict(sorted(known.items()))
