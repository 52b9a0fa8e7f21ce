# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is asked of a node: its configuration database, its releases and boot times, its redundancy groups and interfaces.

Of the configuration the leaves are asked that the rules judge, and no others: passwords, keys and addresses of peers stay on the node.
Lists are narrowed by child tags without a key, which returns these tags of all entries; ``<name/>`` returns nothing but the names, so
that it tells whether there is an entry.
"""

from __future__ import annotations

import dataclasses
import html
import typing as t
import xml.etree.ElementTree as ET  # noqa: S405 - only the tree; reply.py parses

from .._errors import UnreadableError
from .cluster_status import NodeReplies
from .netconf import Session
from .reply import JunosRefusedError, Reply

_FAMILIES = (
    "<family><inet><mtu/></inet><inet6><mtu/><address><name/></address></inet6><mpls><mtu/></mpls><iso><mtu/></iso>"
    "<ethernet-switching/><bridge/><vpls/><ccc/></family>"
)
_INTERFACES = (
    "<interfaces><interface><name/><mac/><mtu/><gigether-options><redundant-parent/></gigether-options>"
    "<fastether-options><redundant-parent/></fastether-options>"
    "<redundant-ether-options><redundancy-group/></redundant-ether-options><fabric-options><member-interfaces/></fabric-options>"
    f"<unit><name/><mac/><vlan-id/><vlan-tags/><vlan-id-list/><vlan-id-range/>{_FAMILIES}</unit></interface></interfaces>"
)
_PROTOCOLS = "<protocols>{}</protocols>".format(
    "".join(f"<{name}><area><name/></area></{name}>" for name in ("ospf", "ospf3"))
    + "".join(f"<{name}><interface><name/></interface></{name}>" for name in ("pim", "igmp", "mld", "dvmrp"))
    + "<msdp><peer><name/></peer><group><name/></group></msdp>"
)
_TERMS = "<filter><name/><term><name/><then><packet-mode/></then></term></filter>"
_FIREWALL = f"<firewall>{_TERMS}<family><inet>{_TERMS}</inet><inet6>{_TERMS}</inet6><mpls>{_TERMS}</mpls></family></firewall>"

#: what the rules read of a system, section by section
SECTIONS: t.Mapping[str, str] = {
    "interfaces": _INTERFACES,
    "security nat": "<security><nat><proxy-arp/></nat></security>",
    "security forwarding-options": "<security><forwarding-options><family/></forwarding-options></security>",
    "protocols": _PROTOCOLS,
    "routing-instances": f"<routing-instances><instance><name/>{_PROTOCOLS}</instance></routing-instances>",
    "bridge-domains": "<bridge-domains><domain><name/></domain></bridge-domains>",
    "firewall": _FIREWALL,
}
#: without it no rule can be judged
NEEDED = "interfaces"
#: systems that share the ports of the node; not every release has them
SYSTEMS = ("logical-systems", "tenants")
#: what is read of the node itself. [edit chassis cluster] is read whole: a release that does not know a leaf refuses to be asked for it
NODE = "<system><host-name/><backup-router/></system><chassis><cluster/></chassis>"

_APPLIED = "<apply-groups/><apply-groups-except/>"
#: where the statements are written: the groups that hold them, and what applies groups to [edit chassis cluster]
AS_WRITTEN = (
    f"<groups><name/><when/><system><backup-router/></system><chassis><cluster/></chassis></groups>{_APPLIED}"
    f"<system><backup-router/></system><chassis>{_APPLIED}<cluster/></chassis>"
)


def filter_system(system: str, sections: t.Iterable[str] = tuple(SECTIONS)) -> str:
    """The sections of the node itself (""), or of all systems of a kind."""
    wanted = "".join(SECTIONS[name] for name in sections)
    return f"<{system}><name/>{wanted}</{system}>" if system else wanted


#: everything that the rules read, in one request
EVERYTHING = NODE + "".join(filter_system(system) for system in ("", *SYSTEMS))
#: the same in parts, for a node that refuses the whole; together all that is ever asked of the inherited configuration
INHERITED_READS = (
    EVERYTHING,
    NODE,
    *(filter_system(system) for system in ("", *SYSTEMS)),
    *(f"<{system}><name/></{system}>" for system in SYSTEMS),
    *(filter_system(system, (section,)) for system in ("", *SYSTEMS) for section in SECTIONS),
)


HISTORY = "<get-commit-information/>"
EDITORS = "<get-database-status-information/>"


def _render_log(comment: str) -> str:
    return f"<log>{html.escape(comment, quote=False)}</log>"


_INHERITED = 'database="committed" inherit="inherit" groups="groups"'


def render_inherited_read(wanted: str) -> str:
    """The request for a part of the configuration in force."""
    return f"<get-configuration {_INHERITED}><configuration>{wanted}</configuration></get-configuration>"


READ_INHERITED = render_inherited_read(EVERYTHING)
READ_AS_WRITTEN = f'<get-configuration database="committed"><configuration>{AS_WRITTEN}</configuration></get-configuration>'


@dataclasses.dataclass(frozen=True)
class Inherited:
    """The configuration in force on the node that answers."""

    root: ET.Element
    #: the parts that Junos did not show, with its reason
    refused: dict[str, str] = dataclasses.field(default_factory=dict)


class Database:
    """The configuration database: committed, candidate and history."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read_inherited(self) -> Inherited:
        """The committed configuration as it is in force on the node that answers: inheritance resolved, its groups marked.

        A release that does not know a part, or a login that may not see it, refuses the whole request; then it is asked for by parts.
        """
        try:
            return Inherited(self._read_inherited(EVERYTHING))
        except JunosRefusedError:
            return self._read_inherited_by_parts()

    def _read_inherited_by_parts(self) -> Inherited:
        whole = self._read_inherited(NODE)
        refused: dict[str, str] = {}
        for system in ("", *SYSTEMS):
            try:
                whole.extend(self._read_inherited(filter_system(system)))
            except JunosRefusedError:
                self._add_sections(system, whole, refused)
        return Inherited(whole, refused)

    def _add_sections(self, system: str, whole: ET.Element, refused: dict[str, str]) -> None:
        if system:
            try:
                self._read_inherited(f"<{system}><name/></{system}>")
            except JunosRefusedError as refusal:
                if not refusal.unknown:
                    refused[system] = refusal.message
                return
        for section in SECTIONS:
            try:
                whole.extend(self._read_inherited(filter_system(system, (section,))))
            except JunosRefusedError as refusal:
                if not system and section == NEEDED:
                    raise
                if not refusal.unknown:
                    refused[f"{system} {section}".strip()] = refusal.message

    def _read_inherited(self, wanted: str) -> ET.Element:
        what = "reading the configuration in force"
        return self._session.ask(render_inherited_read(wanted), what, "configuration").data("configuration")

    def read_as_written(self) -> ET.Element:
        """The committed configuration as it is written: what groups hold of [edit chassis cluster], and what applies them."""
        what = "reading the configuration as written"
        return self._session.ask(READ_AS_WRITTEN, what, "configuration").data("configuration")

    def read_commits(self) -> ET.Element:
        what = "reading the commit history"
        return self._session.ask(HISTORY, what, "commit-information").data("commit-information")

    def read_editors(self) -> ET.Element:
        """The sessions in configuration mode."""
        what = "reading who edits the configuration"
        return self._session.ask(EDITORS, what, "database-status-information").data("database-status-information")

    def compare_rollback(self, rollback: int) -> str:
        """Junos' own comparison of the committed configuration with an earlier one."""
        return self._compare(rollback, ' database="committed"', f"comparing with rollback {rollback}")

    def compare_candidate(self) -> str:
        return self._compare(0, "", "comparing the candidate with the committed configuration")

    def lock(self) -> None:
        self._session.ask("<lock-configuration/>", "locking the configuration")

    def unlock(self) -> None:
        self._session.ask("<unlock-configuration/>", "unlocking the configuration")

    def load(self, configuration: str) -> Reply:
        request = f'<load-configuration action="merge" format="xml">{configuration}</load-configuration>'
        return self._session.ask(request, "loading the change into the candidate")

    def discard(self) -> None:
        self._session.ask('<load-configuration rollback="0"/>', "discarding the candidate")

    def check(self) -> Reply:
        return self._session.ask("<commit-configuration><check/></commit-configuration>", "commit check")

    def commit_confirmed(self, minutes: int, log: str) -> Reply:
        request = f"<confirmed/><confirm-timeout>{minutes}</confirm-timeout>{_render_log(log)}"
        return self._session.ask(f"<commit-configuration>{request}</commit-configuration>", "commit confirmed")

    def confirm(self, log: str) -> Reply:
        return self._session.ask(f"<commit-configuration>{_render_log(log)}</commit-configuration>", "confirming the commit")

    def _compare(self, rollback: int, database: str, what: str) -> str:
        request = f'<get-configuration{database} compare="rollback" rollback="{rollback}" format="text"/>'
        output = self._session.ask(request, what, "configuration-output").data("configuration-output")
        return (output.text or "").strip("\n")


STATUS = "<get-chassis-cluster-status/>"
INTERFACES = "<get-interface-information><media/></get-interface-information>"
SOFTWARE, UPTIME = "get-software-information", "get-system-uptime-information"
READ_SOFTWARE, READ_UPTIME = f"<{SOFTWARE}/>", f"<{UPTIME}/>"


def address_node(request: str, node: str = "local") -> str:
    """The request for one node of a cluster: ``local``, ``0`` or ``1``."""
    return f"<{request}><node>{node}</node></{request}>"


class Chassis:
    """The cluster as a session can ask for it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read_software(self) -> NodeReplies:
        return self._ask_nodes(SOFTWARE, "software-information", "reading the software release")

    def read_uptime(self) -> NodeReplies:
        return self._ask_nodes(UPTIME, "system-uptime-information", "reading the boot times")

    def read_local_name(self) -> str:
        """Return the name in the cluster of the node that answers, or "" where it does not say."""
        what = "reading which node this is"
        reply = self._session.ask(address_node(SOFTWARE), what, "software-information")
        names = {" ".join((item.findtext("re-name") or "").split()) for item in reply.root.iter("multi-routing-engine-item")}
        return names.pop() if len(names) == 1 else ""

    def read_status(self) -> ET.Element:
        return self._session.ask(STATUS, "reading the cluster's status", "chassis-cluster-status").root

    def read_interfaces(self) -> ET.Element:
        """All physical interfaces with their state and both their MAC addresses."""
        return self._session.ask(INTERFACES, "reading the interfaces", "interface-information").root

    def _ask_nodes(self, request: str, payload: str, what: str) -> NodeReplies:
        """Ask both nodes; where that fails, the node that answers, and then the other.

        With one node away Junos puts an error beside the data of the other, and the connection passes on the error alone.
        """
        try:
            return _collect([self._session.ask(f"<{request}/>", what, payload, partial=True)])
        except (JunosRefusedError, UnreadableError) as failure:
            local = self._session.ask(address_node(request), what, payload, partial=True)
            reason = failure.facts.get("junos_errors") or [failure.message]
        found = _collect([local])
        if found.is_cluster:
            return dataclasses.replace(found, errors=(*found.errors, *reason))
        replies = []
        for node in ("0", "1"):
            try:
                replies.append(self._session.ask(address_node(request, node), what, payload, partial=True))
            except (JunosRefusedError, UnreadableError):
                continue
        named = _collect(replies)
        return dataclasses.replace(named if named.is_cluster else found, errors=tuple(reason))


def _collect(replies: list[Reply]) -> NodeReplies:
    return NodeReplies(tuple(reply.root for reply in replies), tuple(error for reply in replies for error in reply.errors))
