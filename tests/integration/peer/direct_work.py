# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module's work on a peer without SSH."""

from __future__ import annotations

import contextlib
import typing as t

import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._junos import netconf
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.module import run as run_module
from ansible_collections.vsrx.sriov.plugins.module_utils._junos_cluster_mac.module import run_info
from junos_peer.direct import DirectPair, DirectPeer

STATEMENTS = ("use-active-child-mac-on-reth", "use-actual-mac-on-physical-interfaces")
PORTS = ["ge-0/0/1", "ge-0/0/2", "ge-7/0/1", "ge-7/0/2"]


class Module:
    """What the work needs of AnsibleModule."""

    _socket_path = "/nonexistent"

    def __init__(self, check_mode: bool, diff: bool = True, **params: t.Any) -> None:
        self.check_mode = check_mode
        self._diff = diff
        self.params = {
            "state": "present",
            "sriov_ports": PORTS,
            "pf_under_control": False,
            "accept": [],
            "confirm_timeout": 10,
            "comment": "the mode",
            **params,
        }

    def warn(self, text: str) -> None:
        """Nobody listens."""


class _Held:
    """The class that a renewed session is told by; it is never a peer's."""

    peer: DirectPeer | DirectPair

    def __new__(cls, path: str) -> t.Any:
        return cls.peer(path)


@contextlib.contextmanager
def connected(peer: DirectPeer | DirectPair) -> t.Iterator[None]:
    """A task's connection is the peer, with a session of its own."""
    peer.reset()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(netconf, "Connection", peer)
        patch.setattr(_Held, "peer", peer, raising=False)
        patch.setattr(netconf, "_PersistentSocket", _Held)
        try:
            yield
        finally:
            peer.reset()


def look(peer: DirectPeer, **params: t.Any) -> dict[str, t.Any]:
    """One task of junos_cluster_info."""
    with connected(peer):
        return run_info(t.cast("t.Any", Module(False, **params)))


def run(peer: DirectPeer, check_mode: bool = False, **params: t.Any) -> dict[str, t.Any]:
    """One task: its result, or its refusal as `failed` and `msg`."""
    with connected(peer):
        try:
            return run_module(t.cast("t.Any", Module(check_mode, **params)))
        except VsrxError as failure:
            findings = [finding.as_dict() for finding in failure.findings]
            return {"failed": True, "msg": failure.message, "findings": findings, **failure.facts}
