# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that a run can be asked, each with a fresh domain for every try."""

from __future__ import annotations

import dataclasses
import itertools
import pathlib
import re
import typing as t

import libvirt
import pytest
from ansible_collections.vsrx.sriov.plugins.module_utils._errors import VsrxError
from ansible_collections.vsrx.sriov.plugins.module_utils._libvirt.domain import LibvirtDomain, Outcome
from ansible_collections.vsrx.sriov.plugins.module_utils._vsrx_hostdev import power
from hostdev_site import PORTS, Site
from shared_connection import Shared
from support.domain_shapes import vf

FIRST, SECOND, THIRD = (vf(0), vf(0, 1), vf(1))


class Hotplug(Shared):
    """The test driver's connection, with domains that take and give devices while they run, which that driver can not."""

    def __init__(self, connection: t.Any) -> None:
        super().__init__(connection)
        self.running: dict[str, str] = {}

    def __getattr__(self, name: str) -> t.Any:
        found = super().__getattr__(name)
        if name == "listAllDomains":
            return lambda *flags: [HotplugDomain(domain, self.running) for domain in found(*flags)]
        if name == "lookupByUUIDString":
            return lambda uuid: HotplugDomain(found(uuid), self.running)
        return found


class HotplugDomain:
    def __init__(self, domain: t.Any, running: dict[str, str]) -> None:
        self._domain = domain
        self._running = running

    def __getattr__(self, name: str) -> t.Any:
        if name in ("create", "destroy", "shutdown"):
            self._running.pop(self._domain.UUIDString(), None)
        return getattr(self._domain, name)

    def XMLDesc(self, flags: int) -> str:  # noqa: N802
        text = str(self._domain.XMLDesc(flags))
        return text if flags & libvirt.VIR_DOMAIN_XML_INACTIVE else self._running.get(self._domain.UUIDString(), text)

    def attachDeviceFlags(self, xml: str, _flags: int) -> None:  # noqa: N802
        self._running[self._domain.UUIDString()] = self.XMLDesc(0).replace("</devices>", f"{xml}\n</devices>")

    def detachDeviceFlags(self, xml: str, _flags: int) -> None:  # noqa: N802
        (mac,) = re.findall(r"<mac address='([^']*)'", xml)
        interfaces = re.findall(r"<interface .*?</interface>", self.XMLDesc(0), re.DOTALL)
        mine = next((each for each in interfaces if mac in each), None)
        if mine is None:
            raise libvirt.libvirtError("no such device")
        self._running[self._domain.UUIDString()] = self.XMLDesc(0).replace(mine, "")


@dataclasses.dataclass(frozen=True)
class Work:
    """What a run is asked, from which state, and how guest and host answer."""

    options: dict[str, t.Any]
    before: t.Optional[list[dict[str, t.Any]]] = None
    running: bool = True
    guest_ignores: bool = False
    refuses_to_start_with: str = "nothing"
    refuses_to_attach: str = "nothing"
    fails: t.Optional[str] = None


CYCLE = {"ports": PORTS, "power": "cycle"}
LIVE = {"ports": PORTS, "power": "live"}
WORKS = {
    "cycle": Work(CYCLE),
    "cycle of a domain that is off": Work(CYCLE, running=False),
    "definition only": Work({"ports": PORTS}, running=False),
    "reorder": Work({"ports": PORTS[::-1], "power": "cycle"}, before=PORTS),
    "absent": Work({"ports": PORTS, "power": "cycle", "state": "absent"}, before=PORTS),
    "absent of a domain that is off": Work({"ports": PORTS, "state": "absent"}, before=PORTS, running=False),
    "exclusive": Work({"ports": PORTS[:1], "power": "cycle", "exclusive": True}, before=PORTS),
    "force_off": Work({**CYCLE, "force_off": True}, guest_ignores=True),
    "a guest that ignores the shutdown": Work(CYCLE, guest_ignores=True, fails="did not shut down"),
    "a start that fails": Work(CYCLE, refuses_to_start_with=FIRST, fails="its old definition is back and it runs again"),
    "a start that fails, of a domain that was off": Work(CYCLE, running=False, refuses_to_start_with=FIRST, fails="it is off, as it was"),
    "live attach": Work(LIVE),
    "live detach": Work({"ports": PORTS, "power": "live", "state": "absent"}, before=PORTS),
    "live swap": Work({"ports": [PORTS[0], {"vf": THIRD}], "power": "live", "exclusive": True}, before=PORTS),
    "a live attach that fails": Work(LIVE, refuses_to_attach=SECOND, fails="was not changed live"),
    "a live swap that fails": Work(
        {"ports": [PORTS[0], {"vf": THIRD}], "power": "live", "exclusive": True},
        before=PORTS,
        refuses_to_attach=THIRD,
        fails="was not changed live",
    ),
}


#: what ports set on their VFs, and NICs that ports replace in place
TRUSTED = [{"vf": FIRST, "trust": True}, {"vf": SECOND, "spoofchk": False, "max_tx_rate": 500}]
IN_PLACE = [{"vf": FIRST, "junos_interface": "ge-0/0/0"}]
WORKS |= {
    "attributes": Work({"ports": TRUSTED, "power": "cycle"}),
    "attributes of a domain that is off": Work({"ports": TRUSTED}, running=False),
    "attributes of ports that go": Work({"ports": PORTS, "power": "cycle", "state": "absent"}, before=TRUSTED),
    "attributes of ports that are there": Work({"ports": TRUSTED, "power": "cycle"}, before=PORTS),
    "attributes, and a start that fails": Work(
        {"ports": TRUSTED, "power": "cycle"}, refuses_to_start_with=FIRST, fails="its old definition is back and it runs again"
    ),
    "attributes, live": Work({"ports": TRUSTED, "power": "live"}),
    "attributes, and a live attach that fails": Work(
        {"ports": TRUSTED, "power": "live"}, refuses_to_attach=SECOND, fails="was not changed live"
    ),
    "in place": Work({"ports": IN_PLACE, "power": "cycle"}),
    "in place, and back": Work({"ports": IN_PLACE, "power": "cycle", "state": "absent"}, before=IN_PLACE),
}


class State(t.NamedTuple):
    """Where a run left its domain."""

    definition: str
    live: t.Optional[list[power.NicState]]
    under_way: bool
    attributes: dict[str, t.Mapping[str, t.Any]]


class Scene:
    """A site for each try, all in one libvirt."""

    def __init__(self, libvirtd: t.Any, uri: str, folder: pathlib.Path, work: Work, patch: pytest.MonkeyPatch) -> None:
        self._libvirtd = libvirtd
        self._uri = uri
        self._folders = (folder / str(number) for number in itertools.count())
        self._work = work
        self.hotplug = Hotplug(libvirtd)
        patch.setattr(libvirt, "open", lambda _uri: self.hotplug)
        self._answer_as_requested(patch)

    def _answer_as_requested(self, patch: pytest.MonkeyPatch) -> None:
        work, start, attach = self._work, LibvirtDomain.start, LibvirtDomain.attach

        def start_unless_refused(handle: LibvirtDomain) -> None:
            if _slot(work.refuses_to_start_with) in handle.read_definition():
                raise VsrxError("the hook says no")
            start(handle)

        def attach_unless_refused(handle: LibvirtDomain, xml: str) -> None:
            if _slot(work.refuses_to_attach) in xml:
                raise VsrxError("no such device")
            attach(handle, xml)

        patch.setattr(LibvirtDomain, "start", start_unless_refused)
        patch.setattr(LibvirtDomain, "attach", attach_unless_refused)
        if work.guest_ignores:
            patch.setattr(LibvirtDomain, "shut_down", lambda *_unused: Outcome.STILL_ON)

    def fresh(self) -> Site:
        for domain in self._libvirtd.listAllDomains():
            persistent = domain.isPersistent()
            if domain.isActive():
                domain.destroy()
            if persistent:
                domain.undefine()
        self.hotplug.running.clear()
        folder = next(self._folders)
        folder.mkdir()
        site = Site(self._libvirtd, self._uri, folder)
        if self._work.before:
            site.converge(ports=self._work.before)
        if self._work.running:
            site.domain.create()
        return site

    def run(self, site: Site) -> State:
        if self._work.fails:
            with pytest.raises(VsrxError, match=self._work.fails):
                site.converge(**self._work.options)
        else:
            site.converge(**self._work.options)
        return self.state(site)

    def state(self, site: Site) -> State:
        domain = self.hotplug.lookupByUUIDString(site.domain.UUIDString())
        live = power.read_states(domain.XMLDesc(0), "the domain", site.reader.host.nics) if domain.isActive() else None
        attributes = {each: site.reader.host.functions[each].attributes for each in (FIRST, SECOND, THIRD)}
        return State(site.inactive, live, site.journal.read_unfinished() is not None, attributes)


def _slot(function: str) -> str:
    """A function as libvirt's XML writes its place."""
    if function == "nothing":
        return function
    return f"bus='0x{function[5:7]}' slot='0x{function[8:10]}' function='0x{function[11:]}'"
