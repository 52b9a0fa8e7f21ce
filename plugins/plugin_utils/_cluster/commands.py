# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The requests that move groups and reboot nodes, and their outcome by type: done, refused, or no response."""

from __future__ import annotations

import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; the reply's reader parses

from ansible_collections.vsrx.sriov.plugins.module_utils._errors import ApplyError, NoResponseError, VsrxError

if t.TYPE_CHECKING:
    from ansible_collections.vsrx.sriov.plugins.module_utils._junos.reply import Reply

#: what the command line of Junos writes before a refusal
_REFUSAL = "error:"


def is_no_response(failure: VsrxError) -> bool:
    """The node gave no answer, as against a refusal or an answer that could not be read."""
    return isinstance(failure, NoResponseError) or failure.facts.get("lost") is True


class Asks(t.Protocol):
    """What a command needs of a session."""

    def ask(self, request: str, what: str) -> Reply: ...


def fail_over(session: Asks, group: int, node: str) -> tuple[str, ...]:
    """Ask for a manual failover; warnings come back, a refusal is raised."""
    inside = f"<redundancy-group>{group}</redundancy-group><node>{_parse_number(node)}</node>"
    return _run(session, "request-chassis-cluster-failover", inside, f"moving redundancy group {group} to {node}")


def clear_failover(session: Asks, group: int) -> tuple[str, ...]:
    inside = f"<redundancy-group>{group}</redundancy-group>"
    return _run(session, "request-chassis-cluster-failover-reset", inside, f"clearing the manual failover of redundancy group {group}")


def reboot(session: Asks, node: t.Optional[str]) -> tuple[str, ...]:
    """Ask for the reboot of a node by name, or, with None, of the node that answers."""
    inside = "" if node is None else f"<node>{_parse_number(node)}</node>"
    return _run(session, "request-reboot", inside, f"rebooting {node or 'the node'}")


def reboot_both(session: Asks) -> tuple[str, ...]:
    return _run(session, "request-reboot", "<node>all</node>", "rebooting both nodes")


def read_identity(session: Asks) -> t.Optional[str]:
    """The node that answers, by its name in the cluster; None where Junos does not tell."""
    try:
        reply = session.ask("<get-software-information><node>local</node></get-software-information>", "reading which node answers")
    except VsrxError as failure:
        if is_no_response(failure):
            raise
        return None
    names = [(element.text or "").strip() for element in reply.root.iter("re-name")]
    return names[0] if len(names) == 1 else None


def _run(session: Asks, name: str, inside: str, what: str) -> tuple[str, ...]:
    reply = session.ask(f"<{name}>{inside}</{name}>", what)
    refusals = [text for text in _list_outputs(reply.root) if text.startswith(_REFUSAL)]
    if refusals:
        raise ApplyError(f"{what}: Junos refused: {'; '.join(refusals)}", junos_errors=refusals)
    return reply.warnings


def _list_outputs(root: ET.Element) -> list[str]:
    return [" ".join((element.text or "").split()) for element in root.iter("output")]


def _parse_number(node: str) -> str:
    return node.replace("node", "", 1)
