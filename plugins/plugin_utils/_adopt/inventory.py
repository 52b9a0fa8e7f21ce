# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The inventory as a text: what hosts and nodes have, and comments that begin with UNKNOWN where something is to be filled in. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from .model import Found, Host, Pf
from .ports import Pool, PortLine, add_moves, list_ports, plan_moves
from .units import Member, Unit, find_units
from .yaml_text import is_expression, write_comment, write_line, write_mapping, write_scalar

UNKNOWN = "UNKNOWN: "
_HEAD = """---
# Written by vsrx.sriov.adopt from what the hosts and nodes have. It changes nothing there; see what site would do with it:
#   ansible-playbook -i THIS_FILE vsrx.sriov.site --check --diff
# Passwords are not in it: give the inventory that has them, too (-i). Lines with UNKNOWN are to be filled in."""
_NETCONF = {"ansible_connection": "ansible.netcommon.netconf", "ansible_network_os": "vsrx.sriov.vsrx"}


@dataclasses.dataclass(frozen=True)
class Inventory:
    """The text of the file, and what is shown of it."""

    text: str
    unknown: tuple[str, ...]
    summary: tuple[str, ...]


class _Writer:
    def __init__(self, found: Found, move: bool) -> None:
        self._found = found
        self._units = find_units(found)
        self._pool = Pool(found.hosts)
        self._moves = plan_moves(self._units, self._pool) if move else {}
        self._lines = _HEAD.splitlines()
        self.unknown: list[str] = []
        self.summary: list[str] = []

    def write(self) -> str:
        self._add(0, "all:")
        self._add(1, "children:")
        self._write_hosts()
        self._write_nodes()
        return "\n".join(self._lines) + "\n"

    def _add(self, depth: int, line: str, comment: str = "") -> None:
        self._lines += write_line(f"{'  ' * depth}{line}", comment)

    def _note(self, depth: int, text: str) -> None:
        self._lines += write_comment(text, "  " * depth)

    def _mark(self, depth: int, where: str, text: str) -> None:
        """Say what is not known, in the file and to the person who runs the playbook."""
        self._note(depth, UNKNOWN + text)
        self.unknown.append(f"{where}: {text}")

    def _write_hosts(self) -> None:
        self._add(2, "kvm_hosts:")
        self._add(3, "hosts:")
        shared = _find_shared([host.connection for host in self._found.hosts])
        for host in self._found.hosts:
            self._add(4, f"{write_scalar(host.name)}:")
            self._write_variables(5, host.name, {name: value for name, value in host.connection.items() if name not in shared})
            self._write_host(host)
        if shared:
            self._add(3, "vars:")
            self._write_variables(4, "kvm_hosts", shared)

    def _write_host(self, host: Host) -> None:
        for problem in host.problems:
            self._mark(5, host.name, problem)
        pfs = [(pf, max(pf.num_vfs, self._pool.count_needed(host.name, pf))) for pf in host.pfs]
        listed = [(pf, wanted) for pf, wanted in pfs if wanted]
        self.summary.append(f"{host.name}: {len(listed)} PFs with VFs, {sum(wanted for _pf, wanted in listed)} VFs")
        if not listed:
            self._add(5, "sriov_host_pfs: []", "" if host.problems else "no PF has VFs")
            return
        self._add(5, "sriov_host_pfs:")
        for pf, wanted in listed:
            self._write_pf(host, pf, wanted)
        kept = [pf for pf, _wanted in listed if pf.persist]
        lost = [pf.name for pf, wanted in listed if not pf.persist and wanted == pf.num_vfs]
        if not kept and lost:
            self._add(5, "sriov_host_persist: false", "nothing of the collection makes these VFs at boot; with true, site would see to it")
        elif kept and lost:
            self._note(5, f"site would make the VFs of {', '.join(lost)} come back at boot, as it does those of the others.")

    def _write_pf(self, host: Host, pf: Pf, wanted: int) -> None:
        entry: dict[str, t.Any] = {"pf": pf.name, "num_vfs": wanted}
        if pf.up or wanted != pf.num_vfs:
            entry["up"] = True
        for step in pf.steps:
            self._note(6, f"site would do this: {step}")
        if pf.refusal:
            self._mark(6, host.name, f"{pf.name}: {pf.refusal}")
        use = f"the host uses it: {', '.join(pf.host_use)}" if pf.host_use else ""
        self._add(6, f"- {write_mapping(entry)}", f"had {pf.num_vfs} VFs" if wanted != pf.num_vfs else use)

    def _write_nodes(self) -> None:
        nodes = [{**_NETCONF, **node.connection} for node in self._found.nodes]
        shared = _find_shared(nodes)
        clusters = [unit for unit in self._units if unit.cluster]
        alone = [unit for unit in self._units if not unit.cluster]
        self._add(2, "vsrx_nodes:")
        if clusters:
            self._add(3, "children:")
        for unit in clusters:
            self._write_cluster(unit, shared)
        if alone:
            self._add(3, "hosts:")
        for unit in alone:
            for member in unit.members:
                self._write_node(4, member, unit, shared)
        self._add(3, "vars:")
        self._write_variables(4, "vsrx_nodes", shared)
        self._add(4, "vsrx_ports_power: refuse", "in a change window: cycle")
        if clusters:
            self._add(4, "vsrx_cluster_restart: never", "in a change window: simultaneous or rolling")

    def _write_cluster(self, unit: Unit, shared: t.Mapping[str, t.Any]) -> None:
        self._add(4, f"{write_scalar(unit.cluster)}:")
        for text in unit.unknown:
            self._mark(5, unit.cluster, text)
        self._add(5, "hosts:")
        for member in unit.members:
            self._write_node(6, member, unit, shared)
        self._add(5, "vars:")
        self._add(6, f"vsrx_cluster: {write_scalar(unit.cluster)}")
        self._write_state(unit)

    def _write_state(self, unit: Unit) -> None:
        """The MAC mode as it is; VFs that are still to come need it, whatever is there."""
        if unit.seen is None or any(not move.problem for member in unit.members for move in self._moves.get(member.node.name, ())):
            return
        having = [name for name, nodes in unit.seen.statements if nodes]
        everywhere = having and all(len(nodes) == len(unit.seen.host_names) for _name, nodes in unit.seen.statements)
        if not having:
            self._add(6, "vsrx_cluster_state: absent", "neither statement of the MAC mode is set; without this line, site sets both")
        elif not everywhere:
            self._note(6, f"site would complete the MAC mode: only {', '.join(having)} is set, or not on both nodes.")

    def _write_node(self, depth: int, member: Member, unit: Unit, shared: t.Mapping[str, t.Any]) -> None:
        node, place = member.node, member.place
        connection = {**_NETCONF, **node.connection}
        self._add(depth, f"{write_scalar(node.name)}:")
        self._write_variables(depth + 1, node.name, {name: value for name, value in connection.items() if name not in shared})
        for text in member.unknown:
            self._mark(depth + 1, node.name, text)
        if place is not None:
            self._add(depth + 1, f"vsrx_host: {write_scalar(place.host.name)}")
            self._add(depth + 1, f"vsrx_domain: {write_scalar(place.domain.name or place.domain.uuid)}")
            if place.host.uri:
                self._write_variables(depth + 1, node.name, {"vsrx_ports_uri": place.host.uri})
        if unit.cluster and member.number is not None:
            self._add(depth + 1, f"vsrx_cluster_node: {member.number}")
        if place is not None and place.domain.problem:
            self._mark(depth + 1, node.name, f"vsrx_ports: {place.domain.problem}")
        lines = add_moves(list_ports(member), self._moves.get(node.name, ()))
        listed = sum(line.listed for line in lines)
        self._add(depth + 1, "vsrx_ports:" if listed else "vsrx_ports: []")
        for line in lines:
            self._write_port(depth + 2, node.name, line)
        where = f"{place.domain.name or place.domain.uuid} on {place.host.name}" if place else "no domain"
        moved = sum(line.moved for line in lines)
        self.summary.append(f"{node.name}: {where}, {listed} SR-IOV ports" + (f", of which {moved} move" if moved else ""))

    def _write_port(self, depth: int, node: str, line: PortLine) -> None:
        if line.listed:
            self._add(depth, f"- {write_mapping(line.entry)}", line.comment)
        else:
            self._mark(depth, node, line.comment)
            self._note(depth, f"- {write_mapping(line.entry)}")

    def _write_variables(self, depth: int, where: str, variables: t.Mapping[str, t.Any]) -> None:
        for name, value in variables.items():
            if is_expression(value):
                self._mark(depth, where, f"{name} has an expression in its value, which is not repeated here")
            else:
                self._add(depth, f"{name}: {write_scalar(value)}")


def _find_shared(each: t.Sequence[t.Mapping[str, t.Any]]) -> dict[str, t.Any]:
    """The variables that all have with the same value; an address is never shared."""
    first = each[0] if each else {}
    return {name: value for name, value in first.items() if name != "ansible_host" and all(one.get(name) == value for one in each)}


def write_inventory(found: Found, move: bool = False) -> Inventory:
    writer = _Writer(found, move)
    text = writer.write()
    return Inventory(text, tuple(writer.unknown), tuple(writer.summary))
