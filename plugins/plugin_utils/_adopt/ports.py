# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""The ports of a node as an inventory lists them, and, where asked, the VFs that its virtual data ports move to. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from ...module_utils._junos_ifname import name_position
from .model import Host, Nic, Pf
from .units import Member, Unit

Entry = dict[str, t.Any]


@dataclasses.dataclass(frozen=True)
class PortLine:
    """A line of vsrx_ports; one that is not ``listed`` is a comment."""

    position: int
    entry: Entry
    comment: str
    listed: bool = True
    moved: bool = False


@dataclasses.dataclass(frozen=True)
class Move:
    """A virtual port of a reth, and the VF that takes its place; a problem says why there is none."""

    node: str
    nic: Nic
    port: str
    reth: str
    host: str
    pf: t.Optional[Pf] = None
    index: int = 0
    problem: str = ""


class Pool:
    """The VFs of all hosts that no domain has."""

    def __init__(self, hosts: t.Iterable[Host]) -> None:
        self._hosts = {host.name: host for host in hosts}
        domains = [(host.name, nic) for host in self._hosts.values() for domain in host.domains for nic in domain.nics]
        self._taken = {(name, nic.pf_address, nic.index) for name, nic in domains if nic.sriov}
        self._given: set[tuple[str, str, int]] = set()

    def find_pf(self, host: str, nic: Nic) -> t.Optional[Pf]:
        """Return the PF that is known to be on the wire of a virtual NIC: the operator says it, or the host has both in one bridge."""
        pfs = self._hosts[host].pfs
        said = self._hosts[host].networks.get(nic.network)
        if said is not None:
            return next((pf for pf in pfs if said in (pf.name, pf.address)), None)
        joined = [pf for pf in pfs if nic.network and (nic.network == pf.name or f"enslaved to {nic.network}" in pf.host_use)]
        return joined[0] if len(joined) == 1 else None

    def take(self, host: str, pf: Pf) -> t.Optional[int]:
        """Return the first VF that is free; VFs are made only where the PF has none, since others would have to go for that."""
        for index in range(pf.num_vfs or pf.total_vfs):
            vf = (host, pf.address, index)
            if vf not in self._taken and vf not in self._given:
                self._given.add(vf)
                return index
        return None

    def give_back(self, host: str, pf: str, index: int) -> None:
        self._given.discard((host, pf, index))

    def count_needed(self, host: str, pf: Pf) -> int:
        """Return the number of VFs that the PF must have for those that were taken."""
        return max((index + 1 for name, address, index in self._given if (name, address) == (host, pf.address)), default=0)


def list_ports(member: Member) -> list[PortLine]:
    """Return the VFs that the domain has, in the order in which Junos numbers them."""
    nics = member.place.domain.nics if member.place else ()
    return [_make_line(nic, member) for nic in nics if nic.sriov]


def _make_line(nic: Nic, member: Member) -> PortLine:
    port = name_position(nic.position, member.number)
    reth = member.seen.find_reth(port) if member.seen else ""
    comment = f"{port}, member of {reth}" if reth else port
    entry: Entry = {"pf": nic.pf, "index": nic.index} if nic.pf and nic.index is not None else {"vf": nic.vf}
    if nic.mac:
        entry["mac"] = nic.mac
    if nic.replaced_at:
        entry["junos_interface"] = nic.replaced_at
    if nic.is_port and nic.index is not None and nic.mac and nic.guest_address:
        return PortLine(nic.position, entry, comment)
    if nic.vf and nic.index is None:
        return PortLine(nic.position, entry, f"{comment}: the host has no VF {nic.vf}, so that site would refuse it", listed=False)
    return PortLine(nic.position, entry, f"{comment}: {nic.attached_to}; listing it would change the domain", listed=False)


def plan_moves(units: t.Iterable[Unit], pool: Pool) -> dict[str, list[Move]]:
    """Return for each node the VFs that take the places of its virtual ports in reths; a reth moves on both nodes or not at all."""
    moves: dict[str, list[Move]] = {}
    for unit in units:
        planned = [move for member in unit.members for move in _plan_node(member, pool)]
        stuck = {move.reth for move in planned if move.problem}
        for move in planned:
            if move.reth in stuck and not move.problem:
                other = next(each for each in planned if each.reth == move.reth and each.problem)
                if move.pf is not None:
                    pool.give_back(move.host, move.pf.address, move.index)
                move = dataclasses.replace(move, problem=f"{move.reth} does not move, since {other.port} of {other.node} does not")
            moves.setdefault(move.node, []).append(move)
    return moves


def _plan_node(member: Member, pool: Pool) -> t.Iterator[Move]:
    if member.seen is None or member.number is None or member.place is None:
        return
    host = member.place.host.name
    for nic in member.place.domain.nics:
        port = name_position(nic.position, member.number)
        reth = member.seen.find_reth(port)
        if nic.sriov or not reth or port in member.seen.fabric_ports:
            continue
        pf = pool.find_pf(host, nic)
        index = pool.take(host, pf) if pf else None
        move = Move(member.node.name, nic, port, reth, host)
        if pf is None:
            network = nic.network or "its network"
            problem = f"the PF of {host} on the wire of {nic.attached_to} is not known; name it in vsrx_adopt_networks, as in {network}: PF"
            yield dataclasses.replace(move, problem=problem)
        elif index is None:
            yield dataclasses.replace(move, problem=f"{pf.name} of {host} has no free VF; give it more VFs first")
        else:
            yield dataclasses.replace(move, pf=pf, index=index)


def add_moves(lines: t.Sequence[PortLine], moves: t.Sequence[Move]) -> list[PortLine]:
    """Return the ports in Junos' order with those that move; one that does not is a comment."""
    added = [
        PortLine(move.nic.position, {"junos_interface": move.port}, f"{move.port}, member of {move.reth}: {move.problem}", listed=False)
        if move.pf is None or move.problem
        else PortLine(
            move.nic.position,
            {"pf": move.pf.name, "index": move.index, "junos_interface": move.port},
            f"member of {move.reth}, takes the place of {move.nic.attached_to}",
            moved=True,
        )
        for move in moves
    ]
    return sorted([*lines, *added], key=lambda line: line.position)
