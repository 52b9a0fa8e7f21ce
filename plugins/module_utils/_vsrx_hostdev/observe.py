# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""Reads what a plan is made of: the domain, the host, the users of VFs, and what earlier runs have left."""

from __future__ import annotations

import dataclasses
import typing as t

from .._domain_xml import reading
from .._domain_xml.vf_users import list_pool_networks, list_users
from .._errors import ConflictError
from .._host.vf_user import VfUser
from .._libvirt import Connection, LibvirtDomain, read
from .._libvirt.model import Domain
from . import nic_state
from .host_state import Host
from .journal import Journal, Unfinished
from .plan import Observed
from .request import Request


class HostReader(t.Protocol):
    """What is read of the host beside libvirt."""

    def read(self, request: Request, present: t.Collection[str]) -> Host:
        """Read what the request names and the functions that the domain has."""

    def device_functions(self) -> t.Mapping[str, str]:
        """Return the functions behind the devices that domains and networks name."""

    def driver_of(self, function: str) -> t.Optional[str]:
        """Return the driver that is bound to a function."""

    def process_of(self, function: str) -> t.Optional[str]:
        """Return the process that has a function open."""

    def has(self, function: str) -> bool:
        """Is the function still there?"""

    def settle(self) -> None:
        """Wait until the host has worked off its events."""


@dataclasses.dataclass(frozen=True)
class Observation:
    """One domain and everything about it, as it was read under the lock."""

    libvirt: LibvirtDomain
    observed: Observed
    #: a change that an earlier run began and did not end; None where that run did all but note its end
    owed: t.Optional[Unfinished] = None
    #: is a record of an earlier run to be closed, whatever the plan is?
    has_journal: bool = False

    @property
    def domain(self) -> Domain:
        return self.observed.domain


def _join_users(domains: t.Sequence[VfUser], host: t.Iterable[VfUser]) -> tuple[VfUser, ...]:
    """All users; a domain that runs explains the VFIO group that its process has open."""
    explained = {user.address for user in domains if user.active and user.address}
    return (*domains, *(user for user in host if user.address not in explained))


def _runs_its_definition(domain: Domain) -> bool:
    if domain.live_xml is None or domain.inactive_xml is None:
        return False
    texts = (domain.inactive_xml, domain.live_xml)
    defined, running = (nic_state.read_states(xml, f"domain {domain.name}", _list_functions(domain)) for xml in texts)
    return nic_state.allow(defined, running)


def _list_functions(domain: Domain) -> list[str]:
    texts = (domain.inactive_xml, domain.live_xml)
    return [function for xml in texts if xml for function in reading.list_functions(reading.read(xml, f"domain {domain.name}"))]


def observe(connected: Connection, reader: HostReader, request: Request, uuid: str, journal: Journal) -> Observation:
    """Read everything once, in the order in which it can become stale: the domain last counts before each write."""
    state = read(connected)
    found = next((domain for domain in state.domains if domain.uuid == uuid), None)
    if found is None:
        raise ConflictError(f"{connected.uri}: domain {uuid} went away while it was looked at")
    libvirt = LibvirtDomain(connected, found.uuid, found.name)
    # The one with its secrets, as it is compared and put back.
    domain = dataclasses.replace(found, inactive_xml=libvirt.definition()) if found.persistent else found
    earlier = journal.unfinished()
    host = reader.read(request, _list_functions(domain))
    owed = None if earlier is None or _runs_its_definition(domain) else earlier
    observed = Observed(
        domain=domain,
        host=host,
        users=_join_users(list_users(state, reader.device_functions()), host.users),
        pools=list_pool_networks(state),
        replaced=journal.replaced(),
        pending_start=earlier is not None and earlier.start,
    )
    return Observation(libvirt, observed, owed, has_journal=earlier is not None)
