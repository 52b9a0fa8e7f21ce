# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""What another configuration of the host does to PFs at boot, and which PFs it means. Pure.

A configuration names its PFs by what its own language has: a netdev's name, a MAC address, a PCI address, a driver, PCI ids. What a parser
does not understand makes the match unknown: that is worth a warning, and never a refusal.
"""

from __future__ import annotations

import dataclasses
import enum
import fnmatch
import re
import typing as t

from ..._host.model import Pf

_KERNEL_NAME = re.compile(r"(?:eth|wlan)\d+")
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
_NUMBER = re.compile(r"[0-9]{1,9}")
#: the words of systemd, NetworkManager and ip
_BOOLEANS = {
    **dict.fromkeys(("1", "yes", "y", "true", "t", "on"), True),
    **dict.fromkeys(("0", "no", "n", "false", "f", "off"), False),
}
_LINK_STATES = {
    **{word: "enable" if value else "disable" for word, value in _BOOLEANS.items()},
    **{word: word for word in ("auto", "enable", "disable")},
}
_PROTOCOLS = {"802.1q": "802.1Q", "802.1ad": "802.1ad"}
_CHOICES: dict[str, t.Mapping[str, t.Any]] = {
    "trust": _BOOLEANS,
    "spoofchk": _BOOLEANS,
    "link_state": _LINK_STATES,
    "vlan_proto": _PROTOCOLS,
}


def parse_attributes(given: t.Iterable[tuple[str, str]]) -> dict[str, t.Any]:
    """Return attributes of a VF as sriov_vfs has them; a text that is no value of its attribute says nothing of it."""
    found: dict[str, t.Any] = {}
    for name, text in given:
        lowered = text.lower().replace("-", ":")
        if name in _CHOICES:
            found[name] = _CHOICES[name].get(lowered)
        elif name == "mac":
            found[name] = lowered if _MAC.fullmatch(lowered) else None
        else:
            found[name] = int(text) if _NUMBER.fullmatch(text) else None
    return {name: value for name, value in found.items() if value is not None}


class Key(enum.Enum):
    """By what a configuration names a PF."""

    NAME = "name"
    #: the kernel's first name for a netdev, before udev gave it another one
    KERNEL_NAME = "kernel name"
    MAC = "MAC address"
    ADDRESS = "PCI address"
    DRIVER = "driver"
    VENDOR = "vendor id"
    DEVICE = "device id"
    #: a condition that only the host at boot could decide
    UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True)
class Test:
    """One condition: the PF's value matches one of the shell patterns, or none of them."""

    __test__ = False

    key: Key
    patterns: tuple[str, ...] = ()
    negated: bool = False

    def applies_to(self, pf: Pf) -> t.Optional[bool]:
        """Tell whether the PF meets the condition; None where that is not known."""
        values = {
            Key.NAME: pf.names,
            Key.KERNEL_NAME: pf.names,
            Key.MAC: tuple(mac for mac in (pf.permanent_mac, pf.mac) if mac),
            Key.ADDRESS: (pf.address,),
            Key.DRIVER: (pf.driver,) if pf.driver else (),
            Key.VENDOR: (pf.vendor_id,) if pf.vendor_id else (),
            Key.DEVICE: (pf.device_id,) if pf.device_id else (),
        }.get(self.key)
        if not values or any("$" in pattern for pattern in self.patterns):
            return None
        matches = any(fnmatch.fnmatchcase(value.lower(), pattern.lower()) for value in values for pattern in self.patterns)
        if (
            self.key is Key.KERNEL_NAME
            and not matches
            and any(fnmatch.fnmatchcase("eth0", pattern) or _KERNEL_NAME.fullmatch(pattern) for pattern in self.patterns)
        ):
            # The PF may have been ethN when the rule was tried.
            return None
        return matches is not self.negated


UNKNOWN = Test(Key.UNKNOWN)


@dataclasses.dataclass(frozen=True)
class OtherConfig:
    """One place that sets the number of VFs, or attributes of VFs, at boot.

    ``source`` is the configuration that it is part of: within one, the last that applies wins, or the first where ``first_wins``.
    ``number`` is None where it sets none, or one that is not known (``number_unknown``).
    """

    source: str
    line: t.Optional[int]
    how: str
    number: t.Optional[int] = None
    number_unknown: bool = False
    tests: tuple[Test, ...] = ()
    attributes: t.Mapping[int, t.Mapping[str, t.Any]] = dataclasses.field(default_factory=dict)
    first_wins: bool = False

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.source}, line {self.line}," if self.line else self.source

    @property
    def sets_something(self) -> bool:
        """Tell whether it sets anything of VFs at all; a .link file can be there only to come before others."""
        return self.number is not None or self.number_unknown or bool(self.attributes)

    def applies_to(self, pf: Pf) -> t.Optional[bool]:
        """Tell whether it means this PF; None where that is not known."""
        answers = [test.applies_to(pf) for test in self.tests]
        if False in answers:
            return False
        return None if None in answers else True


def select_for(pf: Pf, configs: t.Iterable[OtherConfig]) -> list[tuple[OtherConfig, bool]]:
    """Return what of the configurations may act on a PF at boot, each with whether it surely does.

    Those that another one of the same source overrides are left out.
    """
    by_source: dict[object, list[tuple[OtherConfig, bool]]] = {}
    for config in configs:
        applies = config.applies_to(pf)
        if applies is False:
            continue
        entries = by_source.setdefault(config.how if config.first_wins else config.source, [])
        if config.first_wins:
            if not any(sure for _config, sure in entries):
                entries.append((config, bool(applies)))
        elif applies:
            # The last one wins: what came before is overwritten, but for attributes that it does not set.
            entries[:] = [
                (earlier, sure) for earlier, sure in entries if earlier.attributes and not (config.attributes or earlier.number is not None)
            ]
            entries.append((config, True))
        else:
            entries.append((config, False))
    return [(config, sure) for entries in by_source.values() for config, sure in entries if config.sets_something]
