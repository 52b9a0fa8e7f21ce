# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The peer as a whole: one database, one cluster, a server for each node."""

from __future__ import annotations

import json
import typing as t

from . import recording, state, yang
from .clock import Clock
from .cluster import Cluster
from .control import ControlSocket
from .database import Database
from .entry import Entry
from .errors import Complaint, RefusedError
from .faults import Faults
from .files import write
from .interfaces import Interfaces
from .journal import Journal
from .keys import Keys
from .node import Node
from .options import Options
from .reachability import Reachability
from .replies import Style
from .server import HOST, NodeServer
from .shapes import Shapes
from .topology import read
from .tree import inactive, parse, plain

if t.TYPE_CHECKING:
    from .session import Session


class Peer:
    def __init__(self, options: Options) -> None:
        self.options = options
        self.clock = Clock(options.time_scale)
        self.journal = Journal(self.clock.now)
        self.faults = Faults()
        self.models, self.models_note = yang.find()
        self.style = Style(options.release)
        self.model = options.model
        self.topology = read(options.topology_file, options.nodes)
        options.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.keys = Keys(options.state_dir, options.nodes)
        self.sessions: list[Session] = []
        self.recording = None if options.replay is None else recording.read(options.replay)
        self.reboot_grace = 0.2
        #: nodes that run another release than the rest
        self.releases: dict[int, str] = {}
        self.refusals: dict[str, list[t.Any]] = {}
        self.shapes = Shapes()
        self.reachability = Reachability(self)
        self._sessions_seen = 12000
        history, nodes = self._begin()
        self.database = Database(self.clock, history)
        self.cluster = Cluster(self.clock, nodes, options.boot_delay, options.sync_delay, options.personality == "standalone")
        self.interfaces = Interfaces(self.cluster, self.topology)
        self.servers = [NodeServer(self, number, options.ports[number]) for number in range(options.nodes)]
        self._join()
        self.control = ControlSocket(self)

    def _begin(self) -> tuple[list[Entry], list[Node]]:
        kept = state.load(self.options.state_dir)
        if kept is not None and len(kept[1]) == self.options.nodes:
            return kept
        tree = plain(parse(self.options.config_file.read_bytes()))
        if tree.tag != "configuration":
            raise SystemExit(f"{self.options.config_file}: the root is <{tree.tag}>; expected <configuration>")
        if self.models is not None:
            try:
                self.models.check_commit(tree)
            except RefusedError as refusal:
                raise SystemExit(f"{self.options.config_file}: {refusal}") from None
        return state.fresh(tree, self.options.nodes, self.clock.seconds())

    def _join(self) -> None:
        cluster, database = self.cluster, self.database
        cluster.committed = lambda: database.committed
        cluster.last_commit = lambda: database.last.seconds
        cluster.server_down = self.reachability.node_changed
        cluster.server_up = self.reachability.node_changed
        cluster.settled = self.reachability.refresh
        cluster.noted = self._noted
        database.last_boot = lambda: max(node.booted_at for node in cluster.nodes)
        database.changed = self._changed
        if not (self.options.state_dir / state.NAME).exists():
            for node in cluster.nodes:
                node.booted_with = cluster.statements(node)
        self._changed()

    def _changed(self) -> None:
        self.cluster.configure()
        self._save()

    def _noted(self, kind: str, **facts: t.Any) -> None:
        self.journal.note(kind, **facts)
        self._save()

    def _save(self) -> None:
        state.save(self.options.state_dir, self.database.history, self.cluster.nodes)

    # while it runs

    async def start(self) -> None:
        for server in self.servers:
            await server.listen()
        self.keys.publish(HOST, [server.port for server in self.servers])
        await self.control.listen()
        write(self.options.state_dir / "peer.json", json.dumps(self.describe(), indent=2) + "\n")

    async def stop(self) -> None:
        self.clock.stop()
        for server in self.servers:
            await server.close()
        await self.control.close()

    def describe(self) -> dict[str, t.Any]:
        keys = self.keys
        return {
            "host": HOST,
            "ports": [server.port for server in self.servers],
            "user": keys.users[0],
            "password_file": str(keys.password_file),
            "private_key": str(keys.private),
            "known_hosts": str(keys.known_hosts),
            "ssh_config": str(keys.ssh_config),
            "personality": self.options.personality,
            "release": self.options.release,
            "models": self.models_note,
            "control": str(self.control.path),
        }

    @property
    def rfc(self) -> bool:
        statement = self.database.committed.find("system/services/netconf/rfc-compliant")
        return self.options.rfc_compliant or (statement is not None and not inactive(statement))

    @property
    def shows_monitor_failures(self) -> bool:
        """Releases of before 15 do not show them."""
        return int(self.options.release.split(".", 1)[0]) >= 15

    def next_session(self) -> int:
        self._sessions_seen += 1
        return self._sessions_seen

    def left(self, session: Session) -> None:
        self.database.leave(session)
        if session in self.sessions:
            self.sessions.remove(session)
        self.journal.note("session end", node=session.node, session=session.number)

    # faults of the database

    def refuse(self, where: str, message: str, times: int = 1) -> None:
        self.refusals[where] = [message, times]

    def check_fault(self, where: str) -> None:
        ordered = self.refusals.get(where)
        if not ordered:
            return
        ordered[1] -= 1
        if ordered[1] <= 0:
            del self.refusals[where]
        wrong = Complaint(ordered[0], type="application", path="[edit]")
        raise RefusedError(wrong, Complaint("configuration check-out failed", type="application"), wrapper="commit-results")

    def check_lock_fault(self) -> None:
        ordered = self.refusals.get("lock")
        if ordered:
            ordered[1] -= 1
            if ordered[1] <= 0:
                del self.refusals["lock"]
            raise RefusedError(ordered[0])
