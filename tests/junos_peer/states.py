# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a test can order beside misbehaving replies: somebody else's edits, nodes that fail, ports without link, faster time."""

from __future__ import annotations

import typing as t

from . import states_cluster, states_replies
from .merge import merge
from .stranger import Stranger
from .tree import clone, parse, plain

if t.TYPE_CHECKING:
    from .peer import Peer


def _lock_held(peer: Peer, user: str = "operator") -> None:
    """Somebody else holds the lock."""
    peer.database.lock = Stranger(user, peer.clock.now())


def _lock_released(peer: Peer) -> None:
    """Whoever holds the lock lets it go."""
    peer.database.lock = None


def _dirty(peer: Peer, user: str = "operator", xml: str = "<system><domain-name>example.net</domain-name></system>") -> None:
    """The shared candidate has somebody's uncommitted changes."""
    tree = clone(peer.database.candidate.tree)
    merge(tree, plain(parse(f"<configuration>{xml}</configuration>")))
    peer.database.stranger = Stranger(user, peer.clock.now())
    peer.database.candidate.put(tree, 4242)


def _foreign_commit(peer: Peer, xml: str, user: str = "operator", log: str = "", minutes: float | None = None) -> None:
    """Somebody else commits a change."""
    stranger = Stranger(user, peer.clock.now())
    tree = clone(peer.database.candidate.tree)
    merge(tree, plain(parse(f"<configuration>{xml}</configuration>")))
    peer.database.edit(stranger, tree)
    entry = peer.database.commit(stranger, minutes=minutes, log=log)
    peer.journal.note("commit", session=stranger.number, user=user, seconds=entry.seconds, log=log, confirm_minutes=minutes)


def _lock_refused(peer: Peer, message: str = "configuration database modified", times: int = 1) -> None:
    """The next attempts to lock are refused."""
    peer.refuse("lock", message, times)


def _check_refused(peer: Peer, message: str = "ordered to fail the check", times: int = 1) -> None:
    """The next commit checks fail, those of a commit included."""
    peer.refuse("check", message, times)


def _commit_refused(peer: Peer, message: str = "ordered to fail the commit", times: int = 1) -> None:
    """The next commits fail although their check passes."""
    peer.refuse("commit", message, times)


def _no_return(peer: Peer, node: int) -> None:
    """The node does not come back from its next reboot."""
    peer.cluster.never_back.add(node)


def _revive(peer: Peer, node: int) -> None:
    """A node that stayed away, or was cast out, comes back."""
    peer.cluster.revive(node)
    peer.cluster.elect("revived")


def _returns_as(peer: Peer, node: int, state: str = "ineligible") -> None:
    """After its next reboot the node is ineligible or disabled."""
    peer.cluster.back_as[node] = _outcast(state)


def _becomes(peer: Peer, node: int, state: str = "ineligible") -> None:
    """The node is ineligible or disabled from now on."""
    peer.cluster.nodes[node].outcast = _outcast(state)
    peer.cluster.elect(f"node{node} is {state}")


def _outcast(state: str) -> str:
    if state not in ("ineligible", "disabled"):
        raise ValueError(f"a node becomes ineligible or disabled, not {state}")
    return state


def _boot_delay(peer: Peer, seconds: float, node: int | None = None) -> None:
    """Reboots take this long, on one node or all."""
    for number in range(len(peer.cluster.nodes)):
        if node in (None, number):
            peer.cluster.boot_delays[number] = seconds


def _sync_delay(peer: Peer, seconds: float) -> None:
    """How long a node that is back needs until it is synchronised."""
    peer.cluster.sync_delay = seconds


def _crash(peer: Peer, node: int) -> None:
    """The node reboots by itself, at once."""
    peer.cluster.reboot([node])


def _reth_mac(peer: Peer, reth: str, mac: str) -> None:
    """The reth shows this MAC address, whatever it should be."""
    peer.interfaces.lies[reth] = mac


def _link(peer: Peer, port: str, up: bool = False) -> None:
    """A port loses or gets its carrier."""
    found = peer.topology.port(port)
    if found is None:
        raise ValueError(f"no port {port}")
    found[1].link = up


def _port_mac(peer: Peer, port: str, mac: str) -> None:
    """The hypervisor gives the port another MAC address."""
    found = peer.topology.port(port)
    if found is None:
        raise ValueError(f"no port {port}")
    found[1].mac = mac


def _monitor_failure(peer: Peer, node: int, codes: str = "IF") -> None:
    """The node shows monitor failures such as IF, FL, CS; none for an empty text."""
    peer.cluster.failures[node] = codes.split()
    peer.cluster.elect("monitor failure")


def _unreachable(peer: Peer, node: int, silent: bool = False) -> None:
    """The node's management port refuses connections, or takes them and stays silent; the node itself runs on."""
    server = peer.servers[node]
    server.later(server.vanish(silent))


def _reachable(peer: Peer, node: int) -> None:
    """The node's management port is back."""
    server = peer.servers[node]
    server.later(server.listen())


def _release(peer: Peer, node: int, release: str) -> None:
    """The node runs another release than its peer."""
    peer.releases[node] = release


def _confirm_needs_session(peer: Peer, on: bool = True) -> None:
    """A confirmed commit is taken back when its session ends, as RFC 6241 has it and Junos has not."""
    peer.database.confirm_needs_session = on


def _time_scale(peer: Peer, scale: float) -> None:
    """Timers that start from now on run this much faster: with 60, ten minutes pass in ten seconds."""
    peer.clock.scale = scale


def _skip_timers(peer: Peer) -> None:
    """Each timer that runs now is over: a boot, a hold, a synchronisation, a rollback that waits for its confirmation."""
    peer.clock.skip()


STATES: dict[str, t.Callable[..., None]] = {
    **states_cluster.STATES,
    **states_replies.STATES,
    "lock-held": _lock_held,
    "lock-released": _lock_released,
    "lock-refused": _lock_refused,
    "dirty": _dirty,
    "foreign-commit": _foreign_commit,
    "check-refused": _check_refused,
    "commit-refused": _commit_refused,
    "no-return": _no_return,
    "revive": _revive,
    "returns-as": _returns_as,
    "becomes": _becomes,
    "boot-delay": _boot_delay,
    "sync-delay": _sync_delay,
    "crash": _crash,
    "reth-mac": _reth_mac,
    "port-mac": _port_mac,
    "link": _link,
    "monitor-failure": _monitor_failure,
    "unreachable": _unreachable,
    "reachable": _reachable,
    "release": _release,
    "confirm-needs-session": _confirm_needs_session,
    "time-scale": _time_scale,
    "skip-timers": _skip_timers,
}
