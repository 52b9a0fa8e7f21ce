# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What libvirt tells of a host's domains and networks."""

from __future__ import annotations

import dataclasses
import enum
import typing as t


class DomainState(enum.IntEnum):
    """The states of a domain, by libvirt's numbers."""

    NOSTATE = 0
    RUNNING = 1
    BLOCKED = 2
    PAUSED = 3
    SHUTDOWN = 4
    SHUTOFF = 5
    CRASHED = 6
    PMSUSPENDED = 7


@dataclasses.dataclass(frozen=True)
class Domain:
    """A libvirt domain as it is defined and as it runs.

    ``inactive_xml`` is what the next start uses; None for a transient domain. ``live_xml`` is None while it does not run.
    ``run_id`` tells one run of the domain from the next; None while it does not run.
    """

    name: str
    uuid: str
    active: bool
    persistent: bool
    inactive_xml: t.Optional[str]
    live_xml: t.Optional[str]
    has_managed_save: bool = False
    snapshots: int = 0
    state: DomainState = DomainState.RUNNING
    run_id: t.Optional[int] = None


@dataclasses.dataclass(frozen=True)
class Network:
    """A libvirt network; the XML is the live one where it is active."""

    name: str
    active: bool
    xml: str


@dataclasses.dataclass(frozen=True)
class HypervisorState:
    """All that a host's libvirt knows of domains and networks at one moment."""

    domains: tuple[Domain, ...] = ()
    networks: tuple[Network, ...] = ()
