# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The one table of the options of a port that its <interface> holds, beside those that decide which VF, MAC and guest address it has."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from .._host.attribute_table import VLANS
from . import document, pci_topology
from .document import INDENT, Edit, Element

VFIO = "vfio"
KVM = "kvm"
_NAME = re.compile(rb"(\bname\s*=\s*['\"])[^'\"]*")

#: values by the name of the option; one that is not there stays as the element has it
Settings = t.Mapping[str, t.Any]


def _find_no_problem(value: t.Any) -> t.Optional[tuple[str, str]]:
    del value
    return None


@dataclasses.dataclass(frozen=True)
class Setting:
    """One option of a port: its values, and how the XML has them."""

    name: str
    #: what messages call it
    label: str
    #: returns the value of an element, and what libvirt takes where the element does not say
    read: t.Callable[[Element], t.Any]
    #: gives an element that has another value this one
    edit: t.Callable[[Element, t.Any], list[Edit]]
    #: returns the lines of a new <interface>; takes the plain <hostdev> that it was and the requested value, None where there is none
    write: t.Callable[[t.Optional[Element], t.Any], list[str]]
    #: returns what is wrong with a requested value, and what to do; types and choices are checked by the module's argument spec
    find_problem: t.Callable[[t.Any], t.Optional[tuple[str, str]]] = _find_no_problem
    format: t.Callable[[t.Any], str] = str
    #: libvirt writes it before the source, and so it is written
    is_before_source: bool = False


def _read_driver(element: Element) -> str:
    """Return how a function is assigned; libvirt takes VFIO where nothing is said."""
    driver = element.first("driver")
    return (driver.get("name") if driver is not None else None) or VFIO


def _edit_driver(element: Element, name: str) -> list[Edit]:
    driver = element.first("driver")
    if driver is None:
        return document.put_child(element, None, f"<driver name='{name}'/>")
    return document.set_attribute(driver, "name", _NAME, name.encode())


def _write_driver(former: t.Optional[Element], name: t.Optional[str]) -> list[str]:
    driver = former.first("driver") if former is not None else None
    if former is None or driver is None:
        return [f"<driver name='{name or VFIO}'/>"]
    edits = [] if name is None or name == _read_driver(former) else _edit_driver(former, name)
    return [document.edit_element(driver, edits).decode()]


def is_trunk(element: Element) -> bool:
    """Tell whether an interface has a VLAN trunk."""
    vlan = element.first("vlan")
    return vlan is not None and (vlan.get("trunk") == "yes" or len(vlan.all("tag")) > 1)


def _read_vlan(element: Element) -> t.Union[int, tuple[int, ...]]:
    """Return the one VLAN of an interface, 0 for none; all VLANs of a trunk, which equal no VLAN that can be requested."""
    vlan = element.first("vlan")
    tags = tuple(pci_topology.parse_number(tag.get("id") or "0", "vlan") for tag in vlan.all("tag")) if vlan is not None else ()
    return tags if is_trunk(element) else next(iter(tags), 0)


def _edit_vlan(element: Element, vlan: int) -> list[Edit]:
    indent = document.find_indent(element) + INDENT
    return document.put_child(element, element.first("vlan"), f"\n{indent}".join(_write_vlan(None, vlan)))


def _write_vlan(former: t.Optional[Element], vlan: t.Optional[int]) -> list[str]:
    del former
    return ["<vlan>", f"{INDENT}<tag id='{vlan}'/>", "</vlan>"] if vlan else []


def _find_vlan_problem(vlan: int) -> t.Optional[tuple[str, str]]:
    if vlan in VLANS:
        return None
    return f"VLAN {vlan} is out of range", f"expected 1 to {VLANS[-1]}, or 0 for none"


def _format_vlan(vlan: t.Union[int, tuple[int, ...]]) -> str:
    return "a trunk" if isinstance(vlan, tuple) else str(vlan or "none")


#: in the order in which messages name them
SETTINGS: tuple[Setting, ...] = (
    Setting("driver", "driver", _read_driver, _edit_driver, _write_driver, is_before_source=True),
    Setting("vlan", "VLAN", _read_vlan, _edit_vlan, _write_vlan, _find_vlan_problem, _format_vlan),
)


def read_settings(element: Element) -> Settings:
    """Return what an element has of each setting."""
    return {setting.name: setting.read(element) for setting in SETTINGS}


def _select_changes(element: Element, wanted: Settings) -> list[Setting]:
    return [setting for setting in SETTINGS if setting.name in wanted and setting.read(element) != wanted[setting.name]]


def edit_settings(element: Element, wanted: Settings) -> list[Edit]:
    """Return what gives an element the settings that are requested."""
    return [edit for setting in _select_changes(element, wanted) for edit in setting.edit(element, wanted[setting.name])]


def describe_changes(element: Element, wanted: Settings) -> list[str]:
    """Say what those edits change."""
    return [
        f"{setting.label} {setting.format(setting.read(element))} to {setting.format(wanted[setting.name])}"
        for setting in _select_changes(element, wanted)
    ]


def write_settings(former: t.Optional[Element], wanted: Settings, before_source: bool) -> list[str]:
    """Return the lines of a new <interface> before or after its source; ``former`` is the plain <hostdev> that it was."""
    written = [setting for setting in SETTINGS if setting.is_before_source == before_source]
    return [line for setting in written for line in setting.write(former, wanted.get(setting.name))]
