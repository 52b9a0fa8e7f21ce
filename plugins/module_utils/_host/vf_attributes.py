# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This file is private to the collection: it may change in any release.
"""Sets attributes of VFs through their PF, and reads which ones sriov_vfs has set on this host."""

from __future__ import annotations

import json
import time
import typing as t

from .._errors import UnreadableError
from .attribute_table import ATTRIBUTE, ATTRIBUTE_GROUPS
from .fs import NET
from .iproute import IpError
from .model import Pf
from .pf_record import PfRecord, parse_json

if t.TYPE_CHECKING:
    from .fs import RootFs
    from .reader import HostAccess

#: how long a link may take to come up again
_LINK_SECONDS = 20.0
_LINK_PAUSE = 0.25
#: what sriov_vfs keeps of each PF
_RECORD = "/var/lib/vsrx-sriov/state.json"


def has_carrier(access: HostAccess, name: str) -> bool:
    """Tell whether a netdev's link is up."""
    return access.fs.read_number(f"{NET}/{name}/carrier") == 1


def set_group(access: HostAccess, name: str, index: int, values: t.Mapping[str, t.Any]) -> None:
    """Set attributes of one group; a rate is tried again when the link is up: creating VFs drops it, and ixgbe says EINVAL until then."""
    try:
        access.ip.set_vf(name, index, values)
    except IpError:
        if not any(ATTRIBUTE[key].needs_link for key in values) or has_carrier(access, name):
            raise
        deadline = time.monotonic() + _LINK_SECONDS
        while not has_carrier(access, name) and time.monotonic() < deadline:
            time.sleep(_LINK_PAUSE)
        access.ip.set_vf(name, index, values)


def set_attributes(access: HostAccess, name: str, index: int, values: t.Mapping[str, t.Any]) -> None:
    """Set attributes of one VF, group by group; those of a group that are not given keep what the VF has."""
    link = access.ip.read_link(name)
    current = link.vfs[index].given() if link is not None and index in link.vfs else {}
    for keys in ATTRIBUTE_GROUPS:
        if any(key in values for key in keys):
            set_group(access, name, index, {key: {**current, **values}[key] for key in keys if key in values or key in current})


def read_records(fs: RootFs) -> dict[str, PfRecord]:
    """Return what sriov_vfs keeps of each PF, by permanent MAC address or PCI address; none where its record cannot be read.

    sriov_vfs itself refuses to run on a record that is damaged.
    """
    try:
        return parse_json(json.loads(fs.read_text(_RECORD) or "null"), _RECORD)
    except (ValueError, RecursionError, UnreadableError):
        return {}


def find_configured(records: t.Mapping[str, PfRecord], pf: Pf) -> t.Mapping[int, t.Mapping[str, t.Any]]:
    """Return the attributes that were last requested of sriov_vfs for a PF's VFs, by index."""
    record = records.get(pf.permanent_mac or "") or records.get(pf.address)
    return record.made.vfs if record is not None else {}
