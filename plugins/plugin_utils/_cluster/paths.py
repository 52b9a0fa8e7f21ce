# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The two ways to a cluster: a session with each node, opened when it is needed and again after it was lost."""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._junos.netconf import Session
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.observe import observe
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.result import describe

from .commands import is_no_response
from .look import NODES, Look, read_look
from .plan import Path

Answer = t.TypeVar("Answer")


class Opens(t.Protocol):
    def open(self, host: str, answer_timeout: t.Optional[float] = None) -> Session: ...


def look_at(session: Session, wanted: bool) -> Look:
    """Read the cluster as the modules do."""
    observed = observe(session, wanted)
    return read_look(describe(observed, observed.locations))


class Paths:
    """A path is a node's own address; what each last showed is kept."""

    def __init__(
        self,
        opener: Opens,
        hosts: t.Mapping[str, str],
        wanted: bool = True,
        answer_timeout: t.Optional[float] = None,
        look_at: t.Callable[[Session, bool], Look] = look_at,
    ) -> None:
        self._opener = opener
        self._hosts = hosts
        self._wanted = wanted
        self._answer_timeout = answer_timeout
        self._look_at = look_at
        self._sessions: dict[str, Session] = {}
        self._preferred = next(iter(hosts))
        self.last: dict[str, Path] = {}
        self.failures: dict[str, str] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The path that answered last comes first."""
        return tuple(sorted(self._hosts, key=lambda name: (name != self._preferred, NODES.index(name))))

    def host(self, node: str) -> str:
        return self._hosts[node]

    def prefer(self, node: str) -> None:
        self._preferred = node

    def ask(self, node: str, question: t.Callable[[Session], Answer]) -> Answer:
        """Put a question to one node; a session that failed is ended, and the next question opens another."""
        try:
            if node not in self._sessions:
                self._sessions[node] = self._opener.open(self._hosts[node], self._answer_timeout)
            return question(self._sessions[node])
        except VsrxError as failure:
            if is_no_response(failure):
                self.end(node)
            raise

    def look(self, node: str) -> Look:
        """Look through one path, and remember what came of it."""
        try:
            look = self.ask(node, lambda session: self._look_at(session, self._wanted))
        except VsrxError as failure:
            self.last[node] = Path(no_response=is_no_response(failure))
            self.failures[node] = failure.message
            raise
        self.last[node] = Path(look)
        self.failures.pop(node, None)
        self._preferred = node
        return look

    def look_through_any(self, skip: t.Collection[str] = ()) -> Look:
        """The first look that succeeds; all failures together where none does."""
        failures: list[VsrxError] = []
        for node in self.names:
            if node in skip:
                continue
            try:
                return self.look(node)
            except VsrxError as failure:
                failures.append(failure)
        lost = bool(failures) and all(map(is_no_response, failures))
        raise VsrxError("; ".join(dict.fromkeys(failure.message for failure in failures)) or "no path was tried", lost=lost)

    def end(self, node: str) -> None:
        session = self._sessions.pop(node, None)
        if session is not None:
            with contextlib.suppress(VsrxError, OSError):
                session.close()

    def close(self) -> None:
        for node in list(self._sessions):
            self.end(node)
