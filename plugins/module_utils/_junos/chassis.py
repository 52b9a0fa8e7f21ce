# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a node is asked of itself and its cluster: releases, boot times, redundancy groups, interfaces."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; xml.py parses

from .._errors import UnreadableError
from .cluster_status import NodeReplies
from .netconf import Session
from .reply import JunosRefusedError, Reply

STATUS = "<get-chassis-cluster-status/>"
INTERFACES = "<get-interface-information><media/></get-interface-information>"
SOFTWARE, UPTIME = "get-software-information", "get-system-uptime-information"


def of_node(request: str, node: str = "local") -> str:
    """The request for one node of a cluster: ``local``, ``0`` or ``1``."""
    return f"<{request}><node>{node}</node></{request}>"


class Chassis:
    """The cluster as a session can ask for it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def software(self) -> NodeReplies:
        return self._ask_nodes(SOFTWARE, "software-information", "reading the software release")

    def uptime(self) -> NodeReplies:
        return self._ask_nodes(UPTIME, "system-uptime-information", "reading the boot times")

    def local_name(self) -> str:
        """Return the name in the cluster of the node that answers, or "" where it does not say."""
        what = "reading which node this is"
        reply = self._session.ask(of_node(SOFTWARE), what, "software-information")
        names = {" ".join((item.findtext("re-name") or "").split()) for item in reply.root.iter("multi-routing-engine-item")}
        return names.pop() if len(names) == 1 else ""

    def status(self) -> ET.Element:
        return self._session.ask(STATUS, "reading the cluster's status", "chassis-cluster-status").root

    def interfaces(self) -> ET.Element:
        """All physical interfaces with their state and both their MAC addresses."""
        return self._session.ask(INTERFACES, "reading the interfaces", "interface-information").root

    def _ask_nodes(self, request: str, payload: str, what: str) -> NodeReplies:
        """Ask both nodes; where that fails, the node that answers, and then the other.

        With one node away Junos puts an error beside the data of the other, and the connection passes on the error alone.
        """
        try:
            return _collect([self._session.ask(f"<{request}/>", what, payload, partial=True)])
        except (JunosRefusedError, UnreadableError) as failure:
            local = self._session.ask(of_node(request), what, payload, partial=True)
            reason = failure.facts.get("junos_errors") or [failure.message]
        found = _collect([local])
        if found.is_cluster:
            return dataclasses.replace(found, errors=(*found.errors, *reason))
        replies = []
        for node in ("0", "1"):
            try:
                replies.append(self._session.ask(of_node(request, node), what, payload, partial=True))
            except (JunosRefusedError, UnreadableError):
                continue
        named = _collect(replies)
        return dataclasses.replace(named if named.is_cluster else found, errors=tuple(reason))


def _collect(replies: list[Reply]) -> NodeReplies:
    return NodeReplies(tuple(reply.root for reply in replies), tuple(error for reply in replies for error in reply.errors))
