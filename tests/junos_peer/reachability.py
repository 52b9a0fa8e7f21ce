# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which node answers at a management address: its own, or none without backup-router, or whichever node is primary."""

from __future__ import annotations

import typing as t

from .inheritance import inherited
from .node import Node

if t.TYPE_CHECKING:
    from .peer import Peer


class Reachability:
    """Off unless a test orders it: then a server comes, goes and leads elsewhere with the state of group 0."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        #: the client is in another subnet: a node that is not primary of group 0 has no routes but its backup-router
        self.remote_client = False
        #: both addresses of the inventory are the one that follows the primary of group 0
        self.master_only = False
        self._known: dict[int, int | None] = {}

    @property
    def active(self) -> bool:
        return self.remote_client or self.master_only

    def order(self, remote_client: bool | None = None, master_only: bool | None = None) -> None:
        self.remote_client = self.remote_client if remote_client is None else remote_client
        self.master_only = self.master_only if master_only is None else master_only
        self._known = {server.node: server.leads_to if server.listening else None for server in self._peer.servers}
        self._apply()

    def node_changed(self, node: Node) -> None:
        """The node went down or came up."""
        server = self._peer.servers[node.number]
        if self.active:
            self._apply()
        elif node.up:
            server.up()
        else:
            server.down()

    def refresh(self) -> None:
        """Group 0 may have moved; the reply to whoever moved it still leaves."""
        if self.active:
            clock = self._peer.clock
            clock.after(self._peer.reboot_grace * clock.scale, self._apply)

    def leads_to(self, number: int) -> int | None:
        primary = self._peer.cluster.primary()
        if self.master_only:
            return primary.number if primary is not None and primary.up else None
        node = self._peer.cluster.nodes[number]
        if not node.up or (self.remote_client and primary is not node and not self._has_backup_router(node)):
            return None
        return number

    def _has_backup_router(self, node: Node) -> bool:
        return inherited(self._peer.database.committed, node.name).find("system/backup-router") is not None

    def _apply(self) -> None:
        for server in self._peer.servers:
            target = self.leads_to(server.node)
            if self._known.get(server.node) == target:
                continue
            self._known[server.node] = target
            server.down()
            if target is not None:
                server.leads_to = target
                server.up()
