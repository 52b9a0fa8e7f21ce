# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The RPC get-interface-information, terse and in full."""

from __future__ import annotations

import fnmatch

from ..errors import RefusedError
from ..interfaces import Interface
from ..replies import leaf, make
from ..tree import Tree
from .registry import Request, answers


@answers("get-interface-information", "interface-name terse media brief detail extensive descriptions")
def get_interface_information(request: Request) -> list[Tree]:
    peer = request.peer
    terse = request.has("terse")
    pattern = request.text("interface-name")
    rows = [row for row in peer.interfaces.all(request.node) if not pattern or fnmatch.fnmatchcase(row.name, pattern)]
    if pattern and not rows and not any(sign in pattern for sign in "*?["):
        raise RefusedError(f"device {pattern} not found")
    information = make("interface-information", style="terse" if terse else "normal")
    information.extend(_terse(row) if terse else _normal(row, index) for index, row in enumerate(rows))
    return [peer.style.payload(information, "interface")]


def _terse(row: Interface) -> Tree:
    # In this form Junos puts each value on a line of its own.
    values = (("name", row.name), ("admin-status", "up" if row.enabled else "down"), ("oper-status", "up" if row.up else "down"))
    return make("physical-interface", *(leaf(tag, f"\n{value}\n") for tag, value in values))


def _normal(row: Interface, index: int) -> Tree:
    return make(
        "physical-interface",
        leaf("name", row.name),
        leaf("admin-status", "up" if row.enabled else "down", format="Enabled" if row.enabled else "Disabled"),
        leaf("oper-status", "up" if row.up else "down"),
        leaf("local-index", 128 + index),
        leaf("link-level-type", "Ethernet"),
        leaf("mtu", row.mtu),
        leaf("speed", row.speed),
        leaf("current-physical-address", row.current),
        leaf("hardware-physical-address", row.hardware),
    )
