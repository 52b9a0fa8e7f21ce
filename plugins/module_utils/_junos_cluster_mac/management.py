# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a node that is not primary of redundancy group 0 can be reached: its routing does not run, so it needs a backup router. Pure."""

from __future__ import annotations

import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; _junos/xml.py parses

from .._junos.cluster_status import NODES
from .statements import find_applied_groups, is_active


def find_backup_routers(inherited: ET.Element, as_written: t.Optional[ET.Element], local: t.Optional[str]) -> dict[str, t.Optional[bool]]:
    """Return for each node whether [edit system backup-router] is in force on it; None where the configuration was not read for it."""
    found: dict[str, t.Optional[bool]] = dict.fromkeys(NODES)
    if as_written is not None:
        everywhere = _has_one(as_written)
        applied = find_applied_groups([as_written])
        holders = {(group.findtext("name") or "").strip() for group in as_written.findall("groups") if is_active(group) and _has_one(group)}
        for node in NODES:
            found[node] = everywhere or any(name in holders for name, nodes in applied.items() if node in nodes)
    if local is not None:
        found[local] = _has_one(inherited)
    return found


def _has_one(parent: ET.Element) -> bool:
    return any(is_active(system) and is_active(router) for system in parent.findall("system") for router in system.findall("backup-router"))
