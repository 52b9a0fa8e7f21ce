# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the cluster over one session."""

from __future__ import annotations

import contextlib
import dataclasses
import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; _junos/reply.py parses

from .._errors import UnreadableError
from .._junos import cluster_status
from .._junos.cluster_status import NODES, NodeReplies
from .._junos.netconf import Session
from .._junos.reply import JunosRefusedError
from .._junos.requests import (
    INTERFACES,
    READ_AS_WRITTEN,
    READ_INHERITED,
    READ_SOFTWARE,
    READ_UPTIME,
    STATUS,
    Chassis,
    Database,
)
from .boot_state import Commit, find_boot_commit, find_statements_at_boot, parse_commit_time, parse_history
from .interfaces import find_backup_routers, parse_effective
from .result import Observed
from .statements import STATEMENTS, find_statements, find_statements_outside_groups

_T = t.TypeVar("_T")


def observe(session: Session, wanted: bool) -> Observed:
    """Read the cluster: five requests where the mode is wanted and in force, more where statements or boots need a closer look.

    They go to the node together where the connection can.
    """
    together = (READ_INHERITED, *(() if wanted else (READ_AS_WRITTEN,)), READ_SOFTWARE, READ_UPTIME, STATUS, INTERFACES)
    with session.send_together(together, "reading the cluster"):
        return _observe(session, wanted)


def _observe(session: Session, wanted: bool) -> Observed:
    database, chassis, optional = Database(session), Chassis(session), _OptionalReads()
    inherited = database.read_inherited()
    root = inherited.root
    as_written = None
    locations = find_statements_outside_groups(root) if wanted else None
    if locations is None:
        as_written = database.read_as_written()
        locations = find_statements(as_written)
    software = optional.read("software", chassis.read_software) or NodeReplies(())
    uptime = optional.read("uptime", chassis.read_uptime) or NodeReplies(())
    groups = _read_groups(chassis, software.is_cluster or uptime.is_cluster)
    nodes = cluster_status.parse_nodes(software, uptime)
    interfaces = optional.read("interfaces", chassis.read_interfaces) if groups else None
    connected_to = _find_local_node(chassis, nodes, root) if groups else None
    observed = Observed(
        effective=parse_effective(root),
        locations=locations,
        nodes=nodes,
        groups=groups,
        links={} if interfaces is None else cluster_status.parse_links(interfaces),
        committed_at=parse_commit_time(root),
        booted_with={},
        unread=inherited.refused,
        connected_to=connected_to,
        backup_routers=find_backup_routers(root, as_written, connected_to),
    )
    return dataclasses.replace(_Boots(database, optional).look_up(observed) if groups else observed, refused=optional.refused)


class _OptionalReads:
    """Reads that the rules can do without: what is refused costs its own facts and no others."""

    def __init__(self) -> None:
        self.refused: dict[str, str] = {}

    def read(self, name: str, request: t.Callable[[], _T]) -> t.Optional[_T]:
        try:
            return request()
        except (JunosRefusedError, UnreadableError) as failure:
            self.refused.setdefault(name, failure.message)
            return None


def _read_groups(chassis: Chassis, is_cluster: bool) -> tuple[cluster_status.Group, ...]:
    """The redundancy groups; none where the box answers for itself alone and refuses to tell of a cluster."""
    try:
        groups = cluster_status.parse_groups(chassis.read_status())
    except JunosRefusedError:
        if is_cluster:
            raise
        return ()
    if not groups:
        raise UnreadableError("reading the cluster's status: the reply lists no redundancy group; expected group 0 at least. Run again")
    return groups


def _find_local_node(chassis: Chassis, nodes: t.Sequence[cluster_status.Node], root: ET.Element) -> t.Optional[str]:
    """By the host name; where both nodes have the same, or none that is known, by asking the node itself."""
    answering = [node.name for node in nodes if node.name in NODES and node.away is None]
    if len(answering) == 1:  # a node always hears itself
        return answering[0]
    own = (root.findtext("system/host-name") or "").strip()
    named = [node.name for node in nodes if own and node.host_name == own]
    if len(named) == 1 and all(node.host_name is not None for node in nodes):
        return named[0]
    with contextlib.suppress(JunosRefusedError, UnreadableError):
        local = chassis.read_local_name()
        if local in NODES:
            return local
    return named[0] if len(named) == 1 else None


class _Boots:
    """What each node booted with, by the commit history, which is read when it is first needed."""

    def __init__(self, database: Database, optional: _OptionalReads) -> None:
        self._database = database
        self._aside = optional
        self._commits: t.Optional[tuple[Commit, ...]] = None
        self._differences: dict[int, t.Optional[str]] = {}

    def look_up(self, observed: Observed) -> Observed:
        booted_with: dict[str, t.Optional[frozenset[str]]] = {}
        compared = set()
        for name in NODES:
            booted_with[name], by_comparison = self._find_statements(observed, name)
            compared |= {name} if by_comparison else set()
        # Where nothing was committed since both nodes booted, nothing can be pending.
        pending = next((commit for commit in (self._commits or ())[:1] if commit.is_pending(observed.clock)), None)
        return dataclasses.replace(observed, booted_with=booted_with, compared=frozenset(compared), pending=pending)

    def _find_statements(self, observed: Observed, name: str) -> tuple[t.Optional[frozenset[str]], bool]:
        node = observed.find_node(name)
        booted_at = node.booted_at
        if booted_at is not None and node.now is not None and booted_at > node.now:
            booted_at = None  # no node boots in its own future
        if booted_at is not None:
            booted_at -= observed.find_skew(name)
        now = frozenset(statement for statement in STATEMENTS if name in observed.locations.nodes_with(statement))
        if booted_at is not None and observed.committed_at is not None and booted_at >= observed.committed_at:
            return now, False
        if self._commits is None:
            read = self._aside.read("history", self._database.read_commits)
            self._commits = () if read is None else parse_history(read)
        number = None if booted_at is None else find_boot_commit(self._commits, booted_at)
        if number is None:
            return None, False
        if number == 0:
            return now, False
        difference = self._compare(number)
        return (None if difference is None else find_statements_at_boot(observed.locations, name, difference)), True

    def _compare(self, number: int) -> t.Optional[str]:
        if number not in self._differences:
            self._differences[number] = self._aside.read("history", lambda: self._database.compare_rollback(number))
        return self._differences[number]
