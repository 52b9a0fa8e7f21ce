# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The map of ports that the module returns, and the diff."""

from __future__ import annotations

import dataclasses
import typing as t

if t.TYPE_CHECKING:
    from .._domain_xml.nic_writer import Change


@dataclasses.dataclass(frozen=True)
class PortMapEntry:
    """A NIC of the domain in Junos order."""

    position: int
    junos_interface: str
    sriov: bool
    mac: t.Optional[str]
    guest_address: t.Optional[str]
    vf: t.Optional[str] = None
    pf: t.Optional[str] = None
    pf_address: t.Optional[str] = None
    index: t.Optional[int] = None
    #: whether the host has the VF now; None where the NIC is no VF
    vf_exists: t.Optional[bool] = None
    #: the host's function behind a NIC that is passed through, VF or not
    host_address: t.Optional[str] = None
    #: the NIC that the port has replaced in place, in words
    replaces: t.Optional[str] = None

    def as_dict(self) -> dict[str, t.Any]:
        return dataclasses.asdict(self)


def _outdent(element: str) -> str:
    """An element without the indentation of its place, which its last line has and its first has not."""
    lines = element.splitlines()
    indent = len(lines[-1]) - len(lines[-1].lstrip())
    return "\n".join((lines[0], *(line[indent:] for line in lines[1:]))) + "\n"


def make_diff(domain: str, changes: t.Sequence[Change]) -> dict[str, str]:
    """Return only the elements that change, so that a person can read it."""
    where = f"domain {domain}"
    return {
        "before_header": where,
        "after_header": where,
        "before": "".join(_outdent(change.before) for change in changes if change.before),
        "after": "".join(_outdent(change.after) for change in changes if change.after),
    }
