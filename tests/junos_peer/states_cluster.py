# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a test can order of the cluster: hold-down timers, the power of its domains, management addresses."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from .peer import Peer


def _hold_down(peer: Peer, seconds: float, group: int = 0) -> None:
    """After a failover of the group the node that gave it away is in secondary-hold so long, and is refused the group."""
    peer.cluster.hold_downs[group] = seconds


def _power_off(peer: Peer, node: int) -> None:
    """The hypervisor stops the node's domain; the node stays off until `power-on`."""
    peer.cluster.power_off(node)


def _power_on(peer: Peer, node: int) -> None:
    """The hypervisor starts the domain of a node that is off."""
    peer.cluster.power_on(node)


def _remote_client(peer: Peer, on: bool = True) -> None:
    """The client is in another subnet: fxp0 of a node that is not primary of group 0 answers only with a backup-router."""
    peer.reachability.order(remote_client=on)


def _master_only(peer: Peer, on: bool = True) -> None:
    """Both addresses lead to whichever node is primary of group 0, as a master-only address does."""
    peer.reachability.order(master_only=on)


STATES: dict[str, t.Callable[..., None]] = {
    "hold-down": _hold_down,
    "power-off": _power_off,
    "power-on": _power_on,
    "remote-client": _remote_client,
    "master-only": _master_only,
}
